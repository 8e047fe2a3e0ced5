// Compares what should be with what is, leaf by leaf.
import type { Attributes, Value } from './resource.ts'
import { isRef } from './resource.ts'

export interface Change {
  /** JSON Pointer (RFC 6901) into the resource's attributes, or `/members/<name>`. */
  readonly path: string
  /** Absent when there was nothing. */
  readonly before?: Value
  /** Absent when it goes; a reference when it is known only later. */
  readonly after?: Value
}

/** What has to change so that `actual` says what `desired` says. Members that `desired` does not name are left alone. */
export function diffAttributes(desired: Attributes, actual: Attributes): readonly Change[] {
  return Object.entries(desired).flatMap(([name, value]) =>
    value === undefined ? [] : diffValue(`/${escapePointer(name)}`, value, actual[name]),
  )
}

function diffValue(path: string, desired: Value, actual: Value | undefined): readonly Change[] {
  if (isPlainObject(desired) && isPlainObject(actual)) {
    const names = [...new Set([...Object.keys(desired), ...Object.keys(actual)])].sort()
    return names.flatMap((name) => {
      const after = desired[name]
      const before = actual[name]
      const at = `${path}/${escapePointer(name)}`
      if (after === undefined) return before === undefined ? [] : [{ path: at, before }]
      return diffValue(at, after, before)
    })
  }
  if (equal(desired, actual)) return []
  return [{ path, after: desired, ...(actual === undefined ? {} : { before: actual }) }]
}

/** Deep equality of values; the order of an object's members does not count, that of a list does. */
export function equal(a: Value | undefined, b: Value | undefined): boolean {
  return canonicalJson(a ?? null) === canonicalJson(b ?? null) && (a === undefined) === (b === undefined)
}

/** JSON with members in order of their names and without those that are `undefined`. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

function isPlainObject(value: Value | undefined): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRef(value)
}

/** RFC 6901, section 3. */
export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
