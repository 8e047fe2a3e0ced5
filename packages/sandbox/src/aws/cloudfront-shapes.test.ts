import * as sdk from '@aws-sdk/client-cloudfront'
import { describe, expect, test } from 'vitest'
import {
  CACHE_POLICY_CONFIG,
  DISTRIBUTION_CONFIG,
  INVALIDATION_BATCH,
  ORIGIN_ACCESS_CONTROL_CONFIG,
  TAGS,
} from './cloudfront-shapes.ts'
import type { Shape, StructureShape } from './xml-shape.ts'

/** One line for each member, as `path type`, with `!` where the SDK or the shape requires it. */
function linesOfShape(shape: Shape, path: string): string[] {
  if (typeof shape !== 'object') return [`${path} ${shape}`]
  if (shape.kind === 'list') return linesOfShape(shape.item, `${path}/${shape.itemName}`)
  return Object.entries(shape.members).flatMap(([name, member]) =>
    linesOfShape(member, `${path}/${name}${shape.required.includes(name) ? '!' : ''}`),
  )
}

const SIMPLE: Readonly<Record<number, string>> = { 0: 'text', 1: 'integer', 2: 'boolean' }

// The SDK's schemas: [3, namespace, name, traits, names, members, required] is a structure,
// [1, namespace, name, traits, member] a list, [0, namespace, name, traits, type] a named
// simple type, and [schema, traits] a schema with traits; any of them may be behind a function.
function linesOfSchema(schema: unknown, path: string): string[] {
  if (typeof schema === 'function') return linesOfSchema((schema as () => unknown)(), path)
  if (typeof schema === 'number') return [`${path} ${SIMPLE[schema] ?? String(schema)}`]
  const parts = schema as readonly unknown[]
  if (parts.length === 2) return linesOfSchema(parts[0], path)
  if (parts[0] === 0) return linesOfSchema(parts[4], path)
  if (parts[0] === 1) return linesOfSchema(parts[4], `${path}/${itemName(parts[4])}`)
  const [, , , , names, members, required = 0] = parts as [0, 0, 0, 0, string[], unknown[], number?]
  return names.flatMap((name, index) => linesOfSchema(members[index], `${path}/${name}${index < required ? '!' : ''}`))
}

function itemName(member: unknown): string {
  const traits = Array.isArray(member) && member.length === 2 ? (member[1] as { xmlName?: string }) : {}
  return traits.xmlName ?? 'member'
}

const PAIRS: readonly (readonly [name: string, shape: StructureShape, schema: unknown])[] = [
  ['DistributionConfig', DISTRIBUTION_CONFIG, sdk.DistributionConfig$],
  ['OriginAccessControlConfig', ORIGIN_ACCESS_CONTROL_CONFIG, sdk.OriginAccessControlConfig$],
  ['CachePolicyConfig', CACHE_POLICY_CONFIG, sdk.CachePolicyConfig$],
  ['InvalidationBatch', INVALIDATION_BATCH, sdk.InvalidationBatch$],
  ['Tags', TAGS, sdk.Tags$],
]

describe('the shapes', () => {
  test.each(PAIRS)('%s has the members that the SDK knows', (name, shape, schema) => {
    const known = linesOfShape(shape, name).sort()
    expect(known.length).toBeGreaterThan(1)
    expect(known).toEqual(linesOfSchema(schema, name).sort())
  })
})
