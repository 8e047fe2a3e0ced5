// Everything that a command takes from outside. Nothing in this package reaches for
// the process, the network or the clock by itself.
import type {
  AwsCredentialSource,
  AwsRequestHandler,
  Clock,
  DocumentStore,
  Facts,
  PublicFetch,
} from '@irsa/aws-provisioner'
import type { ClusterPort } from '@irsa/cluster'
import type { ApplyEvent, Plan } from '@irsa/reconcile'

export interface RunContext {
  readonly clock: Clock
  /** A number in [0, 1). */
  readonly random: () => number
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Text of a file, path relative to the configuration's folder; `-` is standard input. */
  readonly readFile: (path: string) => Promise<string>
  readonly onEvent?: (event: RunEvent) => void
  readonly signal?: AbortSignal
  /** Whether a kubeconfig may run programs to sign in. Default false. */
  readonly allowExec?: boolean
  /** In place of the ways that AWS's SDK, the platform and a kubeconfig give. */
  readonly credentials?: AwsCredentialSource
  readonly requestHandler?: AwsRequestHandler
  readonly fetch?: PublicFetch
  readonly clusterPort?: ClusterPort
  readonly openStore?: (facts: Facts) => DocumentStore
}

/** `round` comes before each round of actions: some become known only when others are done. */
export type RunEvent = ApplyEvent | { readonly type: 'round'; readonly plan: Plan } | { readonly type: 'round-ended' }
