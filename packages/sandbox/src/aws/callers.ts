// Who sends a request, and whether it may. Signatures are not recomputed: the
// access key id (for a session, with its token) names the caller, which is what
// authorisation is about.
import type { SandboxRequest } from '../http.ts'
import { identifier } from '../random.ts'
import type { AccessKey, Partition, World } from '../world.ts'
import { findManagedDocument } from './iam-state.ts'
import type { ConditionContext, Decision, PolicyDocument } from './policy.ts'
import { evaluatePolicies } from './policy.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'

export interface Caller {
  readonly kind: 'user' | 'assumed-role' | 'anonymous' | 'service'
  readonly account: string
  readonly partition: string
  /** `arn:aws:iam::…:user/ci`, `arn:aws:sts::…:assumed-role/name/session`, `cloudfront.amazonaws.com` or `anonymous`. */
  readonly arn: string
  readonly userId: string
  /** ARN of the role behind an assumed-role session. */
  readonly roleArn?: string
  readonly policies: readonly PolicyDocument[]
  readonly boundary?: PolicyDocument
  /** Policies given when the session was made: it may do only what they allow too. */
  readonly sessionPolicies?: readonly PolicyDocument[]
  /** Condition keys that every request of this caller carries. */
  readonly context: ConditionContext
}

export const ANONYMOUS: Caller = {
  kind: 'anonymous',
  account: '',
  partition: '',
  arn: 'anonymous',
  userId: 'anonymous',
  policies: [],
  context: {},
}

const DENY_EVERYTHING: PolicyDocument = {
  Version: '2012-10-17',
  Statement: { Effect: 'Deny', Action: '*', Resource: '*' },
}

/** The address of callers that name none: requests in one process come from nowhere (RFC 5737, TEST-NET-3). */
const DEFAULT_SOURCE_IP = '203.0.113.10'

const SCOPE = /Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request/

/** The access key id, region and service that a request was signed for (Signature Version 4). */
export function credentialScope(
  request: SandboxRequest,
): { readonly accessKeyId: string; readonly region: string; readonly service: string } | undefined {
  const match = SCOPE.exec(request.headers['authorization'] ?? '')
  const [, accessKeyId, , region, service] = match ?? []
  return accessKeyId && region && service ? { accessKeyId, region, service } : undefined
}

export function partitionOfRegion(region: string): Partition {
  if (region.startsWith('cn-')) return 'aws-cn'
  if (region.startsWith('us-gov-')) return 'aws-us-gov'
  return region.startsWith('eusc-') ? 'aws-eusc' : 'aws'
}

/** The token that goes with a session's access key; a request signed with the key alone is nobody's. */
export function sessionTokenOf(accessKeyId: string): string {
  return identifier('lower', 356, 'session token', accessKeyId)
}

/** Where a request says it comes from: the header `x-forwarded-for`, for `aws:SourceIp`. */
export function sourceIp(request: SandboxRequest): string {
  return request.headers['x-forwarded-for']?.split(',')[0]?.trim() || DEFAULT_SOURCE_IP
}

/** @throws {ServiceError} `InvalidClientTokenId` for a key nobody has, `ExpiredToken` for a session that has ended. */
export function findCaller(world: World, request: SandboxRequest, nowMs: number): Caller {
  const scope = credentialScope(request)
  const origin = { 'aws:SourceIp': sourceIp(request) }
  if (scope === undefined) return { ...ANONYMOUS, context: origin }
  const key = findKey(world, scope.accessKeyId, request)
  const partition = world.aws.accounts[key?.account ?? '']?.partition
  if (key === undefined || partition === undefined || partition !== partitionOfRegion(scope.region)) {
    throw unknownKey(scope.service)
  }
  if (key.expiresAt !== undefined && key.expiresAt <= nowMs) throw expired(scope.service)
  return {
    kind: key.kind,
    account: key.account,
    partition,
    arn: key.arn,
    userId: key.userId,
    ...(key.roleArn === undefined ? {} : { roleArn: key.roleArn }),
    ...permissionsOf(world, key),
    context: {
      ...key.context,
      ...origin,
      'aws:PrincipalArn': key.roleArn ?? key.arn,
      'aws:PrincipalAccount': key.account,
      'aws:PrincipalType': key.kind === 'user' ? 'User' : 'AssumedRole',
      'aws:userid': key.userId,
      ...(key.kind === 'user' ? { 'aws:username': key.arn.split('/').at(-1) } : {}),
    },
  }
}

function findKey(world: World, accessKeyId: string, request: SandboxRequest): AccessKey | undefined {
  if (Object.hasOwn(world.aws.accessKeys, accessKeyId)) return world.aws.accessKeys[accessKeyId]
  if (!Object.hasOwn(world.sessions, accessKeyId)) return undefined
  const token = request.headers['x-amz-security-token'] ?? request.url.searchParams.get('X-Amz-Security-Token')
  return token === sessionTokenOf(accessKeyId) ? world.sessions[accessKeyId] : undefined
}

function unknownKey(service: string): ServiceError {
  if (service === 's3') {
    return new ServiceError(
      'InvalidAccessKeyId',
      403,
      'The AWS Access Key Id you provided does not exist in our records.',
    )
  }
  const code = service === 'acm' ? 'UnrecognizedClientException' : 'InvalidClientTokenId'
  return new ServiceError(code, service === 'acm' ? 400 : 403, 'The security token included in the request is invalid.')
}

function expired(service: string): ServiceError {
  if (service === 's3') return new ServiceError('ExpiredToken', 400, 'The provided token has expired.')
  const message = 'The security token included in the request is expired'
  return service === 'acm'
    ? new ServiceError('ExpiredTokenException', 400, message)
    : new ServiceError('ExpiredToken', 403, message)
}

function permissionsOf(world: World, key: AccessKey): Pick<Caller, 'policies' | 'boundary' | 'sessionPolicies'> {
  if (key.roleArn === undefined) return { policies: (key.policies ?? []).map(parse) }
  const iam = world.aws.iam[key.account]
  const role = Object.values(iam?.roles ?? {}).find((candidate) => candidate.arn === key.roleArn)
  if (iam === undefined || role === undefined) return { policies: [] }
  const { inlinePolicies, attachedPolicies, permissionsBoundary } = role.settings
  const managed = attachedPolicies.map((arn) => findManagedDocument(iam, arn))
  const boundary = permissionsBoundary === undefined ? undefined : findManagedDocument(iam, permissionsBoundary)
  return {
    policies: [...Object.values(inlinePolicies), ...managed].filter((text) => text !== undefined).map(parse),
    // A boundary that is gone bounds to nothing.
    ...(permissionsBoundary === undefined
      ? {}
      : { boundary: boundary === undefined ? DENY_EVERYTHING : parse(boundary) }),
    ...(key.policies === undefined ? {} : { sessionPolicies: key.policies.map(parse) }),
  }
}

function parse(text: string): PolicyDocument {
  return JSON.parse(text) as PolicyDocument
}

export interface Permission {
  /** `s3:PutObject` */
  readonly action: string
  /** An ARN, or `*` for actions that know no resource. */
  readonly resource: string
  readonly context?: ConditionContext
  /** The resource's own policy and account, where it has one. */
  readonly resourcePolicy?: { readonly document: PolicyDocument | undefined; readonly account: string }
}

type Asking = Pick<AwsCall, 'caller' | 'region' | 'nowMs'>

/** Throws `AccessDenied` unless the caller may. `call.world` is not changed. */
export function authorize(call: Asking, permission: Permission): void {
  const decision = decide(call, permission)
  if (decision === 'allow') return
  const { caller } = call
  const reason =
    decision === 'explicit-deny'
      ? 'with an explicit deny in a policy'
      : `because no identity-based policy allows the ${permission.action} action`
  throw new ServiceError(
    'AccessDenied',
    403,
    caller.kind === 'anonymous'
      ? 'Access Denied'
      : `User: ${caller.arn} is not authorized to perform: ${permission.action} on resource: ${permission.resource} ${reason}`,
  )
}

export function mayDo(call: Asking, permission: Permission): boolean {
  return decide(call, permission) === 'allow'
}

function decide(call: Asking, permission: Permission): Decision {
  const { caller } = call
  const { action, resource } = permission
  const context = { ...requestContext(call), ...caller.context, ...permission.context }
  const byIdentity = (policies: readonly PolicyDocument[]): Decision =>
    evaluatePolicies(policies, { action, resource, context })
  const byResource = (matchesPrincipal: (type: string, value: string) => boolean): Decision => {
    const document = permission.resourcePolicy?.document
    return document === undefined
      ? 'implicit-deny'
      : evaluatePolicies([document], { action, resource, context, matchesPrincipal })
  }
  const granted = byResource((type, value) => isPrincipal(caller, type, value) || isAccountOf(caller, type, value))
  if (caller.kind === 'anonymous' || caller.kind === 'service') return granted

  const own = byIdentity(caller.policies)
  const limits = [caller.boundary ? [caller.boundary] : undefined, caller.sessionPolicies]
    .filter((policies) => policies !== undefined)
    .map(byIdentity)
  const all = [granted, own, ...limits]
  if (all.includes('explicit-deny')) return 'explicit-deny'
  if (limits.includes('implicit-deny')) return 'implicit-deny'
  const elsewhere = permission.resourcePolicy !== undefined && permission.resourcePolicy.account !== caller.account
  if (elsewhere) return granted === 'allow' && own === 'allow' ? 'allow' : 'implicit-deny'
  // Inside its own account a grant to the account only leaves the decision to identity policies.
  const direct = byResource((type, value) => isPrincipal(caller, type, value))
  return own === 'allow' || direct === 'allow' ? 'allow' : 'implicit-deny'
}

/** Condition keys that every request carries, whoever sends it. */
export function requestContext(call: Pick<AwsCall, 'region' | 'nowMs'>): ConditionContext {
  return {
    'aws:RequestedRegion': call.region,
    'aws:CurrentTime': new Date(call.nowMs).toISOString(),
    'aws:EpochTime': String(Math.floor(call.nowMs / 1000)),
    'aws:SecureTransport': 'true',
  }
}

function isPrincipal(caller: Caller, type: string, value: string): boolean {
  if (type === 'Service') return caller.kind === 'service' && caller.arn === value
  if (type !== 'AWS') return false
  if (value === '*') return true
  if (caller.kind === 'service' || caller.kind === 'anonymous') return false
  return value === caller.arn || value === caller.roleArn
}

function isAccountOf(caller: Caller, type: string, value: string): boolean {
  if (type !== 'AWS' || caller.account === '') return false
  return value === caller.account || value === `arn:${caller.partition}:iam::${caller.account}:root`
}
