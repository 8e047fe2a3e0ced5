// Finds the role, provider or policy that a request names: the thing itself, for
// writes, or what a copy of IAM says of it, for reads. Asks for permission on the
// way, since IAM does so before it says whether something exists.
import type { Facts } from './iam-access.ts'
import { accountState, allowIam, iamArn } from './iam-access.ts'
import { asSeen, rememberFormer } from './iam-replica.ts'
import type { ManagedPolicy, OidcProvider, Role } from './iam-state.ts'
import { findRole, own } from './iam-state.ts'
import type { Parameters } from './query.ts'
import { requiredText, violation } from './query.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'
import { WAITS } from './waits.ts'

const NAME = /^[\w+=,.@-]+$/

/** @throws {ServiceError} `ValidationError` */
export function requiredName(parameters: Parameters, parameter: string, most: number): string {
  const name = requiredText(parameters, parameter)
  if (name.length > most) throw violation(parameter, name, `Member must have length less than or equal to ${most}`)
  if (name === '') throw violation(parameter, name, 'Member must have length greater than or equal to 1')
  if (!NAME.test(name)) {
    const written = `${parameter.charAt(0).toLowerCase()}${parameter.slice(1)}`
    throw new ServiceError(
      'ValidationError',
      400,
      `The specified value for ${written} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    )
  }
  return name
}

/** The role itself, to be changed. @throws {ServiceError} `AccessDenied`, `NoSuchEntity` */
export function openRole(call: AwsCall, operation: string, parameters: Parameters, facts: Facts = {}): Role {
  const { role, name } = allowRole(call, operation, parameters, facts)
  if (role === undefined) throw noSuchRole(name)
  return role
}

/** The role as reads see it. @throws {ServiceError} `AccessDenied`, `NoSuchEntity` */
export function readRole(call: AwsCall, operation: string, parameters: Parameters): Role {
  const { role, name, arn } = allowRole(call, operation, parameters, {})
  const seen = asSeen(call.world, call.nowMs, arn, role, WAITS.iamReadableMs)
  if (seen === undefined) throw noSuchRole(name)
  return seen
}

function allowRole(
  call: AwsCall,
  operation: string,
  parameters: Parameters,
  facts: Facts,
): { readonly role: Role | undefined; readonly name: string; readonly arn: string } {
  const name = requiredName(parameters, 'RoleName', 64)
  const role = findRole(accountState(call), name)
  const arn = role?.arn ?? iamArn(call.caller, `role/${name}`)
  const { permissionsBoundary, tags } = role?.settings ?? {}
  allowIam(call, operation, arn, {
    ...facts,
    ...(tags === undefined ? {} : { resourceTags: tags }),
    context: { 'iam:PermissionsBoundary': permissionsBoundary, ...facts.context },
  })
  return { role, name, arn }
}

function noSuchRole(name: string): ServiceError {
  return new ServiceError('NoSuchEntity', 404, `The role with name ${name} cannot be found.`)
}

export interface Named<T> {
  readonly arn: string
  /** The thing itself. */
  readonly current: T | undefined
  /** What reads say of it. */
  readonly seen: T | undefined
}

/** @throws {ServiceError} `AccessDenied`, or `InvalidInput` for what is no ARN */
export function findProvider(
  call: AwsCall,
  operation: string,
  parameters: Parameters,
  facts: Facts = {},
): Named<OidcProvider> {
  const arn = requiredArn(call, parameters, 'OpenIDConnectProviderArn', 'oidc-provider')
  const current = own(accountState(call).oidcProviders, arn)
  allowIam(call, operation, arn, { ...facts, resourceTags: current?.settings.tags ?? {} })
  return { arn, current, seen: asSeen(call.world, call.nowMs, arn, current, WAITS.iamReadableMs) }
}

/** @throws {ServiceError} `AccessDenied`, or `InvalidInput` for what is no ARN */
export function findPolicy(
  call: AwsCall,
  operation: string,
  parameters: Parameters,
  facts: Facts = {},
): Named<ManagedPolicy> {
  const arn = requiredArn(call, parameters, 'PolicyArn', 'policy')
  const current = own(accountState(call).policies, arn)
  allowIam(call, operation, arn, { ...facts, resourceTags: current?.settings.tags ?? {} })
  return { arn, current, seen: asSeen(call.world, call.nowMs, arn, current, WAITS.iamReadableMs) }
}

/** Remembers how the thing was, for those who read copies. Call before changing, creating or deleting it. */
export function beforeWriting(call: AwsCall, arn: string, former: unknown): void {
  rememberFormer(call.world, call.nowMs, arn, former)
}

function requiredArn(call: AwsCall, parameters: Parameters, parameter: string, kind: string): string {
  const arn = requiredText(parameters, parameter)
  if (arn.length < 20) throw violation(parameter, arn, 'Member must have length greater than or equal to 20')
  const [, account, resource] = /^arn:aws(?:-[a-z-]+)?:iam::(\d{12}|aws):(.+)$/.exec(arn) ?? []
  if (resource === undefined || !resource.startsWith(`${kind}/`)) {
    throw new ServiceError('InvalidInput', 400, `ARN ${arn} is not valid.`)
  }
  const foreign = account !== 'aws' && arn !== iamArn(call.caller, resource)
  if (foreign)
    throw new ServiceError('AccessDenied', 403, `User: ${call.caller.arn} is not authorized to access ${arn}`)
  return arn
}
