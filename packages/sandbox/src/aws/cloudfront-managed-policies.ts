// The cache policies that CloudFront itself offers, and the lifetimes that a cache
// behavior ends up with. Ids and figures: CloudFront Developer Guide, "Use managed
// cache policies".
import type { World } from '../world.ts'
import type { CacheBehavior, CachePolicyConfig } from './cloudfront-state.ts'

export interface Lifetimes {
  readonly minSeconds: number
  readonly defaultSeconds: number
  readonly maxSeconds: number
}

const DAY_SECONDS = 86_400
const YEAR_SECONDS = 31_536_000
const ORIGIN_HEADERS = ['Host', 'Origin', 'X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']

export const MANAGED_CACHE_POLICIES: Readonly<Record<string, CachePolicyConfig>> = {
  '2e54312d-136d-493c-8eb9-b001f22f67d2': managed('Amplify', [2, 2, 600], {
    headers: ['Authorization', 'CloudFront-Viewer-Country', 'Host'],
    cookies: 'all',
    queryStrings: 'all',
  }),
  '4135ea2d-6df8-44a3-9df3-4b5a84be39ad': managed('CachingDisabled', [0, 0, 0], { compressed: false }),
  '658327ea-f89d-4fab-a63d-7e88639e58f6': managed('CachingOptimized', [1, DAY_SECONDS, YEAR_SECONDS], {}),
  'b2884449-e4de-46a7-ac36-70bc7f1ddd6d': managed(
    'CachingOptimizedForUncompressedObjects',
    [1, DAY_SECONDS, YEAR_SECONDS],
    { compressed: false },
  ),
  '08627262-05a9-4f76-9ded-b50ca2e3a84f': managed('Elemental-MediaPackage', [0, DAY_SECONDS, YEAR_SECONDS], {
    headers: ['Origin'],
    queryStrings: ['aws.manifestfilter', 'start', 'end', 'm'],
    brotli: false,
  }),
  '83da9c7e-98b4-4e11-a168-04f0df8e2c65': managed('UseOriginCacheControlHeaders', [0, 0, YEAR_SECONDS], {
    headers: ORIGIN_HEADERS,
    cookies: 'all',
  }),
  '4cc15a8a-d715-48a4-82b8-cc0b614638fe': managed('UseOriginCacheControlHeaders-QueryStrings', [0, 0, YEAR_SECONDS], {
    headers: ORIGIN_HEADERS,
    cookies: 'all',
    queryStrings: 'all',
  }),
}

function managed(
  name: string,
  [minSeconds, defaultSeconds, maxSeconds]: readonly [number, number, number],
  key: {
    readonly compressed?: boolean
    readonly brotli?: boolean
    readonly headers?: string[]
    readonly cookies?: string
    readonly queryStrings?: string | string[]
  },
): CachePolicyConfig {
  const { compressed = true, brotli = compressed, headers, cookies = 'none', queryStrings = 'none' } = key
  return {
    Name: `Managed-${name}`,
    Comment: `The managed policy ${name}`,
    DefaultTTL: defaultSeconds,
    MaxTTL: maxSeconds,
    MinTTL: minSeconds,
    ParametersInCacheKeyAndForwardedToOrigin: {
      EnableAcceptEncodingGzip: compressed,
      EnableAcceptEncodingBrotli: brotli,
      HeadersConfig: headers
        ? { HeaderBehavior: 'whitelist', Headers: { Quantity: headers.length, Items: headers } }
        : { HeaderBehavior: 'none' },
      CookiesConfig: { CookieBehavior: cookies },
      QueryStringsConfig: Array.isArray(queryStrings)
        ? { QueryStringBehavior: 'whitelist', QueryStrings: { Quantity: queryStrings.length, Items: queryStrings } }
        : { QueryStringBehavior: queryStrings },
    },
  }
}

export function findCachePolicy(world: World, account: string, id: string): CachePolicyConfig | undefined {
  const own = world.aws.cloudfront.cachePolicies[id]
  return MANAGED_CACHE_POLICIES[id] ?? (own?.account === account ? own.settings.config : undefined)
}

export function lifetimesOf(world: World, account: string, behavior: CacheBehavior): Lifetimes {
  const { CachePolicyId: id } = behavior
  return fillLifetimes(id === undefined ? behavior : (findCachePolicy(world, account, id) ?? {}))
}

/** The defaults of the API: a day and a year, and never less than what stands before them. */
export function fillLifetimes(ttls: { MinTTL?: number; DefaultTTL?: number; MaxTTL?: number }): Lifetimes {
  const minSeconds = ttls.MinTTL ?? 0
  const defaultSeconds = ttls.DefaultTTL ?? Math.max(minSeconds, DAY_SECONDS)
  return { minSeconds, defaultSeconds, maxSeconds: ttls.MaxTTL ?? Math.max(defaultSeconds, YEAR_SECONDS) }
}

/** Whether the viewer's `Host` goes to the origin with the cache key: a bucket does not know that name. */
export function forwardsHost(world: World, account: string, { CachePolicyId }: CacheBehavior): boolean {
  const policy = CachePolicyId === undefined ? undefined : findCachePolicy(world, account, CachePolicyId)
  const headers = policy?.ParametersInCacheKeyAndForwardedToOrigin?.HeadersConfig.Headers?.Items ?? []
  return headers.some((name) => name.toLowerCase() === 'host')
}
