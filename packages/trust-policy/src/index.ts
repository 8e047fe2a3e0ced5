// Who may assume a role, as pure functions: values in, values out.

export { canonicalPolicy, equalPolicies } from './canonical-policy.ts'
export {
  createTrustPolicy,
  type IssuerTrust,
  type TrustPolicy,
  type TrustPolicyOptions,
} from './create-trust-policy.ts'
export { TrustPolicyError, type TrustPolicyErrorCode } from './error.ts'
export type { Finding, Severity } from './finding.ts'
export {
  type ConditionMap,
  type OneOrMany,
  parsePolicy,
  type PolicyDocument,
  type PolicyInput,
  type PolicyStatement,
  type PrincipalMap,
} from './policy.ts'
export type { Subject } from './subject.ts'
