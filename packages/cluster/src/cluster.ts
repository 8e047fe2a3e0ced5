// A cluster as the rest of the project sees it: what it says about itself, and a
// driver for the objects that we own in it.
import type { Jwks } from '@irsa/oidc-docs'
import type { Driver } from '@irsa/reconcile'
import { clusterKinds } from './kinds.ts'
import type { ClusterPort } from './port.ts'
import type { Clock } from './requests.ts'
import { withRetries } from './requests.ts'
import { executeServiceAccount, observeServiceAccount } from './service-account.ts'
import type { IssuedToken, TokenOptions } from './service-account-tokens.ts'
import { readKeys, requestToken } from './service-account-tokens.ts'

export interface Cluster {
  /** What `/openid/v1/jwks` lists. */
  readKeys(): Promise<Jwks>
  /** A token as a pod would get it. */
  requestToken(options: TokenOptions): Promise<IssuedToken>
  readonly driver: Driver
}

export interface ClusterOptions {
  readonly port: ClusterPort
  readonly clock: Clock
  /** A number in [0, 1), for jitter. */
  readonly random: () => number
}

export function createCluster(options: ClusterOptions): Cluster {
  const port = withRetries(options.port, options.clock, options.random)
  return {
    readKeys: () => readKeys(port),
    requestToken: (tokenOptions) => requestToken(port, tokenOptions),
    driver: {
      kinds: clusterKinds,
      observe: async (resources) => ({
        observed: await Promise.all(resources.map((resource) => observeServiceAccount(port, resource))),
        refusals: [],
      }),
      execute: (step) => executeServiceAccount(port, step),
    },
  }
}
