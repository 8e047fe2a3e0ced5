// One caller of the sandbox, as a process would be: its requests are logged under
// its name and a `crash` ends it, after which nothing it does has any effect.
import { Readable } from 'node:stream'
import type { SandboxRequest, SandboxResponse } from './http.ts'
import { encodeText } from './http.ts'

/** What an AWS SDK for JavaScript client takes as `requestHandler`. */
export interface AwsRequestHandler {
  readonly metadata: { readonly handlerProtocol: string }
  handle(
    request: SdkRequest,
    options?: { readonly abortSignal?: unknown },
  ): Promise<{ response: { statusCode: number; headers: Record<string, string>; body: Readable } }>
  destroy(): void
  updateHttpClientConfig(): void
  httpHandlerConfigs(): Record<string, never>
}

interface SdkRequest {
  readonly method: string
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
  readonly query?: Record<string, string | string[] | null | undefined>
  readonly headers: Record<string, string>
  readonly body?: unknown
}

export interface KubernetesRequest {
  readonly method: string
  /** With the query: `/api/v1/namespaces/default/serviceaccounts?limit=1`. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface KubernetesResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Session {
  readonly name: string
  readonly requestHandler: AwsRequestHandler
  /** The public internet as this sandbox knows it: published URLs and nothing else. */
  readonly fetch: (url: string | URL, init?: { readonly signal?: AbortSignal }) => Promise<Response>
  /** Sends to one API server, or to any when `apiServer` is left out, as a load balancer would. */
  kubernetes(
    cluster: string,
    options: { readonly token?: string; readonly apiServer?: string },
  ): (request: KubernetesRequest) => Promise<KubernetesResponse>
  /** Resolves when a fault rule has ended this session. */
  readonly crashed: Promise<void>
}

export type Transport = (request: SandboxRequest) => Promise<SandboxResponse>

export function createRequestHandler(send: Transport): AwsRequestHandler {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    destroy: () => undefined,
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    async handle(request) {
      const { status, headers, body } = await send(await fromSdk(request))
      return { response: { statusCode: status, headers: { ...headers }, body: Readable.from([body]) } }
    },
  }
}

async function fromSdk(request: SdkRequest): Promise<SandboxRequest> {
  const port = request.port === undefined ? '' : `:${request.port}`
  const url = new URL(`${request.protocol}//${request.hostname}${port}${request.path}`)
  for (const [name, value] of Object.entries(request.query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value ?? '']) url.searchParams.append(name, one)
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  return { method: request.method, url, headers, body: await bytes(request.body) }
}

async function bytes(body: unknown): Promise<Uint8Array> {
  if (body === undefined || body === null) return new Uint8Array()
  if (typeof body === 'string') return encodeText(body)
  if (body instanceof Uint8Array) return body
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  const chunks: Uint8Array[] = []
  for await (const chunk of body as AsyncIterable<Uint8Array | string>) {
    chunks.push(typeof chunk === 'string' ? encodeText(chunk) : chunk)
  }
  return Buffer.concat(chunks)
}
