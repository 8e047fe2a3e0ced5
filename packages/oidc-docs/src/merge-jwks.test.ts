import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import kubernetes from '../vectors/kubernetes-keys.json' with { type: 'json' }
import { createJwks, type Jwk, type Jwks, mergeJwks, OidcDocsError, withoutKey } from './index.ts'

function codeOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof OidcDocsError) return error.code
    throw error
  }
  return 'none'
}

const { keys: kubernetesKeys } = await createJwks(kubernetes.pem)
const [rsa, ec] = kubernetesKeys as [Jwk, Jwk]

/** Sets of the two keys under kids from a small alphabet, so that kids meet. */
const sets = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.boolean()), {
    minLength: 1,
    selector: ([kid]) => kid,
  })
  .map((entries): Jwks => ({ keys: entries.map(([kid, isRsa]) => ({ ...(isRsa ? rsa : ec), kid })) }))

function conflict(a: Jwks, b: Jwks): boolean {
  return a.keys.some((x) => b.keys.some((y) => x.kid === y.kid && x.kty !== y.kty))
}

describe('mergeJwks()', () => {
  test('keeps what is there, in its order, and adds what is new, in its order', () => {
    const [a, b, c] = [
      { ...rsa, kid: 'a' },
      { ...ec, kid: 'b' },
      { ...ec, kid: 'c' },
    ]
    const { jwks, added } = mergeJwks({ keys: [b, a] }, { keys: [c, a, rsa] })
    expect(jwks.keys).toEqual([b, a, c, rsa])
    expect(added).toEqual(['c', rsa.kid])
  })

  test('merges into an empty set', () => {
    expect(mergeJwks({ keys: [] }, { keys: [rsa] })).toEqual({ jwks: { keys: [rsa] }, added: [rsa.kid] })
  })

  test('never loses a key, is stable when repeated, and adds exactly the missing ones', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        fc.pre(!conflict(a, b))
        const { jwks, added } = mergeJwks(a, b)
        expect(jwks.keys.slice(0, a.keys.length)).toEqual(a.keys)
        expect(jwks.keys.slice(a.keys.length).map(({ kid }) => kid)).toEqual(added)
        for (const key of b.keys) expect(jwks.keys).toContainEqual(key)
        expect(jwks.keys).toHaveLength(new Set([...a.keys, ...b.keys].map(({ kid }) => kid)).size)
        expect(mergeJwks(jwks, b)).toEqual({ jwks, added: [] })
      }),
    )
  })

  test('refuses a kid that means different keys, wherever it is', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        fc.pre(conflict(a, b))
        expect(codeOf(() => mergeJwks(a, b))).toBe('kid-conflict')
      }),
    )
  })

  test('names every kid that means different keys', () => {
    const crossed = {
      keys: [
        { ...ec, kid: rsa.kid },
        { ...rsa, kid: ec.kid },
      ],
    }
    const problems = ['/keys/0/kid', '/keys/1/kid'].map((path) => expect.objectContaining({ path }) as unknown)
    expect(() => mergeJwks({ keys: [rsa, ec] }, crossed)).toThrow(expect.objectContaining({ problems }))
  })

  test('holds 100 keys of each type and no more', () => {
    const many = (key: Jwk, count: number): Jwk[] =>
      Array.from({ length: count }, (_, i) => ({ ...key, kid: `${key.kty}${i}` }))
    const full = { keys: [...many(rsa, 100), ...many(ec, 99)] }
    expect(mergeJwks(full, { keys: [ec] }).jwks.keys).toHaveLength(200)
    expect(codeOf(() => mergeJwks(full, { keys: [rsa] }))).toBe('jwks-too-large')
  })

  test.for<[string, unknown]>([
    ['jwks-private', { keys: [{ ...rsa, d: 'AA' }] }],
    ['jwks-private', { keys: [{ kty: 'oct', k: 'AA' }] }],
    ['jwks-invalid', null],
    ['jwks-invalid', []],
    ['jwks-invalid', { keys: 'x' }],
    ['jwks-invalid', { keys: [null] }],
    ['jwks-invalid', { keys: [{ ...rsa, kid: '' }] }],
    ['jwks-invalid', { keys: [{ ...rsa, kid: undefined }] }],
    ['jwks-invalid', { keys: [{ ...rsa, alg: 'none' }] }],
    ['jwks-invalid', { keys: [{ ...rsa, n: 'AA' }] }],
  ])('refuses %s in either set', ([code, bad]) => {
    expect(codeOf(() => mergeJwks(bad as Jwks, { keys: [ec] }))).toBe(code)
    expect(codeOf(() => mergeJwks({ keys: [ec] }, bad as Jwks))).toBe(code)
  })

  test('refuses two empty sets', () => {
    expect(codeOf(() => mergeJwks({ keys: [] }, { keys: [] }))).toBe('jwks-empty')
  })
})

describe('withoutKey()', () => {
  test('takes out exactly the named key', () => {
    fc.assert(
      fc.property(sets, fc.nat(), (jwks, at) => {
        const { kid } = jwks.keys[at % jwks.keys.length] as Jwk
        const rest = jwks.keys.filter((key) => key.kid !== kid)
        fc.pre(rest.length > 0)
        expect(withoutKey(jwks, kid)).toEqual({ keys: rest })
      }),
    )
  })

  test('refuses to take out the only key, a kid that no key has, and an empty set', () => {
    expect(codeOf(() => withoutKey({ keys: [rsa] }, rsa.kid))).toBe('jwks-empty')
    expect(codeOf(() => withoutKey({ keys: [rsa] }, 'x'))).toBe('kid-unknown')
    expect(codeOf(() => withoutKey({ keys: [] }, 'x'))).toBe('jwks-empty')
  })
})
