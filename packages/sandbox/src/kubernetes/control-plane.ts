// What the control plane itself keeps in the store: who the API servers are. The
// endpoints of `default/kubernetes` hold the servers that answer; the identity
// leases in kube-system those that were alive within the hour. A lease is renewed
// every ten seconds: that is computed when it is read, not done by a timer.
// https://kubernetes.io/docs/concepts/architecture/leases/#api-server-identity
import { createHash } from 'node:crypto'
import { uuid } from '../random.ts'
import { resourceType } from './resource-types.ts'
import type { ApiServerState, KubernetesObject } from './state.ts'
import type { Store } from './store.ts'
import { insertObject, microTimestamp, readObject, replaceObject } from './store.ts'

export const API_SERVER_PORT = 6443
/** The first address of the usual service range. */
export const SERVICE_ADDRESS = '10.96.0.1'

// kubernetes pkg/controlplane/instance.go: IdentityLeaseDurationSeconds, IdentityLeaseRenewIntervalPeriod
const LEASE_DURATION_SECONDS = 3600
const LEASE_RENEW_MS = 10_000
const IDENTITY_LABEL = 'apiserver.kubernetes.io/identity'
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** The name of a server's lease: it depends on the host alone (kubernetes/apiserver pkg/server/config.go). */
export function apiServerIdentity(hostname: string): string {
  const withLength = (text: string): Buffer => {
    const bytes = Buffer.from(text)
    return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
  }
  const hash = createHash('sha256')
    .update(withLength(hostname))
    .update(withLength('kube-apiserver'))
    .digest()
    .subarray(0, 16)
  return `apiserver-${base32(hash)}`
}

export function runningServers(store: Store): readonly (readonly [string, ApiServerState])[] {
  return Object.entries(store.state.apiServers).filter(([, server]) => server.stoppedAt === undefined)
}

/** Brings endpoints and leases in step with the servers. To be called after each start and stop. */
export function recordApiServers(store: Store): void {
  const addresses = runningServers(store).map(([, { address }]) => address)
  const ports = [{ name: 'https', port: API_SERVER_PORT, protocol: 'TCP' }]
  const metadata = { name: 'kubernetes', namespace: 'default' }
  put(store, 'endpoints', {
    metadata: { ...metadata, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: addresses.length === 0 ? [] : [{ addresses: addresses.map((ip) => ({ ip })), ports }],
  })
  put(store, 'endpointslices', {
    metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    ports,
  })
  for (const [hostname, server] of Object.entries(store.state.apiServers)) recordLease(store, hostname, server)
}

/** The object as it is at this moment. `undefined` for the lease of a server that has been gone for an hour. */
export function asOfNow(store: Store, object: KubernetesObject): KubernetesObject | undefined {
  if (object.kind !== 'Lease' || object.metadata.labels?.[IDENTITY_LABEL] === undefined) return object
  const server = Object.values(store.state.apiServers).find(({ identity }) => identity === object.metadata.name)
  if (server === undefined) return object
  const seenMs = server.stoppedAt ?? store.nowMs
  const renewedMs = seenMs - ((seenMs - server.startedAt) % LEASE_RENEW_MS)
  if (store.nowMs - renewedMs > LEASE_DURATION_SECONDS * 1000) return undefined
  return { ...object, spec: { ...(object['spec'] as object), renewTime: microTimestamp(renewedMs) } }
}

function recordLease(store: Store, hostname: string, server: ApiServerState): void {
  if (server.stoppedAt !== undefined) return
  put(store, 'leases', {
    metadata: {
      name: server.identity,
      namespace: 'kube-system',
      labels: { [IDENTITY_LABEL]: 'kube-apiserver', 'kubernetes.io/hostname': hostname },
    },
    spec: {
      holderIdentity: `${server.identity}_${uuid(store.name, hostname, server.starts)}`,
      leaseDurationSeconds: LEASE_DURATION_SECONDS,
      renewTime: microTimestamp(server.startedAt),
    },
  })
}

function put(store: Store, plural: string, draft: Parameters<typeof insertObject>[2]): void {
  const type = resourceType(plural)
  const existing = readObject(store, type, draft.metadata.namespace ?? '', draft.metadata.name)
  if (existing === undefined) {
    insertObject(store, type, draft)
    return
  }
  const next = { ...existing, ...draft, metadata: { ...existing.metadata, ...draft.metadata } } as KubernetesObject
  if (JSON.stringify(next) !== JSON.stringify(existing)) replaceObject(store, type, next)
}

function base32(bytes: Uint8Array): string {
  let [text, bits, value] = ['', 0, 0]
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    while (bits >= 5) {
      text += BASE32[(value >>> (bits - 5)) & 31]
      bits -= 5
    }
    value &= (1 << bits) - 1
  }
  return bits > 0 ? text + BASE32[(value << (5 - bits)) & 31] : text
}
