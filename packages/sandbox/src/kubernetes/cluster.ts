// The operator's side of a cluster: what somebody with a shell on the machines can
// do and no API can. Makes clusters, users and keys, restarts API servers with
// other flags, and signs whatever a test or a demonstration wants signed.
import type { World } from '../world.ts'
import { openStore } from './api.ts'
import { checkSettings } from './api-server-settings.ts'
import { createBootstrapObjects, createNamespace, createObject } from './bootstrap-objects.ts'
import type { SignatureOptions } from './cluster-keys.ts'
import { chooseKey, nextKey } from './cluster-keys.ts'
import type { ClusterUserOptions } from './cluster-users.ts'
import { addUser, userToken } from './cluster-users.ts'
import { apiServerIdentity, recordApiServers } from './control-plane.ts'
import { decodeToken, signToken } from './jwt.ts'
import type { DecodedToken } from './jwt.ts'
import { importPem, publicJwk, publicKeyPem } from './keys.ts'
import type { KeyType, PublicJwk } from './keys.ts'
import { resourceType } from './resource-types.ts'
import { apiAudiences, issueToken, keyOf } from './service-account-tokens.ts'
import type { ApiServerSettings, ApiServerState, ClusterState, KubernetesObject } from './state.ts'
import type { Store } from './store.ts'
import { readObject } from './store.ts'

export interface ClusterOptions {
  /** Default: `1.36.2`. */
  readonly version?: string
  /** How many API servers. Default: 1. */
  readonly apiServers?: number
  /** Default: `https://kubernetes.default.svc.cluster.local`. */
  readonly issuer?: string
  /** `--service-account-jwks-uri` */
  readonly jwksUri?: string
  /** `--api-audiences` */
  readonly apiAudiences?: readonly string[]
  /** Whether requests without credentials get as far as RBAC. Default: false. */
  readonly anonymousAuth?: boolean
  /** Kind of the signing key. Default: `rsa`. */
  readonly keyType?: KeyType
  /** A signing key of one's own, in PEM, in place of one of the sandbox's. */
  readonly privateKeyPem?: string
}

export interface TokenOptions {
  /** Default: `default`. */
  readonly namespace?: string
  readonly serviceAccount: string
  /** Default: those of the API server. */
  readonly audiences?: readonly string[]
  /** Default: 3600. */
  readonly expirationSeconds?: number
  /** Binds the token to a pod of this name, which is made when it is missing. */
  readonly pod?: string
  /** The server that signs. Default: the first. */
  readonly apiServer?: string
}

export interface ClusterHandle {
  readonly name: string
  /** Token of `kubernetes-admin`, a member of `system:masters`. */
  readonly adminToken: string
  /** Names of the API servers, as {@link Session.kubernetes} takes them. */
  readonly apiServers: readonly string[]
  /** The settings with which a server runs. Default: the first. */
  settings(apiServer?: string): ApiServerSettings
  /**
   * Starts API servers anew; settings that are left out stay. Without `apiServer` all of them.
   * @throws {TypeError} when kube-apiserver would not start with these; it then goes on as before.
   */
  restart(settings: Partial<ApiServerSettings>, options?: { readonly apiServer?: string }): void
  /** Takes a server off the network until it is restarted. */
  stop(apiServer: string): void
  /** Puts a key pair on the machines and returns its kid; no server uses it until told so by `restart`. */
  addKey(options?: { readonly type?: KeyType; readonly privateKeyPem?: string }): string
  publicKeyPem(kid: string): string
  publicJwk(kid: string): PublicJwk
  /** Returns the user's token. */
  createUser(options: ClusterUserOptions): string
  userToken(name: string): string
  createNamespace(name: string): KubernetesObject
  createServiceAccount(options: {
    readonly namespace?: string
    readonly name: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }): KubernetesObject
  /** A token as a pod would find it in its volume. */
  createToken(options: TokenOptions): string
  /** Any claims under any header, signed with any key: for tokens that must be refused. */
  signToken(options: SignatureOptions): string
  /** Header and claims of a token, unverified. */
  readToken(token: string): DecodedToken
}

const DEFAULT_VERSION = '1.36.2'
const DEFAULT_ISSUER = 'https://kubernetes.default.svc.cluster.local'
const ADMIN = 'kubernetes-admin'

export function createCluster(world: World, name: string, options: ClusterOptions = {}): ClusterHandle {
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
    throw new TypeError(`Cannot create the cluster "${name}": needed a DNS label`)
  if (world.clusters[name]) throw new TypeError(`Cannot create the cluster "${name}": it exists`)
  const state: ClusterState = {
    version: options.version ?? DEFAULT_VERSION,
    keys: {},
    apiServers: {},
    objects: {},
    history: {},
    users: {},
  }
  const signingKey =
    options.privateKeyPem === undefined ? nextKey(world, options.keyType ?? 'rsa') : importPem(options.privateKeyPem)
  state.keys[signingKey.kid] = signingKey
  const settings: ApiServerSettings = {
    issuers: [options.issuer ?? DEFAULT_ISSUER],
    ...(options.jwksUri === undefined ? {} : { jwksUri: options.jwksUri }),
    ...(options.apiAudiences === undefined ? {} : { apiAudiences: [...options.apiAudiences] }),
    verificationKeys: [signingKey.kid],
    signingKey: signingKey.kid,
    maxTokenExpirationSeconds: 0,
    anonymousAuth: options.anonymousAuth ?? false,
  }
  checkSettings(state, settings)
  const network = Object.keys(world.clusters).length + 1
  for (let index = 1; index <= (options.apiServers ?? 1); index++) {
    const hostname = `control-plane-${index}`
    state.apiServers[hostname] = {
      settings: structuredClone(settings),
      startedAt: world.nowAt,
      starts: 1,
      identity: apiServerIdentity(hostname),
      address: `10.${network}.0.${10 + index}`,
    }
  }
  world.clusters[name] = state
  createBootstrapObjects(openStore(world, name))
  addUser(openStore(world, name), { name: ADMIN, groups: ['system:masters'] })
  return openCluster(world, name)
}

export function openCluster(world: World, name: string): ClusterHandle {
  const store = (): Store => openStore(world, name)
  store()
  return {
    name,
    get adminToken() {
      return userToken(store(), ADMIN)
    },
    get apiServers() {
      return Object.keys(store().state.apiServers)
    },
    settings: (apiServer) => structuredClone(findServer(store(), apiServer).settings),
    restart: (settings, { apiServer } = {}) => restart(store(), settings, apiServer),
    stop: (apiServer) => {
      findServer(store(), apiServer).stoppedAt ??= world.nowAt
      recordApiServers(store())
    },
    addKey: ({ type = 'rsa', privateKeyPem } = {}) => {
      const key = privateKeyPem === undefined ? nextKey(world, type) : importPem(privateKeyPem)
      store().state.keys[key.kid] = key
      return key.kid
    },
    publicKeyPem: (kid) => publicKeyPem(keyOf(store().state, kid)),
    publicJwk: (kid) => publicJwk(keyOf(store().state, kid)),
    createUser: (options) => addUser(store(), options),
    userToken: (user) => userToken(store(), user),
    createNamespace: (namespace) => createNamespace(store(), namespace),
    createServiceAccount: ({ namespace = 'default', name: serviceAccount, labels, annotations }) => {
      const metadata = {
        name: serviceAccount,
        namespace,
        ...(labels && { labels }),
        ...(annotations && { annotations }),
      }
      return createObject(store(), 'serviceaccounts', { metadata })
    },
    createToken: (options) => createToken(store(), options),
    signToken: ({ claims, header, key }) => {
      const signingKey = chooseKey(store(), key)
      return header === undefined ? signToken(claims, signingKey) : signToken(claims, signingKey, header)
    },
    readToken: (token) => {
      const decoded = decodeToken(token)
      if (decoded === undefined) throw new TypeError(`Cannot read "${token}": needed a JWT`)
      return decoded
    },
  }
}

function restart(store: Store, settings: Partial<ApiServerSettings>, apiServer: string | undefined): void {
  const servers = apiServer === undefined ? Object.values(store.state.apiServers) : [findServer(store, apiServer)]
  for (const server of servers) checkSettings(store.state, { ...server.settings, ...settings })
  for (const server of servers) {
    server.settings = structuredClone({ ...server.settings, ...settings })
    server.startedAt = store.nowMs
    server.starts += 1
    delete server.stoppedAt
  }
  recordApiServers(store)
}

function createToken(store: Store, options: TokenOptions): string {
  const { namespace = 'default', serviceAccount: name, audiences, expirationSeconds = 3600, pod, apiServer } = options
  const { settings } = findServer(store, apiServer)
  const serviceAccount = readObject(store, resourceType('serviceaccounts'), namespace, name)
  if (serviceAccount === undefined)
    throw new TypeError(`Cannot create a token for "${namespace}/${name}": no such service account`)
  return issueToken(store, settings, {
    serviceAccount,
    audiences: audiences ?? apiAudiences(settings),
    expirationSeconds,
    pod: pod === undefined ? undefined : findOrCreatePod(store, namespace, pod, name),
  })
}

function findOrCreatePod(store: Store, namespace: string, name: string, serviceAccountName: string): KubernetesObject {
  const existing = readObject(store, resourceType('pods'), namespace, name)
  if (existing !== undefined) return existing
  const spec = { serviceAccountName, nodeName: 'node-1', containers: [{ name: 'app', image: 'app' }] }
  return createObject(store, 'pods', { metadata: { name, namespace }, spec, status: { phase: 'Running' } })
}

function findServer(store: Store, apiServer: string | undefined): ApiServerState {
  const name = apiServer ?? Object.keys(store.state.apiServers)[0] ?? ''
  const server = store.state.apiServers[name]
  if (server === undefined)
    throw new TypeError(
      `Cannot find the API server "${name}": the cluster "${store.name}" has ${Object.keys(store.state.apiServers).join(', ')}`,
    )
  return server
}
