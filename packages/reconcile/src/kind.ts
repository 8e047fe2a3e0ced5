// One row per kind of resource: all that the planner may know about it. The rows
// come from whoever knows the kinds.

import type { Attributes } from './resource.ts'

/** `certificate` means: once that action is done; `certificate:ready` means: once what it starts has finished, too. */
export type Dependency = string

export interface Kind {
  readonly name: string
  /** For people: `origin access control`. */
  readonly title: string
  /** Kinds whose resources come first. Deletion goes the other way round. */
  readonly after: readonly Dependency[]
  /** Named when creating or changing it starts something that takes time: `deployed`, `issued`. Adds an `await` action. */
  readonly readiness?: string
  /** Kinds that must be there before it can become ready, though not before it is made. */
  readonly readyAfter?: readonly Dependency[]
  /** JSON Pointers (RFC 6901) of attributes that cannot be changed once it exists. */
  readonly immutable?: readonly string[]
  /** For sets of members: the verb that adds some. They are taken out one by one, by another way than a plan. */
  readonly set?: { readonly add: string }
  /** Brings wanted attributes, references resolved, into the form in which they are observed. */
  readonly normalise?: (attributes: Attributes) => Attributes
  /** Nothing is made: the kind is only ever awaited. */
  readonly virtual?: boolean
}

export type Kinds = ReadonlyMap<string, Kind>

/** @throws {TypeError} when two rows have one name, or a row waits for a kind that nobody knows. */
export function createKinds(rows: readonly Kind[]): Kinds {
  const kinds = new Map(rows.map((row) => [row.name, row]))
  if (kinds.size < rows.length) throw new TypeError('Cannot use the kinds: two rows have the same name')
  for (const row of rows) {
    for (const dependency of [...row.after, ...(row.readyAfter ?? [])]) {
      if (!kinds.has(dependencyKind(dependency))) {
        throw new TypeError(`Cannot use the kind "${row.name}": it comes after "${dependency}", which no row describes`)
      }
    }
  }
  return kinds
}

export function dependencyKind(dependency: Dependency): string {
  return dependency.split(':')[0] ?? dependency
}

export function dependsOnReady(dependency: Dependency): boolean {
  return dependency.endsWith(':ready')
}
