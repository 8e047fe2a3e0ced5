// The signature algorithms that AWS STS verifies, and which of them a key can be used with.

import { refusal } from './error.ts'
import { kindOf, quote } from './quote.ts'
import type { PublicKey } from './public-key.ts'

/**
 * A JWS algorithm (RFC 7518, section 3.1) that AWS STS verifies. A Kubernetes API server signs with RS256, ES256, ES384
 * and ES512 only; RS384 and RS512 come from other signers.
 *
 * @see AWS STS API Reference, AssumeRoleWithWebIdentity, `WebIdentityToken`
 */
export type SigningAlgorithm = 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512'

/** The algorithms, sorted as an API server sorts them. */
export const signingAlgorithms: readonly SigningAlgorithm[] = ['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512']

/** The algorithms that a key can be used with; the first is the one that a Kubernetes API server uses. */
export function algorithmsOf(key: PublicKey): readonly [SigningAlgorithm, ...SigningAlgorithm[]] {
  return key.kty === 'RSA' ? ['RS256', 'RS384', 'RS512'] : [key.curve.algorithm]
}

/** Sorts algorithms and drops repeated ones; refuses an empty list and what STS does not verify. */
export function sortAlgorithms(algorithms: readonly SigningAlgorithm[]): SigningAlgorithm[] {
  const what = 'announce signing algorithms'
  const needed = `a list of ${signingAlgorithms.join(', ')} is needed`
  if (!Array.isArray(algorithms)) throw refusal('algorithm-unsupported', what, `${needed}, found ${kindOf(algorithms)}`)
  if (algorithms.length === 0) throw refusal('algorithm-unsupported', what, `${needed}, found an empty one`)
  const foreign = algorithms.findIndex((algorithm) => !signingAlgorithms.includes(algorithm))
  if (foreign !== -1) {
    throw refusal('algorithm-unsupported', what, `${needed}, found ${quote(algorithms[foreign])}`, {
      path: `/${foreign}`,
    })
  }
  return signingAlgorithms.filter((known) => algorithms.includes(known))
}
