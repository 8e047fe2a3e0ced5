// What an AssumeRoleWithWebIdentity request asks for, checked as far as that can be
// done without looking at the token.
import { partitionOfRegion } from './callers.ts'
import { findManagedDocument } from './iam-state.ts'
import type { Parameters } from './query.ts'
import { integerBetween, requiredText, structureMembers, violation } from './query.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'
import { invalidToken, notValidated } from './sts-token.ts'

const DEFAULT_SECONDS = 3600

export interface Wanted {
  readonly roleArn: string
  readonly account: string
  readonly roleName: string
  readonly sessionName: string
  readonly durationSeconds: number
  readonly token: string
  /** Documents that limit the session; `undefined` when none does. */
  readonly sessionPolicies: readonly string[] | undefined
}

/** @throws {ServiceError} */
export function parseParameters(call: AwsCall, parameters: Parameters): Wanted {
  const roleArn = requiredText(parameters, 'RoleArn')
  const sessionName = requiredText(parameters, 'RoleSessionName')
  const token = requiredText(parameters, 'WebIdentityToken')
  checkLength('RoleArn', roleArn, 20, 2048)
  checkLength('RoleSessionName', sessionName, 2, 64)
  checkLength('WebIdentityToken', token, 4, 20_000)
  if (!/^[\w+=,.@-]*$/.test(sessionName)) {
    throw violation('RoleSessionName', sessionName, 'Member must satisfy regular expression pattern: [\\w+=,.@-]*')
  }
  const durationSeconds = integerBetween(parameters, 'DurationSeconds', { least: 900, most: 43_200 }) ?? DEFAULT_SECONDS
  const [, partition, account, roleName] =
    /^arn:([a-z-]+):iam::(\d{12}):role\/(?:[!-~]*\/)?([\w+=,.@-]+)$/.exec(roleArn) ?? []
  if (partition === undefined || account === undefined || roleName === undefined) {
    throw new ServiceError('ValidationError', 400, 'Request ARN is invalid')
  }
  // A role of another partition is not known at this endpoint, and neither is its provider.
  if (partition !== partitionOfRegion(call.region)) throw notValidated()
  const sessionPolicies = parseSessionPolicies(call, parameters, account)
  return { roleArn, account, roleName, sessionName, durationSeconds, token, sessionPolicies }
}

function checkLength(name: string, value: string, least: number, most: number): void {
  if (value.length < least) {
    throw violation(name, value, `Member must have length greater than or equal to ${least}`)
  }
  if (value.length > most) throw violation(name, value, `Member must have length less than or equal to ${most}`)
}

/** `undefined` when the session is limited by none. */
function parseSessionPolicies(call: AwsCall, parameters: Parameters, account: string): readonly string[] | undefined {
  const inline = parameters.get('Policy')
  const arns = structureMembers(parameters, 'PolicyArns').map((member) => member.get('arn') ?? '')
  if (inline === undefined && arns.length === 0) return undefined
  if (inline !== undefined) {
    checkLength('Policy', inline, 1, 2048)
    if (!isJsonObject(inline)) {
      throw new ServiceError('MalformedPolicyDocument', 400, 'The policy is not in the valid JSON format.')
    }
  }
  if (arns.length > 10)
    throw violation('PolicyArns', `${arns.length}`, 'Member must have length less than or equal to 10')
  const iam = call.world.aws.iam[account]
  const managed = arns.map((arn) => {
    const document = iam && findManagedDocument(iam, arn)
    if (document === undefined)
      throw new ServiceError('ValidationError', 400, `The policy with ARN ${arn} does not exist.`)
    return document
  })
  return [...(inline === undefined ? [] : [inline]), ...managed]
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'Statement' in value
  } catch {
    return false
  }
}

/** Only the opaque tokens of two old providers have one; an OIDC token must come without. */
export function checkProviderId(providerId: string | undefined): void {
  if (providerId === undefined) return
  if (providerId === 'www.amazon.com') throw invalidToken('Provided Token is not a Login With Amazon token')
  if (providerId === 'graph.facebook.com') {
    throw new ServiceError(
      'IDPRejectedClaim',
      403,
      'graph.facebook.com rejected OAuth token with response "Bad signature" and code 190',
    )
  }
  throw new ServiceError(
    'AccessDenied',
    403,
    'Unrecognized OAuth provider. Do not include a provider parameter when submitting OpenIDConnect ID tokens',
  )
}
