// Lint: the values that a statement compares `sub` and `aud` with.

import { hasOddSpace, type ConditionTest, type TrustedStatement } from './condition-test.ts'
import type { Report } from './lint-rule.ts'
import { quote } from './quote.ts'
import { hasWildcard, isNamespace, isServiceAccountName, subjectPrefix } from './subject.ts'
import { matchesWildcard } from './wildcard.ts'

// A pattern that all of these match leaves no service account out. The longest and the shortest names are among them.
const subjectProbes = [
  `${subjectPrefix}a:b`,
  `${subjectPrefix}0:0`,
  `${subjectPrefix}kube-system:default`,
  `${subjectPrefix}${'x'.repeat(63)}:${'y'.repeat(63)}.${'z'.repeat(63)}`,
]

/** Lints the subjects of a test. */
export function lintSubject(test: ConditionTest, isShared: boolean, trusted: TrustedStatement, report: Report): void {
  lintValues(test, trusted, report)
  const isPattern = test.operator.base === 'StringLike'
  for (const { value, path } of test.values) {
    if (hasOddSpace(value) || hasVariable(value, trusted)) continue
    if (isPattern && hasWildcard(value)) lintSubjectPattern(value, path, isShared, report)
    else if (!isShared && !hasWildcard(value)) lintSubjectName(value, path, test, report)
  }
}

/** Lints the audiences of a test. */
export function lintAudience(test: ConditionTest, trusted: TrustedStatement, report: Report): void {
  const { providers, options } = trusted
  lintValues(test, trusted, report)
  const issuers = providers.map(({ prefix }) => `https://${prefix}`)
  const known = options.providers?.filter(({ arn }) => providers.some((provider) => provider.arn === arn)) ?? []
  for (const { value, path } of test.values) {
    if (hasOddSpace(value) || hasVariable(value, trusted)) continue
    if (hasWildcard(value)) {
      if (test.operator.base !== 'StringLike') continue
      report('aud-wildcard', path, `an audience without wildcards is needed, found ${quote(value)}`)
    } else if (issuers.includes(value) || /^https:\/\/kubernetes\.default(\.|$)/.test(value)) {
      const message = `an audience for AWS alone is needed, found ${quote(value)}, which tokens for the API server have`
      report('aud-api-server', path, message)
    } else if (known.length > 0 && !known.some(({ audiences }) => audiences.includes(value))) {
      const audiences = known.flatMap((provider) => provider.audiences.map(quote)).join(', ') || 'none'
      report('aud-unregistered', path, `an audience of the provider (${audiences}) is needed, found ${quote(value)}`)
    }
  }
}

/** What holds for the values of both claims. */
function lintValues({ operator, path, values }: ConditionTest, trusted: TrustedStatement, report: Report): void {
  if (operator.base === 'StringLike' && !values.some(({ value }) => hasWildcard(value))) {
    report('like-without-wildcard', path, 'StringEquals is needed for values without wildcards, found StringLike')
  }
  for (const { value, path: valuePath } of values) {
    if (hasOddSpace(value)) {
      report('white-space', valuePath, `a value without white space is needed, found ${quote(value)}`)
    } else if (hasVariable(value, trusted)) {
      report('policy-variable', valuePath, `a value that is written out is needed, found a variable in ${quote(value)}`)
    } else if (operator.base !== 'StringLike' && hasWildcard(value)) {
      const message = `a value without wildcards is needed with ${operator.name}, found ${quote(value)}`
      report('wildcard-literal', valuePath, message, 'Name each service account, or use StringLike knowingly')
    }
  }
}

function lintSubjectPattern(value: string, path: string, isShared: boolean, report: Report): void {
  if (/^[*?]+$/.test(value) || (!isShared && subjectProbes.every((probe) => matchesWildcard(value, probe)))) {
    report(
      'sub-wildcard-all',
      path,
      `named service accounts are needed, found ${quote(value)}, which means all of them`,
    )
    return
  }
  if (isShared) return
  const parts = value.split(':')
  const [system, kind, namespace = '', name] = parts
  if (`${system}:${kind}:` !== subjectPrefix || parts.length > 4) {
    // Without the prefix, or with a part too many, a `*` may stand for several parts, or nothing matches.
    const message = `"${subjectPrefix}NAMESPACE:NAME" with wildcards in the name alone is needed, found ${quote(value)}`
    report(hasWildcard(`${system}${kind}`) ? 'sub-wildcard-namespace' : 'sub-grammar', path, message)
  } else if (name === undefined || hasWildcard(namespace)) {
    const message = `a namespace without wildcards is needed, found ${quote(value)}`
    report('sub-wildcard-namespace', path, message, 'Whoever may create such a namespace may then assume the role')
  } else if (!isNamespace(namespace) || !/^[a-z0-9.*?-]+$/.test(name)) {
    report('sub-grammar', path, `"${subjectPrefix}NAMESPACE:NAME" is needed, found ${quote(value)}`)
  } else {
    report('sub-wildcard-name', path, `a service account without wildcards is needed, found ${quote(value)}`)
  }
}

function lintSubjectName(value: string, path: string, { operator }: ConditionTest, report: Report): void {
  const subject = operator.base === 'StringEqualsIgnoreCase' ? value.toLowerCase() : value
  const [namespace = '', name = '', ...rest] = subject.slice(subjectPrefix.length).split(':')
  const isSubject = subject.startsWith(subjectPrefix) && rest.length === 0
  if (!isSubject || !isNamespace(namespace) || !isServiceAccountName(name)) {
    report('sub-grammar', path, `"${subjectPrefix}NAMESPACE:NAME" is needed, found ${quote(value)}`)
  } else if (name === 'default') {
    const message = `a service account made for the role is needed, found "default" in ${quote(value)}`
    report('sub-default-account', path, message)
  }
}

function hasVariable(value: string, { document }: TrustedStatement): boolean {
  return document.Version === '2012-10-17' && value.includes('${')
}
