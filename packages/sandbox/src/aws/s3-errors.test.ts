import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketAclCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { createSandbox } from '../sandbox.ts'
const Bucket = 'documents'

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
  const s3 = client('eu-west-1')
  await s3.send(new CreateBucketCommand({ Bucket }))
  return { s3, account, client, stranger: (region) => client(region, { credentials: foreign }) }
}

type Ask = (scene: Scene) => Promise<unknown>

function put(options: object): Ask {
  return ({ s3 }) => s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', ...options }))
}

/** `message` is a piece of the text. */
const REFUSALS: readonly (readonly [name: string, ask: Ask, code: string, status: number, message: string])[] = [
  [
    'a bucket that is not there',
    ({ s3 }) => s3.send(new GetBucketPolicyCommand({ Bucket: 'absent' })),
    'NoSuchBucket',
    404,
    'The specified bucket does not exist',
  ],
  [
    'a HEAD of a bucket that is not there',
    ({ s3 }) => s3.send(new HeadBucketCommand({ Bucket: 'absent' })),
    'NotFound',
    404,
    '',
  ],
  [
    'a key that is not there',
    ({ s3 }) => s3.send(new GetObjectCommand({ Bucket, Key: 'absent' })),
    'NoSuchKey',
    404,
    'The specified key does not exist.',
  ],
  [
    'a HEAD of a key that is not there',
    ({ s3 }) => s3.send(new HeadObjectCommand({ Bucket, Key: 'absent' })),
    'NotFound',
    404,
    '',
  ],
  [
    'a version that is not there',
    ({ s3 }) => s3.send(new GetObjectCommand({ Bucket, Key: 'k', VersionId: 'no' })),
    'NoSuchVersion',
    404,
    'The specified version does not exist.',
  ],
  [
    'an empty version id',
    ({ s3 }) => s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: '' })),
    'InvalidArgument',
    400,
    'Version id cannot be the empty string',
  ],
  [
    'tags of a key that is not there',
    ({ s3 }) => s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'absent' })),
    'NoSuchKey',
    404,
    '',
  ],
  [
    'a policy that is not there',
    ({ s3 }) => s3.send(new GetBucketPolicyCommand({ Bucket })),
    'NoSuchBucketPolicy',
    404,
    'The bucket policy does not exist',
  ],
  [
    'the status of a policy that is not there',
    ({ s3 }) => s3.send(new GetBucketPolicyStatusCommand({ Bucket })),
    'NoSuchBucketPolicy',
    404,
    '',
  ],
  [
    'tags that are not there',
    ({ s3 }) => s3.send(new GetBucketTaggingCommand({ Bucket })),
    'NoSuchTagSet',
    404,
    'The TagSet does not exist',
  ],
  [
    'a lifecycle that is not there',
    ({ s3 }) => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
    'NoSuchLifecycleConfiguration',
    404,
    'The lifecycle configuration does not exist',
  ],
  [
    'another endpoint than the bucket’s',
    ({ client }) => client('eu-central-1').send(new ListObjectsV2Command({ Bucket })),
    'PermanentRedirect',
    301,
    'must be addressed using the specified endpoint',
  ],
  [
    'a signature for another region at the global endpoint',
    ({ client }) =>
      client('us-east-1', { endpoint: 'https://s3.amazonaws.com' }).send(new ListObjectsV2Command({ Bucket })),
    'AuthorizationHeaderMalformed',
    400,
    "the region 'us-east-1' is wrong; expecting 'eu-west-1'",
  ],
  [
    'a signature for another region than the endpoint’s',
    ({ client }) =>
      client('us-east-1', { endpoint: 'https://s3.eu-west-1.amazonaws.com' }).send(
        new ListObjectsV2Command({ Bucket }),
      ),
    'AuthorizationHeaderMalformed',
    400,
    "expecting 'eu-west-1'",
  ],
  [
    'an endpoint of another partition',
    ({ client }) =>
      client('eu-west-1', { endpoint: 'https://s3.cn-north-1.amazonaws.com.cn' }).send(
        new ListObjectsV2Command({ Bucket }),
      ),
    'InvalidAccessKeyId',
    403,
    'does not exist in our records',
  ],
  [
    'an access key that nobody has',
    ({ client }) =>
      client('eu-west-1', { credentials: { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' } }).send(
        new ListObjectsV2Command({ Bucket }),
      ),
    'InvalidAccessKeyId',
    403,
    'does not exist in our records',
  ],
  [
    'another owner than expected',
    ({ s3 }) => s3.send(new ListObjectsV2Command({ Bucket, ExpectedBucketOwner: '999999999999' })),
    'AccessDenied',
    403,
    'Access Denied',
  ],
  [
    'an expected owner that is no account',
    ({ s3 }) => s3.send(new ListObjectsV2Command({ Bucket, ExpectedBucketOwner: 'me' })),
    'InvalidBucketOwnerAWSAccountID',
    400,
    'must be an AWS Account ID',
  ],
  [
    'an access control list',
    put({ ACL: 'public-read' }),
    'AccessControlListNotSupported',
    400,
    'The bucket does not allow ACLs',
  ],
  ['a key of 1025 bytes', put({ Key: 'k'.repeat(1025) }), 'KeyTooLongError', 400, 'Your key is too long'],
  [
    'an encryption of an object that is none',
    put({ ServerSideEncryption: 'ROT13' }),
    'InvalidArgument',
    400,
    'The encryption method specified is not supported',
  ],
  [
    'a key of the customer’s',
    put({ SSECustomerAlgorithm: 'AES256', SSECustomerKey: 'k'.repeat(32), SSECustomerKeyMD5: 'x' }),
    'AccessDenied',
    403,
    '',
  ],
  [
    'eleven tags on an object',
    put({ Tagging: Array.from({ length: 11 }, (_, index) => `t${index}=1`).join('&') }),
    'BadRequest',
    400,
    'Object tags cannot be greater than 10',
  ],
  [
    'a page that does not go on',
    ({ s3 }) => s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken: '?' })),
    'InvalidArgument',
    400,
    'The continuation token provided is incorrect',
  ],
  [
    'a version marker without its key',
    ({ s3 }) => s3.send(new ListObjectVersionsCommand({ Bucket, VersionIdMarker: 'v' })),
    'InvalidArgument',
    400,
    'A version-id marker cannot be specified without a key marker.',
  ],
  [
    'what is not emulated: access control lists',
    ({ s3 }) => s3.send(new GetBucketAclCommand({ Bucket })),
    'NotImplemented',
    501,
    '',
  ],
  [
    'what is not emulated: copies',
    ({ s3 }) => s3.send(new CopyObjectCommand({ Bucket, Key: 'k', CopySource: `${Bucket}/x` })),
    'NotImplemented',
    501,
    '',
  ],
]

describe('S3 errors', () => {
  it.each(REFUSALS)('s3.handle() refuses %s', async (_name, ask, code, status, message) => {
    const refused = await ask(await setUp()).then(
      () => undefined,
      (error: unknown) => error as Error & { $metadata: { httpStatusCode: number } },
    )
    expect(refused?.name).toBe(code)
    expect(refused?.$metadata.httpStatusCode).toBe(status)
    expect(refused?.message).toContain(message)
  })

  it('s3.handle() names the right region to whoever asks at the wrong endpoint', async () => {
    const { client } = await setUp()
    const s3 = client('us-east-1', { followRegionRedirects: true })
    expect(await s3.send(new HeadBucketCommand({ Bucket }))).toMatchObject({ BucketRegion: 'eu-west-1' })
  })

  it('s3.respondError() sends no body to HEAD and the region even when access is denied', async () => {
    const sandbox = createSandbox({ clock: { mode: 'manual' } })
    const account = sandbox.createAccount()
    const owner = new S3Client({
      region: 'eu-west-1',
      credentials: sandbox.createUser({ account }),
      requestHandler: sandbox.session().requestHandler,
    })
    await owner.send(new CreateBucketCommand({ Bucket }))
    const url = new URL(`https://${Bucket}.s3.eu-west-1.amazonaws.com/`)
    const response = await sandbox.handle(
      { to: 'aws' },
      { method: 'HEAD', url, headers: {}, body: new Uint8Array() },
      'x',
    )
    expect(response).toMatchObject({ status: 403, headers: { 'x-amz-bucket-region': 'eu-west-1' } })
    expect(response.body.byteLength).toBe(0)
  })

  it('s3.respondError() answers faults in S3’s words', async () => {
    const sandbox = createSandbox({ clock: { mode: 'manual' } })
    const credentials = sandbox.createUser({ account: sandbox.createAccount() })
    const s3 = new S3Client({
      region: 'eu-west-1',
      credentials,
      requestHandler: sandbox.session().requestHandler,
      maxAttempts: 1,
    })
    sandbox.faults.add({ before: () => 'throttle' })
    await expect(s3.send(new CreateBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: 'SlowDown',
      $metadata: { httpStatusCode: 503 },
    })
    sandbox.faults.clear()
    sandbox.faults.add({ before: () => 'server-error' })
    await expect(s3.send(new CreateBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: 'InternalError',
      $metadata: { httpStatusCode: 500 },
    })
  })
})
