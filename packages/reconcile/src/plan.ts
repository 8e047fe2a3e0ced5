// From what should be and what is to a list of actions, as data. What is not done
// is in it too: refusals, with their reason. No kind is named in this file.
import type { Change } from './diff.ts'
import { canonicalJson, diffAttributes } from './diff.ts'
import type { Kind, Kinds } from './kind.ts'
import { comesAfter, orderActions } from './order.ts'
import type { Attributes, Observed, Outputs, Resource, ResourceId } from './resource.ts'
import { references, resolveAttributes } from './resource.ts'
import type { Consent, Refusal } from './safety.ts'
import { judge } from './safety.ts'

/** The verb of a set's own kind (`add-keys`) may stand beside these. */
export type Verb = 'create' | 'update' | 'adopt' | 'restore' | 'delete' | 'await' | (string & {})

export interface Action {
  /** `<verb> <resource>` */
  readonly id: string
  readonly verb: Verb
  readonly resource: ResourceId
  readonly kind: string
  readonly changes: readonly Change[]
  /** Ids of actions that come first. */
  readonly after: readonly string[]
}

/** Something that is known only once some actions are done; the plan is then made again. */
export interface Unknown {
  readonly name: string
  readonly from: ResourceId
  /** What cannot be planned yet, for people. */
  readonly blocks: readonly string[]
}

export interface Plan {
  readonly formatVersion: 1
  /** Hash of all that follows. */
  readonly id: string
  /** Hash of what was observed and wanted, sets' members and readiness left out. */
  readonly facts: string
  readonly actions: readonly Action[]
  readonly refusals: readonly Refusal[]
  readonly unknowns: readonly Unknown[]
  /** What a plan to absent leaves standing, and why. */
  readonly kept: readonly { readonly resource: ResourceId; readonly because: string }[]
}

export interface PlanInput {
  readonly kinds: Kinds
  readonly desired: readonly Resource[]
  readonly observed: readonly Observed[]
  readonly consent?: Consent
  /** Refusals of those who know the kinds. */
  readonly refusals?: readonly Refusal[]
  readonly unknowns?: readonly Unknown[]
  readonly kept?: Plan['kept']
}

/**
 * Makes the plan. Pure but for the hash, which WebCrypto computes.
 *
 * @throws {TypeError} when a resource is of a kind that no row describes, when two have one id, or when one was not observed.
 */
export async function createPlan(input: PlanInput): Promise<Plan> {
  const observed = new Map(input.observed.map((one) => [one.id, one]))
  const outputs: Outputs = new Map(input.observed.map((one) => [one.id, one.outputs]))
  const planned = input.desired.flatMap((resource) => {
    const actual = observed.get(resource.id)
    if (actual === undefined) throw new TypeError(`Cannot plan "${resource.id}": it was not observed`)
    return planResource(resource, actual, kindOf(input.kinds, resource), outputs)
  })
  const drafts = [...planned, ...reawaited(planned, input)]
  if (new Set(input.desired.map(({ id }) => id)).size < input.desired.length) {
    throw new TypeError('Cannot plan: two resources have the same id')
  }
  const actions = orderActions(drafts, input.kinds, input.desired)
  const refusals = [
    ...(input.refusals ?? []),
    ...judge(drafts, input.desired, observed, input.kinds, input.consent ?? {}),
  ]
  const facts = await hash([input.desired.map(withoutMembers), input.observed.map(withoutMembers)])
  const content = {
    formatVersion: 1 as const,
    facts,
    actions,
    refusals,
    unknowns: input.unknowns ?? [],
    kept: input.kept ?? [],
  }
  return { ...content, id: await hash({ ...content, actions: actions.map(withoutMemberChanges) }) }
}

/** An action before it is known what it comes after. */
export type Draft = Omit<Action, 'after'>

function planResource(resource: Resource, actual: Observed, kind: Kind, outputs: Outputs): readonly Draft[] {
  if (resource.presence === 'absent') {
    return kind.virtual || actual.state === 'absent' ? [] : [draft('delete', resource, [])]
  }
  const wait = draft('await', resource, [])
  if (kind.virtual) return actual.ready === true ? [] : [wait]
  const change = draftChange(resource, actual, kind, outputs)
  const waits = kind.readiness !== undefined && (change !== undefined || actual.ready === false)
  return [...(change === undefined ? [] : [change]), ...(waits ? [wait] : [])]
}

/** What is only ever awaited is awaited again when something that it rests on changes. */
function reawaited(planned: readonly Draft[], { desired, kinds }: PlanInput): readonly Draft[] {
  return desired.flatMap((resource) => {
    const wait = draft('await', resource, [])
    const isDue =
      resource.presence === 'present' &&
      kindOf(kinds, resource).virtual === true &&
      !planned.some(({ id }) => id === wait.id) &&
      planned.some((one) => one.verb !== 'delete' && comesAfter(wait, one, kinds))
    return isDue ? [wait] : []
  })
}

function draftChange(resource: Resource, actual: Observed, kind: Kind, outputs: Outputs): Draft | undefined {
  const attributes = diffAttributes(wantedAttributes(resource, kind, outputs), actual.attributes)
  const members = missingMembers(resource.members ?? {}, actual.members ?? {})
  if (actual.state === 'lost') return draft('restore', resource, [...attributes, ...members])
  if (actual.state === 'absent') return draft(kind.set?.add ?? 'create', resource, [...attributes, ...members])
  if (actual.ownership !== 'ours') return draft('adopt', resource, [...attributes, ...members])
  if (members.length > 0) return draft(kind.set?.add ?? 'update', resource, [...attributes, ...members])
  return attributes.length > 0 ? draft('update', resource, attributes) : undefined
}

/** As long as references are open there is nothing to compare with anyway. */
function wantedAttributes(resource: Resource, kind: Kind, outputs: Outputs): Attributes {
  const attributes = resolveAttributes(resource.attributes, outputs)
  return kind.normalise === undefined || references(attributes).length > 0 ? attributes : kind.normalise(attributes)
}

function missingMembers(desired: Attributes, actual: Attributes): readonly Change[] {
  return diffAttributes(desired, actual).map((change) => ({ ...change, path: `/members${change.path}` }))
}

function draft(verb: Verb, resource: Resource, changes: readonly Change[]): Draft {
  return { id: `${verb} ${resource.id}`, verb, resource: resource.id, kind: resource.kind, changes }
}

function kindOf(kinds: Kinds, resource: Resource): Kind {
  const kind = kinds.get(resource.kind)
  if (kind === undefined)
    throw new TypeError(`Cannot plan "${resource.id}": no row describes the kind "${resource.kind}"`)
  return kind
}

function withoutMembers(one: Resource | Observed): unknown {
  return { ...one, members: undefined, ready: undefined }
}

function withoutMemberChanges(action: Action): unknown {
  return { ...action, changes: action.changes.filter(({ path }) => !path.startsWith('/members/')) }
}

async function hash(value: unknown): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonicalJson(value)))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
