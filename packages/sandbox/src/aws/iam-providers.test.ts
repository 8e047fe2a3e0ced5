import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  IAMClient,
  ListOpenIDConnectProvidersCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from '@aws-sdk/client-iam'
import type { CreateOpenIDConnectProviderCommandInput } from '@aws-sdk/client-iam'
import {
  CreateBucketCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'
import type { Partition } from '../world.ts'
import type { PolicyDocument } from './policy.ts'

const ACCOUNT = '111122223333'
const HOME: Record<Partition, string> = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
  'aws-eusc': 'eusc-de-east-1',
}
const THUMBPRINT = 'a'.repeat(40)

interface Setup {
  readonly sandbox: Sandbox
  readonly iam: IAMClient
  readonly s3: S3Client
}

function setUp({
  partition = 'aws',
  policies,
}: { partition?: Partition; policies?: readonly PolicyDocument[] } = {}): Setup {
  const sandbox = createSandbox({ clock: { mode: 'manual' } })
  sandbox.createAccount({ id: ACCOUNT, partition })
  const credentials = sandbox.createUser({
    account: ACCOUNT,
    name: 'ci',
    ...(policies === undefined ? {} : { policies }),
  })
  const { requestHandler } = sandbox.session()
  const options = { region: HOME[partition], credentials, requestHandler, maxAttempts: 1 }
  return { sandbox, iam: new IAMClient(options), s3: new S3Client(options) }
}

function arnOf(url: string, partition: Partition = 'aws'): string {
  return `arn:${partition}:iam::${ACCOUNT}:oidc-provider/${url.replace('https://', '')}`
}

async function create(
  iam: IAMClient,
  url: string,
  more: Partial<CreateOpenIDConnectProviderCommandInput> = {},
): Promise<string | undefined> {
  const output = await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: url, ThumbprintList: [THUMBPRINT], ...more }),
  )
  return output.OpenIDConnectProviderArn
}

const ISSUER = 'https://issuer.example.com/path'
const GET = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arnOf(ISSUER) })

describe('CreateOpenIDConnectProvider', () => {
  test('keeps what was asked for, and gives the URL back without its scheme', async () => {
    const { sandbox, iam } = setUp()
    const output = await iam.send(
      new CreateOpenIDConnectProviderCommand({
        Url: ISSUER,
        ClientIDList: ['z', 'a', 'z'],
        ThumbprintList: ['A'.repeat(40), 'a'.repeat(40)],
        Tags: [
          { Key: 'key', Value: 'value' },
          { Key: 'Key', Value: 'Value' },
        ],
      }),
    )
    expect(output.OpenIDConnectProviderArn).toBe(arnOf(ISSUER))
    sandbox.clock.advance(500)
    expect(await iam.send(GET)).toEqual({
      $metadata: expect.anything() as unknown,
      Url: 'issuer.example.com/path',
      ClientIDList: ['z', 'a'],
      ThumbprintList: ['a'.repeat(40), 'a'.repeat(40)],
      CreateDate: new Date('2026-01-01T00:00:00Z'),
      Tags: [
        { Key: 'Key', Value: 'Value' },
        { Key: 'key', Value: 'value' },
      ],
    })
  })

  test.each([
    ['https://issuer.example.com:443/path', 'https://issuer.example.com/path'],
    ['https://issuer.example.com:443', 'https://issuer.example.com'],
    ['https://issuer.example.com/path/', 'https://issuer.example.com/path/'],
    ['https://ISSUER.example.com/Path', 'https://ISSUER.example.com/Path'],
  ])('of %s makes the provider of %s', async (written, kept) => {
    const { iam } = setUp()
    expect(await create(iam, written)).toBe(arnOf(kept))
  })

  test.each([
    ['https://issuer.example.com/?q=value', 'InvalidInputException', 'Unknown'],
    ['https://issuer.example.com/#fragment', 'InvalidInputException', 'Unknown'],
    ['https://issuer.example.com?q', 'InvalidInputException', 'Unknown'],
    ['http://issuer.example.com', 'ValidationError', 'Invalid Open ID Connect Provider URL'],
    ['https://issuer.example.com:8443', 'ValidationError', 'Invalid Open ID Connect Provider URL'],
    ['https://', 'ValidationError', 'Invalid Open ID Connect Provider URL'],
    ['issuer.example.com', 'ValidationError', 'Invalid Open ID Connect Provider URL'],
    [`https://issuer.example.com/${'x'.repeat(255)}`, 'ValidationError', /less than or equal to 255$/],
  ])('refuses %s', async (url, name, message) => {
    const { sandbox, iam } = setUp()
    await expect(create(iam, url)).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: 400 },
    })
    expect(sandbox.world.aws.iam[ACCOUNT]?.oidcProviders).toEqual({})
  })

  test.each<readonly [string, Partial<CreateOpenIDConnectProviderCommandInput>, string, string | RegExp]>([
    [
      'six thumbprints',
      { ThumbprintList: Array<string>(6).fill(THUMBPRINT) },
      'InvalidInputException',
      'Thumbprint list must contain fewer than 5 entries.',
    ],
    ['a short thumbprint', { ThumbprintList: ['a'] }, 'ValidationError', /greater than or equal to 40$/],
    ['an empty client id', { ClientIDList: [''] }, 'ValidationError', /greater than or equal to 1$/],
    [
      'a client id of 256 characters',
      { ClientIDList: ['x'.repeat(256)] },
      'ValidationError',
      /less than or equal to 255$/,
    ],
    [
      '101 client ids',
      { ClientIDList: Array.from({ length: 101 }, (_, index) => `id-${index}`) },
      'LimitExceededException',
      'Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100',
    ],
    [
      'a reserved tag',
      { Tags: [{ Key: 'AWS:x', Value: '' }] },
      'InvalidInputException',
      'Tag keys beginning with aws: are reserved for system use.',
    ],
    [
      'one tag twice',
      {
        Tags: [
          { Key: 'x', Value: '' },
          { Key: 'x', Value: 'y' },
        ],
      },
      'InvalidInputException',
      'Duplicate tag keys found.',
    ],
  ])('refuses %s', async (_, more, name, message) => {
    const { sandbox, iam } = setUp()
    await expect(create(iam, ISSUER, more)).rejects.toMatchObject({ name, message: expect.stringMatching(message) })
    expect(sandbox.world.aws.iam[ACCOUNT]?.oidcProviders).toEqual({})
  })

  test('accepts five thumbprints that are not hexadecimal', async () => {
    const { iam } = setUp()
    expect(await create(iam, ISSUER, { ThumbprintList: Array<string>(5).fill('g'.repeat(40)) })).toBe(arnOf(ISSUER))
  })

  test('refuses a second one of the same URL at once, though reads do not know the first yet', async () => {
    const { iam } = setUp()
    await create(iam, ISSUER)
    await expect(iam.send(GET)).rejects.toMatchObject({ name: 'NoSuchEntityException' })
    await expect(create(iam, ISSUER)).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
      message: `Provider with url ${ISSUER} already exists.`,
      $metadata: { httpStatusCode: 409 },
    })
  })

  test.each<Partition>(['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'])('names the partition %s', async (partition) => {
    const { iam } = setUp({ partition })
    expect(await create(iam, ISSUER)).toBe(arnOf(ISSUER, partition))
  })

  test('refuses the 101st of an account', async () => {
    const { iam } = setUp()
    for (let index = 0; index < 100; index += 1) await create(iam, `https://issuer.example.com/${index}`)
    await expect(create(iam, ISSUER)).rejects.toMatchObject({ name: 'LimitExceededException' })
  })
})

describe('CreateOpenIDConnectProvider without thumbprints', () => {
  const issuer = 'https://irsa-test-issuer.s3.us-east-1.amazonaws.com'

  async function publish(s3: S3Client, discovery: unknown): Promise<void> {
    const Bucket = 'irsa-test-issuer'
    await s3.send(new CreateBucketCommand({ Bucket }))
    await s3.send(
      new PutPublicAccessBlockCommand({
        Bucket,
        PublicAccessBlockConfiguration: { BlockPublicPolicy: false, RestrictPublicBuckets: false },
      }),
    )
    const statement = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` }
    await s3.send(
      new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) }),
    )
    await s3.send(
      new PutObjectCommand({ Bucket, Key: '.well-known/openid-configuration', Body: JSON.stringify(discovery) }),
    )
  }

  test('finds one by itself when the issuer answers', async () => {
    const { sandbox, iam, s3 } = setUp()
    await publish(s3, { issuer, jwks_uri: `${issuer}/keys.json` })
    const arn = await create(iam, issuer, { ThumbprintList: undefined })
    sandbox.clock.advance(500)
    const { ThumbprintList } = await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }))
    expect(ThumbprintList).toEqual([expect.stringMatching(/^[0-9a-f]{40}$/)])
  })

  test.each<readonly [string, unknown]>([
    ['nothing is published', undefined],
    ['the document names another issuer', { issuer: `${issuer}/`, jwks_uri: `${issuer}/keys.json` }],
    ['the document names no keys', { issuer }],
    ['the keys are not at an HTTPS address', { issuer, jwks_uri: 'http://example.com/keys.json' }],
    ['the document is a text', 'word'],
  ])('fails when %s', async (_, discovery) => {
    const { sandbox, iam, s3 } = setUp()
    if (discovery !== undefined) await publish(s3, discovery)
    await expect(create(iam, issuer, { ThumbprintList: undefined })).rejects.toMatchObject({
      name: 'OpenIdIdpCommunicationErrorException',
      $metadata: { httpStatusCode: 400 },
    })
    expect(sandbox.world.aws.iam[ACCOUNT]?.oidcProviders).toEqual({})
  })
})

describe('client ids and thumbprints', () => {
  test('are added and removed, which succeeds when there is nothing to do', async () => {
    const { sandbox, iam } = setUp()
    const OpenIDConnectProviderArn = await create(iam, ISSUER, { ClientIDList: ['a'] })
    const changed = (): boolean | undefined => sandbox.requests.entries.at(-1)?.changed
    await iam.send(new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID: 'b' }))
    expect(changed()).toBe(true)
    await iam.send(new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID: 'a' }))
    expect(changed()).toBe(false)
    await iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID: 'absent' }))
    expect(changed()).toBe(false)
    await iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID: 'a' }))
    await iam.send(
      new UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn, ThumbprintList: ['B'.repeat(40)] }),
    )
    sandbox.clock.advance(500)
    expect(await iam.send(GET)).toMatchObject({ ClientIDList: ['b'], ThumbprintList: ['b'.repeat(40)] })
  })

  test('cannot be none, for thumbprints', async () => {
    const { iam } = setUp()
    const OpenIDConnectProviderArn = await create(iam, ISSUER)
    const update = new UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn, ThumbprintList: [] })
    await expect(iam.send(update)).rejects.toMatchObject({
      name: 'InvalidInputException',
      message: 'Thumbprint list must contain at least one entry.',
    })
  })
})

describe('a provider that is not there', () => {
  const OpenIDConnectProviderArn = arnOf(ISSUER)
  test.each([
    ['read', GET, `OpenIDConnect Provider not found for arn ${OpenIDConnectProviderArn}`],
    [
      'deleted',
      new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }),
      `OpenId connect Provider ${OpenIDConnectProviderArn} cannot be found.`,
    ],
    [
      'changed',
      new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID: 'a' }),
      `OpenIDConnect Provider not found for arn ${OpenIDConnectProviderArn}`,
    ],
  ] as const)('cannot be %s', async (_, command, message) => {
    const { iam } = setUp()
    await expect(iam.send(command as typeof GET)).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message,
      $metadata: { httpStatusCode: 404 },
    })
  })

  test('is one that was deleted a moment ago, though reads still show it', async () => {
    const { sandbox, iam } = setUp()
    await create(iam, ISSUER)
    sandbox.clock.advance(500)
    await iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))
    const list = async (): Promise<unknown> =>
      (await iam.send(new ListOpenIDConnectProvidersCommand({}))).OpenIDConnectProviderList
    expect(await list()).toEqual([{ Arn: OpenIDConnectProviderArn }])
    expect((await iam.send(GET)).Url).toBe('issuer.example.com/path')
    await expect(iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    })
    sandbox.clock.advance(500)
    expect(await list()).toEqual([])
    await expect(iam.send(GET)).rejects.toMatchObject({ name: 'NoSuchEntityException' })
  })
})

describe('permission', () => {
  const allow = (
    Action: string | string[],
    Resource: string,
    Condition: Record<string, Record<string, string>> = {},
  ): PolicyDocument => ({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action, Resource, Condition },
  })
  const tags = { Tags: [{ Key: 'cluster', Value: 'a' }] }
  const both = ['iam:CreateOpenIDConnectProvider', 'iam:TagOpenIDConnectProvider']

  test.each<readonly [string, PolicyDocument, boolean]>([
    ['for this provider', allow(both, arnOf(ISSUER)), true],
    ['for another path', allow(both, arnOf('https://issuer.example.com/other')), false],
    ['without tagging', allow('iam:CreateOpenIDConnectProvider', '*'), false],
    ['for this tag', allow(both, '*', { StringEquals: { 'aws:RequestTag/cluster': 'a' } }), true],
    ['for another tag', allow(both, '*', { StringEquals: { 'aws:RequestTag/cluster': 'b' } }), false],
    ['for these tag keys only', allow(both, '*', { 'ForAllValues:StringEquals': { 'aws:TagKeys': 'cluster' } }), true],
  ])('to create one, given %s', async (_, policy, allowed) => {
    const { iam } = setUp({ policies: [policy] })
    const outcome = create(iam, ISSUER, tags).catch((error: unknown) => error)
    const message = expect.stringContaining(arnOf(ISSUER)) as string
    const denied = expect.objectContaining({ name: 'AccessDenied', message }) as unknown
    expect(await outcome).toEqual(allowed ? arnOf(ISSUER) : denied)
  })

  test('goes by the tags that a provider has', async () => {
    const { sandbox, iam } = setUp()
    const OpenIDConnectProviderArn = await create(iam, ISSUER, tags)
    const limited = (value: string): IAMClient => {
      const policies = [
        allow('iam:DeleteOpenIDConnectProvider', '*', { StringEquals: { 'aws:ResourceTag/cluster': value } }),
      ]
      const credentials = sandbox.createUser({ account: ACCOUNT, name: `only-${value}`, policies })
      return new IAMClient({
        region: 'us-east-1',
        credentials,
        requestHandler: sandbox.session().requestHandler,
        maxAttempts: 1,
      })
    }
    const remove = new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn })
    await expect(limited('b').send(remove)).rejects.toMatchObject({ name: 'AccessDenied' })
    await limited('a').send(remove)
  })

  test('does not reach into another account', async () => {
    const { iam } = setUp()
    const OpenIDConnectProviderArn = arnOf(ISSUER).replace(ACCOUNT, '999999999999')
    await expect(iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))).rejects.toMatchObject({
      name: 'AccessDenied',
    })
  })
})
