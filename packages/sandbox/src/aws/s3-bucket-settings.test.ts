import {
  CreateBucketCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketTaggingCommand,
  DeletePublicAccessBlockCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'
const Bucket = 'documents'
const REGION = 'eu-west-1'

interface Scene {
  readonly sandbox: Sandbox
  readonly account: string
  readonly s3: S3Client
  readonly client: (options?: object) => S3Client
}

/** A bucket `documents` in eu-west-1 and its account's administrator. */
async function setUp(): Promise<Scene> {
  const sandbox = createSandbox({ clock: { mode: 'manual' } })
  const account = sandbox.createAccount()
  const credentials = sandbox.createUser({ account })
  const { requestHandler } = sandbox.session()
  const client = (options: object = {}): S3Client =>
    new S3Client({ region: REGION, credentials, requestHandler, maxAttempts: 1, ...options })
  const s3 = client()
  await s3.send(new CreateBucketCommand({ Bucket }))
  return { sandbox, account, s3, client }
}

type Step = (scene: Scene) => Promise<unknown>

const LIFECYCLE = {
  Rules: [
    {
      ID: 'keep',
      Status: 'Enabled' as const,
      Filter: { Prefix: '' },
      NoncurrentVersionExpiration: { NoncurrentDays: 400, NewerNoncurrentVersions: 5 },
    },
    {
      ID: 'parts',
      Status: 'Disabled' as const,
      Filter: { Prefix: 'x/' },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    },
  ],
}

const EDGE_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'cloudfront.amazonaws.com' },
      Action: ['s3:GetObject'],
      Resource: `arn:aws:s3:::${Bucket}/*`,
      Condition: { StringEquals: { 'AWS:SourceArn': 'arn:aws:cloudfront::111111111111:distribution/E1' } },
    },
  ],
})

const ALL_ON = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true }

/** What is done first, what is asked, what the answer has in it. */
const ANSWERS: readonly (readonly [name: string, prepare: Step | undefined, ask: Step, answer: object])[] = [
  [
    'GetPublicAccessBlock shows all four on for a fresh bucket',
    undefined,
    ({ s3 }) => s3.send(new GetPublicAccessBlockCommand({ Bucket })),
    { PublicAccessBlockConfiguration: ALL_ON },
  ],
  [
    'PutPublicAccessBlock sets what is named and clears the rest',
    ({ s3 }) =>
      s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { BlockPublicAcls: true } })),
    ({ s3 }) => s3.send(new GetPublicAccessBlockCommand({ Bucket })),
    {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        IgnorePublicAcls: false,
        BlockPublicPolicy: false,
        RestrictPublicBuckets: false,
      },
    },
  ],
  [
    'GetBucketOwnershipControls shows the default of a fresh bucket',
    undefined,
    ({ s3 }) => s3.send(new GetBucketOwnershipControlsCommand({ Bucket })),
    { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } },
  ],
  [
    'PutBucketOwnershipControls changes it',
    ({ s3 }) =>
      s3.send(
        new PutBucketOwnershipControlsCommand({
          Bucket,
          OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] },
        }),
      ),
    ({ s3 }) => s3.send(new GetBucketOwnershipControlsCommand({ Bucket })),
    { OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] } },
  ],
  [
    'GetBucketVersioning says nothing before it is set',
    undefined,
    ({ s3 }) => s3.send(new GetBucketVersioningCommand({ Bucket })).then(({ Status = 'nothing' }) => ({ Status })),
    { Status: 'nothing' },
  ],
  [
    'PutBucketVersioning enables',
    ({ s3 }) => s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } })),
    ({ s3 }) => s3.send(new GetBucketVersioningCommand({ Bucket })),
    { Status: 'Enabled' },
  ],
  [
    'GetBucketEncryption shows SSE-S3 for a fresh bucket',
    undefined,
    ({ s3 }) => s3.send(new GetBucketEncryptionCommand({ Bucket })),
    {
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
            BucketKeyEnabled: false,
            BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
          },
        ],
      },
    },
  ],
  [
    'PutBucketEncryption sets algorithm, key and bucket key',
    ({ s3 }) =>
      s3.send(
        new PutBucketEncryptionCommand({
          Bucket,
          ServerSideEncryptionConfiguration: {
            Rules: [
              {
                ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'alias/one' },
                BucketKeyEnabled: true,
              },
            ],
          },
        }),
      ),
    ({ s3 }) => s3.send(new GetBucketEncryptionCommand({ Bucket })),
    {
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'alias/one' },
            BucketKeyEnabled: true,
          },
        ],
      },
    },
  ],
  [
    'DeleteBucketEncryption goes back to SSE-S3',
    async ({ s3 }) => {
      const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const } }
      const ServerSideEncryptionConfiguration = { Rules: [rule] }
      await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }))
      await s3.send(new DeleteBucketEncryptionCommand({ Bucket }))
    },
    ({ s3 }) => s3.send(new GetBucketEncryptionCommand({ Bucket })),
    {
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    },
  ],
  [
    'PutBucketTagging replaces the whole set',
    async ({ s3 }) => {
      await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'a', Value: '1' }] } }))
      await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'b', Value: '' }] } }))
    },
    ({ s3 }) => s3.send(new GetBucketTaggingCommand({ Bucket })),
    { TagSet: [{ Key: 'b', Value: '' }] },
  ],
  [
    'PutBucketLifecycleConfiguration keeps the rules as sent',
    ({ s3 }) => s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: LIFECYCLE })),
    ({ s3 }) => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
    { ...LIFECYCLE, TransitionDefaultMinimumObjectSize: 'all_storage_classes_128K' },
  ],
  [
    'PutBucketLifecycleConfiguration names a rule that came without a name',
    ({ s3 }) => {
      const [{ ID: _, ...rule }] = LIFECYCLE.Rules as [(typeof LIFECYCLE.Rules)[0]]
      const LifecycleConfiguration = { Rules: [rule] }
      return s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }))
    },
    ({ s3 }) => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
    { Rules: [{ ID: expect.stringMatching(/^\w{48}$/) as string, Status: 'Enabled' }] },
  ],
  [
    'GetBucketPolicy gives the policy in its own spelling',
    ({ s3 }) => s3.send(new PutBucketPolicyCommand({ Bucket, Policy: EDGE_POLICY })),
    ({ s3 }) => s3.send(new GetBucketPolicyCommand({ Bucket })),
    { Policy: EDGE_POLICY.replace('["s3:GetObject"]', '"s3:GetObject"') },
  ],
  [
    'GetBucketPolicyStatus says whether it is public',
    ({ s3 }) => s3.send(new PutBucketPolicyCommand({ Bucket, Policy: EDGE_POLICY })),
    ({ s3 }) => s3.send(new GetBucketPolicyStatusCommand({ Bucket })),
    { PolicyStatus: { IsPublic: false } },
  ],
]

/** After deleting a setting, what reading it says. */
const DELETIONS: readonly (readonly [name: string, remove: Step, read: Step, code: string])[] = [
  [
    'DeletePublicAccessBlock',
    ({ s3 }) => s3.send(new DeletePublicAccessBlockCommand({ Bucket })),
    ({ s3 }) => s3.send(new GetPublicAccessBlockCommand({ Bucket })),
    'NoSuchPublicAccessBlockConfiguration',
  ],
  [
    'DeleteBucketOwnershipControls',
    ({ s3 }) => s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket })),
    ({ s3 }) => s3.send(new GetBucketOwnershipControlsCommand({ Bucket })),
    'OwnershipControlsNotFoundError',
  ],
  [
    'DeleteBucketPolicy',
    async ({ s3 }) => {
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: EDGE_POLICY }))
      await s3.send(new DeleteBucketPolicyCommand({ Bucket }))
    },
    ({ s3 }) => s3.send(new GetBucketPolicyCommand({ Bucket })),
    'NoSuchBucketPolicy',
  ],
  [
    'DeleteBucketTagging',
    async ({ s3 }) => {
      await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'a', Value: '1' }] } }))
      await s3.send(new DeleteBucketTaggingCommand({ Bucket }))
    },
    ({ s3 }) => s3.send(new GetBucketTaggingCommand({ Bucket })),
    'NoSuchTagSet',
  ],
  [
    'DeleteBucketLifecycle',
    async ({ s3 }) => {
      await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: LIFECYCLE }))
      await s3.send(new DeleteBucketLifecycleCommand({ Bucket }))
    },
    ({ s3 }) => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
    'NoSuchLifecycleConfiguration',
  ],
]

function tag(pairs: readonly (readonly [string, string])[]): Step {
  const TagSet = pairs.map(([Key, Value]) => ({ Key, Value }))
  return ({ s3 }) => s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }))
}

function rule(options: object): Step {
  const LifecycleConfiguration = {
    Rules: [{ ID: 'a', Status: 'Enabled' as const, Filter: { Prefix: '' }, ...options }],
  }
  return ({ s3 }) => s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }))
}

function encrypt(rule: object): Step {
  const ServerSideEncryptionConfiguration = { Rules: [rule] }
  return ({ s3 }) => s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }))
}

/** `message` is a piece of the text. */
const REFUSALS: readonly (readonly [name: string, ask: Step, code: string, status: number, message: string])[] = [
  [
    'a tag twice',
    tag([
      ['a', '1'],
      ['a', '2'],
    ]),
    'InvalidTag',
    400,
    'Cannot provide multiple Tags with the same key',
  ],
  ['a tag of AWS', tag([['aws:x', '1']]), 'InvalidTag', 400, 'System tags cannot be added/updated by requester'],
  ['a tag without a key', tag([['', '1']]), 'InvalidTag', 400, 'The TagKey you have provided is invalid'],
  [
    'a tag with a letter that is none',
    tag([['a', '<']]),
    'InvalidTag',
    400,
    'The TagValue you have provided is invalid',
  ],
  ['51 tags', tag(Array.from({ length: 51 }, (_, index) => [`t${index}`, ''] as const)), 'BadRequest', 400, ''],
  [
    'versioning without a status',
    ({ s3 }) => s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: {} })),
    'IllegalVersioningConfigurationException',
    400,
    'The Versioning element must be specified',
  ],
  [
    'versioning with another status',
    ({ s3 }) => s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'On' as never } })),
    'MalformedXML',
    400,
    'not well-formed or did not validate',
  ],
  [
    'an encryption that is none',
    encrypt({ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'ROT13' } }),
    'MalformedXML',
    400,
    '',
  ],
  [
    'a key for SSE-S3',
    encrypt({ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256', KMSMasterKeyID: 'k' } }),
    'InvalidArgument',
    400,
    'a KMSMasterKeyID is not applicable',
  ],
  ['a rule of encryption that says nothing', encrypt({}), 'MalformedXML', 400, ''],
  [
    'a lifecycle rule without an action',
    rule({}),
    'InvalidRequest',
    400,
    'At least one action needs to be specified in a rule',
  ],
  [
    'a lifecycle of no days',
    rule({ NoncurrentVersionExpiration: { NoncurrentDays: 0 } }),
    'InvalidArgument',
    400,
    'must be a positive integer',
  ],
  ['a lifecycle with another status', rule({ Status: 'On', Expiration: { Days: 1 } }), 'MalformedXML', 400, ''],
  [
    'a lifecycle name of 256 letters',
    rule({ ID: 'a'.repeat(256), Expiration: { Days: 1 } }),
    'InvalidArgument',
    400,
    'ID length should not exceed allowed limit of 255',
  ],
  [
    'a policy that is no JSON',
    ({ s3 }) => s3.send(new PutBucketPolicyCommand({ Bucket, Policy: '{' })),
    'MalformedPolicy',
    400,
    'This policy contains invalid Json',
  ],
]

describe('settings of buckets', () => {
  it.each(ANSWERS)('s3.handle() %s', async (_name, prepare, ask, answer) => {
    const scene = await setUp()
    await prepare?.(scene)
    expect(await ask(scene)).toMatchObject(answer)
  })

  it.each(DELETIONS)('s3.handle() %s leaves nothing to read', async (_name, remove, read, code) => {
    const scene = await setUp()
    await remove(scene)
    await expect(read(scene)).rejects.toMatchObject({ name: code, $metadata: { httpStatusCode: 404 } })
  })

  it.each(REFUSALS)('s3.handle() refuses %s', async (_name, ask, code, status, message) => {
    const refused = await ask(await setUp()).then(
      () => undefined,
      (error: unknown) => error as Error & { $metadata: { httpStatusCode: number } },
    )
    expect(refused?.name).toBe(code)
    expect(refused?.$metadata.httpStatusCode).toBe(status)
    expect(refused?.message).toContain(message)
  })
})
