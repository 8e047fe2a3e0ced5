// Makes signing keys in the file forms that a Kubernetes API server reads. The randomness is WebCrypto's own; this is
// the only function of the package whose result differs from call to call. Writes no file.

import { contentOf, derTag, readDer, readDerChildren, unsignedOf, writeDer, writeUnsigned } from './der.ts'
import type { Curve } from './elliptic-curve.ts'
import { refusal } from './error.ts'
import type { Jwk } from './jwk.ts'
import { createJwks } from './jwks.ts'
import { writePem } from './pem.ts'
import { curveOf, writeOid } from './public-key.ts'
import { quote } from './quote.ts'

/** What kind of key {@link generateSigningKey} makes. */
export type SigningKeyOptions =
  | {
      /** RSA, which every distribution takes. Default. */
      readonly algorithm?: 'RS256'
      /** Length of the modulus in bits: 2048 to 4096, a multiple of 8. Default 2048. */
      readonly modulusLengthBits?: number
    }
  | {
      /** P-256: short keys, fast signatures. See {@link rsaOnlyDistributions}. */
      readonly algorithm: 'ES256'
    }

/** A new signing key. Keep `privateKeyPem` as carefully as the roles that trust the issuer. */
export interface SigningKey {
  readonly algorithm: 'RS256' | 'ES256'
  /** The key id that the API server will write into its tokens. */
  readonly kid: string
  /** For `--service-account-signing-key-file`: PKCS#1 (`RSA PRIVATE KEY`) or SEC1 (`EC PRIVATE KEY`). */
  readonly privateKeyPem: string
  /** For `--service-account-key-file`: PKIX (`PUBLIC KEY`). */
  readonly publicKeyPem: string
  /** The public half as it is published. */
  readonly jwk: Jwk
}

/**
 * Distributions whose own tooling handles RSA service account keys only, although their API server would sign with EC:
 * with these, keep to `RS256`. Each with where that can be seen.
 *
 * @example
 * ```ts
 * import { generateSigningKey, rsaOnlyDistributions } from '@irsa/oidc-docs'
 *
 * const takesRsaOnly = rsaOnlyDistributions.some(({ name }) => name === 'talos')
 * const key = await generateSigningKey({ algorithm: takesRsaOnly ? 'RS256' : 'ES256' })
 * console.log(key.algorithm) // 'ES256'
 * ```
 */
export const rsaOnlyDistributions: readonly { readonly name: string; readonly source: string }[] = [
  { name: 'kops', source: 'kubernetes/kops, pkg/model/issuerdiscovery.go: announces RS256 for every key' },
  { name: 'openshift', source: 'openshift/cloud-credential-operator, ccoctl: reads the public key as RSA' },
]

/**
 * Makes a signing key in the forms that every Kubernetes API server reads: PKCS#1 or SEC1 for the private key, which
 * may stand in `--service-account-key-file` too, where an EC key in PKCS#8 may not.
 *
 * @param options The algorithm: RS256 (default, 2048 bits) or ES256.
 * @throws {OidcDocsError} `key-unsupported` for another algorithm or length.
 * @see RFC 8017, appendix A.1.2; RFC 5915, section 3; kubernetes/client-go, util/keyutil/key.go
 *
 * @example
 * ```ts
 * import { generateSigningKey } from '@irsa/oidc-docs'
 *
 * const key = await generateSigningKey({ algorithm: 'ES256' })
 * console.log(key.privateKeyPem.split('\n')[0]) // '-----BEGIN EC PRIVATE KEY-----'
 * console.log(key.publicKeyPem.split('\n')[0]) // '-----BEGIN PUBLIC KEY-----'
 * console.log(key.kid.length) // 43
 * ```
 */
export async function generateSigningKey(options: SigningKeyOptions = {}): Promise<SigningKey> {
  const pair = await generatePair(options)
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey))
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey))
  const [, identifier, inner] = readDerChildren(readDer(pkcs8))
  const curve = curveOf(identifier)
  const key = contentOf(inner, derTag.octetString)
  const publicKeyPem = writePem('PUBLIC KEY', spki)
  const [jwk] = (await createJwks([publicKeyPem])).keys
  if (jwk === undefined) throw refusal('key-unsupported', 'make a signing key', 'a public key is needed, found none')
  return {
    algorithm: curve === undefined ? 'RS256' : 'ES256',
    kid: jwk.kid,
    privateKeyPem:
      curve === undefined ? writePem('RSA PRIVATE KEY', key) : writePem('EC PRIVATE KEY', toSec1(key, curve)),
    publicKeyPem,
    jwk,
  }
}

async function generatePair(options: SigningKeyOptions) {
  const what = 'make a signing key'
  const { algorithm = 'RS256' } = options
  if (algorithm === 'ES256') {
    return crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  }
  if (algorithm !== 'RS256') {
    throw refusal('key-unsupported', what, `the algorithm RS256 or ES256 is needed, found ${quote(algorithm)}`)
  }
  const { modulusLengthBits: modulusLength = 2048 } = 'modulusLengthBits' in options ? options : {}
  if (!(modulusLength >= 2048 && modulusLength <= 4096 && modulusLength % 8 === 0)) {
    const message = `a modulus of 2048 to 4096 bits, a multiple of 8, is needed, found ${quote(modulusLength)}`
    throw refusal('key-unsupported', what, message)
  }
  const publicExponent = Uint8Array.of(1, 0, 1)
  const parameters = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength, publicExponent }
  return crypto.subtle.generateKey(parameters, true, ['sign', 'verify'])
}

/** PKCS#8 leaves the curve out of the inner ECPrivateKey; on its own it must name it (RFC 5915, section 3). */
function toSec1(ecPrivateKey: Uint8Array, curve: Curve): Uint8Array {
  const [version, number, ...rest] = readDerChildren(readDer(ecPrivateKey))
  const point = rest.find(({ tag }) => tag === derTag.context1)
  return writeDer(
    derTag.sequence,
    writeUnsigned(unsignedOf(version)),
    writeDer(derTag.octetString, contentOf(number, derTag.octetString)),
    writeDer(derTag.context0, writeOid(curve.oid)),
    point?.bytes ?? new Uint8Array(),
  )
}
