// A clock that is turned by hand, or turns itself when everybody waits.
//
// In the mode `jump`, as soon as no request is under way and nothing but sleepers
// is left, time jumps to the next alarm: waits of half an hour cost nothing. In
// the mode `paced` it does the same but lets real time pass, so that a person can
// watch. In the mode `manual` only `advance` moves it.

export type ClockMode =
  | { readonly mode: 'manual' }
  | { readonly mode: 'jump' }
  | { readonly mode: 'paced'; readonly speed: number }

export interface SandboxClock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Resolves when `ms` of the sandbox's time have passed; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Moves time forward and wakes whoever is due. */
  advance(ms: number): void
}

interface Alarm {
  readonly atMs: number
  readonly wake: () => void
}

/** How many turns of the event loop must be quiet before the clock believes that all are waiting. */
const QUIET_TURNS = 4

export interface ClockHost {
  /** Where the time is kept: part of the world, so that a dump has it. */
  getNow(): number
  setNow(ms: number): void
  /** Grows with each request that begins or ends. */
  activity(): number
  /** Requests under way. */
  inFlight(): number
}

export function createClock(host: ClockHost, mode: ClockMode): SandboxClock {
  const alarms: Alarm[] = []
  let turning = false

  function advanceTo(atMs: number): void {
    host.setNow(Math.max(host.getNow(), atMs))
    for (;;) {
      const due = alarms.findIndex((alarm) => alarm.atMs <= host.getNow())
      if (due === -1) return
      alarms.splice(due, 1)[0]?.wake()
    }
  }

  async function turn(): Promise<void> {
    if (turning || mode.mode === 'manual') return
    turning = true
    while (alarms.length > 0) {
      await quiet(host)
      const next = Math.min(...alarms.map((alarm) => alarm.atMs))
      if (!Number.isFinite(next)) break
      if (mode.mode === 'paced') await realTime((next - host.getNow()) / mode.speed)
      advanceTo(next)
    }
    turning = false
  }

  return {
    now: () => host.getNow(),
    advance: (ms) => advanceTo(host.getNow() + ms),
    sleep: (ms, signal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error)
        const alarm: Alarm = { atMs: host.getNow() + Math.max(0, ms), wake: done }
        function done(): void {
          signal?.removeEventListener('abort', stop)
          resolve()
        }
        function stop(): void {
          alarms.splice(alarms.indexOf(alarm), 1)
          reject(signal?.reason as Error)
        }
        signal?.addEventListener('abort', stop, { once: true })
        alarms.push(alarm)
        void turn()
      }),
  }
}

async function quiet(host: ClockHost): Promise<void> {
  let seen = -1
  let turns = 0
  while (turns < QUIET_TURNS) {
    await new Promise<void>((resolve) => setImmediate(resolve))
    const activity = host.activity()
    turns = host.inFlight() === 0 && activity === seen ? turns + 1 : 0
    seen = activity
  }
}

function realTime(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))
}
