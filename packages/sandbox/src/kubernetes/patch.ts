// The three patches that know nothing of owners: JSON merge patch (RFC 7386), JSON
// patch (RFC 6902) and, treated as the first, strategic merge patch. The latter
// would merge some lists by key; here lists are replaced.
import { badRequest, StatusError } from './status.ts'

type Json = unknown

interface Operation {
  readonly op: string
  readonly path: string
  readonly from?: string
  readonly value?: Json
}

export function mergePatch(target: Json, patch: Json): Json {
  if (!isRecord(patch)) return patch
  const merged: Record<string, Json> = isRecord(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else merged[key] = mergePatch(merged[key], value)
  }
  return merged
}

/** @throws {StatusError} 400 for what is no patch, 422 for a patch that does not fit. */
export function jsonPatch(target: Json, patch: Json): Json {
  if (!Array.isArray(patch)) throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch')
  const root = { '': structuredClone(target) } as Record<string, Json>
  for (const operation of patch as readonly Operation[]) applyOperation(root, operation)
  return root['']
}

function applyOperation(root: Record<string, Json>, { op, path, from, value }: Operation): void {
  switch (op) {
    case 'add':
      return put(root, path, structuredClone(value), 'insert')
    case 'replace':
      take(root, path, 'look')
      return put(root, path, structuredClone(value), 'replace')
    case 'remove':
      take(root, path, 'remove')
      return
    case 'move':
      return put(root, path, take(root, from ?? '', 'remove'), 'insert')
    case 'copy':
      return put(root, path, structuredClone(take(root, from ?? '', 'look')), 'insert')
    case 'test':
      if (JSON.stringify(take(root, path, 'look')) === JSON.stringify(value)) return
      throw misfit(path, 'testing value failed: test failed')
    default:
      throw misfit(path, `Unexpected kind: ${op}`)
  }
}

function take(root: Record<string, Json>, path: string, how: 'look' | 'remove'): Json {
  const [parent, key] = parentOf(root, path)
  if (Array.isArray(parent)) {
    const index = Number(key)
    if (!(index < parent.length)) throw misfit(path, 'index out of bounds')
    return how === 'remove' ? parent.splice(index, 1)[0] : parent[index]
  }
  if (!(key in parent)) throw misfit(path, 'nonexistent key')
  const value = parent[key]
  if (how === 'remove') delete parent[key]
  return value
}

function put(root: Record<string, Json>, path: string, value: Json, how: 'insert' | 'replace'): void {
  const [parent, key] = parentOf(root, path)
  if (!Array.isArray(parent)) {
    parent[key] = value
    return
  }
  const index = key === '-' ? parent.length : Number(key)
  if (!(index <= parent.length)) throw misfit(path, 'index out of bounds')
  parent.splice(index, how === 'replace' ? 1 : 0, value)
}

/** What holds the value that a JSON Pointer names, and under which key. */
function parentOf(root: Record<string, Json>, pointer: string): [Record<string, Json> | Json[], string] {
  if (pointer !== '' && !pointer.startsWith('/')) throw misfit(pointer, 'not a JSON pointer')
  const keys = pointer.split('/').map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  let parent: Json = root
  for (const key of keys.slice(0, -1))
    parent = Array.isArray(parent) ? parent[Number(key)] : isRecord(parent) ? parent[key] : undefined
  if (!Array.isArray(parent) && !isRecord(parent)) throw misfit(pointer, 'missing path')
  return [parent, keys.at(-1) ?? '']
}

/** The API server does not say what was wrong with a patch; the cause is for whoever debugs the sandbox. */
function misfit(path: string, why: string): Error {
  const error = new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {})
  error.cause = `${path}: ${why}`
  return error
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
