// What is dangerous, useless or odd about a trust policy, whoever wrote it. Knows the rules of trust in token holders;
// what the role may do afterwards is not looked at. Statements for other principals are left alone, unless they mean
// everybody.

import { TrustPolicyError } from './error.ts'
import type { Finding } from './finding.ts'
import { lintConditions } from './lint-conditions.ts'
import { lintPrincipal, lintActions, trustedProviders } from './lint-principal.ts'
import { type LintOptions, type Report, startReport, type TrustPolicyRuleId } from './lint-rule.ts'
import { parsePolicy, type PolicyDocument, type PolicyInput, statementsOf } from './policy.ts'

/** IAM's quota of a trust policy without an increase, and with the highest one. */
export const trustPolicyQuota = { defaultCharacters: 2048, highestCharacters: 8192 } as const

/**
 * Checks a trust policy for what lets strangers in, lets nobody in, or is risky.
 *
 * `trustPolicyRules` has the title, reason, remedy and source of each rule. A policy that `createTrustPolicy` built has
 * no findings, but for the patterns that it was asked for.
 *
 * @param policy The trust policy, in any form that `parsePolicy` reads; one that cannot be read is a finding too.
 * @param options What is known about the account.
 * @returns The findings in the order of the policy. Paths point into the policy. Never throws for what is in it.
 * @see AWS IAM User Guide, IAM and AWS STS condition context keys; Create a role for OpenID Connect federation
 *
 * @example
 * ```ts
 * import { lintTrustPolicy } from '@irsa/trust-policy'
 *
 * const findings = lintTrustPolicy({
 *   Version: '2012-10-17',
 *   Statement: {
 *     Effect: 'Allow',
 *     Principal: { Federated: 'arn:aws:iam::111122223333:oidc-provider/oidc.example.com' },
 *     Action: 'sts:AssumeRoleWithWebIdentity',
 *     Condition: { StringLike: { 'oidc.example.com:sub': 'system:serviceaccount:*:cart' } },
 *   },
 * })
 * console.log(findings.map(({ code, severity }) => `${severity} ${code}`))
 * // [ 'warning aud-missing', 'error sub-wildcard-namespace' ]
 * ```
 */
export function lintTrustPolicy(policy: PolicyInput, options: LintOptions = {}): readonly Finding<TrustPolicyRuleId>[] {
  const { findings, report } = startReport()
  const document = read(policy, report)
  if (document === undefined) return findings
  lintDocument(document, report)
  for (const { statement, path } of statementsOf(document)) {
    lintPrincipal(statement, path, options, report)
    if (statement.Effect !== 'Allow') continue
    const providers = trustedProviders(statement, path)
    if (providers.length === 0) continue
    lintActions(statement, path, report)
    lintConditions({ statement, path, providers, document, options }, report)
  }
  return findings
}

function read(policy: PolicyInput, report: Report): PolicyDocument | undefined {
  try {
    return parsePolicy(policy)
  } catch (error) {
    if (!(error instanceof TrustPolicyError)) throw error
    for (const { path, message } of error.problems) report('policy-invalid', path, message)
    return undefined
  }
}

function lintDocument(document: PolicyDocument, report: Report): void {
  const { defaultCharacters, highestCharacters } = trustPolicyQuota
  const { length } = JSON.stringify(document)
  if (length > highestCharacters) {
    report('size-over-maximum', '', `at most ${highestCharacters} characters are needed, found ${length}`)
  } else if (length > defaultCharacters) {
    report('size-over-default', '', `at most ${defaultCharacters} characters are usual, found ${length}`)
  }
  if (document.Version !== '2012-10-17') {
    const found = document.Version === undefined ? 'none' : `"${document.Version}"`
    report('version-old', '/Version', `"2012-10-17" is needed, found ${found}`)
  }
}
