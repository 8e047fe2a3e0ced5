// What every kind gets to look at the world and to change it.
import type { Observed, ResourceId } from '@irsa/reconcile'
import type { AwsClients } from './aws/clients.ts'
import type { Clock } from './clock.ts'
import type { DocumentStore } from './document-store.ts'
import type { Facts } from './facts.ts'
import type { Published } from './lookup.ts'
import type { Owner } from './names.ts'

/** Fetches a published URL as STS would: no credentials, no redirects. */
export type PublicFetch = (url: string, init?: { readonly signal?: AbortSignal }) => Promise<Response>

export interface AwsContext {
  readonly clients: AwsClients
  readonly clock: Clock
  readonly fetch: PublicFetch
  readonly facts: Facts
  readonly owner: Owner
  /** Where the issuer's documents are kept. */
  readonly store: DocumentStore
  /** What the last lookup found there. */
  readonly published: Published
}

/** While observing: what another resource looks like, when it was asked for in the same observation. */
export type Peers = (id: ResourceId) => Promise<Observed | undefined>
