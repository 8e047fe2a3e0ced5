// Puts the parts together: one world, one clock, one log, and the way that every
// request takes: logged, perhaps failed by a rule, answered, logged.
import { randomUUID } from 'node:crypto'
import { createAccount, createHostedZone, createUser } from './aws/accounts.ts'
import type { AccountOptions, UserOptions, AwsCredentials } from './aws/accounts.ts'
import { emptyAcmState } from './aws/acm-state.ts'
import { emptyCloudFrontState } from './aws/cloudfront-state.ts'
import { emptyRoute53State } from './aws/route53-state.ts'
import { answerAws, identifyAws, respondFault } from './aws/router.ts'
import { emptyS3State } from './aws/s3-state.ts'
import { answerPublic } from './aws/public-web.ts'
import type { ClockMode, SandboxClock } from './clock.ts'
import { createClock } from './clock.ts'
import type { Fault, FaultRule, FaultSwitch } from './faults.ts'
import { ConnectionError } from './faults.ts'
import type { SandboxRequest, SandboxResponse } from './http.ts'
import { decodeText, encodeText } from './http.ts'
import type { ClusterHandle, ClusterOptions } from './kubernetes/cluster.ts'
import { createCluster, openCluster } from './kubernetes/cluster.ts'
import { answerKubernetes, identifyKubernetes, respondKubernetesFault } from './kubernetes/api.ts'
import type { LogEntry, RequestLog } from './request-log.ts'
import type { KubernetesRequest, KubernetesResponse, Session } from './session.ts'
import { createRequestHandler } from './session.ts'
import type { World } from './world.ts'

export interface SandboxOptions {
  /** Start of time, milliseconds since the Unix epoch. Default: 2026-01-01T00:00:00Z. */
  readonly nowMs?: number
  /** Default: `{ mode: 'jump' }`. */
  readonly clock?: ClockMode
}

export interface Sandbox {
  readonly clock: SandboxClock
  readonly requests: RequestLog
  readonly faults: FaultSwitch
  /** The state itself. Edit it to play somebody who changes things behind our back. */
  readonly world: World
  /** A deep copy of the state. */
  dump(): World
  /** Puts a dump back; sessions stay as they are. */
  restore(dump: World): void
  createAccount(options?: AccountOptions): string
  /** A user with the given identity policies (default: may do everything) and its access key. */
  createUser(options: UserOptions): AwsCredentials
  /** A public hosted zone; returns its id. */
  createHostedZone(options: { readonly account: string; readonly name: string }): string
  createCluster(name: string, options?: ClusterOptions): ClusterHandle
  cluster(name: string): ClusterHandle
  /** A new caller; see {@link Session}. */
  session(name?: string): Session
  /** The raw way in, for those who host the sandbox on sockets. */
  handle(target: Target, request: SandboxRequest, session: string): Promise<SandboxResponse>
}

export type Target =
  | { readonly to: 'aws' }
  | { readonly to: 'public' }
  | { readonly to: 'kubernetes'; readonly cluster: string; readonly apiServer?: string }

const DEFAULT_START_MS = Date.UTC(2026, 0, 1)

export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const world = emptyWorld(options.nowMs ?? DEFAULT_START_MS)
  const entries: LogEntry[] = []
  const rules = new Set<FaultRule>()
  const dead = new Map<string, () => void>()
  let activity = 0
  let inFlight = 0
  let nextIndex = 1

  const clock = createClock(
    {
      getNow: () => world.nowAt,
      setNow: (ms) => {
        world.nowAt = ms
      },
      activity: () => activity,
      inFlight: () => inFlight,
    },
    options.clock ?? { mode: 'jump' },
  )

  async function handle(target: Target, request: SandboxRequest, session: string): Promise<SandboxResponse> {
    if (dead.get(session) === RIP) return never()
    const entry = begin(target, request, session)
    const response = await play(target, request, entry)
    activity += 1
    return response ?? never()
  }

  /** `undefined` when nobody will ever get an answer: the session has crashed. */
  async function play(
    target: Target,
    request: SandboxRequest,
    entry: LogEntry,
  ): Promise<SandboxResponse | undefined> {
    await turn()
    const before = await firstFault((rule) => rule.before?.(entry))
    if (dead.get(entry.session) === RIP) return undefined
    if (before !== undefined) return fail(target, request, entry, before)
    const untouched = entry.access === 'read' ? undefined : fingerprint(world)
    const response = answer(target, request, entry)
    entry.changed = untouched !== undefined && untouched !== fingerprint(world)
    const after = await firstFault((rule) => rule.after?.(entry))
    if (dead.get(entry.session) === RIP) return undefined
    if (after !== undefined) return fail(target, request, entry, after)
    entry.status = response.status
    return response
  }

  /** A request takes a turn of the event loop; while it does, the clock does not believe that all are waiting. */
  async function turn(): Promise<void> {
    activity += 1
    inFlight += 1
    await new Promise<void>((resolve) => setImmediate(resolve))
    inFlight -= 1
  }

  async function firstFault(
    ask: (rule: FaultRule) => Fault | undefined | Promise<Fault | undefined>,
  ): Promise<Fault | undefined> {
    for (const rule of rules) {
      const fault = await ask(rule)
      if (fault !== undefined) return fault
    }
    return undefined
  }

  function fail(
    target: Target,
    request: SandboxRequest,
    entry: LogEntry,
    fault: Fault,
  ): SandboxResponse | undefined {
    entry.fault = fault
    switch (fault) {
      case 'crash':
        dead.get(entry.session)?.()
        dead.set(entry.session, RIP)
        return undefined
      case 'reset':
      case 'lost-reply':
        throw new ConnectionError('ECONNRESET')
      case 'timeout':
        throw new ConnectionError('ETIMEDOUT')
      case 'throttle':
      case 'server-error': {
        const response =
          target.to === 'aws'
            ? respondFault(request, fault)
            : target.to === 'kubernetes'
              ? respondKubernetesFault(fault)
              : respondWebFault(fault)
        entry.status = response.status
        entry.error = fault
        return response
      }
    }
  }

  function begin(target: Target, request: SandboxRequest, session: string): LogEntry {
    const named =
      target.to === 'aws'
        ? identifyAws(world, request)
        : target.to === 'kubernetes'
          ? identifyKubernetes(world, target.cluster, request)
          : { service: 'public', operation: request.method, access: 'read' as const, caller: 'anonymous' }
    const entry: LogEntry = {
      index: nextIndex,
      session,
      atMs: world.nowAt,
      ...named,
      method: request.method,
      url: request.url.href,
      requestHeaders: request.headers,
      requestBody: decodeText(request.body),
      status: 0,
      changed: false,
    }
    nextIndex += 1
    entries.push(entry)
    return entry
  }

  function answer(target: Target, request: SandboxRequest, entry: LogEntry): SandboxResponse {
    const note = (error: string): void => {
      entry.error = error
    }
    if (target.to === 'aws') return answerAws(world, request, note)
    if (target.to === 'public') return answerPublic(world, request, 'viewer')
    return answerKubernetes(world, target.cluster, target.apiServer, request, note)
  }

  function session(name: string = `session-${randomUUID()}`): Session {
    const earlier = dead.get(name)
    const crashed = new Promise<void>((resolve) => {
      dead.set(name, () => {
        earlier?.()
        resolve()
      })
    })
    return {
      name,
      crashed,
      requestHandler: createRequestHandler((request) => handle({ to: 'aws' }, request, name)),
      fetch: async (url) => {
        const request = { method: 'GET', url: new URL(url), headers: {}, body: new Uint8Array() }
        const { status, headers, body } = await handle({ to: 'public' }, request, name)
        return new Response(status === 204 ? null : Buffer.from(body), { status, headers })
      },
      kubernetes: (cluster, { token, apiServer }) => {
        const server = apiServer === undefined ? {} : { apiServer }
        const host = [apiServer, cluster, 'kubernetes.sandbox'].filter(Boolean).join('.')
        return async (request) =>
          fromBytes(await handle({ to: 'kubernetes', cluster, ...server }, toBytes(request, token, host), name))
      },
    }
  }

  return {
    clock,
    world,
    requests: { entries, clear: () => void (entries.length = 0) },
    faults: {
      add: (rule) => {
        rules.add(rule)
        return () => void rules.delete(rule)
      },
      clear: () => rules.clear(),
    },
    dump: () => structuredClone(world),
    restore: (dump) => void Object.assign(world, structuredClone(dump)),
    createAccount: (accountOptions) => createAccount(world, accountOptions),
    createUser: (userOptions) => createUser(world, userOptions),
    createHostedZone: (zoneOptions) => createHostedZone(world, zoneOptions),
    createCluster: (name, clusterOptions) => createCluster(world, name, clusterOptions),
    cluster: (name) => openCluster(world, name),
    session,
    handle,
  }
}

const RIP = (): void => undefined

function never(): Promise<never> {
  return new Promise<never>(() => undefined)
}

function emptyWorld(nowMs: number): World {
  return {
    nowAt: nowMs,
    aws: {
      accounts: {},
      accessKeys: {},
      acm: emptyAcmState(),
      cloudfront: emptyCloudFrontState(),
      iam: {},
      route53: emptyRoute53State(),
      s3: emptyS3State(),
    },
    clusters: {},
    sessions: {},
    caches: {},
  }
}

function fingerprint(world: World): string {
  return JSON.stringify({ aws: world.aws, clusters: world.clusters })
}

function respondWebFault(fault: 'throttle' | 'server-error'): SandboxResponse {
  return {
    status: fault === 'throttle' ? 429 : 503,
    headers: { 'content-type': 'text/html' },
    body: encodeText('<html></html>'),
  }
}

function toBytes(request: KubernetesRequest, token: string | undefined, host: string): SandboxRequest {
  const headers = Object.fromEntries(
    Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  )
  return {
    method: request.method,
    url: new URL(`https://${host}${request.path}`),
    headers: token === undefined ? headers : { authorization: `Bearer ${token}`, ...headers },
    body: encodeText(request.body ?? ''),
  }
}

function fromBytes(response: SandboxResponse): KubernetesResponse {
  return { status: response.status, headers: response.headers, body: decodeText(response.body) }
}
