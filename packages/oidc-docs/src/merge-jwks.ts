// Puts key sets together and takes keys out, by key id. A key set is a set whose order only serves the reader: what is
// there is never replaced, and the last key never leaves.

import { algorithmsOf } from './algorithm.ts'
import { OidcDocsError, refusal } from './error.ts'
import type { Finding } from './finding.ts'
import { maximumKeysPerType, overfullTypes } from './inspect-jwks.ts'
import { isJsonObject } from './json.ts'
import { isSameKey, type Jwk, type Jwks, jwkOf, privateMembers, publicKeyFromJwk } from './jwk.ts'
import { kindOf, quote } from './quote.ts'

/** What {@link mergeJwks} made. */
export interface MergedJwks {
  /** The keys of the first set, then the new ones of the second. */
  readonly jwks: Jwks
  /** The kids that the second set brought, in its order. Empty when there is nothing to write. */
  readonly added: readonly string[]
}

/**
 * Adds the keys of one set to another, by `kid`.
 *
 * Nothing is removed and nothing replaced; kids of external signers are kept as they are. Merging the same set again
 * adds nothing.
 *
 * @param published The set that is there: parsed, made, or `{ keys: [] }` when there is none.
 * @param additions The set to add.
 * @throws {OidcDocsError} `kid-conflict` when a `kid` names different keys; `jwks-too-large` for more than 100 RSA or
 *   100 EC keys; `jwks-empty` when both are empty; `jwks-private`, `jwks-invalid` for sets that did not come from
 *   {@link parseJwks} or {@link createJwks}.
 * @see RFC 7517, section 4.5
 *
 * @example
 * ```ts
 * import { createJwks, generateSigningKey, mergeJwks } from '@irsa/oidc-docs'
 *
 * const [today, tomorrow] = [await generateSigningKey(), await generateSigningKey({ algorithm: 'ES256' })]
 * const published = await createJwks([today.publicKeyPem])
 * const { jwks, added } = mergeJwks(published, await createJwks([today.publicKeyPem, tomorrow.publicKeyPem]))
 * console.log(jwks.keys.length) // 2
 * console.log(added[0] === tomorrow.kid, added.length) // true 1
 * ```
 */
export function mergeJwks(published: Jwks, additions: Jwks): MergedJwks {
  const what = 'merge the key sets'
  return addKeys(what, readKeys(what, published), readKeys(what, additions))
}

/**
 * Takes one key out of a set. Whether it may go is for the caller to know.
 *
 * @param jwks The set.
 * @param kid The key id of the key to take out.
 * @returns The other keys, in their order: 1 or more.
 * @throws {OidcDocsError} `kid-unknown` when no key has it; `jwks-empty` when it is the only one: whoever published an
 *   empty set would refuse every token. `jwks-private`, `jwks-invalid` as for {@link mergeJwks}.
 *
 * @example
 * ```ts
 * import { createJwks, generateSigningKey, withoutKey } from '@irsa/oidc-docs'
 *
 * const [old, current] = [await generateSigningKey(), await generateSigningKey()]
 * const jwks = await createJwks([old.publicKeyPem, current.publicKeyPem])
 * console.log(withoutKey(jwks, old.kid).keys[0]?.kid === current.kid) // true
 * ```
 */
export function withoutKey(jwks: Jwks, kid: string): Jwks {
  const what = `take the key ${quote(kid)} out`
  const { keys } = addKeys(what, [], readKeys(what, jwks)).jwks
  const rest = keys.filter((key) => key.kid !== kid)
  if (rest.length === keys.length) {
    throw refusal('kid-unknown', what, `one of ${keys.map((key) => quote(key.kid)).join(', ')} is needed`)
  }
  if (rest.length === 0) throw refusal('jwks-empty', what, 'a set of at least one other key is needed, found none')
  return { keys: rest }
}

/** Adds keys to keys, holding every one of them to the published form. */
export function addKeys(what: string, published: readonly Jwk[], additions: readonly Jwk[]): MergedJwks {
  const keys: Jwk[] = []
  const added: string[] = []
  const conflicts: Finding[] = []
  for (const [index, given] of [...published, ...additions].entries()) {
    const isAddition = index >= published.length
    const path = `/keys/${isAddition ? index - published.length : index}`
    const key = publishable(what, given, path)
    const present = keys.find(({ kid }) => kid === key.kid)
    if (present === undefined) {
      keys.push(key)
      if (isAddition) added.push(key.kid)
    } else if (!isSameKey(present, key)) {
      const message = `one key per kid is needed, found another key under ${quote(key.kid)}`
      conflicts.push({ code: 'kid-conflict', severity: 'error', path: `${path}/kid`, message })
    }
  }
  if (conflicts.length > 0) throw new OidcDocsError('kid-conflict', what, conflicts)
  const [overfull] = overfullTypes(keys)
  if (overfull !== undefined) {
    const message = `at most ${maximumKeysPerType} ${overfull.kty} keys are needed, found ${overfull.count}`
    throw refusal('jwks-too-large', what, message, { path: '/keys' })
  }
  if (keys.length === 0) throw refusal('jwks-empty', what, 'at least one key is needed, found none', { path: '/keys' })
  return { jwks: { keys }, added }
}

/** The keys of what should be a key set. */
export function readKeys(what: string, jwks: Jwks): readonly Jwk[] {
  const keys: unknown = isJsonObject(jwks) ? jwks.keys : undefined
  if (Array.isArray(keys)) return keys as readonly Jwk[]
  throw refusal('jwks-invalid', what, `a key set with a list "keys" is needed, found ${kindOf(keys)}`)
}

function publishable(what: string, jwk: Jwk, path: string): Jwk {
  const leaked = isJsonObject(jwk) ? privateMembers.find((member) => member in jwk) : undefined
  if (leaked !== undefined) {
    const message = `public members only are needed, found the PRIVATE member "${leaked}"`
    throw refusal('jwks-private', what, message, { path: `${path}/${leaked}` })
  }
  const needed = 'a key that parseJwks or createJwks gave is needed'
  if (!isJsonObject(jwk) || typeof jwk.kid !== 'string' || jwk.kid === '') {
    throw refusal('jwks-invalid', what, `${needed}, found another`, { path })
  }
  try {
    const key = publicKeyFromJwk({ ...jwk })
    const alg = algorithmsOf(key).find((algorithm) => algorithm === jwk.alg)
    if (alg !== undefined) return jwkOf(key, jwk.kid, alg)
  } catch (cause) {
    throw refusal('jwks-invalid', what, `${needed}, found another`, { path, cause })
  }
  throw refusal('jwks-invalid', what, `${needed}, found alg ${quote(jwk.alg)}`, { path: `${path}/alg` })
}
