// Finds the verification keys in what people keep keys in: PEM of every kind that Kubernetes and OpenSSL write, DER of a
// public key, certificates. A private key yields its public half. What is encrypted or of another kind is refused with
// the way out; no key material appears in a message.

import { decodeBase64Url } from './base64.ts'
import { contentOf, derTag, readDer, readDerChildren, unsignedOf, writeDer, writeUnsigned } from './der.ts'
import type { Curve } from './elliptic-curve.ts'
import { OidcDocsError, refusal } from './error.ts'
import { type PemBlock, readPem } from './pem.ts'
import {
  curveOf,
  ecPublicKey,
  namedCurve,
  type PublicKey,
  publicKeyFromPkcs1,
  publicKeyFromSpki,
  rsaPublicKey,
  unreadable,
  unsupported,
  writeAlgorithm,
} from './public-key.ts'

/** Reads every key of a PEM text, in order. */
export async function publicKeysFromPem(text: string): Promise<PublicKey[]> {
  // OpenSSL writes the parameters before a SEC1 key; they are repeated inside of it.
  const blocks = readPem(text).filter(({ label }) => label !== 'EC PARAMETERS')
  if (blocks.length === 0) throw unreadable('a PEM block is needed, found none')
  const keys: PublicKey[] = []
  for (const block of blocks) keys.push(await publicKeyFromBlock(block))
  return keys
}

/** Reads one DER-encoded SubjectPublicKeyInfo. */
export async function publicKeyFromDer(der: Uint8Array): Promise<PublicKey> {
  return readable('a DER-encoded SubjectPublicKeyInfo', () => publicKeyFromSpki(der))
}

/** Reads one DER-encoded certificate (RFC 5280, section 4.1). */
export function publicKeyFromCertificate(der: Uint8Array): PublicKey {
  const [signed] = readDerChildren(readDer(der))
  const fields = readDerChildren(signed)
  // version [0] is left out of certificates of the first version.
  const spki = fields[fields[0]?.tag === derTag.context0 ? 6 : 5]
  if (spki === undefined) throw new RangeError('a public key in the certificate is needed, found none')
  return publicKeyFromSpki(spki.bytes)
}

async function publicKeyFromBlock({ label, bytes, encrypted }: PemBlock): Promise<PublicKey> {
  // Of a broken block key material may stand where the label should.
  const what = /^[A-Z0-9 ]{1,40}$/.test(label) ? `a PEM block "${label}"` : 'a PEM block of unknown label'
  if (encrypted || label === 'ENCRYPTED PRIVATE KEY') {
    throw refusal('key-encrypted', 'read the key', 'a key without passphrase is needed, found an encrypted one', {
      fix: 'Kubernetes reads no encrypted keys either. Hand in the public half: openssl pkey -in KEY -pubout',
    })
  }
  if (bytes === undefined) throw unreadable(`${what} of whole base64 with an end line is needed, found another`)
  switch (label) {
    case 'PUBLIC KEY':
      return readable(what, () => publicKeyFromSpki(bytes))
    case 'RSA PUBLIC KEY':
      return readable(what, () => publicKeyFromPkcs1(bytes))
    case 'CERTIFICATE':
    case 'X509 CERTIFICATE':
      return readable(what, () => publicKeyFromCertificate(bytes))
    case 'RSA PRIVATE KEY':
      return readable(what, () => publicKeyFromPkcs1Private(bytes))
    case 'EC PRIVATE KEY':
      return readable(what, () => publicKeyFromSec1(bytes, undefined))
    case 'PRIVATE KEY':
      return readable(what, () => publicKeyFromPkcs8(bytes))
    case 'OPENSSH PRIVATE KEY':
      throw refusal('key-unsupported', 'use the key', 'a key in PKCS#8, PKCS#1 or SEC1 is needed, found OpenSSH', {
        fix: 'Convert it: ssh-keygen -p -m PEM -f KEY',
      })
    default:
      throw unsupported(`a key or a certificate is needed, found ${what}`)
  }
}

/** Runs a reader and turns what DER throws into an error of this package. */
async function readable(what: string, read: () => PublicKey | Promise<PublicKey>): Promise<PublicKey> {
  try {
    return await read()
  } catch (cause) {
    if (cause instanceof OidcDocsError) throw cause
    throw unreadable(`${what} with a key inside is needed, found broken bytes`, undefined, cause)
  }
}

/** Reads an RSAPrivateKey (RFC 8017, appendix A.1.2). */
function publicKeyFromPkcs1Private(der: Uint8Array): PublicKey {
  const [, n, e] = readDerChildren(readDer(der))
  return rsaPublicKey(unsignedOf(n), unsignedOf(e))
}

/** Reads a PrivateKeyInfo (RFC 5958, section 2). */
async function publicKeyFromPkcs8(der: Uint8Array): Promise<PublicKey> {
  const [, algorithm, inner] = readDerChildren(readDer(der))
  const curve = curveOf(algorithm)
  const key = contentOf(inner, derTag.octetString)
  return curve === undefined ? publicKeyFromPkcs1Private(key) : publicKeyFromSec1(key, curve)
}

/**
 * Reads an ECPrivateKey (RFC 5915, section 3). The public point is computed from the private number, as the API server
 * does; the point that the file may carry beside it is believed only by engines that cannot compute it.
 */
async function publicKeyFromSec1(der: Uint8Array, outerCurve: Curve | undefined): Promise<PublicKey> {
  const [version, number, ...rest] = readDerChildren(readDer(der))
  const parameters = rest.find(({ tag }) => tag === derTag.context0)
  const curve = outerCurve ?? namedCurve(readDerChildren(parameters, derTag.context0)[0])
  const privateNumber = contentOf(number, derTag.octetString)
  const padded = new Uint8Array(Math.max(curve.coordinateBytes, privateNumber.length))
  padded.set(privateNumber, padded.length - privateNumber.length)
  const head = [writeUnsigned(unsignedOf(version)), writeDer(derTag.octetString, padded)]
  const point = rest.find(({ tag }) => tag === derTag.context1)
  const { x = '', y = '' } = await exportPublicHalf(curve, writeDer(derTag.sequence, ...head)).catch(
    async (cause: unknown) => {
      if (point === undefined) throw cause
      return exportPublicHalf(curve, writeDer(derTag.sequence, ...head, point.bytes))
    },
  )
  return ecPublicKey(curve, decodeBase64Url(x) ?? new Uint8Array(), decodeBase64Url(y) ?? new Uint8Array())
}

async function exportPublicHalf(curve: Curve, sec1: Uint8Array): Promise<{ x?: string; y?: string }> {
  const pkcs8 = writeDer(
    derTag.sequence,
    writeUnsigned(new Uint8Array()),
    writeAlgorithm(curve),
    writeDer(derTag.octetString, sec1),
  )
  const algorithm = { name: 'ECDSA', namedCurve: curve.name }
  const { x, y } = await crypto.subtle.exportKey(
    'jwk',
    await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
  )
  return { ...(x === undefined ? {} : { x }), ...(y === undefined ? {} : { y }) }
}
