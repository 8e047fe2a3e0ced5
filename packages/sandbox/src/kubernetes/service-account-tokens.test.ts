import { expect, test } from 'vitest'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'
import type { ClusterHandle } from './cluster.ts'

async function whoIs(sandbox: Sandbox, token: string, apiServer?: string): Promise<string | number> {
  const send = sandbox.session().kubernetes('main', { token, ...(apiServer && { apiServer }) })
  const response = await send({ method: 'POST', path: '/apis/authentication.k8s.io/v1/selfsubjectreviews', body: '{}' })
  if (response.status !== 201) return response.status
  return (JSON.parse(response.body) as { status: { userInfo: { username: string } } }).status.userInfo.username
}

function world(apiServers = 1): { sandbox: Sandbox; cluster: ClusterHandle } {
  const sandbox = createSandbox()
  const cluster = sandbox.createCluster('main', { apiServers })
  cluster.createServiceAccount({ name: 'app' })
  return { sandbox, cluster }
}

const APP = 'system:serviceaccount:default:app'

test('believeToken() knows a service account by its own token', async () => {
  const { sandbox, cluster } = world()
  expect(await whoIs(sandbox, cluster.createToken({ serviceAccount: 'app' }))).toBe(APP)
})

test.each<[string, (cluster: ClusterHandle, claims: Record<string, unknown>) => string]>([
  ['signed by a key nobody knows', (cluster, claims) => cluster.signToken({ claims, key: 'unknown' })],
  [
    'signed by such a key under a kid that is known',
    (cluster, claims) =>
      cluster.signToken({ claims, key: 'unknown', header: { alg: 'RS256', kid: cluster.settings().signingKey } }),
  ],
  [
    'of another issuer',
    (cluster, claims) => cluster.signToken({ claims: { ...claims, iss: 'https://other.example.com' } }),
  ],
  [
    'for another audience',
    (cluster, claims) => cluster.signToken({ claims: { ...claims, aud: ['sts.amazonaws.com'] } }),
  ],
  [
    'that has expired',
    (cluster, claims) => cluster.signToken({ claims: { ...claims, exp: Number(claims['iat']) - 3600 } }),
  ],
  [
    'of the future',
    (cluster, claims) => cluster.signToken({ claims: { ...claims, nbf: Number(claims['iat']) + 3600 } }),
  ],
  [
    'of an account that is not there',
    (cluster, claims) =>
      cluster.signToken({
        claims: { ...claims, 'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'gone', uid: 'x' } } },
      }),
  ],
  [
    'whose subject is another',
    (cluster, claims) => cluster.signToken({ claims: { ...claims, sub: 'system:serviceaccount:default:default' } }),
  ],
  ['without a signature', (cluster, claims) => cluster.signToken({ claims }).replace(/[^.]*$/, '')],
])('believeToken() refuses a token %s', async (_, forge) => {
  const { sandbox, cluster } = world()
  const { claims } = cluster.readToken(cluster.createToken({ serviceAccount: 'app' }))
  expect(await whoIs(sandbox, cluster.signToken({ claims }))).toBe(APP)
  expect(await whoIs(sandbox, forge(cluster, { ...claims }))).toBe(401)
})

test('believeToken() goes by the clock of the sandbox', async () => {
  const { sandbox, cluster } = world()
  const token = cluster.createToken({ serviceAccount: 'app', expirationSeconds: 600 })
  sandbox.clock.advance(600_000)
  expect(await whoIs(sandbox, token)).toBe(APP)
  sandbox.clock.advance(61_000)
  expect(await whoIs(sandbox, token)).toBe(401)
})

test('believeToken() refuses the token of an account that was made anew, and of a pod that is gone', async () => {
  const { sandbox, cluster } = world()
  const [plain, bound] = [
    cluster.createToken({ serviceAccount: 'app' }),
    cluster.createToken({ serviceAccount: 'app', pod: 'web-1' }),
  ]
  const admin = sandbox.session().kubernetes('main', { token: cluster.adminToken })
  expect(await whoIs(sandbox, bound)).toBe(APP)
  await admin({ method: 'DELETE', path: '/api/v1/namespaces/default/pods/web-1' })
  expect(await whoIs(sandbox, bound)).toBe(401)
  expect(await whoIs(sandbox, plain)).toBe(APP)
  await admin({ method: 'DELETE', path: '/api/v1/namespaces/default/serviceaccounts/app' })
  cluster.createServiceAccount({ name: 'app' })
  expect(await whoIs(sandbox, plain)).toBe(401)
})

test('believeToken() judges by the settings of the one server: a signer ahead of its peers is refused by them', async () => {
  const { sandbox, cluster } = world(2)
  const [old, fresh] = [cluster.settings().signingKey, cluster.addKey()]
  cluster.restart({ signingKey: fresh, verificationKeys: [fresh, old] }, { apiServer: 'control-plane-1' })
  const token = cluster.createToken({ serviceAccount: 'app', apiServer: 'control-plane-1' })
  expect(await whoIs(sandbox, token, 'control-plane-1')).toBe(APP)
  expect(await whoIs(sandbox, token, 'control-plane-2')).toBe(401)
})

test('believeToken() cuts off tokens of the old issuer when it leaves both lists', async () => {
  const { sandbox, cluster } = world()
  const [old] = cluster.settings().issuers
  const token = cluster.createToken({ serviceAccount: 'app' })
  cluster.restart({ issuers: ['https://new.example.com', old ?? ''] })
  expect(await whoIs(sandbox, token)).toBe(APP)
  cluster.restart({ issuers: ['https://new.example.com'] })
  expect(await whoIs(sandbox, token)).toBe(401)
})

test('believeToken() still takes tokens of a second issuer whose audience was kept', async () => {
  const { sandbox, cluster } = world()
  const [old = ''] = cluster.settings().issuers
  const token = cluster.createToken({ serviceAccount: 'app' })
  cluster.restart({ issuers: ['https://new.example.com', old], apiAudiences: ['https://new.example.com'] })
  expect(await whoIs(sandbox, token)).toBe(401)
  cluster.restart({ apiAudiences: ['https://new.example.com', old] })
  expect(await whoIs(sandbox, token)).toBe(APP)
})
