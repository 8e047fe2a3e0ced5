// Managed policies of the account. They have one version each: CreatePolicyVersion
// is not offered.
import { identifier } from '../random.ts'
import { accountState, allowIam, iamArn } from './iam-access.ts'
import type { Named } from './iam-entities.ts'
import { beforeWriting, findPolicy, requiredName } from './iam-entities.ts'
import type { IamState, ManagedPolicy } from './iam-state.ts'
import { findManagedDocument, without } from './iam-state.ts'
import { POLICY_TAGS, mergeTags, parseTags, tagsXml } from './iam-tags.ts'
import { checkIdentityPolicy } from './policy-grammar.ts'
import type { Parameters, QueryOperations } from './query.ts'
import { pageOf, requiredText, violation, xmlList, xmlTime } from './query.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'
import type { XmlElement } from './xml.ts'

/** Characters without white space (IAM and STS quotas). */
const MOST_DOCUMENT = 6144
const PATH = /^\/$|^\/[!-~]*\/$/

export const POLICY_OPERATIONS: QueryOperations = {
  CreatePolicy: { access: 'write', run: createPolicy },
  GetPolicy: { access: 'read', run: getPolicy },
  GetPolicyVersion: { access: 'read', run: getPolicyVersion },
  ListPolicyVersions: { access: 'read', run: listPolicyVersions },
  DeletePolicy: { access: 'write', run: deletePolicy },
}

export function noSuchPolicy(arn: string): ServiceError {
  return new ServiceError('NoSuchEntity', 404, `Policy ${arn} was not found.`)
}

/** The `Path` of a request, `/` when there is none. @throws {ServiceError} */
export function parsePath(parameters: Parameters): string {
  const path = parameters.get('Path') ?? '/'
  if (path.length > 512) throw violation('Path', path, 'Member must have length less than or equal to 512')
  if (!PATH.test(path)) {
    throw new ServiceError(
      'ValidationError',
      400,
      'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
    )
  }
  return path
}

/** As IAM gives documents back: percent-encoded (RFC 3986). */
export function encodeDocument(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function createPolicy(call: AwsCall, parameters: Parameters): XmlElement {
  const name = requiredName(parameters, 'PolicyName', 128)
  const path = parsePath(parameters)
  const document = requiredText(parameters, 'PolicyDocument')
  const description = parameters.get('Description')
  const tags = parseTags(parameters, POLICY_TAGS)
  const arn = iamArn(call.caller, `policy${path}${name}`)
  allowIam(call, 'CreatePolicy', arn, { requestTags: tags })
  if (Object.keys(tags).length > 0) allowIam(call, 'TagPolicy', arn, { requestTags: tags })

  checkIdentityPolicy(document)
  if (document.replace(/\s/g, '').length > MOST_DOCUMENT) {
    throw new ServiceError('LimitExceeded', 409, `Cannot exceed quota for PolicySize: ${MOST_DOCUMENT}`)
  }
  const state = accountState(call)
  const names = Object.values(state.policies).map((policy) => policy.settings.name.toLowerCase())
  if (names.includes(name.toLowerCase())) {
    throw new ServiceError(
      'EntityAlreadyExists',
      409,
      `A policy called ${name} already exists. Duplicate names are not allowed.`,
    )
  }
  const policy: ManagedPolicy = {
    arn,
    id: `ANPA${identifier('upper', 17, 'policy', arn)}`,
    settings: {
      name,
      path,
      document,
      ...(description === undefined ? {} : { description }),
      tags: mergeTags({}, tags, POLICY_TAGS),
    },
    createdAt: call.nowMs,
  }
  beforeWriting(call, arn, undefined)
  state.policies[arn] = policy
  return { Policy: policyXml(state, policy) }
}

function getPolicy(call: AwsCall, parameters: Parameters): XmlElement {
  const policy = found(call, findPolicy(call, 'GetPolicy', parameters))
  const { description } = policy.settings
  return {
    Policy: {
      ...policyXml(accountState(call), policy),
      ...(description === undefined ? {} : { Description: description }),
    },
  }
}

function getPolicyVersion(call: AwsCall, parameters: Parameters): XmlElement {
  const versionId = requiredText(parameters, 'VersionId')
  const policy = found(call, findPolicy(call, 'GetPolicyVersion', parameters))
  if (versionId !== 'v1') {
    throw new ServiceError(
      'NoSuchEntity',
      404,
      `Policy ${policy.arn} version ${versionId} does not exist or is not attachable.`,
    )
  }
  return { PolicyVersion: { Document: encodeDocument(policy.settings.document), ...versionXml(policy) } }
}

function listPolicyVersions(call: AwsCall, parameters: Parameters): XmlElement {
  const policy = found(call, findPolicy(call, 'ListPolicyVersions', parameters))
  const { items, tail } = pageOf(parameters, [versionXml(policy)])
  return { Versions: xmlList(items), ...tail }
}

function deletePolicy(call: AwsCall, parameters: Parameters): undefined {
  const { arn, current } = findPolicy(call, 'DeletePolicy', parameters)
  if (current === undefined) throw noSuchPolicy(arn)
  const state = accountState(call)
  if (attachments(state, arn) + boundaries(state, arn) > 0) {
    throw new ServiceError('DeleteConflict', 409, 'Cannot delete a policy attached to entities.')
  }
  beforeWriting(call, arn, current)
  state.policies = without(state.policies, arn)
}

/** The policy as reads see it; one that AWS manages looks like any other. */
function found(call: AwsCall, { arn, seen }: Named<ManagedPolicy>): ManagedPolicy {
  if (seen !== undefined) return seen
  const document = arn.includes(':iam::aws:') ? findManagedDocument(accountState(call), arn) : undefined
  if (document === undefined) throw noSuchPolicy(arn)
  const name = arn.split('/').at(-1) ?? ''
  const id = `ANPA${identifier('upper', 17, 'policy', arn)}`
  return { arn, id, settings: { name, path: '/', document, tags: {} }, createdAt: Date.UTC(2015, 1, 6) }
}

function policyXml(state: IamState, policy: ManagedPolicy): XmlElement {
  const { name, path, tags } = policy.settings
  return {
    PolicyName: name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: path,
    DefaultVersionId: 'v1',
    AttachmentCount: String(attachments(state, policy.arn)),
    PermissionsBoundaryUsageCount: String(boundaries(state, policy.arn)),
    IsAttachable: 'true',
    CreateDate: xmlTime(policy.createdAt),
    UpdateDate: xmlTime(policy.createdAt),
    Tags: tagsXml(tags),
  }
}

function versionXml(policy: ManagedPolicy): XmlElement {
  return { VersionId: 'v1', IsDefaultVersion: 'true', CreateDate: xmlTime(policy.createdAt) }
}

function attachments(state: IamState, arn: string): number {
  return Object.values(state.roles).filter((role) => role.settings.attachedPolicies.includes(arn)).length
}

function boundaries(state: IamState, arn: string): number {
  return Object.values(state.roles).filter((role) => role.settings.permissionsBoundary === arn).length
}
