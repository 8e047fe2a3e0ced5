// The public internet as the sandbox knows it: CloudFront's edges and S3's public
// endpoints behind the public name system, and nothing else. Whoever fetches is
// anonymous and checks the server's certificate as a browser would.
import type { SandboxRequest, SandboxResponse } from '../http.ts'
import { encodeText } from '../http.ts'
import type { World } from '../world.ts'
import { ANONYMOUS } from './callers.ts'
import type { Visit, WebAnswer } from './cloudfront-edge.ts'
import { answerAtEdge, noAnswer } from './cloudfront-edge.ts'
import { resolveHost } from './public-dns.ts'
import { readObject } from './s3-objects.ts'
import { parseS3Host, parseTarget } from './s3-target.ts'
import { WAITS } from './waits.ts'

/**
 * Fetches a URL the way that anybody could. `cacheName` names the edge location
 * that the viewer is near: each has a cache of its own.
 *
 * The status is 0 when the host does not resolve, the server's certificate does
 * not cover it or is not valid, or nobody answers.
 */
export function fetchPublic(
  world: World,
  nowMs: number,
  url: string,
  cacheName: string,
): {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly latencyMs: number
} {
  return visitUrl(world, nowMs, { method: 'GET', url, cacheName })
}

/** An unauthenticated request to a public URL. @throws {TypeError} when there is no answer, as `fetch` does. */
export function answerPublic(world: World, request: SandboxRequest, cacheName: string): SandboxResponse {
  const { method, url } = request
  const { status, headers, body } = visitUrl(world, world.nowAt, { method, url: url.href, cacheName })
  if (status === 0) throw new TypeError(`Cannot fetch "${url.href}": ${reasonOf(world, url.hostname)}`)
  const bytes = encodeText(body)
  if (method === 'HEAD') return { status, headers, body: bytes }
  return { status, headers: { ...headers, 'content-length': String(bytes.byteLength) }, body: bytes }
}

function visitUrl(
  world: World,
  nowMs: number,
  request: { readonly method: string; readonly url: string; readonly cacheName: string },
): WebAnswer {
  const url = URL.canParse(request.url) ? new URL(request.url) : undefined
  if (url === undefined || url.port !== '' || !/^https?:$/.test(url.protocol)) return noAnswer()
  const secure = url.protocol === 'https:'
  const host = url.hostname.replace(/\.$/, '')
  const { method, cacheName } = request
  const visit: Visit = { world, nowMs, cacheName, method, secure, host, path: url.pathname }
  const destination = resolveHost(world, nowMs, host)
  if (destination === undefined) return noAnswer()
  if (destination.kind === 'silence') return { ...noAnswer(), latencyMs: WAITS.silenceMs }
  if (destination.kind === 'edge') return answerAtEdge(visit, destination.id)
  return destination.host === host && secure ? answerAtBucket(visit, url) : noAnswer()
}

function answerAtBucket({ world, nowMs, method, host }: Visit, url: URL): WebAnswer {
  const { bucket, key, region = '', partition, style } = parseTarget({ url, headers: {} })
  // The endpoint's certificate is for `*.s3.region…`: a wildcard stands for one label.
  if (style === 'virtual' && parseS3Host(host)?.bucket?.includes('.')) return noAnswer()
  if (method !== 'GET' && method !== 'HEAD') return denied(405)
  if (bucket === undefined || key === undefined) return denied(403)
  const { status, headers, body } = readObject(world, { bucket, partition, key, caller: ANONYMOUS, region, nowMs })
  return { status, headers, body: method === 'HEAD' ? '' : body, latencyMs: WAITS.bucketRoundTripMs }
}

function denied(status: 403 | 405): WebAnswer {
  const code = status === 403 ? 'AccessDenied' : 'MethodNotAllowed'
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`
  return { status, headers: { 'content-type': 'application/xml' }, body, latencyMs: WAITS.bucketRoundTripMs }
}

function reasonOf(world: World, host: string): string {
  const destination = resolveHost(world, world.nowAt, host)
  if (destination === undefined) return `the host "${host}" does not resolve`
  if (destination.kind === 'silence') return `nobody answers at "${host}"`
  return `the connection to "${host}" fails: no certificate for it, or not HTTPS`
}
