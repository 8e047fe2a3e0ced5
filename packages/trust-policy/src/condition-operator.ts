// IAM's condition operators: what each compares, and what it says of a key that is absent. One row per operator.

import { instantOf } from './instant.ts'
import { isWithin, parseRange } from './ip-address.ts'
import { matches, type PatternOptions, readPattern } from './wildcard.ts'

/** A condition operator, taken apart. */
export interface Operator {
  readonly name: string
  readonly set?: 'ForAllValues' | 'ForAnyValue'
  /** The operator without set and suffix, and without its negation: `StringEquals` for `StringNotEqualsIfExists`. */
  readonly base: OperatorBase
  readonly negated: boolean
  readonly ifExists: boolean
}

/** The comparisons that there are, not counting negations. */
export type OperatorBase =
  | 'StringEquals'
  | 'StringEqualsIgnoreCase'
  | 'StringLike'
  | 'NumericEquals'
  | 'NumericLessThan'
  | 'NumericLessThanEquals'
  | 'NumericGreaterThan'
  | 'NumericGreaterThanEquals'
  | 'DateEquals'
  | 'DateLessThan'
  | 'DateLessThanEquals'
  | 'DateGreaterThan'
  | 'DateGreaterThanEquals'
  | 'Bool'
  | 'BinaryEquals'
  | 'IpAddress'
  | 'ArnLike'
  | 'Null'

/** Gives the value of a policy variable; `undefined` where the policy's version knows no variables. */
export type VariableLookup = PatternOptions['variable']

type Compare = (actual: string, expected: string, variable: VariableLookup) => boolean

const numeric = (compare: (a: number, b: number) => boolean): Compare => ordered(readNumber, compare)
const date = (compare: (a: number, b: number) => boolean): Compare => ordered(instantOf, compare)

const comparisons: Readonly<Record<Exclude<OperatorBase, 'Null'>, Compare>> = {
  StringEquals: (actual, expected, variable) => isLike(actual, expected, false, variable),
  StringEqualsIgnoreCase: (actual, expected, variable) =>
    isLike(actual.toLowerCase(), expected.toLowerCase(), false, variable && ((key) => variable(key)?.toLowerCase())),
  StringLike: (actual, expected, variable) => isLike(actual, expected, true, variable),
  NumericEquals: numeric((a, b) => a === b),
  NumericLessThan: numeric((a, b) => a < b),
  NumericLessThanEquals: numeric((a, b) => a <= b),
  NumericGreaterThan: numeric((a, b) => a > b),
  NumericGreaterThanEquals: numeric((a, b) => a >= b),
  DateEquals: date((a, b) => a === b),
  DateLessThan: date((a, b) => a < b),
  DateLessThanEquals: date((a, b) => a <= b),
  DateGreaterThan: date((a, b) => a > b),
  DateGreaterThanEquals: date((a, b) => a >= b),
  Bool: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  BinaryEquals: (actual, expected) => actual === expected,
  IpAddress: (actual, expected) => {
    const [address, range] = [parseRange(actual), parseRange(expected)]
    return address !== undefined && range !== undefined && isWithin(address, range)
  },
  ArnLike: isArnLike,
}

const negations: Readonly<Record<string, OperatorBase>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
  NotIpAddress: 'IpAddress',
  ArnNotEquals: 'ArnLike',
  ArnNotLike: 'ArnLike',
}

/** Takes an operator's name apart; `undefined` for a name that IAM does not know. */
export function parseOperator(name: string): Operator | undefined {
  const [, set, plain = '', suffix] = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(name) ?? []
  const negation = Object.hasOwn(negations, plain) ? negations[plain] : undefined
  const base = negation ?? readBase(plain)
  if (base === undefined || (base === 'Null' && (set !== undefined || suffix !== undefined))) return undefined
  const parts = { name, base, negated: negation !== undefined, ifExists: suffix !== undefined }
  return set === 'ForAllValues' || set === 'ForAnyValue' ? { ...parts, set } : parts
}

/**
 * Whether a condition is met.
 *
 * @param actual The values of the key in the request; `undefined` or none when the key is absent.
 * @param expected The values in the policy, any of which may match.
 */
export function isMet(
  operator: Operator,
  actual: readonly string[] | undefined,
  expected: readonly string[],
  variable: VariableLookup,
): boolean {
  const { base, set, negated, ifExists } = operator
  const present = actual !== undefined && actual.length > 0
  if (base === 'Null') return expected.some((value) => (value.toLowerCase() === 'true') !== present)
  if (!present) {
    // AWS says both, in text and in one table, of ForAllValues with a negation; the text decides here.
    if (ifExists || set === 'ForAllValues') return true
    return negated && set !== 'ForAnyValue'
  }
  const compare = comparisons[base]
  const holds = (value: string): boolean => expected.some((one) => compare(value, one, variable)) !== negated
  // Without a set operator a key has one value; of several, one must match, and none under a negation.
  const every = set === 'ForAllValues' || (set === undefined && negated)
  return every ? actual.every(holds) : actual.some(holds)
}

function readBase(plain: string): OperatorBase | undefined {
  if (plain === 'ArnEquals') return 'ArnLike'
  return plain === 'Null' || Object.hasOwn(comparisons, plain) ? (plain as OperatorBase) : undefined
}

function isLike(actual: string, expected: string, wildcards: boolean, variable: VariableLookup): boolean {
  const pattern = readPattern(expected, variable === undefined ? { wildcards } : { wildcards, variable })
  return pattern !== undefined && matches(pattern, actual)
}

/** Each of the six parts of an ARN is compared by itself. */
function isArnLike(actual: string, expected: string, variable: VariableLookup): boolean {
  const [actualParts, expectedParts] = [splitArn(actual), splitArn(expected)]
  return (
    actualParts.length === 6 &&
    expectedParts.length === 6 &&
    expectedParts.every((part, index) => isLike(actualParts[index] ?? '', part, true, variable))
  )
}

function splitArn(arn: string): string[] {
  const parts = arn.split(':')
  return parts.length < 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')]
}

function ordered(read: (text: string) => number | undefined, compare: (a: number, b: number) => boolean): Compare {
  return (actual, expected) => {
    const [a, b] = [read(actual), read(expected)]
    return a !== undefined && b !== undefined && compare(a, b)
  }
}

function readNumber(text: string): number | undefined {
  return /^[+-]?[0-9]{1,15}(\.[0-9]{1,15})?$/.test(text) ? Number(text) : undefined
}
