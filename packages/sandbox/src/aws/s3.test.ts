import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'
import { s3 } from './s3.ts'
const Bucket = 'documents'
const Key = 'a/b c.json'
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

/** What is done first, what is asked, what the answer has in it. */
const ANSWERS: readonly (readonly [name: string, prepare: Step | undefined, ask: Step, answer: object])[] = [
  [
    'PutObject answers with the tag of the content',
    undefined,
    ({ s3 }) => s3.send(new PutObjectCommand({ Bucket, Key, Body: '{}' })),
    {
      ETag: '"99914b932bd37a50b983c5e7c90ae93b"',
      ServerSideEncryption: 'AES256',
      ChecksumCRC32: expect.any(String) as string,
    },
  ],
  [
    'GetObject gives the content and all that was said of it',
    ({ s3 }) =>
      s3.send(
        new PutObjectCommand({
          Bucket,
          Key,
          Body: '{}',
          ContentType: 'application/json',
          CacheControl: 'public, max-age=300',
          ContentEncoding: 'identity',
          Metadata: { kid: 'one' },
          Tagging: 'a=1&b=2',
        }),
      ),
    async ({ s3 }) => {
      const { Body, ...rest } = await s3.send(new GetObjectCommand({ Bucket, Key }))
      return { ...rest, text: await Body?.transformToString() }
    },
    {
      text: '{}',
      ContentType: 'application/json',
      CacheControl: 'public, max-age=300',
      ContentEncoding: 'identity',
      ContentLength: 2,
      ETag: '"99914b932bd37a50b983c5e7c90ae93b"',
      LastModified: new Date('2026-01-01T00:00:00Z'),
      Metadata: { kid: 'one' },
      TagCount: 2,
    },
  ],
  [
    'GetObject gives bytes that are no text back unchanged',
    ({ s3 }) => s3.send(new PutObjectCommand({ Bucket, Key, Body: Uint8Array.of(0, 255, 128, 10) })),
    async ({ s3 }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
      return { bytes: [...((await Body?.transformToByteArray()) ?? [])] }
    },
    { bytes: [0, 255, 128, 10] },
  ],
  [
    'HeadObject gives the headers',
    ({ s3 }) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'text', ContentType: 'text/plain' })),
    ({ s3 }) => s3.send(new HeadObjectCommand({ Bucket, Key })),
    { ContentLength: 4, ContentType: 'text/plain', ETag: '"1cb251ec0d568de6a929b520c4aed8d1"' },
  ],
  [
    'PutObjectTagging replaces the tags of an object',
    async ({ s3 }) => {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: '{}', Tagging: 'a=1' }))
      await s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet: [{ Key: 'b', Value: '2' }] } }))
    },
    ({ s3 }) => s3.send(new GetObjectTaggingCommand({ Bucket, Key })),
    { TagSet: [{ Key: 'b', Value: '2' }] },
  ],
  [
    'DeleteObjectTagging removes them',
    async ({ s3 }) => {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: '{}', Tagging: 'a=1' }))
      await s3.send(new DeleteObjectTaggingCommand({ Bucket, Key }))
    },
    ({ s3 }) => s3.send(new GetObjectTaggingCommand({ Bucket, Key })),
    { TagSet: [] },
  ],
  [
    'DeleteObject is content with what is not there',
    undefined,
    ({ s3 }) => s3.send(new DeleteObjectCommand({ Bucket, Key })),
    { $metadata: { httpStatusCode: 204 } },
  ],
  [
    'DeleteObjects says for each what became of it',
    async ({ s3 }) => {
      await s3.send(new PutObjectCommand({ Bucket, Key: '1', Body: '1' }))
      await s3.send(new PutObjectCommand({ Bucket, Key: '2', Body: '2' }))
    },
    ({ s3 }) =>
      s3.send(
        new DeleteObjectsCommand({
          Bucket,
          Delete: { Objects: [{ Key: '1' }, { Key: '2', ETag: '"other"' }, { Key: '3' }] },
        }),
      ),
    { Deleted: [{ Key: '1' }, { Key: '3' }], Errors: [{ Key: '2', Code: 'PreconditionFailed' }] },
  ],
  [
    'ListObjectsV2 lists what is there',
    ({ s3 }) => s3.send(new PutObjectCommand({ Bucket, Key, Body: '{}' })),
    ({ s3 }) => s3.send(new ListObjectsV2Command({ Bucket })),
    { KeyCount: 1, IsTruncated: false, Contents: [{ Key, Size: 2, ETag: '"99914b932bd37a50b983c5e7c90ae93b"' }] },
  ],
  [
    'ListObjectVersions calls the version of an unversioned object null',
    ({ s3 }) => s3.send(new PutObjectCommand({ Bucket, Key, Body: '{}' })),
    ({ s3 }) => s3.send(new ListObjectVersionsCommand({ Bucket })),
    { Versions: [{ Key, VersionId: 'null', IsLatest: true }] },
  ],
]

/** Written out, so that a slip in the table of operations shows. */
const REQUESTS: readonly (readonly [request: string, operation: string | undefined, access: string | undefined])[] = [
  ['GET /', 'ListBuckets', 'read'],
  ['PUT /b', 'CreateBucket', 'write'],
  ['HEAD /b', 'HeadBucket', 'read'],
  ['DELETE /b', 'DeleteBucket', 'write'],
  ['GET /b?location=', 'GetBucketLocation', 'read'],
  ['GET /b?list-type=2', 'ListObjectsV2', 'read'],
  ['GET /b?versions=', 'ListObjectVersions', 'read'],
  ['POST /b?delete=', 'DeleteObjects', 'write'],
  ['GET /b?publicAccessBlock=', 'GetPublicAccessBlock', 'read'],
  ['PUT /b?publicAccessBlock=', 'PutPublicAccessBlock', 'write'],
  ['DELETE /b?publicAccessBlock=', 'DeletePublicAccessBlock', 'write'],
  ['GET /b?ownershipControls=', 'GetBucketOwnershipControls', 'read'],
  ['PUT /b?ownershipControls=', 'PutBucketOwnershipControls', 'write'],
  ['DELETE /b?ownershipControls=', 'DeleteBucketOwnershipControls', 'write'],
  ['GET /b?policy=', 'GetBucketPolicy', 'read'],
  ['PUT /b?policy=', 'PutBucketPolicy', 'write'],
  ['DELETE /b?policy=', 'DeleteBucketPolicy', 'write'],
  ['GET /b?policyStatus=', 'GetBucketPolicyStatus', 'read'],
  ['GET /b?versioning=', 'GetBucketVersioning', 'read'],
  ['PUT /b?versioning=', 'PutBucketVersioning', 'write'],
  ['GET /b?tagging=', 'GetBucketTagging', 'read'],
  ['PUT /b?tagging=', 'PutBucketTagging', 'write'],
  ['DELETE /b?tagging=', 'DeleteBucketTagging', 'write'],
  ['GET /b?encryption=', 'GetBucketEncryption', 'read'],
  ['PUT /b?encryption=', 'PutBucketEncryption', 'write'],
  ['DELETE /b?encryption=', 'DeleteBucketEncryption', 'write'],
  ['GET /b?lifecycle=', 'GetBucketLifecycleConfiguration', 'read'],
  ['PUT /b?lifecycle=', 'PutBucketLifecycleConfiguration', 'write'],
  ['DELETE /b?lifecycle=', 'DeleteBucketLifecycle', 'write'],
  ['GET /b/k/l', 'GetObject', 'read'],
  ['HEAD /b/k/l', 'HeadObject', 'read'],
  ['PUT /b/k/l', 'PutObject', 'write'],
  ['DELETE /b/k/l', 'DeleteObject', 'write'],
  ['GET /b/k/l?tagging=', 'GetObjectTagging', 'read'],
  ['PUT /b/k/l?tagging=', 'PutObjectTagging', 'write'],
  ['DELETE /b/k/l?tagging=', 'DeleteObjectTagging', 'write'],
  ['GET /b?list-type=2&prefix=a&max-keys=1', 'ListObjectsV2', 'read'],
  ['GET /b/k?versionId=v&x-id=GetObject', 'GetObject', 'read'],
  ['DELETE /b/k?versionId=v', 'DeleteObject', 'write'],
  ['GET /b?acl', undefined, undefined],
  ['PUT /b/k?uploadId=1&partNumber=1', undefined, undefined],
  ['POST /b/k?uploads', undefined, undefined],
  ['PATCH /b', undefined, undefined],
]

describe('s3', () => {
  it.each(ANSWERS)('s3.handle() %s', async (_name, prepare, ask, answer) => {
    const scene = await setUp()
    await prepare?.(scene)
    expect(await ask(scene)).toMatchObject(answer)
  })

  it.each(REQUESTS)('s3.identify() names %s', (text, operation, access) => {
    const [method = '', path = ''] = text.split(' ')
    const url = new URL(`https://s3.eu-west-1.amazonaws.com${path}`)
    const found = s3.identify({ method, url, headers: {}, body: new Uint8Array() })
    expect(found).toEqual(operation === undefined ? undefined : { operation, access })
  })

  it('s3.handle() changes nothing when it reads', async () => {
    const scene = await setUp()
    for (const [, prepare, ask] of ANSWERS) {
      await prepare?.(scene)
      await ask(scene)
    }
    const before = JSON.stringify(scene.sandbox.dump())
    const reads = scene.sandbox.requests.entries.filter(({ access }) => access === 'read')
    expect(reads.length).toBeGreaterThan(5)
    for (const { method, url, requestHeaders: headers } of reads) {
      await scene.sandbox.handle({ to: 'aws' }, { method, url: new URL(url), headers, body: new Uint8Array() }, 'again')
    }
    expect(JSON.stringify(scene.sandbox.dump())).toBe(before)
  })

  it('s3.handle() serves path style, dual-stack, the global endpoint and a loopback port', async () => {
    const { client, s3, sandbox } = await setUp()
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'found' }))
    const clients = [
      client({ forcePathStyle: true }),
      client({ useDualstackEndpoint: true }),
      client({ endpoint: 'http://127.0.0.1:4566' }),
      client({ endpoint: 'https://s3.amazonaws.com' }),
    ]
    for (const each of clients) {
      const { Body } = await each.send(new GetObjectCommand({ Bucket, Key }))
      expect(await Body?.transformToString()).toBe('found')
    }
    const hosts = new Set(sandbox.requests.entries.map(({ url }) => new URL(url).host))
    expect([...hosts].sort()).toEqual([
      '127.0.0.1:4566',
      'documents.s3.amazonaws.com',
      'documents.s3.dualstack.eu-west-1.amazonaws.com',
      'documents.s3.eu-west-1.amazonaws.com',
      's3.eu-west-1.amazonaws.com',
    ])
  })

  it.each([
    ['aws-cn', 'cn-north-1', 'documents.s3.cn-north-1.amazonaws.com.cn'],
    ['aws-us-gov', 'us-gov-west-1', 'documents.s3.us-gov-west-1.amazonaws.com'],
    ['aws-eusc', 'eusc-de-east-1', 'documents.s3.eusc-de-east-1.amazonaws.eu'],
  ] as const)('s3.handle() works in %s, whose names are its own', async (partition, region, host) => {
    const { sandbox } = await setUp()
    const account = sandbox.createAccount({ partition })
    const credentials = sandbox.createUser({ account })
    const { requestHandler } = sandbox.session()
    const s3 = new S3Client({ region, credentials, requestHandler, maxAttempts: 1 })
    expect(await s3.send(new CreateBucketCommand({ Bucket }))).toMatchObject({
      BucketArn: `arn:${partition}:s3:::${Bucket}`,
    })
    expect(await s3.send(new GetBucketLocationCommand({ Bucket }))).toMatchObject({ LocationConstraint: region })
    expect(new URL(sandbox.requests.entries.at(-1)?.url ?? '').host).toBe(host)
  })

  it('s3.handle() sends the same tag for the same content, and the date of the sandbox', async () => {
    const { s3, sandbox } = await setUp()
    sandbox.clock.advance(90_500)
    const first = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'same' }))
    const second = await s3.send(new PutObjectCommand({ Bucket, Key: 'other', Body: 'same' }))
    expect(first.ETag).toBe(second.ETag)
    const { LastModified } = await s3.send(new HeadObjectCommand({ Bucket, Key }))
    expect(LastModified).toEqual(new Date('2026-01-01T00:01:30Z'))
  })
})
