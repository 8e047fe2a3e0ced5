import { expect, test } from 'vitest'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'
import type { KubernetesObject } from './state.ts'

type Answer = { status: number; body: KubernetesObject & { message?: string; details?: unknown } }

const SA = '/api/v1/namespaces/default/serviceaccounts/app'
const NOW = '2026-01-01T00:00:00Z'

interface Actions {
  readonly sandbox: Sandbox
  readonly send: (method: string, path: string, body: unknown, contentType: string) => Promise<Answer>
  readonly apply: (manager: string, annotations: Record<string, string>, query?: string) => Promise<Answer>
  readonly edit: (manager: string, annotations: Record<string, string | null>) => Promise<Answer>
}

function world(): Actions {
  const sandbox = createSandbox()
  const request = sandbox.session().kubernetes('main', { token: sandbox.createCluster('main').adminToken })
  const send: Actions['send'] = async (method, path, body, contentType) => {
    const response = await request({
      method,
      path,
      body: JSON.stringify(body),
      headers: { 'content-type': contentType },
    })
    return { status: response.status, body: JSON.parse(response.body) as Answer['body'] }
  }
  return {
    sandbox,
    send,
    apply: (manager, annotations, query = '') => {
      const body = {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'app', namespace: 'default', annotations },
      }
      return send('PATCH', `${SA}?fieldManager=${manager}${query}`, body, 'application/apply-patch+yaml')
    },
    edit: (manager, annotations) =>
      send('PATCH', `${SA}?fieldManager=${manager}`, { metadata: { annotations } }, 'application/merge-patch+json'),
  }
}

function owners({ body }: Answer): unknown {
  return body.metadata.managedFields?.map(({ manager, operation, fieldsV1 }) => [manager, operation, fieldsV1])
}

function annotated(...names: readonly string[]): unknown {
  return { 'f:metadata': { 'f:annotations': Object.fromEntries(names.map((name) => [`f:${name}`, {}])) } }
}

test('an apply makes the object, and then changes nothing', async () => {
  const cluster = world()
  const first = await cluster.apply('a', { x: '1' })
  expect(first.status).toBe(201)
  expect(first.body.metadata).toMatchObject({
    annotations: { x: '1' },
    resourceVersion: '1',
    managedFields: [
      {
        manager: 'a',
        operation: 'Apply',
        apiVersion: 'v1',
        time: NOW,
        fieldsType: 'FieldsV1',
        fieldsV1: annotated('x'),
      },
    ],
  })
  cluster.sandbox.clock.advance(60_000)
  expect(await cluster.apply('a', { x: '1' })).toEqual({ status: 200, body: first.body })
})

test('an apply takes away what it no longer says, and leaves what others own', async () => {
  const cluster = world()
  await cluster.apply('a', { x: '1', y: '1', z: '1' })
  await cluster.apply('b', { y: '1', own: '1' })
  const third = await cluster.apply('a', { x: '1' })
  // y stays: b says it too. z goes: nobody does.
  expect(third.body.metadata.annotations).toEqual({ x: '1', y: '1', own: '1' })
  expect(owners(third)).toEqual([
    ['b', 'Apply', annotated('own', 'y')],
    ['a', 'Apply', annotated('x')],
  ])
  const fourth = await cluster.apply('b', {})
  expect(fourth.body.metadata.annotations).toEqual({ x: '1' })
})

test('an apply of another value for somebody’s field is a conflict that names field and owner', async () => {
  const cluster = world()
  await cluster.apply('owner', { 'example.com/role': 'mine', other: '1' })
  const before = JSON.stringify(cluster.sandbox.world)
  const refused = await cluster.apply('intruder', { 'example.com/role': 'yours' })
  expect(refused.body).toMatchObject({
    kind: 'Status',
    reason: 'Conflict',
    code: 409,
    message: 'Apply failed with 1 conflict: conflict with "owner": .metadata.annotations.example.com/role',
    details: {
      causes: [
        {
          reason: 'FieldManagerConflict',
          message: 'conflict with "owner"',
          field: '.metadata.annotations.example.com/role',
        },
      ],
    },
  })
  expect(JSON.stringify(cluster.sandbox.world)).toBe(before)
})

test('an apply lists several conflicts by owner', async () => {
  const cluster = world()
  await cluster.apply('b', { x: '1', y: '1' })
  await cluster.edit('a', { z: '1' })
  const refused = await cluster.apply('c', { x: '2', y: '2', z: '2' })
  expect(refused.body.message).toBe(
    'Apply failed with 3 conflicts: conflicts with "a" using v1 at 2026-01-01T00:00:00Z:\n- .metadata.annotations.z\n' +
      'conflicts with "b":\n- .metadata.annotations.x\n- .metadata.annotations.y',
  )
})

test('a forced apply takes the field from its owner', async () => {
  const cluster = world()
  await cluster.apply('owner', { x: '1', y: '1' })
  const forced = await cluster.apply('intruder', { x: '2' }, '&force=true')
  expect(forced.body.metadata.annotations).toEqual({ x: '2', y: '1' })
  expect(owners(forced)).toEqual([
    ['owner', 'Apply', annotated('y')],
    ['intruder', 'Apply', annotated('x')],
  ])
  expect((await cluster.apply('owner', { x: '1', y: '1' })).status).toBe(409)
})

test('the same value is owned together, without a conflict', async () => {
  const cluster = world()
  await cluster.apply('a', { x: '1' })
  const shared = await cluster.apply('b', { x: '1' })
  expect(owners(shared)).toEqual([
    ['a', 'Apply', annotated('x')],
    ['b', 'Apply', annotated('x')],
  ])
})

test('whoever edits a field by other means owns it, and an apply meets him', async () => {
  const cluster = world()
  await cluster.apply('a', { x: '1', y: '1' })
  const edited = await cluster.edit('kubectl-edit', { x: '2' })
  expect(owners(edited)).toEqual([
    ['a', 'Apply', annotated('y')],
    ['kubectl-edit', 'Update', annotated('x')],
  ])
  const refused = await cluster.apply('a', { x: '1', y: '1' })
  expect(refused.body.message).toBe(
    'Apply failed with 1 conflict: conflict with "kubectl-edit" using v1 at 2026-01-01T00:00:00Z: .metadata.annotations.x',
  )
})

test('what somebody deletes by other means, an apply brings back', async () => {
  const cluster = world()
  await cluster.apply('a', { x: '1', y: '1' })
  const edited = await cluster.edit('kubectl-edit', { x: null })
  expect(edited.body.metadata.annotations).toEqual({ y: '1' })
  expect((await cluster.apply('a', { x: '1', y: '1' })).body.metadata.annotations).toEqual({ x: '1', y: '1' })
})

test('fields of an object that no manager was recorded for belong to before-first-apply', async () => {
  const cluster = world()
  cluster.sandbox.cluster('main').createServiceAccount({ name: 'app', annotations: { x: '1' } })
  const refused = await cluster.apply('a', { x: '2' })
  expect(refused.body.message).toBe(
    'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .metadata.annotations.x',
  )
  expect((await cluster.apply('a', { x: '2' }, '&force=true')).body.metadata.annotations).toEqual({ x: '2' })
})

test('an apply of a dry run shows the result and stores nothing', async () => {
  const cluster = world()
  const before = JSON.stringify(cluster.sandbox.world)
  expect((await cluster.apply('a', { x: '1' }, '&dryRun=All')).body.metadata.annotations).toEqual({ x: '1' })
  expect(JSON.stringify(cluster.sandbox.world)).toBe(before)
})

test('lists that merge by key are owned item by item', async () => {
  const cluster = world()
  const secrets = (manager: string, ...names: readonly string[]): Promise<Answer> =>
    cluster.send(
      'PATCH',
      `${SA}?fieldManager=${manager}`,
      { apiVersion: 'v1', kind: 'ServiceAccount', imagePullSecrets: names.map((name) => ({ name })) },
      'application/apply-patch+yaml',
    )
  await secrets('a', 'one', 'two')
  const both = await secrets('b', 'three')
  expect(both.body['imagePullSecrets']).toEqual([{ name: 'one' }, { name: 'two' }, { name: 'three' }])
  expect(owners(both)).toContainEqual([
    'b',
    'Apply',
    { 'f:imagePullSecrets': { 'k:{"name":"three"}': { '.': {}, 'f:name': {} } } },
  ])
  expect((await secrets('a', 'two')).body['imagePullSecrets']).toEqual([{ name: 'two' }, { name: 'three' }])
})

test('lists that do not merge are owned as a whole', async () => {
  const cluster = world()
  const path = '/apis/rbac.authorization.k8s.io/v1/clusterroles/r'
  const role = (manager: string, verb: string): Promise<Answer> =>
    cluster.send(
      'PATCH',
      `${path}?fieldManager=${manager}`,
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: [verb] }],
      },
      'application/apply-patch+yaml',
    )
  expect(owners(await role('a', 'get'))).toEqual([['a', 'Apply', { 'f:rules': {} }]])
  expect((await role('b', 'list')).body.message).toBe('Apply failed with 1 conflict: conflict with "a": .rules')
})

test.each([
  [
    'no manager',
    SA,
    {},
    422,
    'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
  ],
  [
    'managed fields',
    `${SA}?fieldManager=a`,
    { metadata: { managedFields: [{}] } },
    400,
    'metadata.managedFields must be nil',
  ],
  [
    'no kind',
    `${SA}?fieldManager=a`,
    { kind: undefined, apiVersion: undefined },
    400,
    'cannot be handled as a ServiceAccount',
  ],
  [
    'a field that is none',
    `${SA}?fieldManager=a`,
    { annotations: {} },
    500,
    'failed to create typed patch object (default/app; /v1, Kind=ServiceAccount): .annotations: field not declared in schema',
  ],
  ['a uid, where there is no object', `${SA}?fieldManager=a`, { metadata: { uid: 'x' } }, 409, 'uid mismatch'],
])('an apply is refused with %s', async (_, path, body, status, message) => {
  const answer = await world().send(
    'PATCH',
    path,
    { apiVersion: 'v1', kind: 'ServiceAccount', ...body },
    'application/apply-patch+yaml',
  )
  expect(answer.body).toMatchObject({ code: status, message: expect.stringContaining(message) as string })
})

test('an apply with an old resource version is a conflict', async () => {
  const cluster = world()
  await cluster.apply('a', { x: '1' })
  const body = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { resourceVersion: '9' } }
  const answer = await cluster.send('PATCH', `${SA}?fieldManager=a`, body, 'application/apply-patch+yaml')
  expect(answer.body).toMatchObject({
    code: 409,
    message: expect.stringContaining('the object has been modified') as string,
  })
})

test('the creator and the user agent own what they write', async () => {
  const cluster = world()
  const send = cluster.sandbox.session().kubernetes('main', { token: cluster.sandbox.cluster('main').adminToken })
  const body = JSON.stringify({ metadata: { name: 'app', annotations: { x: '1' } } })
  const response = await send({
    method: 'POST',
    path: SA.replace('/app', ''),
    body,
    headers: { 'user-agent': 'kubectl/v1.36.0 (linux/amd64)' },
  })
  expect(owners({ status: 201, body: JSON.parse(response.body) as Answer['body'] })).toEqual([
    ['kubectl', 'Update', annotated('x')],
  ])
})
