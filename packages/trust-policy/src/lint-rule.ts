// The lint rules by name and weight, and how a check reports. Their reasons are in `trust-policy-rules.ts`, so that
// whoever only lints does not carry the texts.

import type { Finding, Severity } from './finding.ts'

/** Every lint rule with its severity: `error` lets strangers in or lets nobody in, `warning` is risky, `info` is odd. */
export const ruleSeverities = {
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
} as const satisfies Readonly<Record<string, Severity>>

/** The name of a lint rule. */
export type TrustPolicyRuleId = keyof typeof ruleSeverities

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
