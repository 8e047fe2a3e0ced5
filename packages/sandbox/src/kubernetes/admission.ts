// What is special about some kinds: members that the server fills in, writes that
// it refuses for reasons outside the object, and what follows from a write. Stands
// in for the admission plugins and for those controllers that a client can tell
// are there: the default service account of a namespace, the end of a namespace.
import { isRecord } from './patch.ts'
import type { PolicyRule, RoleRef, User } from './rbac.ts'
import { allowingResource, formatRule, missingRules, rulesOfRole } from './rbac.ts'
import type { ResourceType } from './resource-types.ts'
import { resourceType } from './resource-types.ts'
import type { KubernetesObject } from './state.ts'
import { forbidden, notFound } from './status.ts'
import type { Store } from './store.ts'
import { insertObject, readObject, removeNamespaceContent } from './store.ts'

/** The object with everything that the server sets by itself. */
export function defaultObject(object: KubernetesObject): KubernetesObject {
  switch (object.kind) {
    case 'Namespace': {
      const labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name }
      return {
        ...object,
        metadata: { ...object.metadata, labels },
        spec: { finalizers: ['kubernetes'] },
        status: object['status'] ?? { phase: 'Active' },
      }
    }
    case 'Pod': {
      const spec = isRecord(object['spec']) ? object['spec'] : {}
      const serviceAccountName = spec['serviceAccountName'] ?? 'default'
      return { ...object, spec: { ...spec, serviceAccountName }, status: object['status'] ?? { phase: 'Pending' } }
    }
    case 'Secret': {
      const { stringData, ...rest } = object
      const encoded = Object.entries(isRecord(stringData) ? stringData : {}).map(([key, value]) => [
        key,
        Buffer.from(String(value)).toString('base64'),
      ])
      const data = { ...(isRecord(rest['data']) ? rest['data'] : {}), ...Object.fromEntries(encoded) }
      return { ...rest, ...(Object.keys(data).length === 0 ? {} : { data }), type: rest['type'] ?? 'Opaque' }
    }
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return defaultBinding(object)
    default:
      return object
  }
}

/** @throws {StatusError} 403, 404 */
export function admitWrite(store: Store, user: User, type: ResourceType, object: KubernetesObject): void {
  const { namespace = '' } = object.metadata
  if (type.namespaced && readObject(store, resourceType('namespaces'), '', namespace) === undefined) {
    throw notFound(resourceType('namespaces'), namespace)
  }
  if (object.kind === 'Pod') requireServiceAccount(store, type, object)
  if (object.kind === 'Role' || object.kind === 'ClusterRole') refuseEscalation(store, user, type, object)
  if (object.kind === 'RoleBinding' || object.kind === 'ClusterRoleBinding')
    refuseGenerousBinding(store, user, type, object)
}

/** @throws {StatusError} 403 for namespaces that must stay. */
export function admitDelete(type: ResourceType, object: KubernetesObject): void {
  if (type.plural === 'namespaces' && ['default', 'kube-system', 'kube-public'].includes(object.metadata.name)) {
    throw forbidden(type, object.metadata.name, 'this namespace may not be deleted')
  }
}

export function afterCreate(store: Store, type: ResourceType, object: KubernetesObject): void {
  if (type.plural !== 'namespaces') return
  const serviceAccounts = resourceType('serviceaccounts')
  if (readObject(store, serviceAccounts, object.metadata.name, 'default') !== undefined) return
  insertObject(store, serviceAccounts, { metadata: { name: 'default', namespace: object.metadata.name } })
}

export function afterDelete(store: Store, type: ResourceType, object: KubernetesObject): void {
  if (type.plural === 'namespaces') removeNamespaceContent(store, object.metadata.name)
  // The controllers of a cluster make this one again as soon as it is missing.
  const { namespace = '', name } = object.metadata
  if (type.plural === 'serviceaccounts' && name === 'default')
    insertObject(store, type, { metadata: { name, namespace } })
}

function defaultBinding(object: KubernetesObject): KubernetesObject {
  const apiGroup = 'rbac.authorization.k8s.io'
  const roleRef = isRecord(object['roleRef']) ? { apiGroup, ...object['roleRef'] } : object['roleRef']
  const subjects = Array.isArray(object['subjects'])
    ? (object['subjects'] as readonly Readonly<Record<string, unknown>>[]).map((subject) =>
        subject['kind'] === 'ServiceAccount' || subject['apiGroup'] ? subject : { ...subject, apiGroup },
      )
    : undefined
  return { ...object, roleRef, ...(subjects === undefined ? {} : { subjects }) }
}

function requireServiceAccount(store: Store, type: ResourceType, pod: KubernetesObject): void {
  const { name, namespace = '' } = pod.metadata
  const { serviceAccountName = '' } = pod['spec'] as { readonly serviceAccountName?: string }
  if (readObject(store, resourceType('serviceaccounts'), namespace, serviceAccountName) !== undefined) return
  const why = `error looking up service account ${namespace}/${serviceAccountName}: serviceaccount "${serviceAccountName}" not found`
  throw forbidden(type, name, why)
}

/** Nobody writes rules that he has not got himself, unless he may `escalate`. */
function refuseEscalation(store: Store, user: User, type: ResourceType, role: KubernetesObject): void {
  const { name, namespace = '' } = role.metadata
  if (mayOverride(store, user, 'escalate', type, namespace, name)) return
  refuseMissing(store, user, type, role, (role['rules'] as readonly PolicyRule[] | undefined) ?? [])
}

/** Nobody hands on a role whose rules he has not got himself, unless he may `bind` it. */
function refuseGenerousBinding(store: Store, user: User, type: ResourceType, binding: KubernetesObject): void {
  const { namespace = '' } = binding.metadata
  const roleRef = binding['roleRef'] as RoleRef
  const roles = resourceType(roleRef.kind === 'ClusterRole' ? 'clusterroles' : 'roles')
  if (mayOverride(store, user, 'bind', roles, namespace, roleRef.name)) return
  const rules = rulesOfRole(store.state, roleRef, namespace)
  if (rules === undefined) throw notFound(roles, roleRef.name)
  refuseMissing(store, user, type, binding, rules)
}

function mayOverride(
  store: Store,
  user: User,
  verb: string,
  type: ResourceType,
  namespace: string,
  name: string,
): boolean {
  const { group, plural } = type
  return allowingResource(store.state, user, { verb, group, plural, subresource: '', namespace, name }) !== undefined
}

function refuseMissing(
  store: Store,
  user: User,
  type: ResourceType,
  object: KubernetesObject,
  rules: readonly PolicyRule[],
): void {
  const { name, namespace = '' } = object.metadata
  const missing = missingRules(store.state, user, namespace, rules)
  if (missing.length === 0) return
  const groups = user.groups.map((group) => JSON.stringify(group)).join(' ')
  const lines = [...new Set(missing.map(formatRule))].sort().join('\n')
  throw forbidden(
    type,
    name,
    `user ${JSON.stringify(user.name)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${lines}`,
  )
}
