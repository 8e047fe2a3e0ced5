// What a verification key is to this package, apart from every file format, and its one DER form. Decides which keys
// both Kubernetes and STS can use. Knows no PEM, no JWK and no key id.

import {
  bitsOf,
  contentOf,
  type DerElement,
  derTag,
  readDer,
  readDerChildren,
  unsignedOf,
  writeDer,
  writeUnsigned,
} from './der.ts'
import { type Curve, curves, isOnCurve, toHex } from './elliptic-curve.ts'
import { type OidcDocsError, refusal } from './error.ts'

/** An RSA or EC public key by its numbers, big-endian. */
export type PublicKey =
  | { readonly kty: 'RSA'; readonly n: Uint8Array; readonly e: Uint8Array }
  | { readonly kty: 'EC'; readonly curve: Curve; readonly x: Uint8Array; readonly y: Uint8Array }

/** Object identifiers of key types, by the hexadecimal digits of their DER content (RFC 3279, 5480, 8410, 4055). */
export const keyTypeOid = { rsa: '2a864886f70d010101', ec: '2a8648ce3d0201' } as const

const foreignTypes: Readonly<Record<string, string>> = {
  '2a864886f70d01010a': 'RSASSA-PSS',
  '2a8648ce380401': 'DSA',
  '2b656e': 'X25519',
  '2b656f': 'X448',
  '2b6570': 'Ed25519',
  '2b6571': 'Ed448',
  '2b8104000a': 'secp256k1',
}

const minimumRsaBits = 2048
// OpenSSL verifies nothing longer (OPENSSL_RSA_MAX_MODULUS_BITS).
const maximumRsaBits = 16384

/** Makes an RSA key from its numbers, or says why nobody would take it. */
export function rsaPublicKey(n: Uint8Array, e: Uint8Array): PublicKey {
  const bits = bitLength(n)
  if (bits < minimumRsaBits || bits > maximumRsaBits) {
    throw unsupported(`an RSA key of ${minimumRsaBits} to ${maximumRsaBits} bits is needed, found ${bits}`)
  }
  const exponent = e.length > 4 ? Infinity : e.reduce((sum, byte) => sum * 256 + byte, 0)
  // Go, and with it the API server, verifies with no exponent above 2^31 - 1 (crypto/rsa).
  if (isEven(n) || isEven(e) || exponent < 3 || exponent > 2 ** 31 - 1) {
    throw unreadable('an odd RSA modulus and an odd exponent from 3 to 2^31 - 1 are needed, found others')
  }
  return { kty: 'RSA', n, e }
}

/** Makes an EC key from its coordinates, or says why nobody would take it. */
export function ecPublicKey(curve: Curve, x: Uint8Array, y: Uint8Array): PublicKey {
  if (x.length !== curve.coordinateBytes || y.length !== curve.coordinateBytes || !isOnCurve(curve, x, y)) {
    throw unreadable(`a point on the curve ${curve.name} is needed, found another`)
  }
  return { kty: 'EC', curve, x, y }
}

/** Makes an EC key from an uncompressed point (SEC 1, section 2.3.3). */
export function ecPublicKeyFromPoint(curve: Curve, point: Uint8Array): PublicKey {
  if (point[0] !== 4 || point.length !== 1 + 2 * curve.coordinateBytes) {
    throw unreadable(
      `an uncompressed point on ${curve.name} is needed, found another`,
      'Convert it: openssl ec -pubin -in KEY -conv_form uncompressed',
    )
  }
  const middle = 1 + curve.coordinateBytes
  return ecPublicKey(curve, point.subarray(1, middle), point.subarray(middle))
}

/** Reads a SubjectPublicKeyInfo (RFC 5280, section 4.1). */
export function publicKeyFromSpki(der: Uint8Array): PublicKey {
  const [algorithm, bits] = readDerChildren(readDer(der))
  const curve = curveOf(algorithm)
  return curve === undefined ? publicKeyFromPkcs1(bitsOf(bits)) : ecPublicKeyFromPoint(curve, bitsOf(bits))
}

/** Reads an RSAPublicKey (RFC 8017, appendix A.1.1). */
export function publicKeyFromPkcs1(der: Uint8Array): PublicKey {
  const [n, e] = readDerChildren(readDer(der))
  return rsaPublicKey(unsignedOf(n), unsignedOf(e))
}

/** Reads an AlgorithmIdentifier: the curve of an EC key, `undefined` for RSA, an error for all else. */
export function curveOf(algorithm: DerElement | undefined): Curve | undefined {
  const [type, parameters] = readDerChildren(algorithm)
  const oid = toHex(contentOf(type, derTag.objectIdentifier))
  if (oid === keyTypeOid.rsa) return undefined
  if (oid !== keyTypeOid.ec) {
    throw unsupported(`an RSA or EC key is needed, found ${foreignTypes[oid] ?? 'another type'}`)
  }
  return namedCurve(parameters)
}

/** Reads the object identifier of a curve. */
export function namedCurve(parameters: DerElement | undefined): Curve {
  if (parameters?.tag !== derTag.objectIdentifier) {
    throw unsupported('an EC key that names its curve is needed, found explicit parameters')
  }
  const oid = toHex(parameters.content)
  const curve = curves.find((known) => known.oid === oid)
  if (curve === undefined) {
    throw unsupported(`a key on P-256, P-384 or P-521 is needed, found ${foreignTypes[oid] ?? 'another curve'}`)
  }
  return curve
}

/** Writes the SubjectPublicKeyInfo of a key, as Go's `x509.MarshalPKIXPublicKey` does. */
export function spkiOf(key: PublicKey): Uint8Array<ArrayBuffer> {
  const bits =
    key.kty === 'RSA'
      ? writeDer(derTag.sequence, writeUnsigned(key.n), writeUnsigned(key.e))
      : Uint8Array.of(4, ...key.x, ...key.y)
  return writeDer(
    derTag.sequence,
    writeAlgorithm(key.kty === 'RSA' ? undefined : key.curve),
    writeDer(derTag.bitString, Uint8Array.of(0), bits),
  )
}

/** Writes the AlgorithmIdentifier of RSA, or of EC on a curve. */
export function writeAlgorithm(curve: Curve | undefined): Uint8Array<ArrayBuffer> {
  return curve === undefined
    ? writeDer(derTag.sequence, writeOid(keyTypeOid.rsa), writeDer(derTag.null))
    : writeDer(derTag.sequence, writeOid(keyTypeOid.ec), writeOid(curve.oid))
}

/** Writes an OBJECT IDENTIFIER from the hexadecimal digits of its content. */
export function writeOid(hex: string): Uint8Array<ArrayBuffer> {
  return writeDer(
    derTag.objectIdentifier,
    Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16)),
  )
}

/** The refusal of a key that cannot be read. */
export function unreadable(message: string, fix?: string, cause?: unknown): OidcDocsError {
  return refusal('key-unreadable', 'read the key', message, {
    ...(fix === undefined ? {} : { fix }),
    ...(cause === undefined ? {} : { cause }),
  })
}

/** The refusal of a key that can be read and that neither Kubernetes nor STS takes. */
export function unsupported(message: string): OidcDocsError {
  const fix = 'Kubernetes signs with RS256, ES256, ES384 and ES512 only: use RSA from 2048 bits, P-256, P-384 or P-521'
  return refusal('key-unsupported', 'use the key', message, { fix })
}

function bitLength(magnitude: Uint8Array): number {
  const first = magnitude.findIndex((byte) => byte !== 0)
  return first === -1 ? 0 : (magnitude.length - first) * 8 - (Math.clz32(magnitude[first] ?? 0) - 24)
}

function isEven(magnitude: Uint8Array): boolean {
  return ((magnitude.at(-1) ?? 0) & 1) === 0
}
