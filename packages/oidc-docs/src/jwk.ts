// A published key: exactly the members that STS and Kubernetes need, in one order, and never a private one. Converts
// between JWK and public key. Knows nothing of sets.

import { decodeBase64Url, encodeBase64Url } from './base64.ts'
import { curves } from './elliptic-curve.ts'
import { kindOf } from './quote.ts'
import { ecPublicKey, type PublicKey, rsaPublicKey, unreadable, unsupported } from './public-key.ts'

/** A published RSA key (RFC 7517, section 4; RFC 7518, section 6.3.1). */
export interface RsaJwk {
  readonly kty: 'RSA'
  /** Key id, at most 1024 characters. */
  readonly kid: string
  readonly alg: 'RS256' | 'RS384' | 'RS512'
  readonly use: 'sig'
  /** Modulus, base64url. */
  readonly n: string
  /** Exponent, base64url; nearly always `AQAB`. */
  readonly e: string
}

/** A published EC key (RFC 7517, section 4; RFC 7518, section 6.2.1). */
export interface EcJwk {
  readonly kty: 'EC'
  /** Key id, at most 1024 characters. */
  readonly kid: string
  readonly alg: 'ES256' | 'ES384' | 'ES512'
  readonly use: 'sig'
  readonly crv: 'P-256' | 'P-384' | 'P-521'
  /** Coordinates, base64url, as long as the curve's field. */
  readonly x: string
  readonly y: string
}

/** A key as this package publishes it: these members and no other. */
export type Jwk = RsaJwk | EcJwk

/** A key set as this package publishes it (RFC 7517, section 5). */
export interface Jwks {
  readonly keys: readonly Jwk[]
}

/** Members that hold private or symmetric key material (RFC 7518, section 6; `priv` of draft-ietf-cose-dilithium). */
export const privateMembers: readonly string[] = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

/** Writes a key with its public members only. */
export function jwkOf(key: PublicKey, kid: string, alg: string): Jwk {
  const members =
    key.kty === 'RSA'
      ? { kty: 'RSA', kid, alg, use: 'sig', n: encodeBase64Url(key.n), e: encodeBase64Url(key.e) }
      : { kty: 'EC', kid, alg, use: 'sig', crv: key.curve.name, x: encodeBase64Url(key.x), y: encodeBase64Url(key.y) }
  return members as Jwk
}

/** Reads the public members of a JWK, whatever else is in it. */
export function publicKeyFromJwk(jwk: Readonly<Record<string, unknown>>): PublicKey {
  if (jwk['kty'] === 'RSA') return rsaPublicKey(readNumber(jwk, 'n'), readNumber(jwk, 'e'))
  if (jwk['kty'] !== 'EC') throw unsupported('a JWK of kty "RSA" or "EC" is needed, found another')
  const curve = curves.find(({ name }) => name === jwk['crv'])
  if (curve === undefined) throw unsupported('a JWK on "P-256", "P-384" or "P-521" is needed, found another curve')
  return ecPublicKey(curve, readBytes(jwk, 'x'), readBytes(jwk, 'y'))
}

/** Whether two published keys are the same key, whatever they are called. */
export function isSameKey(a: Jwk, b: Jwk): boolean {
  if (a.kty === 'RSA') return b.kty === 'RSA' && a.n === b.n && a.e === b.e
  return b.kty === 'EC' && a.crv === b.crv && a.x === b.x && a.y === b.y
}

function readNumber(jwk: Readonly<Record<string, unknown>>, member: string): Uint8Array {
  const bytes = readBytes(jwk, member)
  // RFC 7518, section 2, Base64urlUInt: as many octets as needed, no more.
  if (bytes[0] === 0) throw unreadable(`the JWK member "${member}" without leading zero bytes is needed, found some`)
  return bytes
}

function readBytes(jwk: Readonly<Record<string, unknown>>, member: string): Uint8Array {
  const value = jwk[member]
  if (typeof value !== 'string') {
    throw unreadable(`the JWK member "${member}" as base64url is needed, found ${kindOf(value)}`)
  }
  const bytes = decodeBase64Url(value)
  if (bytes === undefined) throw unreadable(`the JWK member "${member}" as base64url is needed, found another text`)
  return bytes
}
