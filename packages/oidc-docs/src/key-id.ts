// The key id that a Kubernetes API server gives to a key. It is not the JWK thumbprint of RFC 7638.

import { encodeBase64Url } from './base64.ts'
import { derTag, readDer, readDerChildren } from './der.ts'
import { refusal } from './error.ts'

/**
 * Computes the `kid` of a key exactly as a Kubernetes API server does: base64url without padding of the SHA-256 of
 * the key's DER-encoded SubjectPublicKeyInfo.
 *
 * The bytes are hashed as they are; they are what `openssl pkey -pubout -outform DER` and
 * `crypto.subtle.exportKey('spki', key)` give.
 *
 * @param spkiDer The SubjectPublicKeyInfo, DER.
 * @returns 43 characters.
 * @throws {OidcDocsError} `key-unreadable` when the bytes are no SubjectPublicKeyInfo.
 * @see RFC 5280, section 4.1; kubernetes/kubernetes, pkg/serviceaccount/jwt.go, keyIDFromPublicKey
 *
 * @example
 * ```ts
 * import { generateSigningKey, kubernetesKeyId } from '@irsa/oidc-docs'
 *
 * const { publicKeyPem, kid } = await generateSigningKey()
 * const base64 = publicKeyPem.split('\n').slice(1, -2).join('')
 * const spkiDer = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
 * console.log((await kubernetesKeyId(spkiDer)) === kid) // true
 * ```
 */
export async function kubernetesKeyId(spkiDer: Uint8Array): Promise<string> {
  try {
    const parts = readDerChildren(readDer(spkiDer)).map(({ tag }) => tag)
    if (parts.length !== 2 || parts[0] !== derTag.sequence || parts[1] !== derTag.bitString) {
      throw new RangeError('a sequence of an algorithm and a bit string is needed, found another')
    }
  } catch (cause) {
    throw refusal('key-unreadable', 'compute a key id', 'the DER bytes of a SubjectPublicKeyInfo are needed', { cause })
  }
  // The copy gives WebCrypto bytes that are not shared with another thread.
  return encodeBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(spkiDer))))
}
