import { GetChangeCommand, waitUntilResourceRecordSetsChanged } from '@aws-sdk/client-route-53'
import { expect, test } from 'vitest'
import type { Clients } from './web-scene.test.setup.ts'
import {
  ACCOUNT,
  STRANGER,
  changeRecords,
  createWebScene,
  createZone,
  outcomeOf,
  recordSet,
} from './web-scene.test.setup.ts'

const PUT = ['UPSERT', recordSet('a.example.com', 'A', '192.0.2.1')] as const

function getChange({ route53 }: Clients, Id: string): Promise<{ ChangeInfo?: { Status?: string } }> {
  return route53.send(new GetChangeCommand({ Id }))
}

test('a change is pending, then in sync', async () => {
  const scene = createWebScene()
  const id = await changeRecords(scene, await createZone(scene), PUT)
  expect(id).toMatch(/^\/change\/C[A-Z0-9]{20}$/)
  scene.sandbox.clock.advance(29_999)
  expect(await getChange(scene, id)).toMatchObject({ ChangeInfo: { Id: id, Status: 'PENDING' } })
  scene.sandbox.clock.advance(1)
  expect(await getChange(scene, id)).toMatchObject({ ChangeInfo: { Id: id, Status: 'INSYNC' } })
  const waited = await waitUntilResourceRecordSetsChanged({ client: scene.route53, maxWaitTime: 40 }, { Id: id })
  expect(waited).toMatchObject({ state: 'SUCCESS' })
})

test('a change sent twice is one, and pending anew', async () => {
  const scene = createWebScene()
  const zoneId = await createZone(scene)
  const id = await changeRecords(scene, zoneId, PUT)
  scene.sandbox.clock.advance(60_000)
  expect(await changeRecords(scene, zoneId, PUT)).toBe(id)
  expect(await getChange(scene, id)).toMatchObject({ ChangeInfo: { Status: 'PENDING' } })
})

test('a change is seen by its account only, and by who may', async () => {
  const scene = createWebScene()
  const id = await changeRecords(scene, await createZone(scene), PUT)
  const reader = (Resource: string): Clients =>
    scene.clientsOf(ACCOUNT, [{ Statement: { Effect: 'Allow', Action: 'route53:GetChange', Resource } }])
  expect(await outcomeOf(getChange(reader(`arn:aws:route53:::${id.slice(1)}`), id))).toBe('done')
  expect(await outcomeOf(getChange(reader('arn:aws:route53:::change/COTHER'), id))).toBe('AccessDenied')
  expect(await outcomeOf(getChange(scene.clientsOf(STRANGER), id))).toBe('NoSuchChange')
  expect(await outcomeOf(getChange(scene, 'CNONE'))).toBe('NoSuchChange')
})
