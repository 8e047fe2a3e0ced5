// Lists, in pages and by selectors. Items carry no `apiVersion` and no `kind`, as
// in the lists of a real API server.
import type { SandboxResponse } from '../http.ts'
import { respondJson } from '../http.ts'
import { asOfNow } from './control-plane.ts'
import type { ResourceType } from './resource-types.ts'
import { apiVersion } from './resource-types.ts'
import { fieldSelector, labelSelector } from './selectors.ts'
import type { KubernetesObject } from './state.ts'
import { badRequest } from './status.ts'
import type { Store } from './store.ts'
import { listObjects, objectKey, storeVersion } from './store.ts'

interface ContinueToken {
  readonly v: 'meta.k8s.io/v1'
  readonly rv: string
  /** The first key of the next page. */
  readonly start: string
}

/** @throws {StatusError} 400 */
export function respondList(
  store: Store,
  type: ResourceType,
  namespace: string,
  query: URLSearchParams,
): SandboxResponse {
  const isLabelled = labelSelector(query.get('labelSelector') ?? '')
  const isSelected = fieldSelector(query.get('fieldSelector') ?? '')
  const start = readContinue(query.get('continue'))
  const rest = listObjects(store, type, namespace)
    .flatMap((object) => asOfNow(store, object) ?? [])
    .filter((object) => keyOf(type, object) >= start && isLabelled(object) && isSelected(object))
  const limit = Number(query.get('limit') ?? '0')
  const page = limit > 0 ? rest.slice(0, limit) : rest
  const next = rest[page.length]
  const resourceVersion = storeVersion(store)
  const more =
    next === undefined
      ? {}
      : {
          continue: writeContinue({ v: 'meta.k8s.io/v1', rv: resourceVersion, start: keyOf(type, next) }),
          remainingItemCount: rest.length - page.length,
        }
  return respondJson(200, {
    kind: `${type.kind}List`,
    apiVersion: apiVersion(type),
    metadata: { resourceVersion, ...more },
    items: page.map(withoutKind),
  })
}

function withoutKind(object: KubernetesObject): Readonly<Record<string, unknown>> {
  const { apiVersion: _, kind: __, ...item } = object
  return item
}

function keyOf(type: ResourceType, { metadata: { namespace = '', name } }: KubernetesObject): string {
  return objectKey(type, namespace, name)
}

function readContinue(text: string | null): string {
  if (text === null || text === '') return ''
  try {
    const token = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Partial<ContinueToken>
    if (typeof token.start === 'string') return token.start
  } catch {
    // Falls through to the answer for every token that is not ours.
  }
  throw badRequest('continue key is not valid: illegal base64 data or not a continue token')
}

function writeContinue(token: ContinueToken): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url')
}
