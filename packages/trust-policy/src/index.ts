// Who may assume a role, as pure functions: values in, values out.

export { canonicalPolicy, equalPolicies } from './canonical-policy.ts'
export {
  createTrustPolicy,
  type IssuerTrust,
  type TrustPolicy,
  type TrustPolicyOptions,
} from './create-trust-policy.ts'
export { TrustPolicyError, type TrustPolicyErrorCode } from './error.ts'
export {
  type ConditionDecision,
  evaluateTrustPolicy,
  type PartDecision,
  type StatementDecision,
  type TrustDecision,
} from './evaluate-trust-policy.ts'
export type { Finding, Severity } from './finding.ts'
export type { LintOptions, TrustPolicyRuleId } from './lint-rule.ts'
export { lintTrustPolicy } from './lint-trust-policy.ts'
export { createNetworkFence, type NetworkFence, type NetworkFenceOptions } from './network-fence.ts'
export {
  type ConditionMap,
  type OneOrMany,
  parsePolicy,
  type PolicyDocument,
  type PolicyInput,
  type PolicyStatement,
  type PrincipalMap,
} from './policy.ts'
export type { TokenClaims, TrustRequest } from './request-context.ts'
export type { Subject } from './subject.ts'
export { type TrustPolicyRule, trustPolicyRules } from './trust-policy-rules.ts'
