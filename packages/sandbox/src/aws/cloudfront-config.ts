// May a distribution have this configuration? All of it is checked before anything
// is stored: against itself, against what it names (certificate, access control,
// cache policy), against other distributions' aliases, and on updates against what
// was there. Codes as in the API Reference; texts as reported by users where known.
import type { World } from '../world.ts'
import { certificateStatus, coversHost, coversName } from './acm-status.ts'
import { findCachePolicy } from './cloudfront-managed-policies.ts'
import type { CacheBehavior, DistributionConfig, OriginConfig } from './cloudfront-state.ts'
import { invalidArgument } from './cloudfront-wire.ts'
import { parseS3Host } from './s3-target.ts'
import { ServiceError } from './service.ts'

export interface ConfigContext {
  readonly world: World
  readonly nowMs: number
  readonly account: string
  readonly partition: string
  /** The distribution that is to have the configuration; absent while it is being made. */
  readonly id?: string
}

const MAX_COMMENT = 128
const MAX_ALIASES = 100
const REQUIREMENTS_URL =
  'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-requirements'

const CHOICES: readonly (readonly [keyof DistributionConfig, readonly string[]])[] = [
  ['PriceClass', ['PriceClass_100', 'PriceClass_200', 'PriceClass_All', 'None']],
  ['HttpVersion', ['http1.1', 'http2', 'http3', 'http2and3', 'HTTP1.1', 'HTTP2', 'HTTP3', 'HTTP2AND3']],
]

const PROTOCOL_VERSIONS: readonly string[] = [
  'SSLv3',
  'TLSv1',
  'TLSv1_2016',
  'TLSv1.1_2016',
  'TLSv1.2_2018',
  'TLSv1.2_2019',
  'TLSv1.2_2021',
  'TLSv1.2_2025',
  'TLSv1.3_2025',
]

/** @throws {ServiceError} */
export function checkConfig(context: ConfigContext, config: DistributionConfig): void {
  if (config.CallerReference === '') throw invalidArgument('The parameter CallerReference is required.')
  if (config.Comment.length > MAX_COMMENT) throw invalidArgument('The parameter Comment is too long.')
  for (const [name, allowed] of CHOICES) {
    const value = config[name]
    if (value !== undefined && !allowed.includes(value as string))
      throw invalidArgument(`The parameter ${name} is invalid.`)
  }
  if (config.DefaultRootObject?.startsWith('/')) {
    throw new ServiceError(
      'InvalidDefaultRootObject',
      400,
      'The default root object file name is too big or contains an invalid character.',
    )
  }
  const origins = config.Origins.Items ?? []
  if (origins.length === 0) throw invalidArgument('The parameter Origins is required.')
  if (new Set(origins.map(({ Id }) => Id)).size < origins.length)
    throw invalidArgument('The parameter Origin Id must be unique.')
  for (const origin of origins) checkOrigin(context, origin)
  for (const behavior of [config.DefaultCacheBehavior, ...(config.CacheBehaviors?.Items ?? [])]) {
    checkBehavior(context, behavior, origins)
  }
  checkCertificate(context, config)
  checkAliases(context, config.Aliases?.Items ?? [])
}

function checkOrigin({ world, account }: ConfigContext, origin: OriginConfig): void {
  const { S3OriginConfig, CustomOriginConfig, VpcOriginConfig, OriginAccessControlId: controlId = '' } = origin
  const kinds = [S3OriginConfig, CustomOriginConfig, VpcOriginConfig].filter((kind) => kind !== undefined)
  if (kinds.length !== 1)
    throw invalidArgument('Exactly one of S3OriginConfig, CustomOriginConfig and VpcOriginConfig must be specified.')
  if (origin.OriginPath && (!origin.OriginPath.startsWith('/') || origin.OriginPath.endsWith('/'))) {
    throw invalidArgument('The parameter Origin Path must begin with a / and must not end with one.')
  }
  const identity = S3OriginConfig?.OriginAccessIdentity ?? ''
  if (identity !== '' && controlId !== '') {
    throw new ServiceError(
      'IllegalOriginAccessConfiguration',
      400,
      'An origin cannot contain both an origin access control (OAC) and an origin access identity (OAI).',
    )
  }
  // There are no origin access identities in the sandbox.
  if (identity !== '') {
    throw new ServiceError(
      'InvalidOriginAccessIdentity',
      400,
      "The origin access identity is not valid or doesn't exist.",
    )
  }
  const isBucket = parseS3Host(origin.DomainName)?.bucket !== undefined
  if (controlId !== '') {
    const control = world.aws.cloudfront.originAccessControls[controlId]
    if (control?.account !== account) {
      throw new ServiceError('InvalidOriginAccessControl', 400, 'The origin access control is not valid.')
    }
    if (control.settings.config.OriginAccessControlOriginType === 's3' && !isBucket) {
      throw new ServiceError(
        'InvalidDomainNameForOriginAccessControl',
        400,
        'An origin access control is associated with an origin whose domain name is not supported.',
      )
    }
  }
  if (S3OriginConfig && !isBucket) {
    throw invalidArgument('The parameter Origin DomainName does not refer to a valid S3 bucket.')
  }
}

function checkBehavior(
  { world, account }: ConfigContext,
  behavior: CacheBehavior,
  origins: readonly OriginConfig[],
): void {
  if (!origins.some(({ Id }) => Id === behavior.TargetOriginId)) {
    throw new ServiceError('NoSuchOrigin', 404, 'One or more of your origins or origin groups do not exist.')
  }
  if (!['allow-all', 'https-only', 'redirect-to-https'].includes(behavior.ViewerProtocolPolicy)) {
    throw invalidArgument('The parameter ViewerProtocolPolicy is invalid.')
  }
  const { CachePolicyId, ForwardedValues, MinTTL, DefaultTTL, MaxTTL } = behavior
  if (CachePolicyId !== undefined) {
    const legacy = Object.entries({ ForwardedValues, MinTTL, DefaultTTL, MaxTTL }).find(
      ([, value]) => value !== undefined,
    )
    if (legacy) {
      throw invalidArgument(
        `The parameter ${legacy[0]} cannot be used when a cache policy is associated to the cache behavior.`,
      )
    }
    if (findCachePolicy(world, account, CachePolicyId) === undefined) throw noSuchCachePolicy()
    return
  }
  if (ForwardedValues === undefined) throw invalidArgument('The parameter ForwardedValues is required.')
  const [least, usual = 86_400, most = 31_536_000] = [MinTTL ?? 0, DefaultTTL, MaxTTL]
  if (least < 0 || least > usual || usual > most) {
    throw new ServiceError(
      'InvalidTTLOrder',
      400,
      'MinTTL, MaxTTL and DefaultTTL should follow order MinTTL less than or equal to DefaultTTL less than or equal to MaxTTL',
    )
  }
}

export function noSuchCachePolicy(): ServiceError {
  return new ServiceError('NoSuchCachePolicy', 404, 'The specified cache policy does not exist.')
}

function checkCertificate({ world, nowMs, account, partition }: ConfigContext, config: DistributionConfig): void {
  const { ViewerCertificate: viewer = {} } = config
  const aliases = config.Aliases?.Items ?? []
  const { ACMCertificateArn: arn, IAMCertificateId: iamId } = viewer
  if (arn === undefined && iamId === undefined) {
    if (aliases.length === 0) return
    throw invalidCertificate(
      `To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate that validates your authorization to use the domain name. For more details, see: ${REQUIREMENTS_URL}`,
    )
  }
  if (viewer.CloudFrontDefaultCertificate) {
    throw invalidCertificate('CloudFrontDefaultCertificate cannot be used together with another certificate.')
  }
  if (viewer.SSLSupportMethod === undefined) throw invalidArgument('The parameter SSLSupportMethod is required.')
  if (viewer.MinimumProtocolVersion !== undefined && !PROTOCOL_VERSIONS.includes(viewer.MinimumProtocolVersion)) {
    throw new ServiceError('InvalidMinimumProtocolVersion', 400, 'The minimum protocol version specified is not valid.')
  }
  if (arn === undefined) return
  const certificate = world.aws.acm.certificates[arn]
  const usable =
    certificate?.account === account &&
    certificate.region === 'us-east-1' &&
    // CloudFront in China takes certificates from IAM only (Amazon CloudFront in China, "Feature availability").
    partition !== 'aws-cn' &&
    certificateStatus(world, certificate, nowMs) === 'ISSUED'
  if (!usable) {
    throw invalidCertificate(
      "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.",
    )
  }
  if (!aliases.every((alias) => coversHost(certificate, alias))) {
    throw invalidCertificate(
      `The certificate that is attached to your distribution doesn't cover the alternate domain name (CNAME) that you're trying to add. For more details, see: ${REQUIREMENTS_URL}`,
    )
  }
}

function invalidCertificate(message: string): ServiceError {
  return new ServiceError('InvalidViewerCertificate', 400, message)
}

function checkAliases({ world, account, partition, id }: ConfigContext, aliases: readonly string[]): void {
  if (aliases.length > MAX_ALIASES) {
    throw new ServiceError(
      'TooManyDistributionCNAMEs',
      400,
      'Your request contains more CNAMEs than are allowed per distribution.',
    )
  }
  if (!aliases.every((alias) => /^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$/.test(alias))) {
    throw invalidArgument('The parameter CNAME contains one or more parameters that are not valid.')
  }
  const others = Object.entries(world.aws.cloudfront.distributions).filter(
    ([otherId, other]) => otherId !== id && other.partition === partition,
  )
  for (const [, other] of others) {
    const clashes = (taken: string, alias: string): boolean =>
      taken === alias ||
      // Names that overlap by a wildcard are fine within one account (Developer Guide, "Use custom URLs").
      (other.account !== account && (coversName(taken, alias) || coversName(alias, taken)))
    const taken = other.settings.config.Aliases?.Items ?? []
    if (taken.some((name) => aliases.some((alias) => clashes(name, alias)))) {
      throw new ServiceError(
        'CNAMEAlreadyExists',
        409,
        'One or more of the CNAMEs you provided are already associated with a different resource.',
      )
    }
  }
}

// Developer Guide, "Required API fields for creating and updating distributions". The first three texts
// are what callers report to have got, in this order; the others follow the same pattern.
const NEEDED_ON_UPDATE: readonly (readonly [string, string])[] = [
  ['Aliases', 'Aliases are missing for the resource'],
  ['DefaultRootObject', 'DefaultRootObject is missing for the resource'],
  ['CacheBehaviors', 'CacheBehaviors are missing for the resource'],
  ['CustomErrorResponses', 'CustomErrorResponses are missing for the resource'],
  ['Logging', 'Logging is missing for the resource'],
  ['PriceClass', 'PriceClass is missing for the resource'],
  ['ViewerCertificate', 'ViewerCertificate is missing for the resource'],
  ['Restrictions', 'Restrictions are missing for the resource'],
  ['WebACLId', 'WebACLId is missing for the resource'],
  ['HttpVersion', 'HttpVersion is missing for the resource'],
]
const NEEDED_IN_BEHAVIOR = [
  'AllowedMethods',
  'SmoothStreaming',
  'Compress',
  'LambdaFunctionAssociations',
  'FieldLevelEncryptionId',
]

/** An update replaces everything, and CloudFront refuses one that leaves out what a read shows. */
export function checkUpdate(former: DistributionConfig, config: DistributionConfig): void {
  if (former.CallerReference !== config.CallerReference) {
    throw illegalUpdate('The update contains modifications that are not allowed: CallerReference cannot be changed.')
  }
  const missing = NEEDED_ON_UPDATE.find(([name]) => !(name in config))
  if (missing) throw illegalUpdate(missing[1])
  if (!config.Origins.Items?.every((origin) => 'CustomHeaders' in origin)) {
    throw illegalUpdate("The 'OriginCustomHeaders' field is missing")
  }
  for (const behavior of [config.DefaultCacheBehavior, ...(config.CacheBehaviors?.Items ?? [])]) {
    const absent = NEEDED_IN_BEHAVIOR.find((name) => !(name in behavior))
    if (absent !== undefined) throw invalidArgument(`The parameter ${absent} flag is missing`)
  }
}

function illegalUpdate(message: string): ServiceError {
  return new ServiceError('IllegalUpdate', 400, message)
}
