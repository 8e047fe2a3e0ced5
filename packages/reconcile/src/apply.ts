// Carries a plan out: each action as soon as those before it are done, as many at
// once as the order allows. Knows no kind; whoever does is called for each action.
import type { Action, Plan } from './plan.ts'
import type { Attributes, Observed, Outputs, Resource, ResourceId } from './resource.ts'
import { resolveAttributes } from './resource.ts'

/** All that one action needs, references resolved. */
export interface Step {
  readonly action: Action
  readonly attributes: Attributes
  readonly members: Attributes
  readonly observed: Observed
  /** Says how it goes, for people. */
  readonly report: (message: string) => void
  readonly signal?: AbortSignal
}

/** - `in-doubt`: it may or may not have taken effect; only looking again can tell. */
export type StepResult =
  | { readonly status: 'applied'; readonly outputs?: Readonly<Record<string, string>> }
  | { readonly status: 'failed' | 'in-doubt'; readonly error: Error }

export type Execute = (step: Step) => Promise<StepResult>

export type ActionOutcome =
  | { readonly action: Action; readonly status: 'applied' }
  | { readonly action: Action; readonly status: 'failed' | 'in-doubt'; readonly error: Error }
  | { readonly action: Action; readonly status: 'not-attempted'; readonly because: string }

export type ApplyEvent =
  | { readonly type: 'started'; readonly action: Action }
  | { readonly type: 'progress'; readonly action: Action; readonly message: string }
  | { readonly type: 'ended'; readonly outcome: ActionOutcome }

export interface ApplyInput {
  /** Made just now. */
  readonly plan: Plan
  /** The `facts` of the plan that was shown and agreed to; when they have moved since, nothing is done. */
  readonly expectedFacts: string
  readonly desired: readonly Resource[]
  /** What the plan was made from. */
  readonly observed: readonly Observed[]
  readonly execute: Execute
  readonly onEvent?: (event: ApplyEvent) => void
  readonly signal?: AbortSignal
}

export type ApplyReport =
  | { readonly status: 'stale'; readonly fresh: Plan }
  | { readonly status: 'refused'; readonly refusals: Plan['refusals'] }
  | { readonly status: 'done' | 'incomplete'; readonly outcomes: readonly ActionOutcome[]; readonly outputs: Outputs }

/** Applies a plan, or says why it was not begun. Never throws for what an action meets. */
export async function applyPlan(input: ApplyInput): Promise<ApplyReport> {
  const { plan } = input
  if (plan.refusals.length > 0) return { status: 'refused', refusals: plan.refusals }
  if (plan.facts !== input.expectedFacts) return { status: 'stale', fresh: plan }
  return runActions(input)
}

async function runActions(input: ApplyInput): Promise<ApplyReport> {
  const { plan } = input
  const outputs = new Map<ResourceId, Readonly<Record<string, string>>>(
    input.observed.map((one) => [one.id, one.outputs]),
  )
  const outcomes = new Map<string, Promise<ActionOutcome>>()
  for (const action of plan.actions) {
    // Actions come in an order in which all predecessors are already in the map.
    const before = Promise.all(action.after.flatMap((id) => outcomes.get(id) ?? []))
    outcomes.set(action.id, runAction(action, before, input, outputs))
  }
  const list = await Promise.all(outcomes.values())
  return { status: list.every(({ status }) => status === 'applied') ? 'done' : 'incomplete', outcomes: list, outputs }
}

async function runAction(
  action: Action,
  before: Promise<readonly ActionOutcome[]>,
  input: ApplyInput,
  outputs: Map<ResourceId, Readonly<Record<string, string>>>,
): Promise<ActionOutcome> {
  const blocker = (await before).find((outcome) => outcome.status !== 'applied')
  const outcome =
    blocker !== undefined
      ? ({ action, status: 'not-attempted', because: `"${blocker.action.id}" was not done` } as const)
      : input.signal?.aborted
        ? ({ action, status: 'not-attempted', because: 'the run was stopped' } as const)
        : await attempt(action, input, outputs)
  input.onEvent?.({ type: 'ended', outcome })
  return outcome
}

async function attempt(
  action: Action,
  input: ApplyInput,
  outputs: Map<ResourceId, Readonly<Record<string, string>>>,
): Promise<ActionOutcome> {
  input.onEvent?.({ type: 'started', action })
  const resource = input.desired.find(({ id }) => id === action.resource)
  const observed = input.observed.find(({ id }) => id === action.resource)
  if (resource === undefined || observed === undefined) {
    return {
      action,
      status: 'failed',
      error: new TypeError(`Cannot ${action.id}: the plan was made from other resources`),
    }
  }
  const step: Step = {
    action,
    attributes: resolveAttributes(resource.attributes, outputs),
    members: resource.members ?? {},
    observed: { ...observed, outputs: outputs.get(action.resource) ?? observed.outputs },
    report: (message) => input.onEvent?.({ type: 'progress', action, message }),
    ...(input.signal === undefined ? {} : { signal: input.signal }),
  }
  const result = await input
    .execute(step)
    .catch((error: unknown): StepResult => ({ status: 'failed', error: asError(error) }))
  if (result.status !== 'applied') return { action, status: result.status, error: result.error }
  if (result.outputs !== undefined) outputs.set(action.resource, { ...outputs.get(action.resource), ...result.outputs })
  return { action, status: 'applied' }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error), { cause: error })
}
