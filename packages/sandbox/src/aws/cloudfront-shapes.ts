// The configurations of CloudFront's API 2020-05-31 as shapes: which members there
// are, in which element each item of a list stands, and what CloudFront requires.
import type { CachePolicyConfig, DistributionConfig, ItemList, OriginAccessControlConfig } from './cloudfront-state.ts'
import type { Shape, StructureShape } from './xml-shape.ts'
import { listOf, structure } from './xml-shape.ts'

export const CLOUDFRONT_NAMESPACE = 'http://cloudfront.amazonaws.com/doc/2020-05-31/'

/** CloudFront's own kind of list: how many there are, and which. */
function quantified(
  itemName: string,
  item: Shape,
  others: Readonly<Record<string, Shape>> = {},
): StructureShape<never> {
  return structure({ ...others, 'Quantity!': 'integer', Items: listOf(itemName, item) })
}

const names = (): StructureShape<never> => quantified('Name', 'text')
const methods = (others: Readonly<Record<string, Shape>> = {}): StructureShape<never> =>
  structure({ 'Quantity!': 'integer', 'Items!': listOf('Method', 'text'), ...others })

const ORIGIN = structure({
  'Id!': 'text',
  'DomainName!': 'text',
  OriginPath: 'text',
  CustomHeaders: quantified('OriginCustomHeader', structure({ 'HeaderName!': 'text', 'HeaderValue!': 'text' })),
  S3OriginConfig: structure({ 'OriginAccessIdentity!': 'text', OriginReadTimeout: 'integer' }),
  CustomOriginConfig: structure({
    'HTTPPort!': 'integer',
    'HTTPSPort!': 'integer',
    'OriginProtocolPolicy!': 'text',
    OriginSslProtocols: structure({ 'Quantity!': 'integer', 'Items!': listOf('SslProtocol', 'text') }),
    OriginReadTimeout: 'integer',
    OriginKeepaliveTimeout: 'integer',
    IpAddressType: 'text',
    OriginMtlsConfig: structure({ 'ClientCertificateArn!': 'text' }),
  }),
  VpcOriginConfig: structure({
    'VpcOriginId!': 'text',
    OwnerAccountId: 'text',
    OriginReadTimeout: 'integer',
    OriginKeepaliveTimeout: 'integer',
  }),
  ConnectionAttempts: 'integer',
  ConnectionTimeout: 'integer',
  ResponseCompletionTimeout: 'integer',
  OriginShield: structure({ 'Enabled!': 'boolean', OriginShieldRegion: 'text' }),
  OriginAccessControlId: 'text',
})

const BEHAVIOR_MEMBERS: Readonly<Record<string, Shape>> = {
  'TargetOriginId!': 'text',
  TrustedSigners: quantified('AwsAccountNumber', 'text', { 'Enabled!': 'boolean' }),
  TrustedKeyGroups: quantified('KeyGroup', 'text', { 'Enabled!': 'boolean' }),
  'ViewerProtocolPolicy!': 'text',
  AllowedMethods: methods({ CachedMethods: methods() }),
  SmoothStreaming: 'boolean',
  Compress: 'boolean',
  LambdaFunctionAssociations: quantified(
    'LambdaFunctionAssociation',
    structure({ 'LambdaFunctionARN!': 'text', 'EventType!': 'text', IncludeBody: 'boolean' }),
  ),
  FunctionAssociations: quantified('FunctionAssociation', structure({ 'FunctionARN!': 'text', 'EventType!': 'text' })),
  FieldLevelEncryptionId: 'text',
  RealtimeLogConfigArn: 'text',
  CachePolicyId: 'text',
  OriginRequestPolicyId: 'text',
  ResponseHeadersPolicyId: 'text',
  GrpcConfig: structure({ 'Enabled!': 'boolean' }),
  ForwardedValues: structure({
    'QueryString!': 'boolean',
    'Cookies!': structure({ 'Forward!': 'text', WhitelistedNames: names() }),
    Headers: names(),
    QueryStringCacheKeys: names(),
  }),
  MinTTL: 'integer',
  DefaultTTL: 'integer',
  MaxTTL: 'integer',
}

const ORIGIN_GROUP = structure({
  'Id!': 'text',
  'FailoverCriteria!': structure({
    'StatusCodes!': structure({ 'Quantity!': 'integer', 'Items!': listOf('StatusCode', 'integer') }),
  }),
  'Members!': structure({
    'Quantity!': 'integer',
    'Items!': listOf('OriginGroupMember', structure({ 'OriginId!': 'text' })),
  }),
  SelectionCriteria: 'text',
})

export const DISTRIBUTION_CONFIG: StructureShape<DistributionConfig> = structure({
  'CallerReference!': 'text',
  Aliases: quantified('CNAME', 'text'),
  DefaultRootObject: 'text',
  'Origins!': structure({ 'Quantity!': 'integer', 'Items!': listOf('Origin', ORIGIN) }),
  OriginGroups: quantified('OriginGroup', ORIGIN_GROUP),
  'DefaultCacheBehavior!': structure(BEHAVIOR_MEMBERS),
  CacheBehaviors: quantified('CacheBehavior', structure({ 'PathPattern!': 'text', ...BEHAVIOR_MEMBERS })),
  CustomErrorResponses: quantified(
    'CustomErrorResponse',
    structure({
      'ErrorCode!': 'integer',
      ResponsePagePath: 'text',
      ResponseCode: 'text',
      ErrorCachingMinTTL: 'integer',
    }),
  ),
  'Comment!': 'text',
  Logging: structure({ Enabled: 'boolean', IncludeCookies: 'boolean', Bucket: 'text', Prefix: 'text' }),
  PriceClass: 'text',
  'Enabled!': 'boolean',
  ViewerCertificate: structure({
    CloudFrontDefaultCertificate: 'boolean',
    IAMCertificateId: 'text',
    ACMCertificateArn: 'text',
    SSLSupportMethod: 'text',
    MinimumProtocolVersion: 'text',
    Certificate: 'text',
    CertificateSource: 'text',
  }),
  Restrictions: structure({
    'GeoRestriction!': structure({
      'RestrictionType!': 'text',
      'Quantity!': 'integer',
      Items: listOf('Location', 'text'),
    }),
  }),
  WebACLId: 'text',
  HttpVersion: 'text',
  IsIPV6Enabled: 'boolean',
  ContinuousDeploymentPolicyId: 'text',
  Staging: 'boolean',
  AnycastIpListId: 'text',
  TenantConfig: structure({
    ParameterDefinitions: listOf(
      'member',
      structure({
        'Name!': 'text',
        'Definition!': structure({
          StringSchema: structure({ 'Required!': 'boolean', Comment: 'text', DefaultValue: 'text' }),
        }),
      }),
    ),
  }),
  ConnectionMode: 'text',
  ViewerMtlsConfig: structure({
    Mode: 'text',
    TrustStoreConfig: structure({
      'TrustStoreId!': 'text',
      AdvertiseTrustStoreCaNames: 'boolean',
      IgnoreCertificateExpiry: 'boolean',
    }),
  }),
  ConnectionFunctionAssociation: structure({ 'Id!': 'text' }),
  CacheTagConfig: structure({ 'HeaderName!': 'text' }),
})

export interface TagList {
  readonly Items?: readonly { readonly Key: string; readonly Value?: string }[]
}

export const TAGS: StructureShape<TagList> = structure({
  Items: listOf('Tag', structure({ 'Key!': 'text', Value: 'text' })),
})
export const TAG_KEYS: StructureShape<{ readonly Items?: readonly string[] }> = structure({
  Items: listOf('Key', 'text'),
})

export const DISTRIBUTION_CONFIG_WITH_TAGS: StructureShape<{
  readonly DistributionConfig: DistributionConfig
  readonly Tags: TagList
}> = structure({
  'DistributionConfig!': DISTRIBUTION_CONFIG,
  'Tags!': TAGS,
})

export const ORIGIN_ACCESS_CONTROL_CONFIG: StructureShape<OriginAccessControlConfig> = structure({
  'Name!': 'text',
  Description: 'text',
  'SigningProtocol!': 'text',
  'SigningBehavior!': 'text',
  'OriginAccessControlOriginType!': 'text',
})

export const CACHE_POLICY_CONFIG: StructureShape<CachePolicyConfig> = structure({
  Comment: 'text',
  'Name!': 'text',
  DefaultTTL: 'integer',
  MaxTTL: 'integer',
  'MinTTL!': 'integer',
  ParametersInCacheKeyAndForwardedToOrigin: structure({
    'EnableAcceptEncodingGzip!': 'boolean',
    EnableAcceptEncodingBrotli: 'boolean',
    'HeadersConfig!': structure({ 'HeaderBehavior!': 'text', Headers: names() }),
    'CookiesConfig!': structure({ 'CookieBehavior!': 'text', Cookies: names() }),
    'QueryStringsConfig!': structure({ 'QueryStringBehavior!': 'text', QueryStrings: names() }),
  }),
})

export const INVALIDATION_BATCH: StructureShape<{
  readonly Paths: ItemList<string>
  readonly CallerReference: string
}> = structure({
  'Paths!': quantified('Path', 'text'),
  'CallerReference!': 'text',
})
