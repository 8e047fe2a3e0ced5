import { expect, test } from 'vitest'
import { decodeToken, signToken, verifySignature } from './jwt.ts'
import { deriveKey } from './keys.ts'

const CLAIMS = { sub: 'somebody', aud: ['a'], exp: 1 }
const TYPES = ['rsa', 'p-256', 'p-384', 'p-521'] as const

test.each(TYPES)('verifySignature() accepts what signToken() made with a %s key, and nothing else', (type) => {
  const [own, other] = [deriveKey(type, '0'), deriveKey(type, '1')]
  const token = signToken(CLAIMS, own)
  const [header = '', , signature = ''] = token.split('.')
  const altered = [header, Buffer.from('{"sub":"somebody else"}').toString('base64url'), signature].join('.')
  expect(verifySignature(token, [other, own])).toBe(true)
  expect(verifySignature(token, [other])).toBe(false)
  expect(verifySignature(altered, [own])).toBe(false)
})

test('signToken() writes the header as kube-apiserver does and the claims in order', () => {
  const key = deriveKey('rsa', '0')
  const [header = '', claims = ''] = signToken(CLAIMS, key).split('.')
  expect(Buffer.from(header, 'base64url').toString()).toBe(`{"alg":"RS256","kid":"${key.kid}"}`)
  expect(Buffer.from(claims, 'base64url').toString()).toBe('{"aud":["a"],"exp":1,"sub":"somebody"}')
})

test('verifySignature() tries every key for a token without kid, and one for a token with', () => {
  const [first, second] = [deriveKey('rsa', '0'), deriveKey('rsa', '1')]
  expect(verifySignature(signToken(CLAIMS, second, { alg: 'RS256' }), [first, second])).toBe(true)
  expect(verifySignature(signToken(CLAIMS, second, { alg: 'RS256', kid: first.kid }), [first, second])).toBe(false)
})

test('verifySignature() refuses an algorithm that is not the key’s own', () => {
  const key = deriveKey('rsa', '0')
  for (const alg of ['none', 'HS256', 'RS512']) {
    expect(verifySignature(signToken(CLAIMS, key, { alg, kid: key.kid }), [key])).toBe(false)
  }
})

test.each(['', 'a.b', 'a.b.c', '!!.e30.x', 'bnVsbA.e30.x'])('decodeToken() knows that "%s" is no token', (text) => {
  expect(decodeToken(text)).toBeUndefined()
})
