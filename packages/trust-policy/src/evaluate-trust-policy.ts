// Whether a trust policy lets a token in, and each condition's part in that, in words. Follows IAM's evaluation of a
// role's trust policy for AssumeRoleWithWebIdentity; other policies (boundaries, SCPs, RCPs) are not looked at.

import { isMet, type Operator, parseOperator, type VariableLookup } from './condition-operator.ts'
import { collectProblems, type Problems } from './error.ts'
import {
  listOf,
  type OneOrMany,
  parsePolicy,
  pointerOf,
  type PolicyInput,
  type PolicyStatement,
  type PrincipalMap,
  statementsOf,
} from './policy.ts'
import { kindOf, quote } from './quote.ts'
import { contextOf, type RequestContext, type TrustRequest } from './request-context.ts'
import { matchesWildcard } from './wildcard.ts'

/** One part of a statement and whether the request meets it. */
export interface PartDecision {
  /** JSON Pointer into the policy. */
  readonly path: string
  readonly met: boolean
  /** What was needed and what the request has, in words. */
  readonly reason: string
}

/** One key under one operator and whether the request meets it. */
export interface ConditionDecision extends PartDecision {
  readonly operator: string
  readonly key: string
  /** The values in the policy. */
  readonly expected: readonly string[]
  /** The values in the request; none when the key is absent. */
  readonly actual: readonly string[]
}

/** One statement and whether it applies to the request: all of its parts must be met. */
export interface StatementDecision {
  /** JSON Pointer into the policy. */
  readonly path: string
  readonly sid?: string
  readonly effect: 'Allow' | 'Deny'
  readonly applies: boolean
  readonly principal: PartDecision
  readonly action: PartDecision
  readonly conditions: readonly ConditionDecision[]
}

/** What a trust policy says to a request. */
export interface TrustDecision {
  /** `explicit-deny`: a Deny applies. `implicit-deny`: no Allow applies. */
  readonly decision: 'allow' | 'explicit-deny' | 'implicit-deny'
  /** Why, in a sentence or two. */
  readonly reason: string
  readonly statements: readonly StatementDecision[]
  /** Condition keys that the policy asks for and that the request does not have: taken as absent. */
  readonly absentKeys: readonly string[]
}

/**
 * Decides whether a role's trust policy lets a token assume the role, as IAM would.
 *
 * The token is taken as verified by STS. Condition keys are compared without regard to case, their values by the
 * operator: all of IAM's, with `IfExists`, `ForAnyValue` and `ForAllValues`, policy variables and `Null`. A key that is
 * not given is absent, and is listed as such.
 *
 * @param policy The trust policy, in any form that `parsePolicy` reads.
 * @param request Provider and claims; further condition keys under `context`.
 * @throws {TrustPolicyError} `policy-invalid`; `request-invalid` for a request that STS would not put to the policy, and
 *   for condition operators that IAM does not know.
 * @see AWS IAM User Guide, IAM JSON policy elements: Condition operators; Policy evaluation logic
 * @see AWS IAM User Guide, IAM and AWS STS condition context keys, keys for OIDC federation
 *
 * @example
 * ```ts
 * import { createTrustPolicy, evaluateTrustPolicy } from '@irsa/trust-policy'
 *
 * const providerArn = 'arn:aws:iam::111122223333:oidc-provider/oidc.example.com/prod'
 * const policy = createTrustPolicy({ providerArn, subjects: [{ namespace: 'shop', serviceAccount: 'cart' }] })
 * const { decision, reason } = evaluateTrustPolicy(policy, {
 *   providerArn,
 *   claims: { sub: 'system:serviceaccount:shop:default', aud: ['sts.amazonaws.com'] },
 * })
 * console.log(decision) // 'implicit-deny'
 * console.log(reason.includes('found "system:serviceaccount:shop:default"')) // true
 * ```
 */
export function evaluateTrustPolicy(policy: PolicyInput, request: TrustRequest): TrustDecision {
  const document = parsePolicy(policy)
  const problems = collectProblems('request-invalid')
  const context = contextOf(request, problems)
  const { action = 'sts:AssumeRoleWithWebIdentity' } = request ?? {}
  if (typeof action !== 'string') problems.add('/action', `a text is needed, found ${kindOf(action)}`)
  problems.throwIfAny('put the request to a trust policy')
  const call: Call = {
    providerArn: request.providerArn,
    action,
    context,
    ...(document.Version === '2012-10-17' ? { variable: singleValue(context) } : {}),
  }
  const statements = statementsOf(document).map(({ statement, path }) => decide(statement, path, call, problems))
  problems.throwIfAny('evaluate the trust policy')
  return { ...verdict(statements, call), statements, absentKeys: absentKeys(statements, context) }
}

interface Call {
  readonly providerArn: string
  readonly action: string
  readonly context: RequestContext
  readonly variable?: NonNullable<VariableLookup>
}

function decide(statement: PolicyStatement, path: string, call: Call, problems: Problems): StatementDecision {
  const principal = decidePrincipal(statement, path, call)
  const action = decideAction(statement, path, call)
  const conditions = Object.entries(statement.Condition ?? {}).flatMap(([name, keys]) => {
    const operator = parseOperator(name)
    const operatorPath = `${path}/Condition${pointerOf(name)}`
    if (operator === undefined) {
      problems.add(operatorPath, `a condition operator that IAM knows is needed, found ${quote(name)}`)
      return []
    }
    return Object.entries(keys).map(([key, values]) => {
      return decideCondition(operator, key, values, operatorPath + pointerOf(key), call)
    })
  })
  const applies = [principal, action, ...conditions].every(({ met }) => met)
  const sid = statement.Sid === undefined ? {} : { sid: statement.Sid }
  return { path, ...sid, effect: statement.Effect, applies, principal, action, conditions }
}

function decideCondition(
  operator: Operator,
  key: string,
  values: OneOrMany<string | number | boolean>,
  path: string,
  { context, variable }: Call,
): ConditionDecision {
  const expected = listOf(values, '').map(({ value }) => String(value))
  const actual = context.get(key.toLowerCase()) ?? []
  const met = isMet(operator, actual, expected, variable)
  const found = actual.length === 0 ? 'it is absent' : `found ${quoteAll(actual)}`
  const reason = `${operator.name} of ${quote(key)} with ${quoteAll(expected)} is ${met ? 'met' : 'not met'}: ${found}`
  return { path, operator: operator.name, key, expected, actual, met, reason }
}

function decidePrincipal(statement: PolicyStatement, path: string, { providerArn }: Call): PartDecision {
  const { Principal: principal, NotPrincipal: others } = statement
  if (others !== undefined) {
    const met = !includesProvider(others, providerArn)
    const reason = `everybody ${met ? 'but those named' : 'but the provider'} is meant`
    return { path: `${path}/NotPrincipal`, met, reason }
  }
  if (principal === undefined) return { path, met: false, reason: 'the statement names no principal' }
  const met = includesProvider(principal, providerArn)
  const reason = met ? 'the provider is meant' : `the provider ${quote(providerArn)} is needed, found others`
  return { path: `${path}/Principal`, met, reason }
}

/** Observed: `{ "AWS": "*" }` does not mean token holders, though documentation calls it the same as `"*"`. */
function includesProvider(principal: '*' | PrincipalMap, providerArn: string): boolean {
  if (principal === '*') return true
  return listOf(principal.Federated, '').some(({ value }) => value === providerArn)
}

function decideAction(statement: PolicyStatement, path: string, { action }: Call): PartDecision {
  const { Action: actions, NotAction: others } = statement
  const included = (list: OneOrMany<string> | undefined): boolean => {
    return listOf(list, '').some(({ value }) => matchesWildcard(value.toLowerCase(), action.toLowerCase()))
  }
  const met = others === undefined ? included(actions) : !included(others)
  const member = others === undefined ? 'Action' : 'NotAction'
  return { path: `${path}/${member}`, met, reason: `${quote(action)} is ${met ? '' : 'not '}meant` }
}

function verdict(
  statements: readonly StatementDecision[],
  { action }: Call,
): Pick<TrustDecision, 'decision' | 'reason'> {
  const nameOf = ({ path, sid }: StatementDecision): string => (sid === undefined ? path : `${path} (${quote(sid)})`)
  const denial = statements.find(({ effect, applies }) => effect === 'Deny' && applies)
  if (denial !== undefined) return { decision: 'explicit-deny', reason: `${nameOf(denial)} denies it.` }
  const grants = statements.filter(({ effect }) => effect === 'Allow')
  const grant = grants.find(({ applies }) => applies)
  if (grant !== undefined) return { decision: 'allow', reason: `${nameOf(grant)} allows it.` }
  const reasons = grants.map((statement) => {
    const unmet = [statement.principal, statement.action, ...statement.conditions].filter(({ met }) => !met)
    return `${nameOf(statement)}: ${unmet.map(({ reason }) => reason).join('; ')}.`
  })
  return { decision: 'implicit-deny', reason: [`No statement allows ${quote(action)}.`, ...reasons].join(' ') }
}

function absentKeys(statements: readonly StatementDecision[], context: RequestContext): string[] {
  const keys = statements.flatMap(({ conditions }) => conditions.map(({ key }) => key))
  return [...new Set(keys.filter((key) => !context.has(key.toLowerCase())))]
}

/** Only keys of one value can be policy variables. */
function singleValue(context: RequestContext): (key: string) => string | undefined {
  return (key) => {
    const values = context.get(key.toLowerCase())
    return values?.length === 1 ? values[0] : undefined
  }
}

function quoteAll(values: readonly string[]): string {
  return values.length === 0 ? 'nothing' : values.map(quote).join(' or ')
}
