// What a service account's token says, and which tokens one API server believes.
// Claims: kubernetes pkg/serviceaccount/claims.go; checks: pkg/serviceaccount/jwt.go
// and pkg/kubeapiserver/authenticator. Each server judges by its own settings.
import { uuid } from '../random.ts'
import { decodeToken, signToken, verifySignature } from './jwt.ts'
import type { User } from './rbac.ts'
import { resourceType } from './resource-types.ts'
import type { ApiServerSettings, ClusterState, KubernetesObject, SigningKey } from './state.ts'
import type { Store } from './store.ts'
import { readObject } from './store.ts'

/** go-jose, by which the server checks times, forgives this much. */
const LEEWAY_SECONDS = 60
// kubernetes pkg/serviceaccount/claims.go: WarnOnlyBoundTokenExpirationSeconds, ExpirationExtensionSeconds
const EXTENDED_REQUEST_SECONDS = 3607
const EXTENDED_LIFE_SECONDS = 365 * 24 * 60 * 60

export interface TokenOrder {
  readonly serviceAccount: KubernetesObject
  readonly audiences: readonly string[]
  readonly expirationSeconds: number
  readonly pod?: KubernetesObject | undefined
  readonly secret?: KubernetesObject | undefined
}

interface PrivateClaims {
  readonly namespace?: string
  readonly serviceaccount?: { readonly name?: string; readonly uid?: string }
  readonly pod?: { readonly name?: string; readonly uid?: string }
  readonly secret?: { readonly name?: string; readonly uid?: string }
}

export function apiAudiences(settings: ApiServerSettings): readonly string[] {
  return settings.apiAudiences ?? settings.issuers
}

export function issueToken(store: Store, settings: ApiServerSettings, order: TokenOrder): string {
  return signToken(tokenClaims(store, settings, order), keyOf(store.state, settings.signingKey))
}

function tokenClaims(store: Store, settings: ApiServerSettings, order: TokenOrder): Record<string, unknown> {
  const { serviceAccount, audiences, expirationSeconds, pod, secret } = order
  const { namespace = '', name, uid } = serviceAccount.metadata
  const nowSeconds = Math.floor(store.nowMs / 1000)
  const isExtended =
    settings.extendTokenExpiration !== false &&
    pod !== undefined &&
    expirationSeconds === EXTENDED_REQUEST_SECONDS &&
    audiences.every((audience) => apiAudiences(settings).includes(audience))
  const node = (pod?.['spec'] as { readonly nodeName?: string } | undefined)?.nodeName
  const [issuer = ''] = settings.issuers
  return {
    aud: audiences,
    exp: nowSeconds + (isExtended ? EXTENDED_LIFE_SECONDS : expirationSeconds),
    iat: nowSeconds,
    iss: issuer,
    jti: uuid(
      'jti',
      store.name,
      issuer,
      settings.signingKey,
      uid,
      store.nowMs,
      expirationSeconds,
      audiences.join(' '),
      pod?.metadata.uid ?? '',
    ),
    'kubernetes.io': {
      namespace,
      ...(node === undefined ? {} : { node: { name: node } }),
      ...(pod === undefined ? {} : { pod: reference(pod) }),
      ...(secret === undefined ? {} : { secret: reference(secret) }),
      serviceaccount: { name, uid },
      ...(isExtended ? { warnafter: nowSeconds + expirationSeconds } : {}),
    },
    nbf: nowSeconds,
    sub: `system:serviceaccount:${namespace}:${name}`,
  }
}

/** The user behind a token, or `undefined` when a server with these settings would not believe it. */
export function believeToken(store: Store, settings: ApiServerSettings, token: string): User | undefined {
  const claims = decodeToken(token)?.claims
  if (claims === undefined || !settings.issuers.includes(String(claims['iss']))) return undefined
  const audiences = [claims['aud']].flat()
  if (!audiences.some((audience) => apiAudiences(settings).includes(String(audience)))) return undefined
  if (!isTimely(claims, store.nowMs / 1000)) return undefined
  if (
    !verifySignature(
      token,
      settings.verificationKeys.map((kid) => keyOf(store.state, kid)),
    )
  )
    return undefined
  return userOf(store, claims)
}

function userOf(store: Store, claims: Readonly<Record<string, unknown>>): User | undefined {
  const { namespace = '', serviceaccount, pod, secret } = (claims['kubernetes.io'] ?? {}) as PrivateClaims
  const name = serviceaccount?.name ?? ''
  const subject = `system:serviceaccount:${namespace}:${name}`
  const isAlive = (plural: string, ref: { readonly name?: string; readonly uid?: string } | undefined): boolean =>
    readObject(store, resourceType(plural), namespace, ref?.name ?? '')?.metadata.uid === ref?.uid
  if (claims['sub'] !== subject || !isAlive('serviceaccounts', serviceaccount)) return undefined
  if ((pod && !isAlive('pods', pod)) || (secret && !isAlive('secrets', secret))) return undefined
  const uid = serviceaccount?.uid
  return {
    name: subject,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    ...(uid === undefined ? {} : { uid }),
    extra: {
      'authentication.kubernetes.io/credential-id': [`JTI=${String(claims['jti'])}`],
      ...(pod?.name === undefined ? {} : { 'authentication.kubernetes.io/pod-name': [pod.name] }),
      ...(pod?.uid === undefined ? {} : { 'authentication.kubernetes.io/pod-uid': [pod.uid] }),
    },
  }
}

function isTimely(claims: Readonly<Record<string, unknown>>, nowSeconds: number): boolean {
  const { exp, nbf, iat } = claims
  if (typeof exp === 'number' && nowSeconds - LEEWAY_SECONDS > exp) return false
  if (typeof nbf === 'number' && nowSeconds + LEEWAY_SECONDS < nbf) return false
  return !(typeof iat === 'number' && nowSeconds + LEEWAY_SECONDS < iat)
}

export function keyOf(cluster: ClusterState, kid: string): SigningKey {
  const key = cluster.keys[kid]
  if (key === undefined) throw new TypeError(`Cannot use the key "${kid}": the cluster has no such key`)
  return key
}

function reference({ metadata: { name, uid } }: KubernetesObject): { readonly name: string; readonly uid: string } {
  return { name, uid }
}
