// What IAM knows of a request when it asks a trust policy: the condition keys that STS makes of a verified token, and
// whatever else the caller says about the request.

import type { Problems } from './error.ts'
import { parseProviderArn } from './provider-arn.ts'
import { kindOf, quote } from './quote.ts'

/** A request to assume a role with a token that STS has verified. */
export interface TrustRequest {
  /** The ARN of the OpenID Connect provider that the token's issuer is registered as. */
  readonly providerArn: string
  /** The claims of the token. Only those that AWS makes condition keys of matter; the others may be there. */
  readonly claims: TokenClaims
  /** Default `sts:AssumeRoleWithWebIdentity`. */
  readonly action?: string
  /** Further condition keys of the request, such as `aws:SourceIp`; names in any case. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>
}

/** The claims of a token, verified. */
export interface TokenClaims {
  readonly sub: string
  /** One audience, or several, in which case STS wants `azp`. */
  readonly aud: string | readonly string[]
  /** The authorised party; where present, it takes the place of `aud`. */
  readonly azp?: string
  /** When given, held against the provider. */
  readonly iss?: string
  readonly [claim: string]: unknown
}

/** Condition keys in lower case with their values. */
export type RequestContext = ReadonlyMap<string, readonly string[]>

// AWS STS takes tokens of at most 20,000 characters, so no claim is longer.
const maximumCharacters = 20_000

/** Makes the condition keys of a request, noting why it cannot be one. */
export function contextOf(request: TrustRequest, problems: Problems): RequestContext {
  const context = new Map<string, readonly string[]>()
  if (!isObject(request) || !isObject(request.claims)) {
    problems.add('', 'a request with "providerArn" and "claims" is needed, found another')
    return context
  }
  const { providerArn, claims } = request
  const provider = parseProviderArn(providerArn)
  if (provider === undefined) {
    problems.add('/providerArn', `the ARN of an OpenID Connect provider is needed, found ${quote(providerArn)}`)
    return context
  }
  const { conditionKeyPrefix: prefix, accountId } = provider
  if (claims.iss !== undefined && claims.iss !== `https://${prefix}`) {
    const message = `"https://${prefix}", the issuer of the provider, is needed, found ${quote(claims.iss)}`
    problems.add('/claims/iss', message)
  }
  const audiences = readTexts(claims.aud, '/claims/aud', problems)
  const [authorised] = claims.azp === undefined ? [] : readTexts(claims.azp, '/claims/azp', problems)
  if (audiences.length > 1 && authorised === undefined) {
    problems.add('/claims/aud', `one audience, or "azp" beside them, is needed, found ${audiences.length}`)
  }
  const add = (key: string, values: readonly string[]): void => {
    if (values.length > 0) context.set(key.toLowerCase(), values)
  }
  add(`${prefix}:sub`, readTexts(claims.sub, '/claims/sub', problems))
  add(`${prefix}:aud`, authorised === undefined ? audiences : [authorised])
  // AWS documents oaud as the original audience of tokens that have azp.
  if (authorised !== undefined) add(`${prefix}:oaud`, audiences)
  for (const claim of ['amr', 'email']) {
    if (claims[claim] !== undefined) add(`${prefix}:${claim}`, readTexts(claims[claim], `/claims/${claim}`, problems))
  }
  // Observed for custom providers: github.com/radkawar/stackd, internal/services/sts/testdata/oidc.
  add('aws:FederatedProvider', [providerArn])
  add('aws:PrincipalAccount', [accountId])
  add('aws:PrincipalType', ['User'])
  add('aws:userid', [providerArn])
  for (const [key, values] of Object.entries(request.context ?? {})) {
    add(key, readTexts(values, `/context/${key.replace(/~/g, '~0').replace(/\//g, '~1')}`, problems))
  }
  return context
}

function readTexts(values: unknown, path: string, problems: Problems): readonly string[] {
  const list: readonly unknown[] = Array.isArray(values) ? values : [values]
  return list.flatMap((value) => {
    // STS turns numeric subjects into texts.
    if (typeof value === 'number' && Number.isFinite(value)) return [`${value}`]
    if (typeof value === 'string' && value.length <= maximumCharacters) return [value]
    const found = typeof value === 'string' ? `${value.length} characters` : kindOf(value)
    problems.add(path, `a text of at most ${maximumCharacters} characters is needed, found ${found}`)
    return []
  })
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
