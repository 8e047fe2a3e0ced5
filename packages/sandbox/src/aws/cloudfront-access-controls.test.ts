import {
  CloudFrontClient,
  CreateDistributionCommand,
  CreateOriginAccessControlCommand,
  DeleteOriginAccessControlCommand,
  GetOriginAccessControlCommand,
  GetOriginAccessControlConfigCommand,
  ListOriginAccessControlsCommand,
  UpdateOriginAccessControlCommand,
} from '@aws-sdk/client-cloudfront'
import type { OriginAccessControlConfig } from '@aws-sdk/client-cloudfront'
import { expect, test } from 'vitest'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'
import type { PolicyDocument } from './policy.ts'

const CONFIG: OriginAccessControlConfig = {
  Name: 'issuer',
  Description: 'of the issuer',
  SigningProtocol: 'sigv4',
  SigningBehavior: 'always',
  OriginAccessControlOriginType: 's3',
}

function setUp(policies?: readonly PolicyDocument[]): {
  readonly sandbox: Sandbox
  readonly cloudfront: CloudFrontClient
} {
  const sandbox = createSandbox({ clock: { mode: 'manual' } })
  const credentials = sandbox.createUser({ account: sandbox.createAccount(), ...(policies && { policies }) })
  const { requestHandler } = sandbox.session()
  return {
    sandbox,
    cloudfront: new CloudFrontClient({ region: 'us-east-1', credentials, requestHandler, maxAttempts: 1 }),
  }
}

async function create(
  cloudfront: CloudFrontClient,
  more: Partial<OriginAccessControlConfig> = {},
): Promise<{ Id: string; IfMatch: string }> {
  const config = { ...CONFIG, ...more }
  const made = await cloudfront.send(new CreateOriginAccessControlCommand({ OriginAccessControlConfig: config }))
  return { Id: made.OriginAccessControl?.Id ?? '', IfMatch: made.ETag ?? '' }
}

test('an access control is made, read, changed, listed and deleted', async () => {
  const { cloudfront } = setUp()
  const { Id, IfMatch } = await create(cloudfront)
  const read = await cloudfront.send(new GetOriginAccessControlCommand({ Id }))
  expect(read).toMatchObject({ ETag: IfMatch, OriginAccessControl: { Id, OriginAccessControlConfig: CONFIG } })
  const changed = { ...CONFIG, Description: '', SigningBehavior: 'never' } as const
  const { ETag } = await cloudfront.send(
    new UpdateOriginAccessControlCommand({ Id, IfMatch, OriginAccessControlConfig: changed }),
  )
  expect(ETag).not.toBe(IfMatch)
  const config = await cloudfront.send(new GetOriginAccessControlConfigCommand({ Id }))
  expect(config).toMatchObject({ ETag, OriginAccessControlConfig: changed })
  const { OriginAccessControlList } = await cloudfront.send(new ListOriginAccessControlsCommand({}))
  expect(OriginAccessControlList).toMatchObject({ Quantity: 1, IsTruncated: false, Items: [{ Id, ...changed }] })
  await cloudfront.send(new DeleteOriginAccessControlCommand({ Id, IfMatch: ETag }))
  const absent = cloudfront.send(new GetOriginAccessControlCommand({ Id }))
  await expect(absent).rejects.toMatchObject({ name: 'NoSuchOriginAccessControl', $metadata: { httpStatusCode: 404 } })
  expect((await create(cloudfront)).Id).not.toBe(Id)
})

test('a list goes over several pages', async () => {
  const { cloudfront } = setUp()
  for (const Name of ['a', 'b', 'c']) await create(cloudfront, { Name })
  const first = (await cloudfront.send(new ListOriginAccessControlsCommand({ MaxItems: 2 }))).OriginAccessControlList
  const { NextMarker: Marker } = first ?? {}
  const second = (await cloudfront.send(new ListOriginAccessControlsCommand({ Marker }))).OriginAccessControlList
  const names = [...(first?.Items ?? []), ...(second?.Items ?? [])].map(({ Name }) => Name)
  expect([first?.IsTruncated, second?.IsTruncated]).toEqual([true, false])
  expect(names).toHaveLength(3)
  expect(new Set(names)).toEqual(new Set(['a', 'b', 'c']))
})

const REFUSALS: readonly (readonly [string, (client: CloudFrontClient) => Promise<unknown>, string, number])[] = [
  ['a name that is taken', (client) => create(client), 'OriginAccessControlAlreadyExists', 409],
  ['an empty name', (client) => create(client, { Name: '' }), 'InvalidArgument', 400],
  ['a name of 65 characters', (client) => create(client, { Name: 'x'.repeat(65) }), 'InvalidArgument', 400],
  [
    'an unknown origin type',
    (client) => create(client, { Name: 'x', OriginAccessControlOriginType: 'disk' as 's3' }),
    'InvalidArgument',
    400,
  ],
  [
    'an unknown behavior',
    (client) => create(client, { Name: 'x', SigningBehavior: 'sometimes' as 'never' }),
    'InvalidArgument',
    400,
  ],
  [
    'a renaming to a taken name',
    async (client) => {
      const { Id, IfMatch } = await create(client, { Name: 'second' })
      return client.send(new UpdateOriginAccessControlCommand({ Id, IfMatch, OriginAccessControlConfig: CONFIG }))
    },
    'OriginAccessControlAlreadyExists',
    409,
  ],
  [
    'a deletion without a version',
    async (client) => {
      const { Id } = await create(client, { Name: 'second' })
      return client.send(new DeleteOriginAccessControlCommand({ Id }))
    },
    'InvalidIfMatchVersion',
    400,
  ],
  [
    'a deletion of an earlier version',
    async (client) => {
      const { Id, IfMatch } = await create(client, { Name: 'second' })
      await client.send(
        new UpdateOriginAccessControlCommand({ Id, IfMatch, OriginAccessControlConfig: { ...CONFIG, Name: 'third' } }),
      )
      return client.send(new DeleteOriginAccessControlCommand({ Id, IfMatch }))
    },
    'PreconditionFailed',
    412,
  ],
  [
    'a deletion while an origin names it',
    async (client) => {
      const { Id, IfMatch } = await create(client, { Name: 'second' })
      const origin = {
        Id: 'b',
        DomainName: 'bucket.s3.eu-west-1.amazonaws.com',
        S3OriginConfig: { OriginAccessIdentity: '' },
        OriginAccessControlId: Id,
      }
      await client.send(
        new CreateDistributionCommand({
          DistributionConfig: {
            CallerReference: 'x',
            Comment: '',
            Enabled: false,
            Origins: { Quantity: 1, Items: [origin] },
            DefaultCacheBehavior: {
              TargetOriginId: 'b',
              ViewerProtocolPolicy: 'https-only',
              CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
            },
          },
        }),
      )
      return client.send(new DeleteOriginAccessControlCommand({ Id, IfMatch }))
    },
    'OriginAccessControlInUse',
    409,
  ],
]

test.each(REFUSALS)('%s is refused', async (_, act, name, httpStatusCode) => {
  const { cloudfront } = setUp()
  await create(cloudfront)
  await expect(act(cloudfront)).rejects.toMatchObject({ name, $metadata: { httpStatusCode } })
})

test('permissions are for the control by its ARN', async () => {
  const { sandbox, cloudfront } = setUp()
  const { Id } = await create(cloudfront)
  const [account = ''] = Object.keys(sandbox.world.aws.accounts)
  const reader = (resource: string): CloudFrontClient => {
    const policies = [
      { Statement: { Effect: 'Allow', Action: 'cloudfront:GetOriginAccessControl', Resource: resource } },
    ] as const
    const credentials = sandbox.createUser({ account, name: resource, policies })
    return new CloudFrontClient({
      region: 'us-east-1',
      credentials,
      requestHandler: sandbox.session().requestHandler,
      maxAttempts: 1,
    })
  }
  const arn = `arn:aws:cloudfront::${account}:origin-access-control/`
  expect(await reader(arn + Id).send(new GetOriginAccessControlCommand({ Id }))).toBeDefined()
  const denied = reader(`${arn}EOTHER`).send(new GetOriginAccessControlCommand({ Id }))
  await expect(denied).rejects.toMatchObject({ name: 'AccessDenied' })
})
