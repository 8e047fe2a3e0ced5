// What STS makes of a token's claims: which must be there, times, audience,
// subject, session tags and the roles that the issuer allows. Texts and rules were
// recorded from AWS on 2026-09-11 by radkawar/stackd
// (internal/services/sts/testdata/oidc); where one is a guess, that is said.
import { ServiceError } from './service.ts'
import type { Json } from './sts-token.ts'
import { invalidToken, isObject, notValidated } from './sts-token.ts'

/** "AWS allows five minutes of clock tolerance"; it shows in the numbers of its messages too. */
const LEEWAY_SECONDS = 300

const REQUIRED = ['iss', 'sub', 'aud', 'iat', 'exp']

const CLAIM = {
  roles: 'https://aws.amazon.com/roles',
  sourceIdentity: 'https://aws.amazon.com/source_identity',
  tags: 'https://aws.amazon.com/tags',
} as const

/** @throws {ServiceError} `InvalidIdentityToken` */
export function requireClaims(claims: Json): void {
  const missing = REQUIRED.find((name) => claims[name] === undefined)
  if (missing !== undefined) throw invalidToken(`Missing a required claim: ${missing}`)
}

export interface Audience {
  /** What decides: the authorised party where there is one, else the audience. */
  readonly value: string
  /** `aud` as it stands in the token. */
  readonly original: readonly string[]
}

/** @throws {ServiceError} `InvalidIdentityToken` when it is none of the client ids of the provider. */
export function audienceOf(claims: Json, clientIds: readonly string[]): Audience {
  const { aud, azp } = claims
  const original = Array.isArray(aud) ? (aud as readonly unknown[]) : [aud]
  if (original.length === 0) throw invalidToken('Claim is not allowed to be empty: aud')
  if (original.length > 1 && azp === undefined) {
    throw invalidToken('Token audience contains more than one audience while authorized party is not present')
  }
  const value = azp === undefined ? original[0] : azp
  if (typeof value !== 'string' || !clientIds.includes(value)) throw notValidated()
  return { value, original: original.map(String) }
}

/** @throws {ServiceError} `ExpiredTokenException`, or `InvalidIdentityToken` for times that are none or still to come. */
export function checkTimes(claims: Json, nowMs: number): void {
  const [issued = 0, expires = 0, notBefore] = [claims['iat'], claims['exp'], claims['nbf']].map(seconds)
  const earliest = Math.floor(nowMs / 1000) - LEEWAY_SECONDS
  const latest = Math.floor(nowMs / 1000) + LEEWAY_SECONDS
  if (earliest >= expires) {
    throw new ServiceError(
      'ExpiredTokenException',
      400,
      `Token expired: current date/time ${earliest} must be before the expiration date/time ${expires}`,
    )
  }
  if (issued > latest) throw invalidToken(`Token issued in the future: ${issued}`)
  if (notBefore !== undefined && latest < notBefore) {
    throw invalidToken(
      `Token not yet valid: current date/time ${latest} must be after or equal to the not-before date/time ${notBefore}`,
    )
  }
}

/** Whole numbers, also written as text. */
function seconds(value: unknown): number | undefined {
  if (value === undefined) return undefined
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : ''
  if (!/^-?\d{1,15}$/.test(text)) throw invalidToken('Invalid timestamp in token claims.')
  return Number(text)
}

/** Numbers become text. That `null` fails in this way is recorded, that lists and objects do is a guess. */
export function subjectOf(claims: Json): string {
  const { sub } = claims
  if (typeof sub === 'string' || typeof sub === 'number') return String(sub)
  throw new ServiceError('InternalFailure', 500, 'Unknown error validating third-party token')
}

export interface SessionClaims {
  readonly tags: Readonly<Record<string, string>>
  readonly transitiveTagKeys: readonly string[]
  readonly sourceIdentity: string | undefined
}

/** Session tags, in either of the two forms, and the source identity. @throws {ServiceError} `InvalidIdentityToken` */
export function sessionClaimsOf(claims: Json): SessionClaims {
  const nested = claims[CLAIM.tags]
  const { principal_tags: nestedTags = {}, transitive_tag_keys: nestedKeys = [] } = isObject(nested) ? nested : {}
  const wellFormed = (nested === undefined || isObject(nested)) && isObject(nestedTags)
  const pairs = Object.entries(wellFormed ? nestedTags : {}).map(([key, value]) => [key, single(value)] as const)
  const prefix = `${CLAIM.tags}/principal_tags/`
  const flat = Object.entries(claims)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length), typeof value === 'string' ? value : undefined] as const)
  const tags = [...pairs, ...flat]
  if (!wellFormed || tags.some(([, value]) => value === undefined)) {
    throw invalidToken('principal_tags passed in claim is not in correct format.')
  }
  const flatKeys = claims[`${CLAIM.tags}/transitive_tag_keys`]
  const sourceIdentity = claims[CLAIM.sourceIdentity]
  return {
    tags: Object.fromEntries(tags.map(([key, value]) => [key, value ?? ''])),
    transitiveTagKeys: [nestedKeys, flatKeys].flatMap((keys) => (Array.isArray(keys) ? keys.map(String) : [])),
    sourceIdentity: typeof sourceIdentity === 'string' ? sourceIdentity : undefined,
  }
}

function single(value: unknown): string | undefined {
  const [first] = Array.isArray(value) && value.length === 1 ? (value as readonly unknown[]) : []
  return typeof first === 'string' ? first : undefined
}

/** Whether the issuer names the role; `false` when it names none at all. @throws {ServiceError} when it names only others. */
export function isRoleNamed(claims: Json, roleArn: string): boolean {
  const claim = claims[CLAIM.roles]
  if (claim === undefined || claim === null) return false
  if (typeof claim !== 'string' && !Array.isArray(claim)) {
    throw invalidToken('The roles claim is not in a supported format')
  }
  const written: readonly unknown[] = Array.isArray(claim) ? claim : claim.split(';')
  const arns = written
    .map((one) => (typeof one === 'string' ? one.trim() : ''))
    .filter((one) => /^arn:aws(?:-[a-z-]+)?:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(one))
  if (arns.length === 0) throw invalidToken('The roles claim contains no valid role ARNs')
  if (!arns.includes(roleArn)) {
    throw invalidToken('The target role ARN is not present in the roles claim of the identity token')
  }
  return true
}
