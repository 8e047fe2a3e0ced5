import type { DistributionConfig } from '@aws-sdk/client-cloudfront'
import {
  CloudFrontClient,
  CreateDistributionCommand,
  CreateDistributionWithTagsCommand,
  DeleteDistributionCommand,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  ListConflictingAliasesCommand,
  ListDistributionsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateDistributionCommand,
  paginateListDistributions,
  waitUntilDistributionDeployed,
} from '@aws-sdk/client-cloudfront'
import { describe, expect, test } from 'vitest'
import type { Partition } from '../world.ts'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'
import type { PolicyDocument } from './policy.ts'

const ACCOUNT = '111122223333'
const DEPLOYED_MS = 300_000

/** As little as CloudFront takes. */
const MINIMAL: DistributionConfig = {
  CallerReference: 'first',
  Comment: 'with <angles> & " quotes "',
  Enabled: true,
  Origins: {
    Quantity: 1,
    Items: [{ Id: 'b', DomainName: 'bucket.s3.eu-west-1.amazonaws.com', S3OriginConfig: { OriginAccessIdentity: '' } }],
  },
  DefaultCacheBehavior: {
    TargetOriginId: 'b',
    ViewerProtocolPolicy: 'https-only',
    CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
  },
}

interface Scene {
  readonly sandbox: Sandbox
  readonly cloudfront: CloudFrontClient
  readonly client: (account: string, policies?: readonly PolicyDocument[]) => CloudFrontClient
}

function setUp(partition: Partition = 'aws'): Scene {
  const sandbox = createSandbox({ clock: { mode: 'manual' } })
  sandbox.createAccount({ id: ACCOUNT, partition })
  sandbox.createAccount({ id: '999988887777', partition })
  const { requestHandler } = sandbox.session()
  const region = partition === 'aws-cn' ? 'cn-northwest-1' : 'us-east-1'
  const client = (account: string, policies?: readonly PolicyDocument[]): CloudFrontClient => {
    const name = policies === undefined ? 'admin' : `limited-${JSON.stringify(policies).length}`
    const credentials = sandbox.createUser({ account, name, ...(policies && { policies }) })
    return new CloudFrontClient({ region, credentials, requestHandler, maxAttempts: 1 })
  }
  return { sandbox, cloudfront: client(ACCOUNT), client }
}

async function create(
  cloudfront: CloudFrontClient,
  more: Partial<DistributionConfig> = {},
): Promise<{ id: string; arn: string; etag: string }> {
  const DistributionConfig = { ...MINIMAL, ...more }
  const { Distribution, ETag = '' } = await cloudfront.send(new CreateDistributionCommand({ DistributionConfig }))
  return { id: Distribution?.Id ?? '', arn: Distribution?.ARN ?? '', etag: ETag }
}

async function read(cloudfront: CloudFrontClient, Id: string): Promise<DistributionConfig> {
  const { DistributionConfig } = await cloudfront.send(new GetDistributionConfigCommand({ Id }))
  return DistributionConfig as DistributionConfig
}

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

describe('CreateDistribution', () => {
  test('gives back the whole configuration, on the update too', async () => {
    const { cloudfront } = setUp()
    const { id, etag } = await create(cloudfront, EVERYTHING)
    expect(await read(cloudfront, id)).toEqual(EVERYTHING)
    const DistributionConfig = { ...EVERYTHING, Comment: 'other' }
    await cloudfront.send(new UpdateDistributionCommand({ Id: id, IfMatch: etag, DistributionConfig }))
    expect(await read(cloudfront, id)).toEqual(DistributionConfig)
  })

  test('stores what was asked for, shows what CloudFront takes besides', async () => {
    const { sandbox, cloudfront } = setUp()
    const { id } = await create(cloudfront)
    expect(sandbox.world.aws.cloudfront.distributions[id]?.settings).toEqual({ config: MINIMAL, tags: {} })
    expect(await read(cloudfront, id)).toMatchObject({
      Comment: MINIMAL.Comment,
      Aliases: { Quantity: 0 },
      PriceClass: 'PriceClass_All',
      HttpVersion: 'http2',
      WebACLId: '',
      Origins: { Items: [{ OriginPath: '', ConnectionAttempts: 3, CustomHeaders: { Quantity: 0 } }] },
      DefaultCacheBehavior: { Compress: false, AllowedMethods: { Items: ['HEAD', 'GET'] } },
      ViewerCertificate: { CloudFrontDefaultCertificate: true, MinimumProtocolVersion: 'TLSv1' },
    })
    expect((await read(cloudfront, id)).DefaultCacheBehavior).not.toHaveProperty('MinTTL')
  })

  test('makes the same distribution from the same request in another world', async () => {
    const [a, b] = [setUp(), setUp()]
    await create(b.cloudfront, { CallerReference: 'unrelated' })
    expect(await create(a.cloudfront)).toEqual(await create(b.cloudfront))
  })

  test('is in progress for five minutes, on the update again', async () => {
    const { sandbox, cloudfront } = setUp()
    const { id, etag } = await create(cloudfront)
    const status = async (): Promise<string | undefined> =>
      (await cloudfront.send(new GetDistributionCommand({ Id: id }))).Distribution?.Status
    expect(await status()).toBe('InProgress')
    sandbox.clock.advance(DEPLOYED_MS - 1)
    expect(await status()).toBe('InProgress')
    sandbox.clock.advance(1)
    expect(await status()).toBe('Deployed')
    expect(await waitUntilDistributionDeployed({ client: cloudfront, maxWaitTime: 70 }, { Id: id })).toMatchObject({
      state: 'SUCCESS',
    })
    const DistributionConfig = await read(cloudfront, id)
    const updated = await cloudfront.send(new UpdateDistributionCommand({ Id: id, IfMatch: etag, DistributionConfig }))
    expect(updated.ETag).not.toBe(etag)
    expect(await status()).toBe('InProgress')
  })

  test('answers with location, version, ARN and host', async () => {
    const { cloudfront } = setUp()
    const made = await cloudfront.send(new CreateDistributionCommand({ DistributionConfig: MINIMAL }))
    expect(made.$metadata.httpStatusCode).toBe(201)
    expect(made.ETag).toMatch(/^E[A-Z0-9]{13}$/)
    expect(made.Location).toBe(`https://cloudfront.amazonaws.com/2020-05-31/distribution/${made.Distribution?.Id}`)
    expect(made.Distribution?.Id).toMatch(/^E[A-Z0-9]{13}$/)
    expect(made.Distribution?.DomainName).toMatch(/^d[a-z0-9]{13}\.cloudfront\.net$/)
    expect(made.Distribution?.ARN).toBe(`arn:aws:cloudfront::${ACCOUNT}:distribution/${made.Distribution?.Id}`)
    expect(made.Distribution?.LastModifiedTime).toEqual(new Date('2026-01-01T00:00:00Z'))
  })

  test('has hosts of its own in China', async () => {
    const { cloudfront } = setUp('aws-cn')
    const { Distribution } = await cloudfront.send(new CreateDistributionCommand({ DistributionConfig: MINIMAL }))
    expect(Distribution?.DomainName).toMatch(/^d[a-z0-9]{13}\.cloudfront\.cn$/)
    expect(Distribution?.ARN).toMatch(/^arn:aws-cn:cloudfront::/)
  })
})

describe('DeleteDistribution', () => {
  test('wants it disabled and deployed', async () => {
    const { sandbox, cloudfront } = setUp()
    const { id, etag } = await create(cloudfront)
    sandbox.clock.advance(DEPLOYED_MS)
    const remove = (IfMatch: string): Promise<unknown> =>
      cloudfront.send(new DeleteDistributionCommand({ Id: id, IfMatch }))
    await expect(remove(etag)).rejects.toMatchObject({
      name: 'DistributionNotDisabled',
      $metadata: { httpStatusCode: 409 },
    })
    const DistributionConfig = { ...(await read(cloudfront, id)), Enabled: false }
    const { ETag = '' } = await cloudfront.send(
      new UpdateDistributionCommand({ Id: id, IfMatch: etag, DistributionConfig }),
    )
    await expect(remove(ETag)).rejects.toMatchObject({ name: 'DistributionNotDisabled' })
    sandbox.clock.advance(DEPLOYED_MS)
    await expect(remove(etag)).rejects.toMatchObject({ name: 'PreconditionFailed' })
    await remove(ETag)
    await expect(read(cloudfront, id)).rejects.toMatchObject({ name: 'NoSuchDistribution' })
    await expect(create(cloudfront)).rejects.toMatchObject({
      name: 'DistributionAlreadyExists',
      $metadata: { httpStatusCode: 409 },
    })
  })
})

describe('ListDistributions', () => {
  test('pages through all of the account, with what a caller looks for', async () => {
    const { cloudfront, client } = setUp()
    const made = []
    for (const CallerReference of ['a', 'b', 'c', 'd', 'e'])
      made.push((await create(cloudfront, { CallerReference })).id)
    await create(client('999988887777'), { CallerReference: 'foreign' })
    const listed = []
    for await (const page of paginateListDistributions({ client: cloudfront, pageSize: 2 }, {})) {
      listed.push((page.DistributionList?.Items ?? []).map(({ Id }) => Id))
    }
    expect(listed.map((ids) => ids.length)).toEqual([2, 2, 1])
    expect(listed.flat().sort()).toEqual(made.sort())
    const { DistributionList } = await cloudfront.send(new ListDistributionsCommand({}))
    expect(DistributionList).toMatchObject({ Quantity: 5, MaxItems: 100, IsTruncated: false })
    expect(DistributionList?.Items?.[0]).toMatchObject({
      Status: 'InProgress',
      Enabled: true,
      Comment: MINIMAL.Comment,
      Aliases: { Quantity: 0 },
      DomainName: expect.stringMatching(/cloudfront\.net$/) as string,
      Origins: { Items: [{ DomainName: 'bucket.s3.eu-west-1.amazonaws.com' }] },
      ViewerCertificate: { CloudFrontDefaultCertificate: true },
    })
  })

  test('is empty at first', async () => {
    const { cloudfront } = setUp()
    const { DistributionList } = await cloudfront.send(new ListDistributionsCommand({}))
    expect(DistributionList).toMatchObject({ Quantity: 0, IsTruncated: false })
    expect(DistributionList?.Items).toBeUndefined()
  })
})

describe('tags', () => {
  test('are set at the start, added, replaced and taken away', async () => {
    const { cloudfront } = setUp()
    const { Distribution } = await cloudfront.send(
      new CreateDistributionWithTagsCommand({
        DistributionConfigWithTags: {
          DistributionConfig: MINIMAL,
          Tags: { Items: [{ Key: 'a', Value: '1' }, { Key: 'b' }] },
        },
      }),
    )
    const Resource = Distribution?.ARN
    const tags = async (): Promise<unknown> =>
      (await cloudfront.send(new ListTagsForResourceCommand({ Resource }))).Tags?.Items
    expect(await tags()).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '' },
    ])
    await cloudfront.send(
      new TagResourceCommand({
        Resource,
        Tags: {
          Items: [
            { Key: 'a', Value: '2' },
            { Key: 'c', Value: '3' },
          ],
        },
      }),
    )
    await cloudfront.send(new UntagResourceCommand({ Resource, TagKeys: { Items: ['b', 'absent'] } }))
    expect(await tags()).toEqual([
      { Key: 'a', Value: '2' },
      { Key: 'c', Value: '3' },
    ])
    await cloudfront.send(new UntagResourceCommand({ Resource, TagKeys: { Items: ['a', 'c'] } }))
    expect(await tags()).toEqual([])
  })

  test.each([
    ['51 tags', Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' })), 'InvalidTagging'],
    ['the prefix of AWS', [{ Key: 'aws:x', Value: '' }], 'InvalidTagging'],
    [
      'a key twice',
      [
        { Key: 'x', Value: '1' },
        { Key: 'x', Value: '2' },
      ],
      'InvalidTagging',
    ],
  ])('refuses %s', async (_, Items, name) => {
    const { cloudfront } = setUp()
    const { arn } = await create(cloudfront)
    await expect(cloudfront.send(new TagResourceCommand({ Resource: arn, Tags: { Items } }))).rejects.toMatchObject({
      name,
    })
  })

  test('refuses the 51st of one distribution', async () => {
    const { cloudfront } = setUp()
    const { arn } = await create(cloudfront)
    const tag = (keys: readonly number[]): Promise<unknown> =>
      cloudfront.send(
        new TagResourceCommand({ Resource: arn, Tags: { Items: keys.map((key) => ({ Key: `k${key}`, Value: '' })) } }),
      )
    await tag(Array.from({ length: 50 }, (_, index) => index))
    await tag([49])
    await expect(tag([50])).rejects.toMatchObject({ name: 'InvalidTagging' })
  })

  test('of something that is not there are NoSuchResource', async () => {
    const { cloudfront } = setUp()
    const Resource = `arn:aws:cloudfront::${ACCOUNT}:distribution/ENONE`
    await expect(cloudfront.send(new ListTagsForResourceCommand({ Resource }))).rejects.toMatchObject({
      name: 'NoSuchResource',
    })
  })
})

describe('ListConflictingAliases', () => {
  test('names other distributions, half hidden', async () => {
    const { cloudfront, client } = setUp()
    const viewer = { IAMCertificateId: 'x', SSLSupportMethod: 'sni-only' } as const
    const foreign = client('999988887777')
    const { id } = await create(foreign, {
      Aliases: { Quantity: 1, Items: ['a.example.com'] },
      ViewerCertificate: viewer,
    })
    const own = await create(cloudfront)
    const command = new ListConflictingAliasesCommand({ Alias: '*.example.com', DistributionId: own.id })
    const { ConflictingAliasesList } = await cloudfront.send(command)
    expect(ConflictingAliasesList?.Items).toEqual([
      { Alias: 'a.example.com', DistributionId: `*******${id.slice(-7)}`, AccountId: '******887777' },
    ])
  })
})

describe('permissions', () => {
  const anyAllow = (Action: string, Resource: string, Condition?: object): PolicyDocument =>
    ({ Statement: { Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) } }) as PolicyDocument
  const any = `arn:aws:cloudfront::${ACCOUNT}:distribution/*`
  const withTags = (Value: string): CreateDistributionWithTagsCommand =>
    new CreateDistributionWithTagsCommand({
      DistributionConfigWithTags: { DistributionConfig: MINIMAL, Tags: { Items: [{ Key: 'owner', Value }] } },
    })

  const tagged = {
    StringEquals: { 'aws:RequestTag/owner': 'irsa' },
    'ForAllValues:StringEquals': { 'aws:TagKeys': ['owner'] },
  }
  test.each([
    ['nothing', [], 'irsa', 'AccessDenied'],
    ['creation alone', [anyAllow('cloudfront:CreateDistribution', '*')], 'irsa', 'AccessDenied'],
    [
      'creation and tagging',
      [anyAllow('cloudfront:CreateDistribution', '*'), anyAllow('cloudfront:TagResource', any)],
      'irsa',
      undefined,
    ],
    [
      'creation and tagging with one value',
      [anyAllow('cloudfront:CreateDistribution', '*', tagged), anyAllow('cloudfront:TagResource', any, tagged)],
      'irsa',
      undefined,
    ],
    [
      'creation and tagging with another value',
      [anyAllow('cloudfront:CreateDistribution', '*', tagged), anyAllow('cloudfront:TagResource', any, tagged)],
      'other',
      'AccessDenied',
    ],
  ])('CreateDistributionWithTags with %s', async (_, policies, value, error) => {
    const { client, sandbox } = setUp()
    const result = client(ACCOUNT, policies).send(withTags(value))
    await (error === undefined
      ? expect(result).resolves.toBeDefined()
      : expect(result).rejects.toMatchObject({ name: error }))
    expect(Object.keys(sandbox.world.aws.cloudfront.distributions)).toHaveLength(error === undefined ? 1 : 0)
  })

  test('go by the tags of the distribution', async () => {
    const { client, cloudfront } = setUp()
    const { Distribution } = await cloudfront.send(withTags('irsa'))
    const Id = Distribution?.Id
    const owned = (value: string): PolicyDocument =>
      anyAllow('cloudfront:GetDistribution*', any, { StringEquals: { 'aws:ResourceTag/owner': value } })
    expect(await client(ACCOUNT, [owned('irsa')]).send(new GetDistributionCommand({ Id }))).toMatchObject({
      Distribution: { Id },
    })
    const denied = client(ACCOUNT, [owned('somebody')]).send(new GetDistributionConfigCommand({ Id }))
    await expect(denied).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
  })

  test('do not reach what another account has', async () => {
    const { client, cloudfront } = setUp()
    const { id } = await create(cloudfront)
    await expect(read(client('999988887777'), id)).rejects.toMatchObject({ name: 'NoSuchDistribution' })
  })

  test('do not exist in GovCloud', async () => {
    const sandbox = createSandbox({ clock: { mode: 'manual' } })
    const credentials = sandbox.createUser({ account: sandbox.createAccount({ partition: 'aws-us-gov' }) })
    const { requestHandler } = sandbox.session()
    for (const region of ['us-east-1', 'us-gov-west-1']) {
      const cloudfront = new CloudFrontClient({ region, credentials, requestHandler, maxAttempts: 1 })
      await expect(create(cloudfront)).rejects.toMatchObject({ name: 'InvalidClientTokenId' })
    }
  })
})

test('the log tells reads from writes', async () => {
  const { sandbox, cloudfront } = setUp()
  const { id, arn, etag } = await create(cloudfront)
  await read(cloudfront, id)
  await cloudfront.send(new TagResourceCommand({ Resource: arn, Tags: { Items: [{ Key: 'a', Value: '' }] } }))
  await cloudfront.send(new ListTagsForResourceCommand({ Resource: arn }))
  await cloudfront.send(new DeleteDistributionCommand({ Id: id, IfMatch: etag })).catch(() => undefined)
  expect(sandbox.requests.entries.map(({ operation, access, changed }) => [operation, access, changed])).toEqual([
    ['CreateDistribution', 'write', true],
    ['GetDistributionConfig', 'read', false],
    ['TagResource', 'write', true],
    ['ListTagsForResource', 'read', false],
    ['DeleteDistribution', 'write', false],
  ])
})
