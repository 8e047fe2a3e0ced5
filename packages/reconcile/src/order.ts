// What comes after what. Creation follows the kinds' rows and the references
// between resources; deletion goes the other way round; and whatever stays or is
// made comes before whatever goes.
import type { Kinds } from './kind.ts'
import { dependencyKind, dependsOnReady } from './kind.ts'
import type { Action, Draft } from './plan.ts'
import type { Resource, ResourceId } from './resource.ts'
import { references } from './resource.ts'

/** @throws {TypeError} when the rows and references go round in a circle. */
export function orderActions(drafts: readonly Draft[], kinds: Kinds, desired: readonly Resource[]): readonly Action[] {
  const resources = new Map(desired.map((resource) => [resource.id, resource]))
  const actions = drafts.map((draft) => ({ ...draft, after: predecessors(draft, drafts, kinds, resources) }))
  return sortActions(actions)
}

function predecessors(
  draft: Draft,
  drafts: readonly Draft[],
  kinds: Kinds,
  resources: ReadonlyMap<ResourceId, Resource>,
): readonly string[] {
  const others = drafts.filter((other) => other.id !== draft.id)
  if (draft.verb === 'delete') {
    return others.filter((other) => other.verb !== 'delete' || comesAfter(other, draft, kinds)).map(({ id }) => id)
  }
  const referred = new Set(references(resources.get(draft.resource)?.attributes).map(({ $ref }) => $ref))
  return others
    .filter((other) => {
      if (other.verb === 'delete') return false
      if (other.resource === draft.resource) return draft.verb === 'await'
      return comesAfter(draft, other, kinds) || (other.verb !== 'await' && referred.has(other.resource))
    })
    .map(({ id }) => id)
}

/**
 * Whether `later` comes after `earlier` by the kinds' rows, directly or through
 * kinds that have nothing to do in this plan. An `await` counts only for those who
 * need it to be over.
 */
export function comesAfter(later: Draft, earlier: Draft, kinds: Kinds): boolean {
  const row = kinds.get(later.kind)
  const seen = new Set<string>()
  const queue = [...(row?.after ?? []), ...(later.verb === 'await' ? (row?.readyAfter ?? []) : [])]
  for (let dependency = queue.pop(); dependency !== undefined; dependency = queue.pop()) {
    const name = dependencyKind(dependency)
    if (name === earlier.kind && (earlier.verb !== 'await' || dependsOnReady(dependency))) return true
    if (seen.has(dependency)) continue
    seen.add(dependency)
    const between = kinds.get(name)
    queue.push(...(between?.after ?? []), ...(dependsOnReady(dependency) ? (between?.readyAfter ?? []) : []))
  }
  return false
}

function sortActions(actions: readonly Action[]): readonly Action[] {
  const sorted: Action[] = []
  const done = new Set<string>()
  let rest = [...actions]
  while (rest.length > 0) {
    const ready = rest.filter((action) => action.after.every((id) => done.has(id)))
    if (ready.length === 0) {
      throw new TypeError(`Cannot order the plan: these wait for each other: ${rest.map(({ id }) => id).join(', ')}`)
    }
    for (const action of ready) done.add(action.id)
    sorted.push(...ready)
    rest = rest.filter((action) => !done.has(action.id))
  }
  return sorted
}
