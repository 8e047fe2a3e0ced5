// One edge location of CloudFront: which distribution a host means, what the cache
// there still holds, for how long an answer is kept, and what is fetched instead.
// It keeps one answer per path: query strings, cookies and headers are never part
// of its cache keys, and pages of custom error responses are not shown.
import type { CachedDocument, World } from '../world.ts'
import { certificateStatus, coversHost, coversName } from './acm-status.ts'
import type { CacheBehavior, Distribution, DistributionConfig } from './cloudfront-state.ts'
import { servedConfig } from './cloudfront-state.ts'
import { lifetimesOf } from './cloudfront-managed-policies.ts'
import { fetchOrigin } from './cloudfront-origin.ts'
import { wildcard } from './policy.ts'
import { WAITS } from './waits.ts'

export interface Visit {
  readonly world: World
  readonly nowMs: number
  /** Names the edge location. */
  readonly cacheName: string
  readonly method: string
  readonly secure: boolean
  /** Lower case. */
  readonly host: string
  /** As in the URL, percent-encoded. */
  readonly path: string
}

export interface WebAnswer {
  /** 0 when there is no answer at all. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly latencyMs: number
}

interface Served {
  readonly id: string
  readonly distribution: Distribution
  readonly config: DistributionConfig
}

/** `reachedId` is the distribution whose host name the name system led to. */
export function answerAtEdge(visit: Visit, reachedId: string): WebAnswer {
  const owner = findOwner(visit)
  const answering = owner ?? findServed(visit, reachedId)
  if (answering === undefined) return noAnswer()
  if (visit.secure && !presentsCertificate(visit, answering)) return noAnswer()
  if (owner === undefined || !owner.config.Enabled || isForbiddenHost(visit, owner)) return refusal(403)
  const behavior = behaviorFor(owner.config, visit.path)
  if (!visit.secure && behavior.ViewerProtocolPolicy === 'redirect-to-https') {
    const location = `https://${visit.host}${visit.path}`
    return { ...page(301, 'Moved Permanently'), headers: { location, 'x-cache': 'Redirect from cloudfront' } }
  }
  if (!visit.secure && behavior.ViewerProtocolPolicy === 'https-only') return refusal(403)
  if (!(behavior.AllowedMethods?.Items ?? ['HEAD', 'GET']).includes(visit.method)) return refusal(403)
  return serve(visit, owner, behavior)
}

export function noAnswer(): WebAnswer {
  return { status: 0, headers: {}, body: '', latencyMs: WAITS.edgeRoundTripMs }
}

// CloudFront goes by the host that the viewer names, whatever distribution the record points
// at, and takes the more specific alias (Developer Guide, "Use custom URLs", overlapping names).
function findOwner(visit: Visit): Served | undefined {
  const all = Object.keys(visit.world.aws.cloudfront.distributions).flatMap((id) => findServed(visit, id) ?? [])
  const aliases = (served: Served): string[] => served.config.Aliases?.Items ?? []
  return (
    all.find(({ distribution }) => distribution.domainName === visit.host) ??
    all.find((served) => aliases(served).includes(visit.host)) ??
    all.find((served) => aliases(served).some((alias) => coversName(alias, visit.host)))
  )
}

function findServed({ world, nowMs }: Visit, id: string): Served | undefined {
  const distribution = world.aws.cloudfront.distributions[id]
  const config = distribution && servedConfig(distribution, nowMs)
  return config && { id, distribution, config }
}

function presentsCertificate({ world, nowMs, host }: Visit, { distribution, config }: Served): boolean {
  if (host === distribution.domainName) return true
  const { IAMCertificateId, ACMCertificateArn = '' } = config.ViewerCertificate ?? {}
  // The contents of IAM's server certificates are not emulated: any covers every host.
  if (IAMCertificateId !== undefined) return true
  const certificate = world.aws.acm.certificates[ACMCertificateArn]
  if (certificate === undefined || !coversHost(certificate, host)) return false
  return certificateStatus(world, certificate, nowMs) === 'ISSUED'
}

// In China the distribution's own host serves nothing (Amazon CloudFront in China, "Feature availability").
function isForbiddenHost({ host }: Visit, { distribution }: Served): boolean {
  return distribution.partition === 'aws-cn' && host === distribution.domainName
}

function behaviorFor(config: DistributionConfig, path: string): CacheBehavior {
  const matches = ({ PathPattern }: { PathPattern: string }): boolean =>
    wildcard(PathPattern.startsWith('/') ? PathPattern : `/${PathPattern}`, path)
  return config.CacheBehaviors?.Items?.find(matches) ?? config.DefaultCacheBehavior
}

function serve(visit: Visit, { id, distribution, config }: Served, behavior: CacheBehavior): WebAnswer {
  const { world, nowMs, cacheName, path } = visit
  const key = `${cacheName} ${id} ${path}`
  const stored = isInvalidated(distribution, world.caches[key], path, nowMs) ? undefined : world.caches[key]
  if (stored && nowMs < stored.freshUntilAt) return fromCache(visit, stored, 'Hit')
  const fetched = fetchOrigin(world, nowMs, { id, distribution, config, behavior, path })
  const latencyMs = WAITS.edgeRoundTripMs + fetched.latencyMs
  // A document that ran out is still served when the origin fails (Developer Guide, "error pages and expiration").
  if (fetched.status >= 500 && stored && stored.status < 400) return { ...fromCache(visit, stored, 'Hit'), latencyMs }
  const keptMs = timeToLiveMs(fetched, nowMs, lifetimesOf(world, distribution.account, behavior), config)
  const same = stored?.headers['etag'] !== undefined && stored.headers['etag'] === fetched.headers['etag']
  if (keptMs > 0) world.caches[key] = remember(fetched, nowMs, keptMs)
  else delete world.caches[key]
  const xCache = fetched.status >= 400 ? 'Error' : same ? 'RefreshHit' : 'Miss'
  return answer(visit, fetched, { 'x-cache': `${xCache} from cloudfront` }, latencyMs)
}

function remember(fetched: Omit<WebAnswer, 'latencyMs'>, nowMs: number, keptMs: number): CachedDocument {
  const { status, headers, body } = fetched
  return { status, headers: { ...headers }, body, storedAt: nowMs, freshUntilAt: nowMs + keptMs }
}

function fromCache(visit: Visit, stored: CachedDocument, xCache: string): WebAnswer {
  const age = String(Math.floor((visit.nowMs - stored.storedAt) / 1000))
  const how = stored.status >= 400 ? 'Error' : xCache
  return answer(visit, stored, { age, 'x-cache': `${how} from cloudfront` }, WAITS.edgeRoundTripMs)
}

function answer(
  { cacheName, method }: Visit,
  { status, headers, body }: Omit<WebAnswer, 'latencyMs'>,
  extra: Readonly<Record<string, string>>,
  latencyMs: number,
): WebAnswer {
  const via = { via: '1.1 edge.cloudfront.net (CloudFront)', 'x-amz-cf-pop': cacheName }
  return { status, headers: { ...headers, ...extra, ...via }, body: method === 'HEAD' ? '' : body, latencyMs }
}

function isInvalidated(
  { invalidations }: Distribution,
  stored: CachedDocument | undefined,
  path: string,
  nowMs: number,
): boolean {
  return Object.values(invalidations).some(
    ({ settings, createdAt, completedAt }) =>
      stored !== undefined &&
      stored.storedAt <= createdAt &&
      completedAt <= nowMs &&
      settings.paths.some(
        (pattern) => pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1))),
      ),
  )
}

/** Developer Guide, "Manage how long content stays in the cache" and "How CloudFront caches HTTP 4xx and 5xx status codes". */
function timeToLiveMs(
  { status, headers }: Pick<WebAnswer, 'status' | 'headers'>,
  nowMs: number,
  lifetimes: ReturnType<typeof lifetimesOf>,
  config: DistributionConfig,
): number {
  const wish = readCacheControl(headers, nowMs)
  if (status >= 400) {
    const custom = config.CustomErrorResponses?.Items?.find(({ ErrorCode }) => ErrorCode === status)
    const least = custom?.ErrorCachingMinTTL
    const wished = wish === 'none' || wish === 'never' ? undefined : wish * 1000
    if (least !== undefined) return Math.max(least * 1000, wished ?? 0)
    if (CACHED_ERRORS.has(status)) return Math.max(WAITS.edgeErrorTtlMs, wished ?? 0)
    return wished === undefined ? 0 : Math.max(WAITS.edgeErrorTtlMs, wished)
  }
  const { minSeconds, defaultSeconds, maxSeconds } = lifetimes
  const seconds = wish === 'never' ? 0 : wish === 'none' ? defaultSeconds : wish
  return Math.min(Math.max(seconds, minSeconds), maxSeconds) * 1000
}

const CACHED_ERRORS: ReadonlySet<number> = new Set([404, 414, 500, 501, 502, 503, 504])

/** Seconds; `never` for no-cache, no-store and private; `none` when the origin says nothing. */
function readCacheControl(headers: Readonly<Record<string, string>>, nowMs: number): number | 'never' | 'none' {
  const directives = (headers['cache-control'] ?? '')
    .toLowerCase()
    .split(',')
    .map((text) => text.trim())
  if (directives.some((text) => /^(no-cache|no-store|private)\b/.test(text))) return 'never'
  for (const name of ['s-maxage', 'max-age']) {
    const found = directives
      .map((text) => new RegExp(`^${name}="?(\\d+)"?$`).exec(text)?.[1])
      .find((text) => text !== undefined)
    if (found !== undefined) return Number(found)
  }
  const expiresMs = Date.parse(headers['expires'] ?? '')
  return Number.isNaN(expiresMs) ? 'none' : Math.max(0, Math.floor((expiresMs - nowMs) / 1000))
}

function refusal(status: number): WebAnswer {
  return {
    ...page(status, 'ERROR: The request could not be satisfied'),
    headers: { 'content-type': 'text/html', 'x-cache': 'Error from cloudfront' },
  }
}

function page(status: number, title: string): WebAnswer {
  const body = `<HTML><HEAD><TITLE>${title}</TITLE></HEAD><BODY><H1>${status}</H1></BODY></HTML>`
  return { status, headers: {}, body, latencyMs: WAITS.edgeRoundTripMs }
}
