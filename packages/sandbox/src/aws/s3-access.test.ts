import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  DeletePublicAccessBlockCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
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
const POLICY = policy([{ Effect: 'Deny', Principal: '*', Action: 's3:GetObjectTorrent', Resource: `${ARN}/*` }])
const TAGGED = { CreateBucketConfiguration: { Tags: [{ Key: 'a', Value: '1' }] } }

function policy(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

/** Any of the SDK's commands; its own types have no name for that. */
type Command = object

function send(client: S3Client, command: Command): Promise<unknown> {
  return client.send(command as GetObjectCommand)
}

async function outcome(asking: Promise<unknown>): Promise<string> {
  return asking.then(
    () => 'done',
    (error: Error & { $metadata: { httpStatusCode: number } }) => String(error.$metadata.httpStatusCode),
  )
}

describe('authorizeOn', () => {
  it('authorizeOn() says which policy is the reason', async () => {
    const { admin, user } = await setUp()
    const asking = new GetObjectCommand({ Bucket, Key })
    const who = 'User: arn:aws:iam::111111111111:user/'
    const what = `is not authorized to perform: s3:GetObject on resource: "${ARN}/${Key}"`
    await expect(user('nobody', []).send(asking)).rejects.toThrow(
      `${who}nobody ${what} because no identity-based policy allows the s3:GetObject action`,
    )
    const denied = user('denied', [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: 's3:Get*', Resource: '*' },
    ])
    await expect(denied.send(asking)).rejects.toThrow(
      `${who}denied ${what} with an explicit deny in an identity-based policy`,
    )
    const Policy = policy([{ Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: `${ARN}/*` }])
    await admin.send(new PutBucketPolicyCommand({ Bucket, Policy }))
    await expect(admin.send(asking)).rejects.toThrow(
      `${who}admin ${what} with an explicit deny in a resource-based policy`,
    )
  })

  it.each([
    ['GET', new GetObjectCommand({ Bucket, Key: 'absent' })],
    ['HEAD', new HeadObjectCommand({ Bucket, Key: 'absent' })],
  ])('authorizeOn() hides with 403 that a key is absent from whoever may not list: %s', async (_method, command) => {
    const { user } = await setUp()
    const reader = user('reader', [{ Effect: 'Allow', Action: 's3:GetObject', Resource: `${ARN}/*` }])
    const lister = user('lister', [
      { Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: [ARN, `${ARN}/*`] },
    ])
    expect(await outcome(send(reader, command))).toBe('403')
    expect(await outcome(send(lister, command))).toBe('404')
  })

  it('authorizeOn() denies an administrator what the bucket policy denies', async () => {
    const { admin } = await setUp()
    const statements: Statement[] = [
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:PutObject',
        Resource: `${ARN}/${Key}`,
        Condition: { Null: { 's3:if-match': 'true', 's3:if-none-match': 'true' } },
      },
      { Effect: 'Deny', Principal: '*', Action: ['s3:DeleteObject', 's3:DeleteObjectVersion'], Resource: `${ARN}/*` },
      { Effect: 'Deny', Principal: '*', Action: ['s3:PutBucketPolicy', 's3:DeleteBucketPolicy'], Resource: ARN },
    ]
    await admin.send(new PutBucketPolicyCommand({ Bucket, Policy: policy(statements) }))
    const attempts: readonly (readonly [Command, string])[] = [
      [new PutObjectCommand({ Bucket, Key, Body: 'x' }), '403'],
      [new PutObjectCommand({ Bucket, Key, Body: 'x', IfNoneMatch: '*' }), '412'],
      [new PutObjectCommand({ Bucket, Key, Body: 'x', IfMatch: ETAG }), 'done'],
      [new PutObjectCommand({ Bucket, Key: 'other', Body: 'x' }), 'done'],
      [new DeleteObjectCommand({ Bucket, Key }), '403'],
      [new DeleteObjectCommand({ Bucket, Key, VersionId: 'any' }), '403'],
      [new PutBucketPolicyCommand({ Bucket, Policy: POLICY }), '403'],
      [new DeleteBucketPolicyCommand({ Bucket }), '403'],
      [new GetBucketPolicyCommand({ Bucket }), 'done'],
    ]
    for (const [command, expected] of attempts) {
      expect([command.constructor.name, await outcome(send(admin, command))]).toEqual([
        command.constructor.name,
        expected,
      ])
    }
  })

  it.each([
    [
      's3:prefix',
      { StringEquals: { 's3:prefix': 'a/' } },
      's3:ListBucket',
      new ListObjectsV2Command({ Bucket, Prefix: 'a/' }),
      new ListObjectsV2Command({ Bucket }),
    ],
    [
      's3:if-none-match',
      { StringEquals: { 's3:if-none-match': '*' } },
      's3:PutObject',
      new PutObjectCommand({ Bucket, Key: 'n', Body: 'x', IfNoneMatch: '*' }),
      new PutObjectCommand({ Bucket, Key: 'n', Body: 'x' }),
    ],
    [
      's3:ObjectCreationOperation',
      { Bool: { 's3:ObjectCreationOperation': 'true' } },
      's3:PutObject',
      new PutObjectCommand({ Bucket, Key: 'n', Body: 'x' }),
      undefined,
    ],
    [
      's3:RequestObjectTag',
      { StringEquals: { 's3:RequestObjectTag/a': '1' } },
      's3:PutObject*',
      new PutObjectCommand({ Bucket, Key: 'n', Body: 'x', Tagging: 'a=1' }),
      new PutObjectCommand({ Bucket, Key: 'n', Body: 'x', Tagging: 'a=2' }),
    ],
    [
      's3:versionid',
      { StringEquals: { 's3:versionid': 'v' } },
      's3:DeleteObjectVersion',
      new DeleteObjectCommand({ Bucket, Key, VersionId: 'v' }),
      new DeleteObjectCommand({ Bucket, Key, VersionId: 'w' }),
    ],
    [
      's3:x-amz-bucket-namespace',
      { StringEquals: { 's3:x-amz-bucket-namespace': 'account-regional' } },
      's3:CreateBucket',
      new CreateBucketCommand({ Bucket: 'x-111111111111-us-east-1-an', BucketNamespace: 'account-regional' }),
      new CreateBucketCommand({ Bucket: 'x-new' }),
    ],
    [
      'aws:RequestTag',
      { StringEquals: { 'aws:RequestTag/a': '1' } },
      ['s3:CreateBucket', 's3:TagResource'],
      new CreateBucketCommand({ Bucket: 'new', ...TAGGED }),
      new CreateBucketCommand({ Bucket: 'new' }),
    ],
    [
      'aws:SecureTransport',
      { Bool: { 'aws:SecureTransport': 'true' } },
      's3:GetObject',
      new GetObjectCommand({ Bucket, Key }),
      undefined,
    ],
    [
      's3:ResourceAccount',
      { StringEquals: { 's3:ResourceAccount': '111111111111' } },
      's3:GetObject',
      new GetObjectCommand({ Bucket, Key }),
      undefined,
    ],
    [
      'aws:RequestedRegion',
      { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } },
      's3:GetObject',
      new GetObjectCommand({ Bucket, Key }),
      undefined,
    ],
  ] as const)('authorizeOn() knows the condition key %s', async (_key, Condition, Action, allowed, refused) => {
    const { user } = await setUp()
    const limited = user('limited', [{ Effect: 'Allow', Action, Resource: '*', Condition }])
    const commands: readonly Command[] = refused === undefined ? [allowed] : [allowed, refused]
    const outcomes: string[] = []
    for (const command of commands) outcomes.push(await outcome(send(limited, command)))
    expect(outcomes).toEqual(['done', '403'].slice(0, commands.length))
  })

  it('authorizeOn() tells plain HTTP at S3’s own hosts from TLS', async () => {
    const { sandbox, admin } = await setUp()
    const Policy = policy([
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: `${ARN}/*`,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ])
    await admin.send(new PutBucketPolicyCommand({ Bucket, Policy }))
    const { accessKeyId } = sandbox.createUser({ account: '111111111111', name: 'curl' })
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/s3/aws4_request`
    const statuses = [
      'https://s3.us-east-1.amazonaws.com',
      'http://s3.us-east-1.amazonaws.com',
      'http://127.0.0.1:4566',
    ].map(async (origin) => {
      const request = {
        method: 'GET',
        url: new URL(`${origin}/${Bucket}/${Key}`),
        headers: { authorization },
        body: new Uint8Array(),
      }
      return (await sandbox.handle({ to: 'aws' }, request, 'x')).status
    })
    expect(await Promise.all(statuses)).toEqual([200, 403, 200])
  })

  it('authorizeOn() wants both sides’ consent for another account, and tells it nothing', async () => {
    const { sandbox, admin, user } = await setUp()
    const other = sandbox.createAccount()
    const everything: Statement[] = [{ Effect: 'Allow', Action: '*', Resource: '*' }]
    const stranger = user('stranger', everything, other)
    const powerless = user('powerless', [], other)
    const asking = new GetObjectCommand({ Bucket, Key })
    await expect(stranger.send(asking)).rejects.toMatchObject({ name: 'AccessDenied', message: 'Access Denied' })
    const Policy = policy([
      { Effect: 'Allow', Principal: { AWS: other }, Action: ['s3:GetObject', 's3:PutObject'], Resource: `${ARN}/*` },
      { Effect: 'Allow', Principal: { AWS: other }, Action: 's3:*BucketPolicy', Resource: ARN },
    ])
    await admin.send(new PutBucketPolicyCommand({ Bucket, Policy }))
    expect(await outcome(stranger.send(asking))).toBe('done')
    expect(await outcome(powerless.send(asking))).toBe('403')
    await expect(stranger.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({
      name: 'MethodNotAllowed',
    })
  })

  it('authorizeOn() lets the bucket policy alone allow a user of the same account', async () => {
    const { admin, user } = await setUp()
    const powerless = user('powerless', [])
    const Policy = policy([
      {
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111111111111:user/powerless' },
        Action: 's3:GetObject',
        Resource: `${ARN}/*`,
      },
    ])
    await admin.send(new PutBucketPolicyCommand({ Bucket, Policy }))
    expect(await outcome(powerless.send(new GetObjectCommand({ Bucket, Key })))).toBe('done')
  })

  it('authorizeOn() shuts out other accounts once a policy is public and RestrictPublicBuckets is on', async () => {
    const { sandbox, admin, user } = await setUp()
    const other = sandbox.createAccount()
    const stranger = user('stranger', [{ Effect: 'Allow', Action: '*', Resource: '*' }], other)
    const open = {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: false,
    }
    await admin.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: open }))
    const Policy = policy([
      { Effect: 'Allow', Principal: { AWS: other }, Action: 's3:GetObject', Resource: `${ARN}/*` },
      { Effect: 'Allow', Principal: '*', Action: 's3:ListBucket', Resource: ARN },
    ])
    await admin.send(new PutBucketPolicyCommand({ Bucket, Policy }))
    const asking = new GetObjectCommand({ Bucket, Key })
    expect(await outcome(stranger.send(asking))).toBe('done')
    await admin.send(
      new PutPublicAccessBlockCommand({
        Bucket,
        PublicAccessBlockConfiguration: { ...open, RestrictPublicBuckets: true },
      }),
    )
    expect(await outcome(stranger.send(asking))).toBe('403')
    expect(await outcome(admin.send(asking))).toBe('done')
  })

  it('putBucketPolicy() refuses a public policy while BlockPublicPolicy is on, and names the reason', async () => {
    const { admin, sandbox } = await setUp()
    const Policy = policy([{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `${ARN}/*` }])
    const putting = new PutBucketPolicyCommand({ Bucket, Policy })
    await expect(admin.send(putting)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: arn:aws:iam::111111111111:user/admin is not authorized to perform: s3:PutBucketPolicy on resource: "${ARN}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
    })
    expect(sandbox.requests.entries.at(-1)?.changed).toBe(false)
    await admin.send(new DeletePublicAccessBlockCommand({ Bucket }))
    await admin.send(putting)
    expect(await admin.send(new GetBucketPolicyStatusCommand({ Bucket }))).toMatchObject({
      PolicyStatus: { IsPublic: true },
    })
  })
})
