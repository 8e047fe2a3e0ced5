// Faults by rule. A rule sees each request before and after it takes effect and
// may answer in the service's place, lose the reply, hold the request or end the
// session (which from outside looks like the caller's process dying).
import type { LogEntry } from './request-log.ts'

/**
 * - `throttle`, `server-error`: the service answers with an error and does nothing.
 * - `reset`, `timeout`: the connection ends with no answer; before the effect or, as `lost-reply`, after it.
 * - `crash`: the session is dead from here on; nothing it sent is ever answered.
 */
export type Fault = 'throttle' | 'server-error' | 'reset' | 'timeout' | 'lost-reply' | 'crash'

export interface FaultRule {
  /** Called before the request takes effect. Whatever it returns but `lost-reply` prevents the effect. May wait. */
  before?(entry: Readonly<LogEntry>): Fault | undefined | Promise<Fault | undefined>
  /** Called after the effect and before the reply. */
  after?(entry: Readonly<LogEntry>): 'lost-reply' | 'crash' | undefined | Promise<'lost-reply' | 'crash' | undefined>
}

export interface FaultSwitch {
  /** Adds a rule; call the result to take it away. */
  add(rule: FaultRule): () => void
  clear(): void
}

/** Thrown to the caller in place of an answer; `code` and `name` are those of a broken socket in Node.js. */
export class ConnectionError extends Error {
  readonly code: string

  constructor(code: 'ECONNRESET' | 'ETIMEDOUT') {
    super(code === 'ECONNRESET' ? 'read ECONNRESET' : 'connection timed out')
    this.name = code === 'ECONNRESET' ? 'Error' : 'TimeoutError'
    this.code = code
  }
}

/** A rule that fails each request with the given probability, drawn from a seeded stream. */
export function randomFaults(random: () => number, probability: number, kinds: readonly Fault[]): FaultRule {
  const planned = new Map<number, Fault>()
  return {
    before(entry) {
      if (random() >= probability) return undefined
      const fault = kinds[Math.floor(random() * kinds.length)]
      if (fault === 'lost-reply') {
        planned.set(entry.index, fault)
        return undefined
      }
      return fault
    },
    after(entry) {
      return planned.delete(entry.index) ? 'lost-reply' : undefined
    },
  }
}

/** A rule that kills the session at its request number `at` (from 1), before or after the effect. */
export function crashAt(at: number, when: 'before' | 'after'): FaultRule {
  let count = 0
  let target = -1
  return {
    before(entry) {
      count += 1
      if (count === at) target = entry.index
      return count === at && when === 'before' ? 'crash' : undefined
    },
    after: (entry) => (when === 'after' && entry.index === target ? 'crash' : undefined),
  }
}
