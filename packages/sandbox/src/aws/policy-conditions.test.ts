import { describe, expect, test } from 'vitest'
import type { ConditionContext } from './policy-conditions.ts'
import { conditionsHold, isConditionOperator, wildcard } from './policy-conditions.ts'

/** [operator, the key's value, what the policy asks for, whether it holds] */
type Row = readonly [
  string,
  string | readonly string[] | undefined,
  string | readonly string[] | boolean | number,
  boolean,
]

const ROWS: readonly Row[] = [
  ['StringEquals', 'a', 'a', true],
  ['StringEquals', 'a', ['b', 'a'], true],
  ['StringEquals', 'A', 'a', false],
  ['StringEquals', 'ab', 'a*', false],
  ['StringEquals', undefined, 'a', false],
  ['stringequals', 'a', 'a', true],
  ['StringNotEquals', 'a', 'b', true],
  ['StringNotEquals', 'a', ['b', 'a'], false],
  ['StringNotEquals', undefined, 'a', true],
  ['StringEqualsIgnoreCase', 'Ab', 'aB', true],
  ['StringEqualsIgnoreCase', 'Ab', 'aC', false],
  ['StringNotEqualsIgnoreCase', 'Ab', 'aB', false],
  ['StringNotEqualsIgnoreCase', 'Ab', 'aC', true],
  ['StringLike', 'system:serviceaccount:a:b', 'system:serviceaccount:*:b', true],
  ['StringLike', 'system:serviceaccount:a:b', 'system:serviceaccount:?:b', true],
  ['StringLike', 'system:serviceaccount:aa:b', 'system:serviceaccount:?:b', false],
  ['StringLike', 'ab', 'a', false],
  ['StringLike', 'Ab', 'a*', false],
  ['StringNotLike', 'ab', 'a*', false],
  ['StringNotLike', 'ab', 'b*', true],
  ['StringNotLike', undefined, 'b*', true],
  ['ArnLike', 'arn:aws:cloudfront::1:distribution/E1', 'arn:aws:cloudfront::1:distribution/*', true],
  ['ArnLike', 'arn:aws:cloudfront::1:distribution/E1', 'arn:aws:cloudfront::*:distribution/E1', true],
  ['ArnLike', 'arn:aws:s3:us-east-1:1:x', 'arn:aws:s3:*:x', false],
  ['ArnLike', 'arn:aws:sns:eu-west-1:1:a:b', 'arn:aws:sns:eu-west-1:1:a:*', true],
  ['ArnEquals', 'arn:aws:iam::1:role/a', 'arn:aws:iam::1:role/*', true],
  ['ArnNotLike', 'arn:aws:iam::1:role/a', 'arn:aws:iam::2:role/*', true],
  ['ArnNotEquals', 'arn:aws:iam::1:role/a', 'arn:aws:iam::1:role/a', false],
  ['Bool', 'true', 'true', true],
  ['Bool', 'true', true, true],
  ['Bool', 'true', 'True', true],
  ['Bool', 'false', 'true', false],
  ['Bool', undefined, 'false', false],
  ['NumericEquals', '10', 10, true],
  ['NumericEquals', '10', '10.0', true],
  ['NumericNotEquals', '10', 11, true],
  ['NumericNotEquals', '10', 10, false],
  ['NumericLessThan', '9', '10', true],
  ['NumericLessThan', '10', '10', false],
  ['NumericLessThanEquals', '10', '10', true],
  ['NumericGreaterThan', '11', '10', true],
  ['NumericGreaterThan', '10', '10', false],
  ['NumericGreaterThanEquals', '-1', '-1', true],
  ['NumericLessThan', 'word', '10', false],
  ['DateEquals', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', true],
  ['DateEquals', '2026-01-01T00:00:00Z', '1767225600', true],
  ['DateNotEquals', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', true],
  ['DateLessThan', '2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z', true],
  ['DateLessThanEquals', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', true],
  ['DateGreaterThan', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', false],
  ['DateGreaterThan', '1767225601', '2026-01-01T00:00:00Z', true],
  ['DateGreaterThanEquals', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', true],
  ['IpAddress', '203.0.113.7', '203.0.113.0/24', true],
  ['IpAddress', '203.0.113.7', '203.0.113.7', true],
  ['IpAddress', '203.0.113.7', ['10.0.0.0/8', '203.0.113.0/29'], true],
  ['IpAddress', '203.0.113.8', '203.0.113.0/29', false],
  ['IpAddress', '203.0.113.8', '0.0.0.0/0', true],
  ['IpAddress', '2001:db8::1', '2001:DB8::/32', true],
  ['IpAddress', '2001:db8::1', '203.0.113.0/24', false],
  ['IpAddress', '203.0.113.7', '203.0.113.0/33', false],
  ['IpAddress', '203.0.113.7', 'anything', false],
  ['IpAddress', 'anything', '0.0.0.0/0', false],
  ['IpAddress', undefined, '0.0.0.0/0', false],
  ['NotIpAddress', '203.0.113.7', '10.0.0.0/8', true],
  ['NotIpAddress', '10.1.2.3', ['192.0.2.0/24', '10.0.0.0/8'], false],
  ['NotIpAddress', undefined, '10.0.0.0/8', true],
  ['BinaryEquals', 'QUJD', 'QUJD', true],
  ['BinaryEquals', 'QUJD', 'qujd', false],
  ['Null', undefined, 'true', true],
  ['Null', undefined, true, true],
  ['Null', undefined, 'false', false],
  ['Null', 'a', 'false', true],
  ['Null', 'a', 'true', false],
  ['StringEqualsIfExists', undefined, 'a', true],
  ['StringEqualsIfExists', 'b', 'a', false],
  ['IpAddressIfExists', undefined, '10.0.0.0/8', true],
  ['ForAnyValue:StringEquals', ['a', 'b'], 'b', true],
  ['ForAnyValue:StringEquals', ['a', 'b'], 'c', false],
  ['ForAnyValue:StringEquals', [], 'c', false],
  ['ForAnyValue:StringEquals', undefined, 'c', false],
  ['ForAnyValue:StringNotEquals', ['a', 'b'], 'a', true],
  ['ForAnyValue:StringNotEquals', ['a'], 'a', false],
  ['ForAnyValue:StringNotEquals', undefined, 'a', false],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b', 'c'], true],
  ['ForAllValues:StringEquals', ['a', 'd'], ['a', 'b', 'c'], false],
  ['ForAllValues:StringEquals', [], 'a', true],
  ['ForAllValues:StringEquals', undefined, 'a', true],
  ['ForAllValues:StringLike', ['ab', 'ac'], 'a*', true],
  ['ForAllValues:StringNotEquals', ['a', 'b'], 'c', true],
  ['ForAllValues:StringNotEquals', ['a', 'c'], 'c', false],
  ['StringEqual', 'a', 'a', false],
  ['StringNotSame', undefined, 'a', false],
  ['constructor', 'a', 'a', false],
]

describe('conditionsHold()', () => {
  test.each(ROWS)('with %s of %j against %j is %s', (operator, actual, expected, holds) => {
    const context: ConditionContext = { 'aws:Key': actual }
    expect(conditionsHold({ [operator]: { 'aws:Key': expected } }, context)).toBe(holds)
  })

  test('compares keys without regard to case', () => {
    expect(conditionsHold({ StringEquals: { 'AWS:sourcearn': 'x' } }, { 'aws:SourceArn': 'x' })).toBe(true)
  })

  test('wants every operator and every key to hold', () => {
    const context = { a: '1', b: '2' }
    expect(conditionsHold({ StringEquals: { a: '1', b: '2' }, StringLike: { a: '?' } }, context)).toBe(true)
    expect(conditionsHold({ StringEquals: { a: '1', b: '3' } }, context)).toBe(false)
    expect(conditionsHold({ StringEquals: { a: '1' }, StringLike: { b: '?*?' } }, context)).toBe(false)
  })

  test('holds when there are no conditions', () => {
    expect(conditionsHold(undefined, {})).toBe(true)
    expect(conditionsHold({}, {})).toBe(true)
  })
})

test.each([
  ['StringEquals', true],
  ['ForAnyValue:StringLikeIfExists', true],
  ['null', true],
  ['NotIpAddress', true],
  ['StringEqual', false],
  ['ForSomeValues:StringEquals', false],
  ['toString', false],
])('isConditionOperator() of %s is %s', (operator, known) => {
  expect(isConditionOperator(operator)).toBe(known)
})

test.each([
  ['*', '', true],
  ['a*c*e', 'abcde', true],
  ['a*c*e', 'abcd', false],
  ['**', 'x', true],
  ['?', '', false],
  ['a?', 'ab', true],
  ['', '', true],
  ['', 'a', false],
  ['.*', 'ab', false],
  [`${'*a'.repeat(20)}b`, 'a'.repeat(2000), false],
])('wildcard() of %s and %s is %s', (pattern, text, matches) => {
  expect(wildcard(pattern, text)).toBe(matches)
})
