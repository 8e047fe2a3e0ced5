import { createPublicKey, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'
import type { ClusterHandle } from './cluster.ts'

const NOW_SECONDS = Date.UTC(2026, 0, 1) / 1000
const ISSUER = 'https://oidc.example.com/main'
const YEAR_SECONDS = 31_536_000

interface Answer {
  readonly status: number
  readonly warning: string | undefined
  readonly body: {
    readonly message?: string
    readonly reason?: string
    readonly spec: { readonly expirationSeconds: number; readonly audiences: readonly string[] }
    readonly status: { readonly token: string; readonly expirationTimestamp: string }
  }
}

function world(): { sandbox: Sandbox; cluster: ClusterHandle } {
  const sandbox = createSandbox()
  const cluster = sandbox.createCluster('main', { issuer: ISSUER })
  cluster.createServiceAccount({ name: 'app' })
  return { sandbox, cluster }
}

async function request(
  { sandbox, cluster }: { readonly sandbox: Sandbox; readonly cluster: ClusterHandle },
  body: unknown,
  { name = 'app', apiServer }: { readonly name?: string; readonly apiServer?: string } = {},
): Promise<Answer> {
  const send = sandbox.session().kubernetes('main', { token: cluster.adminToken, ...(apiServer && { apiServer }) })
  const path = `/api/v1/namespaces/default/serviceaccounts/${name}/token`
  const response = await send({ method: 'POST', path, body: JSON.stringify(body) })
  return {
    status: response.status,
    warning: response.headers['warning'],
    body: JSON.parse(response.body) as Answer['body'],
  }
}

async function create(
  world: { readonly sandbox: Sandbox; readonly cluster: ClusterHandle },
  plural: string,
  object: unknown,
): Promise<{ uid: string }> {
  const send = world.sandbox.session().kubernetes('main', { token: world.cluster.adminToken })
  const response = await send({
    method: 'POST',
    path: `/api/v1/namespaces/default/${plural}`,
    body: JSON.stringify(object),
  })
  return (JSON.parse(response.body) as { metadata: { uid: string } }).metadata
}

test('TokenRequest answers with a token that says what Kubernetes says, signed by the server’s key', async () => {
  const here = world()
  const { status, body } = await request(here, {
    spec: { audiences: ['sts.amazonaws.com'], expirationSeconds: 86_400 },
  })
  expect(status).toBe(201)
  expect(body.status.expirationTimestamp).toBe('2026-01-02T00:00:00Z')
  const { header, claims } = here.cluster.readToken(body.status.token)
  const kid = here.cluster.settings().signingKey
  expect(header).toEqual({ alg: 'RS256', kid })
  const uid = here.sandbox.world.clusters['main']?.objects['serviceaccounts/default/app']?.metadata.uid
  expect(claims).toEqual({
    iss: ISSUER,
    sub: 'system:serviceaccount:default:app',
    aud: ['sts.amazonaws.com'],
    iat: NOW_SECONDS,
    nbf: NOW_SECONDS,
    exp: NOW_SECONDS + 86_400,
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'app', uid } },
  })
  const [head, payload, signature = ''] = body.status.token.split('.')
  const key = createPublicKey(here.cluster.publicKeyPem(kid))
  expect(verify('sha256', Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true)
})

test('TokenRequest defaults to the API audiences and an hour', async () => {
  const here = world()
  const { body } = await request(here, {})
  expect(body.spec).toMatchObject({ audiences: [ISSUER], expirationSeconds: 3600 })
  here.cluster.restart({ issuers: ['https://new.example.com', ISSUER] })
  expect((await request(here, {})).body.spec.audiences).toEqual(['https://new.example.com', ISSUER])
  here.cluster.restart({ apiAudiences: ['https://kubernetes.default.svc'] })
  expect((await request(here, {})).body.spec.audiences).toEqual(['https://kubernetes.default.svc'])
})

test.each([
  [599, 'spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes'],
  [
    2 ** 32 + 1,
    'spec.expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds',
  ],
])('TokenRequest refuses %i seconds', async (expirationSeconds, problem) => {
  const { status, body } = await request(world(), { spec: { expirationSeconds } })
  expect(status).toBe(422)
  expect(body.message).toBe(`TokenRequest.authentication.k8s.io "" is invalid: ${problem}`)
})

test.each([600, 2 ** 32])('TokenRequest takes %i seconds', async (expirationSeconds) => {
  expect((await request(world(), { spec: { expirationSeconds } })).status).toBe(201)
})

test('TokenRequest shortens what is longer than the server allows, and says so', async () => {
  const here = world()
  here.cluster.restart({ maxTokenExpirationSeconds: 7200 })
  const { warning, body } = await request(here, { spec: { expirationSeconds: 86_400 } })
  expect(warning).toBe('299 - "requested expiration of 86400 seconds shortened to 7200 seconds"')
  expect(body.spec.expirationSeconds).toBe(7200)
  expect(here.cluster.readToken(body.status.token).claims['exp']).toBe(NOW_SECONDS + 7200)
})

const POD = {
  metadata: { name: 'web-1' },
  spec: { serviceAccountName: 'app', nodeName: 'node-1', containers: [{ name: 'web' }] },
}
const POD_REF = { kind: 'Pod', apiVersion: 'v1', name: 'web-1' }

test.each([
  ['3607 seconds for the API server', 3607, [ISSUER], YEAR_SECONDS],
  ['3600 seconds for the API server', 3600, [ISSUER], 3600],
  ['3607 seconds for AWS', 3607, ['sts.amazonaws.com'], 3607],
  ['3607 seconds for both', 3607, [ISSUER, 'sts.amazonaws.com'], 3607],
])('TokenRequest for a pod, %s', async (_, expirationSeconds, audiences, lifeSeconds) => {
  const here = world()
  const { uid } = await create(here, 'pods', POD)
  const { body } = await request(here, { spec: { audiences, expirationSeconds, boundObjectRef: POD_REF } })
  const { claims } = here.cluster.readToken(body.status.token)
  expect(claims['exp']).toBe(NOW_SECONDS + lifeSeconds)
  expect(claims['kubernetes.io']).toMatchObject({ pod: { name: 'web-1', uid }, node: { name: 'node-1' } })
  // The status names what was asked for, whatever the token says.
  expect(body.status.expirationTimestamp).toBe(`2026-01-01T01:00:${expirationSeconds === 3607 ? '07' : '00'}Z`)
})

test('TokenRequest never stretches the life of a token that no pod is bound to', async () => {
  const here = world()
  const { body } = await request(here, { spec: { expirationSeconds: 3607 } })
  expect(here.cluster.readToken(body.status.token).claims['exp']).toBe(NOW_SECONDS + 3607)
})

test('TokenRequest binds to a secret', async () => {
  const here = world()
  const { uid } = await create(here, 'secrets', { metadata: { name: 'anchor' } })
  const { body } = await request(here, {
    spec: { boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 'anchor', uid } },
  })
  expect(here.cluster.readToken(body.status.token).claims['kubernetes.io']).toMatchObject({
    secret: { name: 'anchor', uid },
  })
})

test.each([
  ['no such service account', { name: 'none' }, {}, 404, 'serviceaccounts "none" not found'],
  ['no such pod', {}, { boundObjectRef: { ...POD_REF, name: 'none' } }, 404, 'pods "none" not found'],
  [
    'a pod of somebody else',
    {},
    { boundObjectRef: { ...POD_REF, name: 'other' } },
    400,
    'cannot bind token for serviceaccount "app"',
  ],
  ['a pod with another uid', {}, { boundObjectRef: { ...POD_REF, uid: 'x' } }, 409, 'does not match the UID in record'],
  [
    'a kind that binds nothing',
    {},
    { boundObjectRef: { kind: 'ConfigMap', apiVersion: 'v1', name: 'x' } },
    400,
    'cannot bind token to object of type',
  ],
])('TokenRequest refuses %s', async (_, options, spec, status, message) => {
  const here = world()
  await create(here, 'pods', POD)
  await create(here, 'pods', { ...POD, metadata: { name: 'other' }, spec: { containers: [{ name: 'x' }] } })
  const answer = await request(here, { spec }, options)
  expect(answer.status).toBe(status)
  expect(answer.body.message).toContain(message)
})

test.each([
  [{ name: 'other' }, 422, 'must match the service account name if specified'],
  [{ namespace: 'other' }, 422, 'must match the service account namespace if specified'],
  [{ uid: 'other' }, 409, 'does not match the UID of the service account'],
])('TokenRequest holds %j against the service account', async (metadata, status, message) => {
  const answer = await request(world(), { metadata })
  expect(answer.status).toBe(status)
  expect(answer.body.message).toContain(message)
})

test('TokenRequest is signed by the server that answers, and stores nothing', async () => {
  const sandbox = createSandbox()
  const cluster = sandbox.createCluster('main', { apiServers: 2 })
  cluster.createServiceAccount({ name: 'app' })
  const fresh = cluster.addKey({ type: 'p-256' })
  cluster.restart({ signingKey: fresh }, { apiServer: 'control-plane-2' })
  const before = JSON.stringify(sandbox.world)
  const second = await request({ sandbox, cluster }, {}, { apiServer: 'control-plane-2' })
  expect(cluster.readToken(second.body.status.token).header).toEqual({ alg: 'ES256', kid: fresh })
  expect(JSON.stringify(sandbox.world)).toBe(before)
  expect(sandbox.requests.entries.at(-1)).toMatchObject({
    operation: 'create serviceaccounts/token',
    access: 'mint',
    changed: false,
  })
})
