// Between XML and the members of an API: a shape says which elements there may be
// and what each holds, so that lists of one stay lists and numbers become numbers.
import type { XmlElement, XmlValue } from './xml.ts'
import { isElement, parseXml } from './xml.ts'

export type Shape = 'text' | 'integer' | 'boolean' | ListShape | StructureShape

export interface ListShape {
  readonly kind: 'list'
  /** The name of the element that holds one item. */
  readonly itemName: string
  readonly item: Shape
}

/** `T` is the type of what is decoded: the shape's own promise, which no compiler checks. */
export interface StructureShape<T = unknown> {
  readonly kind: 'structure'
  readonly required: readonly string[]
  readonly members: Readonly<Record<string, Shape>>
  readonly decoded?: T
}

/** Why a document does not have the shape; the message names the member. */
export class ShapeError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ShapeError'
  }
}

export function listOf(itemName: string, item: Shape): ListShape {
  return { kind: 'list', itemName, item }
}

/** Members in the order in which they are written. A name that ends in `!` is required. */
export function structure(members: Readonly<Record<string, Shape>>): StructureShape<never> {
  const entries = Object.entries(members)
  return {
    kind: 'structure',
    required: entries.filter(([name]) => name.endsWith('!')).map(([name]) => name.slice(0, -1)),
    members: Object.fromEntries(entries.map(([name, shape]) => [name.replace(/!$/, ''), shape])),
  }
}

/** @throws {ShapeError} when it is no XML, has another root, or does not have the shape. */
export function decodeDocument<T>(text: string, root: string, shape: StructureShape<T>): T {
  let parsed
  try {
    parsed = parseXml(text)
  } catch (cause) {
    throw new ShapeError('The XML that you provided is not well-formed', { cause })
  }
  if (parsed.root !== root) throw new ShapeError(`The root element must be ${root}, not ${parsed.root}`)
  return decodeStructure(parsed.content, shape, root) as T
}

function decodeStructure(value: XmlValue, shape: StructureShape, path: string): Record<string, unknown> {
  if (!isElement(value) && value !== '') throw new ShapeError(`${path} must hold elements`)
  const element: XmlElement = isElement(value) ? value : {}
  const unknown = Object.keys(element).find((name) => !Object.hasOwn(shape.members, name))
  if (unknown !== undefined) throw new ShapeError(`${path} has no member ${unknown}`)
  const missing = shape.required.find((name) => element[name] === undefined)
  if (missing !== undefined)
    throw new ShapeError(`Value null at '${path}.${missing}' failed to satisfy constraint: Member must not be null`)
  return Object.fromEntries(
    Object.entries(shape.members).flatMap(([name, member]) => {
      const child = element[name]
      return child === undefined ? [] : [[name, decode(child, member, `${path}.${name}`)]]
    }),
  )
}

function decode(value: XmlValue, shape: Shape, path: string): unknown {
  if (typeof shape === 'object')
    return shape.kind === 'list' ? decodeList(value, shape, path) : decodeStructure(value, shape, path)
  if (typeof value !== 'string') throw new ShapeError(`${path} must be one text`)
  if (shape === 'integer' && !/^-?\d+$/.test(value.trim()))
    throw new ShapeError(`${path} must be a number, not "${value}"`)
  if (shape === 'boolean' && !/^(true|false)$/.test(value.trim()))
    throw new ShapeError(`${path} must be true or false, not "${value}"`)
  if (shape === 'text') return value
  return shape === 'integer' ? Number(value) : value.trim() === 'true'
}

function decodeList(value: XmlValue, { itemName, item }: ListShape, path: string): unknown[] {
  const { items } = decodeItems(value, itemName, path)
  return items.map((one, index) => decode(one, item, `${path}.${index + 1}`))
}

function decodeItems(value: XmlValue, itemName: string, path: string): { readonly items: readonly XmlValue[] } {
  if (value === '') return { items: [] }
  if (!isElement(value)) throw new ShapeError(`${path} must be one list`)
  const unknown = Object.keys(value).find((name) => name !== itemName)
  if (unknown !== undefined) throw new ShapeError(`${path} must hold ${itemName}, not ${unknown}`)
  const found = value[itemName] ?? []
  return { items: Array.isArray(found) ? (found as readonly XmlValue[]) : [found] }
}

/** Members that the shape does not know are left out. */
export function encode(value: unknown, shape: Shape): XmlValue {
  if (typeof shape !== 'object') return String(value)
  if (shape.kind === 'list')
    return { [shape.itemName]: (value as readonly unknown[]).map((item) => encode(item, shape.item)) }
  const members = value as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.entries(shape.members).flatMap(([name, member]) =>
      members[name] === undefined || members[name] === null ? [] : [[name, encode(members[name], member)]],
    ),
  )
}

export function encodeStructure(value: unknown, shape: StructureShape): XmlElement {
  return encode(value, shape) as XmlElement
}
