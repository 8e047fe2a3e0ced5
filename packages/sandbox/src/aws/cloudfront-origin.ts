// What an edge gets from the origin: an object of a bucket, read as the service
// principal when the origin has an access control that signs, as anybody when not.
// The sandbox has no web servers: any other origin fails as an absent one would.
import type { World } from '../world.ts'
import type { Caller } from './callers.ts'
import { ANONYMOUS } from './callers.ts'
import type { CacheBehavior, Distribution, DistributionConfig, OriginConfig } from './cloudfront-state.ts'
import { forwardsHost } from './cloudfront-managed-policies.ts'
import { resolveHost } from './public-dns.ts'
import { readObject } from './s3-objects.ts'
import { parseS3Host } from './s3-target.ts'
import { WAITS } from './waits.ts'

export interface OriginRequest {
  readonly id: string
  readonly distribution: Distribution
  readonly config: DistributionConfig
  readonly behavior: CacheBehavior
  /** As in the URL, percent-encoded. */
  readonly path: string
}

interface OriginAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly latencyMs: number
}

/** DistributionConfig: three attempts of ten seconds unless said otherwise. */
const DEFAULT_ATTEMPTS = 3
const DEFAULT_TIMEOUT_SECONDS = 10

export function fetchOrigin(world: World, nowMs: number, request: OriginRequest): OriginAnswer {
  const { config, behavior } = request
  const origin = config.Origins.Items?.find(({ Id }) => Id === behavior.TargetOriginId)
  if (origin === undefined) return failure(502, 0)
  const host = parseS3Host(origin.DomainName)
  if (host?.bucket === undefined) return failOther(world, nowMs, origin)
  // S3 takes the bucket's name from the host, and the signature is over the host too.
  if (forwardsHost(world, request.distribution.account, behavior)) return failure(403, WAITS.bucketRoundTripMs)
  const { status, headers, body } = readObject(world, {
    bucket: host.bucket,
    partition: host.partition,
    key: objectKey(origin, config, request.path),
    caller: originCaller(world, request.distribution, origin, host.partition),
    region: host.region ?? '',
    nowMs,
  })
  return { status, headers, body, latencyMs: WAITS.bucketRoundTripMs }
}

function objectKey(origin: OriginConfig, config: DistributionConfig, path: string): string {
  const asked = path === '/' ? `/${config.DefaultRootObject ?? ''}` : path
  const encoded = `${origin.OriginPath ?? ''}${asked}`.slice(1)
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}

function originCaller(world: World, distribution: Distribution, origin: OriginConfig, bucketPartition: string): Caller {
  const control = world.aws.cloudfront.originAccessControls[origin.OriginAccessControlId ?? '']
  const signs =
    origin.S3OriginConfig !== undefined && control !== undefined && control.settings.config.SigningBehavior !== 'never'
  // Whether a signature reaches across partitions is not documented; it is taken not to.
  if (!signs || bucketPartition !== distribution.partition) return ANONYMOUS
  return {
    kind: 'service',
    account: '',
    partition: distribution.partition,
    arn: 'cloudfront.amazonaws.com',
    userId: 'cloudfront.amazonaws.com',
    policies: [],
    context: { 'aws:SourceArn': distribution.arn, 'aws:SourceAccount': distribution.account },
  }
}

// A name that nobody has: 502 at once. An address at which nobody answers: 504 after all attempts.
function failOther(world: World, nowMs: number, origin: OriginConfig): OriginAnswer {
  if (resolveHost(world, nowMs, origin.DomainName)?.kind !== 'silence') return failure(502, WAITS.bucketRoundTripMs)
  const attempts = origin.ConnectionAttempts ?? DEFAULT_ATTEMPTS
  return failure(504, attempts * (origin.ConnectionTimeout ?? DEFAULT_TIMEOUT_SECONDS) * 1000)
}

function failure(status: number, latencyMs: number): OriginAnswer {
  return {
    status,
    headers: { 'content-type': 'text/html', server: 'CloudFront' },
    body: `<HTML><BODY>${status}</BODY></HTML>`,
    latencyMs,
  }
}
