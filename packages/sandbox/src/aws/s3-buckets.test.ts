import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetBucketTaggingCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { createSandbox } from '../sandbox.ts'
const Bucket = 'documents'
const REGION = 'eu-west-1'

interface Scene {
  /** The account's administrator, in eu-west-1, where its buckets are. */
  readonly s3: S3Client
  readonly account: string
  readonly client: (region: string, options?: object) => S3Client
  /** Administrator of another account. */
  readonly stranger: (region: string) => S3Client
}

async function setUp(): Promise<Scene> {
  const sandbox = createSandbox({ clock: { mode: 'manual' } })
  const account = sandbox.createAccount()
  const { requestHandler } = sandbox.session()
  const credentials = sandbox.createUser({ account })
  const foreign = sandbox.createUser({ account: sandbox.createAccount() })
  const client = (region: string, options: object = {}): S3Client =>
    new S3Client({ region, credentials, requestHandler, maxAttempts: 1, ...options })
  const s3 = client(REGION)
  await s3.send(new CreateBucketCommand({ Bucket }))
  return { s3, account, client, stranger: (region) => client(region, { credentials: foreign }) }
}

type Step = (scene: Scene) => Promise<unknown>

function create(name: string, options: object = {}): Step {
  return ({ s3 }) => s3.send(new CreateBucketCommand({ Bucket: name, ...options }))
}

const NAMED_BY_SUFFIX = 'x-111111111111-eu-west-1-an'

/** What is done first, what is asked, what the answer has in it. */
const ANSWERS: readonly (readonly [name: string, prepare: Step | undefined, ask: Step, answer: object])[] = [
  [
    'CreateBucket makes a bucket in the region of the endpoint',
    undefined,
    ({ s3 }) => s3.send(new CreateBucketCommand({ Bucket: 'another' })),
    { Location: 'http://another.s3.amazonaws.com/', BucketArn: 'arn:aws:s3:::another' },
  ],
  [
    'CreateBucket in us-east-1 takes no location',
    undefined,
    ({ client }) => client('us-east-1').send(new CreateBucketCommand({ Bucket: 'another' })),
    { Location: '/another' },
  ],
  [
    'CreateBucket keeps tags of its body',
    ({ client }) =>
      client('us-east-1').send(
        new CreateBucketCommand({
          Bucket: 'another',
          CreateBucketConfiguration: { Tags: [{ Key: 'owner', Value: 'irsa + co' }] },
        }),
      ),
    ({ client }) => client('us-east-1').send(new GetBucketTaggingCommand({ Bucket: 'another' })),
    { TagSet: [{ Key: 'owner', Value: 'irsa + co' }] },
  ],
  [
    'ListBuckets names the buckets of the account in order',
    ({ s3 }) => s3.send(new CreateBucketCommand({ Bucket: 'another' })),
    ({ s3 }) => s3.send(new ListBucketsCommand({})),
    {
      Buckets: [
        expect.objectContaining({ Name: 'another', BucketRegion: REGION }),
        expect.objectContaining({ Name: Bucket }),
      ],
    },
  ],
  [
    'ListBuckets goes page by page',
    ({ s3 }) => s3.send(new CreateBucketCommand({ Bucket: 'another' })),
    async ({ s3 }) => {
      const { ContinuationToken } = await s3.send(new ListBucketsCommand({ MaxBuckets: 1 }))
      return s3.send(new ListBucketsCommand({ MaxBuckets: 1, ContinuationToken }))
    },
    { Buckets: [expect.objectContaining({ Name: Bucket })] },
  ],
  [
    'HeadBucket tells the region',
    undefined,
    ({ s3 }) => s3.send(new HeadBucketCommand({ Bucket })),
    { BucketRegion: REGION },
  ],
  [
    'GetBucketLocation tells the region',
    undefined,
    ({ s3 }) => s3.send(new GetBucketLocationCommand({ Bucket })),
    { LocationConstraint: REGION },
  ],
  [
    'DeleteBucket removes an empty bucket',
    undefined,
    ({ s3 }) => s3.send(new DeleteBucketCommand({ Bucket })),
    { $metadata: { httpStatusCode: 204 } },
  ],
]

/** `message` is a piece of the text. */
const REFUSALS: readonly (readonly [name: string, ask: Step, code: string, status: number, message: string])[] = [
  ['one’s own name again', create(Bucket), 'BucketAlreadyOwnedByYou', 409, 'you already own it'],
  [
    'one’s own name again in another region',
    ({ client }) => client('us-east-1').send(new CreateBucketCommand({ Bucket })),
    'BucketAlreadyOwnedByYou',
    409,
    '',
  ],
  [
    'a name that somebody has',
    ({ stranger }) => stranger('eu-west-1').send(new CreateBucketCommand({ Bucket })),
    'BucketAlreadyExists',
    409,
    'not available',
  ],
  [
    'the location us-east-1',
    ({ client }) =>
      client('us-east-1').send(
        new CreateBucketCommand({
          Bucket: 'new',
          CreateBucketConfiguration: { LocationConstraint: 'us-east-1' as never },
        }),
      ),
    'InvalidLocationConstraint',
    400,
    'not valid',
  ],
  [
    'a location that is no region',
    create('new', { CreateBucketConfiguration: { LocationConstraint: 'nowhere' } }),
    'InvalidLocationConstraint',
    400,
    '',
  ],
  [
    'a location of another partition',
    create('new', { CreateBucketConfiguration: { LocationConstraint: 'us-gov-west-1' } }),
    'InvalidLocationConstraint',
    400,
    '',
  ],
  [
    'a location other than the endpoint’s',
    create('new', { CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }),
    'IllegalLocationConstraintException',
    400,
    'The eu-central-1 location constraint is incompatible',
  ],
  ['an ownership that is none', create('new', { ObjectOwnership: 'Nobody' }), 'InvalidArgument', 400, ''],
  [
    'a public bucket with access control lists off',
    create('new', { ACL: 'public-read' }),
    'InvalidBucketAclWithObjectOwnership',
    400,
    '',
  ],
  [
    'a name reserved to an account, without the header',
    create(NAMED_BY_SUFFIX),
    'MissingNamespaceHeader',
    400,
    'missing the required x-amz-bucket-namespace header',
  ],
  ['a name with a bare suffix -an', create('sultan-an'), 'InvalidBucketName', 400, ''],
  [
    'the header without the suffix',
    create('new', { BucketNamespace: 'account-regional' }),
    'InvalidBucketNamespace',
    400,
    'does not end with -111111111111-eu-west-1-an',
  ],
  [
    'the suffix of another region',
    create('x-111111111111-us-west-2-an', { BucketNamespace: 'account-regional' }),
    'InvalidBucketNamespace',
    400,
    "'us-west-2' does not match the current region 'eu-west-1'",
  ],
  [
    'the suffix of another account',
    create('x-222222222222-eu-west-1-an', { BucketNamespace: 'account-regional' }),
    'InvalidBucketNamespace',
    400,
    "'222222222222' does not match the caller's AWS Account ID",
  ],
  ['a namespace that is none', create('new', { BucketNamespace: 'mine' }), 'InvalidArgument', 400, ''],
  [
    'one’s own account-regional name again, even in us-east-1',
    async ({ client, account }) => {
      const command = new CreateBucketCommand({
        Bucket: `x-${account}-us-east-1-an`,
        BucketNamespace: 'account-regional',
      })
      await client('us-east-1').send(command)
      return client('us-east-1').send(command)
    },
    'BucketAlreadyOwnedByYou',
    409,
    '',
  ],
  [
    'deleting a bucket with an object',
    async (scene) => {
      await scene.s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }))
      return scene.s3.send(new DeleteBucketCommand({ Bucket }))
    },
    'BucketNotEmpty',
    409,
    'The bucket you tried to delete is not empty',
  ],
  [
    'deleting a bucket with nothing but a delete marker',
    async ({ s3 }) => {
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
      await s3.send(new DeleteObjectCommand({ Bucket: Bucket, Key: 'k' }))
      return s3.send(new DeleteBucketCommand({ Bucket: Bucket }))
    },
    'BucketNotEmpty',
    409,
    'You must delete all versions in the bucket.',
  ],
]

const BAD_NAMES: readonly (readonly [why: string, name: string])[] = [
  ['two characters', 'ab'],
  ['64 characters', 'a'.repeat(64)],
  ['upper case', 'Documents'],
  ['an underscore', 'my_documents'],
  ['a hyphen at the end', 'documents-'],
  ['a dot at the start', '.documents'],
  ['two dots together', 'my..documents'],
  ['an IP address', '192.168.5.4'],
  ['the prefix xn--', 'xn--documents'],
  ['the prefix sthree-', 'sthree-documents'],
  ['the prefix amzn-s3-demo-', 'amzn-s3-demo-documents'],
  ['the suffix -s3alias', 'documents-s3alias'],
  ['the suffix --ol-s3', 'documents--ol-s3'],
  ['the suffix .mrap', 'documents.mrap'],
  ['the suffix --table-s3', 'documents--table-s3'],
]

describe('buckets', () => {
  it.each(ANSWERS)('s3.handle() %s', async (_name, prepare, ask, answer) => {
    const scene = await setUp()
    await prepare?.(scene)
    expect(await ask(scene)).toMatchObject(answer)
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

  it.each(BAD_NAMES)('s3.handle() refuses a bucket name with %s', async (_why, name) => {
    // Sent by path, as the SDK itself refuses to make a host of some of them.
    const { client } = await setUp()
    const asking = client('eu-west-1', { forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: name }))
    await expect(asking).rejects.toMatchObject({ name: 'InvalidBucketName', $metadata: { httpStatusCode: 400 } })
  })

  it('s3.handle() refuses a regional endpoint’s bucket that names no location', async () => {
    // Sent without the SDK, which always names one.
    const sandbox = createSandbox({ clock: { mode: 'manual' } })
    const { accessKeyId } = sandbox.createUser({ account: sandbox.createAccount() })
    const url = new URL('https://new.s3.eu-west-1.amazonaws.com/')
    const headers = { authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/eu-west-1/s3/aws4_request` }
    const response = await sandbox.handle({ to: 'aws' }, { method: 'PUT', url, headers, body: new Uint8Array() }, 'x')
    expect(response.status).toBe(400)
    expect(Buffer.from(response.body).toString()).toContain(
      '<Code>IllegalLocationConstraintException</Code><Message>The unspecified location constraint is incompatible',
    )
  })

  it('s3.handle() forgives making one’s own bucket again in us-east-1 alone', async () => {
    const { client } = await setUp()
    const s3 = client('us-east-1')
    const tags = { CreateBucketConfiguration: { Tags: [{ Key: 'a', Value: '1' }] } }
    await s3.send(new CreateBucketCommand({ Bucket: 'first', ...tags }))
    expect(await s3.send(new CreateBucketCommand({ Bucket: 'first' }))).toMatchObject({ Location: '/first' })
    expect(await s3.send(new GetBucketTaggingCommand({ Bucket: 'first' }))).toMatchObject({ TagSet: [{ Key: 'a' }] })
  })

  it('s3.handle() makes account-regional buckets for their account and region', async () => {
    const { s3 } = await setUp()
    const made = await s3.send(
      new CreateBucketCommand({ Bucket: NAMED_BY_SUFFIX, BucketNamespace: 'account-regional' }),
    )
    expect(made.Location).toBe(`/${NAMED_BY_SUFFIX}`)
  })

  it('s3.handle() makes buckets anywhere at the global endpoint', async () => {
    const { client } = await setUp()
    const s3 = client('us-east-1', { endpoint: 'https://s3.amazonaws.com', forcePathStyle: true })
    const there = { CreateBucketConfiguration: { LocationConstraint: 'ap-southeast-2' as const } }
    await s3.send(new CreateBucketCommand({ Bucket: 'far-away', ...there }))
    const head = await client('ap-southeast-2').send(new HeadBucketCommand({ Bucket: 'far-away' }))
    expect(head.BucketRegion).toBe('ap-southeast-2')
  })
})
