// The bucket and its settings. Its policy is a kind of its own: it needs the
// distribution, which needs the bucket.
import type { ListObjectVersionsCommandOutput, PublicAccessBlockConfiguration, S3Client } from '@aws-sdk/client-s3'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3'
import type { Attributes, Observed, Resource } from '@irsa/reconcile'
import { equal } from '@irsa/reconcile'
import type { AwsContext } from '../context.ts'
import { isAwsError, ProvisionerError } from '../error.ts'
import { bucketArn, bucketNamespace } from '../names.ts'
import type { KindOperations } from '../operations.ts'
import { absent, resourceOf } from '../operations.ts'
import { fromTagList, ownedTags, ownershipByTags, toTagList } from '../ownership.ts'

const LIFECYCLE_RULE_ID = 'irsa-keep-noncurrent'

export const bucket: KindOperations = {
  async observe(context, resource) {
    const location = await readLocation(context, resource)
    return typeof location === 'string' ? observeSettings(context, resource, location) : location
  },

  async ensure(context, step) {
    const { attributes, observed } = step
    const s3 = await context.clients.s3()
    const at = target(context, attributes)
    if (observed.state !== 'present') await create(s3, context, attributes)
    // A new bucket has most of it by default, one that was there before may have anything: only what differs is set.
    const existing = await observeSettings(context, resourceOf(step), context.facts.region)
    if (existing.ownership === 'foreign') throw takenMeanwhile(at.Bucket, existing.owner)
    const differs = (name: string): boolean => !equal(attributes[name], existing.attributes[name])
    const writes: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['publicAccessBlock', () => putPublicAccessBlock(s3, at, attributes)],
      ['ownership', () => putOwnership(s3, at)],
      ['versioning', () => putVersioning(s3, at)],
      ['encryption', () => putEncryption(s3, at)],
      ['lifecycle', () => putLifecycle(s3, at, attributes['lifecycle'] as Attributes)],
    ]
    await Promise.all(writes.filter(([name]) => differs(name)).map(([, write]) => write()))
    // Last, so that what is half changed still says that it needs adopting.
    if (differs('tags')) await putTags(s3, at, attributes['tags'] as Attributes)
    return outputs(context, attributes)
  },

  async remove(context, { observed, report }) {
    const s3 = await context.clients.s3()
    const name = observed.outputs['name'] ?? ''
    try {
      report('removing all versions of all objects')
      await emptyBucket(s3, name, '')
      await s3.send(new DeleteBucketCommand({ Bucket: name, ExpectedBucketOwner: context.facts.account }))
    } catch (error) {
      if (!isAwsError(error, 'NoSuchBucket')) throw error
    }
    return undefined
  },
}

interface Target {
  readonly Bucket: string
  readonly ExpectedBucketOwner: string
}

function target({ facts }: AwsContext, attributes: Attributes): Target {
  return { Bucket: String(attributes['name']), ExpectedBucketOwner: facts.account }
}

function outputs({ facts }: AwsContext, attributes: Attributes): Readonly<Record<string, string>> {
  const name = String(attributes['name'])
  return { name, arn: bucketArn(name, facts.partition) }
}

/** The region when it is there and in our account; otherwise how it was found. */
export async function readLocation(context: AwsContext, resource: Resource): Promise<string | Observed> {
  const s3 = await context.clients.s3()
  try {
    const reply = await s3.send(new GetBucketLocationCommand(target(context, resource.attributes)))
    return reply.LocationConstraint || 'us-east-1'
  } catch (error) {
    if (isAwsError(error, 'NoSuchBucket')) return absent(resource)
    if (isAwsError(error, 'PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException')) {
      return stranger(context, resource, 'another region')
    }
    // A bucket of another account answers exactly as one of ours that we may not read; `ExpectedBucketOwner` says it is not ours.
    if (isAwsError(error, 'AccessDenied') && (await existsElsewhere(s3, resource)))
      return stranger(context, resource, 'another account')
    throw error
  }
}

function stranger(context: AwsContext, resource: Resource, owner: string): Observed {
  return {
    id: resource.id,
    state: 'present',
    attributes: {},
    outputs: outputs(context, resource.attributes),
    ownership: 'foreign',
    owner,
  }
}

/** Whether the bucket is somebody else's: without the expected owner the answer is another than with it, or still a denial. */
async function existsElsewhere(s3: S3Client, resource: Resource): Promise<boolean> {
  try {
    await s3.send(new GetBucketLocationCommand({ Bucket: String(resource.attributes['name']) }))
    return true
  } catch (error) {
    return isAwsError(error, 'AccessDenied')
  }
}

async function observeSettings(context: AwsContext, resource: Resource, region: string): Promise<Observed> {
  const s3 = await context.clients.s3()
  const at = target(context, resource.attributes)
  const [block, ownership, versioning, encryption, lifecycle, tagging] = await Promise.all([
    orNothing(s3.send(new GetPublicAccessBlockCommand(at)), 'NoSuchPublicAccessBlockConfiguration'),
    orNothing(s3.send(new GetBucketOwnershipControlsCommand(at)), 'OwnershipControlsNotFoundError'),
    s3.send(new GetBucketVersioningCommand(at)),
    orNothing(s3.send(new GetBucketEncryptionCommand(at)), 'ServerSideEncryptionConfigurationNotFoundError'),
    orNothing(s3.send(new GetBucketLifecycleConfigurationCommand(at)), 'NoSuchLifecycleConfiguration'),
    orNothing(s3.send(new GetBucketTaggingCommand(at)), 'NoSuchTagSet'),
  ])
  const tags = fromTagList(tagging?.TagSet)
  const { BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets } =
    block?.PublicAccessBlockConfiguration ?? {}
  const rule = lifecycle?.Rules?.find(({ ID }) => ID === LIFECYCLE_RULE_ID)
  return {
    id: resource.id,
    state: 'present',
    attributes: {
      name: String(resource.attributes['name']),
      region,
      publicAccessBlock: {
        BlockPublicAcls: BlockPublicAcls ?? false,
        IgnorePublicAcls: IgnorePublicAcls ?? false,
        BlockPublicPolicy: BlockPublicPolicy ?? false,
        RestrictPublicBuckets: RestrictPublicBuckets ?? false,
      },
      ownership: ownership?.OwnershipControls?.Rules?.[0]?.ObjectOwnership ?? 'none',
      versioning: versioning.Status ?? 'none',
      encryption:
        encryption?.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ??
        'none',
      lifecycle: {
        status: rule?.Status ?? 'none',
        prefix: rule?.Filter?.Prefix ?? '',
        noncurrentDays: rule?.NoncurrentVersionExpiration?.NoncurrentDays ?? 0,
      },
      tags: ownedTags(tags, resource),
    },
    outputs: outputs(context, resource.attributes),
    ...ownershipByTags(tags, context.owner),
  }
}

async function orNothing<T>(reply: Promise<T>, code: string): Promise<T | undefined> {
  return reply.catch((error: unknown) => {
    if (isAwsError(error, code)) return undefined
    throw error
  })
}

async function create(s3: S3Client, context: AwsContext, attributes: Attributes): Promise<void> {
  const { facts } = context
  const name = String(attributes['name'])
  try {
    await s3.send(
      new CreateBucketCommand({
        Bucket: name,
        ObjectOwnership: 'BucketOwnerEnforced',
        ...(bucketNamespace(name) === 'account-regional' ? { BucketNamespace: 'account-regional' as const } : {}),
        CreateBucketConfiguration: {
          // us-east-1 is named by leaving it out (S3 API Reference, "CreateBucket").
          ...(facts.region === 'us-east-1' ? {} : { LocationConstraint: facts.region as 'eu-west-1' }),
          // The mark comes with the bucket, so that a run that dies here finds it again as its own.
          Tags: toTagList(attributes['tags'] as Attributes),
        },
      }),
    )
  } catch (error) {
    if (isAwsError(error, 'BucketAlreadyOwnedByYou')) return
    if (!isAwsError(error, 'BucketAlreadyExists')) throw error
    throw new ProvisionerError(
      'rejected',
      `Cannot create the bucket "${name}": somebody else has a bucket of that name`,
      {
        hint: 'Choose another name with issuer.bucket.',
        cause: error,
      },
    )
  }
}

function putPublicAccessBlock(s3: S3Client, at: Target, attributes: Attributes): Promise<unknown> {
  const PublicAccessBlockConfiguration = attributes['publicAccessBlock'] as PublicAccessBlockConfiguration
  return s3.send(new PutPublicAccessBlockCommand({ ...at, PublicAccessBlockConfiguration }))
}

function putOwnership(s3: S3Client, at: Target): Promise<unknown> {
  const OwnershipControls = { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' as const }] }
  return s3.send(new PutBucketOwnershipControlsCommand({ ...at, OwnershipControls }))
}

function putVersioning(s3: S3Client, at: Target): Promise<unknown> {
  return s3.send(new PutBucketVersioningCommand({ ...at, VersioningConfiguration: { Status: 'Enabled' } }))
}

function putEncryption(s3: S3Client, at: Target): Promise<unknown> {
  const ServerSideEncryptionConfiguration = {
    Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }],
  }
  return s3.send(new PutBucketEncryptionCommand({ ...at, ServerSideEncryptionConfiguration }))
}

function takenMeanwhile(name: string, owner: string | undefined): ProvisionerError {
  return new ProvisionerError(
    'conflict',
    `Cannot use the bucket "${name}": it belongs to ${owner} since a moment ago`,
    { transient: false },
  )
}

/** Rules of others stay. Current versions never expire; noncurrent ones are kept for some time. */
async function putLifecycle(s3: S3Client, at: Target, lifecycle: Attributes): Promise<void> {
  const present = await orNothing(
    s3.send(new GetBucketLifecycleConfigurationCommand(at)),
    'NoSuchLifecycleConfiguration',
  )
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({
      ...at,
      LifecycleConfiguration: {
        Rules: [
          ...(present?.Rules ?? []).filter(({ ID }) => ID !== LIFECYCLE_RULE_ID),
          {
            ID: LIFECYCLE_RULE_ID,
            Status: 'Enabled',
            Filter: { Prefix: String(lifecycle['prefix']) },
            NoncurrentVersionExpiration: { NoncurrentDays: Number(lifecycle['noncurrentDays']) },
          },
        ],
      },
    }),
  )
}

/** PutBucketTagging replaces the whole set: tags of others are put back with ours. */
async function putTags(s3: S3Client, at: Target, tags: Attributes): Promise<void> {
  const present = await orNothing(s3.send(new GetBucketTaggingCommand(at)), 'NoSuchTagSet')
  await s3.send(
    new PutBucketTaggingCommand({
      ...at,
      Tagging: { TagSet: toTagList({ ...fromTagList(present?.TagSet), ...tags }) },
    }),
  )
}

/** Deletes every version and delete marker of the keys below the prefix that are meant. */
export async function emptyBucket(
  s3: S3Client,
  name: string,
  prefix: string,
  isMeant: (key: string) => boolean = () => true,
): Promise<void> {
  let at: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {}
  while (at !== undefined) {
    const page: ListObjectVersionsCommandOutput = await s3.send(
      new ListObjectVersionsCommand({ Bucket: name, Prefix: prefix, ...at }),
    )
    const objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]
      .map(({ Key = '', VersionId }) => ({ Key, VersionId }))
      .filter(({ Key }) => isMeant(Key))
    if (objects.length > 0) await deleteObjects(s3, name, objects)
    at =
      page.IsTruncated === true
        ? {
            ...(page.NextKeyMarker ? { KeyMarker: page.NextKeyMarker } : {}),
            ...(page.NextVersionIdMarker ? { VersionIdMarker: page.NextVersionIdMarker } : {}),
          }
        : undefined
  }
}

async function deleteObjects(
  s3: S3Client,
  name: string,
  Objects: { Key: string; VersionId: string | undefined }[],
): Promise<void> {
  const reply = await s3.send(new DeleteObjectsCommand({ Bucket: name, Delete: { Objects, Quiet: true } }))
  const [refused] = reply.Errors ?? []
  if (refused === undefined) return
  throw new ProvisionerError(
    'rejected',
    `Cannot delete "${refused.Key}" in the bucket "${name}": ${refused.Code}: ${refused.Message}`,
  )
}
