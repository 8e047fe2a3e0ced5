// Dies at every request, before it is sent and after its effect, and runs again:
// the world must end as if nothing had happened.
import { crashAt } from '@irsa/sandbox'
import type { Sandbox, World } from '@irsa/sandbox'
import type { RunContext } from '@irsa/lifecycle'
import type { ActionOutcome } from '@irsa/reconcile'
import type { JourneyProcess } from './world.ts'
import { worldDifferences } from './world-difference.ts'

export interface Stoppable {
  readonly sandbox: Sandbox
  /** A new process of the command under test. */
  start(): JourneyProcess
  /** Runs the command in it. */
  run(context: RunContext): Promise<{ readonly state: string; readonly outcomes: readonly ActionOutcome[] }>
  /** The state in which an undisturbed run ends. */
  readonly expectedState: string
}

export interface StopReport {
  /** How many requests an undisturbed run sends. */
  readonly requests: number
  /** How many times a run was stopped and another arrived. */
  readonly points: number
  readonly failures: readonly string[]
}

/** Long enough for everything that was begun to have come to its end. */
const SETTLE_MS = 3_600_000

export async function stopAnywhere(subject: Stoppable): Promise<StopReport> {
  const { sandbox } = subject
  const start = sandbox.dump()
  const undisturbed = await runWhole(subject)
  const goal = settle(sandbox)
  const failures: string[] = []
  let points = 0
  for (let at = 1; at <= undisturbed; at++) {
    for (const when of ['before', 'after'] as const) {
      sandbox.restore(start)
      await runUntilCrash(subject, at, when)
      points += 1
      const failure = await recover(subject, goal)
      if (failure !== undefined) failures.push(`stopped ${when} request ${at}: ${failure}`)
    }
  }
  sandbox.restore(start)
  return { requests: undisturbed, points, failures }
}

async function runWhole(subject: Stoppable): Promise<number> {
  const { sandbox } = subject
  sandbox.requests.clear()
  const { context } = subject.start()
  const result = await subject.run(context)
  if (result.state !== subject.expectedState) throw new Error(`undisturbed, it ended as "${result.state}"`)
  return sandbox.requests.entries.length
}

async function runUntilCrash(subject: Stoppable, at: number, when: 'before' | 'after'): Promise<void> {
  const { session, context } = subject.start()
  const remove = subject.sandbox.faults.add(crashAt(at, when))
  await Promise.race([session.crashed, subject.run(context)])
  remove()
}

async function recover(subject: Stoppable, goal: World): Promise<string | undefined> {
  try {
    const result = await subject.run(subject.start().context)
    if (result.state !== subject.expectedState) return `the next run ended as "${result.state}"${reasons(result)}`
    const differences = worldDifferences(settle(subject.sandbox), goal)
    return differences.length === 0 ? undefined : `the world differs: ${differences.slice(0, 5).join('; ')}`
  } catch (error) {
    return `the next run failed: ${(error as Error).message}`
  }
}

function reasons({ outcomes }: { readonly outcomes: readonly ActionOutcome[] }): string {
  return outcomes.flatMap((outcome) => ('error' in outcome ? [`; ${outcome.error.message}`] : [])).join('')
}

function settle(sandbox: Sandbox): World {
  sandbox.clock.advance(SETTLE_MS)
  return sandbox.dump()
}
