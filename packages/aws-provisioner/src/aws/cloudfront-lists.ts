// Whole lists of what CloudFront has in the account; it can be found in no other way.
import type { DistributionSummary } from '@aws-sdk/client-cloudfront'
import { describeAwsError } from '../error.ts'
import type { AwsClients } from './clients.ts'

export interface NamedId {
  readonly id: string
  readonly name: string
}

export async function listDistributions(clients: AwsClients): Promise<readonly DistributionSummary[]> {
  const { ListDistributionsCommand } = await import('@aws-sdk/client-cloudfront')
  const client = await clients.cloudfront()
  return collect('list the distributions', async (marker) => {
    const { DistributionList: page } = await client.send(new ListDistributionsCommand({ Marker: marker }))
    return { items: page?.Items ?? [], next: page?.NextMarker }
  })
}

export async function listAccessControls(clients: AwsClients): Promise<readonly NamedId[]> {
  const { ListOriginAccessControlsCommand } = await import('@aws-sdk/client-cloudfront')
  const client = await clients.cloudfront()
  return collect('list the origin access controls', async (marker) => {
    const { OriginAccessControlList: page } = await client.send(new ListOriginAccessControlsCommand({ Marker: marker }))
    return {
      items: (page?.Items ?? []).flatMap(({ Id: id, Name: name }) => (id && name ? [{ id, name }] : [])),
      next: page?.NextMarker,
    }
  })
}

/** Our own ones only: AWS's cannot be changed. */
export async function listCachePolicies(clients: AwsClients): Promise<readonly NamedId[]> {
  const { ListCachePoliciesCommand } = await import('@aws-sdk/client-cloudfront')
  const client = await clients.cloudfront()
  return collect('list the cache policies', async (marker) => {
    const { CachePolicyList: page } = await client.send(
      new ListCachePoliciesCommand({ Type: 'custom', Marker: marker }),
    )
    const items = (page?.Items ?? []).flatMap(({ CachePolicy: policy }) =>
      policy?.Id && policy.CachePolicyConfig?.Name ? [{ id: policy.Id, name: policy.CachePolicyConfig.Name }] : [],
    )
    return { items, next: page?.NextMarker }
  })
}

/** Reads page after page. `NextMarker` is absent or empty on the last. */
export async function collect<T>(
  what: string,
  readPage: (
    marker: string | undefined,
  ) => Promise<{ readonly items: readonly T[]; readonly next: string | undefined }>,
): Promise<readonly T[]> {
  const all: T[] = []
  let marker: string | undefined
  try {
    do {
      const page = await readPage(marker)
      all.push(...page.items)
      marker = page.next || undefined
    } while (marker !== undefined)
  } catch (error) {
    throw describeAwsError(what, error)
  }
  return all
}
