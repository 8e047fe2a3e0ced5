// A distribution's configuration as CloudFront shows it: what the caller sent, with
// everything filled in that CloudFront takes when nothing was said. Defaults as in
// the API Reference, "DistributionConfig", "CacheBehavior" and "Origin".
import type { CacheBehavior, DistributionConfig, OriginConfig, ViewerCertificate } from './cloudfront-state.ts'
import { fillLifetimes } from './cloudfront-managed-policies.ts'

type Members = Readonly<Record<string, unknown>>

const NONE = { Quantity: 0 } as const
const METHODS = ['HEAD', 'GET'] as const

export function presentConfig(config: DistributionConfig): Members {
  const { Origins, DefaultCacheBehavior, CacheBehaviors, Aliases, CustomErrorResponses } = config
  return {
    DefaultRootObject: '',
    OriginGroups: NONE,
    PriceClass: 'PriceClass_All',
    Restrictions: { GeoRestriction: { RestrictionType: 'none', Quantity: 0 } },
    WebACLId: '',
    HttpVersion: 'http2',
    IsIPV6Enabled: false,
    ContinuousDeploymentPolicyId: '',
    Staging: false,
    ...config,
    Aliases: Aliases ?? NONE,
    Origins: { ...Origins, Items: (Origins.Items ?? []).map(presentOrigin) },
    DefaultCacheBehavior: presentBehavior(DefaultCacheBehavior),
    CacheBehaviors: CacheBehaviors?.Items
      ? { ...CacheBehaviors, Items: CacheBehaviors.Items.map(presentBehavior) }
      : NONE,
    CustomErrorResponses: CustomErrorResponses ?? NONE,
    Logging: {
      Enabled: false,
      IncludeCookies: false,
      Bucket: '',
      Prefix: '',
      ...(config as { Logging?: object }).Logging,
    },
    ViewerCertificate: presentCertificate(config.ViewerCertificate),
  }
}

function presentOrigin(origin: OriginConfig): Members {
  const custom = origin.CustomOriginConfig && {
    CustomOriginConfig: {
      OriginSslProtocols: { Quantity: 3, Items: ['TLSv1', 'TLSv1.1', 'TLSv1.2'] },
      OriginReadTimeout: 30,
      OriginKeepaliveTimeout: 5,
      ...origin.CustomOriginConfig,
    },
  }
  return {
    OriginPath: '',
    CustomHeaders: NONE,
    ConnectionAttempts: 3,
    ConnectionTimeout: 10,
    OriginShield: { Enabled: false },
    OriginAccessControlId: '',
    ...origin,
    ...custom,
  }
}

function presentBehavior(behavior: CacheBehavior): Members {
  const { minSeconds, defaultSeconds, maxSeconds } = fillLifetimes(behavior)
  const legacy =
    behavior.CachePolicyId === undefined ? { MinTTL: minSeconds, DefaultTTL: defaultSeconds, MaxTTL: maxSeconds } : {}
  const cached = { CachedMethods: { Quantity: METHODS.length, Items: METHODS } }
  return {
    TrustedSigners: { Enabled: false, Quantity: 0 },
    TrustedKeyGroups: { Enabled: false, Quantity: 0 },
    SmoothStreaming: false,
    Compress: false,
    LambdaFunctionAssociations: NONE,
    FunctionAssociations: NONE,
    FieldLevelEncryptionId: '',
    ...legacy,
    ...behavior,
    AllowedMethods: { ...cached, ...(behavior.AllowedMethods ?? { Quantity: METHODS.length, Items: METHODS }) },
  }
}

function presentCertificate(sent: ViewerCertificate = {}): Members {
  const { ACMCertificateArn, IAMCertificateId } = sent
  if (ACMCertificateArn === undefined && IAMCertificateId === undefined) {
    return {
      CloudFrontDefaultCertificate: true,
      SSLSupportMethod: 'vip',
      MinimumProtocolVersion: 'TLSv1',
      CertificateSource: 'cloudfront',
    }
  }
  return {
    MinimumProtocolVersion: 'TLSv1',
    ...sent,
    CloudFrontDefaultCertificate: false,
    Certificate: ACMCertificateArn ?? IAMCertificateId,
    CertificateSource: ACMCertificateArn === undefined ? 'iam' : 'acm',
  }
}
