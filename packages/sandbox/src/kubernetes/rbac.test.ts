import { expect, test } from 'vitest'
import { createSandbox } from '../sandbox.ts'
import type { KubernetesResponse } from '../session.ts'
import type { PolicyRule } from './rbac.ts'

const SA = '/api/v1/namespaces/default/serviceaccounts'
type Rule = PolicyRule & { readonly namespace?: string }

async function ask(
  rules: readonly Rule[],
  method: string,
  path: string,
  body = '',
  groups: readonly string[] = [],
): Promise<KubernetesResponse> {
  const sandbox = createSandbox()
  const cluster = sandbox.createCluster('main')
  cluster.createNamespace('team')
  cluster.createServiceAccount({ name: 'app' })
  const token = cluster.createUser({ name: 'somebody', rules, groups })
  const contentType = method === 'PATCH' ? 'application/apply-patch+yaml' : 'application/json'
  return sandbox.session().kubernetes('main', { token })({
    method,
    path,
    body,
    headers: { 'content-type': contentType },
  })
}

const READ_SA: PolicyRule = { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get', 'list'] }
const TOKEN: PolicyRule = { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] }
const TOKEN_BODY = '{"spec":{"audiences":["x"]}}'

test.each<[string, readonly Rule[], string, string, string, number]>([
  ['nothing at all', [], 'GET', `${SA}/app`, '', 403],
  ['a cluster role', [READ_SA], 'GET', `${SA}/app`, '', 200],
  ['a role in the namespace', [{ ...READ_SA, namespace: 'default' }], 'GET', `${SA}/app`, '', 200],
  ['a role in another namespace', [{ ...READ_SA, namespace: 'team' }], 'GET', `${SA}/app`, '', 403],
  ['a role, for the whole cluster', [{ ...READ_SA, namespace: 'default' }], 'GET', '/api/v1/serviceaccounts', '', 403],
  ['another verb', [READ_SA], 'DELETE', `${SA}/app`, '', 403],
  ['every verb', [{ ...READ_SA, verbs: ['*'] }], 'DELETE', `${SA}/app`, '', 200],
  ['another group', [{ ...READ_SA, apiGroups: ['apps'] }], 'GET', `${SA}/app`, '', 403],
  ['every group and resource', [{ apiGroups: ['*'], resources: ['*'], verbs: ['get'] }], 'GET', `${SA}/app`, '', 200],
  ['the name', [{ ...READ_SA, resourceNames: ['app'] }], 'GET', `${SA}/app`, '', 200],
  ['another name', [{ ...READ_SA, resourceNames: ['other'] }], 'GET', `${SA}/app`, '', 403],
  ['a name, for a list', [{ ...READ_SA, resourceNames: ['app'] }], 'GET', SA, '', 403],
  [
    'a name, for a list of it',
    [{ ...READ_SA, resourceNames: ['app'] }],
    'GET',
    `${SA}?fieldSelector=metadata.name%3Dapp`,
    '',
    200,
  ],
  ['the subresource', [TOKEN], 'POST', `${SA}/app/token`, TOKEN_BODY, 201],
  [
    'the resource, for a subresource',
    [{ ...TOKEN, resources: ['serviceaccounts'] }],
    'POST',
    `${SA}/app/token`,
    TOKEN_BODY,
    403,
  ],
  [
    'any resource of that subresource',
    [{ ...TOKEN, resources: ['*/token'] }],
    'POST',
    `${SA}/app/token`,
    TOKEN_BODY,
    201,
  ],
  ['no path', [], 'GET', '/openid/v1/jwks', '', 403],
  ['the path', [{ nonResourceURLs: ['/openid/v1/jwks'], verbs: ['get'] }], 'GET', '/openid/v1/jwks', '', 200],
  [
    'the beginning of the path',
    [{ nonResourceURLs: ['/openid/*'], verbs: ['get'] }],
    'GET',
    '/openid/v1/jwks',
    '',
    200,
  ],
  ['the path with another verb', [{ nonResourceURLs: ['*'], verbs: ['post'] }], 'GET', '/openid/v1/jwks', '', 403],
  ['what everybody may', [], 'GET', '/version', '', 200],
  ['discovery, which everybody may', [], 'GET', '/apis/coordination.k8s.io/v1', '', 200],
])('the API server lets somebody with %s do as %j says', async (_, rules, method, path, body, status) => {
  expect((await ask(rules, method, path, body)).status).toBe(status)
})

const APPLY = JSON.stringify({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'fresh' } })
const CREATE_FRESH = { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['create'], resourceNames: ['fresh'] }
const PATCH = { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['patch'], resourceNames: ['fresh'] }

test.each<[string, readonly PolicyRule[], number]>([
  ['patch alone', [PATCH], 403],
  ['create alone', [CREATE_FRESH], 403],
  ['patch and create of that name', [PATCH, CREATE_FRESH], 201],
  ['patch, and create of another name', [PATCH, { ...CREATE_FRESH, resourceNames: ['other'] }], 403],
])('an apply that makes an object, with %s', async (_, rules, status) => {
  expect((await ask(rules, 'PATCH', `${SA}/fresh?fieldManager=test`, APPLY)).status).toBe(status)
})

test('the API server says why in its own words', async () => {
  const forbidden = async (method: string, path: string): Promise<unknown> =>
    JSON.parse((await ask([], method, path)).body)
  expect(await forbidden('GET', `${SA}/app`)).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message:
      'serviceaccounts "app" is forbidden: User "somebody" cannot get resource "serviceaccounts" in API group "" in the namespace "default"',
    reason: 'Forbidden',
    details: { name: 'app', kind: 'serviceaccounts' },
    code: 403,
  })
  expect(await forbidden('GET', '/apis/coordination.k8s.io/v1/leases')).toMatchObject({
    message:
      'leases.coordination.k8s.io is forbidden: User "somebody" cannot list resource "leases" in API group "coordination.k8s.io" at the cluster scope',
    details: { group: 'coordination.k8s.io', kind: 'leases' },
  })
  expect(await forbidden('POST', `${SA}/app/token`)).toMatchObject({
    message:
      'serviceaccounts "app" is forbidden: User "somebody" cannot create resource "serviceaccounts/token" in API group "" in the namespace "default"',
  })
  expect(await forbidden('GET', '/openid/v1/jwks')).toMatchObject({
    message: 'forbidden: User "somebody" cannot get path "/openid/v1/jwks"',
    details: {},
  })
})

test.each([
  ['its own rule', [READ_SA], 'get', 201],
  ['a rule it has not got', [], 'get', 403],
  ['more than it has', [READ_SA], '*', 403],
  ['anything, with escalate', [{ apiGroups: ['*'], resources: ['clusterroles'], verbs: ['escalate'] }], '*', 201],
] as const)('nobody can write a role with %s unless allowed', async (_, rules, verb, status) => {
  const write = { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs: ['create'] }
  const role = { metadata: { name: 'r' }, rules: [{ apiGroups: [''], resources: ['serviceaccounts'], verbs: [verb] }] }
  const response = await ask(
    [write, ...rules],
    'POST',
    '/apis/rbac.authorization.k8s.io/v1/clusterroles',
    JSON.stringify(role),
  )
  expect(response.status).toBe(status)
})

test('whoever may not write a role is told what he lacks', async () => {
  const write = { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs: ['create'] }
  const role = {
    metadata: { name: 'r' },
    rules: [{ apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get', 'watch'] }],
  }
  const path = '/apis/rbac.authorization.k8s.io/v1/clusterroles'
  const { body } = await ask([write, READ_SA], 'POST', path, JSON.stringify(role), ['robots'])
  expect(JSON.parse(body)).toMatchObject({
    message:
      'clusterroles.rbac.authorization.k8s.io "r" is forbidden: user "somebody" (groups=["robots" "system:authenticated"]) is attempting to grant RBAC ' +
      'permissions not currently held:\n{APIGroups:[""], Resources:["serviceaccounts"], Verbs:["watch"]}',
  })
})

test.each([
  ['cluster-admin without its rights', 'cluster-admin', [], 403],
  [
    'a role whose rules it has',
    'system:service-account-issuer-discovery',
    [{ nonResourceURLs: ['*'], verbs: ['get'] }],
    201,
  ],
  [
    'a role that it may bind',
    'cluster-admin',
    [{ apiGroups: ['*'], resources: ['clusterroles'], resourceNames: ['cluster-admin'], verbs: ['bind'] }],
    201,
  ],
  ['a role that is not there', 'none', [], 404],
] as const)('nobody can bind %s', async (_, name, rules, status) => {
  const write = { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterrolebindings'], verbs: ['create'] }
  const binding = {
    metadata: { name: 'b' },
    roleRef: { kind: 'ClusterRole', name },
    subjects: [{ kind: 'User', name: 'friend' }],
  }
  const path = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings'
  expect((await ask([write, ...rules], 'POST', path, JSON.stringify(binding))).status).toBe(status)
})

test('anonymous requests are 401, or get as far as RBAC where a server lets them in', async () => {
  const sandbox = createSandbox()
  const cluster = sandbox.createCluster('main', { apiServers: 2 })
  cluster.restart({ anonymousAuth: true }, { apiServer: 'control-plane-2' })
  const session = sandbox.session()
  const status = async (apiServer: string, path: string, token?: string): Promise<number> =>
    (await session.kubernetes('main', { apiServer, ...(token && { token }) })({ method: 'GET', path })).status
  expect(await status('control-plane-1', '/version')).toBe(401)
  expect(await status('control-plane-2', '/version')).toBe(200)
  expect(await status('control-plane-2', '/openid/v1/jwks')).toBe(403)
  expect(await status('control-plane-2', '/version', 'no-such-token')).toBe(401)

  const binding = {
    metadata: { name: 'issuer-discovery-for-everybody' },
    roleRef: { kind: 'ClusterRole', name: 'system:service-account-issuer-discovery' },
    subjects: [{ kind: 'Group', name: 'system:unauthenticated' }],
  }
  const path = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings'
  await session.kubernetes('main', { token: cluster.adminToken })({
    method: 'POST',
    path,
    body: JSON.stringify(binding),
  })
  expect(await status('control-plane-1', '/openid/v1/jwks')).toBe(401)
  expect(await status('control-plane-2', '/openid/v1/jwks')).toBe(200)
})

test('a service account in the cluster may read the issuer’s documents and nothing else', async () => {
  const sandbox = createSandbox()
  const cluster = sandbox.createCluster('main')
  cluster.createServiceAccount({ name: 'app' })
  const send = sandbox.session().kubernetes('main', { token: cluster.createToken({ serviceAccount: 'app' }) })
  expect((await send({ method: 'GET', path: '/openid/v1/jwks' })).status).toBe(200)
  expect((await send({ method: 'GET', path: SA })).status).toBe(403)
  expect(sandbox.requests.entries.map(({ caller }) => caller)).toEqual([
    'system:serviceaccount:default:app',
    'system:serviceaccount:default:app',
  ])
})
