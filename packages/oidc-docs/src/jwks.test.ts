import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import kubernetes from '../vectors/kubernetes-keys.json' with { type: 'json' }
import vectors from '../vectors/keys.json' with { type: 'json' }
import { createJwks, type KeyInput, kubernetesKeyId, OidcDocsError, parseJwks, serializeJwks } from './index.ts'

interface KeyVector {
  readonly file: string
  readonly keys?: readonly { readonly alg: string; readonly kid: string }[]
  readonly error?: string
  readonly message?: string
}

const keyVectors: readonly KeyVector[] = vectors

function read(file: string): Buffer {
  return readFileSync(new URL(`../vectors/keys/${file}`, import.meta.url))
}

async function refusalOf(act: Promise<unknown>): Promise<OidcDocsError> {
  try {
    await act
  } catch (error) {
    if (error instanceof OidcDocsError) return error
    throw error
  }
  throw new Error('Nothing was refused')
}

/** The key id by another implementation: Node's own key parser and hash. */
function nodeKeyId(pem: string): string {
  const spki = createPublicKey(pem).export({ format: 'der', type: 'spki' })
  return createHash('sha256').update(spki).digest('base64url')
}

describe('createJwks() from files', () => {
  const forms = ({ file }: KeyVector): readonly KeyInput[] => {
    return file.endsWith('.pem') ? [read(file), read(file).toString()] : [read(file)]
  }

  test.for(keyVectors.filter(({ keys }) => keys !== undefined))('$file is read', async (vector) => {
    for (const form of forms(vector)) {
      const { keys } = await createJwks([form])
      expect(keys.map(({ alg, kid }) => ({ alg, kid }))).toEqual(vector.keys)
    }
  })

  test.for(keyVectors.filter(({ error }) => error !== undefined))('$file is refused: $message', async (vector) => {
    for (const form of forms(vector)) {
      const { code, message, problems } = await refusalOf(createJwks([form]))
      expect([code, problems[0]?.path]).toEqual([vector.error, '/0'])
      expect(message).toContain(vector.message)
    }
  })

  test('gives the numbers that Node reads from the same file', async () => {
    for (const { file, keys } of keyVectors) {
      if (keys?.length !== 1 || !file.endsWith('.pem')) continue
      const pem = read(file).toString()
      const { kty, crv, x, y, n, e } = createPublicKey(pem).export({ format: 'jwk' })
      const [key] = (await createJwks([pem])).keys
      const numbers = kty === 'RSA' ? { n, e } : { crv, x, y }
      expect(key).toEqual({ kty, kid: nodeKeyId(pem), alg: keys[0]?.alg, use: 'sig', ...numbers })
    }
  })

  test('computes the point from the private number and does not believe the one beside it', async () => {
    const der = Buffer.from(read('p256.sec1.pem').toString().split('\n').slice(1, -2).join(''), 'base64')
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' })
    der.set(other.subarray(-64), der.length - 64)
    const pem = `-----BEGIN EC PRIVATE KEY-----\n${der.toString('base64')}\n-----END EC PRIVATE KEY-----\n`
    const [key] = (await createJwks([pem])).keys
    expect(key?.kid).toBe(keyVectors.find(({ file }) => file === 'p256.sec1.pem')?.keys?.[0]?.kid)
  })
})

describe('createJwks()', () => {
  test('makes the key set that Kubernetes makes of its own test keys', async () => {
    const { keys } = await createJwks(kubernetes.pem)
    expect({ keys }).toEqual(kubernetes.jwks)
  })

  test('writes exactly the members that STS and Kubernetes need', async () => {
    const [rsa, ec] = (await createJwks(kubernetes.pem)).keys
    expect(Object.keys(rsa ?? {})).toEqual(['kty', 'kid', 'alg', 'use', 'n', 'e'])
    expect(Object.keys(ec ?? {})).toEqual(['kty', 'kid', 'alg', 'use', 'crv', 'x', 'y'])
  })

  test('takes every form of one key as the same key', async () => {
    const pem = read('rsa-2048.pkcs1.pem').toString()
    const [privateKey, publicKey] = [createPrivateKey(pem), createPublicKey(pem)]
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const spki = publicKey.export({ format: 'der', type: 'spki' })
    const forms: readonly KeyInput[] = [
      pem,
      Buffer.from(pem),
      spki,
      privateKey,
      publicKey,
      KeyObject.from(await crypto.subtle.importKey('spki', spki, algorithm, true, ['verify'])),
      await crypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
      { ...privateKey.export({ format: 'jwk' }) },
      { ...publicKey.export({ format: 'jwk' }) },
      JSON.stringify(privateKey.export({ format: 'jwk' })),
      JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] }),
    ]
    const { keys } = await createJwks(forms)
    expect(keys.map(({ kid }) => kid)).toEqual([nodeKeyId(pem)])
    for (const form of forms) expect((await createJwks([form])).keys).toEqual(keys)
  })

  test('never emits a private member, whatever it is given', async () => {
    for (const name of ['P-256', 'P-384', 'P-521']) {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: name })
      for (const form of [privateKey, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()]) {
        const [key] = (await createJwks([form])).keys
        expect(Object.keys(key ?? {})).toEqual(['kty', 'kid', 'alg', 'use', 'crv', 'x', 'y'])
      }
    }
  })

  test('keeps the order and drops repetitions', async () => {
    const [a, b] = [read('p384.pkix.pem').toString(), read('rsa-2048.pkix.pem').toString()]
    const { keys } = await createJwks([a, b, read('p384.sec1.pem'), read('several.pem')])
    expect(keys.map(({ alg }) => alg)).toEqual(['ES384', 'RS256', 'ES256', 'ES512'])
  })

  test('keeps RS384 and RS512 of a JWK and refuses what its key cannot do', async () => {
    const jwk = createPublicKey(read('rsa-2048.pkix.pem')).export({ format: 'jwk' })
    for (const alg of ['RS384', 'RS512']) expect((await createJwks([{ ...jwk, alg }])).keys[0]?.alg).toBe(alg)
    for (const alg of ['PS256', 'ES256', 'none', 7]) {
      expect((await refusalOf(createJwks([{ ...jwk, alg }]))).code).toBe('key-unsupported')
    }
    expect((await refusalOf(createJwks([{ ...jwk, use: 'enc' }]))).message).toContain('found "enc"')
  })

  test('refuses a kid that is not the key’s own unless the signer names its keys itself', async () => {
    const jwk = { ...createPublicKey(read('p256.pkix.pem')).export({ format: 'jwk' }), kid: 'kms-7' }
    const refused = await refusalOf(createJwks([jwk]))
    expect([refused.code, refused.problems[0]?.path]).toEqual(['kid-not-from-key', '/0/kid'])
    expect((await createJwks([jwk], { keyIds: 'as-given' })).keys[0]?.kid).toBe('kms-7')
    const own = nodeKeyId(read('p256.pkix.pem').toString())
    expect((await createJwks([{ ...jwk, kid: own }])).keys[0]?.kid).toBe(own)
    for (const kid of ['', 7, null]) {
      expect((await refusalOf(createJwks([{ ...jwk, kid }], { keyIds: 'as-given' }))).code).toBe('key-unreadable')
    }
  })

  test('reports what is wrong with each of several keys', async () => {
    const inputs = [read('rsa-2048.pkix.pem'), read('ed25519.pkix.pem'), 'no key', read('rsa-1024.pkix.pem')]
    const { code, problems } = await refusalOf(createJwks(inputs))
    expect(code).toBe('key-unsupported')
    expect(problems.map(({ code, path }) => `${path} ${code}`)).toEqual([
      '/1 key-unsupported',
      '/2 key-unreadable',
      '/3 key-unsupported',
    ])
  })

  test.for<[string, unknown]>([
    ['nothing', []],
    ['no list', 'x'],
    ['a number', [7]],
    ['null', [null]],
    ['an empty object', [{}]],
    ['an empty text', ['']],
    ['JSON that breaks off', ['{"kty":"RSA","d":"SECRETSECRET"']],
    ['a JWKS of no object', ['{"keys":[7]}']],
    ['a symmetric JWK', [{ kty: 'oct', k: 'c2VjcmV0' }]],
    ['a JWK without numbers', [{ kty: 'RSA' }]],
    ['an even modulus', [{ kty: 'RSA', n: `${'_'.repeat(341)}w`, e: 'AQAC' }]],
    ['a point off the curve', [{ kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }]],
    [
      'a key object that throws',
      [
        {
          export: () => {
            throw new Error('no')
          },
        },
      ],
    ],
    ['bytes of nothing', [new Uint8Array([0x30, 0x80, 0, 0])]],
    ['a huge text', [' '.repeat(1_048_577)]],
  ])('refuses %s with an error of its own', async ([, input]) => {
    const { code, message } = await refusalOf(createJwks(input as KeyInput[]))
    expect(['key-unreadable', 'key-unsupported', 'jwks-empty']).toContain(code)
    expect(message).not.toContain('SECRET')
  })

  test('refuses secret key objects and CryptoKeys that cannot be exported', async () => {
    const secret = KeyObject.from(
      await crypto.subtle.importKey('raw', new Uint8Array(32), { name: 'HMAC', hash: 'SHA-256' }, true, ['sign']),
    )
    expect((await refusalOf(createJwks([secret]))).code).toBe('key-unsupported')
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
    const { privateKey } = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
    expect((await refusalOf(createJwks([privateKey]))).message).toContain('extractable')
  })
})

describe('kubernetesKeyId()', () => {
  test.for(kubernetes.pem)('is what Kubernetes’ own tests expect', async (pem, { expect }) => {
    const spki = createPublicKey(pem).export({ format: 'der', type: 'spki' })
    const kid = await kubernetesKeyId(spki)
    expect(kubernetes.jwks.keys[kubernetes.pem.indexOf(pem)]?.kid).toBe(kid)
  })

  test.for([new Uint8Array(), new Uint8Array([0x30, 0]), new Uint8Array([1, 2, 3]), read('rsa-2048.pkcs1.pem')])(
    'refuses bytes that are no SubjectPublicKeyInfo',
    async (bytes) => {
      expect((await refusalOf(kubernetesKeyId(bytes))).code).toBe('key-unreadable')
    },
  )
})

describe('parseJwks()', () => {
  const rsa = kubernetes.jwks.keys[0]
  const ec = kubernetes.jwks.keys[1]

  test('reads what Kubernetes publishes and has nothing to say', async () => {
    for (const input of [
      kubernetes.jwks,
      JSON.stringify(kubernetes.jwks),
      `\uFEFF${JSON.stringify(kubernetes.jwks)}`,
    ]) {
      const { jwks, mismatchedKids, findings } = await parseJwks(input)
      expect({ jwks, mismatchedKids, findings }).toEqual({ jwks: kubernetes.jwks, mismatchedKids: [], findings: [] })
    }
  })

  test('leaves out and fills in what it may and says so', async () => {
    const { alg: _alg, use: _use, ...bare } = ec ?? {}
    const keys = [{ ...rsa, key_ops: ['verify'], ext: true, alg: 'PS256' }, bare, rsa]
    const { jwks, findings } = await parseJwks({ keys })
    expect(jwks).toEqual(kubernetes.jwks)
    expect(findings.map(({ code, path }) => `${path} ${code}`)).toEqual([
      '/keys/0/key_ops key-ops',
      '/keys/0/ext extra-member',
      '/keys/0/alg alg-mismatch',
      '/keys/1 use-missing',
      '/keys/1 alg-missing',
      '/keys/2 key-repeated',
    ])
  })

  test('keeps the kid of an external signer and names it', async () => {
    const { jwks, mismatchedKids, findings } = await parseJwks({ keys: [{ ...rsa, kid: 'kms-7' }, ec] })
    expect(jwks.keys.map(({ kid }) => kid)).toEqual(['kms-7', ec?.kid])
    expect(mismatchedKids).toEqual(['kms-7'])
    expect(findings.map(({ code, severity, path }) => [code, severity, path])).toEqual([
      ['kid-not-from-key', 'warning', '/keys/0/kid'],
    ])
  })

  test.for(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'])(
    'refuses the private member %s first',
    async (member) => {
      const { code, problems, message } = await refusalOf(
        parseJwks({ keys: [{ kty: 'x' }, { ...rsa, [member]: 'c2Vj' }] }),
      )
      expect([code, problems[0]?.path]).toEqual(['jwks-private', `/keys/1/${member}`])
      expect(message).not.toContain('c2Vj')
    },
  )

  test.for<[string, string, unknown]>([
    ['text that is not JSON', 'jwks-invalid', '{'],
    ['a list', 'jwks-invalid', '[]'],
    ['null', 'jwks-invalid', 'null'],
    ['no keys', 'jwks-invalid', '{}'],
    ['keys being an object', 'jwks-invalid', '{"keys":{}}'],
    ['an empty set', 'jwks-empty', '{"keys":[]}'],
    ['a huge text', 'jwks-invalid', ' '.repeat(1_048_577)],
    [
      'a cycle',
      'jwks-invalid',
      (() => {
        const cycle: unknown[] = []
        cycle.push(cycle)
        return { keys: cycle }
      })(),
    ],
    ['a key without kid', 'jwks-invalid', { keys: [{ ...rsa, kid: undefined }] }],
    ['an empty kid', 'jwks-invalid', { keys: [{ ...rsa, kid: '' }] }],
    ['a kid of 1025 characters', 'jwks-invalid', { keys: [{ ...rsa, kid: 'k'.repeat(1025) }] }],
    ['another use', 'jwks-invalid', { keys: [{ ...rsa, use: 'enc' }] }],
    ['padding', 'jwks-invalid', { keys: [{ ...rsa, e: 'AQAB=' }] }],
    ['leading zeros', 'jwks-invalid', { keys: [{ ...rsa, e: 'AAEAAQ' }] }],
    ['two keys of one kid', 'jwks-invalid', { keys: [rsa, { ...ec, kid: rsa?.kid }] }],
    ['Ed25519', 'jwks-invalid', { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AA', kid: 'a' }] }],
    ['a prototype', 'jwks-invalid', '{"keys":[{"__proto__":{"kty":"RSA"}}]}'],
  ])('refuses %s', async ([, code, input]) => {
    expect((await refusalOf(parseJwks(input as string))).code).toBe(code)
  })

  test('takes 100 keys of a type and refuses 101', async () => {
    const keys = Array.from({ length: 101 }, (_, index) => ({ ...ec, kid: `${index}` }))
    expect((await parseJwks({ keys: [...keys.slice(1), rsa] })).jwks.keys).toHaveLength(101)
    expect((await refusalOf(parseJwks({ keys }))).message).toContain('at most 100 EC keys are needed, found 101')
  })
})

describe('serializeJwks()', () => {
  test('writes the same bytes for the same set and reads them back', async () => {
    const text = serializeJwks(await createJwks(kubernetes.pem))
    const shuffled = kubernetes.jwks.keys.map((key) => Object.fromEntries(Object.entries(key).toReversed()))
    expect(serializeJwks((await parseJwks({ keys: shuffled })).jwks)).toBe(text)
    expect(text.endsWith('\n  ]\n}\n')).toBe(true)
    expect(JSON.parse(text)).toEqual(kubernetes.jwks)
  })

  test.for<[string, unknown]>([
    ['jwks-empty', { keys: [] }],
    ['jwks-invalid', {}],
    ['jwks-invalid', { keys: [{ kty: 'RSA' }] }],
    ['jwks-private', { keys: [{ ...kubernetes.jwks.keys[0], d: 'AA' }] }],
  ])('refuses %s', async ([code, jwks]) => {
    const write = async (): Promise<string> => serializeJwks(jwks as Parameters<typeof serializeJwks>[0])
    expect((await refusalOf(write())).code).toBe(code)
  })
})
