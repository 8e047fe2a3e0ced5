// Makes key sets from keys, reads published ones and writes them as bytes. Never emits a private member, never corrects
// anything without saying so.

import { algorithmsOf } from './algorithm.ts'
import { OidcDocsError, refusal } from './error.ts'
import type { Finding } from './finding.ts'
import { inspectJwks, type JwksFindingCode } from './inspect-jwks.ts'
import { isJsonObject, type JsonObject } from './json.ts'
import { type Jwk, type Jwks, jwkOf, publicKeyFromJwk } from './jwk.ts'
import { publicKeyFromDer, publicKeysFromPem } from './key-file.ts'
import { kubernetesKeyId } from './key-id.ts'
import { addKeys, readKeys } from './merge-jwks.ts'
import { type PublicKey, spkiOf, unreadable, unsupported } from './public-key.ts'
import { kindOf, quote } from './quote.ts'

/** Anything with the `export` of Node's `KeyObject`: public, or private, of which the public half is taken. */
export interface KeyObjectLike {
  export(options: { format: 'jwk' }): unknown
}

/** A WebCrypto `CryptoKey`, which must be extractable. */
export interface CryptoKeyLike {
  readonly type: string
  readonly extractable: boolean
  readonly algorithm: object
  readonly usages: readonly string[]
}

/**
 * A key in any form: PEM text (one or several PKIX public keys, PKCS#1, PKCS#8, SEC1, certificates), the text or object
 * of a JWK or a JWKS, the bytes of such a text, the DER bytes of a SubjectPublicKeyInfo, a `KeyObject`, a `CryptoKey`.
 */
export type KeyInput = string | Uint8Array | KeyObjectLike | CryptoKeyLike | JsonObject

/** Options of {@link createJwks}. */
export interface CreateJwksOptions {
  /**
   * Whose key ids the tokens carry. `kubernetes` (default): an API server with key files, whose kid follows from the
   * key; a JWK with another `kid` is refused. `as-given`: an external signer, which names its keys itself.
   */
  readonly keyIds?: 'kubernetes' | 'as-given'
}

/** What {@link parseJwks} read. */
export interface ParsedJwks {
  /** The key set in the form in which this package publishes it. */
  readonly jwks: Jwks
  /** The kids that are not the Kubernetes key id of their key: those of an external signer, or a mistake. */
  readonly mismatchedKids: readonly string[]
  /** What was left out or filled in to get `jwks`, and what else is odd. Paths point into the input. */
  readonly findings: readonly Finding<JwksFindingCode>[]
}

// Named after its use, because the type's own name is declared only where there are types of a browser.
type WebCryptoKey = Parameters<typeof crypto.subtle.exportKey>[1]

const maximumInputCharacters = 1_048_576

/**
 * Makes the key set that verifies what the given keys sign, with the key ids that a Kubernetes API server computes.
 *
 * A private key yields its public half. The order of the input stays; a key that is given twice appears once. RSA keys
 * get `RS256`, EC keys the algorithm of their curve, as the API server does; a JWK's own `RS384` or `RS512` is kept.
 *
 * @param keys 1 or more keys, each of which may be a file of several. Every certificate counts as a key: leave the
 *   authorities of a chain out.
 * @param options Whose key ids to use.
 * @returns 1 to 200 keys: at most 100 RSA and 100 EC.
 * @throws {OidcDocsError} `key-unreadable`, `key-encrypted`, `key-unsupported` (RSA below 2048 bits, Ed25519, other
 *   curves), `kid-not-from-key`, `kid-conflict`, `jwks-too-large`, `jwks-empty`. Paths are positions in `keys`. No
 *   message holds key material.
 * @see RFC 7517, section 5; kubernetes/kubernetes, pkg/serviceaccount/jwt.go
 *
 * @example
 * ```ts
 * import { createJwks, generateSigningKey } from '@irsa/oidc-docs'
 *
 * const { privateKeyPem, kid } = await generateSigningKey({ algorithm: 'ES256' })
 * const jwks = await createJwks([privateKeyPem])
 * console.log(Object.keys(jwks.keys[0] ?? {})) // [ 'kty', 'kid', 'alg', 'use', 'crv', 'x', 'y' ]
 * console.log(jwks.keys[0]?.kid === kid) // true
 * ```
 */
export async function createJwks(keys: readonly KeyInput[], options: CreateJwksOptions = {}): Promise<Jwks> {
  const what = 'make a key set'
  if (!Array.isArray(keys)) throw refusal('key-unreadable', what, `a list of keys is needed, found ${kindOf(keys)}`)
  const problems: { readonly code: OidcDocsError['code']; readonly problem: Finding; readonly cause: unknown }[] = []
  const found: Jwk[] = []
  for (const [index, key] of (keys as readonly KeyInput[]).entries()) {
    try {
      found.push(...(await readKeyInput(key, options.keyIds ?? 'kubernetes')))
    } catch (cause) {
      if (!(cause instanceof OidcDocsError)) throw cause
      for (const problem of cause.problems) {
        problems.push({ code: cause.code, problem: { ...problem, path: `/${index}${problem.path}` }, cause })
      }
    }
  }
  const [first] = problems
  if (first !== undefined) {
    throw new OidcDocsError(
      first.code,
      what,
      problems.map(({ problem }) => problem),
      { cause: first.cause },
    )
  }
  if (found.length === 0) throw refusal('jwks-empty', what, 'at least one key is needed, found none')
  return addKeys(what, [], found).jwks
}

/**
 * Reads a published key set, of whatever origin, into the form in which this package publishes it.
 *
 * Refused: anything private or symmetric, keys that cannot be read or that STS does not take, keys without `kid` or for
 * another use, two keys under one `kid`, an empty set, more than 100 keys of a type. Mended and reported: `key_ops` and
 * other members that do not belong there are left out, a missing `use` is `sig`, a missing or impossible `alg` is the
 * one that the API server would use, a key that is repeated is kept once. No `kid` is ever changed.
 *
 * @param input JSON text of at most 1 MiB characters, or the object.
 * @returns The set, what was mended in it, and the kids that Kubernetes would not have given.
 * @throws {OidcDocsError} `jwks-private` when there is private key material, before anything else; `jwks-empty`;
 *   `jwks-invalid`. With every problem; paths point into the input.
 * @see RFC 7517, sections 4 and 5; AWS IAM User Guide, Create an OpenID Connect (OIDC) identity provider in IAM
 *
 * @example
 * ```ts
 * import { createJwks, generateSigningKey, parseJwks, serializeJwks } from '@irsa/oidc-docs'
 *
 * const { publicKeyPem } = await generateSigningKey({ algorithm: 'ES256' })
 * const published = serializeJwks(await createJwks([publicKeyPem]))
 * const { jwks, mismatchedKids, findings } = await parseJwks(published)
 * console.log(serializeJwks(jwks) === published, mismatchedKids, findings) // true [] []
 * ```
 */
export async function parseJwks(input: string | object): Promise<ParsedJwks> {
  const { keys, mismatchedKids, findings } = await inspectJwks(input)
  const problems = findings.filter(({ code, severity }) => severity === 'error' && code !== 'key-ops')
  if (problems.length > 0) {
    const leaks = problems.filter(({ code }) => code === 'private-member')
    const others = problems.filter(({ code }) => code !== 'private-member')
    const code = leaks.length > 0 ? 'jwks-private' : others[0]?.code === 'jwks-empty' ? 'jwks-empty' : 'jwks-invalid'
    throw new OidcDocsError(code, 'use the key set', [...leaks, ...others])
  }
  return { jwks: { keys }, mismatchedKids, findings }
}

/**
 * Writes a key set as the bytes to publish: the same set always gives the same text.
 *
 * @param jwks A set of 1 or more keys. Only the members of {@link Jwk} are written.
 * @returns JSON with two spaces of indentation and a line feed at its end, ASCII only as long as the kids are.
 * @throws {OidcDocsError} `jwks-empty`; `jwks-private`, `jwks-invalid` for objects that no function of this package made.
 * @see RFC 7517, section 5
 *
 * @example
 * ```ts
 * import { createJwks, generateSigningKey, serializeJwks } from '@irsa/oidc-docs'
 *
 * const { publicKeyPem } = await generateSigningKey({ algorithm: 'ES256' })
 * const text = serializeJwks(await createJwks([publicKeyPem]))
 * console.log(text.startsWith('{\n  "keys": [\n    {\n      "kty": "EC",\n')) // true
 * ```
 */
export function serializeJwks(jwks: Jwks): string {
  const what = 'write the key set'
  return `${JSON.stringify(addKeys(what, [], readKeys(what, jwks)).jwks, undefined, 2)}\n`
}

async function readKeyInput(input: KeyInput, keyIds: 'kubernetes' | 'as-given'): Promise<Jwk[]> {
  if (typeof input === 'string') return readKeyText(input, keyIds)
  if (input instanceof Uint8Array) {
    // 0x30 opens every DER structure and is the digit zero as text, which opens no PEM and no JSON object.
    if (input[0] === 0x30) return [await toJwk(await publicKeyFromDer(input))]
    return readKeyText(new TextDecoder().decode(input), keyIds)
  }
  if (!isJsonObject(input)) throw unreadable(`a key is needed, found ${kindOf(input)}`)
  if (typeof input['export'] === 'function') return [await readKeyObject(input as unknown as KeyObjectLike)]
  if ('extractable' in input) return [await readCryptoKey(input as unknown as CryptoKeyLike)]
  return readJwkInput(input, keyIds)
}

async function readKeyText(text: string, keyIds: 'kubernetes' | 'as-given'): Promise<Jwk[]> {
  if (text.length > maximumInputCharacters) {
    throw unreadable(`a file of at most ${maximumInputCharacters} characters is needed, found ${text.length}`)
  }
  if (/^\s*\{/.test(text)) {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      // The parser's message quotes the text, which may be a private key.
      throw unreadable('a JSON object is needed, found text that only begins like one')
    }
    return readJwkInput(value as JsonObject, keyIds)
  }
  const keys = await publicKeysFromPem(text)
  return Promise.all(keys.map((key) => toJwk(key)))
}

async function readJwkInput(input: JsonObject, keyIds: 'kubernetes' | 'as-given'): Promise<Jwk[]> {
  const entries: unknown = input['keys']
  if (!Array.isArray(entries)) return [await readJwkObject(input, keyIds)]
  return Promise.all(entries.map((entry: unknown) => readJwkObject(isJsonObject(entry) ? entry : {}, keyIds)))
}

async function readJwkObject(jwk: JsonObject, keyIds: 'kubernetes' | 'as-given'): Promise<Jwk> {
  const { kid, alg, use } = jwk
  if (use !== undefined && use !== 'sig') throw unsupported(`a JWK of use "sig" is needed, found ${quote(use)}`)
  const key = publicKeyFromJwk(jwk)
  const own = await toJwk(key)
  const kept = algorithmsOf(key).find((algorithm) => algorithm === alg)
  if (alg !== undefined && kept === undefined) {
    throw unsupported(`a JWK of alg ${algorithmsOf(key).join(', ')} is needed, found ${quote(alg)}`)
  }
  if (kid !== undefined && kid !== own.kid && keyIds === 'kubernetes') {
    const message = `the kid ${own.kid} that Kubernetes computes from this key is needed, found ${quote(kid)}`
    const fix = 'Leave the "kid" out; or, when an external signer names its keys itself, pass { keyIds: "as-given" }'
    throw refusal('kid-not-from-key', 'name the key', message, { path: '/kid', fix })
  }
  if (kid !== undefined && (typeof kid !== 'string' || kid === '')) {
    throw unreadable(`a JWK with a text as kid is needed, found ${kindOf(kid)}`)
  }
  return jwkOf(key, kid ?? own.kid, kept ?? own.alg)
}

async function readKeyObject(key: KeyObjectLike): Promise<Jwk> {
  let jwk: unknown
  try {
    jwk = key.export({ format: 'jwk' })
  } catch (cause) {
    throw unreadable('a key object that can be exported as JWK is needed, found another', undefined, cause)
  }
  return toJwk(publicKeyFromJwk(isJsonObject(jwk) ? jwk : {}))
}

async function readCryptoKey(key: CryptoKeyLike): Promise<Jwk> {
  if (!key.extractable) throw unreadable('an extractable CryptoKey is needed, found one that is not')
  let jwk: unknown
  try {
    jwk = await crypto.subtle.exportKey('jwk', key as WebCryptoKey)
  } catch (cause) {
    throw unreadable('a CryptoKey that can be exported as JWK is needed, found another', undefined, cause)
  }
  return toJwk(publicKeyFromJwk(jwk as JsonObject))
}

async function toJwk(key: PublicKey): Promise<Jwk> {
  return jwkOf(key, await kubernetesKeyId(spkiOf(key)), algorithmsOf(key)[0])
}
