// Which keys are to be published, out of those that the cluster shows, those that
// are published, and what the record says of them. Pure.
import type { Jwk, Jwks, SigningAlgorithm } from '@irsa/oidc-docs'
import type { Refusal, Value } from '@irsa/reconcile'
import type { PublishedKeys } from './desired.ts'
import { ISSUER } from './ids.ts'
import type { IssuerRecord } from './record.ts'
import { tombstones } from './record.ts'

/** What is more than a cluster needs is asked about before it is published. */
const MAX_NEW_KEYS = 2
const MAX_KEYS = 20
const MAX_BYTES = 64 * 1024

export interface KeyPolicyInput {
  /** What the cluster, or a file, shows now. */
  readonly listed: Jwks
  readonly published?: Jwks
  readonly record?: IssuerRecord
  /** Kids that the configuration bans. */
  readonly revokedKeys: readonly string[]
  readonly consent: KeyConsent
}

export interface KeyConsent {
  /** Published kids that nobody claims and that are to be kept nevertheless. */
  readonly acceptKeys?: readonly string[]
  /** Publish more keys than is usual. */
  readonly manyKeys?: boolean
  /** Let the issuer URL become another than the record says. */
  readonly newIssuer?: boolean
}

export interface KeyDecision {
  readonly keys: PublishedKeys
  readonly refusals: readonly Refusal[]
  /** Listed kids that are not published, and why. */
  readonly leftOut: readonly { readonly kid: string; readonly because: 'retired' | 'revoked' }[]
}

export function decideKeys(input: KeyPolicyInput): KeyDecision {
  const revoked = new Set(input.revokedKeys)
  const buried = new Set(tombstones(input.record))
  const isOut = ({ kid }: Jwk): boolean => revoked.has(kid) || buried.has(kid)
  const wanted = input.listed.keys.filter((key) => !isOut(key))
  const accepted = (input.published?.keys ?? []).filter(({ kid }) => input.consent.acceptKeys?.includes(kid))
  const members = [...wanted, ...accepted.filter(({ kid }) => !wanted.some((key) => key.kid === kid))]
  const all = [
    ...members,
    ...(input.published?.keys ?? []).filter(({ kid }) => !members.some((key) => key.kid === kid)),
  ]
  return {
    keys: {
      members: Object.fromEntries(members.map((key) => [key.kid, key as unknown as Value])),
      algorithms: [...new Set(all.map(({ alg }) => alg as SigningAlgorithm))].sort(),
    },
    refusals: [...foreignKeys(input), ...excess(input, members, all)],
    leftOut: input.listed.keys
      .filter(isOut)
      .map(({ kid }) => ({ kid, because: revoked.has(kid) ? 'revoked' : 'retired' })),
  }
}

/** A published key that no server lists and nobody of ours published: whoever put it there can hold every role. */
function foreignKeys({ listed, published, record, consent }: KeyPolicyInput): readonly Refusal[] {
  return (published?.keys ?? [])
    .filter(
      ({ kid }) =>
        !listed.keys.some((key) => key.kid === kid) &&
        record?.keys[kid] === undefined &&
        !consent.acceptKeys?.includes(kid),
    )
    .map(({ kid }) => ({
      code: 'foreign-key',
      resource: ISSUER.keys,
      message: `Cannot go on with the key "${kid}" in the published set: no API server lists it and the record does not know it, so whoever put it there can take every role that trusts this issuer`,
      fix: `Find out who wrote the object (its versions and CloudTrail's data events tell). If it is yours, run again with --accept-key ${kid}; if not, take it out with \`irsa keys withdraw ${kid}\` and treat every role as compromised.`,
    }))
}

function excess(input: KeyPolicyInput, members: readonly Jwk[], all: readonly Jwk[]): readonly Refusal[] {
  if (input.consent.manyKeys === true) return []
  const known = new Set([
    ...(input.published?.keys ?? []).map(({ kid }) => kid),
    ...Object.keys(input.record?.keys ?? {}),
  ])
  const fresh = members.filter(({ kid }) => !known.has(kid))
  const bytes = JSON.stringify({ keys: all }).length
  const excesses = [
    ...(fresh.length > MAX_NEW_KEYS ? [`${fresh.length} keys are new (more than ${MAX_NEW_KEYS})`] : []),
    ...(all.length > MAX_KEYS ? [`the set would have ${all.length} keys (more than ${MAX_KEYS})`] : []),
    ...(bytes > MAX_BYTES ? [`the set would have ${bytes} bytes (more than ${MAX_BYTES})`] : []),
  ]
  if (excesses.length === 0) return []
  return [
    {
      code: 'many-keys',
      resource: ISSUER.keys,
      message: `Cannot publish without asking: ${excesses.join('; ')}. A cluster that was taken over may show keys of others.`,
      fix: 'If the cluster really has so many, run again with --many-keys.',
    },
  ]
}
