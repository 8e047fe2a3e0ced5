// Dies at every request, before it is sent and after its effect, and runs again:
// the world must end as if nothing had happened.
//
// A process that dies leaves nothing behind but the world. So the worlds at all
// points are taken from one undisturbed run, and those that are the same to the last
// byte, the time included, are tried once. With IRSA_EXHAUSTIVE=1 a process really
// dies at every point, and every point is tried.
import { crashAt } from '@irsa/sandbox'
import type { FaultRule, Sandbox, World } from '@irsa/sandbox'
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
  /** Twice as many: before it is sent, and after its effect but before the answer. */
  readonly points: number
  /** How many different worlds there were at these points, and so how many runs went on from there. */
  readonly worlds: number
  readonly failures: readonly string[]
}

/** Long enough for everything that was begun to have come to its end. */
const SETTLE_MS = 3_600_000

const isExhaustive = process.env['IRSA_EXHAUSTIVE'] === '1'

export async function stopAnywhere(subject: Stoppable): Promise<StopReport> {
  const { sandbox } = subject
  const start = sandbox.dump()
  const points: Point[] = []
  const remove = isExhaustive ? () => undefined : sandbox.faults.add(takeWorlds(sandbox, points))
  const requests = await runWhole(subject)
  remove()
  const goal = settle(sandbox)
  const failures: string[] = []
  let worlds = 0
  for (const reach of isExhaustive ? dying(subject, start, requests) : replaying(subject, points)) {
    const at = await reach()
    worlds += 1
    const failure = await recover(subject, goal)
    if (failure !== undefined) failures.push(`stopped ${at}: ${failure}`)
  }
  sandbox.restore(start)
  return { requests, points: 2 * requests, worlds, failures }
}

interface Point {
  readonly at: string
  readonly world: World
}

/** Brings the world to where a process has died; says where that is. */
type Reach = () => Promise<string>

function takeWorlds(sandbox: Sandbox, points: Point[]): FaultRule {
  const first = sandbox.requests.entries.length
  const take = (when: string, index: number): undefined => {
    points.push({ at: `${when} request ${index - first}`, world: sandbox.dump() })
    return undefined
  }
  return { before: ({ index }) => take('before', index), after: ({ index }) => take('after', index) }
}

function replaying({ sandbox }: Stoppable, points: readonly Point[]): readonly Reach[] {
  const different = new Map(points.map((point) => [JSON.stringify(point.world), point]))
  return [...different.values()].map(({ at, world }) => () => {
    sandbox.restore(world)
    return Promise.resolve(at)
  })
}

function dying(subject: Stoppable, start: World, requests: number): readonly Reach[] {
  return Array.from({ length: requests }, (_, index) => index + 1).flatMap((at) =>
    (['before', 'after'] as const).map((when) => async () => {
      subject.sandbox.restore(start)
      await runUntilCrash(subject, at, when)
      return `${when} request ${at}`
    }),
  )
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
