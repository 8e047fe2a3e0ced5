// Everything that can be noticed about a key set, as findings, and the keys in the form in which we would publish them.
// The one place that knows what a good key set is: parsing and checking both ask here.

import { algorithmsOf, type SigningAlgorithm } from './algorithm.ts'
import { decodeBase64 } from './base64.ts'
import { OidcDocsError } from './error.ts'
import type { Finding, Severity } from './finding.ts'
import { isJsonObject, type JsonObject, readJson } from './json.ts'
import { isSameKey, type Jwk, jwkOf, privateMembers, publicKeyFromJwk } from './jwk.ts'
import { publicKeyFromCertificate } from './key-file.ts'
import { kubernetesKeyId } from './key-id.ts'
import { type PublicKey, spkiOf } from './public-key.ts'
import { kindOf, quote } from './quote.ts'

/** What can be found in a key set. */
export type JwksFindingCode =
  | 'alg-mismatch'
  | 'alg-missing'
  | 'certificate-mismatch'
  | 'certificate-only'
  | 'extra-member'
  | 'jwks-empty'
  | 'jwks-too-large'
  | 'jwks-unreadable'
  | 'key-malformed'
  | 'key-ops'
  | 'key-repeated'
  | 'key-unsupported'
  | 'kid-duplicate'
  | 'kid-missing'
  | 'kid-not-from-key'
  | 'private-member'
  | 'use-missing'
  | 'use-not-sig'

/** A key set as it was understood. */
export interface JwksInspection {
  /** The keys that could be read, without repetition, as we would publish them. */
  readonly keys: readonly Jwk[]
  /** The kids that are not the Kubernetes key id of their key. */
  readonly mismatchedKids: readonly string[]
  readonly findings: readonly Finding<JwksFindingCode>[]
}

/** AWS: an identity provider's key set holds at most 100 RSA and 100 EC keys. */
export const maximumKeysPerType = 100
const maximumKidCharacters = 1024

const publishedMembers = ['kty', 'kid', 'alg', 'use', 'n', 'e', 'crv', 'x', 'y']

type Add = (code: JwksFindingCode, severity: Severity, path: string, message: string, fix?: string) => void

/** Reads a key set from JSON text or an object and notes everything about it. Throws nothing. */
export async function inspectJwks(input: unknown): Promise<JwksInspection> {
  const findings: Finding<JwksFindingCode>[] = []
  const add: Add = (code, severity, path, message, fix) => {
    findings.push({ code, severity, path, message, ...(fix === undefined ? {} : { fix }) })
  }
  const read = readJson(input)
  const value = 'value' in read ? read.value : undefined
  const entries = isJsonObject(value) ? value['keys'] : undefined
  if (!('value' in read)) {
    add('jwks-unreadable', 'error', '', `a JSON key set of up to 1 MiB is needed, found ${read.found}`)
  } else if (!Array.isArray(entries)) {
    const found = isJsonObject(value) ? `"keys" being ${kindOf(entries)}` : kindOf(value)
    add('jwks-unreadable', 'error', '', `a JSON object with a list "keys" is needed, found ${found}`)
  } else if (entries.length === 0) {
    add('jwks-empty', 'error', '/keys', 'at least one key is needed, found none')
  }
  if (!Array.isArray(entries)) return { keys: [], mismatchedKids: [], findings }

  const keys: Jwk[] = []
  const mismatchedKids: string[] = []
  for (const [index, entry] of entries.entries()) {
    const path = `/keys/${index}`
    const key = await inspectKey(entry, path, add)
    if (key === undefined) continue
    const { jwk, isKubernetesKid } = key
    const earlier = keys.find(({ kid }) => kid === jwk.kid)
    if (earlier !== undefined && isSameKey(earlier, jwk)) {
      add('key-repeated', 'info', path, `each key once is needed, found the key ${quote(jwk.kid)} again`)
      continue
    }
    if (earlier !== undefined) {
      const fix = 'Give each key its own kid: of two, STS knows only the last'
      add('kid-duplicate', 'error', `${path}/kid`, `one key per kid is needed, found two under ${quote(jwk.kid)}`, fix)
    }
    keys.push(jwk)
    if (!isKubernetesKid && !mismatchedKids.includes(jwk.kid)) mismatchedKids.push(jwk.kid)
  }
  for (const { kty, count } of overfullTypes(keys)) {
    add('jwks-too-large', 'error', '/keys', `at most ${maximumKeysPerType} ${kty} keys are needed, found ${count}`)
  }
  return { keys, mismatchedKids, findings }
}

/** The key types of which a set has more than STS reads. */
export function overfullTypes(keys: readonly Jwk[]): { readonly kty: string; readonly count: number }[] {
  return ['RSA', 'EC']
    .map((kty) => ({ kty, count: keys.filter((key) => key.kty === kty).length }))
    .filter(({ count }) => count > maximumKeysPerType)
}

async function inspectKey(
  entry: unknown,
  path: string,
  add: Add,
): Promise<{ jwk: Jwk; isKubernetesKid: boolean } | undefined> {
  if (!isJsonObject(entry)) {
    add('key-malformed', 'error', path, `a JWK object is needed, found ${kindOf(entry)}`)
    return undefined
  }
  inspectMembers(entry, path, add)
  const key = inspectPublicKey(entry, path, add)
  const kid = entry['kid']
  const hasKid = typeof kid === 'string' && kid !== '' && kid.length <= maximumKidCharacters
  if (!hasKid) {
    const found = typeof kid === 'string' ? `${kid.length}` : kindOf(kid)
    add(
      'kid-missing',
      'error',
      `${path}/kid`,
      `a kid of 1 to ${maximumKidCharacters} characters is needed, found ${found}`,
    )
  }
  if (key === undefined) return undefined
  inspectCertificates(entry, key, path, add)
  const alg = inspectAlgorithm(entry, key, path, add)
  if (!hasKid) return undefined
  const ownKid = await kubernetesKeyId(spkiOf(key))
  if (kid !== ownKid) {
    const fix = 'Expected with an external signer only: an API server with key files writes the first into its tokens'
    const message = `the kid ${ownKid} that Kubernetes computes from this key is needed, found ${quote(kid)}`
    add('kid-not-from-key', 'warning', `${path}/kid`, message, fix)
  }
  return { jwk: jwkOf(key, kid, alg), isKubernetesKid: kid === ownKid }
}

function inspectMembers(entry: JsonObject, path: string, add: Add): void {
  for (const member of Object.keys(entry)) {
    const at = `${path}/${member.replace(/~/g, '~0').replace(/\//g, '~1')}`
    if (privateMembers.includes(member)) {
      const fix = 'Treat the key as stolen: take the document down, make a new key and replace this one'
      add('private-member', 'error', at, `public members only are needed, found the PRIVATE member "${member}"`, fix)
    } else if (member === 'key_ops') {
      const fix = 'Leave "key_ops" out: "use" says enough'
      add('key-ops', 'error', at, 'a key without "key_ops" is needed, found it: STS refuses the key for it', fix)
    } else if (!publishedMembers.includes(member)) {
      add('extra-member', 'info', at, `only kty, kid, alg, use and the key itself are needed, found ${quote(member)}`)
    }
  }
  const use = entry['use']
  if (use === undefined) add('use-missing', 'info', path, '"use": "sig" is needed, found no "use"')
  else if (use !== 'sig') {
    add('use-not-sig', 'error', `${path}/use`, `"use": "sig" is needed, found ${quote(use)}: STS ignores the key`)
  }
}

function inspectPublicKey(entry: JsonObject, path: string, add: Add): PublicKey | undefined {
  if (entry['x5c'] !== undefined && entry['n'] === undefined && entry['x'] === undefined) {
    const fix = 'Write the key itself beside the certificate, or instead of it'
    add('certificate-only', 'error', path, 'the numbers of the key are needed, found only its certificate', fix)
    return undefined
  }
  try {
    return publicKeyFromJwk(entry)
  } catch (cause) {
    if (!(cause instanceof OidcDocsError)) throw cause
    const code = cause.code === 'key-unsupported' ? 'key-unsupported' : 'key-malformed'
    for (const { message, fix } of cause.problems) add(code, 'error', path, message, fix)
    return undefined
  }
}

function inspectAlgorithm(entry: JsonObject, key: PublicKey, path: string, add: Add): SigningAlgorithm {
  const [first, ...others] = algorithmsOf(key)
  const alg = entry['alg']
  const known = [first, ...others].find((algorithm) => algorithm === alg)
  if (alg === undefined) add('alg-missing', 'info', path, `"alg": "${first}" is needed, found no "alg"`)
  else if (known === undefined) {
    add('alg-mismatch', 'warning', `${path}/alg`, `"${first}" is needed for this key, found ${quote(alg)}`)
  }
  return known ?? first
}

function inspectCertificates(entry: JsonObject, key: PublicKey, path: string, add: Add): void {
  const chain = entry['x5c']
  if (chain === undefined) return
  const first: unknown = Array.isArray(chain) ? chain[0] : undefined
  const der = typeof first === 'string' ? decodeBase64(first) : undefined
  try {
    const certified = der === undefined ? undefined : spkiOf(publicKeyFromCertificate(der))
    if (certified !== undefined && certified.join() === spkiOf(key).join()) return
  } catch {
    // A certificate that cannot be read agrees with nothing.
  }
  const fix = 'Leave "x5c" out'
  add(
    'certificate-mismatch',
    'error',
    `${path}/x5c`,
    'a first certificate of the same key is needed, found another',
    fix,
  )
}
