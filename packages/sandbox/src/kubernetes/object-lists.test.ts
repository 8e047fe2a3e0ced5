import { expect, test } from 'vitest'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'

type Body = Record<string, unknown> & {
  metadata: Record<string, unknown>
  items: { metadata: Record<string, unknown> }[]
}
type Send = (method: string, path: string, body?: unknown) => Promise<{ status: number; body: Body }>

const MAPS = '/api/v1/namespaces/default/configmaps'

function world(): { sandbox: Sandbox; send: Send } {
  const sandbox = createSandbox()
  const request = sandbox.session().kubernetes('main', { token: sandbox.createCluster('main').adminToken })
  const send: Send = async (method, path, body) => {
    const text = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = await request({
      method,
      path,
      headers: { 'content-type': 'application/json' },
      ...text,
    })
    return { status: response.status, body: JSON.parse(response.body) as Body }
  }
  return { sandbox, send }
}

function map(
  name: string,
  data: Record<string, string> = {},
  metadata: Record<string, unknown> = {},
): Record<string, unknown> {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data }
}

test('lists are ordered, selected and paged', async () => {
  const { send } = world()
  for (const name of ['c', 'a', 'b', 'd'])
    await send('POST', MAPS, map(name, {}, { labels: { half: name < 'c' ? '1' : '2' } }))
  const names = ({ items }: Body): unknown[] => items.map(({ metadata }) => metadata['name'])
  const all = await send('GET', MAPS)
  expect(all.body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' })
  expect(names(all.body)).toEqual(['a', 'b', 'c', 'd'])
  expect(all.body.items[0]).not.toHaveProperty('kind')
  expect(names((await send('GET', `${MAPS}?labelSelector=half%3D2`)).body)).toEqual(['c', 'd'])

  const seen = []
  let more: string | undefined
  do {
    const { body } = await send('GET', `${MAPS}?limit=3${more === undefined ? '' : `&continue=${more}`}`)
    seen.push(names(body))
    more = body.metadata['continue'] as string | undefined
  } while (more !== undefined)
  expect(seen).toEqual([['a', 'b', 'c'], ['d']])
  expect((await send('GET', `${MAPS}?continue=nonsense`)).status).toBe(400)
})

test('a list of all namespaces has the objects of all', async () => {
  const { send } = world()
  const { body } = await send('GET', '/api/v1/serviceaccounts')
  expect(body.items.map(({ metadata }) => `${String(metadata['namespace'])}/${String(metadata['name'])}`)).toEqual([
    'default/default',
    'kube-node-lease/default',
    'kube-public/default',
    'kube-system/default',
  ])
})

test('deletecollection deletes what is selected', async () => {
  const { send } = world()
  for (const name of ['a', 'b']) await send('POST', MAPS, map(name, {}, { labels: { name } }))
  await send('DELETE', `${MAPS}?labelSelector=name%3Da`)
  expect((await send('GET', MAPS)).body.items.map(({ metadata }) => metadata['name'])).toEqual(['b'])
})
