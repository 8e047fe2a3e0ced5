// Key pairs that service account tokens are signed with, and what an API server
// says of them in public. Keys are derived from a label and are worth nothing
// outside: everybody who has this file has them. Derived, because key pairs must
// be the same in every run, different from one another, and made in no time.
import type { KeyObject } from 'node:crypto'
import { checkPrimeSync, createECDH, createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import type { SigningKey } from './state.ts'

export type KeyType = 'rsa' | 'p-256' | 'p-384' | 'p-521'

export type Algorithm = 'RS256' | 'ES256' | 'ES384' | 'ES512'

/** A public key in the order of members in which kube-apiserver writes them. */
export interface PublicJwk {
  readonly use: 'sig'
  readonly kty: string
  readonly kid: string
  readonly crv?: string
  readonly alg: Algorithm
  readonly x?: string
  readonly y?: string
  readonly n?: string
  readonly e?: string
}

const CURVES = {
  'p-256': { openssl: 'prime256v1', bytes: 32 },
  'p-384': { openssl: 'secp384r1', bytes: 48 },
  'p-521': { openssl: 'secp521r1', bytes: 66 },
} as const

const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
}

/** At which candidate the search for each prime ends, so that it need not be made: [p, q] by label. */
const PRIMES: Readonly<Record<string, readonly [number, number]>> = {
  '0': [160, 347],
  '1': [356, 224],
  '2': [342, 700],
  '3': [190, 35],
  '4': [428, 88],
  '5': [372, 279],
  '6': [259, 87],
  '7': [363, 629],
  '8': [115, 1380],
  '9': [280, 60],
  '10': [651, 168],
  '11': [56, 49],
  unknown: [147, 249],
}

const PUBLIC_EXPONENT = 65_537n
const parsed = new Map<string, KeyObject>()
const derived = new Map<string, SigningKey>()

/** The key pair with this label: the same each time, and known to all the world. */
export function deriveKey(type: KeyType, label: string): SigningKey {
  const known = derived.get(`${type} ${label}`)
  if (known !== undefined) return { ...known }
  const key = importKey(type === 'rsa' ? deriveRsa(label) : deriveEc(type, label))
  derived.set(`${type} ${label}`, key)
  return { ...key }
}

/** Takes a private key as kube-apiserver reads it: PKCS#8, PKCS#1 or SEC 1, RSA or one of three curves. */
export function importPem(pem: string): SigningKey {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch (cause) {
    throw new TypeError('Cannot read the private key: needed PEM of an RSA or EC private key, found something else', {
      cause,
    })
  }
  return importKey(key)
}

function importKey(key: KeyObject): SigningKey {
  keyAlgorithm(key)
  const privateKeyPem = key.export({ type: 'pkcs8', format: 'pem' }) as string
  parsed.set(privateKeyPem, key)
  return { privateKeyPem, kid: keyId(key) }
}

/** The key object behind a PEM text; parsed once. */
export function privateKey(key: SigningKey): KeyObject {
  const known = parsed.get(key.privateKeyPem)
  if (known !== undefined) return known
  const fresh = createPrivateKey(key.privateKeyPem)
  parsed.set(key.privateKeyPem, fresh)
  return fresh
}

/** SHA-256 over the DER form of the SubjectPublicKeyInfo; not RFC 7638 (kubernetes pkg/serviceaccount/jwt.go). */
export function keyId(key: KeyObject): string {
  const publicKey = key.type === 'public' ? key : createPublicKey(key)
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(spki).digest('base64url')
}

/** RSA keys of any size sign RS256, curves their own algorithm; nothing else is known to kube-apiserver. */
export function keyAlgorithm(key: KeyObject): Algorithm {
  if (key.asymmetricKeyType === 'rsa') return 'RS256'
  const algorithm = ALGORITHMS[key.asymmetricKeyDetails?.namedCurve ?? '']
  if (algorithm === undefined) {
    throw new TypeError(
      `Cannot use the key: needed RSA, P-256, P-384 or P-521, found ${key.asymmetricKeyType ?? 'a secret'}`,
    )
  }
  return algorithm
}

export function publicJwk(signingKey: SigningKey): PublicJwk {
  const key = privateKey(signingKey)
  const { kty = '', crv, x, y, n, e } = createPublicKey(key).export({ format: 'jwk' })
  const alg = keyAlgorithm(key)
  const { kid } = signingKey
  return kty === 'RSA' ? { use: 'sig', kty, kid, alg, n, e } : { use: 'sig', kty, kid, crv, alg, x, y }
}

export function publicKeyPem(signingKey: SigningKey): string {
  return createPublicKey(privateKey(signingKey)).export({ type: 'spki', format: 'pem' }) as string
}

function deriveEc(type: Exclude<KeyType, 'rsa'>, label: string): KeyObject {
  const { openssl, bytes } = CURVES[type]
  const d = stretch(`sandbox ${type} ${label}`, bytes)
  // Below the order of the curve: P-521 has one bit in its first byte, the others all eight.
  d[0] = type === 'p-521' ? 0 : (d[0] ?? 0) & 0x7f
  const pair = createECDH(openssl)
  pair.setPrivateKey(d)
  const point = pair.getPublicKey()
  const jwk = {
    kty: 'EC',
    crv: type.toUpperCase(),
    d: d.toString('base64url'),
    x: point.subarray(1, 1 + bytes).toString('base64url'),
    y: point.subarray(1 + bytes).toString('base64url'),
  }
  return createPrivateKey({ key: jwk, format: 'jwk' })
}

function deriveRsa(label: string): KeyObject {
  const [p, q] = [derivePrime(label, 'p'), derivePrime(label, 'q')]
  const d = inverse(PUBLIC_EXPONENT, (p - 1n) * (q - 1n))
  const jwk = {
    kty: 'RSA',
    n: base64url(p * q),
    e: base64url(PUBLIC_EXPONENT),
    d: base64url(d),
    p: base64url(p),
    q: base64url(q),
    dp: base64url(d % (p - 1n)),
    dq: base64url(d % (q - 1n)),
    qi: base64url(inverse(q, p)),
  }
  return createPrivateKey({ key: jwk, format: 'jwk' })
}

/** A prime of 1024 bits: the first among the candidates, or the one that the table names. */
function derivePrime(label: string, which: 'p' | 'q'): bigint {
  const known = PRIMES[label]?.[which === 'p' ? 0 : 1]
  for (let attempt = known ?? 0; ; attempt++) {
    const bytes = stretch(`sandbox rsa ${label} ${which} ${attempt}`, 128)
    bytes[0] = (bytes[0] ?? 0) | 0xc0
    bytes[127] = (bytes[127] ?? 0) | 1
    const candidate = BigInt(`0x${bytes.toString('hex')}`)
    if (known !== undefined) return candidate
    if (candidate % PUBLIC_EXPONENT !== 1n && checkPrimeSync(bytes)) return candidate
  }
}

function stretch(seed: string, outputLength: number): Buffer {
  return createHash('shake256', { outputLength }).update(seed).digest()
}

/** The inverse of `a` modulo `m`, by the extended algorithm of Euclid. */
function inverse(a: bigint, m: bigint): bigint {
  let [r0, r1, s0, s1] = [a, m, 1n, 0n]
  while (r1 !== 0n) {
    const quotient = r0 / r1
    ;[r0, r1] = [r1, r0 - quotient * r1]
    ;[s0, s1] = [s1, s0 - quotient * s1]
  }
  return ((s0 % m) + m) % m
}

function base64url(value: bigint): string {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url')
}
