// May a distribution have this configuration? All of it is checked before anything
// is stored: against itself and against what it names (certificate, access control,
// cache policy, aliases). Codes as in the API Reference; texts as reported by users
// where known.
import { findCachePolicy } from './cloudfront-managed-policies.ts'
import type { CacheBehavior, DistributionConfig, OriginConfig } from './cloudfront-state.ts'
import type { ConfigContext } from './cloudfront-viewers.ts'
import { checkAliases, checkCertificate } from './cloudfront-viewers.ts'
import { invalidArgument } from './cloudfront-wire.ts'
import { parseS3Host } from './s3-target.ts'
import { ServiceError } from './service.ts'

const MAX_COMMENT = 128
const CHOICES: readonly (readonly [keyof DistributionConfig, readonly string[]])[] = [
  ['PriceClass', ['PriceClass_100', 'PriceClass_200', 'PriceClass_All', 'None']],
  ['HttpVersion', ['http1.1', 'http2', 'http3', 'http2and3', 'HTTP1.1', 'HTTP2', 'HTTP3', 'HTTP2AND3']],
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
