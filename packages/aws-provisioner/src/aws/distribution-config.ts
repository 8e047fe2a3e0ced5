// The two forms of a distribution's configuration: ours, short and exact, and
// CloudFront's. Pure.
import type {
  CacheBehavior,
  DefaultCacheBehavior,
  DistributionConfig,
  Method,
  ViewerCertificate,
} from '@aws-sdk/client-cloudfront'
import type { Attributes } from '@irsa/reconcile'

export function toDistributionConfig(attributes: Attributes, callerReference: string): DistributionConfig {
  return { CallerReference: callerReference, ...ownedConfig(attributes) }
}

/** Ours over what is there. The caller reference can never change. */
export function overlayDistributionConfig(existing: DistributionConfig, attributes: Attributes): DistributionConfig {
  const owned = ownedConfig(attributes)
  return {
    ...existing,
    ...owned,
    DefaultCacheBehavior: {
      ...withoutLegacyTtl(existing.DefaultCacheBehavior),
      ...owned.DefaultCacheBehavior,
    } as DefaultCacheBehavior,
  }
}

/** A behaviour with a cache policy may not carry the older settings beside it. */
function withoutLegacyTtl(behavior: DefaultCacheBehavior | undefined): Partial<DefaultCacheBehavior> {
  const { MinTTL: _min, MaxTTL: _max, DefaultTTL: _default, ForwardedValues: _forwarded, ...rest } = behavior ?? {}
  return rest
}

function ownedConfig(attributes: Attributes) {
  const aliases = attributes['aliases'] as readonly string[]
  const origins = attributes['origins'] as readonly Attributes[]
  const behavior = attributes['behavior'] as Attributes
  return {
    Comment: String(attributes['comment']),
    Enabled: attributes['enabled'] === true,
    Aliases: { Quantity: aliases.length, Items: [...aliases] },
    PriceClass: attributes['priceClass'] as 'PriceClass_100',
    HttpVersion: attributes['httpVersion'] as 'http2',
    IsIPV6Enabled: attributes['ipv6'] === true,
    DefaultRootObject: String(attributes['defaultRootObject']),
    Origins: { Quantity: origins.length, Items: origins.map(toOrigin) },
    DefaultCacheBehavior: {
      TargetOriginId: String(behavior['originId']),
      ViewerProtocolPolicy: behavior['viewerProtocolPolicy'] as 'https-only',
      AllowedMethods: {
        ...methods(behavior['allowedMethods']),
        CachedMethods: methods(behavior['cachedMethods']),
      },
      Compress: behavior['compress'] === true,
      CachePolicyId: String(behavior['cachePolicyId']),
      FunctionAssociations: { Quantity: 0 },
      LambdaFunctionAssociations: { Quantity: 0 },
    },
    CacheBehaviors: { Quantity: 0, Items: [] },
    CustomErrorResponses: { Quantity: 0, Items: [] },
    ViewerCertificate: toViewerCertificate(attributes['certificate'] as Attributes),
    Restrictions: { GeoRestriction: { RestrictionType: attributes['geoRestriction'] as 'none', Quantity: 0 } },
  } satisfies Partial<DistributionConfig>
}

function toOrigin(origin: Attributes) {
  return {
    Id: String(origin['id']),
    DomainName: String(origin['domainName']),
    OriginPath: String(origin['path']),
    OriginAccessControlId: String(origin['accessControlId']),
    // Empty, but it must be there beside an origin access control.
    S3OriginConfig: { OriginAccessIdentity: '' },
    CustomHeaders: { Quantity: 0 },
  }
}

function methods(value: Attributes[string]): { Quantity: number; Items: Method[] } {
  const items = value as readonly Method[]
  return { Quantity: items.length, Items: [...items] }
}

function toViewerCertificate(certificate: Attributes): ViewerCertificate {
  if (certificate['source'] === 'cloudfront') return { CloudFrontDefaultCertificate: true }
  const arn = String(certificate['arn'])
  return {
    ...(certificate['source'] === 'iam' ? { IAMCertificateId: arn } : { ACMCertificateArn: arn }),
    MinimumProtocolVersion: certificate['minimumProtocolVersion'] as 'TLSv1.2_2021',
    SSLSupportMethod: certificate['support'] as 'sni-only',
  }
}

export function fromDistributionConfig(config: DistributionConfig | undefined): Attributes {
  const behavior = config?.DefaultCacheBehavior
  return {
    comment: config?.Comment ?? '',
    enabled: config?.Enabled ?? false,
    aliases: [...(config?.Aliases?.Items ?? [])].sort(),
    priceClass: config?.PriceClass ?? '',
    httpVersion: config?.HttpVersion ?? '',
    ipv6: config?.IsIPV6Enabled ?? false,
    defaultRootObject: config?.DefaultRootObject ?? '',
    origins: (config?.Origins?.Items ?? []).map((origin) => ({
      id: origin.Id ?? '',
      domainName: origin.DomainName ?? '',
      path: origin.OriginPath ?? '',
      accessControlId: origin.OriginAccessControlId ?? '',
      ...((origin.CustomHeaders?.Quantity ?? 0) > 0 ? { customHeaders: origin.CustomHeaders?.Quantity ?? 0 } : {}),
      ...(origin.S3OriginConfig?.OriginAccessIdentity
        ? { accessIdentity: origin.S3OriginConfig.OriginAccessIdentity }
        : {}),
    })),
    behavior: {
      originId: behavior?.TargetOriginId ?? '',
      viewerProtocolPolicy: behavior?.ViewerProtocolPolicy ?? '',
      allowedMethods: sorted(behavior?.AllowedMethods?.Items),
      cachedMethods: sorted(behavior?.AllowedMethods?.CachedMethods?.Items),
      compress: behavior?.Compress ?? false,
      cachePolicyId: behavior?.CachePolicyId ?? '',
      functions: [
        ...(behavior?.FunctionAssociations?.Items ?? []).map(({ FunctionARN: arn }) => arn ?? ''),
        ...(behavior?.LambdaFunctionAssociations?.Items ?? []).map(({ LambdaFunctionARN: arn }) => arn ?? ''),
      ],
    },
    otherBehaviors: (config?.CacheBehaviors?.Items ?? []).map((one: CacheBehavior) => one.PathPattern ?? ''),
    errorResponses: (config?.CustomErrorResponses?.Items ?? []).map(({ ErrorCode: code }) => code ?? 0),
    certificate: fromViewerCertificate(config?.ViewerCertificate),
    geoRestriction: config?.Restrictions?.GeoRestriction?.RestrictionType ?? '',
  }
}

function fromViewerCertificate(certificate: ViewerCertificate | undefined): Attributes {
  if (certificate?.ACMCertificateArn === undefined && certificate?.IAMCertificateId === undefined)
    return { source: 'cloudfront' }
  return {
    source: certificate.ACMCertificateArn === undefined ? 'iam' : 'acm',
    arn: certificate.ACMCertificateArn ?? certificate.IAMCertificateId ?? '',
    minimumProtocolVersion: certificate.MinimumProtocolVersion ?? '',
    support: certificate.SSLSupportMethod ?? '',
  }
}

function sorted(items: readonly string[] | undefined): readonly string[] {
  return [...(items ?? [])].sort()
}
