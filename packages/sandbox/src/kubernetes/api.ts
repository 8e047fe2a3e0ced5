// One request to one API server, in the order of a real one: who is it, what is
// asked, may he, do it. Everything it answers with is what this server would say
// by its own settings and keys over the store that all servers share.
import { ConnectionError } from '../faults.ts'
import type { Fault } from '../faults.ts'
import type { SandboxRequest, SandboxResponse } from '../http.ts'
import { respond, respondJson } from '../http.ts'
import type { Access } from '../request-log.ts'
import type { World } from '../world.ts'
import { authenticate, likelyCaller } from './authentication.ts'
import { runningServers } from './control-plane.ts'
import { readBody } from './object-bodies.ts'
import { answerObject } from './objects.ts'
import { isRecord } from './patch.ts'
import { answerPath } from './published-paths.ts'
import { allowingPath, allowingResource } from './rbac.ts'
import type { ResourceAttributes, User } from './rbac.ts'
import type { PathRequest, ResourceRequest } from './request-info.ts'
import { describeRequest, readRequestInfo } from './request-info.ts'
import type { ReviewType } from './resource-types.ts'
import { findResourceType, REVIEW_TYPES } from './resource-types.ts'
import { reviewSelfSubject, reviewSelfSubjectAccess } from './reviews.ts'
import type { ApiServerState } from './state.ts'
import {
  badRequest,
  forbidden,
  invalid,
  methodNotAllowed,
  respondStatus,
  StatusError,
  unsupportedValue,
} from './status.ts'
import type { Store } from './store.ts'
import { answerTokenRequest } from './token-request.ts'

/** Whose turn it is, by world and cluster. Not part of the world: it decides who answers, never what is stored. */
const turns = new WeakMap<World, Map<string, number>>()

export function identifyKubernetes(
  world: World,
  cluster: string,
  request: SandboxRequest,
): { readonly service: string; readonly operation: string; readonly access: Access; readonly caller: string } {
  const store = openStore(world, cluster)
  return { service: 'kubernetes', ...describeRequest(readRequestInfo(request)), caller: likelyCaller(store, request) }
}

/** Without a named server, the running ones answer in turn, as behind a load balancer. */
export function answerKubernetes(
  world: World,
  cluster: string,
  apiServer: string | undefined,
  request: SandboxRequest,
  note: (reason: string) => void,
): SandboxResponse {
  const store = openStore(world, cluster)
  const server = chooseServer(world, store, apiServer)
  try {
    return withDefaults(answer(store, server, request))
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    note(error.reason)
    return withDefaults(respondStatus(error))
  }
}

export function respondKubernetesFault(fault: Extract<Fault, 'throttle' | 'server-error'>): SandboxResponse {
  const [seconds, unavailable] = [1, 'the server is currently unable to handle the request']
  if (fault === 'server-error') return respondStatus(new StatusError(503, 'ServiceUnavailable', unavailable))
  const message = 'the server has received too many requests and has asked us to try again later'
  const error = new StatusError(429, 'TooManyRequests', message, { retryAfterSeconds: seconds })
  return respondStatus(error, { 'retry-after': String(seconds) })
}

/** @throws {TypeError} when there is no such cluster. */
export function openStore(world: World, cluster: string): Store {
  const state = world.clusters[cluster]
  if (state === undefined)
    throw new TypeError(
      `Cannot find the cluster "${cluster}": the sandbox has ${Object.keys(world.clusters).join(', ') || 'none'}`,
    )
  return { name: cluster, state, nowMs: world.nowAt }
}

function chooseServer(world: World, store: Store, apiServer: string | undefined): ApiServerState {
  if (apiServer !== undefined) {
    const server = store.state.apiServers[apiServer]
    if (server === undefined)
      throw new TypeError(`Cannot ask the API server "${apiServer}": the cluster "${store.name}" has no such server`)
    if (server.stoppedAt !== undefined) throw new ConnectionError('ETIMEDOUT')
    return server
  }
  const clusterTurns = turns.get(world) ?? new Map<string, number>()
  turns.set(world, clusterTurns)
  const turn = clusterTurns.get(store.name) ?? 0
  clusterTurns.set(store.name, turn + 1)
  const servers = runningServers(store)
  const [, server] = servers[turn % servers.length] ?? []
  if (server === undefined) throw new ConnectionError('ETIMEDOUT')
  return server
}

function answer(store: Store, server: ApiServerState, request: SandboxRequest): SandboxResponse {
  const user = authenticate(store, server.settings, request)
  const info = readRequestInfo(request)
  return info.kind === 'path'
    ? answerAtPath(store, server, user, info)
    : answerResource(store, server, user, info, request)
}

function answerAtPath(store: Store, server: ApiServerState, user: User, { verb, path }: PathRequest): SandboxResponse {
  if (allowingPath(store.state, user, verb, path) === undefined) {
    throw forbidden(undefined, '', `User ${JSON.stringify(user.name)} cannot ${verb} path ${JSON.stringify(path)}`)
  }
  if (verb !== 'get' && verb !== 'head') return respond(405, 'text/plain; charset=utf-8', '405: Method Not Allowed')
  return answerPath(store, server, path) ?? nothingHere()
}

function answerResource(
  store: Store,
  server: ApiServerState,
  user: User,
  info: ResourceRequest,
  request: SandboxRequest,
): SandboxResponse {
  requireAllowed(store, user, info)
  const review = REVIEW_TYPES.find(({ group, version, plural }) => isFor(info, group, version, plural))
  if (review !== undefined) return answerReview(store, user, review, info, request)
  const type = findResourceType(info.group, info.version, info.plural)
  if (type === undefined) return nothingHere()
  if (info.subresource !== '') {
    const isToken = type.plural === 'serviceaccounts' && info.subresource === 'token'
    if (!isToken) throw new StatusError(404, 'NotFound', 'the server could not find the requested resource', {})
    if (info.verb !== 'create') throw methodNotAllowed({ ...type, plural: 'serviceaccounts/token' }, info.verb)
    return answerToken(store, server, info, request)
  }
  requireKnownDryRun(request)
  return answerObject({
    store: info.dryRun ? { ...store, state: structuredClone(store.state) } : store,
    request,
    info,
    type,
    user,
    requireCreate: () => requireAllowed(store, user, { ...info, verb: 'create' }),
  })
}

function answerReview(
  store: Store,
  user: User,
  review: ReviewType,
  info: ResourceRequest,
  request: SandboxRequest,
): SandboxResponse {
  if (info.verb !== 'create') throw methodNotAllowed(review, info.verb)
  if (review.kind === 'SelfSubjectReview') return respondJson(201, reviewSelfSubject(store, user))
  return respondJson(201, reviewSelfSubjectAccess(store, user, readRecord(request)))
}

function answerToken(
  store: Store,
  server: ApiServerState,
  info: ResourceRequest,
  request: SandboxRequest,
): SandboxResponse {
  const { body, warning } = answerTokenRequest(store, server.settings, info, readRecord(request))
  const response = respondJson(201, body)
  return warning === undefined
    ? response
    : { ...response, headers: { ...response.headers, warning: `299 - ${JSON.stringify(warning)}` } }
}

function requireAllowed(store: Store, user: User, wanted: ResourceAttributes): void {
  if (allowingResource(store.state, user, wanted) !== undefined) return
  const { verb, group, plural, subresource, namespace, name } = wanted
  const resource = subresource === '' ? plural : `${plural}/${subresource}`
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`
  const why = `User ${JSON.stringify(user.name)} cannot ${verb} resource "${resource}" in API group "${group}" ${where}`
  throw forbidden({ group, plural }, name, why)
}

function requireKnownDryRun(request: SandboxRequest): void {
  const given = request.url.searchParams.getAll('dryRun')
  const unknown = given.find((value) => value !== 'All')
  if (unknown === undefined) return
  const kind = { POST: 'CreateOptions', PUT: 'UpdateOptions', PATCH: 'PatchOptions' }[request.method] ?? 'DeleteOptions'
  throw invalid({ group: 'meta.k8s.io', kind }, '', [unsupportedValue('dryRun', unknown, ['All'])])
}

function readRecord(request: SandboxRequest): Readonly<Record<string, unknown>> {
  const body = readBody(request)
  if (!isRecord(body)) throw badRequest('the object provided is unrecognized')
  return body
}

function isFor(info: ResourceRequest, group: string, version: string, plural: string): boolean {
  return info.group === group && info.version === version && info.plural === plural
}

function nothingHere(): SandboxResponse {
  return respond(404, 'text/plain; charset=utf-8', '404 page not found\n')
}

function withDefaults(response: SandboxResponse): SandboxResponse {
  return { ...response, headers: { 'cache-control': 'no-cache, private', ...response.headers } }
}
