// What is under way, live: one line for each action where a person looks on, one
// line when something ends where not.
import type { RunEvent } from '@irsa/lifecycle'
import { printableLine } from '@irsa/lifecycle'
import { Listr } from 'listr2'
import type { ListrTaskWrapper } from 'listr2'
import type { Terminal } from './terminal.ts'

export interface Progress {
  readonly onEvent: (event: RunEvent) => void
  /** Resolves when all that was shown is on the screen. */
  readonly settled: () => Promise<void>
}

export function showProgress(terminal: Terminal, now: () => number): Progress {
  return terminal.isInteractive ? liveProgress() : lineProgress(terminal, now)
}

function lineProgress(terminal: Terminal, now: () => number): Progress {
  const startedAtMs = new Map<string, number>()
  const lastSaidMs = new Map<string, number>()
  return {
    settled: () => Promise.resolve(),
    onEvent: (event) => {
      if (event.type === 'started') {
        startedAtMs.set(event.action.id, now())
        lastSaidMs.set(event.action.id, now())
      }
      if (event.type === 'progress' && now() - (lastSaidMs.get(event.action.id) ?? 0) >= 60_000) {
        lastSaidMs.set(event.action.id, now())
        terminal.say(`  … ${event.action.id}: ${printableLine(event.message)}`)
      }
      if (event.type !== 'ended') return
      const { outcome } = event
      const seconds = Math.round((now() - (startedAtMs.get(outcome.action.id) ?? now())) / 1000)
      const reason =
        'error' in outcome
          ? `: ${printableLine(outcome.error.message)}`
          : 'because' in outcome
            ? `: ${outcome.because}`
            : ''
      terminal.say(
        `  ${outcome.status === 'applied' ? '✓' : '✗'} ${printableLine(outcome.action.id)} ${seconds === 0 ? '' : `(${seconds} s) `}${outcome.status === 'applied' ? '' : outcome.status}${reason}`.trimEnd(),
      )
    },
  }
}

type Task = ListrTaskWrapper<unknown, never, never>

interface Line {
  readonly done: PromiseWithResolvers<void>
  readonly task: PromiseWithResolvers<Task>
}

/** A round is a list whose lines end as the events tell. */
function liveProgress(): Progress {
  let lines = new Map<string, Line>()
  let shown: Promise<unknown> = Promise.resolve()
  return {
    settled: async () => void (await shown),
    onEvent: (event) => {
      if (event.type === 'round') {
        lines = new Map(
          event.plan.actions.map(({ id }) => [
            id,
            { done: Promise.withResolvers<void>(), task: Promise.withResolvers<Task>() },
          ]),
        )
        shown = show(lines)
      } else if (event.type === 'progress') {
        void lines.get(event.action.id)?.task.promise.then((task) => {
          task.output = printableLine(event.message)
        })
      } else if (event.type === 'ended') {
        end(lines.get(event.outcome.action.id), event.outcome)
      } else if (event.type === 'round-ended') {
        for (const { done } of lines.values()) done.resolve()
      }
    },
  }
}

function show(lines: ReadonlyMap<string, Line>): Promise<unknown> {
  const list = new Listr(
    [...lines].map(([id, line]) => ({
      title: printableLine(id),
      task: async (_context: unknown, task: unknown) => {
        line.task.resolve(task as Task)
        await line.done.promise
      },
    })),
    { concurrent: true, exitOnError: false, rendererOptions: { collapseErrors: false } },
  )
  return list.run()
}

function end(line: Line | undefined, outcome: Extract<RunEvent, { readonly type: 'ended' }>['outcome']): void {
  if (outcome.status === 'applied') line?.done.resolve()
  else line?.done.reject('error' in outcome ? outcome.error : new Error(outcome.because))
}
