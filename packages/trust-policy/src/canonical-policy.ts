// Which policies say the same: one form for all the ways in which IAM lets a policy be written. Where it is not known
// that two spellings mean the same, they count as different, so that a comparison never hides a change.

import {
  type ConditionMap,
  listOf,
  type OneOrMany,
  parsePolicy,
  type PolicyDocument,
  type PolicyInput,
  type PolicyStatement,
  type PrincipalMap,
} from './policy.ts'

const spelledActions: readonly string[] = [
  'sts:AssumeRole',
  'sts:AssumeRoleWithSAML',
  'sts:AssumeRoleWithWebIdentity',
  'sts:SetContext',
  'sts:SetSourceIdentity',
  'sts:TagSession',
]

/**
 * Writes a policy in its one canonical form, which is itself a policy that means the same.
 *
 * Members, condition keys, lists and statements are sorted and freed of repetitions; a list of one becomes the value;
 * numbers and booleans in conditions become texts; actions are spelled as AWS spells them; `arn:aws:iam::ID:root` becomes
 * the account id; empty conditions go; a missing `Version` becomes `2008-10-17`. `Sid` and `Id` stay.
 *
 * @param policy A policy in any form that `parsePolicy` reads.
 * @throws {TrustPolicyError} `policy-invalid`
 * @see AWS IAM User Guide, IAM JSON policy elements reference
 *
 * @example
 * ```ts
 * import { canonicalPolicy } from '@irsa/trust-policy'
 *
 * const policy = canonicalPolicy({
 *   Statement: { Action: ['STS:assumerolewithwebidentity'], Principal: '*', Effect: 'Deny', Condition: {} },
 * })
 * console.log(JSON.stringify(policy))
 * // '{"Version":"2008-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRoleWithWebIdentity"}]}'
 * ```
 */
export function canonicalPolicy(policy: PolicyInput): PolicyDocument {
  const { Version: version = '2008-10-17', Id: id, Statement: statements } = parsePolicy(policy)
  const sorted = sortTexts(listOf(statements, '').map(({ value }) => JSON.stringify(canonicalStatement(value))))
  return {
    Version: version,
    ...(id === undefined ? {} : { Id: id }),
    Statement: sorted.map((text) => JSON.parse(text) as PolicyStatement),
  }
}

/**
 * Whether two policies say the same, in whatever forms they come.
 *
 * @param a A policy in any form that `parsePolicy` reads, for instance what `GetRole` returned.
 * @param b Another.
 * @returns `true` when their canonical forms are equal. Two policies that decide alike by chance are not equal.
 * @throws {TrustPolicyError} `policy-invalid`
 *
 * @example
 * ```ts
 * import { createTrustPolicy, equalPolicies } from '@irsa/trust-policy'
 *
 * const wanted = createTrustPolicy({
 *   providerArn: 'arn:aws:iam::111122223333:oidc-provider/oidc.example.com/prod',
 *   subjects: [{ namespace: 'shop', serviceAccount: 'cart' }],
 * })
 * const stored = encodeURIComponent(JSON.stringify(wanted, undefined, 4))
 * console.log(equalPolicies(wanted, stored)) // true
 * ```
 */
export function equalPolicies(a: PolicyInput, b: PolicyInput): boolean {
  return JSON.stringify(canonicalPolicy(a)) === JSON.stringify(canonicalPolicy(b))
}

function canonicalStatement(statement: PolicyStatement): PolicyStatement {
  const { Sid: sid, Effect: effect, Condition: condition } = statement
  const written = condition === undefined ? {} : canonicalCondition(condition)
  return {
    ...(sid === undefined ? {} : { Sid: sid }),
    Effect: effect,
    ...mapMember('Principal', statement.Principal, canonicalPrincipal),
    ...mapMember('NotPrincipal', statement.NotPrincipal, canonicalPrincipal),
    ...mapMember('Action', statement.Action, (actions) => canonicalTexts(actions, canonicalAction)),
    ...mapMember('NotAction', statement.NotAction, (actions) => canonicalTexts(actions, canonicalAction)),
    ...mapMember('Resource', statement.Resource, (resources) => canonicalTexts(resources)),
    ...mapMember('NotResource', statement.NotResource, (resources) => canonicalTexts(resources)),
    ...(Object.keys(written).length === 0 ? {} : { Condition: written }),
  }
}

function mapMember<T, U>(name: string, value: T | undefined, map: (value: T) => U): Readonly<Record<string, U>> {
  return value === undefined ? {} : { [name]: map(value) }
}

function canonicalPrincipal(principal: '*' | PrincipalMap): '*' | PrincipalMap {
  if (principal === '*') return principal
  return mapSorted(principal as Readonly<Record<string, OneOrMany<string>>>, (names, kind) =>
    // IAM User Guide, Principal: an account's ARN and its bare id are the same principal.
    canonicalTexts(names, (name) => (kind === 'AWS' ? name.replace(/^arn:[^:]+:iam::([0-9]{12}):root$/, '$1') : name)),
  )
}

function canonicalCondition(condition: ConditionMap): ConditionMap {
  const written = mapSorted(condition, (keys) => mapSorted(keys, (values) => canonicalTexts(values)))
  return Object.fromEntries(Object.entries(written).filter(([, keys]) => Object.keys(keys).length > 0))
}

function canonicalAction(action: string): string {
  // Actions are compared without regard to case.
  const lower = action.toLowerCase()
  return spelledActions.find((spelled) => spelled.toLowerCase() === lower) ?? lower
}

function canonicalTexts(
  values: OneOrMany<string | number | boolean>,
  map: (value: string) => string = (value) => value,
): OneOrMany<string> {
  const sorted = sortTexts(listOf(values, '').map(({ value }) => map(String(value))))
  const [first] = sorted
  return first !== undefined && sorted.length === 1 ? first : sorted
}

function mapSorted<T, U>(
  object: Readonly<Record<string, T>>,
  map: (value: T, key: string) => U,
): Readonly<Record<string, U>> {
  const entries = Object.entries(object).map(([key, value]): [string, U] => [key, map(value, key)])
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Sorts by UTF-16 code units, which no locale changes, and drops repetitions. */
function sortTexts(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort()
}
