// Ids of resources: what a plan shows and what `--adopt` takes.
import type { ResourceId } from '@irsa/reconcile'
import type { AwsKind } from './kinds.ts'

export function resourceId(kind: AwsKind, name: string): ResourceId {
  return `${kind}/${name}`
}

export const ISSUER = {
  discovery: resourceId('discovery-document', 'issuer'),
  keys: resourceId('key-set', 'issuer'),
  record: resourceId('record', 'issuer'),
  endpoint: resourceId('endpoint', 'issuer'),
} as const
