// The OIDC provider in IAM: from here on STS trusts what the issuer publishes.
import type { GetOpenIDConnectProviderCommandOutput, IAMClient } from '@aws-sdk/client-iam'
import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  TagOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from '@aws-sdk/client-iam'
import type { Attributes, Step } from '@irsa/reconcile'
import type { AwsContext } from '../context.ts'
import { isAwsError, ProvisionerError } from '../error.ts'
import type { KindOperations } from '../operations.ts'
import { absent, resourceOf } from '../operations.ts'
import { fromTagList, ownedTags, ownershipByTags, toTagList } from '../ownership.ts'
import { untilGone, untilShown } from './iam-visibility.ts'

export const oidcProvider: KindOperations = {
  async observe({ clients, owner }, resource) {
    const arn = String(resource.attributes['arn'])
    const found = await read(await clients.iam(), arn)
    if (found === undefined) return absent(resource)
    const tags = fromTagList(found.Tags)
    return {
      id: resource.id,
      state: 'present',
      attributes: {
        arn,
        url: found.Url ?? '',
        clientIds: [...(found.ClientIDList ?? [])].sort(),
        thumbprints: [...(found.ThumbprintList ?? [])].sort(),
        tags: ownedTags(tags, resource),
      },
      outputs: { arn, name: found.Url ?? '', createdAtMs: String(found.CreateDate?.getTime() ?? 0) },
      ...ownershipByTags(tags, owner),
    }
  },

  async ensure(context, step) {
    const iam = await context.clients.iam()
    const arn = String(step.attributes['arn'])
    const existing = step.observed.state === 'present' ? await read(iam, arn) : await create(context, step)
    if (existing !== undefined) await update(iam, arn, existing, step.attributes)
    await untilShown(context.clock, `the OIDC provider ${arn}`, step.attributes, () =>
      oidcProvider.observe(context, resourceOf(step)),
    )
    return { arn, name: String(step.attributes['url']) }
  },

  async remove({ clients, clock }, { observed }) {
    const iam = await clients.iam()
    const arn = observed.outputs['arn'] ?? ''
    try {
      await iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }))
    } catch (error) {
      if (!isAwsError(error, 'NoSuchEntity')) throw error
    }
    // Only when STS has forgotten the issuer may its name go.
    await untilGone(clock, `the OIDC provider ${arn}`, async () => (await read(iam, arn)) === undefined)
    return undefined
  },
}

type Found = GetOpenIDConnectProviderCommandOutput

async function read(iam: IAMClient, arn: string): Promise<Found | undefined> {
  try {
    return await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }))
  } catch (error) {
    if (isAwsError(error, 'NoSuchEntity')) return undefined
    throw error
  }
}

/** What is there already, when somebody was faster or an earlier answer was lost. */
async function create(context: AwsContext, { attributes }: Step): Promise<Found | undefined> {
  const iam = await context.clients.iam()
  const url = `https://${String(attributes['url'])}`
  try {
    await iam.send(
      new CreateOpenIDConnectProviderCommand({
        Url: url,
        ClientIDList: attributes['clientIds'] as string[],
        ...(attributes['thumbprints'] === undefined ? {} : { ThumbprintList: attributes['thumbprints'] as string[] }),
        Tags: toTagList(attributes['tags'] as Attributes),
      }),
    )
    return undefined
  } catch (error) {
    if (isAwsError(error, 'EntityAlreadyExists')) return read(iam, String(attributes['arn']))
    if (!isAwsError(error, 'OpenIdIdpCommunicationError')) throw error
    throw new ProvisionerError(
      'rejected',
      `Cannot register ${url}: IAM cannot read its documents: ${(error as Error).message}`,
      {
        hint: `Look at ${url}/.well-known/openid-configuration from outside your network; then run again.`,
        cause: error,
        transient: true,
      },
    )
  }
}

async function update(iam: IAMClient, arn: string, found: Found, attributes: Attributes): Promise<void> {
  const wanted = attributes['clientIds'] as readonly string[]
  const present = found.ClientIDList ?? []
  const at = { OpenIDConnectProviderArn: arn }
  for (const ClientID of wanted.filter((id) => !present.includes(id))) {
    await iam.send(new AddClientIDToOpenIDConnectProviderCommand({ ...at, ClientID }))
  }
  const thumbprints = attributes['thumbprints'] as readonly string[] | undefined
  if (thumbprints !== undefined && [...(found.ThumbprintList ?? [])].sort().join() !== thumbprints.join()) {
    await iam.send(new UpdateOpenIDConnectProviderThumbprintCommand({ ...at, ThumbprintList: [...thumbprints] }))
  }
  for (const ClientID of present.filter((id) => !wanted.includes(id))) {
    await iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand({ ...at, ClientID }))
  }
  // Last, so that what is half changed still says that it needs adopting.
  const tags = attributes['tags'] as Attributes
  const now = fromTagList(found.Tags)
  if (Object.entries(tags).some(([name, value]) => now[name] !== value)) {
    await iam.send(new TagOpenIDConnectProviderCommand({ ...at, Tags: toTagList(tags) }))
  }
}
