import {
  CloudFrontClient,
  CreateCachePolicyCommand,
  CreateDistributionCommand,
  DeleteCachePolicyCommand,
  GetCachePolicyCommand,
  GetCachePolicyConfigCommand,
  ListCachePoliciesCommand,
  UpdateCachePolicyCommand,
} from '@aws-sdk/client-cloudfront'
import type { CachePolicyConfig } from '@aws-sdk/client-cloudfront'
import { expect, test } from 'vitest'
import { createSandbox } from '../sandbox.ts'

const KEY = {
  EnableAcceptEncodingGzip: true,
  EnableAcceptEncodingBrotli: true,
  HeadersConfig: { HeaderBehavior: 'whitelist' as const, Headers: { Quantity: 1, Items: ['Origin'] } },
  CookiesConfig: { CookieBehavior: 'none' as const },
  QueryStringsConfig: { QueryStringBehavior: 'whitelist' as const, QueryStrings: { Quantity: 1, Items: ['v'] } },
} satisfies CachePolicyConfig['ParametersInCacheKeyAndForwardedToOrigin']
const CONFIG: CachePolicyConfig = {
  Name: 'issuer',
  Comment: 'of the issuer',
  MinTTL: 60,
  DefaultTTL: 300,
  MaxTTL: 3600,
  ParametersInCacheKeyAndForwardedToOrigin: KEY,
}
const OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6'

function setUp(): CloudFrontClient {
  const sandbox = createSandbox({ clock: { mode: 'manual' } })
  const credentials = sandbox.createUser({ account: sandbox.createAccount() })
  const { requestHandler } = sandbox.session()
  return new CloudFrontClient({ region: 'us-east-1', credentials, requestHandler, maxAttempts: 1 })
}

async function create(
  client: CloudFrontClient,
  more: Partial<CachePolicyConfig> = {},
): Promise<{ Id: string; IfMatch: string }> {
  const made = await client.send(new CreateCachePolicyCommand({ CachePolicyConfig: { ...CONFIG, ...more } }))
  return { Id: made.CachePolicy?.Id ?? '', IfMatch: made.ETag ?? '' }
}

test('a cache policy is made, read, changed, listed and deleted', async () => {
  const client = setUp()
  const { Id, IfMatch } = await create(client)
  expect(await client.send(new GetCachePolicyCommand({ Id }))).toMatchObject({
    ETag: IfMatch,
    CachePolicy: { Id, CachePolicyConfig: CONFIG },
  })
  const changed = { ...CONFIG, MaxTTL: 7200 }
  const { ETag } = await client.send(new UpdateCachePolicyCommand({ Id, IfMatch, CachePolicyConfig: changed }))
  expect(ETag).not.toBe(IfMatch)
  const { CachePolicyConfig } = await client.send(new GetCachePolicyConfigCommand({ Id }))
  expect(CachePolicyConfig).toEqual(changed)
  const { CachePolicyList } = await client.send(new ListCachePoliciesCommand({ Type: 'custom' }))
  expect(CachePolicyList?.Items).toMatchObject([{ Type: 'custom', CachePolicy: { Id, CachePolicyConfig: changed } }])
  await client.send(new DeleteCachePolicyCommand({ Id, IfMatch: ETag }))
  await expect(client.send(new GetCachePolicyCommand({ Id }))).rejects.toMatchObject({ name: 'NoSuchCachePolicy' })
})

test('lifetimes that are left out are a day and a year', async () => {
  const client = setUp()
  const { Id } = await create(client, { MinTTL: 1, DefaultTTL: undefined, MaxTTL: undefined })
  const { CachePolicyConfig } = await client.send(new GetCachePolicyConfigCommand({ Id }))
  expect(CachePolicyConfig).toMatchObject({ MinTTL: 1, DefaultTTL: 86_400, MaxTTL: 31_536_000 })
})

// Figures: CloudFront Developer Guide, "Use managed cache policies".
test.each([
  [OPTIMIZED, 'Managed-CachingOptimized', 1, 86_400, 31_536_000],
  ['4135ea2d-6df8-44a3-9df3-4b5a84be39ad', 'Managed-CachingDisabled', 0, 0, 0],
  ['83da9c7e-98b4-4e11-a168-04f0df8e2c65', 'Managed-UseOriginCacheControlHeaders', 0, 0, 31_536_000],
])('%s is there already: %s', async (Id, Name, MinTTL, DefaultTTL, MaxTTL) => {
  const client = setUp()
  const { CachePolicyConfig } = await client.send(new GetCachePolicyConfigCommand({ Id }))
  expect(CachePolicyConfig).toMatchObject({ Name, MinTTL, DefaultTTL, MaxTTL })
  const { CachePolicyList } = await client.send(new ListCachePoliciesCommand({ Type: 'managed' }))
  expect(CachePolicyList?.Items?.map(({ Type, CachePolicy }) => [Type, CachePolicy?.Id])).toContainEqual([
    'managed',
    Id,
  ])
})

const REFUSALS: readonly (readonly [string, (client: CloudFrontClient) => Promise<unknown>, string, number])[] = [
  ['a name that is taken', (client) => create(client), 'CachePolicyAlreadyExists', 409],
  [
    'the name of a managed one',
    (client) => create(client, { Name: 'Managed-CachingOptimized' }),
    'CachePolicyAlreadyExists',
    409,
  ],
  ['a name with a space', (client) => create(client, { Name: 'a b' }), 'InvalidArgument', 400],
  ['a least over the default', (client) => create(client, { Name: 'x', MinTTL: 301 }), 'InvalidArgument', 400],
  ['a default over the most', (client) => create(client, { Name: 'x', DefaultTTL: 3601 }), 'InvalidArgument', 400],
  [
    'a key while caching is off',
    (client) => create(client, { Name: 'x', MinTTL: 0, DefaultTTL: 0, MaxTTL: 0 }),
    'InvalidArgument',
    400,
  ],
  [
    'a deletion of what is not there',
    (client) => client.send(new DeleteCachePolicyCommand({ Id: 'none', IfMatch: 'E1' })),
    'NoSuchCachePolicy',
    404,
  ],
  [
    'a deletion of a managed one',
    (client) => client.send(new DeleteCachePolicyCommand({ Id: OPTIMIZED, IfMatch: 'E1' })),
    'IllegalDelete',
    400,
  ],
  [
    'a change of a managed one',
    (client) => client.send(new UpdateCachePolicyCommand({ Id: OPTIMIZED, IfMatch: 'E1', CachePolicyConfig: CONFIG })),
    'IllegalUpdate',
    400,
  ],
  [
    'a deletion without a version',
    async (client) => client.send(new DeleteCachePolicyCommand({ Id: (await create(client, { Name: 'x' })).Id })),
    'InvalidIfMatchVersion',
    400,
  ],
  [
    'a change of an earlier version',
    async (client) => {
      const { Id } = await create(client, { Name: 'x' })
      return client.send(new UpdateCachePolicyCommand({ Id, IfMatch: 'E0', CachePolicyConfig: CONFIG }))
    },
    'PreconditionFailed',
    412,
  ],
  [
    'a deletion while a behavior names it',
    async (client) => {
      const { Id, IfMatch } = await create(client, { Name: 'x' })
      const origin = {
        Id: 'b',
        DomainName: 'b.s3.eu-west-1.amazonaws.com',
        S3OriginConfig: { OriginAccessIdentity: '' },
      }
      await client.send(
        new CreateDistributionCommand({
          DistributionConfig: {
            CallerReference: 'x',
            Comment: '',
            Enabled: false,
            Origins: { Quantity: 1, Items: [origin] },
            DefaultCacheBehavior: { TargetOriginId: 'b', ViewerProtocolPolicy: 'https-only', CachePolicyId: Id },
          },
        }),
      )
      return client.send(new DeleteCachePolicyCommand({ Id, IfMatch }))
    },
    'CachePolicyInUse',
    409,
  ],
]

test.each(REFUSALS)('%s is refused', async (_, act, name, httpStatusCode) => {
  const client = setUp()
  await create(client)
  await expect(act(client)).rejects.toMatchObject({ name, $metadata: { httpStatusCode } })
})
