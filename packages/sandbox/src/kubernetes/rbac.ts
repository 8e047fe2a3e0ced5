// Who may do what: Roles, ClusterRoles and their bindings, as they stand in the
// store. Purely additive; nothing is denied but by not being allowed.
// https://kubernetes.io/docs/reference/access-authn-authz/rbac/
import type { ResourceRequest } from './request-info.ts'
import type { ClusterState, KubernetesObject } from './state.ts'

export interface User {
  readonly name: string
  readonly groups: readonly string[]
  readonly uid?: string
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

export interface PolicyRule {
  readonly verbs: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

export type ResourceAttributes = Pick<
  ResourceRequest,
  'verb' | 'group' | 'plural' | 'subresource' | 'namespace' | 'name'
>

interface Subject {
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

export interface RoleRef {
  readonly kind: string
  readonly name: string
}

interface Grant {
  readonly rule: PolicyRule
  /** `ClusterRoleBinding "x" of ClusterRole "y" to Group "z"` */
  readonly source: string
}

/** The binding that allows it, or `undefined`. */
export function allowingResource(cluster: ClusterState, user: User, wanted: ResourceAttributes): string | undefined {
  if (isMaster(user)) return 'system:masters'
  return grants(cluster, user, wanted.namespace).find(({ rule }) => allowsResource(rule, wanted))?.source
}

export function allowingPath(cluster: ClusterState, user: User, verb: string, path: string): string | undefined {
  if (isMaster(user)) return 'system:masters'
  return grants(cluster, user, '').find(
    ({ rule }) => has(rule.verbs, verb) && (rule.nonResourceURLs ?? []).some((url) => matchesPath(url, path)),
  )?.source
}

/** Rules among `wanted` that the user has not got: nobody may hand out more than that. */
export function missingRules(
  cluster: ClusterState,
  user: User,
  namespace: string,
  wanted: readonly PolicyRule[],
): readonly PolicyRule[] {
  if (isMaster(user)) return []
  const held = grants(cluster, user, namespace).map(({ rule }) => rule)
  return wanted.flatMap(breakDown).filter((single) => !held.some((rule) => covers(rule, single)))
}

/** The rules that a roleRef stands for; `undefined` when there is no such role. */
export function rulesOfRole(
  cluster: ClusterState,
  roleRef: RoleRef,
  namespace: string,
): readonly PolicyRule[] | undefined {
  const key = roleRef.kind === 'ClusterRole' ? `clusterroles/_/${roleRef.name}` : `roles/${namespace}/${roleRef.name}`
  const role = cluster.objects[key]
  return role === undefined ? undefined : ((role['rules'] as readonly PolicyRule[] | undefined) ?? [])
}

export function isMaster(user: User): boolean {
  return user.groups.includes('system:masters')
}

function grants(cluster: ClusterState, user: User, namespace: string): readonly Grant[] {
  return Object.entries(cluster.objects).flatMap(([key, binding]) => {
    const isClusterWide = key.startsWith('clusterrolebindings/')
    if (!isClusterWide && (namespace === '' || !key.startsWith(`rolebindings/${namespace}/`))) return []
    return grantsOf(cluster, user, binding, isClusterWide ? '' : namespace)
  })
}

function grantsOf(cluster: ClusterState, user: User, binding: KubernetesObject, namespace: string): readonly Grant[] {
  const subject = ((binding['subjects'] as readonly Subject[] | undefined) ?? []).find((one) =>
    isSubject(one, user, namespace),
  )
  if (subject === undefined) return []
  const roleRef = binding['roleRef'] as RoleRef
  const name = namespace === '' ? binding.metadata.name : `${binding.metadata.name}/${namespace}`
  const source = `${binding.kind} "${name}" of ${roleRef.kind} "${roleRef.name}" to ${subject.kind} "${describeSubject(subject, namespace)}"`
  return (rulesOfRole(cluster, roleRef, namespace) ?? []).map((rule) => ({ rule, source }))
}

function describeSubject(subject: Subject, namespace: string): string {
  return subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace ?? namespace}` : subject.name
}

function isSubject(subject: Subject, user: User, namespace: string): boolean {
  switch (subject.kind) {
    case 'User':
      return subject.name === user.name
    case 'Group':
      return user.groups.includes(subject.name)
    case 'ServiceAccount':
      return user.name === `system:serviceaccount:${subject.namespace ?? namespace}:${subject.name}`
    default:
      return false
  }
}

function allowsResource(rule: PolicyRule, { verb, group, plural, subresource, name }: ResourceAttributes): boolean {
  const combined = subresource === '' ? plural : `${plural}/${subresource}`
  return (
    has(rule.verbs, verb) &&
    has(rule.apiGroups, group) &&
    (rule.resources ?? []).some(
      (one) => one === '*' || one === combined || (subresource !== '' && one === `*/${subresource}`),
    ) &&
    (!rule.resourceNames?.length || rule.resourceNames.includes(name))
  )
}

function matchesPath(pattern: string, path: string): boolean {
  return pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, '')))
}

function has(values: readonly string[] | undefined, wanted: string): boolean {
  return values?.some((value) => value === '*' || value === wanted) ?? false
}

/** One rule for each combination of its members, so that each can be looked for alone. */
function breakDown(rule: PolicyRule): readonly PolicyRule[] {
  return rule.verbs.flatMap((verb) => [
    ...(rule.nonResourceURLs ?? []).map((url) => ({ verbs: [verb], nonResourceURLs: [url] })),
    ...(rule.apiGroups ?? []).flatMap((group) =>
      (rule.resources ?? []).flatMap((resource) =>
        (rule.resourceNames?.length ? rule.resourceNames : [undefined]).map((name) => ({
          verbs: [verb],
          apiGroups: [group],
          resources: [resource],
          ...(name === undefined ? {} : { resourceNames: [name] }),
        })),
      ),
    ),
  ])
}

function covers(held: PolicyRule, single: PolicyRule): boolean {
  const [verb = ''] = single.verbs
  if (!has(held.verbs, verb)) return false
  const [url] = single.nonResourceURLs ?? []
  if (url !== undefined) return (held.nonResourceURLs ?? []).some((pattern) => matchesPath(pattern, url))
  const [[group = ''] = [], [resource = ''] = []] = [single.apiGroups, single.resources]
  const subresource = resource.split('/')[1]
  const coversResource = held.resources?.some(
    (one) => one === '*' || one === resource || (subresource !== undefined && one === `*/${subresource}`),
  )
  const coversNames =
    !held.resourceNames?.length || (single.resourceNames?.every((name) => held.resourceNames?.includes(name)) ?? false)
  return has(held.apiGroups, group) && coversResource === true && coversNames
}

/** A rule as it appears in an error about escalation. */
export function formatRule(rule: PolicyRule): string {
  const list = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`
  const parts = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ] as const
  return `{${parts.flatMap(([name, values]) => (values?.length ? [`${name}:${list(values)}`] : [])).join(', ')}}`
}
