// What a role may do: inline policies, attached policies and the permissions
// boundary.
import { accountState } from './iam-access.ts'
import { beforeWriting, openRole, readRole, requiredName } from './iam-entities.ts'
import { encodeDocument } from './iam-policies.ts'
import { checkBoundary } from './iam-roles.ts'
import type { Role } from './iam-state.ts'
import { findManagedDocument, own, without } from './iam-state.ts'
import { checkIdentityPolicy } from './policy-grammar.ts'
import type { Parameters, QueryOperations } from './query.ts'
import { pageOf, requiredText, xmlList } from './query.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'
import type { XmlElement } from './xml.ts'

/** Characters of all inline policies of a role together, without white space (IAM and STS quotas). */
const MOST_INLINE = 10_240
const MOST_ATTACHED = 20

export const ROLE_POLICY_OPERATIONS: QueryOperations = {
  PutRolePolicy: { access: 'write', run: putRolePolicy },
  GetRolePolicy: { access: 'read', run: getRolePolicy },
  DeleteRolePolicy: { access: 'write', run: deleteRolePolicy },
  ListRolePolicies: { access: 'read', run: listRolePolicies },
  AttachRolePolicy: { access: 'write', run: attachRolePolicy },
  DetachRolePolicy: { access: 'write', run: detachRolePolicy },
  ListAttachedRolePolicies: { access: 'read', run: listAttachedRolePolicies },
  PutRolePermissionsBoundary: { access: 'write', run: putBoundary },
  DeleteRolePermissionsBoundary: { access: 'write', run: deleteBoundary },
}

function putRolePolicy(call: AwsCall, parameters: Parameters): undefined {
  const name = requiredName(parameters, 'PolicyName', 128)
  const document = requiredText(parameters, 'PolicyDocument')
  const role = openRole(call, 'PutRolePolicy', parameters)
  checkIdentityPolicy(document)
  const inlinePolicies = { ...role.settings.inlinePolicies, [name]: document }
  if (Object.values(inlinePolicies).join('').replace(/\s/g, '').length > MOST_INLINE) {
    throw new ServiceError(
      'LimitExceeded',
      409,
      `Maximum policy size of ${MOST_INLINE} bytes exceeded for role ${role.settings.name}`,
    )
  }
  beforeWriting(call, role.arn, role)
  role.settings.inlinePolicies = inlinePolicies
}

function getRolePolicy(call: AwsCall, parameters: Parameters): XmlElement {
  const name = requiredName(parameters, 'PolicyName', 128)
  const role = readRole(call, 'GetRolePolicy', parameters)
  return {
    RoleName: role.settings.name,
    PolicyName: name,
    PolicyDocument: encodeDocument(inlinePolicy(role, name)),
  }
}

function deleteRolePolicy(call: AwsCall, parameters: Parameters): undefined {
  const name = requiredName(parameters, 'PolicyName', 128)
  const role = openRole(call, 'DeleteRolePolicy', parameters)
  inlinePolicy(role, name)
  beforeWriting(call, role.arn, role)
  role.settings.inlinePolicies = without(role.settings.inlinePolicies, name)
}

function inlinePolicy(role: Role, name: string): string {
  const document = own(role.settings.inlinePolicies, name)
  if (document === undefined) {
    throw new ServiceError('NoSuchEntity', 404, `The role policy with name ${name} cannot be found.`)
  }
  return document
}

function listRolePolicies(call: AwsCall, parameters: Parameters): XmlElement {
  const role = readRole(call, 'ListRolePolicies', parameters)
  const { items, tail } = pageOf(parameters, Object.keys(role.settings.inlinePolicies).sort())
  return { PolicyNames: xmlList(items), ...tail }
}

function attachRolePolicy(call: AwsCall, parameters: Parameters): undefined {
  const arn = requiredText(parameters, 'PolicyArn')
  const role = openRole(call, 'AttachRolePolicy', parameters, { context: { 'iam:PolicyARN': arn } })
  const { attachedPolicies } = role.settings
  if (attachedPolicies.includes(arn)) return
  if (findManagedDocument(accountState(call), arn) === undefined) {
    throw new ServiceError('NoSuchEntity', 404, `Policy ${arn} does not exist or is not attachable.`)
  }
  if (attachedPolicies.length >= MOST_ATTACHED) {
    throw new ServiceError('LimitExceeded', 409, `Cannot exceed quota for PoliciesPerRole: ${MOST_ATTACHED}`)
  }
  beforeWriting(call, role.arn, role)
  role.settings.attachedPolicies = [...attachedPolicies, arn]
}

function detachRolePolicy(call: AwsCall, parameters: Parameters): undefined {
  const arn = requiredText(parameters, 'PolicyArn')
  const role = openRole(call, 'DetachRolePolicy', parameters, { context: { 'iam:PolicyARN': arn } })
  if (!role.settings.attachedPolicies.includes(arn)) {
    throw new ServiceError('NoSuchEntity', 404, `Policy ${arn} was not found.`)
  }
  beforeWriting(call, role.arn, role)
  role.settings.attachedPolicies = role.settings.attachedPolicies.filter((one) => one !== arn)
}

function listAttachedRolePolicies(call: AwsCall, parameters: Parameters): XmlElement {
  const role = readRole(call, 'ListAttachedRolePolicies', parameters)
  const prefix = parameters.get('PathPrefix') ?? '/'
  const attached = role.settings.attachedPolicies
    .map((arn) => ({ PolicyName: arn.split('/').at(-1) ?? '', PolicyArn: arn }))
    .filter(({ PolicyArn }) => PolicyArn.includes(`:policy${prefix}`))
  const { items, tail } = pageOf(parameters, attached)
  return { AttachedPolicies: xmlList(items), ...tail }
}

function putBoundary(call: AwsCall, parameters: Parameters): undefined {
  const arn = requiredText(parameters, 'PermissionsBoundary')
  const role = openRole(call, 'PutRolePermissionsBoundary', parameters, { context: { 'iam:PermissionsBoundary': arn } })
  checkBoundary(call, arn)
  beforeWriting(call, role.arn, role)
  role.settings.permissionsBoundary = arn
}

function deleteBoundary(call: AwsCall, parameters: Parameters): undefined {
  const role = openRole(call, 'DeleteRolePermissionsBoundary', parameters)
  if (role.settings.permissionsBoundary === undefined) {
    throw new ServiceError('NoSuchEntity', 404, `The role with name ${role.settings.name} has no permissions boundary.`)
  }
  beforeWriting(call, role.arn, role)
  delete role.settings.permissionsBoundary
}
