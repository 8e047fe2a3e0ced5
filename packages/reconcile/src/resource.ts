// The nouns of the engine: what should be, what is, and how one thing names an
// output of another that does not exist yet. Nothing here knows a kind.

/** `<kind>/<name>`; unique within one plan. */
export type ResourceId = `${string}/${string}`

/** An output of another resource, known once that exists. */
export interface Ref {
  readonly $ref: ResourceId
  readonly output: string
}

/** JSON, with references. `undefined` members count as absent. */
export type Value = string | number | boolean | null | readonly Value[] | Attributes | Ref
export interface Attributes {
  readonly [name: string]: Value | undefined
}

/** What should be. */
export interface Resource {
  readonly id: ResourceId
  readonly kind: string
  /** Only what is owned: an attribute that is left out is never compared and never written. */
  readonly attributes: Attributes
  /** For kinds that are sets: the members that must be in it, by name. Others may be in it too. */
  readonly members?: Attributes
  readonly presence: 'present' | 'absent'
}

/**
 * - `ours`: carries our mark, or is known by an exact name or value that only we give.
 * - `unclaimed`: carries nobody's mark; may be adopted, with consent.
 * - `foreign`: carries somebody else's mark; never touched.
 */
export type Ownership = 'ours' | 'unclaimed' | 'foreign'

/** What is, in the same terms as {@link Resource}: whoever observes normalises. */
export interface Observed {
  readonly id: ResourceId
  /** `lost`: was there, and nobody of ours took it away. */
  readonly state: 'absent' | 'present' | 'lost'
  readonly attributes: Attributes
  readonly members?: Attributes
  readonly outputs: Readonly<Record<string, string>>
  readonly ownership: Ownership
  /** Who or what the owner is, for the message of a refusal. */
  readonly owner?: string
  /** Whether dependents may rely on it. Default: true when present. */
  readonly ready?: boolean
}

export type Outputs = ReadonlyMap<ResourceId, Readonly<Record<string, string>>>

export function isRef(value: Value | undefined): value is Ref {
  return typeof value === 'object' && value !== null && '$ref' in value
}

export function ref(id: ResourceId, output: string): Ref {
  return { $ref: id, output }
}

/** Puts known outputs in the place of references; those that are not known stay references. */
export function resolve(value: Value, outputs: Outputs): Value {
  if (isRef(value)) return outputs.get(value.$ref)?.[value.output] ?? value
  if (Array.isArray(value)) return value.map((item: Value) => resolve(item, outputs))
  if (typeof value !== 'object' || value === null) return value
  return resolveAttributes(value as Attributes, outputs)
}

export function resolveAttributes(attributes: Attributes, outputs: Outputs): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, resolve(value, outputs)]],
    ),
  )
}

/** Every reference inside a value. */
export function references(value: Value | undefined): readonly Ref[] {
  if (isRef(value)) return [value]
  if (typeof value !== 'object' || value === null) return []
  const items: readonly (Value | undefined)[] = Array.isArray(value) ? value : Object.values(value as Attributes)
  return items.flatMap(references)
}
