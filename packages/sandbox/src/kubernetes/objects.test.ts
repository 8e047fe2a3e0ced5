import { expect, test } from 'vitest'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'

type Body = Record<string, unknown> & {
  metadata: Record<string, unknown>
  items: { metadata: Record<string, unknown> }[]
}
type Send = (
  method: string,
  path: string,
  body?: unknown,
  contentType?: string,
) => Promise<{ status: number; body: Body }>

const MAPS = '/api/v1/namespaces/default/configmaps'
const MERGE = 'application/merge-patch+json'

function world(): { sandbox: Sandbox; send: Send } {
  const sandbox = createSandbox()
  const request = sandbox.session().kubernetes('main', { token: sandbox.createCluster('main').adminToken })
  const send: Send = async (method, path, body, contentType = 'application/json') => {
    const text = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = await request({
      method,
      path,
      headers: { 'content-type': contentType, 'user-agent': 'test/1.0' },
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

test('create, get, update, patch and delete of an object', async () => {
  const { send } = world()
  const created = await send('POST', MAPS, map('a', { x: '1' }))
  expect(created).toMatchObject({
    status: 201,
    body: {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: 'a', namespace: 'default', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
      data: { x: '1' },
    },
  })
  expect(await send('GET', `${MAPS}/a`)).toEqual({ status: 200, body: created.body })
  const updated = await send('PUT', `${MAPS}/a`, map('a', { x: '2' }, { resourceVersion: '1' }))
  expect(updated).toMatchObject({
    status: 200,
    body: { data: { x: '2' }, metadata: { resourceVersion: '2', uid: created.body.metadata['uid'] } },
  })
  const patched = await send('PATCH', `${MAPS}/a`, { data: { y: '3', x: null } }, MERGE)
  expect(patched.body['data']).toEqual({ y: '3' })
  const gone = await send('DELETE', `${MAPS}/a`)
  expect(gone.body).toMatchObject({
    kind: 'Status',
    status: 'Success',
    details: { name: 'a', kind: 'configmaps', uid: created.body.metadata['uid'] },
  })
  expect((await send('GET', `${MAPS}/a`)).status).toBe(404)
})

test('uids depend on the name and on how many there were; resource versions never come back', async () => {
  const [one, two] = [world(), world()]
  const lives = async (send: Send): Promise<unknown[]> => {
    const first = await send('POST', MAPS, map('a'))
    await send('DELETE', `${MAPS}/a`)
    const second = await send('POST', MAPS, map('a'))
    return [first.body.metadata['uid'], second.body.metadata['uid'], second.body.metadata['resourceVersion']]
  }
  await two.send('POST', MAPS, map('unrelated'))
  const [first, second, version] = await lives(one.send)
  expect(first).not.toBe(second)
  expect(version).toBe('2')
  expect(await lives(two.send)).toEqual([first, second, version])
})

test('a write that changes nothing is none', async () => {
  const { sandbox, send } = world()
  const created = await send('POST', MAPS, map('a', { x: '1' }))
  sandbox.clock.advance(60_000)
  expect(await send('PUT', `${MAPS}/a`, map('a', { x: '1' }))).toEqual({ status: 200, body: created.body })
  expect(sandbox.requests.entries.map(({ changed }) => changed)).toEqual([true, false])
})

test.each<[string, string, string, unknown, string | undefined, number, string]>([
  ['a second of the name', 'POST', MAPS, map('taken'), undefined, 409, 'configmaps "taken" already exists'],
  [
    'an old version',
    'PUT',
    `${MAPS}/taken`,
    map('taken', {}, { resourceVersion: '7' }),
    undefined,
    409,
    'Operation cannot be fulfilled on configmaps "taken": the object has been modified; please apply your changes to the latest version and try again',
  ],
  [
    'an old version in a patch',
    'PATCH',
    `${MAPS}/taken`,
    { metadata: { resourceVersion: '7' } },
    MERGE,
    409,
    'the object has been modified',
  ],
  [
    'another uid',
    'PUT',
    `${MAPS}/taken`,
    map('taken', {}, { uid: 'x' }),
    undefined,
    409,
    'Precondition failed: UID in precondition: x',
  ],
  ['an update of what is not there', 'PUT', `${MAPS}/none`, map('none'), undefined, 404, 'configmaps "none" not found'],
  ['a patch of what is not there', 'PATCH', `${MAPS}/none`, {}, MERGE, 404, 'configmaps "none" not found'],
  [
    'a deletion of what is not there',
    'DELETE',
    `${MAPS}/none`,
    undefined,
    undefined,
    404,
    'configmaps "none" not found',
  ],
  [
    'a deletion of another uid',
    'DELETE',
    `${MAPS}/taken`,
    { preconditions: { uid: 'x' } },
    undefined,
    409,
    'Precondition failed: UID in precondition: x',
  ],
  [
    'a deletion of an old version',
    'DELETE',
    `${MAPS}/taken`,
    { preconditions: { resourceVersion: '7' } },
    undefined,
    409,
    'Precondition failed: ResourceVersion in precondition: 7',
  ],
  [
    'a namespace that is not there',
    'POST',
    '/api/v1/namespaces/none/configmaps',
    map('a'),
    undefined,
    404,
    'namespaces "none" not found',
  ],
  [
    'another namespace than the URL’s',
    'POST',
    MAPS,
    map('a', {}, { namespace: 'team' }),
    undefined,
    400,
    'the namespace of the provided object does not match',
  ],
  [
    'another name than the URL’s',
    'PUT',
    `${MAPS}/taken`,
    map('b'),
    undefined,
    400,
    'the name of the object (b) does not match the name on the URL (taken)',
  ],
  [
    'another name in a patch',
    'PATCH',
    `${MAPS}/taken`,
    { metadata: { name: 'b' } },
    MERGE,
    400,
    'does not match the name on the URL',
  ],
  ['another kind', 'POST', MAPS, { ...map('a'), kind: 'Secret' }, undefined, 400, 'cannot be handled as a ConfigMap'],
  [
    'a version on creation',
    'POST',
    MAPS,
    map('a', {}, { resourceVersion: '1' }),
    undefined,
    400,
    'resourceVersion should not be set on objects to be created',
  ],
  [
    'a name that is none',
    'POST',
    MAPS,
    map('Not_A_Name'),
    undefined,
    422,
    'ConfigMap "Not_A_Name" is invalid: metadata.name: Invalid value: "Not_A_Name": a lowercase RFC 1123 subdomain must consist of',
  ],
  ['no name', 'POST', MAPS, map(''), undefined, 422, 'metadata.name: Required value: name or generateName is required'],
  [
    'a bad label',
    'POST',
    MAPS,
    map('a', {}, { labels: { x: 'not a value' } }),
    undefined,
    422,
    'metadata.labels: Invalid value: "not a value"',
  ],
  [
    'a bad annotation key',
    'POST',
    MAPS,
    map('a', {}, { annotations: { 'a b': '' } }),
    undefined,
    422,
    'metadata.annotations: Invalid value: "a b"',
  ],
  [
    'too much annotation',
    'POST',
    MAPS,
    map('a', {}, { annotations: { x: 'x'.repeat(262_144) } }),
    undefined,
    422,
    'metadata.annotations: Too long: may not be more than 262144 bytes',
  ],
  [
    'an unknown kind of patch',
    'PATCH',
    `${MAPS}/taken`,
    {},
    'text/plain',
    415,
    'the body of the request was in an unknown format',
  ],
  [
    'an unknown field, strictly',
    'POST',
    `${MAPS}?fieldValidation=Strict`,
    { ...map('a'), dta: {} },
    undefined,
    400,
    'strict decoding error: unknown field "dta"',
  ],
  [
    'an unknown dry run',
    'POST',
    `${MAPS}?dryRun=Some`,
    map('a'),
    undefined,
    422,
    'dryRun: Unsupported value: "Some": supported values: "All"',
  ],
  ['a watch', 'GET', `${MAPS}?watch=true`, undefined, undefined, 405, 'watch is not emulated by the sandbox'],
  [
    'an object below another',
    'GET',
    `${MAPS}/taken/status`,
    undefined,
    undefined,
    404,
    'the server could not find the requested resource',
  ],
  [
    'a protected namespace',
    'DELETE',
    '/api/v1/namespaces/kube-system',
    undefined,
    undefined,
    403,
    'this namespace may not be deleted',
  ],
])('the API server refuses %s', async (_, method, path, body, contentType, status, message) => {
  const { sandbox, send } = world()
  await send('POST', MAPS, map('taken', { x: '1' }))
  const before = JSON.stringify(sandbox.world)
  const answer = await send(method, path, body, contentType)
  expect(answer.status).toBe(status)
  expect(answer.body).toMatchObject({
    kind: 'Status',
    status: 'Failure',
    code: status,
    message: expect.stringContaining(message) as string,
  })
  expect(JSON.stringify(sandbox.world)).toBe(before)
})

test('the API server reads JSON and says so', async () => {
  const sandbox = createSandbox()
  const send = sandbox.session().kubernetes('main', { token: sandbox.createCluster('main').adminToken })
  expect((await send({ method: 'POST', path: MAPS, body: 'kind: ConfigMap' })).body).toContain(
    'the sandbox reads JSON only',
  )
})

test('unknown fields are pruned', async () => {
  const { send } = world()
  const { body } = await send('POST', MAPS, { ...map('a', {}, { annotation: { x: '1' } }), dta: {}, status: {} })
  expect(body).not.toHaveProperty('dta')
  expect(body).not.toHaveProperty('status')
  expect(body.metadata).not.toHaveProperty('annotation')
})

test.each([
  ['POST', MAPS, map('b'), 201],
  ['PUT', `${MAPS}/a`, map('a', { x: '2' }), 200],
  ['PATCH', `${MAPS}/a`, { data: { x: '2' } }, 200],
  ['DELETE', `${MAPS}/a`, undefined, 200],
  ['DELETE', MAPS, undefined, 200],
] as const)('a dry run of %s %s answers and changes nothing', async (method, path, body, status) => {
  const { sandbox, send } = world()
  await send('POST', MAPS, map('a', { x: '1' }))
  const before = JSON.stringify(sandbox.world)
  const answer = await send(method, `${path}?dryRun=All`, body, method === 'PATCH' ? MERGE : undefined)
  expect(answer.status).toBe(status)
  expect(JSON.stringify(sandbox.world)).toBe(before)
  expect(sandbox.requests.entries.at(-1)).toMatchObject({ access: 'read', changed: false })
})

test('generateName gives each object a name of its own', async () => {
  const { send } = world()
  const names = []
  for (let count = 0; count < 3; count++) {
    const { body } = await send('POST', MAPS, { metadata: { generateName: 'run-' } })
    names.push(body.metadata['name'])
  }
  expect(new Set(names).size).toBe(3)
  for (const name of names) expect(name).toMatch(/^run-[a-z0-9]{5}$/)
})

test('a finalizer keeps an object until it is taken away', async () => {
  const { send } = world()
  await send('POST', MAPS, map('a', {}, { finalizers: ['example.com/wait'] }))
  await send('DELETE', `${MAPS}/a`)
  expect((await send('GET', `${MAPS}/a`)).body.metadata['deletionTimestamp']).toBe('2026-01-01T00:00:00Z')
  await send('PATCH', `${MAPS}/a`, { metadata: { finalizers: null } }, MERGE)
  expect((await send('GET', `${MAPS}/a`)).status).toBe(404)
})

test('an update makes what may be made so', async () => {
  const { send } = world()
  const path = '/apis/coordination.k8s.io/v1/namespaces/default/leases/l'
  expect((await send('PUT', path, { metadata: { name: 'l' }, spec: { holderIdentity: 'me' } })).status).toBe(201)
  expect((await send('PUT', path, { metadata: { name: 'l' }, spec: { holderIdentity: 'you' } })).status).toBe(200)
})

test('the log says what was asked, by whom, and what came of it', async () => {
  const { sandbox, send } = world()
  await send('POST', MAPS, map('a'))
  await send('POST', MAPS, map('a'))
  expect(sandbox.requests.entries).toMatchObject([
    {
      service: 'kubernetes',
      operation: 'create configmaps',
      access: 'write',
      caller: 'kubernetes-admin',
      status: 201,
      changed: true,
    },
    { operation: 'create configmaps', status: 409, error: 'AlreadyExists', changed: false },
  ])
  expect(sandbox.requests.entries[0]?.url).toBe('https://main.kubernetes.sandbox/api/v1/namespaces/default/configmaps')
})

test.each([
  ['throttle', 429, 'TooManyRequests', '1'],
  ['server-error', 503, 'ServiceUnavailable', undefined],
] as const)('the fault %s is %i in the words of an API server', async (fault, status, reason, retryAfter) => {
  const sandbox = createSandbox()
  const send = sandbox.session().kubernetes('main', { token: sandbox.createCluster('main').adminToken })
  sandbox.faults.add({ before: () => fault })
  const response = await send({ method: 'GET', path: MAPS })
  expect(response.status).toBe(status)
  expect(response.headers['retry-after']).toBe(retryAfter)
  expect(JSON.parse(response.body)).toMatchObject({ kind: 'Status', status: 'Failure', reason, code: status })
})
