import { execFile, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { get } from 'node:https'
import { connect } from 'node:net'
import { promisify } from 'node:util'
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam'
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import {
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  OpenidApi,
  PatchStrategy,
} from '@kubernetes/client-node'
import { afterEach, expect, test, vi } from 'vitest'
import type { Listener } from './listen.ts'
import { listen } from './listen.ts'
import type { Sandbox } from './sandbox.ts'
import { createSandbox } from './sandbox.ts'

const run = promisify(execFile)
const hasCurl = spawnSync('curl', ['--version']).status === 0
const REGION = 'us-east-1'
const BUCKET = 'oidc-documents'
const DOCUMENT_URL = `https://${BUCKET}.s3.${REGION}.amazonaws.com/openid/v1/jwks`

const open: Listener[] = []

afterEach(async () => {
  vi.unstubAllEnvs()
  for (const listener of open.splice(0)) await listener.close()
})

async function start(sandbox: Sandbox = createSandbox()): Promise<{ sandbox: Sandbox; listener: Listener }> {
  const listener = await listen(sandbox)
  open.push(listener)
  return { sandbox, listener }
}

/** A bucket whose one object everybody may read. */
async function publish(sandbox: Sandbox, body: string): Promise<void> {
  const credentials = sandbox.createUser({ account: sandbox.createAccount() })
  const s3 = new S3Client({
    region: REGION,
    credentials,
    requestHandler: sandbox.session().requestHandler as never,
    maxAttempts: 1,
  })
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }))
  const PublicAccessBlockConfiguration = {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: false,
  }
  await s3.send(new PutPublicAccessBlockCommand({ Bucket: BUCKET, PublicAccessBlockConfiguration }))
  const Statement = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${BUCKET}/*` }
  await s3.send(
    new PutBucketPolicyCommand({ Bucket: BUCKET, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }),
  )
  await s3.send(
    new PutObjectCommand({ Bucket: BUCKET, Key: 'openid/v1/jwks', Body: body, ContentType: 'application/json' }),
  )
}

test('the AWS SDK finds every service behind AWS_ENDPOINT_URL', async () => {
  const { sandbox, listener } = await start()
  const account = sandbox.createAccount()
  const credentials = sandbox.createUser({ account })
  for (const [name, value] of Object.entries(listener.environment({ credentials }))) vi.stubEnv(name, value)
  const s3 = new S3Client({})
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }))
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'a/b', Body: 'hello' }))
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a/b' }))
  expect(await Body?.transformToString()).toBe('hello')
  expect((await new STSClient({}).send(new GetCallerIdentityCommand({}))).Account).toBe(account)
  expect((await new IAMClient({}).send(new ListRolesCommand({}))).Roles).toEqual([])
  expect(
    sandbox.requests.entries.map(({ service, operation, session }) => `${session} ${service} ${operation}`),
  ).toEqual([
    'socket s3 CreateBucket',
    'socket s3 PutObject',
    'socket s3 GetObject',
    'socket sts GetCallerIdentity',
    'socket iam ListRoles',
  ])
})

test('@kubernetes/client-node works with the kubeconfig: objects, tokens, keys, server-side apply', async () => {
  const sandbox = createSandbox()
  const cluster = sandbox.createCluster('main', { apiServers: 2, issuer: 'https://oidc.example.com' })
  const { listener } = await start(sandbox)
  const config = new KubeConfig()
  config.loadFromString(listener.kubeconfig('main'))
  expect(config.getCurrentContext()).toBe('kubernetes-admin@main')

  const core = config.makeApiClient(CoreV1Api)
  await core.createNamespacedServiceAccount({ namespace: 'default', body: { metadata: { name: 'app' } } })
  const spec = { audiences: ['sts.amazonaws.com'], expirationSeconds: 3600 }
  const { status } = await core.createNamespacedServiceAccountToken({
    name: 'app',
    namespace: 'default',
    body: { spec },
  })
  expect(cluster.readToken(status?.token ?? '').claims).toMatchObject({
    iss: 'https://oidc.example.com',
    sub: 'system:serviceaccount:default:app',
  })
  await expect(core.readNamespacedServiceAccount({ name: 'none', namespace: 'default' })).rejects.toMatchObject({
    code: 404,
  })

  // Typed as a string, parsed in fact.
  const keys: unknown = await config.makeApiClient(OpenidApi).getServiceAccountIssuerOpenIDKeyset()
  expect(keys).toEqual({ keys: [cluster.publicJwk(cluster.settings().signingKey)] })

  const objects = KubernetesObjectApi.makeApiClient(config)
  const apply = (annotations: Record<string, string>, manager: string): Promise<unknown> => {
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'app', namespace: 'default', annotations },
    }
    return objects.patch(account, undefined, undefined, manager, undefined, PatchStrategy.ServerSideApply)
  }
  expect(await apply({ 'eks.amazonaws.com/role-arn': 'a' }, 'one')).toMatchObject({
    metadata: { annotations: { 'eks.amazonaws.com/role-arn': 'a' } },
  })
  await expect(apply({ 'eks.amazonaws.com/role-arn': 'b' }, 'two')).rejects.toMatchObject({ code: 409 })
  const list = (await config.makeApiClient(CustomObjectsApi).listClusterCustomObject({
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    plural: 'clusterroles',
  })) as { readonly items: readonly unknown[] }
  expect(list.items).not.toHaveLength(0)
})

test('a kubeconfig for one API server reaches that one', async () => {
  const sandbox = createSandbox()
  const cluster = sandbox.createCluster('main', { apiServers: 2 })
  const [old, fresh] = [cluster.settings().signingKey, cluster.addKey({ type: 'p-256' })]
  cluster.restart({ verificationKeys: [old, fresh] }, { apiServer: 'control-plane-2' })
  const { listener } = await start(sandbox)
  const kids = async (apiServer: string): Promise<readonly string[]> => {
    const config = new KubeConfig()
    config.loadFromString(listener.kubeconfig('main', { apiServer }))
    const document: unknown = await config.makeApiClient(OpenidApi).getServiceAccountIssuerOpenIDKeyset()
    return (document as { readonly keys: readonly { readonly kid: string }[] }).keys.map(({ kid }) => kid)
  }
  expect(await kids('control-plane-1')).toEqual([old])
  expect(await kids('control-plane-2')).toEqual([old, fresh])
})

test('refresh() opens ports for clusters that came later', async () => {
  const { sandbox, listener } = await start()
  sandbox.createCluster('late')
  expect(() => listener.kubeconfig('late')).toThrow('Cannot find a port for "late"')
  await listener.refresh()
  expect(listener.kubeconfig('late')).toContain('current-context: "kubernetes-admin@late"')
  expect(readFileSync(listener.environment()['KUBECONFIG'] ?? '', 'utf8')).toBe(listener.kubeconfig('late'))
})

test.skipIf(!hasCurl)('curl reads the public web under its own names (skipped where there is no curl)', async () => {
  const { sandbox, listener } = await start()
  await publish(sandbox, '{"keys":[]}')
  const { stdout } = await run('curl', [
    '-sS',
    '--cacert',
    listener.caFile,
    '--connect-to',
    `::127.0.0.1:${listener.publicPort}`,
    DOCUMENT_URL,
  ])
  expect(stdout).toBe('{"keys":[]}')
  const environment = { PATH: process.env['PATH'], ...listener.environment() }
  const proxied = await run('curl', ['-sS', '-w', ' %{http_code}', DOCUMENT_URL], { env: environment })
  expect(proxied.stdout).toBe('{"keys":[]} 200')
  const untrusting = run('curl', ['-sS', '--connect-to', `::127.0.0.1:${listener.publicPort}`, DOCUMENT_URL], {
    env: { PATH: process.env['PATH'] },
  })
  await expect(untrusting).rejects.toMatchObject({ code: 60 })
})

test.skipIf(!hasCurl)(
  'curl reaches each API server by its own address through the proxy (skipped where there is no curl)',
  async () => {
    const sandbox = createSandbox()
    const cluster = sandbox.createCluster('main', { apiServers: 2 })
    const { listener } = await start(sandbox)
    const fresh = cluster.addKey({ type: 'p-256' })
    cluster.restart({ verificationKeys: [fresh] }, { apiServer: 'control-plane-2' })
    const { stdout } = await run(
      'curl',
      ['-sS', '-H', `Authorization: Bearer ${cluster.adminToken}`, 'https://10.1.0.12:6443/openid/v1/jwks'],
      { env: { PATH: process.env['PATH'], ...listener.environment() } },
    )
    expect(JSON.parse(stdout)).toEqual({ keys: [cluster.publicJwk(fresh)] })
  },
)

test.skipIf(Number(process.versions.node.split('.')[0]) < 24)(
  'fetch() in a child process sees the public web (skipped before Node.js 24)',
  async () => {
    const { sandbox, listener } = await start()
    await publish(sandbox, '{"keys":[]}')
    const script = `process.stdout.write(await (await fetch(${JSON.stringify(DOCUMENT_URL)})).text())`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...listener.environment() },
    })
    expect(stdout).toBe('{"keys":[]}')
  },
)

test('a header chooses the session', async () => {
  const { sandbox, listener } = await start()
  await fetch(`${listener.awsEndpointUrl}/nothing`, { headers: { 'x-sandbox-session': 'mine' } })
  expect(sandbox.requests.entries[0]?.session).toBe('mine')
  expect(sandbox.requests.entries[0]?.requestHeaders).not.toHaveProperty('x-sandbox-session')
})

test('a crashed session gets no answer, then or later; others go on', async () => {
  const { sandbox, listener } = await start()
  const witness = sandbox.session('doomed')
  sandbox.faults.add({ before: ({ session }) => (session === 'doomed' ? 'crash' : undefined) })
  const ask = (session: string): Promise<Response> =>
    fetch(`${listener.awsEndpointUrl}/bucket`, { headers: { 'x-sandbox-session': session } })
  await expect(ask('doomed')).rejects.toThrow('fetch failed')
  await witness.crashed
  sandbox.faults.clear()
  await expect(ask('doomed')).rejects.toThrow('fetch failed')
  expect((await ask('other')).status).toBeGreaterThanOrEqual(400)
})

test.each(['reset', 'timeout'] as const)('the fault %s breaks a TLS connection', async (fault) => {
  const sandbox = createSandbox()
  sandbox.createCluster('main')
  const { listener } = await start(sandbox)
  sandbox.faults.add({ before: () => fault })
  const failure = new Promise((resolve) => {
    get(listener.kubernetesUrl('main'), { ca: listener.caPem }).once('error', resolve)
  })
  expect(await failure).toMatchObject({ code: 'ECONNRESET' })
})

test.each(['reset', 'timeout'] as const)('the fault %s breaks the connection', async (fault) => {
  const { sandbox, listener } = await start()
  const clear = sandbox.faults.add({ before: () => fault })
  await expect(fetch(listener.awsEndpointUrl)).rejects.toThrow('fetch failed')
  clear()
  expect((await fetch(listener.awsEndpointUrl)).status).toBeGreaterThan(0)
})

test('close() frees the ports, ends open connections and removes its files', async () => {
  const sandbox = createSandbox()
  sandbox.createCluster('main')
  const listener = await listen(sandbox)
  const ports = [listener.awsEndpointUrl, listener.proxyUrl, listener.kubernetesUrl('main')].map((url) =>
    Number(new URL(url).port),
  )
  const idle = connect(ports[0] ?? 0, '127.0.0.1')
  await new Promise((resolve) => idle.once('connect', resolve))
  const ended = new Promise((resolve) => idle.once('close', resolve))
  // A tunnel that is kept open.
  const tunnel = connect(ports[1] ?? 0, '127.0.0.1')
  tunnel.write('CONNECT oidc.example.com:443 HTTP/1.1\r\nHost: oidc.example.com:443\r\n\r\n')
  await new Promise((resolve) => tunnel.once('data', resolve))
  const cut = new Promise((resolve) => tunnel.once('close', resolve))
  await listener.close()
  await Promise.all([ended, cut])
  for (const port of [...ports, listener.publicPort]) {
    const refused = new Promise((resolve) => connect(port, '127.0.0.1').once('error', resolve))
    expect(await refused).toMatchObject({ code: 'ECONNREFUSED' })
  }
  expect(existsSync(listener.caFile)).toBe(false)
})
