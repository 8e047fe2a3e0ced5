// The cluster's kinds of resources.
import type { Kind } from '@irsa/reconcile'

export type ClusterKind = 'service-account'

export const clusterKinds: readonly (Kind & { readonly name: ClusterKind })[] = [
  { name: 'service-account', title: 'service account', after: [] },
]
