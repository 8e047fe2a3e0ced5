// Reads what an issuer publishes, as IAM and STS do: over the public internet, by
// HTTPS, without following redirects, and not for longer than five seconds. STS
// keeps what the answer's Cache-Control lets it keep, and nothing else.
//
// AWS publishes no figure for STS's cache. That it honours `no-cache` and
// `max-age` is AWS support's word (gitlab-org/gitlab, merge request 138405); that
// a key id it does not know makes it fetch again is not known, and not done here.
import type { World } from '../world.ts'
import { fetchPublic } from './public-web.ts'
import { WAITS } from './waits.ts'

export interface Discovery {
  readonly jwksUri: URL
}

interface Reading {
  readonly world: World
  readonly nowMs: number
  readonly region: string
}

interface Fetched {
  readonly body: string
  readonly latencyMs: number
}

/** The discovery document as IAM reads it when a provider is made; `undefined` when it cannot be had or names another issuer. */
export function readDiscovery(reading: Reading, issuer: string): Discovery | undefined {
  const fetched = fetchFresh(reading, discoveryUrl(issuer), `iam-${reading.region}`)
  return fetched === undefined || fetched.latencyMs > WAITS.stsFetchLimitMs
    ? undefined
    : parseDiscovery(fetched.body, issuer)
}

/** The key set of an issuer as STS has it, as text; `undefined` when it cannot be had. */
export function readKeySet(reading: Reading, issuer: string): string | undefined {
  const document = fetchCached(reading, discoveryUrl(issuer))
  const discovery = document && parseDiscovery(document.body, issuer)
  const keys = discovery && fetchCached(reading, discovery.jwksUri.href)
  if (document === undefined || keys === undefined) return undefined
  return document.latencyMs + keys.latencyMs > WAITS.stsFetchLimitMs ? undefined : keys.body
}

function discoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
}

/** Only `issuer` and `jwks_uri` are looked at: issuers without the other members that AWS lists are in use. */
function parseDiscovery(text: string, issuer: string): Discovery | undefined {
  const document = parseJson(text)
  const jwksUri = document?.['jwks_uri']
  if (document?.['issuer'] !== issuer || typeof jwksUri !== 'string' || !URL.canParse(jwksUri)) return undefined
  const url = new URL(jwksUri)
  return url.protocol === 'https:' ? { jwksUri: url } : undefined
}

function parseJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function fetchCached(reading: Reading, url: string): Fetched | undefined {
  const { world, nowMs, region } = reading
  const key = `sts ${url}`
  const cached = world.caches[key]
  if (cached !== undefined && cached.freshUntilAt > nowMs) return { body: cached.body, latencyMs: 0 }
  const answer = fetchPublic(world, nowMs, url, `sts-${region}`)
  if (answer.status !== 200) return undefined
  const maxAgeSeconds = cacheSeconds(answer.headers)
  if (maxAgeSeconds > 0 && answer.latencyMs <= WAITS.stsFetchLimitMs) {
    const { status, headers, body } = answer
    const freshUntilAt = nowMs + maxAgeSeconds * 1000
    world.caches[key] = { status, headers: { ...headers }, body, storedAt: nowMs, freshUntilAt }
  }
  return answer
}

function fetchFresh({ world, nowMs }: Reading, url: string, edge: string): Fetched | undefined {
  const answer = fetchPublic(world, nowMs, url, edge)
  return answer.status === 200 ? answer : undefined
}

/**
 * How long STS may keep an answer. The age that an edge reports is not taken off:
 * whether STS does is not known, and without it keys live longer in caches, which
 * is the case to be ready for.
 */
export function cacheSeconds(headers: Readonly<Record<string, string>>): number {
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.toLowerCase()]))
  const directives = (byName.get('cache-control') ?? '').split(',').map((one) => one.trim())
  const forbidden = byName.get('pragma')?.includes('no-cache') === true
  if (forbidden || directives.some((one) => /^no-(?:cache|store)\b/.test(one))) return 0
  const maxAge = directives.map((one) => /^max-age="?(\d{1,9})"?$/.exec(one)?.[1]).find((one) => one !== undefined)
  return Number(maxAge ?? 0)
}
