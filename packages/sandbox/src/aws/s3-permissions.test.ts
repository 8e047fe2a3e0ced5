import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  DeletePublicAccessBlockCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'
import type { PolicyDocument, Statement } from './policy.ts'

const Bucket = 'documents'
const ARN = `arn:aws:s3:::${Bucket}`
const Key = 'jwks'
const ETAG = '"8b04d5e3775d298e78455efc5ca404d5"'

interface Scene {
  readonly sandbox: Sandbox
  readonly account: string
  readonly admin: S3Client
  readonly user: (name: string, statements: readonly Statement[], account?: string) => S3Client
}

/** A versioned bucket with one object and one of each setting. */
async function setUp(): Promise<Scene> {
  const sandbox = createSandbox({ clock: { mode: 'manual' } })
  const account = sandbox.createAccount()
  const { requestHandler } = sandbox.session()
  const client = (credentials: { accessKeyId: string; secretAccessKey: string }): S3Client =>
    new S3Client({ region: 'us-east-1', credentials, requestHandler, maxAttempts: 1 })
  const admin = client(sandbox.createUser({ account }))
  await admin.send(new CreateBucketCommand({ Bucket }))
  await admin.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
  await admin.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'a', Value: '1' }] } }))
  await admin.send(LIFECYCLE)
  await admin.send(new PutObjectCommand({ Bucket, Key, Body: 'first' }))
  return {
    sandbox,
    account,
    admin,
    user: (name, statements, owner = account) => {
      const policies: PolicyDocument[] = [{ Version: '2012-10-17', Statement: statements }]
      return client(sandbox.createUser({ account: owner, name, policies }))
    },
  }
}

const LIFECYCLE = new PutBucketLifecycleConfigurationCommand({
  Bucket,
  LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } }] },
})
const ENCRYPTION = {
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }],
}
const POLICY = policy([{ Effect: 'Deny', Principal: '*', Action: 's3:GetObjectTorrent', Resource: `${ARN}/*` }])
const TAGGED = { CreateBucketConfiguration: { Tags: [{ Key: 'a', Value: '1' }] } }
const TagSet = [{ Key: 'a', Value: '1' }]

function policy(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

/** Any of the SDK's commands; its own types have no name for that. */
type Command = object

function send(client: S3Client, command: Command): Promise<unknown> {
  return client.send(command as GetObjectCommand)
}

/** What IAM must allow for each operation, and nothing more. Service Authorization Reference, Amazon S3. */
const PERMISSIONS: readonly (readonly [command: Command, actions: readonly string[], resource: string])[] = [
  [new ListBucketsCommand({}), ['s3:ListAllMyBuckets'], '*'],
  [new CreateBucketCommand({ Bucket: 'new' }), ['s3:CreateBucket'], 'arn:aws:s3:::new'],
  [new CreateBucketCommand({ Bucket: 'new', ...TAGGED }), ['s3:CreateBucket', 's3:TagResource'], 'arn:aws:s3:::new'],
  [
    new CreateBucketCommand({ Bucket: 'new', ObjectOwnership: 'BucketOwnerEnforced' }),
    ['s3:CreateBucket', 's3:PutBucketOwnershipControls'],
    'arn:aws:s3:::new',
  ],
  [new HeadBucketCommand({ Bucket }), ['s3:ListBucket'], ARN],
  [new GetBucketLocationCommand({ Bucket }), ['s3:GetBucketLocation'], ARN],
  [new ListObjectsV2Command({ Bucket }), ['s3:ListBucket'], ARN],
  [new ListObjectVersionsCommand({ Bucket }), ['s3:ListBucketVersions'], ARN],
  [new GetPublicAccessBlockCommand({ Bucket }), ['s3:GetBucketPublicAccessBlock'], ARN],
  [
    new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: {} }),
    ['s3:PutBucketPublicAccessBlock'],
    ARN,
  ],
  [new DeletePublicAccessBlockCommand({ Bucket }), ['s3:PutBucketPublicAccessBlock'], ARN],
  [new GetBucketOwnershipControlsCommand({ Bucket }), ['s3:GetBucketOwnershipControls'], ARN],
  [
    new PutBucketOwnershipControlsCommand({
      Bucket,
      OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] },
    }),
    ['s3:PutBucketOwnershipControls'],
    ARN,
  ],
  [new DeleteBucketOwnershipControlsCommand({ Bucket }), ['s3:PutBucketOwnershipControls'], ARN],
  [new PutBucketPolicyCommand({ Bucket, Policy: POLICY }), ['s3:PutBucketPolicy'], ARN],
  [new GetBucketVersioningCommand({ Bucket }), ['s3:GetBucketVersioning'], ARN],
  [
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    ['s3:PutBucketVersioning'],
    ARN,
  ],
  [new GetBucketTaggingCommand({ Bucket }), ['s3:GetBucketTagging'], ARN],
  [new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }), ['s3:PutBucketTagging'], ARN],
  [new DeleteBucketTaggingCommand({ Bucket }), ['s3:PutBucketTagging'], ARN],
  [new GetBucketEncryptionCommand({ Bucket }), ['s3:GetEncryptionConfiguration'], ARN],
  [
    new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: ENCRYPTION }),
    ['s3:PutEncryptionConfiguration'],
    ARN,
  ],
  [new DeleteBucketEncryptionCommand({ Bucket }), ['s3:PutEncryptionConfiguration'], ARN],
  [new GetBucketLifecycleConfigurationCommand({ Bucket }), ['s3:GetLifecycleConfiguration'], ARN],
  [LIFECYCLE, ['s3:PutLifecycleConfiguration'], ARN],
  [new DeleteBucketLifecycleCommand({ Bucket }), ['s3:PutLifecycleConfiguration'], ARN],
  [new GetObjectCommand({ Bucket, Key }), ['s3:GetObject'], `${ARN}/${Key}`],
  [new HeadObjectCommand({ Bucket, Key }), ['s3:GetObject'], `${ARN}/${Key}`],
  [new PutObjectCommand({ Bucket, Key, Body: 'x' }), ['s3:PutObject'], `${ARN}/${Key}`],
  [new PutObjectCommand({ Bucket, Key: 'new', Body: 'x', IfNoneMatch: '*' }), ['s3:PutObject'], `${ARN}/new`],
  [new PutObjectCommand({ Bucket, Key, Body: 'x', IfMatch: ETAG }), ['s3:PutObject', 's3:GetObject'], `${ARN}/${Key}`],
  [
    new PutObjectCommand({ Bucket, Key, Body: 'x', Tagging: 'a=1' }),
    ['s3:PutObject', 's3:PutObjectTagging'],
    `${ARN}/${Key}`,
  ],
  [new DeleteObjectCommand({ Bucket, Key }), ['s3:DeleteObject'], `${ARN}/${Key}`],
  [new DeleteObjectCommand({ Bucket, Key, IfMatch: '*' }), ['s3:DeleteObject'], `${ARN}/${Key}`],
  [new DeleteObjectCommand({ Bucket, Key, IfMatch: ETAG }), ['s3:DeleteObject', 's3:GetObject'], `${ARN}/${Key}`],
  [new DeleteObjectCommand({ Bucket, Key, VersionId: 'any' }), ['s3:DeleteObjectVersion'], `${ARN}/${Key}`],
  [new GetObjectTaggingCommand({ Bucket, Key }), ['s3:GetObjectTagging'], `${ARN}/${Key}`],
  [new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet } }), ['s3:PutObjectTagging'], `${ARN}/${Key}`],
  [new DeleteObjectTaggingCommand({ Bucket, Key }), ['s3:DeleteObjectTagging'], `${ARN}/${Key}`],
]

/** The same for what needs a version, a policy or an empty bucket first. */
const PREPARED: readonly (readonly [
  name: string,
  prepare: (scene: Scene) => Promise<Command>,
  action: string,
  resource: string,
])[] = [
  [
    'GetObject of a version',
    async (scene) => new GetObjectCommand({ Bucket, Key, VersionId: newest(scene) }),
    's3:GetObjectVersion',
    `${ARN}/${Key}`,
  ],
  [
    'HeadObject of a version',
    async (scene) => new HeadObjectCommand({ Bucket, Key, VersionId: newest(scene) }),
    's3:GetObjectVersion',
    `${ARN}/${Key}`,
  ],
  [
    'GetObjectTagging of a version',
    async (scene) => new GetObjectTaggingCommand({ Bucket, Key, VersionId: newest(scene) }),
    's3:GetObjectVersionTagging',
    `${ARN}/${Key}`,
  ],
  [
    'GetBucketPolicy',
    async (scene) => withPolicy(scene, new GetBucketPolicyCommand({ Bucket })),
    's3:GetBucketPolicy',
    ARN,
  ],
  [
    'GetBucketPolicyStatus',
    async (scene) => withPolicy(scene, new GetBucketPolicyStatusCommand({ Bucket })),
    's3:GetBucketPolicyStatus',
    ARN,
  ],
  [
    'DeleteBucketPolicy',
    async (scene) => withPolicy(scene, new DeleteBucketPolicyCommand({ Bucket })),
    's3:DeleteBucketPolicy',
    ARN,
  ],
  [
    'DeleteBucket',
    async ({ admin }) => {
      await admin.send(new CreateBucketCommand({ Bucket: 'empty' }))
      return new DeleteBucketCommand({ Bucket: 'empty' })
    },
    's3:DeleteBucket',
    'arn:aws:s3:::empty',
  ],
]

function newest({ sandbox }: Scene): string {
  return sandbox.world.aws.s3.buckets[`aws/${Bucket}`]?.objects[Key]?.[0]?.versionId ?? ''
}

async function withPolicy({ admin }: Scene, command: Command): Promise<Command> {
  await admin.send(new PutBucketPolicyCommand({ Bucket, Policy: POLICY }))
  return command
}

async function outcome(asking: Promise<unknown>): Promise<string> {
  return asking.then(
    () => 'done',
    (error: Error & { $metadata: { httpStatusCode: number } }) => String(error.$metadata.httpStatusCode),
  )
}

describe('authorizeOn', () => {
  it.each(
    PERMISSIONS.map(
      ([command, actions, resource]) =>
        [`${command.constructor.name} ${actions.join(' ')}`, command, actions, resource] as const,
    ),
  )('authorizeOn() asks for exactly: %s', async (_name, command, actions, resource) => {
    const scene = await setUp()
    const lacking = actions.map((missing) => [missing, actions.filter((action) => action !== missing)] as const)
    for (const [missing, rest] of lacking) {
      const statements: Statement[] = [
        { Effect: 'Allow', NotAction: missing, Resource: '*' },
        { Effect: 'Allow', Action: rest, Resource: resource },
      ]
      expect(await outcome(send(scene.user(`without-${missing}`.replace(':', '-'), statements), command))).toBe('403')
    }
    const exact = scene.user('exact', [{ Effect: 'Allow', Action: actions, Resource: resource }])
    expect(await outcome(send(exact, command))).toBe('done')
  })

  it.each(PREPARED)('authorizeOn() asks for exactly one action: %s', async (_name, prepare, Action, Resource) => {
    const scene = await setUp()
    const command = await prepare(scene)
    const without = scene.user('without', [{ Effect: 'Allow', NotAction: Action, Resource: '*' }])
    expect(await outcome(send(without, command))).toBe('403')
    expect(await outcome(send(scene.user('exact', [{ Effect: 'Allow', Action, Resource }]), command))).toBe('done')
  })
})
