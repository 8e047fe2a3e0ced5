// What may be done without asking is a judgement over the finished list, not a
// question in the middle of the work. What is refused is said with its reason, and
// a plan with a refusal is not begun.
import type { Kinds } from './kind.ts'
import type { Draft } from './plan.ts'
import type { Observed, Resource, ResourceId } from './resource.ts'

export interface Refusal {
  /** Stable, for `switch` and for looking it up. */
  readonly code: string
  readonly resource: ResourceId
  /** What would have been done, and why it is not. */
  readonly message: string
  /** What a person can do about it. */
  readonly fix: string
}

/** What a person has agreed to, beforehand and by name. */
export interface Consent {
  /** Resources that may be taken over, or all that carry nobody's mark. */
  readonly adopt?: readonly ResourceId[] | 'all'
}

export function judge(
  drafts: readonly Draft[],
  desired: readonly Resource[],
  observed: ReadonlyMap<ResourceId, Observed>,
  kinds: Kinds,
  consent: Consent,
): readonly Refusal[] {
  const wanted = new Map(desired.map((resource) => [resource.id, resource]))
  return drafts.flatMap((draft) => {
    const actual = observed.get(draft.resource)
    if (actual === undefined || draft.verb === 'await') return []
    const title = `${kinds.get(draft.kind)?.title ?? draft.kind} "${actual.outputs['name'] ?? nameOf(draft.resource)}"`
    return [...judgeOwnership(draft, actual, title, consent, wanted), ...judgeImmutable(draft, actual, title, kinds)]
  })
}

function judgeOwnership(
  draft: Draft,
  actual: Observed,
  title: string,
  consent: Consent,
  wanted: ReadonlyMap<ResourceId, Resource>,
): readonly Refusal[] {
  if (actual.state !== 'present' || actual.ownership === 'ours') return []
  const does = wanted.get(draft.resource)?.presence === 'absent' ? 'delete' : 'change'
  if (actual.ownership === 'foreign') {
    return [
      {
        code: 'not-ours',
        resource: draft.resource,
        message: `Cannot ${does} the ${title}: it belongs to ${actual.owner ?? 'somebody else'}`,
        fix: 'Choose another name, or remove it yourself if it is no longer needed. It is never taken over.',
      },
    ]
  }
  if (consent.adopt === 'all' || consent.adopt?.includes(draft.resource)) return []
  return [
    {
      code: 'unclaimed',
      resource: draft.resource,
      message: `Cannot ${does} the ${title}: it exists already and carries no mark of this configuration`,
      fix: `If it is yours, look at the changes and run again with --adopt ${draft.resource}; otherwise choose another name.`,
    },
  ]
}

function judgeImmutable(draft: Draft, actual: Observed, title: string, kinds: Kinds): readonly Refusal[] {
  if (actual.state !== 'present' || draft.verb === 'delete') return []
  const immutable = kinds.get(draft.kind)?.immutable ?? []
  return draft.changes
    .filter(({ path }) => immutable.some((fixed) => path === fixed || path.startsWith(`${fixed}/`)))
    .map(({ path, before, after }) => ({
      code: 'immutable',
      resource: draft.resource,
      message: `Cannot change ${path} of the ${title} from ${JSON.stringify(before)} to ${JSON.stringify(after)}: it is fixed once the resource exists`,
      fix: 'Keep the value that it has, or destroy and bootstrap again.',
    }))
}

function nameOf(id: ResourceId): string {
  return id.slice(id.indexOf('/') + 1)
}
