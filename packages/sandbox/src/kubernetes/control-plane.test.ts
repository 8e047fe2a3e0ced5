import { expect, test } from 'vitest'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'
import { apiServerIdentity } from './control-plane.ts'

interface Lease {
  readonly metadata: { readonly name: string; readonly labels: Record<string, string> }
  readonly spec: { readonly holderIdentity: string; readonly renewTime: string }
}

function read(sandbox: Sandbox, path: string): Promise<unknown> {
  const send = sandbox.session().kubernetes('main', { token: sandbox.cluster('main').adminToken })
  return send({ method: 'GET', path }).then(({ body }) => JSON.parse(body) as unknown)
}

async function leases(sandbox: Sandbox): Promise<readonly Lease[]> {
  const selector = encodeURIComponent('apiserver.kubernetes.io/identity=kube-apiserver')
  const list = await read(
    sandbox,
    `/apis/coordination.k8s.io/v1/namespaces/kube-system/leases?labelSelector=${selector}`,
  )
  return (list as { readonly items: readonly Lease[] }).items
}

async function addresses(sandbox: Sandbox): Promise<readonly string[]> {
  const endpoints = (await read(sandbox, '/api/v1/namespaces/default/endpoints/kubernetes')) as {
    readonly subsets: readonly { readonly addresses: readonly { readonly ip: string }[] }[]
  }
  return endpoints.subsets.flatMap((subset) => subset.addresses.map(({ ip }) => ip))
}

// Made by the recipe in kubernetes test/e2e/apimachinery/apiserver_identity.go, with Python's hashlib and base64.
test('apiServerIdentity() is what Kubernetes makes of a host name', () => {
  expect(apiServerIdentity('control-plane-1')).toBe('apiserver-ktnciuvxljjqohol43g65rthde')
})

test('endpoints, endpoint slice and leases name every API server', async () => {
  const sandbox = createSandbox()
  const cluster = sandbox.createCluster('main', { apiServers: 3 })
  expect(await addresses(sandbox)).toEqual(['10.1.0.11', '10.1.0.12', '10.1.0.13'])
  const slice = await read(sandbox, '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes')
  expect(slice).toMatchObject({ addressType: 'IPv4', endpoints: [{}, {}, {}] })
  const found = await leases(sandbox)
  expect(new Set(found.map(({ metadata }) => metadata.labels['kubernetes.io/hostname']))).toEqual(
    new Set(cluster.apiServers),
  )
})

test('a lease is renewed every ten seconds and says when its server was started anew', async () => {
  const sandbox = createSandbox()
  const cluster = sandbox.createCluster('main')
  const [first] = await leases(sandbox)
  expect(first?.spec.renewTime).toBe('2026-01-01T00:00:00.000000Z')
  sandbox.clock.advance(3_600_000 + 25_000)
  const [later] = await leases(sandbox)
  expect(later?.spec).toMatchObject({
    renewTime: '2026-01-01T01:00:20.000000Z',
    holderIdentity: first?.spec.holderIdentity,
  })
  cluster.restart({})
  const [restarted] = await leases(sandbox)
  expect(restarted?.metadata.name).toBe(first?.metadata.name)
  expect(restarted?.spec.holderIdentity).not.toBe(first?.spec.holderIdentity)
})

test('a server that is stopped leaves the endpoints at once and the leases after an hour', async () => {
  const sandbox = createSandbox()
  const cluster = sandbox.createCluster('main', { apiServers: 2 })
  cluster.stop('control-plane-2')
  expect(await addresses(sandbox)).toEqual(['10.1.0.11'])
  expect(await leases(sandbox)).toHaveLength(2)
  sandbox.clock.advance(3_601_000)
  expect(await leases(sandbox)).toHaveLength(1)
  cluster.restart({}, { apiServer: 'control-plane-2' })
  expect(await leases(sandbox)).toHaveLength(2)
  expect(await addresses(sandbox)).toHaveLength(2)
})

test('a server that is stopped does not answer, and nobody is sent to it', async () => {
  const sandbox = createSandbox()
  const cluster = sandbox.createCluster('main', { apiServers: 2 })
  cluster.stop('control-plane-2')
  const session = sandbox.session()
  const ask = (apiServer?: string): Promise<{ readonly status: number }> =>
    session.kubernetes('main', { token: cluster.adminToken, ...(apiServer && { apiServer }) })({
      method: 'GET',
      path: '/version',
    })
  await expect(ask('control-plane-2')).rejects.toMatchObject({ code: 'ETIMEDOUT' })
  expect([(await ask()).status, (await ask()).status]).toEqual([200, 200])
  cluster.stop('control-plane-1')
  await expect(ask()).rejects.toMatchObject({ code: 'ETIMEDOUT' })
})
