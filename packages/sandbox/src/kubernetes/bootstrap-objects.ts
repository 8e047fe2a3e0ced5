// What a cluster has before anybody touches it: namespaces with their service
// accounts, and those of the built-in roles that matter for reading the issuer's
// documents and for asking about oneself.
// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
import { afterCreate, defaultObject } from './admission.ts'
import { recordApiServers, SERVICE_ADDRESS } from './control-plane.ts'
import type { PolicyRule } from './rbac.ts'
import { resourceType } from './resource-types.ts'
import type { KubernetesObject } from './state.ts'
import type { ObjectDraft, Store } from './store.ts'
import { insertObject, readObject } from './store.ts'

const ISSUER_DOCUMENTS = [
  '/.well-known/openid-configuration',
  '/.well-known/openid-configuration/',
  '/openid/v1/jwks',
  '/openid/v1/jwks/',
]
const DISCOVERY = [
  '/api',
  '/api/*',
  '/apis',
  '/apis/*',
  '/healthz',
  '/livez',
  '/openapi',
  '/openapi/*',
  '/readyz',
  '/version',
  '/version/',
]
const HEALTH = ['/healthz', '/livez', '/readyz', '/version', '/version/']

/** Name, rules, and the groups that the role is bound to. */
const BUILT_IN: readonly (readonly [name: string, rules: readonly PolicyRule[], groups: readonly string[]])[] = [
  [
    'cluster-admin',
    [
      { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
      { nonResourceURLs: ['*'], verbs: ['*'] },
    ],
    ['system:masters'],
  ],
  [
    'system:basic-user',
    [
      {
        apiGroups: ['authorization.k8s.io'],
        resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
        verbs: ['create'],
      },
      { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
    ],
    ['system:authenticated'],
  ],
  ['system:discovery', [{ nonResourceURLs: DISCOVERY, verbs: ['get'] }], ['system:authenticated']],
  [
    'system:public-info-viewer',
    [{ nonResourceURLs: HEALTH, verbs: ['get'] }],
    ['system:authenticated', 'system:unauthenticated'],
  ],
  [
    'system:service-account-issuer-discovery',
    [{ nonResourceURLs: ISSUER_DOCUMENTS, verbs: ['get'] }],
    ['system:serviceaccounts'],
  ],
]

export function createBootstrapObjects(store: Store): void {
  for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system']) createNamespace(store, name)
  for (const [name, rules, groups] of BUILT_IN) {
    const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }
    insertObject(store, resourceType('clusterroles'), { metadata: { name, labels }, rules })
    bindClusterRole(
      store,
      name,
      groups.map((group) => ({ kind: 'Group', name: group })),
    )
  }
  insertObject(store, resourceType('services'), {
    metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      type: 'ClusterIP',
      clusterIP: SERVICE_ADDRESS,
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
    },
  })
  recordApiServers(store)
}

export function createNamespace(store: Store, name: string): KubernetesObject {
  const type = resourceType('namespaces')
  if (readObject(store, type, '', name) !== undefined)
    throw new TypeError(`Cannot create the namespace "${name}": it exists`)
  const object = insertObject(
    store,
    type,
    defaultObject({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } } as KubernetesObject),
  )
  afterCreate(store, type, object)
  return object
}

export function bindClusterRole(
  store: Store,
  name: string,
  subjects: readonly { readonly kind: string; readonly name: string }[],
): void {
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name }
  insertObject(store, resourceType('clusterrolebindings'), {
    metadata: { name },
    roleRef,
    subjects: subjects.map(qualify),
  })
}

/** Users and groups belong to the API group of RBAC. */
export function qualify<T extends { readonly kind: string; readonly name: string }>(
  subject: T,
): T & { readonly apiGroup: string } {
  return { apiGroup: 'rbac.authorization.k8s.io', ...subject }
}

/** @throws {TypeError} when it exists, or its namespace does not. */
export function createObject(store: Store, plural: string, draft: ObjectDraft): KubernetesObject {
  const type = resourceType(plural)
  const { namespace = '', name } = draft.metadata
  if (readObject(store, type, namespace, name) !== undefined)
    throw new TypeError(`Cannot create the ${type.kind} "${name}": it exists`)
  if (type.namespaced && readObject(store, resourceType('namespaces'), '', namespace) === undefined) {
    throw new TypeError(`Cannot create the ${type.kind} "${name}": there is no namespace "${namespace}"`)
  }
  return insertObject(store, type, draft)
}
