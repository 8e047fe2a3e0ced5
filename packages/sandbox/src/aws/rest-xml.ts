// What CloudFront and Route 53 share: operations told apart by method and path, and
// errors as `ErrorResponse` documents.
import { createHash } from 'node:crypto'
import type { SandboxRequest, SandboxResponse } from '../http.ts'
import { respond } from '../http.ts'
import type { Access } from '../request-log.ts'
import type { AwsCall, ServiceError } from './service.ts'
import { buildXml } from './xml.ts'

export interface RestRoute {
  readonly operation: string
  readonly method: string
  /** After the version; `{}` stands for one segment, which is handed on. */
  readonly path: string
  /** A parameter that the query must have, with its value where that matters. */
  readonly query?: readonly [name: string, value?: string]
  readonly access: Access
  readonly answer: (call: AwsCall, ...segments: string[]) => SandboxResponse
}

/** `target` is method and path: `GET distribution/{}/config`. */
export function route(
  target: string,
  answer: RestRoute['answer'],
  operation: string,
  query?: RestRoute['query'],
): RestRoute {
  const [method = '', path = ''] = target.split(' ')
  return { operation, method, path, ...(query && { query }), access: method === 'GET' ? 'read' : 'write', answer }
}

/** The first route that fits, with the segments that it hands on. `version` is the path's first segment. */
export function findRoute(
  routes: readonly RestRoute[],
  version: string,
  { method, url }: Pick<SandboxRequest, 'method' | 'url'>,
): readonly [RestRoute, string[]] | undefined {
  const [first, ...sent] = url.pathname.replace(/\/$/, '').slice(1).split('/')
  if (first !== version) return undefined
  for (const one of routes) {
    const [name, value] = one.query ?? []
    if (one.method !== method || (name !== undefined && !url.searchParams.has(name))) continue
    if (name !== undefined && value !== undefined && url.searchParams.get(name) !== value) continue
    const pattern = one.path.split('/')
    if (pattern.length !== sent.length || !pattern.every((part, index) => part === '{}' || part === sent[index]))
      continue
    return [one, sent.filter((_, index) => pattern[index] === '{}').map(decode)]
  }
  return undefined
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

export function respondRestError(
  error: ServiceError,
  request: Pick<SandboxRequest, 'method' | 'url'>,
  namespace: string,
): SandboxResponse {
  const id = requestId(`${request.method} ${request.url.href} ${error.code}`)
  const body = {
    Error: {
      Type: error.status < 500 ? 'Sender' : 'Receiver',
      Code: error.code,
      Message: error.message,
      ...error.fields,
    },
    RequestId: id,
  }
  const response = respond(error.status, 'text/xml', buildXml('ErrorResponse', body, namespace))
  return { ...response, headers: { ...response.headers, 'x-amzn-requestid': id } }
}

/** Nobody compares request ids, so that these may depend on the request alone. */
function requestId(text: string): string {
  const h = createHash('sha256').update(text).digest('hex')
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20, 32)}`
}
