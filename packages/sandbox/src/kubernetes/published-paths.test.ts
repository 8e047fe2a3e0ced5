import { expect, test } from 'vitest'
import { createSandbox } from '../sandbox.ts'

const JWKS = '/openid/v1/jwks'
const CONFIGURATION = '/.well-known/openid-configuration'

test('answerPath() publishes keys and issuer exactly as kube-apiserver does', async () => {
  const sandbox = createSandbox()
  const cluster = sandbox.createCluster('main', { issuer: 'https://oidc.example.com/main' })
  const send = sandbox.session().kubernetes('main', { token: cluster.adminToken })

  const jwks = await send({ method: 'GET', path: JWKS })
  expect(jwks.status).toBe(200)
  expect(jwks.headers).toMatchObject({
    'content-type': 'application/jwk-set+json',
    'cache-control': 'public, max-age=3600',
  })
  const { kid, n, e } = cluster.publicJwk(cluster.settings().signingKey)
  expect(jwks.body).toBe(`{"keys":[{"use":"sig","kty":"RSA","kid":"${kid}","alg":"RS256","n":"${n}","e":"${e}"}]}`)

  const configuration = await send({ method: 'GET', path: CONFIGURATION })
  expect(configuration.headers).toMatchObject({
    'content-type': 'application/json',
    'cache-control': 'public, max-age=3600',
  })
  expect(configuration.body).toBe(
    '{"issuer":"https://oidc.example.com/main","jwks_uri":"https://10.1.0.11:6443/openid/v1/jwks",' +
      '"response_types_supported":["id_token"],"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["RS256"]}',
  )
})

test('answerPath() lists keys in the order of the flags, twice what is given twice, and each algorithm once', async () => {
  const sandbox = createSandbox()
  const cluster = sandbox.createCluster('main')
  const [rsa, ec] = [cluster.settings().signingKey, cluster.addKey({ type: 'p-256' })]
  cluster.restart({ verificationKeys: [ec, rsa, ec], jwksUri: 'https://keys.example.com/jwks' })
  const send = sandbox.session().kubernetes('main', { token: cluster.adminToken })
  const { keys } = JSON.parse((await send({ method: 'GET', path: JWKS })).body) as { keys: { kid: string }[] }
  expect(keys.map(({ kid }) => kid)).toEqual([ec, rsa, ec])
  const { body } = await send({ method: 'GET', path: CONFIGURATION })
  expect(JSON.parse(body)).toMatchObject({
    jwks_uri: 'https://keys.example.com/jwks',
    id_token_signing_alg_values_supported: ['ES256', 'RS256'],
  })
})

test('answerPath() shows each API server by its own settings', async () => {
  const sandbox = createSandbox()
  const cluster = sandbox.createCluster('main', { apiServers: 2 })
  const [old, fresh] = [cluster.settings().signingKey, cluster.addKey()]
  cluster.restart({ verificationKeys: [old, fresh] }, { apiServer: 'control-plane-2' })
  const kids = async (apiServer?: string): Promise<readonly string[]> => {
    const send = sandbox.session().kubernetes('main', { token: cluster.adminToken, ...(apiServer && { apiServer }) })
    const { keys } = JSON.parse((await send({ method: 'GET', path: JWKS })).body) as { keys: { kid: string }[] }
    return keys.map(({ kid }) => kid)
  }
  expect(await kids('control-plane-1')).toEqual([old])
  expect(await kids('control-plane-2')).toEqual([old, fresh])
  // Without a name they answer in turn.
  expect([await kids(), await kids(), await kids()]).toEqual([[old], [old, fresh], [old]])
})

test.each([
  ['an issuer that is not https', { issuers: ['http://oidc.example.com'] }],
  ['an issuer with a query', { issuers: ['https://oidc.example.com?x=1'] }],
  ['an issuer with a fragment', { issuers: ['https://oidc.example.com#x'] }],
  ['an issuer that is no URL', { issuers: ['kubernetes'] }],
  ['a jwks-uri that is not https', { jwksUri: 'http://oidc.example.com/jwks' }],
])('answerPath() has no issuer documents with %s', async (_, settings) => {
  const sandbox = createSandbox()
  const cluster = sandbox.createCluster('main')
  cluster.restart(settings)
  const send = sandbox.session().kubernetes('main', { token: cluster.adminToken })
  for (const path of [JWKS, CONFIGURATION]) {
    expect(await send({ method: 'GET', path })).toMatchObject({ status: 404, body: '404 page not found\n' })
  }
})

test.each(['/healthz', '/livez', '/readyz'])('answerPath() says ok at %s', async (path) => {
  const sandbox = createSandbox()
  const send = sandbox.session().kubernetes('main', { token: sandbox.createCluster('main').adminToken })
  expect(await send({ method: 'GET', path })).toMatchObject({ status: 200, body: 'ok' })
})

test('answerPath() tells its version and its API groups', async () => {
  const sandbox = createSandbox()
  const send = sandbox
    .session()
    .kubernetes('main', { token: sandbox.createCluster('main', { version: '1.34.7' }).adminToken })
  const get = async (path: string): Promise<Record<string, never>> =>
    JSON.parse((await send({ method: 'GET', path })).body) as Record<string, never>
  expect(await get('/version')).toMatchObject({ major: '1', minor: '34', gitVersion: 'v1.34.7' })
  expect(await get('/api')).toMatchObject({ kind: 'APIVersions', versions: ['v1'] })
  const { groups } = (await get('/apis')) as unknown as { groups: { name: string }[] }
  expect(groups.map(({ name }) => name)).toEqual([
    'authentication.k8s.io',
    'authorization.k8s.io',
    'coordination.k8s.io',
    'discovery.k8s.io',
    'rbac.authorization.k8s.io',
  ])
  expect(await get('/apis/coordination.k8s.io')).toMatchObject({
    kind: 'APIGroup',
    preferredVersion: { groupVersion: 'coordination.k8s.io/v1' },
  })
  const { resources } = (await get('/api/v1')) as unknown as {
    resources: { name: string; kind: string; namespaced: boolean }[]
  }
  expect(resources.find(({ name }) => name === 'serviceaccounts')).toMatchObject({
    kind: 'ServiceAccount',
    namespaced: true,
  })
  expect(resources.find(({ name }) => name === 'serviceaccounts/token')).toMatchObject({
    kind: 'TokenRequest',
    namespaced: true,
  })
  expect(resources.find(({ name }) => name === 'namespaces')).toMatchObject({ kind: 'Namespace', namespaced: false })
})

test.each([
  ['GET', '/apis/apps', 404],
  ['GET', '/apis/apps/v1', 404],
  ['GET', '/apis/coordination.k8s.io/v2', 404],
  ['GET', '/apis/apps/v1/deployments', 404],
  ['GET', '/nowhere', 404],
  ['POST', '/version', 405],
])('answerPath() has nothing for %s %s', async (method, path, status) => {
  const sandbox = createSandbox()
  const send = sandbox.session().kubernetes('main', { token: sandbox.createCluster('main').adminToken })
  expect((await send({ method, path })).status).toBe(status)
})
