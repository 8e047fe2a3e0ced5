// Lint: whether a statement for token holders really tests `sub` and `aud`, with operators that restrict and keys that
// exist.

import { isMet, type Operator } from './condition-operator.ts'
import {
  type ConditionTest,
  hasOddSpace,
  isRestricting,
  readTests,
  sameKey,
  stringBases,
  type TrustedProvider,
  type TrustedStatement,
} from './condition-test.ts'
import { lintAudience, lintSubject } from './lint-claims.ts'
import type { Report, TrustPolicyRuleId } from './lint-rule.ts'
import { quote } from './quote.ts'

// AWS makes no other claims of a custom provider's tokens condition keys.
const knownClaims = ['amr', 'aud', 'email', 'oaud', 'sub']
/** Issuers that many share and whose claims AWS documents by themselves; their subjects are not Kubernetes'. */
const sharedIssuers = [
  'agent.buildkite.com',
  'api.pulumi.com',
  'app.terraform.io',
  'gitlab.com',
  'oidc.circleci.com',
  'oidc.vercel.com',
  'token.actions.githubusercontent.com',
]
/** Lints the conditions of a statement that trusts token holders. */
export function lintConditions(trusted: TrustedStatement, report: Report): void {
  const { statement, path, providers } = trusted
  const tests = readTests(statement, path, report)
  const own = tests.filter(({ prefix }) => providers.some((provider) => sameKey(provider.prefix, prefix)))
  const isShared = providers.every(({ prefix }) => sharedIssuers.includes(prefix.split('/')[0] ?? ''))
  for (const test of tests) lintKey(test, own.includes(test), isShared, providers, report)
  if (providers.length > 1) {
    const message = `one provider per statement is needed, found ${providers.length}: a token has the keys of one issuer`
    report('several-providers', `${path}/Principal/Federated`, message, 'Write one statement for each provider')
  }
  lintRestriction('sub', tests, own, path, report)
  lintRestriction('aud', tests, own, path, report)
  for (const test of own) {
    if (!isRestricting(test, own) || test.values.length === 0) continue
    if (test.claim === 'sub') lintSubject(test, isShared, trusted, report)
    if (test.claim === 'aud') lintAudience(test, trusted, report)
  }
  lintSatisfiable(own, report)
}

function lintKey(
  { key, path, prefix, claim }: ConditionTest,
  isOwn: boolean,
  isShared: boolean,
  providers: readonly TrustedProvider[],
  report: Report,
): void {
  if (hasOddSpace(key)) report('white-space', path, `a key without white space is needed, found ${quote(key)}`)
  // Keys of AWS have a prefix without a dot; whatever has one is meant to be an issuer.
  if (!isOwn && prefix.includes('.')) {
    const wanted = providers.map((provider) => quote(`${provider.prefix}:${claim}`)).join(' or ')
    report('key-prefix', path, `the key ${wanted} is needed, found ${quote(key)}${hintOn(prefix, providers)}`)
  } else if (isOwn && !isShared && !knownClaims.includes(claim.trim())) {
    const known = knownClaims.join(', ')
    report('key-unknown', path, `a claim that AWS makes a key of (${known}) is needed, found ${quote(claim)}`)
  }
}

function hintOn(prefix: string, providers: readonly TrustedProvider[]): string {
  const plain = prefix
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/:[0-9]+(?=\/|$)/, '')
    .replace(/\/+$/, '')
  const meant = providers.find((provider) => sameKey(provider.prefix.replace(/\/+$/, ''), plain))
  if (meant !== undefined) return ' (neither scheme nor port, and a slash at its end only where the provider has it)'
  const sameHost = providers.some((provider) => provider.prefix.split('/')[0] === plain.split('/')[0])
  return sameHost ? ' (the path of the issuer belongs to it)' : ''
}

/** Reports why a claim is not tested: not at all, or only by tests that other tokens pass too. */
function lintRestriction(
  claim: 'sub' | 'aud',
  tests: readonly ConditionTest[],
  own: readonly ConditionTest[],
  path: string,
  report: Report,
): void {
  const mine = own.filter((test) => test.claim === claim)
  for (const { operator, path: testPath, key } of mine) {
    const wanted = `${stringBases.includes(operator.base) ? operator.base : 'StringEquals'} of ${quote(key)} is needed`
    if (operator.base !== 'Null' && !stringBases.includes(operator.base)) {
      report('test-operator-type', testPath, `${wanted}, found ${operator.name}, which is for other types`)
    } else if (operator.set === 'ForAnyValue') {
      report('test-for-any-value', testPath, `${wanted}, found ${operator.name}, which is for keys of several values`)
    }
  }
  if (mine.some((test) => isRestricting(test, own))) {
    const empty = mine.find((test) => isRestricting(test, own) && test.values.length === 0)
    if (empty !== undefined) report('test-empty', empty.path, 'at least one value is needed, found none')
    return
  }
  for (const { operator, key, path: testPath } of mine) {
    const id = weaknessOf(operator)
    if (id === undefined) continue
    report(id, testPath, `StringEquals of ${quote(key)} is needed, found ${operator.name}, which does not restrict it`)
  }
  // A restricting test under another issuer's key lets nobody in, which is reported there.
  const elsewhere = tests.some(
    (test) => test.claim === claim && test.prefix.includes('.') && isRestricting(test, tests),
  )
  if (mine.length > 0 || elsewhere) return
  const what = claim === 'sub' ? 'a service account' : 'an audience'
  const id = claim === 'sub' ? 'sub-missing' : 'aud-missing'
  report(id, path, `a condition on "${claim}" that names ${what} is needed, found none`)
}

function weaknessOf({ base, set, negated }: Operator): TrustPolicyRuleId | undefined {
  if (base === 'Null') return 'test-null'
  if (!stringBases.includes(base)) return undefined
  if (negated) return 'test-negated'
  return set === 'ForAllValues' ? 'test-for-all-values' : 'test-if-exists'
}

/** Reports keys that no value can satisfy under all of their operators together. */
function lintSatisfiable(tests: readonly ConditionTest[], report: Report): void {
  const reported = new Set<string>()
  for (const { key, operator, values, path } of tests) {
    const isExact = operator.base.startsWith('StringEquals') && !operator.negated && values.length > 0
    const others = tests.filter((other) => other.path !== path && sameKey(other.key, key))
    if (!isExact || others.length === 0 || reported.has(key.toLowerCase())) continue
    const possible = values.some(({ value }) => {
      return others.every((other) =>
        isMet(
          other.operator,
          [value],
          other.values.map((one) => one.value),
          undefined,
        ),
      )
    })
    if (possible) continue
    reported.add(key.toLowerCase())
    report('unsatisfiable', path, `a value that all operators on ${quote(key)} let pass is needed, found none`)
  }
}
