// Lint: whom a statement means, and what it lets them do.

import type { TrustedProvider } from './condition-test.ts'
import type { LintOptions, Report } from './lint-rule.ts'
import { listOf, type PolicyStatement, type PrincipalMap } from './policy.ts'
import { parseProviderArn } from './provider-arn.ts'
import { quote } from './quote.ts'
import { matchesWildcard } from './wildcard.ts'

const webIdentity = 'sts:AssumeRoleWithWebIdentity'
// Beside the exchange itself a session may be tagged, named and given a context.
const companions = ['sts:tagsession', 'sts:setsourceidentity', 'sts:setcontext']
// Providers that AWS knows without an IAM resource.
const builtInProviders = [
  'accounts.google.com',
  'cognito-identity.amazonaws.com',
  'graph.facebook.com',
  'www.amazon.com',
]
// Conditions on these say who is meant when the principal is everybody.
const identityKeys = ['aws:principalorgid', 'aws:principalorgpaths', 'aws:principalaccount', 'aws:principalarn']

/** The OpenID Connect providers that a statement names, as far as their ARNs can be read. */
export function trustedProviders({ Principal: principal }: PolicyStatement, path: string): TrustedProvider[] {
  if (principal === undefined || principal === '*') return []
  return listOf(principal.Federated, `${path}/Principal/Federated`).flatMap(({ value: arn, path: arnPath }) => {
    const provider = parseProviderArn(arn.trim())
    return provider === undefined ? [] : [{ arn, path: arnPath, prefix: provider.conditionKeyPrefix }]
  })
}

/** Lints whom a statement means. */
export function lintPrincipal(statement: PolicyStatement, path: string, options: LintOptions, report: Report): void {
  const { Effect: effect, Principal: principal, NotPrincipal: others } = statement
  for (const member of ['Resource', 'NotResource'] as const) {
    if (statement[member] === undefined) continue
    report('resource-element', `${path}/${member}`, `a statement without "${member}" is needed, found it`)
  }
  if (principal === undefined && others === undefined) {
    report('principal-missing', path, '"Principal" is needed, found none')
  }
  if (effect === 'Deny') return
  if (others !== undefined)
    report('principal-negated', `${path}/NotPrincipal`, '"Principal" is needed, found "NotPrincipal"')
  if (principal === undefined) return
  if (principal !== '*') lintProviders(principal, statement, `${path}/Principal/Federated`, options, report)
  const everybody = principal === '*' || listOf(principal.AWS, '').some(({ value }) => value === '*')
  if (everybody && !namesIdentity(statement)) {
    report('principal-wildcard', `${path}/Principal`, 'named principals are needed, found "*"')
  }
}

/** Lints what a statement for token holders lets them do. */
export function lintActions(statement: PolicyStatement, path: string, report: Report): void {
  if (statement.NotAction !== undefined) {
    report('action-wide', `${path}/NotAction`, `"Action": "${webIdentity}" is needed, found "NotAction"`)
    return
  }
  const actions = listOf(statement.Action, `${path}/Action`)
  const lower = actions.map(({ value }) => value.toLowerCase())
  const exchanges = lower.some((action) => matchesWildcard(action, webIdentity.toLowerCase()))
  if (!exchanges && !lower.every((action) => companions.includes(action))) {
    report('action-missing', `${path}/Action`, `"${webIdentity}" is needed, found ${lower.map(quote).join(', ')}`)
    return
  }
  for (const { value, path: valuePath } of actions) {
    const action = value.toLowerCase()
    if (/[*?]/.test(action)) report('action-wide', valuePath, `"${webIdentity}" is needed, found ${quote(value)}`)
    else if (action !== webIdentity.toLowerCase() && !companions.includes(action)) {
      report('action-extra', valuePath, `"${webIdentity}" alone is needed, found ${quote(value)} beside it`)
    }
  }
  const tags = lower.some((action) => matchesWildcard(action, 'sts:tagsession'))
  if (tags && !conditionKeys(statement).some((key) => key === 'aws:tagkeys' || key.startsWith('aws:requesttag/'))) {
    const fix = 'Leave "sts:TagSession" out: tokens of Kubernetes carry no session tags'
    report(
      'session-tags-open',
      `${path}/Action`,
      'a condition on aws:RequestTag or aws:TagKeys is needed, found none',
      fix,
    )
  }
}

function lintProviders(
  principal: PrincipalMap,
  statement: PolicyStatement,
  path: string,
  options: LintOptions,
  report: Report,
): void {
  const isExchange = listOf(statement.Action, '').some(({ value }) => value.toLowerCase() === webIdentity.toLowerCase())
  const role = /^arn:([^:]+):iam::([0-9]{12}):role\//.exec(options.roleArn ?? '')
  for (const { value, path: valuePath } of listOf(principal.Federated, path)) {
    const provider = parseProviderArn(value)
    if (builtInProviders.includes(value)) continue
    if (provider === undefined) {
      const isSaml = /^arn:[^:]+:iam::[0-9]{12}:saml-provider\/\S+$/.test(value)
      if (isSaml && !isExchange) continue
      report('provider-malformed', valuePath, `the ARN of an OpenID Connect provider is needed, found ${quote(value)}`)
      continue
    }
    const { partition, accountId, conditionKeyPrefix } = provider
    if (/^https?:|[*?]|:[0-9]+(\/|$)/.test(conditionKeyPrefix)) {
      const message = `an ARN that ends with the issuer, without "https://", port and wildcards, is needed`
      report('provider-malformed', valuePath, `${message}, found ${quote(value)}`)
    }
    if (role !== null && (role[1] !== partition || role[2] !== accountId)) {
      const message = `a provider in the role's account ${role[1]} ${role[2]} is needed`
      report('provider-elsewhere', valuePath, `${message}, found ${partition} ${accountId}`)
    }
    if (options.providers !== undefined && !options.providers.some(({ arn }) => arn === value)) {
      const known = options.providers.map(({ arn }) => quote(arn)).join(', ') || 'no provider at all'
      report(
        'provider-unknown',
        valuePath,
        `a provider of the account is needed, found ${quote(value)} beside ${known}`,
      )
    }
  }
}

function namesIdentity(statement: PolicyStatement): boolean {
  return Object.entries(statement.Condition ?? {}).some(([operator, keys]) => {
    const isPositive = /^(ForAnyValue:)?(String(Equals|EqualsIgnoreCase|Like)|Arn(Equals|Like))$/.test(operator)
    return isPositive && Object.keys(keys).some((key) => identityKeys.includes(key.toLowerCase()))
  })
}

function conditionKeys(statement: PolicyStatement): string[] {
  return Object.values(statement.Condition ?? {}).flatMap((keys) => Object.keys(keys).map((key) => key.toLowerCase()))
}
