import { expect, test } from 'vitest'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'

type Body = Record<string, unknown> & {
  metadata: Record<string, unknown>
  items: { metadata: Record<string, unknown> }[]
}
type Send = (method: string, path: string, body?: unknown) => Promise<{ status: number; body: Body }>

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

test('a namespace comes with its service account and takes everything with it', async () => {
  const { sandbox, send } = world()
  const created = await send('POST', '/api/v1/namespaces', { metadata: { name: 'team' } })
  expect(created.body).toMatchObject({
    status: { phase: 'Active' },
    metadata: { labels: { 'kubernetes.io/metadata.name': 'team' } },
  })
  expect((await send('GET', '/api/v1/namespaces/team/serviceaccounts/default')).status).toBe(200)
  await send('POST', '/api/v1/namespaces/team/configmaps', { metadata: { name: 'a' } })
  expect((await send('DELETE', '/api/v1/namespaces/team')).body).toMatchObject({
    kind: 'Namespace',
    status: { phase: 'Terminating' },
  })
  expect(Object.keys(sandbox.world.clusters['main']?.objects ?? {}).filter((key) => key.includes('team'))).toEqual([])
})

test('the default service account is made again at once, as another', async () => {
  const { send } = world()
  const path = '/api/v1/namespaces/default/serviceaccounts/default'
  const before = await send('GET', path)
  await send('DELETE', path)
  const after = await send('GET', path)
  expect(after.status).toBe(200)
  expect(after.body.metadata['uid']).not.toBe(before.body.metadata['uid'])
})

test('a pod gets a service account, which must be there, and does not change afterwards', async () => {
  const { send } = world()
  const pods = '/api/v1/namespaces/default/pods'
  const pod = (spec: Record<string, unknown>): unknown => ({
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c' }], ...spec },
  })
  const missing = await send('POST', pods, pod({ serviceAccountName: 'none' }))
  expect(missing.body).toMatchObject({
    code: 403,
    message: 'pods "p" is forbidden: error looking up service account default/none: serviceaccount "none" not found',
  })
  expect((await send('POST', pods, { metadata: { name: 'p' }, spec: {} })).body).toMatchObject({ code: 422 })
  expect((await send('POST', pods, pod({}))).body['spec']).toMatchObject({ serviceAccountName: 'default' })
  expect((await send('PUT', `${pods}/p`, pod({ containers: [{ name: 'other' }] }))).status).toBe(422)
})

test('a secret keeps strings encoded, and its type', async () => {
  const { send } = world()
  const secrets = '/api/v1/namespaces/default/secrets'
  const { body } = await send('POST', secrets, { metadata: { name: 's' }, stringData: { a: 'x' } })
  expect(body).toMatchObject({ data: { a: 'eA==' }, type: 'Opaque' })
  expect(body).not.toHaveProperty('stringData')
  expect((await send('PUT', `${secrets}/s`, { metadata: { name: 's' }, type: 'other' })).status).toBe(422)
})

test.each([
  ['roles', { rules: [{ verbs: [] }] }, 'rules[0].verbs: Required value'],
  [
    'roles',
    { rules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }] },
    'namespaced rules cannot apply to non-resource URLs',
  ],
  ['roles', { rules: [{ verbs: ['get'], resources: ['pods'] }] }, 'rules[0].apiGroups: Required value'],
  ['rolebindings', { roleRef: { kind: 'Role' }, subjects: [] }, 'roleRef.name: Required value'],
  [
    'rolebindings',
    { roleRef: { kind: 'Role', name: 'r' }, subjects: [{ kind: 'Robot', name: 'x' }] },
    'subjects[0].kind: Unsupported value: "Robot"',
  ],
])('the API server refuses %s with %j', async (plural, rest, message) => {
  const { send } = world()
  const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/default/${plural}`
  const { status, body } = await send('POST', path, { metadata: { name: 'x' }, ...rest })
  expect(status).toBe(422)
  expect(body['message']).toContain(message)
})

test('a binding keeps its role', async () => {
  const { send } = world()
  const path = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings'
  const binding = (name: string): unknown => ({
    metadata: { name: 'b' },
    roleRef: { kind: 'ClusterRole', name },
    subjects: [{ kind: 'User', name: 'u' }],
  })
  expect((await send('POST', path, binding('cluster-admin'))).body).toMatchObject({
    roleRef: { apiGroup: 'rbac.authorization.k8s.io' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io' }],
  })
  const changed = await send('PUT', `${path}/b`, binding('system:discovery'))
  expect(changed.body).toMatchObject({ code: 422, message: expect.stringContaining('cannot change roleRef') as string })
})
