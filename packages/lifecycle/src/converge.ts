// Plans and applies until there is nothing left to do: a plan may show more once
// its first half is done, and what was in doubt is looked at again.
import type { ProvisionerConsent } from '@irsa/aws-provisioner'
import type { ActionOutcome, Refusal } from '@irsa/reconcile'
import { applyPlanned } from '@irsa/reconcile'
import type { RunContext } from './context.ts'
import type { Session, SessionPlan } from './session.ts'

/** Rounds that change nothing for the better before it is given up. */
const MAX_IDLE_ROUNDS = 6
const MAX_ROUNDS = 40
const PAUSE_MS = 5_000

export type Converged =
  | { readonly status: 'done'; readonly last: SessionPlan; readonly outcomes: readonly ActionOutcome[] }
  | {
      readonly status: 'refused'
      readonly last: SessionPlan
      readonly refusals: readonly Refusal[]
      readonly outcomes: readonly ActionOutcome[]
    }
  | { readonly status: 'failed'; readonly last: SessionPlan; readonly outcomes: readonly ActionOutcome[] }

export async function converge(
  session: Session,
  options: { readonly to: 'present' | 'absent'; readonly consent: ProvisionerConsent },
  context: RunContext,
): Promise<Converged> {
  const all: ActionOutcome[] = []
  let idle = 0
  let last = await look(session, options, context)
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if (last.plan.refusals.length > 0) return { status: 'refused', last, refusals: last.plan.refusals, outcomes: all }
    if (last.plan.actions.length === 0) return { status: 'done', last, outcomes: all }
    let acted = last
    context.onEvent?.({ type: 'round', plan: last.plan })
    const report = await applyPlanned(last, {
      replan: async () => (acted = await look(session, options, context)),
      ...(context.onEvent === undefined ? {} : { onEvent: context.onEvent }),
      ...(context.signal === undefined ? {} : { signal: context.signal }),
    })
    context.onEvent?.({ type: 'round-ended' })
    if (report.status === 'refused') return { status: 'refused', last: acted, refusals: report.refusals, outcomes: all }
    if (report.status === 'stale') {
      last = acted
      continue
    }
    // Looking again showed that it was done already.
    if (report.outcomes.length === 0) return { status: 'done', last: acted, outcomes: all }
    all.push(...report.outcomes)
    const failures = report.outcomes.flatMap((outcome) => ('error' in outcome ? [outcome] : []))
    idle = report.outcomes.some(({ status }) => status === 'applied') ? 0 : idle + 1
    if (failures.some(({ error }) => !isTransient(error)) || idle >= MAX_IDLE_ROUNDS || context.signal?.aborted) {
      return { status: 'failed', last, outcomes: all }
    }
    const next = failures.length > 0 ? undefined : await look(session, options, context)
    // What failed, or was done and does not show, needs a moment.
    if (next === undefined || next.plan.id === acted.plan.id) await context.clock.sleep(PAUSE_MS, context.signal)
    last = next ?? (await look(session, options, context))
  }
  return { status: 'failed', last, outcomes: all }
}

/** Looking may fail for a moment, too. */
async function look(
  session: Session,
  options: Parameters<Session['plan']>[0],
  context: RunContext,
): Promise<SessionPlan> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await session.plan(options)
    } catch (error) {
      if (attempt === MAX_IDLE_ROUNDS || !isTransient(error)) throw error
      await context.clock.sleep(PAUSE_MS, context.signal)
    }
  }
}

function isTransient(error: unknown): boolean {
  return (error as { readonly transient?: unknown }).transient === true
}
