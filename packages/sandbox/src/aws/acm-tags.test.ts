import {
  AddTagsToCertificateCommand,
  ListTagsForCertificateCommand,
  RemoveTagsFromCertificateCommand,
} from '@aws-sdk/client-acm'
import { expect, test } from 'vitest'
import { createWebScene, outcomeOf, requestCertificate } from './web-scene.test.setup.ts'

test('tags are set, added, replaced and taken away', async () => {
  const { acm } = createWebScene()
  const Tags = [
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '2' },
  ]
  const CertificateArn = await requestCertificate(acm, 'a.example.com', { Tags })
  const read = async (): Promise<unknown> =>
    (await acm.send(new ListTagsForCertificateCommand({ CertificateArn }))).Tags
  await acm.send(new AddTagsToCertificateCommand({ CertificateArn, Tags: [{ Key: 'a', Value: '3' }, { Key: 'c' }] }))
  expect(await read()).toEqual([
    { Key: 'a', Value: '3' },
    { Key: 'b', Value: '2' },
    { Key: 'c', Value: '' },
  ])
  const gone = [{ Key: 'a', Value: 'other' }, { Key: 'b' }]
  await acm.send(new RemoveTagsFromCertificateCommand({ CertificateArn, Tags: gone }))
  expect(await read()).toEqual([
    { Key: 'a', Value: '3' },
    { Key: 'c', Value: '' },
  ])
})

test('AddTagsToCertificate refuses the 51st tag', async () => {
  const { acm } = createWebScene()
  const CertificateArn = await requestCertificate(acm, 'a.example.com', {
    Tags: Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}` })),
  })
  const add = (Key: string): Promise<string> =>
    outcomeOf(acm.send(new AddTagsToCertificateCommand({ CertificateArn, Tags: [{ Key }] })))
  expect([await add('k49'), await add('k50')]).toEqual(['done', 'TooManyTagsException'])
})
