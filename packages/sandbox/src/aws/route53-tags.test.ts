import { ChangeTagsForResourceCommand, ListTagsForResourceCommand } from '@aws-sdk/client-route-53'
import { expect, test } from 'vitest'
import { createWebScene, createZone, outcomeOf } from './web-scene.test.setup.ts'

test('tags of a zone are added, replaced and taken away', async () => {
  const scene = createWebScene()
  const zone = { ResourceType: 'hostedzone', ResourceId: await createZone(scene) } as const
  const change = (input: object): Promise<string> =>
    outcomeOf(scene.route53.send(new ChangeTagsForResourceCommand({ ...zone, ...input })))
  expect(
    await change({
      AddTags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    }),
  ).toBe('done')
  expect(await change({ AddTags: [{ Key: 'a', Value: '3' }], RemoveTagKeys: ['b'] })).toBe('done')
  const { ResourceTagSet } = await scene.route53.send(new ListTagsForResourceCommand(zone))
  expect(ResourceTagSet).toEqual({ ...zone, Tags: [{ Key: 'a', Value: '3' }] })
  expect(await change({})).toBe('InvalidInput')
  expect(await change({ AddTags: Array.from({ length: 11 }, (_, index) => ({ Key: `k${index}`, Value: '' })) })).toBe(
    'InvalidInput',
  )
})

test('tags of a zone that is not there', async () => {
  const { route53 } = createWebScene()
  const command = new ListTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId: 'ZNONE' })
  expect(await outcomeOf(route53.send(command))).toBe('NoSuchHostedZone')
})
