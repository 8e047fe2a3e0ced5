// What a request asks for, read from method, path and query alone, by the rules by
// which kube-apiserver chooses the attributes that are authorised. Knows neither
// callers nor objects.
// https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb
import type { SandboxRequest } from '../http.ts'
import { decodeText } from '../http.ts'
import type { Access } from '../request-log.ts'

export interface ResourceRequest {
  readonly kind: 'resource'
  readonly verb: string
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly subresource: string
  /** `''` for cluster-wide requests. */
  readonly namespace: string
  /** `''` when no single object is meant. */
  readonly name: string
  readonly dryRun: boolean
}

export interface PathRequest {
  readonly kind: 'path'
  readonly verb: string
  readonly path: string
}

export type RequestInfo = ResourceRequest | PathRequest

const VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }

export function readRequestInfo(request: SandboxRequest): RequestInfo {
  const { pathname, searchParams } = request.url
  const [root, ...rest] = pathname.split('/').slice(1).filter(Boolean).map(decode)
  const isCore = root === 'api'
  const [group = '', version = '', ...tail] = isCore ? ['', ...rest] : rest
  if ((root !== 'api' && root !== 'apis') || version === '' || tail.length === 0) {
    return { kind: 'path', verb: request.method.toLowerCase(), path: pathname }
  }
  // A namespace by itself is both the object and the place: /api/v1/namespaces/NAME[/status].
  const inNamespace = tail[0] === 'namespaces' && tail.length > 1
  const isNamespace = inNamespace && (tail.length === 2 || tail[2] === 'status' || tail[2] === 'finalize')
  const namespace = inNamespace ? (tail[1] ?? '') : ''
  const [plural = '', nameInPath = '', subresource = ''] = inNamespace && !isNamespace ? tail.slice(2) : tail
  const name = nameInPath === '' ? nameSelected(searchParams) : nameInPath
  return {
    kind: 'resource',
    verb: resourceVerb(request, nameInPath),
    group,
    version,
    plural,
    subresource,
    namespace,
    name,
    dryRun: isDryRun(request),
  }
}

/** `patch serviceaccounts`, `create serviceaccounts/token`, `get /version`; and whether it may change anything. */
export function describeRequest(info: RequestInfo): { readonly operation: string; readonly access: Access } {
  if (info.kind === 'path') {
    return {
      operation: `${info.verb} ${info.path}`,
      access: info.verb === 'get' || info.verb === 'head' ? 'read' : 'write',
    }
  }
  const operation = `${info.verb} ${info.plural}${info.subresource === '' ? '' : `/${info.subresource}`}`
  if (info.plural === 'serviceaccounts' && info.subresource === 'token') return { operation, access: 'mint' }
  const reads = ['get', 'list', 'watch'].includes(info.verb) || info.dryRun || isReview(info)
  return { operation, access: reads ? 'read' : 'write' }
}

function isReview({ group, plural }: ResourceRequest): boolean {
  return ['authorization.k8s.io', 'authentication.k8s.io'].includes(group) && plural.endsWith('reviews')
}

function resourceVerb(request: SandboxRequest, nameInPath: string): string {
  const { method, url } = request
  if (method === 'GET' || method === 'HEAD') {
    if (['true', '1'].includes(url.searchParams.get('watch') ?? '')) return 'watch'
    return nameInPath === '' ? 'list' : 'get'
  }
  if (method === 'DELETE' && nameInPath === '') return 'deletecollection'
  return VERBS[method] ?? method.toLowerCase()
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function nameSelected(query: URLSearchParams): string {
  return /(?:^|,)metadata\.name=([^,]*)/.exec(query.get('fieldSelector') ?? '')?.[1] ?? ''
}

/** In the query, or in the `DeleteOptions` that a DELETE may carry. */
function isDryRun(request: SandboxRequest): boolean {
  if (request.url.searchParams.has('dryRun')) return true
  if (request.method !== 'DELETE' || request.body.byteLength === 0) return false
  try {
    const options = JSON.parse(decodeText(request.body)) as { readonly dryRun?: unknown }
    return Array.isArray(options.dryRun) && options.dryRun.length > 0
  } catch {
    return false
  }
}
