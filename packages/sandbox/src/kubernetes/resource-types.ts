// The resources that the emulated API server keeps or answers for. Adding a kind
// to the store is one row here; what is special about one is in admission.ts.

export interface ResourceType {
  /** `''` is the core group. */
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
  readonly shortNames?: readonly string[]
  /** Members beside `apiVersion`, `kind`, `metadata`; others are pruned. */
  readonly members: readonly string[]
  /** Members that clients do not write here. */
  readonly serverMembers?: readonly string[]
  /** PUT makes the object when there is none. */
  readonly createOnUpdate?: boolean
  /** DELETE answers with the object, not with a Status. */
  readonly returnsDeleted?: boolean
  /** What a name must be. */
  readonly names: 'subdomain' | 'label' | 'path-segment'
}

const RBAC = 'rbac.authorization.k8s.io'

export const RESOURCE_TYPES: readonly ResourceType[] = [
  core('configmaps', 'ConfigMap', { members: ['data', 'binaryData', 'immutable'], shortNames: ['cm'] }),
  core('endpoints', 'Endpoints', { members: ['subsets'], shortNames: ['ep'], createOnUpdate: true }),
  core('namespaces', 'Namespace', {
    members: ['spec'],
    serverMembers: ['status'],
    shortNames: ['ns'],
    namespaced: false,
    names: 'label',
    returnsDeleted: true,
  }),
  core('pods', 'Pod', { members: ['spec'], serverMembers: ['status'], shortNames: ['po'], returnsDeleted: true }),
  core('secrets', 'Secret', { members: ['data', 'stringData', 'type', 'immutable'] }),
  core('serviceaccounts', 'ServiceAccount', {
    members: ['secrets', 'imagePullSecrets', 'automountServiceAccountToken'],
    shortNames: ['sa'],
    returnsDeleted: true,
  }),
  core('services', 'Service', {
    members: ['spec'],
    serverMembers: ['status'],
    shortNames: ['svc'],
    names: 'label',
    returnsDeleted: true,
  }),
  {
    group: 'coordination.k8s.io',
    version: 'v1',
    plural: 'leases',
    kind: 'Lease',
    namespaced: true,
    members: ['spec'],
    createOnUpdate: true,
    names: 'subdomain',
  },
  {
    group: 'discovery.k8s.io',
    version: 'v1',
    plural: 'endpointslices',
    kind: 'EndpointSlice',
    namespaced: true,
    members: ['addressType', 'endpoints', 'ports'],
    createOnUpdate: true,
    names: 'subdomain',
  },
  rbac('clusterrolebindings', 'ClusterRoleBinding', false, ['roleRef', 'subjects']),
  rbac('clusterroles', 'ClusterRole', false, ['rules', 'aggregationRule']),
  rbac('rolebindings', 'RoleBinding', true, ['roleRef', 'subjects']),
  rbac('roles', 'Role', true, ['rules']),
]

/** Requests that are answered and not kept: each can only be created. */
export interface ReviewType {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
}

export const REVIEW_TYPES: readonly ReviewType[] = [
  { group: 'authentication.k8s.io', version: 'v1', plural: 'selfsubjectreviews', kind: 'SelfSubjectReview' },
  { group: 'authorization.k8s.io', version: 'v1', plural: 'selfsubjectaccessreviews', kind: 'SelfSubjectAccessReview' },
]

export function findResourceType(group: string, version: string, plural: string): ResourceType | undefined {
  return RESOURCE_TYPES.find((type) => type.group === group && type.version === version && type.plural === plural)
}

/** For a kind that the sandbox itself makes. */
export function resourceType(plural: string): ResourceType {
  const type = RESOURCE_TYPES.find((candidate) => candidate.plural === plural)
  if (type === undefined) throw new TypeError(`Cannot find the resource "${plural}": the sandbox has none of that name`)
  return type
}

export function apiVersion({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`
}

function core(plural: string, kind: string, rest: Partial<ResourceType> & Pick<ResourceType, 'members'>): ResourceType {
  return { group: '', version: 'v1', plural, kind, namespaced: true, names: 'subdomain', ...rest }
}

function rbac(plural: string, kind: string, namespaced: boolean, members: readonly string[]): ResourceType {
  return { group: RBAC, version: 'v1', plural, kind, namespaced, members, createOnUpdate: true, names: 'path-segment' }
}
