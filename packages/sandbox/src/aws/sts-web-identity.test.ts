import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import {
  AttachRolePolicyCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteRoleCommand,
  IAMClient,
  ListRolesCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam'
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import type { AssumeRoleWithWebIdentityCommandInput, AssumeRoleWithWebIdentityCommandOutput } from '@aws-sdk/client-sts'
import { describe, expect, test } from 'vitest'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'
import type { Partition } from '../world.ts'
import type { AwsCredentials } from './accounts.ts'

const ACCOUNT = '111122223333'
const BUCKET = 'irsa-exchange'
const SUBJECT = 'system:serviceaccount:shop:cart'
const REGIONS: Record<Partition, string> = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
  'aws-eusc': 'eusc-de-east-1',
}
const SUFFIX: Record<Partition, string> = {
  aws: 'amazonaws.com',
  'aws-cn': 'amazonaws.com.cn',
  'aws-us-gov': 'amazonaws.com',
  'aws-eusc': 'amazonaws.eu',
}
const [first, second] = [createKey(), createKey()]

interface Key {
  readonly jwk: object
  readonly sign: (text: string) => string
  readonly kid: string
}

function createKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const kid = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url')
  const jwk = { kid, use: 'sig', alg: 'RS256', ...publicKey.export({ format: 'jwk' }) }
  return { kid, jwk, sign: (text) => sign('sha256', Buffer.from(text), privateKey).toString('base64url') }
}

interface Exchange {
  readonly sandbox: Sandbox
  readonly issuer: string
  readonly providerArn: string
  readonly iam: IAMClient
  readonly publish: (keys: readonly Key[], cacheControl?: string) => Promise<void>
  readonly createProvider: () => Promise<unknown>
  readonly createRole: () => Promise<unknown>
  readonly clients: (credentials: AwsCredentials) => {
    readonly iam: IAMClient
    readonly s3: S3Client
    readonly sts: STSClient
  }
  readonly assume: (
    key?: Key,
    input?: Partial<AssumeRoleWithWebIdentityCommandInput>,
  ) => Promise<AssumeRoleWithWebIdentityCommandOutput>
  readonly outcome: (key?: Key) => Promise<string>
}

async function setUp(partition: Partition = 'aws'): Promise<Exchange> {
  const sandbox = createSandbox({ clock: { mode: 'manual' } })
  sandbox.createAccount({ id: ACCOUNT, partition })
  const region = REGIONS[partition]
  const issuer = `https://${BUCKET}.s3.${region}.${SUFFIX[partition]}`
  const providerArn = `arn:${partition}:iam::${ACCOUNT}:oidc-provider/${issuer.slice('https://'.length)}`
  const { requestHandler } = sandbox.session()
  const clients: Exchange['clients'] = (credentials) => {
    const options = { region, credentials, requestHandler, maxAttempts: 1 }
    return { iam: new IAMClient(options), s3: new S3Client(options), sts: new STSClient(options) }
  }
  const { iam, s3 } = clients(sandbox.createUser({ account: ACCOUNT }))
  const unsigned = new STSClient({
    region,
    requestHandler,
    maxAttempts: 1,
    credentials: { accessKeyId: 'unused', secretAccessKey: 'unused' },
  })
  const LocationConstraint = region as 'cn-north-1'
  await s3.send(
    new CreateBucketCommand({
      Bucket: BUCKET,
      ...(region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint } }),
    }),
  )
  const open = { BlockPublicPolicy: false, RestrictPublicBuckets: false }
  await s3.send(new PutPublicAccessBlockCommand({ Bucket: BUCKET, PublicAccessBlockConfiguration: open }))
  const Statement = {
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: `arn:${partition}:s3:::${BUCKET}/*`,
  }
  await s3.send(
    new PutBucketPolicyCommand({ Bucket: BUCKET, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }),
  )
  const put = async (Key: string, body: unknown, CacheControl: string): Promise<unknown> =>
    s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: JSON.stringify(body), CacheControl }))

  const assume: Exchange['assume'] = async (key = first, input = {}) =>
    unsigned.send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: `arn:${partition}:iam::${ACCOUNT}:role/irsa/cart`,
        RoleSessionName: 'cart',
        WebIdentityToken: createToken(key, issuer, sandbox.clock.now()),
        ...input,
      }),
    )
  return {
    sandbox,
    issuer,
    providerArn,
    iam,
    clients,
    assume,
    async publish(keys, cacheControl = 'no-cache') {
      await put('.well-known/openid-configuration', { issuer, jwks_uri: `${issuer}/openid/v1/jwks` }, cacheControl)
      await put('openid/v1/jwks', { keys: keys.map((key) => key.jwk) }, cacheControl)
    },
    createProvider: async () =>
      iam.send(new CreateOpenIDConnectProviderCommand({ Url: issuer, ClientIDList: ['sts.amazonaws.com', 'other'] })),
    createRole: async () =>
      iam.send(
        new CreateRoleCommand({
          RoleName: 'cart',
          Path: '/irsa/',
          AssumeRolePolicyDocument: trust(issuer, providerArn, SUBJECT),
        }),
      ),
    outcome: async (key) =>
      assume(key).then(
        () => 'accepted',
        (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : 'no error'),
      ),
  }
}

function createToken(key: Key, iss: string, nowMs: number): string {
  const now = Math.floor(nowMs / 1000)
  const claims = { iss, sub: SUBJECT, aud: ['sts.amazonaws.com'], iat: now, nbf: now, exp: now + 3600 }
  const text = [{ alg: 'RS256', kid: key.kid }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${text}.${key.sign(text)}`
}

function trust(issuer: string, providerArn: string, subject: string): string {
  const host = issuer.slice('https://'.length)
  const Condition = { StringEquals: { [`${host}:aud`]: 'sts.amazonaws.com', [`${host}:sub`]: subject } }
  const Statement = {
    Effect: 'Allow',
    Principal: { Federated: providerArn },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition,
  }
  return JSON.stringify({ Version: '2012-10-17', Statement: [Statement] })
}

/** Everything in place, and known to STS. */
async function setUpWorking(partition?: Partition): Promise<Exchange> {
  const exchange = await setUp(partition)
  await exchange.publish([first])
  await exchange.createProvider()
  await exchange.createRole()
  exchange.sandbox.clock.advance(7000)
  return exchange
}

function credentialsOf({ Credentials }: AssumeRoleWithWebIdentityCommandOutput): AwsCredentials {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {}
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
}

const NOT_AUTHORIZED = 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity'
const NOT_VALIDATED =
  'InvalidIdentityTokenException: The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.'
const NO_KEY =
  "InvalidIdentityTokenException: Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"

describe('AssumeRoleWithWebIdentity', () => {
  test.each<Partition>(['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'])(
    'gives credentials in the partition %s',
    async (partition) => {
      const { assume, clients, providerArn, sandbox } = await setUpWorking(partition)
      const output = await assume()
      const Arn = `arn:${partition}:sts::${ACCOUNT}:assumed-role/cart/cart`
      expect(output).toMatchObject({
        Audience: 'sts.amazonaws.com',
        Provider: providerArn,
        SubjectFromWebIdentityToken: SUBJECT,
        AssumedRoleUser: { Arn, AssumedRoleId: expect.stringMatching(/^AROA[A-Z0-9]{17}:cart$/) },
        Credentials: {
          AccessKeyId: expect.stringMatching(/^ASIA[A-Z0-9]{16}$/),
          Expiration: new Date(sandbox.clock.now() + 3_600_000),
        },
        PackedPolicySize: expect.any(Number),
      })
      expect(await clients(credentialsOf(output)).sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
        Account: ACCOUNT,
        Arn,
        UserId: output.AssumedRoleUser?.AssumedRoleId,
      })
    },
  )

  test('gives what the role may do, no more, and not for longer', async () => {
    const { assume, clients, iam, sandbox } = await setUpWorking()
    const session = clients(credentialsOf(await assume(first, { DurationSeconds: 900 })))
    const read = async (): Promise<unknown> => session.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'absent' }))
    await expect(session.iam.send(new ListRolesCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' })
    await iam.send(
      new AttachRolePolicyCommand({ RoleName: 'cart', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
    )
    await expect(session.iam.send(new ListRolesCommand({}))).resolves.toMatchObject({ Roles: [{ RoleName: 'cart' }] })
    await expect(read()).rejects.toMatchObject({ name: 'NoSuchKey' })
    sandbox.clock.advance(900_000)
    await expect(session.iam.send(new ListRolesCommand({}))).rejects.toMatchObject({ name: 'ExpiredToken' })
  })

  test('limits the session by the policies that come with the request', async () => {
    const { assume, clients, iam } = await setUpWorking()
    await iam.send(
      new AttachRolePolicyCommand({ RoleName: 'cart', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
    )
    const PolicyArns = [{ arn: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess' }]
    const session = clients(credentialsOf(await assume(first, { PolicyArns })))
    await expect(session.iam.send(new ListRolesCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' })
    await expect(session.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'absent' }))).rejects.toMatchObject({
      name: 'NoSuchKey',
    })
  })

  test('changes nothing in the world, and gives the same keys in the same order', async () => {
    const keys: string[][] = []
    for (const exchange of [await setUpWorking(), await setUpWorking()]) {
      const { assume, sandbox } = exchange
      const outputs = [await assume(), await assume()]
      keys.push(outputs.map((output) => credentialsOf(output).accessKeyId))
      expect(sandbox.requests.entries.at(-1)).toMatchObject({
        operation: 'AssumeRoleWithWebIdentity',
        access: 'mint',
        caller: 'anonymous',
        changed: false,
      })
    }
    expect(keys[0]).toEqual(keys[1])
    expect(new Set(keys[0]).size).toBe(2)
  })
})

describe('what STS knows of IAM', () => {
  test('comes seven seconds late for a new provider and role', async () => {
    const { sandbox, publish, createProvider, createRole, outcome } = await setUp()
    await publish([first])
    await createProvider()
    await createRole()
    expect(await outcome()).toBe(NOT_AUTHORIZED)
    sandbox.clock.advance(4000)
    expect(await outcome()).toBe(NOT_AUTHORIZED)
    sandbox.clock.advance(3000)
    expect(await outcome()).toBe('accepted')
  })

  test('comes late for a new role of a known provider, which is refused like one that is not there', async () => {
    const { sandbox, publish, createProvider, createRole, outcome } = await setUp()
    await publish([first])
    expect(await outcome()).toBe(NOT_VALIDATED)
    await createProvider()
    sandbox.clock.advance(7000)
    expect(await outcome()).toBe(NOT_AUTHORIZED)
    await createRole()
    expect(await outcome()).toBe(NOT_AUTHORIZED)
    sandbox.clock.advance(7000)
    expect(await outcome()).toBe('accepted')
  })

  test('comes late for another trust policy', async () => {
    const { sandbox, iam, issuer, providerArn, outcome } = await setUpWorking()
    const update = (subject: string): UpdateAssumeRolePolicyCommand =>
      new UpdateAssumeRolePolicyCommand({ RoleName: 'cart', PolicyDocument: trust(issuer, providerArn, subject) })
    await iam.send(update('system:serviceaccount:shop:other'))
    expect(await outcome()).toBe('accepted')
    sandbox.clock.advance(7000)
    expect(await outcome()).toBe(NOT_AUTHORIZED)
    await iam.send(update(SUBJECT))
    sandbox.clock.advance(6999)
    expect(await outcome()).toBe(NOT_AUTHORIZED)
    sandbox.clock.advance(1)
    expect(await outcome()).toBe('accepted')
  })

  test.each([
    [
      'a client id that is removed',
      (arn: string) =>
        new RemoveClientIDFromOpenIDConnectProviderCommand({
          OpenIDConnectProviderArn: arn,
          ClientID: 'sts.amazonaws.com',
        }),
      NOT_VALIDATED,
    ],
    [
      'a provider that is deleted',
      (arn: string) => new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }),
      NOT_VALIDATED,
    ],
    ['a role that is deleted', () => new DeleteRoleCommand({ RoleName: 'cart' }), NOT_AUTHORIZED],
  ])('comes late for %s', async (_, command, refusal) => {
    const { sandbox, iam, providerArn, outcome } = await setUpWorking()
    await iam.send(command(providerArn) as DeleteRoleCommand)
    sandbox.clock.advance(6999)
    expect(await outcome()).toBe('accepted')
    sandbox.clock.advance(1)
    expect(await outcome()).toBe(refusal)
  })
})

describe('what STS keeps of the published documents', () => {
  test('is nothing when they say no-cache', async () => {
    const { publish, outcome } = await setUpWorking()
    expect([await outcome(first), await outcome(second)]).toEqual(['accepted', NO_KEY])
    await publish([second])
    expect([await outcome(first), await outcome(second)]).toEqual([NO_KEY, 'accepted'])
  })

  test('stays for as long as their max-age, though they change', async () => {
    const { sandbox, publish, outcome } = await setUpWorking()
    await publish([first], 'public, max-age=300')
    expect(await outcome(first)).toBe('accepted')
    await publish([second], 'public, max-age=300')
    expect([await outcome(first), await outcome(second)]).toEqual(['accepted', NO_KEY])
    sandbox.clock.advance(299_999)
    expect(await outcome(second)).toBe(NO_KEY)
    sandbox.clock.advance(1)
    expect([await outcome(first), await outcome(second)]).toEqual([NO_KEY, 'accepted'])
  })

  test('outlives their deletion until it runs out', async () => {
    const { sandbox, publish, outcome } = await setUpWorking()
    await publish([first], 'max-age=60')
    expect(await outcome()).toBe('accepted')
    const bucket = sandbox.world.aws.s3.buckets[`aws/${BUCKET}`]
    if (bucket) bucket.objects = {}
    expect(await outcome()).toBe('accepted')
    sandbox.clock.advance(60_000)
    expect(await outcome()).toBe(NO_KEY)
  })
})

describe('GetCallerIdentity', () => {
  test('names a user, whatever it may do', async () => {
    const { sandbox, clients } = await setUp()
    const { sts } = clients(sandbox.createUser({ account: ACCOUNT, name: 'ci', policies: [] }))
    const { Account, Arn, UserId } = await sts.send(new GetCallerIdentityCommand({}))
    expect({ Account, Arn, UserId }).toEqual({
      Account: ACCOUNT,
      Arn: `arn:aws:iam::${ACCOUNT}:user/ci`,
      UserId: expect.stringMatching(/^AIDA[A-Z0-9]{17}$/),
    })
  })

  test('does not know keys that nobody has', async () => {
    const { clients } = await setUp()
    const { sts } = clients({ accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' })
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
      message: 'The security token included in the request is invalid.',
      $metadata: { httpStatusCode: 403 },
    })
  })
})
