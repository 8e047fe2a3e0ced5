// A plan is made of parts: each brings what should be in its own field, and a
// driver that knows it. Parts may refer to each other's outputs.
import type { ApplyEvent, ApplyReport } from './apply.ts'
import { applyPlan } from './apply.ts'
import type { Driver } from './driver.ts'
import { combineDrivers } from './driver.ts'
import { createKinds } from './kind.ts'
import type { Plan, Unknown } from './plan.ts'
import { createPlan } from './plan.ts'
import type { Observed, Resource } from './resource.ts'
import type { Consent, Refusal } from './safety.ts'

export interface Part {
  readonly driver: Driver
  readonly resources: readonly Resource[]
  readonly refusals?: readonly Refusal[]
  readonly unknowns?: readonly Unknown[]
  readonly kept?: Plan['kept']
}

/** A plan with all that is needed to carry it out. */
export interface Planned {
  readonly plan: Plan
  readonly desired: readonly Resource[]
  readonly observed: readonly Observed[]
  readonly driver: Driver
}

/** Looks at what the parts want and makes one plan of it. Writes nothing. */
export async function planParts(parts: readonly Part[], consent: Consent = {}, signal?: AbortSignal): Promise<Planned> {
  const driver = combineDrivers(parts.map((part) => part.driver))
  const desired = parts.flatMap(({ resources }) => resources)
  const { observed, refusals } = await driver.observe(desired, signal)
  const plan = await createPlan({
    kinds: createKinds(driver.kinds),
    desired,
    observed,
    consent,
    refusals: [...parts.flatMap((part) => part.refusals ?? []), ...refusals],
    unknowns: parts.flatMap(({ unknowns }) => unknowns ?? []),
    kept: parts.flatMap(({ kept }) => kept ?? []),
  })
  return { plan, desired, observed, driver }
}

export interface ApplyPlannedOptions {
  /** Looks and plans again, as the plan was made. */
  readonly replan: () => Promise<Planned>
  readonly onEvent?: (event: ApplyEvent) => void
  readonly signal?: AbortSignal
}

/** Carries a plan out after looking again; what was looked at last is what is acted on. */
export async function applyPlanned(planned: Planned, options: ApplyPlannedOptions): Promise<ApplyReport> {
  if (planned.plan.refusals.length > 0) return { status: 'refused', refusals: planned.plan.refusals }
  const fresh = await options.replan()
  return applyPlan({
    plan: fresh.plan,
    expectedFacts: planned.plan.facts,
    desired: fresh.desired,
    observed: fresh.observed,
    execute: (step) => fresh.driver.execute(step),
    ...(options.onEvent === undefined ? {} : { onEvent: options.onEvent }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
}
