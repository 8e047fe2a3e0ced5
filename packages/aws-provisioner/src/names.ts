// How things are called. Names are how most of them are found again, so that no
// state has to be kept anywhere; a change here is a migration.
import type { Facts, Partition } from './facts.ts'

/** Who owns a resource: the value of the tag, or of the metadata, that marks it. */
export type Owner = `cluster/${string}` | `host/${string}`

export const OWNER_TAG = 'irsa:owner'
/** Metadata of S3 objects have names without colons. */
export const OWNER_METADATA = 'irsa-owner'

/** Longest `name` with which all that is made from it stays within AWS's limits; the bucket's 63 characters bind. */
export const MAX_NAME_LENGTH = 24

/** CloudFront's zone for alias records, by partition (Route 53 API Reference, "AliasTarget"). */
export function cloudFrontZoneId(partition: Partition): string {
  return partition === 'aws-cn' ? 'Z3RFFRIM2A3IF5' : 'Z2FDTNDATAQYW2'
}

/** Whether buckets can have names that only this account can take (S3 User Guide, "General purpose bucket namespaces"; not seen for aws-eusc). */
export function hasAccountRegionalNames(partition: Partition): boolean {
  return partition !== 'aws-eusc'
}

/** `irsa-<name>-<account>-<region>-an`, the name that nobody else can take; where that does not exist, without `-an`. */
export function bucketName(name: string, facts: Pick<Facts, 'account' | 'region' | 'partition'>): string {
  const suffix = hasAccountRegionalNames(facts.partition) ? '-an' : ''
  return `irsa-${name}-${facts.account}-${facts.region}${suffix}`
}

export function bucketNamespace(name: string): 'global' | 'account-regional' {
  return name.endsWith('-an') ? 'account-regional' : 'global'
}

export function accessControlName(name: string): string {
  return `irsa-${name}`
}

export function cachePolicyName(name: string): string {
  return `irsa-${name}`
}

/** The comment by which a distribution is found when it has no alias. */
export function distributionComment(owner: Owner): string {
  return `irsa ${owner}`
}

export function canaryRoleName(name: string): string {
  return `irsa-canary-${name}`
}

export function dnsSuffix(partition: Partition): string {
  if (partition === 'aws-cn') return 'amazonaws.com.cn'
  return partition === 'aws-eusc' ? 'amazonaws.eu' : 'amazonaws.com'
}

/** The bucket's regional host: what CloudFront reads from, and the issuer's host when the bucket is public. */
export function bucketHost(bucket: string, facts: Pick<Facts, 'region' | 'partition'>): string {
  return `${bucket}.s3.${facts.region}.${dnsSuffix(facts.partition)}`
}

export function bucketArn(bucket: string, partition: Partition): string {
  return `arn:${partition}:s3:::${bucket}`
}

export function providerArn(issuerUrl: string, facts: Pick<Facts, 'account' | 'partition'>): string {
  return `arn:${facts.partition}:iam::${facts.account}:oidc-provider/${withoutScheme(issuerUrl)}`
}

export function roleArn(name: string, path: string, facts: Pick<Facts, 'account' | 'partition'>): string {
  return `arn:${facts.partition}:iam::${facts.account}:role${path}${name}`
}

/** The prefix of condition keys and the form in which IAM returns a provider's URL. */
export function withoutScheme(url: string): string {
  return url.replace(/^https:\/\//, '')
}

/** Keys of the issuer's objects: `path` is that of the issuer URL, with its slash, or empty. */
export function objectKeys(
  path: string,
  jwksPath: string,
): { readonly discovery: string; readonly jwks: string; readonly record: string } {
  const prefix = path === '' ? '' : `${path.slice(1)}/`
  return {
    discovery: `${prefix}.well-known/openid-configuration`,
    jwks: `${prefix}${jwksPath.slice(1)}`,
    record: `${prefix}irsa/record.json`,
  }
}
