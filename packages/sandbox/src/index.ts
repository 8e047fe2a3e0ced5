/**
 * AWS and Kubernetes in one process, at the wire level, for demonstrations and
 * tests. Its STS fetches the published documents and verifies tokens for real.
 *
 * @module
 */
export type { AccountOptions, AwsCredentials, UserOptions } from './aws/accounts.ts'
export type { PolicyDocument, Statement } from './aws/policy.ts'
export type { ClockMode, SandboxClock } from './clock.ts'
export { createRandom } from './random.ts'
export { ConnectionError, crashAt, randomFaults } from './faults.ts'
export type { Fault, FaultRule, FaultSwitch } from './faults.ts'
export type { SandboxRequest, SandboxResponse } from './http.ts'
export type { ClusterHandle, ClusterOptions, TokenOptions } from './kubernetes/cluster.ts'
export type { SignatureOptions } from './kubernetes/cluster-keys.ts'
export type { ClusterUserOptions } from './kubernetes/cluster-users.ts'
export type { DecodedToken } from './kubernetes/jwt.ts'
export type { KeyType, PublicJwk } from './kubernetes/keys.ts'
export type { PolicyRule } from './kubernetes/rbac.ts'
export type { ApiServerSettings, KubernetesObject } from './kubernetes/state.ts'
export { listen } from './listen.ts'
export type { Listener, ListenOptions } from './listen.ts'
export type { Access, LogEntry, RequestLog } from './request-log.ts'
export { createSandbox } from './sandbox.ts'
export type { Sandbox, SandboxOptions, Target } from './sandbox.ts'
export type { AwsRequestHandler, KubernetesRequest, KubernetesResponse, Session } from './session.ts'
export type { Partition, World } from './world.ts'
