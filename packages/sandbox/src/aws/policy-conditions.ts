// The `Condition` element of IAM policies: operators, set operators, missing keys.
// Knows nothing of statements, callers or where the context's values come from.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
import { BlockList, isIP } from 'node:net'

export type OneOrMore = string | readonly string[]

export type Conditions = Readonly<Record<string, Readonly<Record<string, OneOrMore | boolean | number>>>>

/** Values by key; keys are compared without regard to case. A list makes the key multivalued. */
export type ConditionContext = Readonly<Record<string, string | readonly string[] | undefined>>

interface Operator {
  readonly set: 'any' | 'all' | undefined
  readonly name: string
  readonly ifExists: boolean
  readonly negated: boolean
  readonly matches: (actual: string, expected: string) => boolean
}

export function conditionsHold(conditions: Conditions | undefined, context: ConditionContext): boolean {
  const byKey = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]))
  return Object.entries(conditions ?? {}).every(([operator, block]) =>
    Object.entries(block).every(([key, expected]) =>
      conditionHolds(operator, byKey.get(key.toLowerCase()), list(expected).map(String)),
    ),
  )
}

/** Whether IAM knows this operator; policies with another one are refused when they are stored. */
export function isConditionOperator(written: string): boolean {
  return parseOperator(written) !== undefined || written.toLowerCase() === 'null'
}

function conditionHolds(
  written: string,
  actual: string | readonly string[] | undefined,
  expected: readonly string[],
): boolean {
  if (written.toLowerCase() === 'null') {
    return expected.some((text) => (actual === undefined) === (text.toLowerCase() === 'true'))
  }
  const operator = parseOperator(written)
  if (operator === undefined) return false
  if (actual === undefined) {
    // "Any of no values" is false even when negated; "all of no values" is true.
    return operator.ifExists || operator.set === 'all' || (operator.negated && operator.set === undefined)
  }
  const test = (value: string): boolean =>
    operator.negated
      ? !expected.some((text) => operator.matches(value, text))
      : expected.some((text) => operator.matches(value, text))
  const values = list(actual)
  const every = operator.set === 'all' || (operator.set === undefined && operator.negated)
  return every ? values.every(test) : values.some(test)
}

const MATCHES: Readonly<Record<string, Operator['matches']>> = {
  stringequals: (a, b) => a === b,
  stringequalsignorecase: (a, b) => a.toLowerCase() === b.toLowerCase(),
  stringlike: (a, b) => wildcard(b, a),
  arnequals: arnLike,
  arnlike: arnLike,
  binaryequals: (a, b) => a === b,
  bool: (a, b) => a.toLowerCase() === b.toLowerCase(),
  ipaddress: inRange,
  numericequals: (a, b) => Number(a) === Number(b),
  numericlessthan: (a, b) => Number(a) < Number(b),
  numericlessthanequals: (a, b) => Number(a) <= Number(b),
  numericgreaterthan: (a, b) => Number(a) > Number(b),
  numericgreaterthanequals: (a, b) => Number(a) >= Number(b),
  dateequals: (a, b) => time(a) === time(b),
  datelessthan: (a, b) => time(a) < time(b),
  datelessthanequals: (a, b) => time(a) <= time(b),
  dategreaterthan: (a, b) => time(a) > time(b),
  dategreaterthanequals: (a, b) => time(a) >= time(b),
}

/** A negated operator is the plain one, turned round for each value of the key. */
const NEGATIONS: Readonly<Record<string, string>> = {
  stringnotequals: 'stringequals',
  stringnotequalsignorecase: 'stringequalsignorecase',
  stringnotlike: 'stringlike',
  arnnotequals: 'arnequals',
  arnnotlike: 'arnlike',
  notipaddress: 'ipaddress',
  numericnotequals: 'numericequals',
  datenotequals: 'dateequals',
}

function parseOperator(written: string): Operator | undefined {
  const [, set, name = '', ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(.+?)(IfExists)?$/i.exec(written) ?? []
  const lower = name.toLowerCase()
  const plain = Object.hasOwn(NEGATIONS, lower) ? NEGATIONS[lower] : undefined
  const matches = Object.hasOwn(MATCHES, plain ?? lower) ? MATCHES[plain ?? lower] : undefined
  if (matches === undefined) return undefined
  return {
    set: set === undefined ? undefined : set.toLowerCase() === 'foranyvalue' ? 'any' : 'all',
    name: lower,
    ifExists: ifExists !== undefined,
    negated: plain !== undefined,
    matches,
  }
}

/** Milliseconds; a bare number is seconds since the Unix epoch, as in `aws:EpochTime`. */
function time(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text)
}

/** The six parts of an ARN are compared one by one: a wildcard does not reach over a colon, but in the last part. */
function arnLike(actual: string, pattern: string): boolean {
  const parts = arnParts(actual)
  const patterns = arnParts(pattern)
  return parts.length === patterns.length && patterns.every((one, index) => wildcard(one, parts[index] ?? ''))
}

function arnParts(arn: string): readonly string[] {
  const parts = arn.split(':')
  return [...parts.slice(0, 5), parts.slice(5).join(':')]
}

/** `expected` is an address or a range in CIDR notation, of either version of IP. */
function inRange(actual: string, expected: string): boolean {
  const [network = '', prefix] = expected.split('/')
  const family = isIP(network)
  if (family === 0 || isIP(actual) === 0) return false
  const longest = family === 4 ? 32 : 128
  const bits = prefix === undefined ? longest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : longest + 1
  if (bits > longest) return false
  const ranges = new BlockList()
  ranges.addSubnet(network, bits, `ipv${family as 4 | 6}`)
  return ranges.check(actual, `ipv${isIP(actual) as 4 | 6}`)
}

/** `*` stands for any run of characters, `?` for one. No regular expression is built from input. */
export function wildcard(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  let star = -1
  let mark = 0
  while (t < text.length) {
    if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t]) && pattern[p] !== '*') {
      p += 1
      t += 1
    } else if (p < pattern.length && pattern[p] === '*') {
      star = p
      mark = t
      p += 1
    } else if (star !== -1) {
      p = star + 1
      mark += 1
      t = mark
    } else {
      return false
    }
  }
  while (pattern[p] === '*') p += 1
  return p === pattern.length
}

export function list<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return []
  return Array.isArray(value) ? (value as readonly T[]) : [value as T]
}
