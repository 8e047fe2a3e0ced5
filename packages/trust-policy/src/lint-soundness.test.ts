import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { evaluateTrustPolicy, lintTrustPolicy, type PolicyInput } from './index.ts'

// Lint and evaluation know the same policies by different means: whatever evaluation lets in although it should not, lint
// must have an error for; and what lint has nothing against must let the right token in.

const providerArn = 'arn:aws:iam::111122223333:oidc-provider/oidc.example.com/prod'
const good = { sub: 'system:serviceaccount:shop:cart', aud: 'sts.amazonaws.com' }
const strangers = [
  { sub: 'system:serviceaccount:evil:cart', aud: 'sts.amazonaws.com' },
  { sub: 'system:serviceaccount:evil:evil', aud: 'sts.amazonaws.com' },
]

const operator = fc.constantFrom(
  ...[
    'StringEquals',
    'StringLike',
    'StringEqualsIgnoreCase',
    'StringNotEquals',
    'StringNotLike',
    'ArnLike',
    'Bool',
  ].flatMap((name) => [name, `${name}IfExists`, `ForAllValues:${name}`, `ForAnyValue:${name}`]),
  'Null',
)
const key = fc.constantFrom(
  'oidc.example.com/prod:sub',
  'OIDC.example.com/prod:SUB',
  'oidc.example.com:sub',
  'https://oidc.example.com/prod:sub',
  'oidc.example.com/prod:aud',
  'oidc.example.com/prod:email',
  'aws:SourceIp',
)
const value = fc.constantFrom(
  good.sub,
  good.aud,
  '*',
  '**',
  'system:serviceaccount:*',
  'system:serviceaccount:*:cart',
  'system:serviceaccount:?*:*',
  'system:serviceaccount:e*:*',
  '*cart',
  'system:*:cart',
  'system:serviceaccount:shop:*',
  'true',
  'false',
)
const values = fc.oneof(value, fc.array(value, { maxLength: 3 }))
const condition = fc.dictionary(operator, fc.dictionary(key, values, { maxKeys: 2 }), { maxKeys: 3 })
const principal = fc.constantFrom<unknown>(
  { Federated: providerArn },
  { Federated: [providerArn, 'arn:aws:iam::111122223333:oidc-provider/b.example.com'] },
  '*',
  { AWS: '*' },
)
const action = fc.constantFrom<unknown>('sts:AssumeRoleWithWebIdentity', 'sts:*', 'sts:AssumeRole', ['*'])
const statement = fc.record({
  Effect: fc.constant('Allow'),
  Principal: principal,
  Action: action,
  Condition: condition,
})
const policies = fc
  .array(statement, { minLength: 1, maxLength: 2 })
  .map((statements): PolicyInput => ({ Version: '2012-10-17', Statement: statements }))

function isAllowed(policy: PolicyInput, claims: { sub: string; aud: string }): boolean {
  return evaluateTrustPolicy(policy, { providerArn, claims }).decision === 'allow'
}

test('lintTrustPolicy() has an error for every policy that lets a stranger in', () => {
  let open = 0
  fc.assert(
    fc.property(policies, (policy) => {
      fc.pre(strangers.some((claims) => isAllowed(policy, claims)))
      open += 1
      const errors = lintTrustPolicy(policy).filter(({ severity }) => severity === 'error')
      expect(errors).not.toEqual([])
    }),
    { numRuns: 4000, maxSkipsPerRun: 1000 },
  )
  expect(open).toBeGreaterThan(1000)
}, 60_000)

test('lintTrustPolicy() has an error for every statement that lets nobody in', () => {
  // Whether two patterns have a text in common is not something that lint decides.
  const exact = operator.filter((name) => !/String(Not)?Like/.test(name))
  const mentioned = fc.constantFrom(
    { 'oidc.example.com/prod:sub': good.sub },
    { 'oidc.example.com/prod:aud': good.aud },
  )
  const single = fc
    .record({
      Condition: fc.dictionary(
        exact,
        fc.oneof(
          mentioned,
          fc.dictionary(
            key.filter((name) => !name.startsWith('aws:') && !name.endsWith(':email')),
            values,
            { maxKeys: 2 },
          ),
        ),
        { maxKeys: 2 },
      ),
    })
    .map(({ Condition }) => {
      const statement = {
        Effect: 'Allow',
        Principal: { Federated: providerArn },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition,
      }
      return { Version: '2012-10-17', Statement: [statement] }
    })
  // Whoever holds a token of this provider, with the subjects and audiences that the values speak of.
  const holders = [
    good.sub,
    'system:serviceaccount:evil:cart',
    'system:serviceaccount:evil:evil',
    'system:serviceaccount:shop:x',
  ].flatMap((sub) => {
    return [good.aud, 'vault', good.sub, 'system:serviceaccount:a:b', '*', 'true', 'false'].map((aud) => ({ sub, aud }))
  })
  fc.assert(
    fc.property(single, (policy) => {
      fc.pre(!holders.some((claims) => isAllowed(policy, claims)))
      expect(lintTrustPolicy(policy).filter(({ severity }) => severity === 'error')).not.toEqual([])
    }),
    { numRuns: 2000, maxSkipsPerRun: 1000 },
  )
}, 60_000)
