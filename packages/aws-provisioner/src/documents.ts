// The three documents of an issuer as kinds: discovery document, key set, record.
// All are written by compare-and-swap, whatever store they are kept in.
import { mergeJwks, OidcDocsError, parseJwks, serializeJwks } from '@irsa/oidc-docs'
import type { Jwk, Jwks } from '@irsa/oidc-docs'
import type { Attributes, Observed, Resource, Step, Value } from '@irsa/reconcile'
import type { AwsContext } from './context.ts'
import type { DocumentStore, StoredDocument } from './document-store.ts'
import { ProvisionerError } from './error.ts'
import type { KindOperations } from './operations.ts'
import { absent } from './operations.ts'
import { ownershipByMark } from './ownership.ts'
import { claimKeys, emptyRecord, parseRecord, serializeRecord, tombstones } from './record.ts'

/** Two runs can be in each other's way only so often. */
const MAX_CONFLICTS = 20

export const discoveryDocument: KindOperations = {
  async observe({ published, owner }, resource) {
    const found = published.discovery
    if (found === undefined) return absent(resource)
    return observed(resource, found, owner, { body: found.body })
  },
  ensure: async (context, { attributes }) => {
    const key = String(attributes['key'])
    await compareAndSwap(context.store, key, attributes, () => String(attributes['body']))
    return { name: key }
  },
  remove,
}

export const keySet: KindOperations = {
  async observe(context, resource) {
    const { published, owner, store } = context
    const found = published.jwks
    if (found !== undefined)
      return { ...observed(resource, found, owner, {}), members: await readMembers(found, store) }
    // A set that was there and is gone was taken by somebody: it is put back, never begun anew.
    const [last] = resource.presence === 'absent' ? [] : await store.history(String(resource.attributes['key']))
    if (last === undefined) return absent(resource)
    return { ...absent(resource), state: 'lost', members: await readMembers(last, store) }
  },
  ensure: async (context, { attributes, members }) => {
    const key = String(attributes['key'])
    await publishMembers(context, key, attributes, members)
    return { name: key }
  },
  remove,
}

export const record: KindOperations = {
  async observe({ published, owner }, resource) {
    const found = published.record
    if (found === undefined) return absent(resource)
    const claimed = Object.keys(parseRecord(found.body).keys)
    return {
      ...observed(resource, found, owner, {}),
      attributes: {
        key: String(resource.attributes['key']),
        issuer: parseRecord(found.body).issuer,
        owner: found.owner ?? '',
      },
      members: Object.fromEntries(claimed.map((kid) => [kid, 'claimed'])),
    }
  },
  ensure: async (context, { attributes, members }) => {
    const key = String(attributes['key'])
    const issuer = String(attributes['issuer'])
    await compareAndSwap(context.store, key, { ...attributes, contentType: 'application/json' }, (present) => {
      const former = present === undefined ? emptyRecord(issuer) : parseRecord(present.body)
      const since = new Date(context.clock.now()).toISOString()
      return serializeRecord(
        claimKeys({ ...former, issuer }, Object.keys(members), { since, by: context.facts.caller }),
      )
    })
    return { name: key }
  },
  remove,
}

function observed(resource: Resource, found: StoredDocument, owner: string, attributes: Attributes): Observed {
  return {
    id: resource.id,
    state: 'present',
    attributes: {
      key: String(resource.attributes['key']),
      contentType: found.contentType ?? '',
      cacheControl: found.cacheControl ?? '',
      owner: found.owner ?? '',
      ...attributes,
    },
    outputs: { name: String(resource.attributes['key']) },
    ...ownershipByMark(found.owner, owner),
  }
}

/** @throws {ProvisionerError} when what is published is no key set, or holds private keys: nothing is merged into that. */
async function readMembers(found: StoredDocument, store: DocumentStore): Promise<Attributes> {
  const { keys } = await readJwks(found, store)
  return Object.fromEntries(keys.map((key) => [key.kid, key as unknown as Value]))
}

async function readJwks(found: StoredDocument, store: DocumentStore): Promise<Jwks> {
  try {
    return (await parseJwks(found.body)).jwks
  } catch (cause) {
    const isPrivate = cause instanceof OidcDocsError && cause.code === 'jwks-private'
    throw new ProvisionerError(
      'refused-keys',
      `Cannot use the key set that is published in ${store.location}: ${(cause as Error).message}`,
      {
        hint: isPrivate
          ? 'Its private keys are known to everybody now: revoke them, then publish a set without them.'
          : 'Restore an earlier version of the object; the bucket keeps them.',
        cause,
      },
    )
  }
}

/**
 * Merges the members into what is published, whoever else does so at the same time.
 * A set that is gone although there was one is put back first, without its tombstones.
 */
async function publishMembers(
  context: AwsContext,
  key: string,
  attributes: Attributes,
  members: Attributes,
): Promise<void> {
  const { store } = context
  const buried = tombstones(context.published.record && parseRecord(context.published.record.body))
  const wanted: Jwks = { keys: Object.values(members) as unknown as readonly Jwk[] }
  await compareAndSwap(store, key, attributes, async (present) => {
    const base = present ?? (await store.history(key))[0]
    const { keys } = base === undefined ? { keys: [] } : await readJwks(base, store)
    const kept = present === undefined ? keys.filter(({ kid }) => !buried.includes(kid)) : keys
    const { jwks, added } = mergeJwks({ keys: kept }, wanted)
    if (jwks.keys.length === 0) {
      throw new ProvisionerError('refused-keys', 'Cannot publish an empty key set: every token would be refused')
    }
    // Bytes that say the same stay as they are.
    return present !== undefined && added.length === 0 ? present.body : serializeJwks(jwks)
  })
}

/** Reads, makes the new content, writes if nobody wrote in between; begins again when somebody did. */
async function compareAndSwap(
  store: DocumentStore,
  key: string,
  headers: Attributes,
  content: (present: StoredDocument | undefined) => string | Promise<string>,
): Promise<void> {
  for (let attempt = 0; attempt < MAX_CONFLICTS; attempt++) {
    const present = await store.read(key)
    const body = await content(present)
    if (present !== undefined && isSame(present, body, headers)) return
    const result = await store.write(key, body, {
      contentType: String(headers['contentType']),
      ...(headers['cacheControl'] === undefined ? {} : { cacheControl: String(headers['cacheControl']) }),
      owner: String(headers['owner']),
      ifMatch: present?.etag ?? null,
    })
    if (result === 'written') return
  }
  throw new ProvisionerError(
    'conflict',
    `Cannot write ${key} in ${store.location}: others wrote it ${MAX_CONFLICTS} times in between`,
  )
}

function isSame(present: StoredDocument, body: string, headers: Attributes): boolean {
  return (
    present.body === body &&
    present.contentType === headers['contentType'] &&
    present.cacheControl === headers['cacheControl'] &&
    present.owner === headers['owner']
  )
}

async function remove({ store }: AwsContext, { attributes }: Step): Promise<undefined> {
  await store.remove(String(attributes['key']))
  return undefined
}
