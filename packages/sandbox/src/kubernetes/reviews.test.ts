import { expect, test } from 'vitest'
import { createSandbox } from '../sandbox.ts'

const ACCESS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'

async function ask(
  path: string,
  body: unknown,
): Promise<{ readonly code?: number; readonly status: Record<string, unknown> }> {
  const sandbox = createSandbox()
  const cluster = sandbox.createCluster('main')
  const rules = [
    { nonResourceURLs: ['/openid/v1/jwks'], verbs: ['get'] },
    { namespace: 'default', apiGroups: [''], resources: ['serviceaccounts'], resourceNames: ['app'], verbs: ['patch'] },
  ]
  const token = cluster.createUser({ name: 'ci', groups: ['robots'], rules })
  const response = await sandbox.session().kubernetes('main', { token })({
    method: 'POST',
    path,
    body: JSON.stringify(body),
  })
  expect(sandbox.requests.entries[0]?.access).toBe('read')
  return JSON.parse(response.body) as never
}

test.each([
  [{ resourceAttributes: { verb: 'patch', resource: 'serviceaccounts', namespace: 'default', name: 'app' } }, true],
  [{ resourceAttributes: { verb: 'patch', resource: 'serviceaccounts', namespace: 'default', name: 'other' } }, false],
  [
    { resourceAttributes: { verb: 'patch', resource: 'serviceaccounts', namespace: 'kube-system', name: 'app' } },
    false,
  ],
  [
    {
      resourceAttributes: {
        verb: 'patch',
        resource: 'serviceaccounts',
        subresource: 'token',
        namespace: 'default',
        name: 'app',
      },
    },
    false,
  ],
  [{ nonResourceAttributes: { verb: 'get', path: '/openid/v1/jwks' } }, true],
  [{ nonResourceAttributes: { verb: 'get', path: '/metrics' } }, false],
])('reviewSelfSubjectAccess() of %j is %s', async (spec, allowed) => {
  expect((await ask(ACCESS, { spec })).status['allowed']).toBe(allowed)
})

test('reviewSelfSubjectAccess() says by which binding', async () => {
  const { status } = await ask(ACCESS, { spec: { nonResourceAttributes: { verb: 'get', path: '/openid/v1/jwks' } } })
  expect(status['reason']).toBe(
    'RBAC: allowed by ClusterRoleBinding "sandbox:ci" of ClusterRole "sandbox:ci" to User "ci"',
  )
})

test('reviewSelfSubjectAccess() refuses a question about nothing', async () => {
  expect((await ask(ACCESS, { spec: {} })).code).toBe(422)
})

test('reviewSelfSubject() tells the caller who he is', async () => {
  const { status } = await ask('/apis/authentication.k8s.io/v1/selfsubjectreviews', {})
  expect(status).toEqual({ userInfo: { username: 'ci', groups: ['robots', 'system:authenticated'] } })
})
