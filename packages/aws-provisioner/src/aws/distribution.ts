// The distribution. What somebody else set on it (logging, a web ACL) is kept: an
// update lays our attributes over the configuration that is there.
import type { DistributionConfig } from '@aws-sdk/client-cloudfront'
import {
  CreateDistributionWithTagsCommand,
  DeleteDistributionCommand,
  GetDistributionCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront'
import type { Attributes, Step } from '@irsa/reconcile'
import { poll } from '../clock.ts'
import type { AwsContext } from '../context.ts'
import { isAwsError, ProvisionerError } from '../error.ts'
import type { KindOperations, StepOutputs } from '../operations.ts'
import { absent } from '../operations.ts'
import { fromTagList, ownedTags, ownershipByTags, toTagList } from '../ownership.ts'
import { listDistributions } from './cloudfront-lists.ts'
import { fromDistributionConfig, overlayDistributionConfig, toDistributionConfig } from './distribution-config.ts'

const DEPLOY_TIMEOUT_MS = 35 * 60_000
const DEPLOY_INTERVAL_MS = 15_000

export const distribution: KindOperations = {
  async observe({ clients, facts, owner }, resource) {
    const id = facts.distribution?.id
    if (id === undefined) return absent(resource)
    const client = await clients.cloudfront()
    const Resource = arnOf(id, facts)
    try {
      const [{ Distribution: found }, tagging] = await Promise.all([
        client.send(new GetDistributionCommand({ Id: id })),
        client.send(new ListTagsForResourceCommand({ Resource })),
      ])
      const tags = fromTagList(tagging.Tags?.Items)
      return {
        id: resource.id,
        state: 'present',
        attributes: { ...fromDistributionConfig(found?.DistributionConfig), tags: ownedTags(tags, resource) },
        outputs: outputs(id, found?.DomainName ?? '', facts),
        ready: found?.Status === 'Deployed',
        ...ownershipByTags(tags, owner),
      }
    } catch (error) {
      if (isAwsError(error, 'NoSuchDistribution', 'NoSuchResource')) return absent(resource)
      throw error
    }
  },

  async ensure(context, step) {
    const { id } = step.observed.outputs
    return id === undefined ? create(context, step) : update(context, step, id)
  },

  async await({ clients, clock, facts }, { observed, report, signal }) {
    const client = await clients.cloudfront()
    const Id = observed.outputs['id'] ?? ''
    return poll({
      clock,
      intervalMs: DEPLOY_INTERVAL_MS,
      timeoutMs: DEPLOY_TIMEOUT_MS,
      what: `the distribution ${Id} to be deployed`,
      ...(signal === undefined ? {} : { signal }),
      onPending: (message, waitedMs) =>
        report(`${message} (${Math.round(waitedMs / 1000)} s; usually about 5 minutes)`),
      check: async () => {
        const { Distribution: found } = await client.send(new GetDistributionCommand({ Id }))
        if (found?.Status === 'Deployed') return { done: outputs(Id, found.DomainName ?? '', facts) }
        return { pending: `its status is ${found?.Status ?? 'unknown'}` }
      },
    })
  },

  async remove(context, step) {
    try {
      await disable(context, step)
      const client = await context.clients.cloudfront()
      const Id = step.observed.outputs['id'] ?? ''
      const { ETag: etag } = await client.send(new GetDistributionCommand({ Id }))
      step.report('deleting')
      await client.send(new DeleteDistributionCommand({ Id, IfMatch: etag }))
    } catch (error) {
      if (!isAwsError(error, 'NoSuchDistribution')) throw error
    }
    return undefined
  },
}

function arnOf(id: string, facts: AwsContext['facts']): string {
  return `arn:${facts.partition}:cloudfront::${facts.account}:distribution/${id}`
}

function outputs(id: string, domainName: string, facts: AwsContext['facts']): Readonly<Record<string, string>> {
  return { id, name: domainName, domainName, arn: arnOf(id, facts) }
}

/**
 * The caller reference makes two runs that create at once end with one distribution:
 * CloudFront never takes the same one twice. Where an earlier distribution has used
 * it up, the next in the row is tried.
 */
async function create(context: AwsContext, { attributes }: Step): Promise<StepOutputs> {
  const client = await context.clients.cloudfront()
  const tags = toTagList(attributes['tags'] as Attributes)
  for (let generation = 1; ; generation++) {
    const reference = `irsa ${context.owner} ${generation}`
    try {
      const reply = await client.send(
        new CreateDistributionWithTagsCommand({
          DistributionConfigWithTags: {
            DistributionConfig: toDistributionConfig(attributes, reference),
            Tags: { Items: tags },
          },
        }),
      )
      return outputs(reply.Distribution?.Id ?? '', reply.Distribution?.DomainName ?? '', context.facts)
    } catch (error) {
      if (isAwsError(error, 'CNAMEAlreadyExists')) throw aliasTaken(attributes, error)
      if (!isAwsError(error, 'DistributionAlreadyExists')) throw error
      const found = (await listDistributions(context.clients)).find(({ Comment }) => Comment === attributes['comment'])
      if (found?.Id !== undefined) return outputs(found.Id, found.DomainName ?? '', context.facts)
    }
  }
}

async function update(context: AwsContext, { attributes, observed, action }: Step, id: string): Promise<StepOutputs> {
  const client = await context.clients.cloudfront()
  if (action.changes.some(({ path }) => !path.startsWith('/tags'))) {
    const { Distribution: found, ETag: etag } = await client.send(new GetDistributionCommand({ Id: id }))
    try {
      await client.send(
        new UpdateDistributionCommand({
          Id: id,
          IfMatch: etag,
          DistributionConfig: overlayDistributionConfig(found?.DistributionConfig as DistributionConfig, attributes),
        }),
      )
    } catch (error) {
      throw isAwsError(error, 'CNAMEAlreadyExists') ? aliasTaken(attributes, error) : error
    }
  }
  // Last, so that what is half changed still says that it needs adopting.
  if (action.changes.some(({ path }) => path.startsWith('/tags'))) {
    const Items = toTagList(attributes['tags'] as Attributes)
    await client.send(new TagResourceCommand({ Resource: arnOf(id, context.facts), Tags: { Items } }))
  }
  return outputs(id, observed.outputs['domainName'] ?? '', context.facts)
}

function aliasTaken(attributes: Attributes, cause: unknown): ProvisionerError {
  const [alias] = attributes['aliases'] as readonly string[]
  return new ProvisionerError(
    'rejected',
    `Cannot serve "${alias}": another distribution, perhaps in another account, already does`,
    {
      hint: 'Find it with `aws cloudfront list-conflicting-aliases`; free the name there, or choose another domain.',
      cause,
    },
  )
}

/** A distribution is deleted only when it is disabled and that has reached all edges. */
async function disable(context: AwsContext, { observed, report, signal }: Step): Promise<void> {
  const client = await context.clients.cloudfront()
  const Id = observed.outputs['id'] ?? ''
  const { Distribution: found, ETag: etag } = await client.send(new GetDistributionCommand({ Id }))
  const config = found?.DistributionConfig
  if (config?.Enabled === true) {
    report('disabling')
    await client.send(
      new UpdateDistributionCommand({ Id, IfMatch: etag, DistributionConfig: { ...config, Enabled: false } }),
    )
  }
  await poll({
    clock: context.clock,
    intervalMs: DEPLOY_INTERVAL_MS,
    timeoutMs: DEPLOY_TIMEOUT_MS,
    what: `the distribution ${Id} to be disabled everywhere`,
    ...(signal === undefined ? {} : { signal }),
    onPending: (message, waitedMs) => report(`${message} (${Math.round(waitedMs / 1000)} s; usually about 5 minutes)`),
    check: async () => {
      const { Distribution: now } = await client.send(new GetDistributionCommand({ Id }))
      return now?.Status === 'Deployed' ? { done: true } : { pending: `its status is ${now?.Status ?? 'unknown'}` }
    },
  })
}
