import {
  CloudFrontClient,
  CreateDistributionCommand,
  CreateInvalidationCommand,
  GetDistributionCommand,
  GetInvalidationCommand,
  ListInvalidationsCommand,
  waitUntilInvalidationCompleted,
} from '@aws-sdk/client-cloudfront'
import { expect, test } from 'vitest'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'

async function setUp(): Promise<{
  readonly sandbox: Sandbox
  readonly client: CloudFrontClient
  readonly DistributionId: string
}> {
  const sandbox = createSandbox({ clock: { mode: 'manual' } })
  const credentials = sandbox.createUser({ account: sandbox.createAccount() })
  const { requestHandler } = sandbox.session()
  const client = new CloudFrontClient({ region: 'us-east-1', credentials, requestHandler, maxAttempts: 1 })
  const origin = { Id: 'b', DomainName: 'b.s3.eu-west-1.amazonaws.com', S3OriginConfig: { OriginAccessIdentity: '' } }
  const CachePolicyId = '658327ea-f89d-4fab-a63d-7e88639e58f6'
  const { Distribution } = await client.send(
    new CreateDistributionCommand({
      DistributionConfig: {
        CallerReference: 'x',
        Comment: '',
        Enabled: true,
        Origins: { Quantity: 1, Items: [origin] },
        DefaultCacheBehavior: { TargetOriginId: 'b', ViewerProtocolPolicy: 'https-only', CachePolicyId },
      },
    }),
  )
  return { sandbox, client, DistributionId: Distribution?.Id ?? '' }
}

function command(DistributionId: string, CallerReference: string, ...Items: string[]): CreateInvalidationCommand {
  const InvalidationBatch = { CallerReference, Paths: { Quantity: Items.length, Items } }
  return new CreateInvalidationCommand({ DistributionId, InvalidationBatch })
}

test('an invalidation is in progress for a minute, then completed', async () => {
  const { sandbox, client, DistributionId } = await setUp()
  const { Invalidation } = await client.send(command(DistributionId, '1', '/a', '/b*'))
  const batch = { CallerReference: '1', Paths: { Quantity: 2, Items: ['/a', '/b*'] } }
  expect(Invalidation).toMatchObject({ Status: 'InProgress', InvalidationBatch: batch })
  const { Id } = Invalidation ?? {}
  const running = await client.send(new GetDistributionCommand({ Id: DistributionId }))
  expect(running.Distribution?.InProgressInvalidationBatches).toBe(1)
  sandbox.clock.advance(60_000)
  expect(await client.send(new GetInvalidationCommand({ DistributionId, Id }))).toMatchObject({
    Invalidation: { Id, Status: 'Completed', InvalidationBatch: batch },
  })
  const waited = await waitUntilInvalidationCompleted({ client, maxWaitTime: 30 }, { DistributionId, Id })
  expect(waited).toMatchObject({ state: 'SUCCESS' })
  const { InvalidationList } = await client.send(new ListInvalidationsCommand({ DistributionId }))
  expect(InvalidationList).toMatchObject({ Quantity: 1, Items: [{ Id, Status: 'Completed' }] })
})

test('the same batch again is the earlier invalidation', async () => {
  const { sandbox, client, DistributionId } = await setUp()
  const first = await client.send(command(DistributionId, '1', '/a'))
  sandbox.clock.advance(10_000)
  const second = await client.send(command(DistributionId, '1', '/a'))
  expect(second.Invalidation).toEqual(first.Invalidation)
})

test.each([
  ['other paths under one reference', '1', ['/b'], 'InvalidationBatchAlreadyExists', 409],
  ['a path without a slash', '2', ['a'], 'InvalidArgument', 400],
  ['a wildcard in the middle', '2', ['/a*b'], 'InvalidArgument', 400],
  ['no path', '2', [], 'InvalidArgument', 400],
  ['too many paths', '2', Array.from({ length: 3001 }, (_, index) => `/${index}`), 'BatchTooLarge', 413],
])('%s are refused', async (_, reference, paths, name, httpStatusCode) => {
  const { client, DistributionId } = await setUp()
  await client.send(command(DistributionId, '1', '/a'))
  const refused = client.send(command(DistributionId, reference, ...paths))
  await expect(refused).rejects.toMatchObject({ name, $metadata: { httpStatusCode } })
})

test('what is not there is named', async () => {
  const { client, DistributionId } = await setUp()
  await expect(client.send(command('ENONE', '1', '/a'))).rejects.toMatchObject({ name: 'NoSuchDistribution' })
  const absent = client.send(new GetInvalidationCommand({ DistributionId, Id: 'INONE' }))
  await expect(absent).rejects.toMatchObject({ name: 'NoSuchInvalidation', $metadata: { httpStatusCode: 404 } })
})
