// The AWS clients: each made when first used, all with the same retries, which wait
// on the clock that was passed in. The only file that constructs one.
import type { ACMClient } from '@aws-sdk/client-acm'
import type { CloudFrontClient } from '@aws-sdk/client-cloudfront'
import type { IAMClient } from '@aws-sdk/client-iam'
import type { Route53Client } from '@aws-sdk/client-route-53'
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import type { STSClient } from '@aws-sdk/client-sts'
import { StandardRetryStrategy } from '@smithy/core/retry'
import type { Clock } from '../clock.ts'

/** What the AWS SDK takes as `credentials`; left out, it looks in its usual places. */
export type AwsCredentialSource = S3ClientConfig['credentials']
/** What the AWS SDK takes as `requestHandler`. */
export type AwsRequestHandler = S3ClientConfig['requestHandler']

export interface AwsAccess {
  readonly region: string
  readonly credentials?: AwsCredentialSource
  readonly requestHandler?: AwsRequestHandler
  /** Role to assume for all calls about the hosted zone. */
  readonly zoneRoleArn?: string
  readonly clock: Clock
  /** A number in [0, 1), for jitter. */
  readonly random: () => number
}

export interface AwsClients {
  readonly acm: () => Promise<ACMClient>
  readonly cloudfront: () => Promise<CloudFrontClient>
  readonly iam: () => Promise<IAMClient>
  readonly route53: () => Promise<Route53Client>
  readonly s3: () => Promise<S3Client>
  readonly sts: () => Promise<STSClient>
}

const MAX_ATTEMPTS = 8
const FIRST_DELAY_MS = 200
const LONGEST_DELAY_MS = 20_000

export function createAwsClients(access: AwsAccess): AwsClients {
  const { region, credentials, requestHandler } = access
  const home = homeRegion(region)
  const config = (clientRegion: string) => ({
    region: clientRegion,
    retryStrategy: createRetryStrategy(access.clock, access.random),
    ...(credentials === undefined ? {} : { credentials }),
    ...(requestHandler === undefined ? {} : { requestHandler }),
  })
  return {
    acm: once(async () => new (await import('@aws-sdk/client-acm')).ACMClient(config(home))),
    cloudfront: once(async () => new (await import('@aws-sdk/client-cloudfront')).CloudFrontClient(config(home))),
    iam: once(async () => new (await import('@aws-sdk/client-iam')).IAMClient(config(home))),
    route53: once(async () => {
      const { Route53Client } = await import('@aws-sdk/client-route-53')
      return new Route53Client({ ...config(home), ...(await zoneCredentials(access, home)) })
    }),
    s3: once(async () => new (await import('@aws-sdk/client-s3')).S3Client(config(region))),
    sts: once(async () => new (await import('@aws-sdk/client-sts')).STSClient(config(region))),
  }
}

async function zoneCredentials(
  access: AwsAccess,
  home: string,
): Promise<{ readonly credentials?: AwsCredentialSource }> {
  if (access.zoneRoleArn === undefined) return {}
  const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers')
  return {
    credentials: fromTemporaryCredentials({
      params: { RoleArn: access.zoneRoleArn, RoleSessionName: 'irsa-dns' },
      clientConfig: {
        region: home,
        ...(access.requestHandler === undefined ? {} : { requestHandler: access.requestHandler }),
      },
      ...(access.credentials === undefined ? {} : { masterCredentials: access.credentials }),
    } as Parameters<typeof fromTemporaryCredentials>[0]),
  }
}

/** Where the global services of the region's partition are signed for, and CloudFront's certificates live. */
function homeRegion(region: string): string {
  if (region.startsWith('cn-')) return 'cn-northwest-1'
  if (region.startsWith('us-gov-')) return 'us-gov-west-1'
  if (region.startsWith('eusc-')) return 'eusc-de-east-1'
  return 'us-east-1'
}

/** The SDK's own judgement of what may be tried again; the waiting is done on our clock. A quota is not a matter of waiting. */
function createRetryStrategy(clock: Clock, random: () => number) {
  const standard = new StandardRetryStrategy({
    maxAttempts: MAX_ATTEMPTS,
    backoff: { setDelayBase: () => undefined, computeNextBackoffDelay: () => 0 },
  })
  const strategy: Pick<
    StandardRetryStrategy,
    'mode' | 'acquireInitialRetryToken' | 'refreshRetryTokenForRetry' | 'recordSuccess' | 'maxAttempts'
  > = {
    mode: standard.mode,
    maxAttempts: () => standard.maxAttempts(),
    acquireInitialRetryToken: (scope) => standard.acquireInitialRetryToken(scope),
    recordSuccess: (token) => standard.recordSuccess(token),
    refreshRetryTokenForRetry: async (token, info) => {
      if ((info.error as Error | undefined)?.name === 'LimitExceededException') throw info.error as Error
      const next = await standard.refreshRetryTokenForRetry(token, info)
      await clock.sleep(random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** next.getRetryCount()))
      return next
    },
  }
  return strategy
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
