/**
 * The Kubernetes side of IAM roles for service accounts: what a cluster says about
 * itself, and the objects that we own in it.
 *
 * @module
 */
export { createCluster } from './cluster.ts'
export type { Cluster, ClusterOptions } from './cluster.ts'
export { clusterSchema } from './config.ts'
export type { ClusterConfig, KeySource } from './config.ts'
export { connectCluster } from './connect-cluster.ts'
export type { ConnectOptions } from './connect-cluster.ts'
export { ClusterError } from './error.ts'
export type { ClusterErrorCode } from './error.ts'
export type { ClusterPort, ClusterRequest, ClusterResponse } from './port.ts'
export { FIELD_MANAGER, OWNER_ANNOTATION, serviceAccountResource } from './service-account.ts'
export type { IssuedToken, ServiceAccountRef, TokenOptions } from './service-account-tokens.ts'
