// State of one cluster: API servers with settings and keys of their own, over one store of objects.

export interface SigningKey {
  /** PKCS#8 PEM. The sandbox is the API server: it holds private keys. */
  privateKeyPem: string
  kid: string
}

/** What the flags of one kube-apiserver say. */
export interface ApiServerSettings {
  /** `--service-account-issuer`, the first signs. */
  issuers: string[]
  /** `--service-account-jwks-uri`; default: this API server's own address. */
  jwksUri?: string
  /** `--api-audiences`; default: the issuers. */
  apiAudiences?: string[]
  /** Kids of `--service-account-key-file`, in order. */
  verificationKeys: string[]
  /** Kid of `--service-account-signing-key-file`. */
  signingKey: string
  /** `--service-account-max-token-expiration` in seconds; 0 is no limit. */
  maxTokenExpirationSeconds: number
  /** `--service-account-extend-token-expiration`; default: true. */
  extendTokenExpiration?: boolean
  /** `--anonymous-auth` */
  anonymousAuth: boolean
}

export interface ApiServerState {
  settings: ApiServerSettings
  startedAt: number
  /** Set while the server does not answer. */
  stoppedAt?: number
  /** How many times it was started. */
  starts: number
  /** The `Lease` by which this server is counted. */
  identity: string
  /** Without the port, which is 6443. */
  address: string
}

export interface ObjectMetadata {
  name: string
  generateName?: string
  namespace?: string
  uid: string
  resourceVersion: string
  creationTimestamp: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  finalizers?: string[]
  ownerReferences?: unknown[]
  managedFields?: ManagedFieldsEntry[]
  deletionTimestamp?: string
}

export interface ManagedFieldsEntry {
  manager: string
  operation: 'Apply' | 'Update'
  apiVersion: string
  time?: string
  fieldsType: 'FieldsV1'
  fieldsV1: Record<string, unknown>
}

export interface KubernetesObject {
  apiVersion: string
  kind: string
  metadata: ObjectMetadata
  [key: string]: unknown
}

export interface ClusterUser {
  groups: string[]
  /** Bearer token by which the user is known. */
  token: string
}

export interface ClusterState {
  version: string
  keys: Record<string, SigningKey>
  /** By name, which is the host's name. */
  apiServers: Record<string, ApiServerState>
  /** By `<resource>/<namespace>/<name>`, `_` for cluster-wide. */
  objects: Record<string, KubernetesObject>
  /** What must outlive an object so that its name can be used again: by the same keys. */
  history: Record<string, ObjectHistory>
  users: Record<string, ClusterUser>
}

export interface ObjectHistory {
  /** How many objects had this name so far. */
  made: number
  /** How many times one of them was written: the next resource version, less one. */
  writes: number
}
