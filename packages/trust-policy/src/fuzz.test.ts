import { readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  canonicalPolicy,
  createNetworkFence,
  createTrustPolicy,
  evaluateTrustPolicy,
  lintTrustPolicy,
  type NetworkFenceOptions,
  parsePolicy,
  TrustPolicyError,
  type TrustPolicyOptions,
} from './index.ts'

// Real policies with a few bytes changed, and no policies at all: nothing but this package's own error may come out, soon.

const runs = 50_000
const providerArn = 'arn:aws:iam::111122223333:oidc-provider/oidc.example.com/prod'
const claims = { sub: 'system:serviceaccount:shop:cart', aud: 'sts.amazonaws.com' }

const folder = new URL('../vectors/lint/', import.meta.url)
const texts = readdirSync(folder).flatMap((file) => {
  const { bad, good } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Record<string, { policy: unknown }[]>
  return [...(bad ?? []), ...(good ?? [])]
    .map(({ policy }) => JSON.stringify(policy))
    .filter((text) => text.length < 3000)
})

const piece = fc.constantFrom(
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '*',
  '?',
  '${',
  '\\',
  '\u0000',
  '\u202e',
  'null',
  '1e999',
  '"__proto__":',
  '%',
  '',
)
const change = fc.record({ at: fc.nat(), removed: fc.nat(8), added: fc.oneof(piece, fc.string({ maxLength: 4 })) })
const mutated = fc.tuple(fc.constantFrom(...texts), fc.array(change, { maxLength: 4 })).map(([text, changes]) => {
  return changes.reduce((whole, { at, removed, added }) => {
    const position = at % (whole.length + 1)
    return whole.slice(0, position) + added + whole.slice(position + removed)
  }, text)
})

/** What an action throws, unless it is this package's own error. */
function strangeError(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    if (!(error instanceof TrustPolicyError)) return error
    if (error.problems.length === 0 || !/^[\u0020-\u007e]*$/.test(error.message)) return error
  }
  return undefined
}

test(`reading, linting, evaluating and canonicalising ${runs} mutated policies throws nothing strange`, () => {
  let readable = 0
  fc.assert(
    fc.property(mutated, (text) => {
      expect(
        strangeError(() => {
          const policy = parsePolicy(text)
          readable += 1
          expect(parsePolicy(canonicalPolicy(policy))).toEqual(canonicalPolicy(policy))
          evaluateTrustPolicy(policy, { providerArn, claims })
        }),
      ).toBeUndefined()
      for (const { path, message } of lintTrustPolicy(text)) {
        expect(path === '' || path.startsWith('/')).toBe(true)
        expect(message).toMatch(/^[\u0020-\u007e]+$/)
      }
    }),
    { numRuns: runs },
  )
  // Not vacuous: many mutants are policies still.
  expect(readable).toBeGreaterThan(runs / 10)
}, 120_000)

test('building from anything throws nothing strange', () => {
  const json = fc.jsonValue({ maxDepth: 3 })
  const subjects = fc.array(
    fc.oneof(json, fc.record({ namespace: json, serviceAccount: json, namespacePattern: json }, { requiredKeys: [] })),
  )
  const options = fc.oneof(
    json,
    fc.record(
      {
        providerArn: fc.oneof(json, fc.constant(providerArn)),
        issuer: json,
        subjects,
        audiences: json,
        limitCharacters: json,
      },
      { requiredKeys: [] },
    ),
    fc.record(
      { cidrs: json, vpcs: json, vpcEndpoints: fc.array(fc.string()), awsServicesOnBehalf: json },
      { requiredKeys: [] },
    ),
  )
  fc.assert(
    fc.property(options, (anything) => {
      expect(strangeError(() => createTrustPolicy(anything as TrustPolicyOptions))).toBeUndefined()
      expect(
        strangeError(() => createTrustPolicy({ issuers: anything } as unknown as TrustPolicyOptions)),
      ).toBeUndefined()
      expect(strangeError(() => createNetworkFence(anything as NetworkFenceOptions))).toBeUndefined()
    }),
    { numRuns: 10_000 },
  )
}, 60_000)
