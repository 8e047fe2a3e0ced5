// Who owns which field: server-side apply with its conflicts, and the bookkeeping
// for every other write. Decides nothing about permissions or validity.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/
import type { FieldSet } from './field-sets.ts'
import { fieldsOf, formatPath, fromFieldsV1, mergeApplied, toFieldsV1, valueAt, withoutField } from './field-sets.ts'
import type { KubernetesObject, ManagedFieldsEntry } from './state.ts'
import type { StatusCause } from './status.ts'
import { applyConflict } from './status.ts'
import { timestamp } from './store.ts'

export interface Manager {
  readonly name: string
  readonly apiVersion: string
  readonly nowMs: number
}

interface Ownership {
  readonly entry: Omit<ManagedFieldsEntry, 'fieldsV1'>
  readonly fields: FieldSet
}

interface Conflict {
  readonly owner: Ownership
  readonly path: string
}

/**
 * The object after an apply, with its owners; `live` itself when nothing changes.
 * @throws {StatusError} 409 for fields that others own with other values, unless forced.
 */
export function applyFields(
  live: KubernetesObject,
  applied: Readonly<Record<string, unknown>>,
  manager: Manager,
  force: boolean,
): KubernetesObject {
  const before = owners(live)
  const mine = before.find(({ entry }) => isApplier(entry, manager))
  const others = before.filter((ownership) => ownership !== mine)
  const wanted = fieldsOf(applied)
  const conflicts = findConflicts(live, applied, wanted, others)
  if (conflicts.length > 0 && !force) throw conflictError(conflicts)

  const lost = new Set(conflicts.map(({ path }) => path))
  const left = others
    .map((ownership) => (force ? without(ownership, lost) : ownership))
    .filter(({ fields }) => fields.size > 0)
  const dropped = [...(mine?.fields ?? [])].filter(
    (path) => !wanted.has(path) && !left.some(({ fields }) => fields.has(path)),
  )
  const merged = dropped.reduce<unknown>(
    removeUnless([...left.map(({ fields }) => fields), wanted]),
    mergeApplied(live, applied),
  ) as KubernetesObject
  const isSame = mine !== undefined && lost.size === 0 && sameSet(mine.fields, wanted) && sameContent(live, merged)
  if (isSame) return live
  const entry = {
    manager: manager.name,
    operation: 'Apply' as const,
    apiVersion: manager.apiVersion,
    time: timestamp(manager.nowMs),
    fieldsType: 'FieldsV1' as const,
  }
  return withOwners(merged, [...left, { entry, fields: wanted }])
}

/** Notes who changed what between two states of an object, for writes that are no apply. */
export function trackUpdate(
  live: KubernetesObject | undefined,
  next: KubernetesObject,
  manager: Manager,
): KubernetesObject {
  const [oldFields, newFields] = [live === undefined ? new Set<string>() : fieldsOf(live), fieldsOf(next)]
  const changed = [...newFields].filter(
    (path) => !oldFields.has(path) || !same(valueAt(live, path), valueAt(next, path)),
  )
  const gone = new Set([...oldFields].filter((path) => !newFields.has(path)))
  const before = live === undefined ? [] : recordedOwners(live)
  const isMine = ({ entry }: Ownership): boolean =>
    entry.operation === 'Update' && entry.manager === manager.name && entry.apiVersion === manager.apiVersion
  const taken = new Set([...changed, ...gone])
  const others = before.filter((ownership) => !isMine(ownership)).map((ownership) => without(ownership, taken))
  const mine = new Set([...(before.find(isMine)?.fields ?? []), ...changed].filter((path) => !gone.has(path)))
  const time =
    changed.length > 0 ? timestamp(manager.nowMs) : (before.find(isMine)?.entry.time ?? timestamp(manager.nowMs))
  const entry = {
    manager: manager.name,
    operation: 'Update' as const,
    apiVersion: manager.apiVersion,
    time,
    fieldsType: 'FieldsV1' as const,
  }
  return withOwners(
    next,
    [...others, { entry, fields: mine }].filter(({ fields }) => fields.size > 0),
  )
}

/** Whether two states say the same, owners and resource version aside. */
export function sameContent(a: KubernetesObject, b: KubernetesObject): boolean {
  const content = ({ metadata, ...rest }: KubernetesObject): string => {
    const { managedFields: _, resourceVersion: __, ...meta } = metadata
    return canonical({ ...rest, metadata: meta })
  }
  return content(a) === content(b)
}

function findConflicts(
  live: unknown,
  applied: unknown,
  wanted: FieldSet,
  others: readonly Ownership[],
): readonly Conflict[] {
  return others.flatMap((owner) =>
    [...owner.fields]
      .filter((path) => wanted.has(path) && !same(valueAt(live, path), valueAt(applied, path)))
      .map((path) => ({ owner, path })),
  )
}

function conflictError(conflicts: readonly Conflict[]): Error {
  const causes: readonly StatusCause[] = conflicts.map(({ owner, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${describeOwner(owner)}`,
    field: formatPath(path),
  }))
  const [first] = conflicts
  if (first !== undefined && conflicts.length === 1) {
    return applyConflict(
      causes,
      `Apply failed with 1 conflict: conflict with ${describeOwner(first.owner)}: ${formatPath(first.path)}`,
    )
  }
  const names = [...new Set(conflicts.map(({ owner }) => describeOwner(owner)))].sort()
  const lines = names.flatMap((name) => [
    `conflicts with ${name}:`,
    ...conflicts.filter(({ owner }) => describeOwner(owner) === name).map(({ path }) => `- ${formatPath(path)}`),
  ])
  return applyConflict(causes, `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`)
}

function describeOwner({ entry }: Ownership): string {
  const name = JSON.stringify(entry.manager)
  if (entry.operation === 'Apply') return name
  const since = entry.time === undefined ? '' : ` at ${entry.time}`
  return `${name} using ${entry.apiVersion}${since}`
}

/** An item of a list stays while anybody owns a part of it. */
function removeUnless(kept: readonly FieldSet[]): (object: unknown, path: string) => unknown {
  return (object, path) => {
    if (!path.endsWith('"."]')) return withoutField(object, path)
    const item = path.slice(0, -'"."]'.length)
    return kept.some((fields) => [...fields].some((other) => other.startsWith(item)))
      ? object
      : withoutField(object, path)
  }
}

/** As recorded, or, for an object that no manager was recorded for, all of it owned by `before-first-apply`. */
function owners(live: KubernetesObject): readonly Ownership[] {
  const recorded = recordedOwners(live)
  const fields = fieldsOf(live)
  if (recorded.length > 0 || fields.size === 0) return recorded
  const entry = {
    manager: 'before-first-apply',
    operation: 'Update' as const,
    apiVersion: live.apiVersion,
    fieldsType: 'FieldsV1' as const,
  }
  return [{ entry, fields }]
}

function recordedOwners({ metadata }: KubernetesObject): readonly Ownership[] {
  return (metadata.managedFields ?? []).map(({ fieldsV1, ...entry }) => ({ entry, fields: fromFieldsV1(fieldsV1) }))
}

function withOwners(object: KubernetesObject, ownerships: readonly Ownership[]): KubernetesObject {
  const managedFields = ownerships.map(({ entry, fields }) => ({ ...entry, fieldsV1: toFieldsV1(fields) }))
  return { ...object, metadata: { ...object.metadata, managedFields } }
}

function without({ entry, fields }: Ownership, paths: ReadonlySet<string>): Ownership {
  return { entry, fields: new Set([...fields].filter((path) => !paths.has(path))) }
}

function isApplier(entry: Ownership['entry'], manager: Manager): boolean {
  return entry.operation === 'Apply' && entry.manager === manager.name
}

function sameSet(a: FieldSet, b: FieldSet): boolean {
  return a.size === b.size && [...a].every((path) => b.has(path))
}

function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b)
}

/** JSON with sorted members. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}
