import type { DistributionConfig } from '@aws-sdk/client-cloudfront'
import { describe, expect, test } from 'vitest'
import { MINIMAL_CONFIG, createDistribution, createWebScene, readConfig, updateConfig } from './web-scene.test.setup.ts'

/** Every member that the API has, with a value that is not its default. */
const EVERYTHING: DistributionConfig = {
  CallerReference: 'everything',
  Comment: ' line one\r\nline two ',
  Enabled: false,
  Aliases: { Quantity: 0 },
  DefaultRootObject: 'index.html',
  Origins: {
    Quantity: 2,
    Items: [
      {
        Id: 'bucket',
        DomainName: 'bucket.s3.eu-west-1.amazonaws.com',
        OriginPath: '/path',
        CustomHeaders: { Quantity: 1, Items: [{ HeaderName: 'X-A', HeaderValue: '1' }] },
        S3OriginConfig: { OriginAccessIdentity: '', OriginReadTimeout: 20 },
        ConnectionAttempts: 2,
        ConnectionTimeout: 5,
        ResponseCompletionTimeout: 60,
        OriginShield: { Enabled: true, OriginShieldRegion: 'eu-west-1' },
        OriginAccessControlId: '',
      },
      {
        Id: 'web',
        DomainName: 'web.example.com',
        OriginPath: '',
        CustomHeaders: { Quantity: 0 },
        CustomOriginConfig: {
          HTTPPort: 8080,
          HTTPSPort: 8443,
          OriginProtocolPolicy: 'https-only',
          OriginSslProtocols: { Quantity: 1, Items: ['TLSv1.2'] },
          OriginReadTimeout: 31,
          OriginKeepaliveTimeout: 6,
          IpAddressType: 'dualstack',
        },
        ConnectionAttempts: 1,
        ConnectionTimeout: 1,
        OriginShield: { Enabled: false },
        OriginAccessControlId: '',
      },
    ],
  },
  OriginGroups: {
    Quantity: 1,
    Items: [
      {
        Id: 'group',
        FailoverCriteria: { StatusCodes: { Quantity: 2, Items: [500, 502] } },
        Members: { Quantity: 2, Items: [{ OriginId: 'bucket' }, { OriginId: 'web' }] },
        SelectionCriteria: 'default',
      },
    ],
  },
  DefaultCacheBehavior: {
    TargetOriginId: 'bucket',
    ViewerProtocolPolicy: 'redirect-to-https',
    TrustedSigners: { Enabled: true, Quantity: 1, Items: ['self'] },
    TrustedKeyGroups: { Enabled: true, Quantity: 1, Items: ['k'] },
    AllowedMethods: {
      Quantity: 3,
      Items: ['GET', 'HEAD', 'OPTIONS'],
      CachedMethods: { Quantity: 3, Items: ['GET', 'HEAD', 'OPTIONS'] },
    },
    SmoothStreaming: true,
    Compress: true,
    LambdaFunctionAssociations: {
      Quantity: 1,
      Items: [{ LambdaFunctionARN: 'arn:l', EventType: 'viewer-request', IncludeBody: true }],
    },
    FunctionAssociations: { Quantity: 1, Items: [{ FunctionARN: 'arn:f', EventType: 'viewer-response' }] },
    FieldLevelEncryptionId: 'f',
    RealtimeLogConfigArn: 'arn:r',
    OriginRequestPolicyId: 'o',
    ResponseHeadersPolicyId: 'r',
    GrpcConfig: { Enabled: true },
    ForwardedValues: {
      QueryString: true,
      Cookies: { Forward: 'whitelist', WhitelistedNames: { Quantity: 1, Items: ['c'] } },
      Headers: { Quantity: 1, Items: ['Origin'] },
      QueryStringCacheKeys: { Quantity: 1, Items: ['q'] },
    },
    MinTTL: 1,
    DefaultTTL: 2,
    MaxTTL: 3,
  },
  CacheBehaviors: {
    Quantity: 1,
    Items: [
      {
        PathPattern: '/keys/*',
        TargetOriginId: 'web',
        ViewerProtocolPolicy: 'allow-all',
        TrustedSigners: { Enabled: false, Quantity: 0 },
        TrustedKeyGroups: { Enabled: false, Quantity: 0 },
        AllowedMethods: { Quantity: 2, Items: ['GET', 'HEAD'], CachedMethods: { Quantity: 2, Items: ['GET', 'HEAD'] } },
        SmoothStreaming: false,
        Compress: false,
        LambdaFunctionAssociations: { Quantity: 0 },
        FunctionAssociations: { Quantity: 0 },
        FieldLevelEncryptionId: '',
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      },
    ],
  },
  CustomErrorResponses: {
    Quantity: 1,
    Items: [{ ErrorCode: 404, ResponsePagePath: '/404.html', ResponseCode: '404', ErrorCachingMinTTL: 5 }],
  },
  Logging: { Enabled: true, IncludeCookies: true, Bucket: 'logs.s3.amazonaws.com', Prefix: 'p/' },
  PriceClass: 'PriceClass_100',
  ViewerCertificate: {
    IAMCertificateId: 'ASCA',
    SSLSupportMethod: 'sni-only',
    MinimumProtocolVersion: 'TLSv1.2_2021',
    Certificate: 'ASCA',
    CertificateSource: 'iam',
    CloudFrontDefaultCertificate: false,
  },
  Restrictions: { GeoRestriction: { RestrictionType: 'whitelist', Quantity: 2, Items: ['DE', 'AT'] } },
  WebACLId: 'arn:w',
  HttpVersion: 'http2and3',
  IsIPV6Enabled: true,
  ContinuousDeploymentPolicyId: 'c',
  Staging: true,
  AnycastIpListId: 'a',
  TenantConfig: {
    ParameterDefinitions: [
      { Name: 'p', Definition: { StringSchema: { Required: true, Comment: 'c', DefaultValue: 'd' } } },
    ],
  },
  ConnectionMode: 'direct',
  ViewerMtlsConfig: {
    Mode: 'required',
    TrustStoreConfig: { TrustStoreId: 't', AdvertiseTrustStoreCaNames: true, IgnoreCertificateExpiry: true },
  },
  ConnectionFunctionAssociation: { Id: 'f' },
  CacheTagConfig: { HeaderName: 'h' },
}

describe('GetDistributionConfig', () => {
  test('gives back the whole configuration, after an update too', async () => {
    const scene = createWebScene()
    const { Id } = (await createDistribution(scene, EVERYTHING)).distribution
    expect(await readConfig(scene, Id)).toEqual(EVERYTHING)
    await updateConfig(scene, Id, { Comment: 'other' })
    expect(await readConfig(scene, Id)).toEqual({ ...EVERYTHING, Comment: 'other' })
  })

  test('shows what CloudFront takes beside what was asked for, which alone is stored', async () => {
    const scene = createWebScene()
    const { Id } = (await createDistribution(scene)).distribution
    expect(scene.sandbox.world.aws.cloudfront.distributions[Id]?.settings).toEqual({ config: MINIMAL_CONFIG, tags: {} })
    const read = await readConfig(scene, Id)
    expect(read).toMatchObject({
      Comment: MINIMAL_CONFIG.Comment,
      Aliases: { Quantity: 0 },
      PriceClass: 'PriceClass_All',
      HttpVersion: 'http2',
      WebACLId: '',
      Origins: { Items: [{ OriginPath: '', ConnectionAttempts: 3, CustomHeaders: { Quantity: 0 } }] },
      DefaultCacheBehavior: { Compress: false, AllowedMethods: { Items: ['HEAD', 'GET'] } },
      ViewerCertificate: { CloudFrontDefaultCertificate: true, MinimumProtocolVersion: 'TLSv1' },
    })
    expect(read.DefaultCacheBehavior).not.toHaveProperty('MinTTL')
  })
})
