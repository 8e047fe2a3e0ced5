// Who sends a request: a user of the cluster by its static token, a service
// account by a token that this very API server believes, or nobody.
// https://kubernetes.io/docs/reference/access-authn-authz/authentication/
import type { SandboxRequest } from '../http.ts'
import type { User } from './rbac.ts'
import { believeToken } from './service-account-tokens.ts'
import type { ApiServerSettings } from './state.ts'
import { badRequest, unauthorized } from './status.ts'
import type { Store } from './store.ts'

const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

/** @throws {StatusError} 401, also for a bad token where anonymous requests are let in. */
export function authenticate(store: Store, settings: ApiServerSettings, request: SandboxRequest): User {
  if (request.headers['impersonate-user'] !== undefined) {
    throw badRequest('impersonation is not emulated by the sandbox: create a user of that name instead')
  }
  const token = bearerToken(request)
  if (token === undefined) {
    if (settings.anonymousAuth) return ANONYMOUS
    throw unauthorized()
  }
  const user = userByToken(store, token) ?? believeToken(store, settings, token)
  if (user === undefined) throw unauthorized()
  return user
}

/** For the log, which does not know yet which server will answer: believed by any of them. */
export function likelyCaller(store: Store, request: SandboxRequest): string {
  const token = bearerToken(request)
  if (token === undefined) return 'anonymous'
  const servers = Object.values(store.state.apiServers)
  const user =
    userByToken(store, token) ?? servers.map(({ settings }) => believeToken(store, settings, token)).find(Boolean)
  return user?.name ?? 'anonymous'
}

function userByToken(store: Store, token: string): User | undefined {
  const [name, user] = Object.entries(store.state.users).find(([, candidate]) => candidate.token === token) ?? []
  if (name === undefined || user === undefined) return undefined
  return { name, groups: [...user.groups, 'system:authenticated'] }
}

function bearerToken(request: SandboxRequest): string | undefined {
  const [scheme = '', token = ''] = (request.headers['authorization'] ?? '').split(' ')
  return scheme.toLowerCase() === 'bearer' && token !== '' ? token : undefined
}
