// The conditions of a statement that trusts token holders, taken apart for lint: which key is tested, by what, and
// whether that keeps other tokens out.

import { type Operator, type OperatorBase, parseOperator } from './condition-operator.ts'
import type { LintOptions, Report } from './lint-rule.ts'
import { listOf, pointerOf, type PolicyDocument, type PolicyStatement } from './policy.ts'
import { quote } from './quote.ts'

/** An OpenID Connect provider that a statement trusts. */
export interface TrustedProvider {
  readonly arn: string
  readonly path: string
  /** The issuer without `https://`. */
  readonly prefix: string
}

/** A statement that trusts token holders, and what is known around it. */
export interface TrustedStatement {
  readonly statement: PolicyStatement
  readonly path: string
  readonly providers: readonly TrustedProvider[]
  readonly document: PolicyDocument
  readonly options: LintOptions
}

/** One key under one operator. */
export interface ConditionTest {
  readonly operator: Operator
  readonly key: string
  readonly path: string
  readonly values: readonly { readonly value: string; readonly path: string }[]
  /** For keys of an issuer: what precedes the last colon. */
  readonly prefix: string
  /** For keys of an issuer: what follows the last colon. */
  readonly claim: string
}

/** The operators that compare texts. */
export const stringBases: readonly OperatorBase[] = ['StringEquals', 'StringEqualsIgnoreCase', 'StringLike']

/** Takes the conditions of a statement apart. */
export function readTests(statement: PolicyStatement, path: string, report: Report): ConditionTest[] {
  return Object.entries(statement.Condition ?? {}).flatMap(([name, keys]) => {
    const operatorPath = `${path}/Condition${pointerOf(name)}`
    const operator = parseOperator(name)
    if (operator === undefined) {
      report('operator-unknown', operatorPath, `a condition operator that IAM knows is needed, found ${quote(name)}`)
      return []
    }
    return Object.entries(keys).map(([key, values]): ConditionTest => {
      const keyPath = operatorPath + pointerOf(key)
      const colonAt = key.lastIndexOf(':')
      return {
        operator,
        key,
        path: keyPath,
        values: listOf(values, keyPath).map(({ value, path }) => ({ value: String(value), path })),
        prefix: key.slice(0, Math.max(colonAt, 0)),
        claim: key.slice(colonAt + 1).toLowerCase(),
      }
    })
  })
}

/** Whether a test lets only tokens pass that have the key and one of the values. */
export function isRestricting({ operator, key }: ConditionTest, tests: readonly ConditionTest[]): boolean {
  const { base, set, negated, ifExists } = operator
  if (negated || !stringBases.includes(base)) return false
  if (set !== 'ForAllValues' && !ifExists) return true
  // Both pass when the key is absent, which a Null test beside them can forbid.
  return tests.some(({ operator: other, key: otherKey, values }) => {
    if (other.base !== 'Null' || !sameKey(key, otherKey) || values.length === 0) return false
    // Of several values one is enough, and true beside false is always met.
    return values.every(({ value }) => value.toLowerCase() === 'false')
  })
}

/** White space, and characters that look like it or like nothing. */
export function hasOddSpace(text: string): boolean {
  return /[\s\p{Cc}\p{Cf}]/u.test(text)
}

/** Whether two condition keys are the same: IAM compares them without regard to case. */
export function sameKey(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
