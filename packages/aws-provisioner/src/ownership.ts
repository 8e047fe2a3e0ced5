// Whose a resource is, by its mark.
import type { Attributes, Observed, Resource } from '@irsa/reconcile'
import { OWNER_TAG } from './names.ts'

type Tags = Readonly<Record<string, string>>

/** By the tag that marks it. */
export function ownershipByTags(tags: Tags, owner: string): Pick<Observed, 'ownership' | 'owner'> {
  return ownershipByMark(tags[OWNER_TAG], owner)
}

export function ownershipByMark(mark: string | undefined, owner: string): Pick<Observed, 'ownership' | 'owner'> {
  if (mark === undefined) return { ownership: 'unclaimed' }
  return mark === owner ? { ownership: 'ours' } : { ownership: 'foreign', owner: mark }
}

/** Only the tags that are wanted are ours to compare; others are left alone. */
export function ownedTags(tags: Tags, resource: Resource): Attributes {
  const wanted = (resource.attributes['tags'] ?? {}) as Attributes
  return Object.fromEntries(Object.entries(tags).filter(([name]) => name in wanted))
}

/** `[{ Key, Value }]`, as most of AWS writes them. */
export function fromTagList(
  list: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
): Tags {
  return Object.fromEntries((list ?? []).map(({ Key: key, Value: value }) => [key ?? '', value ?? '']))
}

export function toTagList(tags: Attributes): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([name, value]) => ({ Key: name, Value: String(value) }))
}
