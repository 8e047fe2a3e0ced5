// The sections `aws`, `issuer` and `host` of irsa.yaml: shapes, ranges, defaults.
// Every problem of an input is reported at once, each with its place and its mend.
import { OidcDocsError, parseIssuerUrl } from '@irsa/oidc-docs'
import * as v from 'valibot'

/** Where and as whom on AWS. */
export interface AwsConfig {
  /** Region of the bucket and of STS, for instance `eu-west-1`. CloudFront's own parts live where AWS wants them. */
  readonly region: string
  /** Accounts in which anything may be changed, twelve digits each. Empty: any (the command line and the Action ask for it). */
  readonly allowedAccountIds: readonly string[]
  /** Added to every resource that can carry tags; at most 40. */
  readonly tags: Readonly<Record<string, string>>
}

interface IssuerCommon {
  /** What follows the host in the issuer URL: `/prod`. Default: nothing. */
  readonly path?: string
  /** Path of the key set below the issuer URL. Default: what is published already, else `/openid/v1/jwks`. */
  readonly jwksPath?: string
  /** `max-age` of both documents, in seconds, 60 to 3600. Default 300. */
  readonly cacheSeconds: number
  /** Audiences that IAM accepts, 1 to 100. Default `sts.amazonaws.com`. */
  readonly audiences: readonly string[]
  /** Certificate thumbprints to pin, SHA-1, 40 hexadecimal digits, at most 5. Default: none; IAM trusts its own list of authorities. */
  readonly thumbprints?: readonly string[]
  /** While true, nothing is ever destroyed. Default true. */
  readonly deletionProtection: boolean
  /** Kids that must never be published (again). */
  readonly revokedKeys: readonly string[]
}

interface BucketOptions {
  /** Name of the bucket. Default: what serves the documents already, else a name made from `name`, account and region. */
  readonly bucket?: string
  /** Role ARNs that may delete documents; all others have to take the bucket policy away first. Default none. */
  readonly deletionRoles: readonly string[]
}

interface DistributionOptions extends BucketOptions {
  /** Default `PriceClass_100`. */
  readonly priceClass: PriceClass
  /** Bounds, in seconds, on what the edge may keep; a cache policy of our own is made for them. Default: AWS's CachingOptimized. */
  readonly cacheTtl?: CacheTtl
}

export interface CacheTtl {
  readonly minSeconds: number
  readonly defaultSeconds: number
  readonly maxSeconds: number
}

export type PriceClass = 'PriceClass_100' | 'PriceClass_200' | 'PriceClass_All'

interface DomainOptions extends DistributionOptions {
  /** Host of the issuer URL, lower case. */
  readonly domain: string
  /** Id of the hosted zone. Default: found by walking up the parents of `domain`. */
  readonly zoneId?: string
  /** Role to assume for all that concerns the zone, when it is in another account. */
  readonly zoneRoleArn?: string
  /** An issued certificate in us-east-1 that covers `domain`. Default: one is requested. In China: the id of an IAM server certificate. */
  readonly certificateArn?: string
  /** `manual`: DNS records are printed, not made. Default `route53`. */
  readonly dns: 'route53' | 'manual'
}

/** Private bucket behind CloudFront under a domain of one's own. */
export interface DomainIssuer extends IssuerCommon, DomainOptions {
  readonly hosting: 'domain'
}
/** Private bucket behind CloudFront under the distribution's own host. */
export interface CloudFrontIssuer extends IssuerCommon, DistributionOptions {
  readonly hosting: 'cloudfront'
}
/** Public bucket; the host is that of S3. */
export interface S3Issuer extends IssuerCommon, BucketOptions {
  readonly hosting: 's3'
}
/** Files to be served by somebody else at `url`. */
export interface FilesIssuer extends Omit<IssuerCommon, 'path'> {
  readonly hosting: 'files'
  /** The issuer URL. */
  readonly url: string
  /** Folder that the documents are written to. Default `issuer`. */
  readonly directory: string
}
/** Below a host that has a configuration of its own (section `host`). */
export interface SharedIssuer extends IssuerCommon {
  readonly hosting: 'shared'
  readonly domain: string
  /** Must be given: the root belongs to nobody. */
  readonly path: string
  /** The host's bucket. */
  readonly bucket: string
}

export type IssuerConfig = DomainIssuer | CloudFrontIssuer | S3Issuer | FilesIssuer | SharedIssuer

/** What several clusters share: bucket, distribution, name; owned by nobody's cluster. */
export type HostConfig =
  | ({ readonly hosting: 'domain'; readonly deletionProtection: boolean } & DomainOptions)
  | ({ readonly hosting: 'cloudfront'; readonly deletionProtection: boolean } & DistributionOptions)

export const DEFAULT_JWKS_PATH = '/openid/v1/jwks'
export const DEFAULT_AUDIENCE = 'sts.amazonaws.com'

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const hostName = v.pipe(
  v.string(),
  v.regex(
    new RegExp(`^(?=.{1,253}$)(?:${label}\\.)+${label}$`),
    'must be a DNS name in lower case without a scheme, port or path, like oidc.example.com',
  ),
)
/** Every problem of an issuer URL, not only the first. */
const issuerUrl = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    try {
      parseIssuerUrl(dataset.value)
    } catch (error) {
      if (!(error instanceof OidcDocsError)) throw error
      for (const { message } of error.problems) addIssue({ message })
    }
  }),
)
const urlPath = v.pipe(
  v.string(),
  v.regex(
    /^(?:\/[A-Za-z0-9._~-]+)+$/,
    'must begin with a slash, not end with one, and have letters, digits, ".", "_", "~" and "-" between slashes, like /prod',
  ),
  v.check(
    (path) => !path.split('/').some((part) => part === '.' || part === '..'),
    'must not contain "." or ".." between slashes',
  ),
)
const awsRegion = v.pipe(
  v.string(),
  v.regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'must be the id of an AWS region, like eu-west-1'),
)
const accountId = v.pipe(
  v.string(),
  v.regex(/^\d{12}$/, 'must be an AWS account id of twelve digits, in quotes, like "123456789012"'),
)
const roleArn = v.pipe(
  v.string(),
  v.regex(
    /^arn:aws(?:-cn|-us-gov|-eusc)?:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/,
    'must be the ARN of an IAM role, like arn:aws:iam::123456789012:role/name',
  ),
)
const bucketName = v.pipe(
  v.string(),
  v.regex(
    /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    'must be the name of a bucket: 3 to 63 lower-case letters, digits and "-"; no dots, which break TLS',
  ),
)
const seconds = (min: number, max: number) =>
  v.pipe(
    v.number(),
    v.integer('must be a whole number of seconds'),
    v.minValue(min, `must be at least ${min} seconds`),
    v.maxValue(max, `must be at most ${max} seconds`),
  )

const common = {
  path: v.optional(urlPath),
  jwksPath: v.optional(urlPath),
  cacheSeconds: v.optional(seconds(60, 3600), 300),
  audiences: v.optional(
    v.pipe(
      v.array(
        v.pipe(v.string(), v.minLength(1, 'must not be empty'), v.maxLength(255, 'must have at most 255 characters')),
      ),
      v.minLength(1, 'must name at least one audience'),
      v.maxLength(100, 'must name at most 100 audiences'),
    ),
    () => [DEFAULT_AUDIENCE],
  ),
  thumbprints: v.optional(
    v.pipe(
      v.array(
        v.pipe(
          v.string(),
          v.regex(/^[0-9a-f]{40}$/, 'must be a SHA-1 thumbprint of 40 hexadecimal digits in lower case'),
        ),
      ),
      v.minLength(1, 'must name at least one thumbprint, or be left out'),
      v.maxLength(5, 'must name at most 5 thumbprints'),
    ),
  ),
  deletionProtection: v.optional(v.boolean(), true),
  revokedKeys: v.optional(v.array(v.pipe(v.string(), v.minLength(1, 'must not be empty'))), () => []),
}
const bucketOptions = {
  bucket: v.optional(bucketName),
  deletionRoles: v.optional(v.array(roleArn), () => []),
}
const distributionOptions = {
  ...bucketOptions,
  priceClass: v.optional(v.picklist(['PriceClass_100', 'PriceClass_200', 'PriceClass_All']), 'PriceClass_100'),
  cacheTtl: v.optional(
    v.pipe(
      v.strictObject({
        minSeconds: v.optional(seconds(0, 31_536_000), 60),
        defaultSeconds: v.optional(seconds(0, 31_536_000), 300),
        maxSeconds: v.optional(seconds(1, 31_536_000), 3600),
      }),
      v.check(
        (ttl) => ttl.minSeconds <= ttl.defaultSeconds && ttl.defaultSeconds <= ttl.maxSeconds,
        'must be in the order minSeconds <= defaultSeconds <= maxSeconds',
      ),
    ),
  ),
}
const domainOptions = {
  ...distributionOptions,
  domain: hostName,
  zoneId: v.optional(
    v.pipe(v.string(), v.regex(/^Z[A-Z0-9]{1,31}$/, 'must be the id of a hosted zone, like Z0123456789ABCDEF')),
  ),
  zoneRoleArn: v.optional(roleArn),
  certificateArn: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        /^(?:arn:aws(?:-cn|-us-gov|-eusc)?:acm:us-east-1:\d{12}:certificate\/[\w-]+|ASC[A-Z0-9]{13,125})$/,
        'must be the ARN of an ACM certificate in us-east-1, or in China the id of an IAM server certificate',
      ),
    ),
  ),
  dns: v.optional(v.picklist(['route53', 'manual']), 'route53'),
}

export const awsSchema: v.GenericSchema<unknown, AwsConfig> = v.strictObject({
  region: awsRegion,
  allowedAccountIds: v.optional(v.array(accountId), () => []),
  tags: v.optional(
    v.pipe(
      v.record(
        v.pipe(
          v.string(),
          v.regex(
            /^(?!aws:|irsa:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u,
            'must be a tag key of 1 to 128 characters that begins neither with "aws:" nor with "irsa:"',
          ),
        ),
        v.pipe(
          v.string(),
          v.regex(
            /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u,
            'must be a tag value of at most 256 letters, digits, spaces and _.:/=+-@',
          ),
        ),
      ),
      v.check((tags) => Object.keys(tags).length <= 40, 'must have at most 40 tags'),
    ),
    () => ({}),
  ),
})

export const issuerSchema: v.GenericSchema<unknown, IssuerConfig> = v.variant('hosting', [
  v.strictObject({ hosting: v.literal('domain'), ...common, ...domainOptions }),
  v.strictObject({ hosting: v.literal('cloudfront'), ...common, ...distributionOptions }),
  v.strictObject({ hosting: v.literal('s3'), ...common, ...bucketOptions }),
  v.strictObject({
    hosting: v.literal('files'),
    jwksPath: common.jwksPath,
    cacheSeconds: common.cacheSeconds,
    audiences: common.audiences,
    thumbprints: common.thumbprints,
    deletionProtection: common.deletionProtection,
    revokedKeys: common.revokedKeys,
    url: issuerUrl,
    directory: v.optional(v.pipe(v.string(), v.minLength(1, 'must not be empty')), 'issuer'),
  }),
  v.strictObject({ hosting: v.literal('shared'), ...common, domain: hostName, path: urlPath, bucket: bucketName }),
])

export const hostSchema: v.GenericSchema<unknown, HostConfig> = v.variant('hosting', [
  v.strictObject({ hosting: v.literal('domain'), deletionProtection: common.deletionProtection, ...domainOptions }),
  v.strictObject({
    hosting: v.literal('cloudfront'),
    deletionProtection: common.deletionProtection,
    ...distributionOptions,
  }),
])
