// People and machines that hold a static token, and the rules they are given.
import { identifier } from '../random.ts'
import { bindClusterRole, createObject, qualify } from './bootstrap-objects.ts'
import type { PolicyRule } from './rbac.ts'
import type { Store } from './store.ts'

export interface ClusterUserOptions {
  readonly name: string
  readonly groups?: readonly string[]
  /** Rules to grant; with a namespace by a Role, without by a ClusterRole. */
  readonly rules?: readonly (PolicyRule & { readonly namespace?: string })[]
}

/** Returns the user's token. */
export function addUser(store: Store, { name, groups = [], rules = [] }: ClusterUserOptions): string {
  if (store.state.users[name])
    throw new TypeError(`Cannot create the user "${name}": it exists in the cluster "${store.name}"`)
  const token = identifier('lower', 40, 'user', store.name, name)
  store.state.users[name] = { groups: [...groups], token }
  grant(store, name, rules)
  return token
}

/** A role of the user's own for each place where it has rules. */
function grant(store: Store, user: string, rules: readonly (PolicyRule & { readonly namespace?: string })[]): void {
  const subject = { kind: 'User', name: user }
  const roleName = `sandbox:${user}`
  for (const place of new Set(rules.map(({ namespace }) => namespace))) {
    const own = rules.filter(({ namespace }) => namespace === place).map(withoutNamespace)
    if (place === undefined) {
      createObject(store, 'clusterroles', { metadata: { name: roleName }, rules: own })
      bindClusterRole(store, roleName, [subject])
      continue
    }
    const metadata = { name: roleName, namespace: place }
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: roleName }
    createObject(store, 'roles', { metadata, rules: own })
    createObject(store, 'rolebindings', { metadata, roleRef, subjects: [qualify(subject)] })
  }
}

function withoutNamespace(rule: PolicyRule & { readonly namespace?: string }): PolicyRule {
  const { namespace: _, ...rest } = rule
  return rest
}

export function userToken(store: Store, name: string): string {
  const user = store.state.users[name]
  if (user === undefined)
    throw new TypeError(
      `Cannot find the user "${name}": the cluster "${store.name}" has ${Object.keys(store.state.users).join(', ')}`,
    )
  return user.token
}
