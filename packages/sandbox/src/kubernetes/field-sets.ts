// Sets of fields of an object, as `managedFields` counts them: each path is a list
// of steps in the notation of FieldsV1 (`f:name`, `k:{"name":"x"}`, `v:"x"`, `.`).
// Maps are counted field by field, lists as a whole, but for those that Kubernetes
// merges by key. https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
import { isRecord } from './patch.ts'

/** Paths, each as the JSON of its steps. */
export type FieldSet = ReadonlySet<string>

type Steps = readonly string[]

/** Lists that are merged, by the path that leads to them; `*` stands for an item. The value names the keys; none: a set. */
const MERGED_LISTS: Readonly<Record<string, readonly string[]>> = {
  'metadata.finalizers': [],
  'metadata.ownerReferences': ['uid'],
  imagePullSecrets: ['name'],
  secrets: ['name'],
  'spec.imagePullSecrets': ['name'],
  'spec.volumes': ['name'],
  ...Object.fromEntries(
    ['spec.containers', 'spec.initContainers'].flatMap((containers) => [
      [containers, ['name']],
      [`${containers}.*.env`, ['name']],
      [`${containers}.*.volumeMounts`, ['mountPath']],
      [`${containers}.*.ports`, ['containerPort', 'protocol']],
    ]),
  ),
}

/** What the server writes is nobody's. */
const UNOWNED = new Set(
  ['apiVersion', 'kind', 'status']
    .map((member) => JSON.stringify([`f:${member}`]))
    .concat(
      [
        'name',
        'generateName',
        'namespace',
        'uid',
        'resourceVersion',
        'creationTimestamp',
        'deletionTimestamp',
        'managedFields',
      ].map((member) => JSON.stringify(['f:metadata', `f:${member}`])),
    ),
)

export function fieldsOf(object: unknown): FieldSet {
  const fields = new Set<string>()
  collect(object, [], [], fields)
  return fields
}

function collect(value: unknown, steps: Steps, names: readonly string[], fields: Set<string>): void {
  const path = JSON.stringify(steps)
  if (UNOWNED.has(path)) return
  const keys = mergeKeys(names)
  if (isRecord(value) && (Object.keys(value).length > 0 || steps.length === 0)) {
    for (const [name, member] of Object.entries(value))
      collect(member, [...steps, `f:${name}`], [...names, name], fields)
    return
  }
  if (!Array.isArray(value) || keys === undefined) {
    fields.add(path)
    return
  }
  for (const item of value as readonly unknown[]) {
    const step = itemStep(item, keys)
    if (step.startsWith('k:')) {
      fields.add(JSON.stringify([...steps, step, '.']))
      collect(item, [...steps, step], [...names, '*'], fields)
    } else fields.add(JSON.stringify([...steps, step]))
  }
}

function mergeKeys(names: readonly string[]): readonly string[] | undefined {
  return MERGED_LISTS[names.join('.')]
}

function itemStep(item: unknown, keys: readonly string[]): string {
  if (keys.length === 0 || !isRecord(item)) return `v:${JSON.stringify(item)}`
  return `k:${JSON.stringify(Object.fromEntries(keys.flatMap((key) => (item[key] === undefined ? [] : [[key, item[key]]]))))}`
}

/** The value at a path; `undefined` when there is none. For the item itself (`.`): whether it is there. */
export function valueAt(object: unknown, path: string): unknown {
  let value = object
  for (const step of JSON.parse(path) as Steps) {
    if (step === '.') return value !== undefined
    value = descend(value, step)
  }
  return value
}

function descend(value: unknown, step: string): unknown {
  if (step.startsWith('f:')) return isRecord(value) ? value[step.slice(2)] : undefined
  return Array.isArray(value) ? (value as readonly unknown[]).find((item) => isItem(item, step)) : undefined
}

function isItem(item: unknown, step: string): boolean {
  const wanted = JSON.parse(step.slice(2)) as unknown
  if (step.startsWith('v:')) return JSON.stringify(item) === JSON.stringify(wanted)
  return isRecord(item) && isRecord(wanted) && Object.entries(wanted).every(([key, value]) => item[key] === value)
}

/** `live` with everything that `applied` says; lists that merge by key keep what `applied` leaves out. */
export function mergeApplied(live: unknown, applied: unknown, names: readonly string[] = []): unknown {
  if (isRecord(applied) && isRecord(live)) {
    const merged: Record<string, unknown> = { ...live }
    for (const [name, value] of Object.entries(applied))
      merged[name] = mergeApplied(live[name], value, [...names, name])
    return merged
  }
  const keys = mergeKeys(names)
  if (!Array.isArray(applied) || !Array.isArray(live) || keys === undefined) return applied
  const items = [...(live as readonly unknown[])]
  for (const item of applied as readonly unknown[]) {
    const index = items.findIndex((candidate) => isItem(candidate, itemStep(item, keys)))
    if (index === -1) items.push(item)
    else items[index] = mergeApplied(items[index], item, [...names, '*'])
  }
  return items
}

/** The object without the value at `path`, and without what is empty once that is gone. */
export function withoutField(object: unknown, path: string): unknown {
  return remove(object, JSON.parse(path) as Steps)
}

function remove(value: unknown, [step, ...rest]: Steps): unknown {
  if (step === undefined || step === '.') return undefined
  if (isRecord(value) && step.startsWith('f:')) {
    const name = step.slice(2)
    if (!(name in value)) return value
    const { [name]: member, ...others } = value
    const left = remove(member, rest)
    const result = left === undefined ? others : { ...value, [name]: left }
    return Object.keys(result).length === 0 ? undefined : result
  }
  if (!Array.isArray(value)) return value
  const items = (value as readonly unknown[]).flatMap((item) => {
    if (!isItem(item, step)) return [item]
    const left = remove(item, rest)
    return left === undefined ? [] : [left]
  })
  return items.length === 0 ? undefined : items
}

/** As FieldsV1: a tree of steps. */
export function toFieldsV1(fields: FieldSet): Record<string, unknown> {
  const tree: Record<string, unknown> = {}
  for (const path of [...fields].sort()) {
    let node = tree
    for (const step of JSON.parse(path) as Steps) node = (node[step] ??= {}) as Record<string, unknown>
  }
  return tree
}

export function fromFieldsV1(tree: Readonly<Record<string, unknown>>): FieldSet {
  const fields = new Set<string>()
  visit(tree, [], fields)
  return fields
}

function visit(tree: Readonly<Record<string, unknown>>, steps: Steps, fields: Set<string>): void {
  const entries = Object.entries(tree)
  if (entries.length === 0 && steps.length > 0) fields.add(JSON.stringify(steps))
  for (const [step, child] of entries) visit(child as Record<string, unknown>, [...steps, step], fields)
}

/** `.metadata.annotations.example.com/x`, `.spec.containers[name="app"].image` */
export function formatPath(path: string): string {
  return (JSON.parse(path) as Steps)
    .filter((step) => step !== '.')
    .map((step) => {
      if (step.startsWith('f:')) return `.${step.slice(2)}`
      if (step.startsWith('v:')) return `[=${step.slice(2)}]`
      const keys = Object.entries(JSON.parse(step.slice(2)) as Record<string, unknown>)
      return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`
    })
    .join('')
}
