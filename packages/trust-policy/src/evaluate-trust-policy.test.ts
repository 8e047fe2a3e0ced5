import { readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import conditions from '../vectors/conditions.json' with { type: 'json' }
import {
  createTrustPolicy,
  evaluateTrustPolicy,
  type PolicyInput,
  TrustPolicyError,
  type TrustRequest,
} from './index.ts'

interface EvaluateVector {
  readonly file: string
  readonly about: string
  readonly policy: PolicyInput
  readonly requests: readonly {
    readonly about: string
    readonly decision: string
    readonly applies: readonly string[]
    readonly request: TrustRequest
  }[]
}

const folder = new URL('../vectors/evaluate/', import.meta.url)
const vectors = readdirSync(folder).map((file): EvaluateVector => {
  return { ...(JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as EvaluateVector), file }
})

const providerArn = 'arn:aws:iam::111122223333:oidc-provider/oidc.example.com/prod'
const claims = { sub: 'system:serviceaccount:shop:cart', aud: 'sts.amazonaws.com' }
const policy = createTrustPolicy({ providerArn, subjects: [{ namespace: 'shop', serviceAccount: 'cart' }] })

describe.for(vectors)('evaluateTrustPolicy() $file: $about', ({ policy, requests }) => {
  test.for(requests)('$decision $about', ({ request, decision, applies }) => {
    const result = evaluateTrustPolicy(policy, request)
    expect(result.decision).toBe(decision)
    const paths = result.statements.filter((statement) => statement.applies).map(({ path }) => path)
    expect(paths).toEqual(applies)
  })
})

describe('evaluateTrustPolicy() conditions', () => {
  test.for(conditions)('$operator of $expected with $actual is $met', ({ operator, expected, actual, met }) => {
    const conditional = {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: '*',
        Action: '*',
        Condition: { [operator]: { 'test:Key': expected } },
      },
    }
    const context = { 'test:team': 'blue', ...(actual === null ? {} : { 'test:key': actual }) }
    const { decision, statements, absentKeys } = evaluateTrustPolicy(conditional, { providerArn, claims, context })
    expect(decision).toBe(met ? 'allow' : 'implicit-deny')
    expect(statements[0]?.conditions[0]).toMatchObject({ met, operator, expected, actual: actual ?? [] })
    expect(absentKeys).toEqual(actual === null || actual.length === 0 ? ['test:Key'] : [])
  })

  test('knows every operator that a vector could name', () => {
    const named = new Set(
      conditions.map(({ operator }) => operator.replace(/^For(All|Any)Values?:/, '').replace(/IfExists$/, '')),
    )
    expect(named.size).toBe(27)
  })
})

describe('evaluateTrustPolicy()', () => {
  test('says in words what was needed and what was found', () => {
    const request = { providerArn, claims: { ...claims, sub: 'system:serviceaccount:shop:till' } }
    const { reason, statements } = evaluateTrustPolicy(policy, request)
    expect(reason).toBe(
      'No statement allows "sts:AssumeRoleWithWebIdentity". /Statement/0: StringEquals of "oidc.example.com/prod:sub" with ' +
        '"system:serviceaccount:shop:cart" is not met: found "system:serviceaccount:shop:till".',
    )
    expect(statements[0]?.conditions.map(({ key, met }) => [key, met])).toEqual([
      ['oidc.example.com/prod:aud', true],
      ['oidc.example.com/prod:sub', false],
    ])
    expect(statements[0]?.conditions[1]?.path).toBe('/Statement/0/Condition/StringEquals/oidc.example.com~1prod:sub')
  })

  test('points to the part of the statement that it speaks of', () => {
    const [statement] = evaluateTrustPolicy(policy, { providerArn, claims }).statements
    expect([statement?.principal.path, statement?.action.path]).toEqual([
      '/Statement/0/Principal',
      '/Statement/0/Action',
    ])
    const inverted = { Effect: 'Allow', NotPrincipal: '*', NotAction: '*' }
    const [other] = evaluateTrustPolicy({ Statement: [inverted] }, { providerArn, claims }).statements
    expect([other?.principal.path, other?.action.path]).toEqual(['/Statement/0/NotPrincipal', '/Statement/0/NotAction'])
  })

  test('names the statement that decides', () => {
    const denial = { Sid: 'Stop', Effect: 'Deny', Principal: '*', Action: '*' }
    const denied = evaluateTrustPolicy({ ...policy, Statement: [...policy.Statement, denial] }, { providerArn, claims })
    expect([denied.decision, denied.reason]).toEqual(['explicit-deny', '/Statement/1 ("Stop") denies it.'])
    expect(evaluateTrustPolicy(policy, { providerArn, claims }).reason).toBe('/Statement/0 allows it.')
  })

  test.for<[string, unknown]>([
    ['/providerArn', { providerArn: 'oidc.example.com', claims }],
    ['', { providerArn }],
    ['', null],
    ['/claims/sub', { providerArn, claims: { aud: 'a' } }],
    ['/claims/sub', { providerArn, claims: { ...claims, sub: null } }],
    ['/claims/sub', { providerArn, claims: { ...claims, sub: 'x'.repeat(20_001) } }],
    ['/claims/aud', { providerArn, claims: { ...claims, aud: ['a', 'b'] } }],
    ['/claims/aud', { providerArn, claims: { ...claims, aud: {} } }],
    ['/claims/iss', { providerArn, claims: { ...claims, iss: 'https://oidc.example.com/prod/' } }],
    ['/action', { providerArn, claims, action: 7 }],
    ['/context/a~1b', { providerArn, claims, context: { 'a/b': [true] } }],
  ])('refuses a request that cannot be, at %j', ([path, request]) => {
    const expected = expect.objectContaining({
      code: 'request-invalid',
      problems: [expect.objectContaining({ path }) as unknown],
    })
    expect(() => evaluateTrustPolicy(policy, request as TrustRequest)).toThrow(expected)
  })

  test('refuses a condition operator that IAM does not know', () => {
    const names = ['stringEquals', 'toString', 'Foo:StringEquals', 'StringEqualsIfExistsIfExists', 'ForAllValues:Null']
    const conditions = Object.fromEntries(names.map((name) => [name, { 'a:b': 'c' }]))
    const unknown = { ...policy.Statement[0], Condition: conditions }
    const paths = names.map((name) => expect.objectContaining({ path: `/Statement/Condition/${name}` }) as unknown)
    expect(() => evaluateTrustPolicy({ Version: '2012-10-17', Statement: unknown }, { providerArn, claims })).toThrow(
      expect.objectContaining({ problems: paths }),
    )
  })

  test('throws nothing but its own error, whatever policy and request are', () => {
    const json = fc.jsonValue({ maxDepth: 4 })
    const operator = fc.constantFrom(...conditions.map((vector) => vector.operator), 'Foo', '__proto__')
    const condition = fc.dictionary(
      operator,
      fc.dictionary(fc.constantFrom('a:b', 'oidc.example.com/prod:sub', ''), json),
    )
    const statement = fc.record({ Effect: json, Principal: json, Action: json, Condition: fc.oneof(json, condition) })
    const document = fc.oneof(
      json,
      fc.string(),
      fc.record({ Version: json, Statement: fc.oneof(statement, fc.array(statement)) }),
    )
    const request = fc.oneof(
      json,
      fc.record({
        providerArn: fc.oneof(json, fc.constant(providerArn)),
        claims: fc.oneof(json, fc.record({ sub: json, aud: json })),
        context: json,
      }),
    )
    fc.assert(
      fc.property(document, request, (document, request) => {
        let error: unknown
        for (const tried of [document, { ...policy, Statement: { ...policy.Statement[0], Condition: document } }]) {
          try {
            evaluateTrustPolicy(tried as PolicyInput, request as TrustRequest)
          } catch (cause) {
            error = cause
          }
          expect(error ?? new TrustPolicyError('policy-invalid', '', [])).toBeInstanceOf(TrustPolicyError)
        }
      }),
      { numRuns: 3000 },
    )
  })

  test('takes bounded time for hostile patterns', () => {
    const value = `${'*a'.repeat(5000)}b`
    const hostile = {
      ...policy,
      Statement: { ...policy.Statement[0], Condition: { StringLike: { 'oidc.example.com/prod:sub': value } } },
    }
    const request = { providerArn, claims: { ...claims, sub: 'a'.repeat(20_000) } }
    expect(evaluateTrustPolicy(hostile, request).decision).toBe('implicit-deny')
  }, 5000)
})
