import { expect, test } from 'vitest'
import { encodeText } from '../http.ts'
import { describeRequest, readRequestInfo } from './request-info.ts'

const NS = '/api/v1/namespaces/team'
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/team/leases'

test.each([
  ['GET', '/openid/v1/jwks', '', 'get /openid/v1/jwks', 'read'],
  ['GET', '/api/v1', '', 'get /api/v1', 'read'],
  ['GET', '/apis/coordination.k8s.io/v1', '', 'get /apis/coordination.k8s.io/v1', 'read'],
  ['GET', `${NS}/serviceaccounts`, '', 'list serviceaccounts', 'read'],
  ['GET', `${NS}/serviceaccounts?watch=true`, '', 'watch serviceaccounts', 'read'],
  ['HEAD', `${NS}/serviceaccounts/app`, '', 'get serviceaccounts', 'read'],
  ['POST', `${NS}/serviceaccounts`, '{}', 'create serviceaccounts', 'write'],
  ['POST', `${NS}/serviceaccounts?dryRun=All`, '{}', 'create serviceaccounts', 'read'],
  ['POST', `${NS}/serviceaccounts/app/token`, '{}', 'create serviceaccounts/token', 'mint'],
  ['PUT', `${NS}/serviceaccounts/app`, '{}', 'update serviceaccounts', 'write'],
  ['PATCH', `${NS}/serviceaccounts/app?fieldManager=x`, '{}', 'patch serviceaccounts', 'write'],
  ['PATCH', `${NS}/serviceaccounts/app?dryRun=All`, '{}', 'patch serviceaccounts', 'read'],
  ['DELETE', `${LEASES}/x`, '', 'delete leases', 'write'],
  ['DELETE', `${LEASES}/x`, '{"dryRun":["All"]}', 'delete leases', 'read'],
  ['DELETE', LEASES, '', 'deletecollection leases', 'write'],
  ['POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', '{}', 'create selfsubjectaccessreviews', 'read'],
  ['POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', '{}', 'create selfsubjectreviews', 'read'],
] as const)('describeRequest() of %s %s %s is "%s", a %s', (method, path, body, operation, access) => {
  const request = { method, url: new URL(`https://kubernetes.sandbox${path}`), headers: {}, body: encodeText(body) }
  expect(describeRequest(readRequestInfo(request))).toEqual({ operation, access })
})

test.each([
  [NS, { plural: 'namespaces', namespace: 'team', name: 'team', subresource: '' }],
  [`${NS}/finalize`, { plural: 'namespaces', namespace: 'team', name: 'team', subresource: 'finalize' }],
  [
    `${NS}/serviceaccounts/app/token`,
    { plural: 'serviceaccounts', namespace: 'team', name: 'app', subresource: 'token' },
  ],
  [`${NS}/pods?fieldSelector=metadata.name=x`, { plural: 'pods', namespace: 'team', name: 'x', subresource: '' }],
  [`${LEASES}/a%20b`, { plural: 'leases', group: 'coordination.k8s.io', namespace: 'team', name: 'a b' }],
  ['/api/v1/pods', { plural: 'pods', namespace: '', name: '' }],
])('readRequestInfo() of %s', (path, expected) => {
  const request = {
    method: 'GET',
    url: new URL(`https://kubernetes.sandbox${path}`),
    headers: {},
    body: encodeText(''),
  }
  expect(readRequestInfo(request)).toMatchObject(expected)
})
