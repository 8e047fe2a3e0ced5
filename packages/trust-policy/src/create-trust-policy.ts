// Who may assume a role: builds the trust policy for service accounts of one or several clusters. Always `sub` and
// `aud`, always exact unless a pattern was asked for by name. Knows nothing of permissions.

import { collectProblems, type Problems } from './error.ts'
import type { ConditionMap, PolicyDocument, PolicyStatement } from './policy.ts'
import { isPlainIssuer, parseProviderArn } from './provider-arn.ts'
import { kindOf, quote } from './quote.ts'
import { hasWildcard, type Subject, subjectText } from './subject.ts'

/** Service accounts of one issuer. */
export interface IssuerTrust {
  /** The ARN of the issuer's OpenID Connect provider, in the account of the role. Names partition and issuer. */
  readonly providerArn: string
  /** The issuer URL, when it is to be checked that the ARN is the one of this issuer. */
  readonly issuer?: string
  /** 1 or more service accounts. */
  readonly subjects: readonly Subject[]
  /** 1 or more audiences of 1 to 255 characters that the provider knows. Default `['sts.amazonaws.com']`. */
  readonly audiences?: readonly string[]
}

/** What {@link createTrustPolicy} builds from. */
export type TrustPolicyOptions = (IssuerTrust | { readonly issuers: readonly IssuerTrust[] }) & {
  /**
   * How many characters the account's quota allows: 1 to 8192. Default 2048, which is the quota (`Role trust policy
   * length`) of an account that asked for no more.
   */
  readonly limitCharacters?: number
}

/** A trust policy as {@link createTrustPolicy} builds it. */
export interface TrustPolicy extends PolicyDocument {
  readonly Version: '2012-10-17'
  readonly Statement: readonly PolicyStatement[]
}

interface ReadTrust {
  readonly providerArn: string
  readonly prefix: string
  readonly audiences: readonly string[]
  readonly subjects: readonly string[]
}

const defaultLimitCharacters = 2048
const highestLimitCharacters = 8192

/**
 * Builds the trust policy of a role for Kubernetes service accounts.
 *
 * One statement per issuer, as short as it can be: entries of the same provider and audiences are put together.
 * `JSON.stringify` of the result is the text to send; its length is what IAM's quota counts.
 *
 * @param options One issuer, or several under `issuers`.
 * @throws {TrustPolicyError} `trust-invalid`, with every problem; `policy-too-large`, with the numbers.
 * @see AWS IAM User Guide, Create a role for OpenID Connect federation; IAM and AWS STS condition context keys
 * @see AWS IAM User Guide, IAM and AWS STS quotas
 *
 * @example
 * ```ts
 * import { createTrustPolicy } from '@irsa/trust-policy'
 *
 * const policy = createTrustPolicy({
 *   providerArn: 'arn:aws:iam::111122223333:oidc-provider/oidc.example.com/prod',
 *   subjects: [{ namespace: 'shop', serviceAccount: 'cart' }],
 * })
 * console.log(policy.Statement[0]?.Condition)
 * // {
 * //   StringEquals: {
 * //     'oidc.example.com/prod:aud': 'sts.amazonaws.com',
 * //     'oidc.example.com/prod:sub': 'system:serviceaccount:shop:cart',
 * //   },
 * // }
 * ```
 */
export function createTrustPolicy(options: TrustPolicyOptions): TrustPolicy {
  const what = 'build the trust policy'
  const problems = collectProblems('trust-invalid')
  if (!isObject(options)) problems.add('', `an object is needed, found ${kindOf(options)}`)
  problems.throwIfAny(what)
  const several = 'issuers' in options ? options.issuers : undefined
  const entries = several ?? [options as IssuerTrust]
  if (!Array.isArray(entries) || entries.length === 0) {
    problems.add('/issuers', `a list of at least one issuer is needed, found ${kindOf(entries)}`)
    problems.throwIfAny(what)
  }
  const trusts = entries.map((entry, index) => readTrust(entry, several ? `/issuers/${index}` : '', problems))
  sameAccount(trusts, problems)
  const limit = options.limitCharacters ?? defaultLimitCharacters
  if (!Number.isInteger(limit) || limit < 1 || limit > highestLimitCharacters) {
    problems.add('/limitCharacters', `a number from 1 to ${highestLimitCharacters} is needed, found ${quote(limit)}`)
  }
  problems.throwIfAny(what)
  const policy: TrustPolicy = { Version: '2012-10-17', Statement: joinTrusts(trusts).map(statementOf) }
  holdToLimit(policy, limit)
  return policy
}

function readTrust(entry: IssuerTrust, path: string, problems: Problems): ReadTrust {
  if (!isObject(entry)) {
    problems.add(path, `an object with "providerArn" and "subjects" is needed, found ${kindOf(entry)}`)
    return { providerArn: '', prefix: '', audiences: [], subjects: [] }
  }
  const { providerArn, issuer, subjects, audiences = ['sts.amazonaws.com'] } = entry
  const provider = parseProviderArn(providerArn)
  const prefix = provider?.conditionKeyPrefix ?? ''
  if (provider === undefined || !isPlainIssuer(prefix)) {
    const form = 'arn:PARTITION:iam::ACCOUNT:oidc-provider/ISSUER, the issuer without "https://" and trailing slash,'
    problems.add(`${path}/providerArn`, `${form} is needed, found ${quote(providerArn)}`)
  } else if (issuer !== undefined && issuer !== `https://${prefix}`) {
    problems.add(`${path}/issuer`, `"https://${prefix}" as in the provider's ARN is needed, found ${quote(issuer)}`)
  }
  const audienceList = readList(audiences, `${path}/audiences`, problems)
  for (const [index, audience] of audienceList.entries()) {
    // `${` would be read as a policy variable; a wildcard would be compared as it stands.
    if (typeof audience !== 'string' || !/^[^\s*?]{1,255}$/.test(audience) || audience.includes('${')) {
      const message = `1 to 255 characters without spaces, wildcards and "\${" are needed, found ${quote(audience)}`
      problems.add(`${path}/audiences/${index}`, message)
    }
  }
  const texts = readList(subjects, `${path}/subjects`, problems).map((subject, index) => {
    const at = `${path}/subjects/${index}`
    if (isObject(subject)) return subjectText(subject, at, problems)
    problems.add(at, `an object with "namespace" and "serviceAccount" is needed, found ${kindOf(subject)}`)
    return ''
  })
  return { providerArn, prefix, audiences: unique(audienceList), subjects: unique(texts) }
}

function readList<T>(values: readonly T[], path: string, problems: Problems): readonly T[] {
  if (Array.isArray(values) && values.length > 0) return values
  problems.add(path, `a list of at least one is needed, found ${Array.isArray(values) ? 'none' : kindOf(values)}`)
  return []
}

/** AWS: a role trusts providers of its own account only. */
function sameAccount(trusts: readonly ReadTrust[], problems: Problems): void {
  const accounts = trusts.flatMap(({ providerArn }) => {
    const provider = parseProviderArn(providerArn)
    return provider === undefined ? [] : [`${provider.partition} ${provider.accountId}`]
  })
  const different = unique(accounts)
  if (different.length > 1) {
    problems.add('/issuers', `providers of one account are needed, found ${different.join(' and ')}`)
  }
}

function joinTrusts(trusts: readonly ReadTrust[]): ReadTrust[] {
  const joined = new Map<string, ReadTrust>()
  for (const trust of trusts) {
    const key = JSON.stringify([trust.providerArn, [...trust.audiences].sort()])
    const earlier = joined.get(key)
    joined.set(key, { ...trust, subjects: unique([...(earlier?.subjects ?? []), ...trust.subjects]) })
  }
  return [...joined.values()]
}

function statementOf({ providerArn, prefix, audiences, subjects }: ReadTrust): PolicyStatement {
  const aud = { [`${prefix}:aud`]: oneOrMany(audiences) }
  const sub = { [`${prefix}:sub`]: oneOrMany(subjects) }
  const condition: ConditionMap = subjects.some(hasWildcard)
    ? { StringEquals: aud, StringLike: sub }
    : { StringEquals: { ...aud, ...sub } }
  return {
    Effect: 'Allow',
    Principal: { Federated: providerArn },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: condition,
  }
}

function holdToLimit(policy: TrustPolicy, limit: number): void {
  const { length } = JSON.stringify(policy)
  if (length <= limit) return
  const problems = collectProblems('policy-too-large')
  const fix =
    length <= highestLimitCharacters
      ? `Have the account's quota "Role trust policy length" raised and pass limitCharacters: ${length} or more`
      : 'Spread the service accounts over several roles, or ask for a pattern'
  problems.add('', `at most ${limit} characters are needed, found ${length}`, fix)
  problems.throwIfAny('build the trust policy')
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function oneOrMany(values: readonly string[]): string | readonly string[] {
  const [first] = values
  return first !== undefined && values.length === 1 ? first : values
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)]
}
