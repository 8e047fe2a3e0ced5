import { checkPrimeSync, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { deriveKey, importPem, keyId, privateKey, publicJwk, publicKeyPem } from './keys.ts'

const LABELS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', 'unknown']

test.each(LABELS)('deriveKey() makes RSA key %s of two primes', (label) => {
  const { p = '', q = '', n = '' } = privateKey(deriveKey('rsa', label)).export({ format: 'jwk' })
  for (const factor of [p, q]) expect(checkPrimeSync(Buffer.from(factor, 'base64url'))).toBe(true)
  expect(Buffer.from(n, 'base64url')).toHaveLength(256)
})

test('deriveKey() gives a different key for each label and type', () => {
  const kids = (['rsa', 'p-256', 'p-384', 'p-521'] as const).flatMap((type) =>
    LABELS.map((label) => deriveKey(type, label).kid),
  )
  expect(new Set(kids).size).toBe(kids.length)
})

test('deriveKey() makes an RSA key for a label that no table has', () => {
  const { p = '' } = privateKey(deriveKey('rsa', 'a label of its own')).export({ format: 'jwk' })
  expect(checkPrimeSync(Buffer.from(p, 'base64url'))).toBe(true)
})

// Public keys and ids of kubernetes pkg/serviceaccount/jwt_test.go
test.each([
  [
    'JHJehTTTZlsspKHT-GaJxK7Kd1NQgZJu3fyK6K_QDYU',
    {
      kty: 'RSA',
      n:
        '249XwEo9k4tM8fMxV7zxOhcrP-WvXn917koM5Qr2ZXs4vo26e4ytdlrV0bQ9SlcLpQVSYjIxNfhTZdDt-ecIzshKuv1gKIxbbLQMOuK1eA_4HALyEkFgmS_tleLJrhc6' +
        '5tKPMGD-pKQ_xhmzRuCG51RoiMgbQxaCyYxGfNLpLAZK9L0Tctv9a0mJmGIYnIOQM4kC1A1I1n3EsXMWmeJUj7OTh_AjjCnMnkgvKT2tpKxYQ59PgDgU8Ssc7RDSmSkL' +
        'xnrv-OrN80j6xrw0OjEiB4Ycr0PqfzZcvy8efTtFQ_Jnc4Bp1zUtFXt7-QeevePtQ2EcyELXE0i63T1CujRMWw',
      e: 'AQAB',
    },
  ],
  [
    'SoABiieYuNx4UdqYvZRVeuC6SihxgLrhLy9peHMHpTc',
    {
      kty: 'EC',
      crv: 'P-256',
      x: 'H6cuzP8XuD5wal6wf9M6xDljTOPLX2i8uIp_C_ASqiI',
      y: 'BlHnikLV9PyEd6gl8k4T_3Wwoh6xd79XLoQTh2PAi1Y',
    },
  ],
])('keyId() is %s for the key that Kubernetes gives that id', (kid, jwk) => {
  expect(keyId(createPublicKey({ key: jwk, format: 'jwk' }))).toBe(kid)
})

test.each([
  ['rsa', 'RS256', ['use', 'kty', 'kid', 'alg', 'n', 'e']],
  ['p-256', 'ES256', ['use', 'kty', 'kid', 'crv', 'alg', 'x', 'y']],
  ['p-384', 'ES384', ['use', 'kty', 'kid', 'crv', 'alg', 'x', 'y']],
  ['p-521', 'ES512', ['use', 'kty', 'kid', 'crv', 'alg', 'x', 'y']],
] as const)('publicJwk() of a %s key says %s and has no private member', (type, alg, members) => {
  const key = deriveKey(type, '0')
  const jwk = publicJwk(key)
  expect(jwk.alg).toBe(alg)
  expect(Object.keys(jwk)).toEqual(members)
  expect(createPublicKey({ key: jwk as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' })).toBe(
    publicKeyPem(key),
  )
})

test.each([
  ['pkcs1', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
  ['pkcs8', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
  ['sec1', generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey],
] as const)('importPem() takes %s', (type, key) => {
  const pem = key.export({ type, format: 'pem' } as never) as unknown as string
  expect(importPem(pem).kid).toBe(keyId(key))
})

test('importPem() refuses what kube-apiserver cannot sign with', () => {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  expect(() => importPem(pem)).toThrow('needed RSA, P-256, P-384 or P-521, found ed25519')
  expect(() => importPem('nonsense')).toThrow('Cannot read the private key')
})
