import {
  CreateDistributionWithTagsCommand,
  DeleteDistributionCommand,
  GetDistributionCommand,
  ListDistributionsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  paginateListDistributions,
  waitUntilDistributionDeployed,
} from '@aws-sdk/client-cloudfront'
import { CloudFrontClient } from '@aws-sdk/client-cloudfront'
import { describe, expect, test } from 'vitest'
import { createSandbox } from '../sandbox.ts'
import type { PolicyDocument } from './policy.ts'
import {
  ACCOUNT,
  MINIMAL_CONFIG,
  STRANGER,
  createDistribution,
  createWebScene,
  outcomeOf,
  readConfig,
  updateConfig,
} from './web-scene.test.setup.ts'

const DEPLOYED_MS = 300_000

describe('CreateDistribution', () => {
  test('makes the same distribution from the same request in another world', async () => {
    const [a, b] = [createWebScene(), createWebScene()]
    await createDistribution(b, { CallerReference: 'unrelated' })
    expect((await createDistribution(a)).distribution).toEqual((await createDistribution(b)).distribution)
  })

  test('answers with version, ARN and host', async () => {
    const { distribution, etag } = await createDistribution(createWebScene())
    expect(etag).toMatch(/^E[A-Z0-9]{13}$/)
    expect(distribution).toMatchObject({
      Id: expect.stringMatching(/^E[A-Z0-9]{13}$/) as string,
      ARN: `arn:aws:cloudfront::${ACCOUNT}:distribution/${distribution.Id}`,
      DomainName: expect.stringMatching(/^d[a-z0-9]{13}\.cloudfront\.net$/) as string,
      Status: 'InProgress',
      LastModifiedTime: new Date('2026-01-01T00:00:00Z'),
    })
  })

  test('is in progress for five minutes, on an update again', async () => {
    const scene = createWebScene()
    const { cloudfront, sandbox } = scene
    const { Id } = (await createDistribution(scene)).distribution
    const status = async (): Promise<string | undefined> =>
      (await cloudfront.send(new GetDistributionCommand({ Id }))).Distribution?.Status
    sandbox.clock.advance(DEPLOYED_MS - 1)
    expect(await status()).toBe('InProgress')
    sandbox.clock.advance(1)
    expect(await status()).toBe('Deployed')
    const waited = await waitUntilDistributionDeployed({ client: cloudfront, maxWaitTime: 70 }, { Id })
    expect(waited).toMatchObject({ state: 'SUCCESS' })
    await updateConfig(scene, Id, {})
    expect(await status()).toBe('InProgress')
  })

  test('has hosts and ARNs of its own in China', async () => {
    const { distribution } = await createDistribution(createWebScene('aws-cn'))
    expect(distribution.DomainName).toMatch(/^d[a-z0-9]{13}\.cloudfront\.cn$/)
    expect(distribution.ARN).toMatch(/^arn:aws-cn:cloudfront::/)
  })

  test.each([
    ['the same reference and configuration', {}, 'DistributionAlreadyExists'],
    ['the same reference', { Comment: 'other' }, 'DistributionAlreadyExists'],
    ['another reference', { CallerReference: 'second' }, 'done'],
  ])('a second time with %s', async (_, more, outcome) => {
    const scene = createWebScene()
    await createDistribution(scene)
    expect(await outcomeOf(createDistribution(scene, more))).toBe(outcome)
  })
})

describe('DeleteDistribution', () => {
  test('wants it disabled and deployed, and its reference is spent', async () => {
    const scene = createWebScene()
    const { sandbox, cloudfront } = scene
    const { distribution, etag } = await createDistribution(scene)
    const { Id } = distribution
    const remove = (IfMatch: string): Promise<string> =>
      outcomeOf(cloudfront.send(new DeleteDistributionCommand({ Id, IfMatch })))
    sandbox.clock.advance(DEPLOYED_MS)
    expect(await remove(etag)).toBe('DistributionNotDisabled')
    const disabled = await updateConfig(scene, Id, { Enabled: false })
    expect(await remove(disabled)).toBe('DistributionNotDisabled')
    sandbox.clock.advance(DEPLOYED_MS)
    expect(await remove(etag)).toBe('PreconditionFailed')
    expect(await remove(disabled)).toBe('done')
    expect(await outcomeOf(readConfig(scene, Id))).toBe('NoSuchDistribution')
    expect(await remove(disabled)).toBe('NoSuchDistribution')
    expect(await outcomeOf(createDistribution(scene))).toBe('DistributionAlreadyExists')
  })
})

describe('ListDistributions', () => {
  test('pages through all of the account, with what a caller looks for', async () => {
    const scene = createWebScene()
    const made: string[] = []
    for (const CallerReference of ['a', 'b', 'c', 'd', 'e']) {
      made.push((await createDistribution(scene, { CallerReference })).distribution.Id)
    }
    await createDistribution(scene.clientsOf(STRANGER), { CallerReference: 'foreign' })
    const pages: (string | undefined)[][] = []
    for await (const page of paginateListDistributions({ client: scene.cloudfront, pageSize: 2 }, {})) {
      pages.push((page.DistributionList?.Items ?? []).map(({ Id }) => Id))
    }
    expect(pages.map((ids) => ids.length)).toEqual([2, 2, 1])
    expect(new Set(pages.flat())).toEqual(new Set(made))
    const { DistributionList } = await scene.cloudfront.send(new ListDistributionsCommand({}))
    expect(DistributionList).toMatchObject({ Quantity: 5, MaxItems: 100, IsTruncated: false })
    expect(DistributionList?.Items?.[0]).toMatchObject({
      Status: 'InProgress',
      Enabled: true,
      Comment: MINIMAL_CONFIG.Comment,
      Aliases: { Quantity: 0 },
      DomainName: expect.stringMatching(/cloudfront\.net$/) as string,
      Origins: { Items: [{ DomainName: 'bucket.s3.eu-west-1.amazonaws.com' }] },
      ViewerCertificate: { CloudFrontDefaultCertificate: true },
    })
  })

  test('is empty at first', async () => {
    const { DistributionList } = await createWebScene().cloudfront.send(new ListDistributionsCommand({}))
    expect(DistributionList).toMatchObject({ Quantity: 0, IsTruncated: false })
    expect(DistributionList?.Items).toBeUndefined()
  })
})

describe('permissions', () => {
  const ANY = `arn:aws:cloudfront::${ACCOUNT}:distribution/*`
  const allow = (Action: string, Resource: string, Condition?: object): PolicyDocument =>
    ({ Statement: { Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) } }) as PolicyDocument
  const withOwner = (Value: string): CreateDistributionWithTagsCommand =>
    new CreateDistributionWithTagsCommand({
      DistributionConfigWithTags: { DistributionConfig: MINIMAL_CONFIG, Tags: { Items: [{ Key: 'owner', Value }] } },
    })
  const tagged = {
    StringEquals: { 'aws:RequestTag/owner': 'irsa' },
    'ForAllValues:StringEquals': { 'aws:TagKeys': ['owner'] },
  }
  const create = allow('cloudfront:CreateDistribution', '*')
  const createTagged = allow('cloudfront:CreateDistribution', '*', tagged)
  const tag = allow('cloudfront:TagResource', ANY)
  const tagTagged = allow('cloudfront:TagResource', ANY, tagged)

  test.each([
    ['nothing', [], 'irsa', 'AccessDenied'],
    ['creation alone', [create], 'irsa', 'AccessDenied'],
    ['tagging alone', [tag], 'irsa', 'AccessDenied'],
    ['creation and tagging', [create, tag], 'irsa', 'done'],
    ['creation of any, tagging with one value', [create, tagTagged], 'other', 'AccessDenied'],
    ['creation with one value, tagging with any', [createTagged, tag], 'other', 'AccessDenied'],
    ['creation and tagging with one value', [createTagged, tagTagged], 'irsa', 'done'],
    [
      'creation on an ARN, which it does not know',
      [allow('cloudfront:CreateDistribution', ANY), tag],
      'irsa',
      'AccessDenied',
    ],
  ])('CreateDistributionWithTags with %s', async (_, policies, value, outcome) => {
    const { clientsOf, sandbox } = createWebScene()
    expect(await outcomeOf(clientsOf(ACCOUNT, policies).cloudfront.send(withOwner(value)))).toBe(outcome)
    expect(Object.keys(sandbox.world.aws.cloudfront.distributions)).toHaveLength(outcome === 'done' ? 1 : 0)
  })

  test.each([
    ['irsa', 'done'],
    ['somebody', 'AccessDenied'],
  ])('go by the tag %s of the distribution', async (owner, outcome) => {
    const { clientsOf, cloudfront } = createWebScene()
    const Id = (await cloudfront.send(withOwner('irsa'))).Distribution?.Id ?? ''
    const policy = allow('cloudfront:GetDistribution*', ANY, { StringEquals: { 'aws:ResourceTag/owner': owner } })
    expect(await outcomeOf(readConfig(clientsOf(ACCOUNT, [policy]), Id))).toBe(outcome)
  })

  test('do not reach what another account has', async () => {
    const scene = createWebScene()
    const { Id } = (await createDistribution(scene)).distribution
    expect(await outcomeOf(readConfig(scene.clientsOf(STRANGER), Id))).toBe('NoSuchDistribution')
  })

  test.each(['us-east-1', 'us-gov-west-1'])('do not exist for an account of GovCloud in %s', async (region) => {
    const sandbox = createSandbox({ clock: { mode: 'manual' } })
    const credentials = sandbox.createUser({ account: sandbox.createAccount({ partition: 'aws-us-gov' }) })
    const { requestHandler } = sandbox.session()
    const cloudfront = new CloudFrontClient({ region, credentials, requestHandler, maxAttempts: 1 })
    expect(await outcomeOf(createDistribution({ cloudfront }))).toBe('InvalidClientTokenId')
  })
})

test('the log tells reads from writes', async () => {
  const scene = createWebScene()
  const { sandbox, cloudfront } = scene
  const { distribution, etag } = await createDistribution(scene)
  const { Id, ARN: Resource } = distribution
  await readConfig(scene, Id)
  await cloudfront.send(new TagResourceCommand({ Resource, Tags: { Items: [{ Key: 'a', Value: '' }] } }))
  await cloudfront.send(new ListTagsForResourceCommand({ Resource }))
  expect(await outcomeOf(cloudfront.send(new DeleteDistributionCommand({ Id, IfMatch: etag })))).toBe(
    'DistributionNotDisabled',
  )
  expect(sandbox.requests.entries.map(({ operation, access, changed }) => [operation, access, changed])).toEqual([
    ['CreateDistribution', 'write', true],
    ['GetDistributionConfig', 'read', false],
    ['TagResource', 'write', true],
    ['ListTagsForResource', 'read', false],
    ['DeleteDistribution', 'write', false],
  ])
})
