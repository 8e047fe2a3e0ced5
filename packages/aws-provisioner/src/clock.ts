// Time, as an argument: real in production, turned by hand in tests.
import { setTimeout } from 'node:timers/promises'

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, signal === undefined ? {} : { signal }),
}

export interface PollOptions<T> {
  readonly clock: Clock
  readonly intervalMs: number
  readonly timeoutMs: number
  /** What is waited for, for the message: `the certificate to be issued`. */
  readonly what: string
  readonly signal?: AbortSignal
  /** The result, or a sentence that says how it stands. */
  readonly check: () => Promise<{ readonly done: T } | { readonly pending: string }>
  readonly onPending?: (message: string, waitedMs: number) => void
}

/** Asks until it is done. Unlike the SDK's waiters it passes on whatever error the question meets. */
export async function poll<T>(options: PollOptions<T>): Promise<T> {
  const startMs = options.clock.now()
  for (;;) {
    const answer = await options.check()
    if ('done' in answer) return answer.done
    const waitedMs = options.clock.now() - startMs
    if (waitedMs >= options.timeoutMs) throw new PollTimeout(options.what, waitedMs, answer.pending)
    options.onPending?.(answer.pending, waitedMs)
    await options.clock.sleep(options.intervalMs, options.signal)
  }
}

export class PollTimeout extends Error {
  readonly pending: string

  constructor(what: string, waitedMs: number, pending: string) {
    super(`Cannot wait any longer for ${what}: after ${Math.round(waitedMs / 1000)} s, ${pending}`)
    this.name = 'PollTimeout'
    this.pending = pending
  }
}
