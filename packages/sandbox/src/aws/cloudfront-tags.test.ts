import {
  CreateDistributionWithTagsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudfront'
import { expect, test } from 'vitest'
import { ACCOUNT, MINIMAL_CONFIG, createDistribution, createWebScene, outcomeOf } from './web-scene.test.setup.ts'

test('tags are set at the start, added, replaced and taken away', async () => {
  const { cloudfront } = createWebScene()
  const Tags = { Items: [{ Key: 'a', Value: '1' }, { Key: 'b' }] }
  const DistributionConfigWithTags = { DistributionConfig: MINIMAL_CONFIG, Tags }
  const made = await cloudfront.send(new CreateDistributionWithTagsCommand({ DistributionConfigWithTags }))
  const Resource = made.Distribution?.ARN
  const read = async (): Promise<unknown> =>
    (await cloudfront.send(new ListTagsForResourceCommand({ Resource }))).Tags?.Items
  expect(await read()).toEqual([
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '' },
  ])
  const more = [
    { Key: 'a', Value: '2' },
    { Key: 'c', Value: '3' },
  ]
  await cloudfront.send(new TagResourceCommand({ Resource, Tags: { Items: more } }))
  await cloudfront.send(new UntagResourceCommand({ Resource, TagKeys: { Items: ['b', 'absent'] } }))
  expect(await read()).toEqual(more)
  await cloudfront.send(new UntagResourceCommand({ Resource, TagKeys: { Items: ['a', 'c'] } }))
  expect(await read()).toEqual([])
})

test.each([
  ['51 tags', Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' }))],
  ['the prefix of AWS', [{ Key: 'aws:x', Value: '' }]],
  [
    'a key twice',
    [
      { Key: 'x', Value: '1' },
      { Key: 'x', Value: '2' },
    ],
  ],
  ['a value of 257 characters', [{ Key: 'x', Value: 'v'.repeat(257) }]],
])('TagResource refuses %s', async (_, Items) => {
  const scene = createWebScene()
  const { ARN: Resource } = (await createDistribution(scene)).distribution
  expect(await outcomeOf(scene.cloudfront.send(new TagResourceCommand({ Resource, Tags: { Items } })))).toBe(
    'InvalidTagging',
  )
})

test('TagResource refuses the 51st tag of one distribution', async () => {
  const scene = createWebScene()
  const { ARN: Resource } = (await createDistribution(scene)).distribution
  const tag = (from: number, to: number): Promise<string> => {
    const Items = Array.from({ length: to - from }, (_, index) => ({ Key: `k${from + index}`, Value: '' }))
    return outcomeOf(scene.cloudfront.send(new TagResourceCommand({ Resource, Tags: { Items } })))
  }
  expect([await tag(0, 50), await tag(49, 50), await tag(50, 51)]).toEqual(['done', 'done', 'InvalidTagging'])
})

test.each([
  [`arn:aws:cloudfront::${ACCOUNT}:distribution/ENONE`, 'NoSuchResource'],
  ['ENONE', 'InvalidArgument'],
])('ListTagsForResource of %s is %s', async (Resource, outcome) => {
  const { cloudfront } = createWebScene()
  expect(await outcomeOf(cloudfront.send(new ListTagsForResourceCommand({ Resource })))).toBe(outcome)
})
