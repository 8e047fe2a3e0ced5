// IAM's evaluation logic for what the sandbox enforces: identity policies,
// permissions boundaries, bucket policies and trust policies.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
import type { ConditionContext, Conditions, OneOrMore } from './policy-conditions.ts'
import { conditionsHold, list, wildcard } from './policy-conditions.ts'

export { conditionsHold, list, wildcard }
export type { ConditionContext }

export interface PolicyDocument {
  readonly Version?: string
  readonly Statement: Statement | readonly Statement[]
}

export interface Statement {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Action?: OneOrMore
  readonly NotAction?: OneOrMore
  readonly Resource?: OneOrMore
  readonly NotResource?: OneOrMore
  readonly Principal?: '*' | Readonly<Record<string, OneOrMore>>
  readonly NotPrincipal?: '*' | Readonly<Record<string, OneOrMore>>
  readonly Condition?: Conditions
}

export interface PolicyRequest {
  readonly action: string
  readonly resource: string
  readonly context: ConditionContext
  /** Whether a `Principal` element names the caller; left out for identity policies, which have none. */
  readonly matchesPrincipal?: (type: string, value: string) => boolean
}

export type Decision = 'allow' | 'explicit-deny' | 'implicit-deny'

export function evaluatePolicies(policies: readonly PolicyDocument[], request: PolicyRequest): Decision {
  let decision: Decision = 'implicit-deny'
  for (const policy of policies) {
    for (const statement of list(policy.Statement)) {
      if (!statementApplies(statement, request)) continue
      if (statement.Effect === 'Deny') return 'explicit-deny'
      if (statement.Effect === 'Allow') decision = 'allow'
    }
  }
  return decision
}

function statementApplies(statement: Statement, request: PolicyRequest): boolean {
  return (
    principalApplies(statement, request) &&
    actionApplies(statement, request.action) &&
    resourceApplies(statement, request.resource) &&
    conditionsHold(statement.Condition, request.context)
  )
}

function principalApplies(statement: Statement, request: PolicyRequest): boolean {
  const { matchesPrincipal } = request
  if (matchesPrincipal === undefined) return true
  const named = (principal: '*' | Readonly<Record<string, OneOrMore>>): boolean =>
    principal === '*'
      ? matchesPrincipal('AWS', '*')
      : Object.entries(principal).some(([type, values]) => list(values).some((value) => matchesPrincipal(type, value)))
  if (statement.NotPrincipal !== undefined) return !named(statement.NotPrincipal)
  return statement.Principal !== undefined && named(statement.Principal)
}

function actionApplies(statement: Statement, action: string): boolean {
  const matches = (pattern: string): boolean => wildcard(pattern.toLowerCase(), action.toLowerCase())
  if (statement.NotAction !== undefined) return !list(statement.NotAction).some(matches)
  return list(statement.Action).some(matches)
}

function resourceApplies(statement: Statement, resource: string): boolean {
  const matches = (pattern: string): boolean => wildcard(pattern, resource)
  if (statement.NotResource !== undefined) return !list(statement.NotResource).some(matches)
  // A trust policy has no Resource: the role itself is meant.
  return statement.Resource === undefined || list(statement.Resource).some(matches)
}
