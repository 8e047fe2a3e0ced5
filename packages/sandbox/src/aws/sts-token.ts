// JSON Web Tokens as STS takes them: their form, the key that verifies them, the
// signature. Shares no code with any library that makes such tokens or key sets.
// The rules and texts were recorded from AWS on 2026-09-11 by radkawar/stackd
// (internal/services/sts/testdata/oidc); where one is a guess, that is said.
import { X509Certificate, createPublicKey, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { ServiceError } from './service.ts'

export type Json = Readonly<Record<string, unknown>>

export interface Token {
  readonly algorithm: Algorithm
  readonly kid: unknown
  readonly claims: Json
  readonly signedText: string
  readonly signature: Buffer
}

type Algorithm = keyof typeof ALGORITHMS

/** PS*, EdDSA, HS* and `none` are not taken (AWS SDK, AssumeRoleWithWebIdentityRequest.WebIdentityToken). */
const ALGORITHMS = {
  RS256: { type: 'RSA', hash: 'sha256', curve: undefined },
  RS384: { type: 'RSA', hash: 'sha384', curve: undefined },
  RS512: { type: 'RSA', hash: 'sha512', curve: undefined },
  ES256: { type: 'EC', hash: 'sha256', curve: 'P-256' },
  ES384: { type: 'EC', hash: 'sha384', curve: 'P-384' },
  ES512: { type: 'EC', hash: 'sha512', curve: 'P-521' },
} as const

/** Of each type; beyond it tokens of that type are refused, and of the other still taken. */
const MOST_KEYS = 100

export function invalidToken(message: string): ServiceError {
  return new ServiceError('InvalidIdentityToken', 400, message)
}

/** What STS says since July 2026 for most things that are wrong, so that callers learn nothing. */
export function notValidated(): ServiceError {
  return invalidToken(
    'The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.',
  )
}

/** With two spaces after the comma, as AWS sends it. */
export function noVerificationKey(): ServiceError {
  return invalidToken(
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
  )
}

/** @throws {ServiceError} `InvalidIdentityToken` */
export function parseToken(text: string): Token {
  const parts = text.split('.')
  const [header = '', payload = '', signature = ''] = parts
  const members = parseSegment(header)
  const claims = parseSegment(payload)
  const algorithm = members?.['alg']
  const wellFormed = parts.length === 3 && isBase64Url(signature) && members?.['crit'] === undefined
  if (!wellFormed || claims === undefined || !isAlgorithm(algorithm)) {
    throw invalidToken('The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)')
  }
  return {
    algorithm,
    kid: members?.['kid'],
    claims,
    signedText: `${header}.${payload}`,
    signature: Buffer.from(signature, 'base64url'),
  }
}

/** Of a member that is there twice `JSON.parse` keeps the last, and so does AWS. */
function parseSegment(segment: string): Json | undefined {
  if (!isBase64Url(segment)) return undefined
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(segment, 'base64url'))
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** @throws {ServiceError} `InvalidIdentityToken` unless a key of this set signed the token. */
export function verifySignature(token: Token, keySet: string): void {
  const { type, hash, curve } = ALGORITHMS[token.algorithm]
  const jwk = selectKey(token, keySet)
  // A key for another algorithm never gets near the signature: no confusion of algorithms.
  if (jwk['kty'] !== type || (curve !== undefined && jwk['crv'] !== curve)) throw notValidated()
  // Any `key_ops` fails, even ["verify"].
  if (jwk['key_ops'] !== undefined) throw notValidated()
  const key = importKey(jwk)
  if (key === undefined) throw noVerificationKey()
  const data = Buffer.from(token.signedText, 'ascii')
  const good = verify(hash, data, type === 'EC' ? { key, dsaEncoding: 'ieee-p1363' } : key, token.signature)
  if (!good) throw notValidated()
}

/**
 * The key that the token names. The JWK's own `alg` does not count. Of two keys
 * with one id the later stands; a token without an id is taken when there is
 * exactly one key.
 */
function selectKey(token: Token, keySet: string): Json {
  const keys = parseKeySet(keySet)
  const { type } = ALGORITHMS[token.algorithm]
  if (keys.filter((key) => key['kty'] === type).length > MOST_KEYS) throw noVerificationKey()
  const byId = new Map<unknown, Json>()
  for (const key of keys) if (isUsable(key)) byId.set(key['kid'], key)
  const selected = token.kid === undefined ? only([...byId.values()]) : byId.get(token.kid)
  if (selected === undefined) throw noVerificationKey()
  return selected
}

function parseKeySet(text: string): readonly Json[] {
  try {
    const value: unknown = JSON.parse(text)
    const keys = isObject(value) ? value['keys'] : undefined
    if (Array.isArray(keys)) return keys.filter(isObject)
  } catch {
    // Said below, in AWS's words.
  }
  throw noVerificationKey()
}

/** A key without an id, for encryption, or that is only a certificate, or that its certificate belies, is as good as none. */
function isUsable(jwk: Json): boolean {
  if (typeof jwk['kid'] !== 'string' || jwk['kid'] === '') return false
  if (jwk['use'] !== undefined && jwk['use'] !== 'sig') return false
  const key = importKey(jwk)
  if (key === undefined) return false
  const chain = jwk['x5c']
  return chain === undefined || (Array.isArray(chain) && isCertified(key, chain[0]))
}

/** Only the public members are read. */
function importKey(jwk: Json): KeyObject | undefined {
  const { kty, n, e, crv, x, y } = jwk
  const members: Json | undefined = kty === 'RSA' ? { kty, n, e } : kty === 'EC' ? { kty, crv, x, y } : undefined
  if (members === undefined || Object.values(members).some((member) => typeof member !== 'string')) return undefined
  try {
    return createPublicKey({ key: members, format: 'jwk' })
  } catch {
    return undefined
  }
}

function isCertified(key: KeyObject, certificate: unknown): boolean {
  try {
    return new X509Certificate(Buffer.from(String(certificate), 'base64')).publicKey.equals(key)
  } catch {
    return false
  }
}

function only<T>(values: readonly T[]): T | undefined {
  return values.length === 1 ? values[0] : undefined
}

function isAlgorithm(value: unknown): value is Algorithm {
  return typeof value === 'string' && Object.hasOwn(ALGORITHMS, value)
}

function isBase64Url(text: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(text) && text.length % 4 !== 1
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
