// From options to a cluster, whatever the way to it.
import type { Cluster } from './cluster.ts'
import { createCluster } from './cluster.ts'
import type { ClusterPort } from './port.ts'
import type { Clock } from './requests.ts'

export interface ConnectOptions {
  /** Path of a kubeconfig. Default: `KUBECONFIG`, `~/.kube/config`, or inside a pod its service account. */
  readonly kubeconfig?: string
  /** Default: the current context. */
  readonly context?: string
  /** Whether programs that the kubeconfig names may be run to sign in. Default false. */
  readonly allowExec?: boolean
  /** A way of one's own, instead of a kubeconfig. */
  readonly port?: ClusterPort
  /** Default: that of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** A number in [0, 1), for jitter. */
  readonly random: () => number
}

/** @throws {ClusterError} when nothing says which cluster is meant, or it cannot be used. */
export async function connectCluster(options: ConnectOptions): Promise<Cluster> {
  const port = options.port ?? (await connect(options))
  return createCluster({ port, clock: options.clock, random: options.random })
}

async function connect(options: ConnectOptions): Promise<ClusterPort> {
  const { connectKubeconfig } = await import('./kubeconfig.ts')
  return connectKubeconfig({
    allowExec: options.allowExec ?? false,
    environment: options.environment ?? process.env,
    ...(options.kubeconfig === undefined ? {} : { path: options.kubeconfig }),
    ...(options.context === undefined ? {} : { context: options.context }),
  })
}
