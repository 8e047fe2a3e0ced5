// What one API server answers outside its resources: its version, its health, its
// API groups, and the two documents by which its tokens are verified. They show
// the settings and keys of this server alone.
import type { SandboxResponse } from '../http.ts'
import { respond, respondJson } from '../http.ts'
import { API_SERVER_PORT } from './control-plane.ts'
import { publicJwk } from './keys.ts'
import type { ResourceType, ReviewType } from './resource-types.ts'
import { apiVersion, RESOURCE_TYPES, REVIEW_TYPES } from './resource-types.ts'
import { keyOf } from './service-account-tokens.ts'
import type { ApiServerState, ClusterState } from './state.ts'
import type { Store } from './store.ts'

/** `undefined` when there is nothing at this path. */
export function answerPath(store: Store, server: ApiServerState, path: string): SandboxResponse | undefined {
  switch (path.replace(/(?<=.)\/$/, '')) {
    case '/healthz':
    case '/livez':
    case '/readyz':
      return respond(200, 'text/plain; charset=utf-8', 'ok')
    case '/version':
      return respondJson(200, version(store.state))
    case '/api':
      return respondJson(200, {
        kind: 'APIVersions',
        versions: ['v1'],
        serverAddressByClientCIDRs: [
          { clientCIDR: '0.0.0.0/0', serverAddress: `${server.address}:${API_SERVER_PORT}` },
        ],
      })
    case '/apis':
      return respondJson(200, { kind: 'APIGroupList', apiVersion: 'v1', groups: groupNames().map(apiGroup) })
    case '/.well-known/openid-configuration':
      return publishes(server) ? cacheable('application/json', discoveryDocument(store.state, server)) : undefined
    case '/openid/v1/jwks':
      return publishes(server)
        ? cacheable('application/jwk-set+json', { keys: verificationJwks(store.state, server) })
        : undefined
    default:
      return answerGroup(path)
  }
}

/** All that the server verifies with, in its order, twice what is given twice. */
function verificationJwks(cluster: ClusterState, server: ApiServerState): readonly ReturnType<typeof publicJwk>[] {
  return server.settings.verificationKeys.map((kid) => publicJwk(keyOf(cluster, kid)))
}

function discoveryDocument(cluster: ClusterState, server: ApiServerState): Record<string, unknown> {
  const algorithms = new Set(verificationJwks(cluster, server).map(({ alg }) => alg))
  return {
    issuer: server.settings.issuers[0],
    jwks_uri: server.settings.jwksUri ?? `https://${server.address}:${API_SERVER_PORT}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...algorithms].sort(),
  }
}

/**
 * With an issuer that is no https URL, or has a query or a fragment, or with a `jwksUri` that is not https, a server
 * starts but has no such endpoints (kubernetes pkg/serviceaccount/openidmetadata.go).
 */
function publishes({ settings }: ApiServerState): boolean {
  const [issuer = ''] = settings.issuers
  if (!/^https:\/\/[^/?#]+[^?#]*$/.test(issuer)) return false
  return settings.jwksUri === undefined || settings.jwksUri.startsWith('https://')
}

function cacheable(contentType: string, document: unknown): SandboxResponse {
  const response = respond(200, contentType, JSON.stringify(document))
  return { ...response, headers: { ...response.headers, 'cache-control': 'public, max-age=3600' } }
}

function version({ version }: ClusterState): Record<string, string> {
  const [major = '1', minor = '0'] = version.split('.')
  return {
    major,
    minor,
    gitVersion: `v${version}`,
    gitCommit: 'sandbox',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'none',
    compiler: 'none',
    platform: 'linux/amd64',
  }
}

function answerGroup(path: string): SandboxResponse | undefined {
  const [root, group = '', version] = path.split('/').slice(1).filter(Boolean)
  if (root === 'api' && group === 'v1' && version === undefined) return respondJson(200, resourceList('', 'v1'))
  if (root !== 'apis' || !groupNames().includes(group)) return undefined
  if (version === undefined) return respondJson(200, { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group) })
  return version === 'v1' && path.split('/').filter(Boolean).length === 3
    ? respondJson(200, resourceList(group, version))
    : undefined
}

function groupNames(): readonly string[] {
  return [...new Set([...RESOURCE_TYPES, ...REVIEW_TYPES].map(({ group }) => group))].filter(Boolean).sort()
}

function apiGroup(name: string): Record<string, unknown> {
  const versions = [{ groupVersion: `${name}/v1`, version: 'v1' }]
  return { name, versions, preferredVersion: versions[0] }
}

function resourceList(group: string, version: string): Record<string, unknown> {
  const inGroup = (type: ResourceType | ReviewType): boolean => type.group === group && type.version === version
  const resources = [
    ...RESOURCE_TYPES.filter(inGroup).flatMap(describeType),
    ...REVIEW_TYPES.filter(inGroup).map(describeReview),
  ]
  const sorted = resources.sort((a, b) => (String(a['name']) < String(b['name']) ? -1 : 1))
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersion({ group, version }), resources: sorted }
}

function describeType(type: ResourceType): readonly Record<string, unknown>[] {
  const { plural, kind, namespaced, shortNames } = type
  const described = {
    name: plural,
    singularName: kind.toLowerCase(),
    namespaced,
    kind,
    verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update'],
    ...(shortNames === undefined ? {} : { shortNames }),
  }
  if (plural !== 'serviceaccounts') return [described]
  const token = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', verbs: ['create'] }
  return [described, { name: 'serviceaccounts/token', singularName: '', namespaced, ...token }]
}

function describeReview({ plural, kind }: ReviewType): Record<string, unknown> {
  return { name: plural, singularName: kind.toLowerCase(), namespaced: false, kind, verbs: ['create'] }
}
