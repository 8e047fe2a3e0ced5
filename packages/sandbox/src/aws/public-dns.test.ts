import { describe, expect, test } from 'vitest'
import { findPublicRecord, isWithin, resolveHost } from './public-dns.ts'
import { changeRecords, createDistribution, createWebScene, createZone, recordSet } from './web-scene.test.setup.ts'

describe('resolveHost()', () => {
  test.each([
    ['absent.example.com', undefined],
    ['address.example.com', { kind: 'silence' }],
    ['192.0.2.1', { kind: 'silence' }],
    ['ADDRESS.example.com.', { kind: 'silence' }],
    ['b.s3.eu-west-1.amazonaws.com', { kind: 's3', host: 'b.s3.eu-west-1.amazonaws.com' }],
    ['bucket.example.com', { kind: 's3', host: 'b.s3.eu-west-1.amazonaws.com' }],
    ['chain.example.com', { kind: 'silence' }],
    ['loop.example.com', undefined],
    ['any.wild.example.com', { kind: 'silence' }],
    ['deep.any.wild.example.com', { kind: 'silence' }],
    ['wild.example.com', undefined],
    ['named.wild.example.com', undefined],
    ['below.named.wild.example.com', undefined],
  ])('leads %s to %o', async (host, expected) => {
    const scene = createWebScene()
    const zoneId = await createZone(scene)
    await changeRecords(
      scene,
      zoneId,
      ['CREATE', recordSet('address.example.com', 'A', '192.0.2.1')],
      ['CREATE', recordSet('bucket.example.com', 'CNAME', 'b.s3.eu-west-1.amazonaws.com')],
      ['CREATE', recordSet('chain.example.com', 'CNAME', 'address.example.com.')],
      ['CREATE', recordSet('loop.example.com', 'CNAME', 'loop.example.com')],
      ['CREATE', recordSet('*.wild.example.com', 'A', '192.0.2.1')],
      ['CREATE', recordSet('named.wild.example.com', 'TXT', '"here"')],
    )
    const { world, clock } = scene.sandbox
    expect(resolveHost(world, clock.now() + 30_000, host)).toEqual(expected)
  })

  test('knows a distribution by its host from the first deployment on', async () => {
    const scene = createWebScene()
    const { Id: id, DomainName } = (await createDistribution(scene)).distribution
    const { world, clock } = scene.sandbox
    expect(resolveHost(world, clock.now() + 299_999, DomainName)).toBeUndefined()
    expect(resolveHost(world, clock.now() + 300_000, DomainName)).toEqual({ kind: 'edge', id })
  })
})

test('findPublicRecord() reads the zone with the longest name', async () => {
  const scene = createWebScene()
  const far = await createZone(scene, 'example.com')
  await changeRecords(scene, far, ['CREATE', recordSet('a.sub.example.com', 'A', '192.0.2.1')])
  const { world } = scene.sandbox
  expect(findPublicRecord(world, 'a.sub.example.com', 'A')?.settings.values).toEqual(['192.0.2.1'])
  const near = await createZone(scene, 'sub.example.com')
  expect(findPublicRecord(world, 'a.sub.example.com', 'A')).toBeUndefined()
  await changeRecords(scene, near, ['CREATE', recordSet('a.sub.example.com', 'A', '192.0.2.2')])
  expect(findPublicRecord(world, 'A.sub.example.com.', 'A')?.settings.values).toEqual(['192.0.2.2'])
})

test.each([
  ['example.com.', 'example.com.', true],
  ['a.example.com.', 'example.com.', true],
  ['badexample.com.', 'example.com.', false],
  ['com.', 'example.com.', false],
])('isWithin() of %s and %s is %s', (name, zone, expected) => {
  expect(isWithin(name, zone)).toBe(expected)
})
