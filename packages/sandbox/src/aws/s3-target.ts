// Which bucket and key a request means, and at which endpoint it arrived: virtual
// host or path style, dual-stack, FIPS, the older dash form, every partition's
// domain, and path style on any other host (an SDK pointed at a loopback port).
import type { SandboxRequest } from '../http.ts'
import type { Partition } from '../world.ts'
import { credentialScope, partitionOfRegion } from './callers.ts'

export interface S3Target {
  readonly bucket?: string
  readonly key?: string
  readonly style: 'virtual' | 'path'
  /** The endpoint's region; absent for the global endpoint. */
  readonly region?: string
  readonly partition: Partition
  /** Whether the host is one of S3's own rather than a stand-in on this machine. */
  readonly ownHost: boolean
}

const HOST =
  /^(?:(?<bucket>.+)\.)?s3(?:-fips)?(?:\.dualstack)?(?:[.-](?<region>[a-z]{2,4}(?:-[a-z]+)+-\d+))?\.(?<suffix>amazonaws\.com\.cn|amazonaws\.com|amazonaws\.eu)$/

export function parseTarget(request: Pick<SandboxRequest, 'url' | 'headers'>): S3Target {
  const { url } = request
  const host = parseS3Host(url.hostname)
  const path = url.pathname.slice(1)
  if (host?.bucket !== undefined) {
    return {
      ...withKey(path),
      bucket: host.bucket,
      style: 'virtual',
      ...withRegion(host.region),
      partition: host.partition,
      ownHost: true,
    }
  }
  const slash = path.indexOf('/')
  const bucket = decode(slash === -1 ? path : path.slice(0, slash))
  const key = slash === -1 ? '' : path.slice(slash + 1)
  const region = host ? host.region : (credentialScope(request as SandboxRequest)?.region ?? 'us-east-1')
  return {
    ...(bucket === '' ? {} : { bucket }),
    ...withKey(key),
    style: 'path',
    ...withRegion(region),
    partition: host?.partition ?? partitionOfRegion(region ?? 'us-east-1'),
    ownHost: host !== undefined,
  }
}

/** `undefined` when the name is none of S3's. `region` is absent for the global endpoint. */
export function parseS3Host(
  hostname: string,
): { readonly bucket?: string; readonly region?: string; readonly partition: Partition } | undefined {
  const { bucket, region, suffix } = HOST.exec(hostname)?.groups ?? {}
  if (suffix === undefined) return undefined
  const partition = suffix.endsWith('.cn')
    ? 'aws-cn'
    : suffix.endsWith('.eu')
      ? 'aws-eusc'
      : partitionOfRegion(region ?? 'us-east-1')
  return { ...(bucket === undefined ? {} : { bucket }), ...withRegion(region), partition }
}

// The patterns are those of the partitions data that the AWS SDKs carry.
const REGIONS: Readonly<Record<Partition, RegExp>> = {
  aws: /^(us|eu|ap|sa|ca|me|af|il|mx)-(?!gov-)\w+-\d+$/,
  'aws-cn': /^cn-\w+-\d+$/,
  'aws-us-gov': /^us-gov-\w+-\d+$/,
  'aws-eusc': /^eusc-de-\w+-\d+$/,
}

export function isRegion(text: string, partition: Partition): boolean {
  return REGIONS[partition].test(text)
}

export function dnsSuffix(partition: Partition): string {
  if (partition === 'aws-cn') return 'amazonaws.com.cn'
  return partition === 'aws-eusc' ? 'amazonaws.eu' : 'amazonaws.com'
}

function withKey(encoded: string): { readonly key?: string } {
  return encoded === '' ? {} : { key: decode(encoded) }
}

function withRegion(region: string | undefined): { readonly region?: string } {
  return region === undefined ? {} : { region }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
