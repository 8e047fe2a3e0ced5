import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  canonicalPolicy,
  createTrustPolicy,
  equalPolicies,
  evaluateTrustPolicy,
  parsePolicy,
  type PolicyInput,
  TrustPolicyError,
} from './index.ts'

const providerArn = 'arn:aws:iam::111122223333:oidc-provider/oidc.example.com'
const policy = createTrustPolicy({ providerArn, subjects: [{ namespace: 'shop', serviceAccount: 'cart' }] })

function problemsOf(input: unknown): string[] {
  try {
    parsePolicy(input as PolicyInput)
  } catch (error) {
    if (error instanceof TrustPolicyError) return error.problems.map(({ path }) => path)
    throw error
  }
  return []
}

/** URL-encoding as RFC 3986 wants it and IAM does it: also of the marks that JavaScript leaves alone. */
function encodeLikeIam(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
}

describe('parsePolicy()', () => {
  test('reads text, URL-encoded text and objects alike', () => {
    const text = JSON.stringify(policy, undefined, 2)
    for (const input of [policy, text, encodeURIComponent(text), encodeLikeIam(text), `\n${text}\n`]) {
      expect(parsePolicy(input)).toEqual(policy)
    }
  })

  test('keeps per cent signs and plus signs that belong to the policy', () => {
    const odd = { ...policy, Id: '100%25 + more' }
    expect(parsePolicy(JSON.stringify(odd)).Id).toBe('100%25 + more')
    expect(parsePolicy(encodeLikeIam(JSON.stringify(odd))).Id).toBe('100%25 + more')
  })

  test('accepts every element of the grammar', () => {
    const full = {
      Version: '2008-10-17',
      Id: 'x',
      Statement: {
        Sid: 's',
        Effect: 'Deny',
        NotPrincipal: { AWS: ['1'], Service: 'ec2.amazonaws.com', CanonicalUser: 'c', Federated: 'f' },
        NotAction: ['a'],
        NotResource: '*',
        Condition: { Bool: { a: true }, NumericEquals: { b: [1, 2] }, StringEquals: { c: [] }, Null: {} },
      },
    }
    expect(parsePolicy(full)).toEqual(full)
  })

  test('says what it found instead of a policy', () => {
    expect(() => parsePolicy('nonsense')).toThrow('found "nonsense", which is not JSON')
    expect(() => parsePolicy('[]')).toThrow('a JSON object is needed, found a list')
    expect(() => parsePolicy(' '.repeat(131_073))).toThrow('found 131073 characters')
    expect(parsePolicy(JSON.stringify(policy).padEnd(131_072))).toEqual(policy)
  })

  const statement = { Effect: 'Allow', Principal: '*', Action: 'a' }
  test.for<[string[], unknown]>([
    [[''], 'nonsense'],
    [[''], '%zz'],
    [[''], '%22x%22'],
    [[''], []],
    [[''], null],
    [[''], undefined],
    [[''], 7n],
    [[''], ' '.repeat(131_073)],
    [['/Statement'], {}],
    [['/Statement'], { Statement: [] }],
    [['/Statement/0', '/Statement/1'], { Statement: [null, 'x'] }],
    [['/Version'], { Version: '2012-10-18', Statement: statement }],
    [['/Id'], { Id: 7, Statement: statement }],
    [['/Foo'], { Foo: 7, Statement: statement }],
    [['/Statement/effect', '/Statement/Effect'], { Statement: { effect: 'Allow', Principal: '*', Action: 'a' } }],
    [['/Statement/Sid'], { Statement: { ...statement, Sid: 7 } }],
    [['/Statement'], { Statement: { ...statement, NotPrincipal: '*' } }],
    [['/Statement'], { Statement: { ...statement, NotAction: 'b' } }],
    [['/Statement'], { Statement: { ...statement, Resource: 'r', NotResource: 'r' } }],
    [['/Statement'], { Statement: { Effect: 'Allow', Principal: '*' } }],
    [['/Statement/Action'], { Statement: { ...statement, Action: [] } }],
    [['/Statement/Action/1'], { Statement: { ...statement, Action: ['a', 7] } }],
    [['/Statement/Principal'], { Statement: { ...statement, Principal: 'x' } }],
    [['/Statement/Principal'], { Statement: { ...statement, Principal: {} } }],
    [['/Statement/Principal/federated'], { Statement: { ...statement, Principal: { federated: 'x' } } }],
    [['/Statement/Principal/AWS'], { Statement: { ...statement, Principal: { AWS: {} } } }],
    [['/Statement/Condition'], { Statement: { ...statement, Condition: [] } }],
    [['/Statement/Condition/Bool'], { Statement: { ...statement, Condition: { Bool: 'x' } } }],
    [['/Statement/Condition/Bool/a~1b~0c'], { Statement: { ...statement, Condition: { Bool: { 'a/b~c': null } } } }],
    [['/Statement/Condition/Bool/a/1'], { Statement: { ...statement, Condition: { Bool: { a: ['x', {}] } } } }],
  ])('reports %j', ([paths, input]) => {
    expect(problemsOf(input)).toEqual(paths)
  })
})

describe('canonicalPolicy()', () => {
  test('writes one form for all spellings', () => {
    const spelled = {
      Statement: [
        {
          Action: ['STS:TAGSESSION', 'sts:assumerolewithwebidentity', 'sts:TagSession'],
          Effect: 'Allow',
          Principal: { Service: 'b', AWS: ['arn:aws:iam::111122223333:root'] },
        },
        {
          Principal: { AWS: ['111122223333'], Service: ['b'] },
          Effect: 'Allow',
          Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
          Condition: { Bool: {} },
        },
        {
          Effect: 'Deny',
          NotPrincipal: '*',
          NotAction: 'IAM:Get*',
          Sid: 's',
          Condition: { Null: { b: true, a: [false, 'false', 1] } },
        },
      ],
    }
    expect(canonicalPolicy(spelled)).toEqual({
      Version: '2008-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: '111122223333', Service: 'b' },
          Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
        },
        {
          Sid: 's',
          Effect: 'Deny',
          NotPrincipal: '*',
          NotAction: 'iam:get*',
          Condition: { Null: { a: ['1', 'false'], b: 'true' } },
        },
      ],
    })
    expect(JSON.stringify(canonicalPolicy(canonicalPolicy(spelled)))).toBe(JSON.stringify(canonicalPolicy(spelled)))
  })

  test('keeps apart what may mean something else', () => {
    const change = (statement: object): object => ({ ...policy, Statement: { ...policy.Statement[0], ...statement } })
    const variants = [
      policy,
      { ...policy, Version: '2008-10-17' },
      { ...policy, Id: 'x' },
      change({ Sid: 'x' }),
      change({ Effect: 'Deny' }),
      change({ Principal: '*' }),
      change({ Principal: { AWS: '*' } }),
      change({ Principal: { AWS: 'arn:aws:iam::111122223333:role/root' } }),
      change({ Principal: { AWS: 'arn:aws:iam::111122223333:root' } }),
      change({ Principal: { AWS: 'x:arn:aws:iam::111122223333:root' } }),
      change({ Principal: { AWS: 'arn:aws:iam::111122223333:root:x' } }),
      change({ Action: 'sts:AssumeRole' }),
      change({ Condition: {} }),
      change({ Condition: { StringLike: policy.Statement[0]?.Condition?.['StringEquals'] } }),
      change({ Condition: { StringEquals: { 'OIDC.example.com:sub': 'x' } } }),
      change({ Condition: { StringEquals: { 'oidc.example.com:sub': 'x' } } }),
      change({ Condition: { StringEquals: { 'oidc.example.com:sub': ['x', 'y'] } } }),
      change({ Condition: { StringEquals: { 'oidc.example.com:sub': [] } } }),
    ]
    const texts = variants.map((variant) => JSON.stringify(canonicalPolicy(variant)))
    expect(new Set(texts).size).toBe(variants.length)
  })

  test('does not change what the policy decides', () => {
    const value = fc.constantFrom('a', 'b', 'a*', '?')
    const key = fc.constantFrom('oidc.example.com:sub', 'oidc.example.com:aud', 'x:y')
    const operator = fc.constantFrom(
      'StringEquals',
      'StringNotLike',
      'StringLikeIfExists',
      'ForAllValues:StringLike',
      'Null',
    )
    const values = fc.oneof(value, fc.array(value), fc.boolean())
    const statement = fc.record({
      Effect: fc.constantFrom('Allow', 'Deny'),
      Principal: fc.constantFrom(
        '*',
        { Federated: providerArn },
        { Federated: [providerArn, providerArn] },
        { AWS: '1' },
      ),
      Action: fc.constantFrom('sts:*', ['STS:ASSUMEROLEWITHWEBIDENTITY'], 'sts:AssumeRole'),
      Condition: fc.dictionary(operator, fc.dictionary(key, values)),
    })
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 3 }), value, value, (statements, sub, aud) => {
        const document = { Version: '2012-10-17', Statement: statements }
        const request = { providerArn, claims: { sub, aud } }
        const { decision } = evaluateTrustPolicy(document, request)
        expect(evaluateTrustPolicy(canonicalPolicy(document), request).decision).toBe(decision)
        expect(equalPolicies(document, { ...document, Statement: statements.toReversed() })).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('equalPolicies()', () => {
  test('sees through order, encoding and lists of one', () => {
    const [statement] = policy.Statement
    const reordered = {
      Statement: Object.fromEntries(Object.entries({ ...statement, Action: [statement?.Action] }).toReversed()),
      Version: '2012-10-17',
    }
    expect(equalPolicies(policy, encodeLikeIam(JSON.stringify(reordered)))).toBe(true)
    expect(
      equalPolicies(
        policy,
        createTrustPolicy({ providerArn, subjects: [{ namespace: 'shop', serviceAccount: 'till' }] }),
      ),
    ).toBe(false)
  })

  test('refuses what is no policy', () => {
    expect(() => equalPolicies(policy, '')).toThrow(TrustPolicyError)
  })
})
