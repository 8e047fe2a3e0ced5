import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { createSandbox } from '../sandbox.ts'
import type { ApiServerSettings } from './state.ts'

test('createCluster() gives each cluster keys and tokens of its own, the same in every run', () => {
  const [one, two] = [createSandbox(), createSandbox()]
  for (const sandbox of [one, two]) {
    sandbox.createCluster('a')
    sandbox.createCluster('b', { keyType: 'p-256' })
  }
  const [a, b] = [one.cluster('a'), one.cluster('b')]
  expect(a.settings().signingKey).not.toBe(b.settings().signingKey)
  expect(a.adminToken).not.toBe(b.adminToken)
  expect(two.dump()).toEqual(one.dump())
})

test('createCluster() takes a key of one’s own', () => {
  const pem = generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey.export({
    type: 'sec1',
    format: 'pem',
  }) as string
  const cluster = createSandbox().createCluster('main', { privateKeyPem: pem })
  cluster.createServiceAccount({ name: 'app' })
  expect(cluster.readToken(cluster.createToken({ serviceAccount: 'app' })).header).toEqual({
    alg: 'ES384',
    kid: cluster.settings().signingKey,
  })
  expect(cluster.publicJwk(cluster.settings().signingKey)).toMatchObject({ crv: 'P-384' })
  expect(createPrivateKey(pem).asymmetricKeyType).toBe('ec')
})

test.each(['Main', 'a.b', '', '-a', 'x'.repeat(64)])('createCluster() refuses the name "%s"', (name) => {
  expect(() => createSandbox().createCluster(name)).toThrow('needed a DNS label')
})

test('createCluster() refuses a name that is taken', () => {
  const sandbox = createSandbox()
  sandbox.createCluster('main')
  expect(() => sandbox.createCluster('main')).toThrow('Cannot create the cluster "main": it exists')
  expect(() => sandbox.cluster('none')).toThrow('Cannot find the cluster "none": the sandbox has main')
})

test.each<[string, Partial<ApiServerSettings>, string]>([
  ['no issuer', { issuers: [] }, 'service-account-issuer is a required flag'],
  ['an empty issuer', { issuers: ['https://a.example.com', ''] }, 'service-account-issuer must not be an empty string'],
  ['an issuer twice', { issuers: ['https://a.example.com', 'https://a.example.com'] }, 'is already specified'],
  ['an issuer that is no URL', { issuers: ['https://a example.com'] }, 'was not a valid URL'],
  ['an issuer with a port that is none', { issuers: ['https://a.example.com:x'] }, 'was not a valid URL'],
  ['an unknown signing key', { signingKey: 'unknown' }, 'service-account-signing-key-file "unknown": no such key'],
  ['an unknown verification key', { verificationKeys: ['unknown'] }, 'service-account-key-file "unknown": no such key'],
  ['no verification key', { verificationKeys: [] }, 'service-account-key-file is a required flag'],
  ['a limit that is too short', { maxTokenExpirationSeconds: 3599 }, 'between 1 hour and 2^32 seconds'],
])('restart() refuses %s, and the server goes on as before', (_, settings, message) => {
  const sandbox = createSandbox()
  const cluster = sandbox.createCluster('main', { apiServers: 2 })
  const before = sandbox.dump()
  expect(() => cluster.restart(settings)).toThrow(`Cannot start the API server: `)
  expect(() => cluster.restart(settings)).toThrow(message)
  expect(sandbox.dump()).toEqual(before)
})

test.each([
  'kubernetes/serviceaccount',
  'https://a.example.com/path/',
  'https://a.example.com:8443',
  'http://a',
  'urn:x',
])('restart() takes the issuer "%s"', (issuer) => {
  const cluster = createSandbox().createCluster('main')
  cluster.restart({ issuers: [issuer] })
  expect(cluster.settings().issuers).toEqual([issuer])
})

test('restart() keeps what is left out and resets what is undefined', () => {
  const cluster = createSandbox().createCluster('main', {
    jwksUri: 'https://a.example.com/jwks',
    issuer: 'https://a.example.com',
  })
  cluster.restart({ issuers: ['https://b.example.com'] })
  expect(cluster.settings()).toMatchObject({
    issuers: ['https://b.example.com'],
    jwksUri: 'https://a.example.com/jwks',
  })
  cluster.restart({ jwksUri: undefined })
  expect(cluster.settings().jwksUri).toBeUndefined()
})

test('createUser() gives rules where they are asked for, and nowhere else', async () => {
  const sandbox = createSandbox()
  const cluster = sandbox.createCluster('main')
  const token = cluster.createUser({
    name: 'ci',
    rules: [
      { nonResourceURLs: ['/openid/v1/jwks'], verbs: ['get'] },
      { namespace: 'default', apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get'] },
    ],
  })
  expect(cluster.userToken('ci')).toBe(token)
  const send = sandbox.session().kubernetes('main', { token })
  const status = async (path: string): Promise<number> => (await send({ method: 'GET', path })).status
  expect(await status('/openid/v1/jwks')).toBe(200)
  expect(await status('/api/v1/namespaces/default/serviceaccounts/default')).toBe(200)
  expect(await status('/api/v1/namespaces/kube-system/serviceaccounts/default')).toBe(403)
  expect(() => cluster.createUser({ name: 'ci' })).toThrow('Cannot create the user "ci": it exists')
})

test('a handle sees a world that was put back', () => {
  const sandbox = createSandbox()
  const cluster = sandbox.createCluster('main')
  const dump = sandbox.dump()
  cluster.createNamespace('team')
  sandbox.restore(dump)
  cluster.createNamespace('team')
  expect(() => cluster.createNamespace('team')).toThrow('it exists')
})

test('createToken() and createServiceAccount() want their namespace and account', () => {
  const cluster = createSandbox().createCluster('main')
  expect(() => cluster.createToken({ serviceAccount: 'none' })).toThrow(
    'Cannot create a token for "default/none": no such service account',
  )
  expect(() => cluster.createServiceAccount({ namespace: 'none', name: 'a' })).toThrow('there is no namespace "none"')
})

test('signToken() forges with a key of the same kind as the cluster’s', () => {
  const cluster = createSandbox().createCluster('main', { keyType: 'p-521' })
  const { header } = cluster.readToken(cluster.signToken({ claims: {}, key: 'unknown' }))
  expect(header['alg']).toBe('ES512')
  expect(header['kid']).not.toBe(cluster.settings().signingKey)
})
