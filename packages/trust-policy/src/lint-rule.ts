// The lint rules by name and weight, and how a check reports. Their reasons are in `trust-policy-rules.ts`, so that
// whoever only lints does not carry the texts.

import type { Finding, Severity } from './finding.ts'

/** The name of a lint rule. */
export type TrustPolicyRuleId =
  | 'action-extra'
  | 'action-missing'
  | 'action-wide'
  | 'aud-api-server'
  | 'aud-missing'
  | 'aud-unregistered'
  | 'aud-wildcard'
  | 'key-prefix'
  | 'key-unknown'
  | 'like-without-wildcard'
  | 'operator-unknown'
  | 'policy-invalid'
  | 'policy-variable'
  | 'principal-missing'
  | 'principal-negated'
  | 'principal-wildcard'
  | 'provider-elsewhere'
  | 'provider-malformed'
  | 'provider-unknown'
  | 'resource-element'
  | 'session-tags-open'
  | 'several-providers'
  | 'size-over-default'
  | 'size-over-maximum'
  | 'sub-default-account'
  | 'sub-grammar'
  | 'sub-missing'
  | 'sub-wildcard-all'
  | 'sub-wildcard-name'
  | 'sub-wildcard-namespace'
  | 'test-empty'
  | 'test-for-all-values'
  | 'test-for-any-value'
  | 'test-if-exists'
  | 'test-negated'
  | 'test-null'
  | 'test-operator-type'
  | 'unsatisfiable'
  | 'version-old'
  | 'white-space'
  | 'wildcard-literal'

/** Every lint rule with its severity: `error` lets strangers in or lets nobody in, `warning` is risky, `info` is odd. */
export const ruleSeverities: Readonly<Record<TrustPolicyRuleId, Severity>> = {
  'action-extra': 'info',
  'action-missing': 'error',
  'action-wide': 'warning',
  'aud-api-server': 'warning',
  'aud-missing': 'warning',
  'aud-unregistered': 'error',
  'aud-wildcard': 'warning',
  'key-prefix': 'error',
  'key-unknown': 'error',
  'like-without-wildcard': 'info',
  'operator-unknown': 'error',
  'policy-invalid': 'error',
  'policy-variable': 'warning',
  'principal-missing': 'error',
  'principal-negated': 'error',
  'principal-wildcard': 'error',
  'provider-elsewhere': 'error',
  'provider-malformed': 'error',
  'provider-unknown': 'error',
  'resource-element': 'error',
  'session-tags-open': 'warning',
  'several-providers': 'error',
  'size-over-default': 'warning',
  'size-over-maximum': 'error',
  'sub-default-account': 'info',
  'sub-grammar': 'error',
  'sub-missing': 'error',
  'sub-wildcard-all': 'error',
  'sub-wildcard-name': 'warning',
  'sub-wildcard-namespace': 'error',
  'test-empty': 'error',
  'test-for-all-values': 'error',
  'test-for-any-value': 'info',
  'test-if-exists': 'error',
  'test-negated': 'error',
  'test-null': 'error',
  'test-operator-type': 'error',
  unsatisfiable: 'error',
  'version-old': 'warning',
  'white-space': 'error',
  'wildcard-literal': 'error',
}

/** What the caller knows about the account; each makes further rules possible. */
export interface LintOptions {
  /** The role of the policy: providers of another account or partition are then reported. */
  readonly roleArn?: string
  /** The account's OpenID Connect providers with their audiences (client ids): others are then reported. */
  readonly providers?: readonly { readonly arn: string; readonly audiences: readonly string[] }[]
}

/** Reports a finding of a rule. */
export type Report = (id: TrustPolicyRuleId, path: string, message: string, fix?: string) => void

/** Starts a list of findings and the function that adds to it. */
export function startReport(): { readonly findings: Finding<TrustPolicyRuleId>[]; readonly report: Report } {
  const findings: Finding<TrustPolicyRuleId>[] = []
  return {
    findings,
    report(code, path, message, fix) {
      findings.push({ code, severity: ruleSeverities[code], path, message, ...(fix === undefined ? {} : { fix }) })
    },
  }
}
