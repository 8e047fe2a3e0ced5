// What the schema found, in words for people, with every unknown key and the known
// one that was probably meant.
import { closest, distance } from 'fastest-levenshtein'
import type * as v from 'valibot'
import type { Finding } from './finding.ts'

type Issue = v.BaseIssue<unknown>

/** The parts of a valibot schema that hold others. */
interface SchemaNode {
  readonly type: string
  readonly entries?: Readonly<Record<string, SchemaNode>>
  readonly wrapped?: SchemaNode
  readonly item?: SchemaNode
  readonly key?: string
  readonly options?: readonly SchemaNode[]
  readonly literal?: unknown
}

export function findingsOf(schema: v.GenericSchema, input: unknown, issues: readonly Issue[]): readonly Finding[] {
  const unknown = unknownKeys(schema as unknown as SchemaNode, input, '')
  // The library names only the first unknown key of an object.
  const others = issues.flatMap((issue) => leaves(issue)).filter(({ expected }) => expected !== 'never')
  return [...others.map(toFinding), ...unknown]
}

/** A choice between a value and an object is explained by the object's problems, when an object was given. */
function leaves(issue: Issue): readonly Issue[] {
  if (issue.type !== 'union' || issue.issues === undefined || typeof issue.input !== 'object' || issue.input === null)
    return [issue]
  const inner = issue.issues.filter(({ path }) => path !== undefined && path.length > 0)
  const above = issue.path ?? []
  return inner.length === 0
    ? [issue]
    : inner.map((one) => ({ ...one, path: [...above, ...(one.path ?? [])] as unknown as Issue['path'] }) as Issue)
}

function toFinding(issue: Issue): Finding {
  const path = (issue.path ?? []).map(({ key }) => `/${escapePointer(String(key))}`).join('')
  return { code: 'config-invalid', severity: 'error', path, message: messageOf(issue) }
}

function messageOf(issue: Issue): string {
  const found = issue.received === 'undefined' ? 'found nothing' : `found ${issue.received}`
  if (issue.kind === 'schema' && issue.received === 'undefined' && isOwnMessage(issue))
    return 'is missing and has no default'
  return isOwnMessage(issue) ? `must be ${describe(issue.expected)}, ${found}` : `${issue.message}, ${found}`
}

/** Whether the library wrote the text: ours begin with "must". */
function isOwnMessage(issue: Issue): boolean {
  return /^Invalid /.test(issue.message)
}

function describe(expected: string | null): string {
  if (expected === null) return 'another value'
  const choices = expected.replace(/^\(|\)$/g, '').split(' | ')
  return choices.length > 1
    ? `one of ${choices.join(', ')}`
    : ({ string: 'a text', number: 'a number', boolean: 'true or false', Object: 'a section', Array: 'a list' }[
        expected
      ] ?? expected)
}

function unknownKeys(schema: SchemaNode, input: unknown, path: string): readonly Finding[] {
  if (schema.wrapped !== undefined) return unknownKeys(schema.wrapped, input, path)
  if (Array.isArray(input)) {
    const { item } = schema
    return item === undefined
      ? []
      : input.flatMap((value: unknown, index) => unknownKeys(item, value, `${path}/${index}`))
  }
  if (typeof input !== 'object' || input === null) return []
  const fields = input as Readonly<Record<string, unknown>>
  if (schema.options !== undefined) return unknownKeysOfChoice(schema, fields, path)
  const { entries } = schema
  if (entries === undefined) return []
  return Object.entries(fields).flatMap(([name, value]) => {
    const at = `${path}/${escapePointer(name)}`
    const known = Object.hasOwn(entries, name) ? entries[name] : undefined
    return known === undefined ? [unknownKey(at, name, Object.keys(entries))] : unknownKeys(known, value, at)
  })
}

function unknownKeysOfChoice(
  schema: SchemaNode,
  fields: Readonly<Record<string, unknown>>,
  path: string,
): readonly Finding[] {
  const { key, options = [] } = schema
  const chosen =
    key === undefined
      ? options.find(({ entries }) => entries !== undefined)
      : options.find(({ entries }) => entries?.[key]?.literal === fields[key])
  return chosen === undefined ? [] : unknownKeys(chosen, fields, path)
}

function unknownKey(path: string, name: string, known: readonly string[]): Finding {
  const nearest = known.length === 0 ? undefined : closest(name, known)
  const isNear =
    nearest !== undefined && distance(name.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, name.length / 3)
  return {
    code: 'config-unknown-key',
    severity: 'error',
    path,
    message: `"${name}" is not known here`,
    fix: isNear ? `Did you mean "${nearest}"?` : `Known are ${known.join(', ')}.`,
  }
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
