import { describe, expect, test } from 'vitest'
import type { Decision, PolicyRequest, Statement } from './policy.ts'
import { evaluatePolicies } from './policy.ts'

const REQUEST: PolicyRequest = { action: 's3:GetObject', resource: 'arn:aws:s3:::bucket/key', context: {} }
const ALLOW: Statement = { Effect: 'Allow', Action: 's3:*', Resource: '*' }

function decide(statements: readonly Statement[], request: Partial<PolicyRequest> = {}): Decision {
  return evaluatePolicies([{ Version: '2012-10-17', Statement: statements }], { ...REQUEST, ...request })
}

const IDENTITY: readonly (readonly [string, readonly Statement[], Decision])[] = [
  ['nothing said', [], 'implicit-deny'],
  ['an allowed action', [ALLOW], 'allow'],
  ['a deny after an allow', [ALLOW, { ...ALLOW, Effect: 'Deny' }], 'explicit-deny'],
  ['a deny before an allow', [{ ...ALLOW, Effect: 'Deny' }, ALLOW], 'explicit-deny'],
  [
    'a deny whose condition does not hold',
    [ALLOW, { ...ALLOW, Effect: 'Deny', Condition: { StringEquals: { k: 'v' } } }],
    'allow',
  ],
  ['another action', [{ ...ALLOW, Action: 's3:PutObject' }], 'implicit-deny'],
  ['the action in another case', [{ ...ALLOW, Action: 'S3:getobject' }], 'allow'],
  ['everything but this action', [{ Effect: 'Allow', NotAction: 's3:Get*', Resource: '*' }], 'implicit-deny'],
  ['everything but another action', [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }], 'allow'],
  ['the resource exactly', [{ ...ALLOW, Resource: 'arn:aws:s3:::bucket/key' }], 'allow'],
  ['the resource in another case', [{ ...ALLOW, Resource: 'arn:aws:s3:::bucket/KEY' }], 'implicit-deny'],
  ['a prefix of the resource', [{ ...ALLOW, Resource: 'arn:aws:s3:::bucket' }], 'implicit-deny'],
  ['every other resource', [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::bucket/*' }], 'implicit-deny'],
  ['a word that is no effect', [{ ...ALLOW, Effect: 'allow' as 'Allow' }], 'implicit-deny'],
]

describe('evaluatePolicies()', () => {
  test.each(IDENTITY)('given %s', (_, statements, decision) => {
    expect(decide(statements)).toBe(decision)
  })

  test('lets a deny in one policy stand against an allow in another', () => {
    const policies = [{ Statement: ALLOW }, { Statement: { ...ALLOW, Effect: 'Deny' as const } }]
    expect(evaluatePolicies(policies, REQUEST)).toBe('explicit-deny')
  })

  const isCi = (type: string, value: string): boolean => type === 'AWS' && value === 'ci'
  test.each<readonly [string, Statement, Decision]>([
    ['the principal', { ...ALLOW, Principal: { AWS: ['other', 'ci'] } }, 'allow'],
    ['another principal', { ...ALLOW, Principal: { AWS: 'other' } }, 'implicit-deny'],
    ['another kind of principal', { ...ALLOW, Principal: { Service: 'ci' } }, 'implicit-deny'],
    ['no principal', ALLOW, 'implicit-deny'],
    ['all but this principal', { ...ALLOW, NotPrincipal: { AWS: 'ci' } }, 'implicit-deny'],
    ['all but another principal', { ...ALLOW, NotPrincipal: { AWS: 'other' } }, 'allow'],
  ])('asks matchesPrincipal when the statement names %s', (_, statement, decision) => {
    expect(decide([statement], { matchesPrincipal: isCi })).toBe(decision)
  })

  test('takes the principal "*" for AWS "*"', () => {
    const asked: string[][] = []
    decide([{ ...ALLOW, Principal: '*' }], { matchesPrincipal: (...pair) => asked.push(pair) > 0 })
    expect(asked).toEqual([['AWS', '*']])
  })
})
