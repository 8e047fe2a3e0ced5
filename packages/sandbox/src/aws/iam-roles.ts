// Roles: their life, their trust policy and settings. Policies attached to them
// are in iam-role-policies.ts, tags in iam-tagging.ts.
import { identifier } from '../random.ts'
import { accountState, allowIam, iamArn } from './iam-access.ts'
import { beforeWriting, openRole, readRole, requiredName } from './iam-entities.ts'
import { encodeDocument, parsePath } from './iam-policies.ts'
import { allAsSeen } from './iam-replica.ts'
import type { Role } from './iam-state.ts'
import { findManagedDocument, findRole, without } from './iam-state.ts'
import { ROLE_TAGS, mergeTags, parseTags, tagsXml } from './iam-tags.ts'
import { checkTrustPolicy } from './policy-grammar.ts'
import type { Parameters, QueryOperations } from './query.ts'
import { integerBetween, pageOf, requiredText, violation, xmlList, xmlTime } from './query.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'
import { WAITS } from './waits.ts'
import type { XmlElement } from './xml.ts'

const DEFAULT_SESSION_SECONDS = 3600
const SESSION_SECONDS = { least: 3600, most: 43_200 }
const MOST_ROLES = 1000

export const ROLE_OPERATIONS: QueryOperations = {
  CreateRole: { access: 'write', run: createRole },
  GetRole: { access: 'read', run: getRole },
  ListRoles: { access: 'read', run: listRoles },
  DeleteRole: { access: 'write', run: deleteRole },
  UpdateRole: { access: 'write', run: updateRole },
  UpdateRoleDescription: { access: 'write', run: updateRoleDescription },
  UpdateAssumeRolePolicy: { access: 'write', run: updateTrustPolicy },
}

function createRole(call: AwsCall, parameters: Parameters): XmlElement {
  const name = requiredName(parameters, 'RoleName', 64)
  const path = parsePath(parameters)
  const trustPolicy = requiredText(parameters, 'AssumeRolePolicyDocument')
  const maxSessionDuration =
    integerBetween(parameters, 'MaxSessionDuration', SESSION_SECONDS) ?? DEFAULT_SESSION_SECONDS
  const description = parseDescription(parameters)
  const boundary = parameters.get('PermissionsBoundary')
  const tags = parseTags(parameters, ROLE_TAGS)
  const arn = iamArn(call.caller, `role${path}${name}`)
  allowIam(call, 'CreateRole', arn, { requestTags: tags, context: { 'iam:PermissionsBoundary': boundary } })
  if (Object.keys(tags).length > 0) allowIam(call, 'TagRole', arn, { requestTags: tags })

  const state = accountState(call)
  checkTrustPolicy(trustPolicy, call.world, call.caller.partition)
  if (findRole(state, name) !== undefined) {
    throw new ServiceError('EntityAlreadyExists', 409, `Role with name ${name} already exists.`)
  }
  if (boundary !== undefined) checkBoundary(call, boundary)
  if (Object.keys(state.roles).length >= MOST_ROLES) {
    throw new ServiceError('LimitExceeded', 409, `Cannot exceed quota for RolesPerAccount: ${MOST_ROLES}`)
  }
  const role: Role = {
    arn,
    id: `AROA${identifier('upper', 17, 'role', call.caller.account, name)}`,
    settings: {
      name,
      path,
      trustPolicy,
      ...(description === undefined ? {} : { description }),
      maxSessionDuration,
      ...(boundary === undefined ? {} : { permissionsBoundary: boundary }),
      tags: mergeTags({}, tags, ROLE_TAGS),
      inlinePolicies: {},
      attachedPolicies: [],
    },
    createdAt: call.nowMs,
  }
  beforeWriting(call, arn, undefined)
  state.roles = { ...state.roles, [name.toLowerCase()]: role }
  return { Role: { ...roleXml(role), ...boundaryXml(role), ...tagsOf(role) } }
}

/** The permissions boundary must be a policy that exists. @throws {ServiceError} `NoSuchEntity` */
export function checkBoundary(call: AwsCall, arn: string): void {
  if (findManagedDocument(accountState(call), arn) === undefined) {
    throw new ServiceError('NoSuchEntity', 404, `Scope ARN: ${arn} does not exist or is not attachable.`)
  }
}

function getRole(call: AwsCall, parameters: Parameters): XmlElement {
  const role = readRole(call, 'GetRole', parameters)
  return { Role: { ...roleXml(role), ...detailsXml(role), ...boundaryXml(role), ...tagsOf(role), RoleLastUsed: '' } }
}

/** AWS leaves tags and boundary out of the list. */
function listRoles(call: AwsCall, parameters: Parameters): XmlElement {
  const prefix = parameters.get('PathPrefix') ?? '/'
  if (!/^\/[!-~]*$/.test(prefix))
    throw violation('PathPrefix', prefix, 'Member must satisfy regular expression pattern: \\u002F[\\u0021-\\u007E]*')
  allowIam(call, 'ListRoles', iamArn(call.caller, `role${prefix}`))
  const current = Object.fromEntries(Object.values(accountState(call).roles).map((role) => [role.arn, role]))
  const seen = allAsSeen(call.world, call.nowMs, iamArn(call.caller, 'role/'), current, WAITS.iamReadableMs)
  const roles = seen.map(([, role]) => role).filter((role) => role.settings.path.startsWith(prefix))
  const { items, tail } = pageOf(parameters, roles)
  return { Roles: xmlList(items.map((role) => ({ ...roleXml(role), ...detailsXml(role) }))), ...tail }
}

function deleteRole(call: AwsCall, parameters: Parameters): undefined {
  const role = openRole(call, 'DeleteRole', parameters)
  if (role.settings.attachedPolicies.length > 0) {
    throw new ServiceError('DeleteConflict', 409, 'Cannot delete entity, must detach all policies first.')
  }
  if (Object.keys(role.settings.inlinePolicies).length > 0) {
    throw new ServiceError('DeleteConflict', 409, 'Cannot delete entity, must delete policies first.')
  }
  const state = accountState(call)
  beforeWriting(call, role.arn, role)
  state.roles = without(state.roles, role.settings.name.toLowerCase())
}

/** A session duration that is left out becomes one hour again (IAM API Reference, UpdateRole). */
function updateRole(call: AwsCall, parameters: Parameters): XmlElement {
  const maxSessionDuration =
    integerBetween(parameters, 'MaxSessionDuration', SESSION_SECONDS) ?? DEFAULT_SESSION_SECONDS
  const description = parseDescription(parameters)
  const role = openRole(call, 'UpdateRole', parameters)
  beforeWriting(call, role.arn, role)
  role.settings.maxSessionDuration = maxSessionDuration
  if (description !== undefined) role.settings.description = description
  return {}
}

function updateRoleDescription(call: AwsCall, parameters: Parameters): XmlElement {
  requiredText(parameters, 'Description')
  const description = parseDescription(parameters)
  const role = openRole(call, 'UpdateRoleDescription', parameters)
  beforeWriting(call, role.arn, role)
  if (description !== undefined) role.settings.description = description
  return { Role: { ...roleXml(role), ...(description === undefined ? {} : { Description: description }) } }
}

function updateTrustPolicy(call: AwsCall, parameters: Parameters): undefined {
  const document = requiredText(parameters, 'PolicyDocument')
  const role = openRole(call, 'UpdateAssumeRolePolicy', parameters)
  checkTrustPolicy(document, call.world, call.caller.partition)
  beforeWriting(call, role.arn, role)
  role.settings.trustPolicy = document
}

function parseDescription(parameters: Parameters): string | undefined {
  const description = parameters.get('Description')
  if (description === undefined) return undefined
  if (description.length > 1000) {
    throw violation('Description', description, 'Member must have length less than or equal to 1000')
  }
  if (!/^[\t\n\r -~\u00A1-\u00FF]*$/.test(description)) {
    throw violation(
      'Description',
      description,
      'Member must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*',
    )
  }
  return description
}

function roleXml(role: Role): XmlElement {
  return {
    Path: role.settings.path,
    RoleName: role.settings.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: xmlTime(role.createdAt),
    AssumeRolePolicyDocument: encodeDocument(role.settings.trustPolicy),
  }
}

function detailsXml(role: Role): XmlElement {
  const { description, maxSessionDuration } = role.settings
  return {
    ...(description === undefined ? {} : { Description: description }),
    MaxSessionDuration: String(maxSessionDuration),
  }
}

function boundaryXml(role: Role): XmlElement {
  const arn = role.settings.permissionsBoundary
  return arn === undefined
    ? {}
    : { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: arn } }
}

function tagsOf(role: Role): XmlElement {
  return Object.keys(role.settings.tags).length === 0 ? {} : { Tags: tagsXml(role.settings.tags) }
}
