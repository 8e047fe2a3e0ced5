import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { createLocalJWKSet, importPKCS8, jwtVerify, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { createJwks, generateSigningKey, OidcDocsError, parseJwks, type SigningKeyOptions } from './index.ts'

const kinds: readonly [string, string, SigningKeyOptions][] = [
  ['rsa', 'RSA PRIVATE KEY', {}],
  ['rsa', 'RSA PRIVATE KEY', { algorithm: 'RS256', modulusLengthBits: 3072 }],
  ['ec', 'EC PRIVATE KEY', { algorithm: 'ES256' }],
]

describe('generateSigningKey()', () => {
  test.for(kinds)('makes a %s key in the form %s that other parsers read: %j', async ([type, label, options]) => {
    const key = await generateSigningKey(options)
    expect(key.privateKeyPem.startsWith(`-----BEGIN ${label}-----\n`)).toBe(true)
    const [privateKey, publicKey] = [createPrivateKey(key.privateKeyPem), createPublicKey(key.publicKeyPem)]
    expect([privateKey.asymmetricKeyType, publicKey.asymmetricKeyType]).toEqual([type, type])
    const message = Buffer.from('message')
    expect(verify('sha256', message, publicKey, sign('sha256', message, privateKey))).toBe(true)
    expect(privateKey.asymmetricKeyDetails?.modulusLength).toBe(
      type === 'rsa' && 'modulusLengthBits' in options ? options.modulusLengthBits : type === 'rsa' ? 2048 : undefined,
    )
    // Node would have written the same file.
    const form = type === 'rsa' ? 'pkcs1' : 'sec1'
    expect(privateKey.export({ format: 'pem', type: form })).toBe(key.privateKeyPem)
    expect(publicKey.export({ format: 'pem', type: 'spki' })).toBe(key.publicKeyPem)
    expect((await createJwks([key.privateKeyPem, key.publicKeyPem])).keys).toEqual([key.jwk])
    expect(key.jwk.kid).toBe(key.kid)
  })

  test.for(kinds)(
    'makes a %s key whose tokens an independent verifier accepts by the published set',
    async ([, , options]) => {
      const { algorithm, kid, privateKeyPem, publicKeyPem } = await generateSigningKey(options)
      const pkcs8 = createPrivateKey(privateKeyPem).export({ format: 'pem', type: 'pkcs8' }).toString()
      const token = await new SignJWT({ sub: 'system:serviceaccount:shop:cart' })
        .setProtectedHeader({ alg: algorithm, kid })
        .sign(await importPKCS8(pkcs8, algorithm))
      const { jwks } = await parseJwks(await createJwks([publicKeyPem]))
      const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: jwks.keys.map((key) => ({ ...key })) }))
      expect(payload.sub).toBe('system:serviceaccount:shop:cart')
      const { publicKeyPem: another } = await generateSigningKey(options)
      const { keys } = await createJwks([another])
      const wrong = createLocalJWKSet({ keys: keys.map((key) => ({ ...key, kid })) })
      await expect(jwtVerify(token, wrong)).rejects.toThrow('signature verification failed')
    },
  )

  test.for<unknown>([
    { algorithm: 'ES384' },
    { algorithm: 'EdDSA' },
    { modulusLengthBits: 1024 },
    { modulusLengthBits: 2047 },
    { modulusLengthBits: 2049 },
    { modulusLengthBits: 8192 },
    { modulusLengthBits: NaN },
  ])('refuses %j', async (options) => {
    const error = await generateSigningKey(options as SigningKeyOptions).catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(OidcDocsError)
    expect((error as OidcDocsError).code).toBe('key-unsupported')
  })
})
