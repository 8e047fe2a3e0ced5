import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createTrustPolicy,
  evaluateTrustPolicy,
  lintTrustPolicy,
  type Subject,
  TrustPolicyError,
  type TrustPolicyOptions,
} from './index.ts'

const providerArn = 'arn:aws:iam::111122223333:oidc-provider/oidc.example.com/prod'
const other = 'arn:aws:iam::111122223333:oidc-provider/oidc.example.com/dev'
const subjects = [{ namespace: 'shop', serviceAccount: 'cart' }]

function problemsOf(options: unknown): string[] {
  try {
    createTrustPolicy(options as TrustPolicyOptions)
  } catch (error) {
    if (error instanceof TrustPolicyError) return error.problems.map(({ code, path }) => `${code} ${path}`)
    throw error
  }
  return []
}

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/)
const subject = fc.record({
  namespace: label,
  serviceAccount: fc.array(label, { minLength: 1, maxLength: 2 }).map((p) => p.join('.')),
})
const trust = fc.record({
  providerArn: fc
    .tuple(fc.constantFrom('aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'), fc.stringMatching(/^[0-9]{12}$/), label)
    .map(([partition, account, path]) => `arn:${partition}:iam::${account}:oidc-provider/oidc.example.com/${path}`),
  subjects: fc.array(subject, { minLength: 1, maxLength: 4 }),
  audiences: fc.uniqueArray(fc.constantFrom('sts.amazonaws.com', 'vault', 'https://a.example.com'), { minLength: 1 }),
})

/** Everything that one changed character, one removed or one added can make of a text, and some larger changes. */
function mutate(text: string, at: number, character: string): string[] {
  const position = at % text.length
  const [head, tail] = [text.slice(0, position), text.slice(position)]
  return [
    head + character + tail.slice(1),
    head + tail.slice(1),
    head + character + tail,
    head,
    tail,
    text.toUpperCase(),
    `${text} `,
    `*`,
  ]
}

describe('createTrustPolicy()', () => {
  test('builds one statement with exact subject and audience', () => {
    expect(createTrustPolicy({ providerArn, issuer: 'https://oidc.example.com/prod', subjects })).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: providerArn },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: {
              'oidc.example.com/prod:aud': 'sts.amazonaws.com',
              'oidc.example.com/prod:sub': 'system:serviceaccount:shop:cart',
            },
          },
        },
      ],
    })
  })

  test('builds one statement per issuer and puts entries of the same together', () => {
    const till = { namespace: 'shop', serviceAccount: 'till' }
    const policy = createTrustPolicy({
      issuers: [
        { providerArn, subjects, audiences: ['a', 'b'] },
        { providerArn: other, subjects },
        { providerArn, subjects: [till, ...subjects], audiences: ['b', 'a', 'b'] },
      ],
    })
    expect(policy.Statement.map(({ Condition }) => Condition?.['StringEquals'])).toEqual([
      {
        'oidc.example.com/prod:aud': ['b', 'a'],
        'oidc.example.com/prod:sub': ['system:serviceaccount:shop:cart', 'system:serviceaccount:shop:till'],
      },
      {
        'oidc.example.com/dev:aud': 'sts.amazonaws.com',
        'oidc.example.com/dev:sub': 'system:serviceaccount:shop:cart',
      },
    ])
  })

  test('uses StringLike only for patterns that were asked for by name', () => {
    const patterns: readonly Subject[] = [
      { namespace: 'shop', serviceAccountPattern: '*' },
      { namespacePattern: 'pr-*', serviceAccount: 'cart' },
      { namespacePattern: 'pr-?', serviceAccountPattern: 'c*' },
    ]
    const [statement] = createTrustPolicy({ providerArn, subjects: [...subjects, ...patterns] }).Statement
    expect(statement?.Condition).toEqual({
      StringEquals: { 'oidc.example.com/prod:aud': 'sts.amazonaws.com' },
      StringLike: {
        'oidc.example.com/prod:sub': [
          'system:serviceaccount:shop:cart',
          'system:serviceaccount:shop:*',
          'system:serviceaccount:pr-*:cart',
          'system:serviceaccount:pr-?:c*',
        ],
      },
    })
    const findings = lintTrustPolicy(createTrustPolicy({ providerArn, subjects: [...subjects, ...patterns] }))
    expect(findings.map(({ code }) => code)).toEqual([
      'sub-wildcard-name',
      'sub-wildcard-namespace',
      'sub-wildcard-namespace',
    ])
  })

  test.for<[string, unknown]>([
    ['/providerArn', { providerArn: 'oidc.example.com', subjects }],
    ['/providerArn', { providerArn: `${providerArn}/`, subjects }],
    ['/providerArn', { providerArn: providerArn.replace('oidc.', 'https://oidc.'), subjects }],
    ['/providerArn', { providerArn: providerArn.replace('oidc.', 'OIDC.'), subjects }],
    ['/providerArn', { providerArn: providerArn.replace('.com', '.com:443'), subjects }],
    ['/providerArn', { providerArn: providerArn.replace('1111', '111'), subjects }],
    ['/providerArn', { providerArn: providerArn.replace('/prod', '/*'), subjects }],
    ['/providerArn', { providerArn: providerArn.replace('/prod', '/..'), subjects }],
    ['/providerArn', { providerArn: `${providerArn}\n`, subjects }],
    ['/providerArn', { providerArn: 'arn:aws:iam::111122223333:oidc-provider/10.0.0.1', subjects }],
    ['/providerArn', { subjects }],
    ['/issuer', { providerArn, issuer: 'https://oidc.example.com/prod/', subjects }],
    ['/issuer', { providerArn, issuer: 'oidc.example.com/prod', subjects }],
    ['/subjects', { providerArn }],
    ['/subjects', { providerArn, subjects: [] }],
    ['/subjects', { providerArn, subjects: 'shop:cart' }],
    ['/subjects/0', { providerArn, subjects: ['shop:cart'] }],
    ['/subjects/1', { providerArn, subjects: [...subjects, null] }],
    ['/subjects/0', { providerArn, subjects: [{ serviceAccount: 'cart' }] }],
    ['/subjects/0', { providerArn, subjects: [{ namespace: 'a', namespacePattern: 'a*', serviceAccount: 'cart' }] }],
    ['/subjects/0/namespace', { providerArn, subjects: [{ namespace: '*', serviceAccount: 'cart' }] }],
    ['/subjects/0/namespace', { providerArn, subjects: [{ namespace: 'a.b', serviceAccount: 'cart' }] }],
    ['/subjects/0/namespace', { providerArn, subjects: [{ namespace: 'a'.repeat(64), serviceAccount: 'cart' }] }],
    ['/subjects/0/namespace', { providerArn, subjects: [{ namespace: 'shop\n', serviceAccount: 'cart' }] }],
    ['/subjects/0/serviceAccount', { providerArn, subjects: [{ namespace: 'shop', serviceAccount: 'Cart' }] }],
    ['/subjects/0/serviceAccount', { providerArn, subjects: [{ namespace: 'shop', serviceAccount: 'a:b' }] }],
    ['/subjects/0/serviceAccount', { providerArn, subjects: [{ namespace: 'shop', serviceAccount: '${aws:userid}' }] }],
    ['/subjects/0/serviceAccount', { providerArn, subjects: [{ namespace: 'shop', serviceAccount: 7 }] }],
    [
      '/subjects/0/serviceAccountPattern',
      { providerArn, subjects: [{ namespace: 'shop', serviceAccountPattern: 'cart' }] },
    ],
    [
      '/subjects/0/serviceAccountPattern',
      { providerArn, subjects: [{ namespace: 'shop', serviceAccountPattern: 'a:*' }] },
    ],
    ['/subjects/0/namespacePattern', { providerArn, subjects: [{ namespacePattern: '*', serviceAccount: 'cart' }] }],
    ['/subjects/0/namespacePattern', { providerArn, subjects: [{ namespacePattern: '?*', serviceAccount: 'cart' }] }],
    ['/audiences', { providerArn, subjects, audiences: [] }],
    ['/audiences', { providerArn, subjects, audiences: 'a' }],
    ['/audiences/1', { providerArn, subjects, audiences: ['a', '*'] }],
    ['/audiences/0', { providerArn, subjects, audiences: [''] }],
    ['/audiences/0', { providerArn, subjects, audiences: ['${x}'] }],
    ['/audiences/0', { providerArn, subjects, audiences: ['a'.repeat(256)] }],
    ['/audiences/0', { providerArn, subjects, audiences: [null] }],
    ['/limitCharacters', { providerArn, subjects, limitCharacters: 8193 }],
    ['/limitCharacters', { providerArn, subjects, limitCharacters: 0 }],
    ['/limitCharacters', { providerArn, subjects, limitCharacters: '9' }],
    ['/issuers', { issuers: [] }],
    ['/issuers', { issuers: { providerArn, subjects } }],
    [
      '/issuers',
      {
        issuers: [
          { providerArn, subjects },
          { providerArn: providerArn.replace('1111', '9999'), subjects },
        ],
      },
    ],
    [
      '/issuers',
      {
        issuers: [
          { providerArn, subjects },
          { providerArn: providerArn.replace('aws', 'aws-cn'), subjects },
        ],
      },
    ],
    [
      '/issuers/1/providerArn',
      {
        issuers: [
          { providerArn, subjects },
          { providerArn: 'x', subjects },
        ],
      },
    ],
    [
      '/issuers/0/subjects/0/namespace',
      { issuers: [{ providerArn, subjects: [{ namespace: '', serviceAccount: 'a' }] }] },
    ],
    ['/issuers/0', { issuers: [null] }],
    ['', null],
  ])('refuses at %s: %j', ([path, options]) => {
    expect(problemsOf(options)).toEqual([`trust-invalid ${path}`])
  })

  test.for(['example.com', 'oidc.example.com/a/b', `${'a.'.repeat(125)}com`, `${'a'.repeat(63)}.com`])(
    'takes a provider of the issuer %s',
    (issuer) => {
      const arn = `arn:aws:iam::111122223333:oidc-provider/${issuer}`
      expect(problemsOf({ providerArn: arn, issuer: `https://${issuer}`, subjects })).toEqual([])
    },
  )

  test.for([
    'com',
    `${'a.'.repeat(125)}comm`,
    `${'a'.repeat(64)}.com`,
    '-a.com',
    'a_b.com',
    'a..com',
    'example.com/a//b',
    'a.1',
  ])('refuses a provider of the issuer %s', (issuer) => {
    const arn = `arn:aws:iam::111122223333:oidc-provider/${issuer}`
    expect(problemsOf({ providerArn: arn, subjects })).toEqual(['trust-invalid /providerArn'])
  })

  test('reports every problem at once and tells how to ask for a pattern', () => {
    const options = {
      providerArn: 'x',
      audiences: [''],
      subjects: [{ namespace: 'a*', serviceAccount: 'B' }],
      limitCharacters: -1,
    }
    expect(problemsOf(options)).toHaveLength(5)
    expect(() => createTrustPolicy(options)).toThrow('Ask for a pattern with "namespacePattern"')
  })

  test('refuses what is longer than the quota, with the numbers and the way out', () => {
    const many = Array.from({ length: 50 }, (_, index) => ({
      namespace: 'namespace',
      serviceAccount: `service-account-${index}`,
    }))
    const length = JSON.stringify(createTrustPolicy({ providerArn, subjects: many, limitCharacters: 8192 })).length
    expect(() => createTrustPolicy({ providerArn, subjects: many })).toThrow(
      `at most 2048 characters are needed, found ${length}. Have the account's quota "Role trust policy length" raised and pass limitCharacters: ${length} or more`,
    )
    expect(problemsOf({ providerArn, subjects: many, limitCharacters: length - 1 })).toEqual(['policy-too-large '])
    expect(problemsOf({ providerArn, subjects: many, limitCharacters: length })).toEqual([])
    expect(problemsOf({ providerArn, subjects, limitCharacters: 1 })).toEqual(['policy-too-large '])
    const tooMany = Array.from({ length: 500 }, (_, index) => ({ namespace: 'namespace', serviceAccount: `a${index}` }))
    expect(() => createTrustPolicy({ providerArn, subjects: tooMany, limitCharacters: 8192 })).toThrow('several roles')
  })

  test('has no lint findings, in whatever partition, and lets in exactly what was asked for', () => {
    const rounds = 250
    let refused = 0
    fc.assert(
      fc.property(trust, fc.nat(), fc.constantFrom('a', '-', ':', '*', '.', 'A'), (trusted, at, character) => {
        const policy = createTrustPolicy({ ...trusted, limitCharacters: 8192 })
        const roleArn = trusted.providerArn.replace(/oidc-provider.*/, 'role/r')
        const findings = lintTrustPolicy(policy, {
          roleArn,
          providers: [{ arn: trusted.providerArn, audiences: trusted.audiences }],
        })
        expect(findings.filter(({ code }) => code !== 'sub-default-account')).toEqual([])
        const subs = new Set(
          trusted.subjects.map(
            ({ namespace, serviceAccount }) => `system:serviceaccount:${namespace}:${serviceAccount}`,
          ),
        )
        const decide = (arn: string, sub: string, aud: string): string => {
          return evaluateTrustPolicy(policy, { providerArn: arn, claims: { sub, aud: [aud] } }).decision
        }
        const [sub = ''] = subs
        const [aud = ''] = trusted.audiences
        for (const wanted of subs) expect(decide(trusted.providerArn, wanted, aud)).toBe('allow')
        const strangers = [
          ...mutate(sub, at, character).map((changed) => [trusted.providerArn, changed, aud] as const),
          ...mutate(aud, at, character).map((changed) => [trusted.providerArn, sub, changed] as const),
          ...['x', '/x'].map((suffix) => [`${trusted.providerArn}${suffix}`, sub, aud] as const),
        ].filter(([arn, changedSub, changedAud]) => {
          return (
            arn !== trusted.providerArn || !subs.has(changedSub) || !trusted.audiences.includes(changedAud as 'vault')
          )
        })
        for (const stranger of strangers) expect([stranger, decide(...stranger)]).toEqual([stranger, 'implicit-deny'])
        refused += strangers.length
      }),
      { numRuns: rounds },
    )
    expect(refused).toBeGreaterThan(1000)
  })
})
