// Who knows kinds: it has their rows, looks at the world and carries steps out.
// Several may share one plan, each with kinds of its own.
import type { Execute } from './apply.ts'
import type { Kind } from './kind.ts'
import type { Observed, Resource } from './resource.ts'
import type { Refusal } from './safety.ts'

export interface Observation {
  /** One for each resource that was asked for. */
  readonly observed: readonly Observed[]
  /** What was seen that forbids going on. */
  readonly refusals: readonly Refusal[]
}

export interface Driver {
  readonly kinds: readonly Kind[]
  /** Reads the world, normalised to the terms of the resources. Writes nothing. */
  observe(resources: readonly Resource[], signal?: AbortSignal): Promise<Observation>
  readonly execute: Execute
}

/** One driver out of several; each resource goes to the one that has its kind. */
export function combineDrivers(drivers: readonly Driver[]): Driver {
  const byKind = new Map(drivers.flatMap((driver) => driver.kinds.map((kind) => [kind.name, driver] as const)))
  return {
    kinds: drivers.flatMap(({ kinds }) => kinds),
    observe: async (resources, signal) => {
      const parts = await Promise.all(
        drivers.map((driver) =>
          driver.observe(
            resources.filter(({ kind }) => byKind.get(kind) === driver),
            signal,
          ),
        ),
      )
      return {
        observed: parts.flatMap(({ observed }) => observed),
        refusals: parts.flatMap(({ refusals }) => refusals),
      }
    },
    execute: async (step) => {
      const driver = byKind.get(step.action.kind)
      if (driver === undefined)
        throw new TypeError(`Cannot ${step.action.id}: nobody knows the kind "${step.action.kind}"`)
      return driver.execute(step)
    },
  }
}
