import { ACMClient, DescribeCertificateCommand, RequestCertificateCommand } from '@aws-sdk/client-acm'
import type { DistributionConfig, Origin } from '@aws-sdk/client-cloudfront'
import {
  CloudFrontClient,
  CreateDistributionCommand,
  CreateOriginAccessControlCommand,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront'
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53'
import { describe, expect, test } from 'vitest'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'

const ACCOUNT = '111122223333'
const STRANGER = '999988887777'
const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6'

const BUCKET: Origin = {
  Id: 'b',
  DomainName: 'bucket.s3.eu-west-1.amazonaws.com',
  S3OriginConfig: { OriginAccessIdentity: '' },
}
const WEB = { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'https-only' } as const

const VALID: DistributionConfig = {
  CallerReference: 'first',
  Comment: '',
  Enabled: true,
  Origins: { Quantity: 1, Items: [BUCKET] },
  DefaultCacheBehavior: { TargetOriginId: 'b', ViewerProtocolPolicy: 'https-only', CachePolicyId: CACHING_OPTIMIZED },
}

interface Scene {
  readonly sandbox: Sandbox
  readonly cloudfront: CloudFrontClient
  readonly stranger: CloudFrontClient
  /** An access control of the account, and one of a stranger. */
  readonly control: string
  readonly foreignControl: string
  /** Issued certificates for `*.example.com`, and one that still waits. */
  readonly certificate: string
  readonly certificateElsewhere: string
  readonly pendingCertificate: string
}

async function setUp(): Promise<Scene> {
  const sandbox = createSandbox({ clock: { mode: 'manual' } })
  const { requestHandler } = sandbox.session()
  const options = (account: string, region: string): ConstructorParameters<typeof CloudFrontClient>[0] => {
    sandbox.world.aws.accounts[account] ?? sandbox.createAccount({ id: account })
    return { region, credentials: sandbox.createUser({ account }), requestHandler, maxAttempts: 1 }
  }
  const cloudfront = new CloudFrontClient(options(ACCOUNT, 'us-east-1'))
  const stranger = new CloudFrontClient(options(STRANGER, 'us-east-1'))
  const route53 = new Route53Client(options(ACCOUNT, 'us-east-1') as object)
  const zone = await route53.send(new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'z' }))

  async function createControl(client: CloudFrontClient): Promise<string> {
    const kind = { SigningProtocol: 'sigv4', SigningBehavior: 'always', OriginAccessControlOriginType: 's3' } as const
    const made = await client.send(
      new CreateOriginAccessControlCommand({ OriginAccessControlConfig: { Name: 'c', ...kind } }),
    )
    return made.OriginAccessControl?.Id ?? ''
  }

  async function createCertificate(region: string, DomainName: string, prove: boolean): Promise<string> {
    const acm = new ACMClient(options(ACCOUNT, region) as object)
    const { CertificateArn = '' } = await acm.send(
      new RequestCertificateCommand({ DomainName, ValidationMethod: 'DNS' }),
    )
    sandbox.clock.advance(10_000)
    const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn }))
    const record = Certificate?.DomainValidationOptions?.[0]?.ResourceRecord
    const set = { Name: record?.Name, Type: 'CNAME', TTL: 60, ResourceRecords: [{ Value: record?.Value }] } as const
    const Changes = [{ Action: 'UPSERT', ResourceRecordSet: set }] as const
    const ChangeBatch = { Changes: Changes as never }
    if (prove)
      await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zone.HostedZone?.Id, ChangeBatch }))
    return CertificateArn
  }

  const scene = {
    sandbox,
    cloudfront,
    stranger,
    control: await createControl(cloudfront),
    foreignControl: await createControl(stranger),
    certificate: await createCertificate('us-east-1', '*.example.com', true),
    certificateElsewhere: await createCertificate('eu-west-1', '*.example.com', true),
    pendingCertificate: await createCertificate('us-east-1', 'pending.example.com', false),
  }
  sandbox.clock.advance(1_800_000)
  return scene
}

function withOrigin(origin: Partial<Origin>): Partial<DistributionConfig> {
  return { Origins: { Quantity: 1, Items: [{ ...BUCKET, ...origin }] } }
}

function withBehavior(behavior: object): Partial<DistributionConfig> {
  return { DefaultCacheBehavior: { ...VALID.DefaultCacheBehavior, ...behavior } }
}

function withAlias(
  alias: string,
  ACMCertificateArn: string | undefined,
  more: object = {},
): Partial<DistributionConfig> {
  const ViewerCertificate = {
    ...(ACMCertificateArn && { ACMCertificateArn }),
    SSLSupportMethod: 'sni-only',
    ...more,
  } as const
  return { Aliases: { Quantity: 1, Items: [alias] }, ViewerCertificate }
}

const FORWARDED = { QueryString: false, Cookies: { Forward: 'none' } }
const LEGACY = { CachePolicyId: undefined, ForwardedValues: FORWARDED }

type Change = (scene: Scene) => Partial<DistributionConfig>

const REFUSALS: readonly (readonly [
  what: string,
  change: Change,
  code: string,
  status: number,
  text?: string | RegExp,
])[] = [
  ['an empty caller reference', () => ({ CallerReference: '' }), 'InvalidArgument', 400],
  ['a comment of 129 characters', () => ({ Comment: 'x'.repeat(129) }), 'InvalidArgument', 400, /Comment/],
  ['an unknown price class', () => ({ PriceClass: 'PriceClass_300' as 'None' }), 'InvalidArgument', 400, /PriceClass/],
  ['an unknown HTTP version', () => ({ HttpVersion: 'http9' as 'http2' }), 'InvalidArgument', 400, /HttpVersion/],
  ['a root object with a slash', () => ({ DefaultRootObject: '/index.html' }), 'InvalidDefaultRootObject', 400],
  ['no origin', () => ({ Origins: { Quantity: 0, Items: [] } }), 'InvalidArgument', 400],
  ['two origins of one id', () => ({ Origins: { Quantity: 2, Items: [BUCKET, BUCKET] } }), 'InvalidArgument', 400],
  [
    'a quantity that is not the number of items',
    () => ({ Origins: { Quantity: 2, Items: [BUCKET] } }),
    'InconsistentQuantities',
    400,
  ],
  ['a quantity without items', () => ({ Aliases: { Quantity: 1 } }), 'InconsistentQuantities', 400],
  ['a missing member', () => ({ Comment: undefined }), 'MalformedXML', 400, /DistributionConfig\.Comment/],
  ['a number that is none', () => withOrigin({ ConnectionAttempts: 'many' as unknown as number }), 'MalformedXML', 400],
  ['an origin of both kinds', () => withOrigin({ CustomOriginConfig: WEB }), 'InvalidArgument', 400],
  ['an origin of no kind', () => withOrigin({ S3OriginConfig: undefined }), 'InvalidArgument', 400],
  ['an origin path with a final slash', () => withOrigin({ OriginPath: '/a/' }), 'InvalidArgument', 400],
  [
    'a bucket origin that is no bucket',
    () => withOrigin({ DomainName: 'www.example.com' }),
    'InvalidArgument',
    400,
    'The parameter Origin DomainName does not refer to a valid S3 bucket.',
  ],
  [
    'an access control that is not there',
    () => withOrigin({ OriginAccessControlId: 'ENONE' }),
    'InvalidOriginAccessControl',
    400,
  ],
  [
    'an access control of somebody else',
    ({ foreignControl }) => withOrigin({ OriginAccessControlId: foreignControl }),
    'InvalidOriginAccessControl',
    400,
  ],
  [
    'an access control and an identity',
    ({ control }) =>
      withOrigin({
        OriginAccessControlId: control,
        S3OriginConfig: { OriginAccessIdentity: 'origin-access-identity/cloudfront/E1' },
      }),
    'IllegalOriginAccessConfiguration',
    400,
  ],
  [
    'an identity that is not there',
    () => withOrigin({ S3OriginConfig: { OriginAccessIdentity: 'origin-access-identity/cloudfront/E1' } }),
    'InvalidOriginAccessIdentity',
    400,
  ],
  [
    'an access control for buckets on another origin',
    ({ control }) =>
      withOrigin({
        OriginAccessControlId: control,
        DomainName: 'www.example.com',
        S3OriginConfig: undefined,
        CustomOriginConfig: WEB,
      }),
    'InvalidDomainNameForOriginAccessControl',
    400,
  ],
  ['a behavior with another origin', () => withBehavior({ TargetOriginId: 'x' }), 'NoSuchOrigin', 404],
  ['an unknown viewer protocol', () => withBehavior({ ViewerProtocolPolicy: 'none' }), 'InvalidArgument', 400],
  ['a cache policy that is not there', () => withBehavior({ CachePolicyId: 'none' }), 'NoSuchCachePolicy', 404],
  [
    'lifetimes beside a cache policy',
    () => withBehavior({ MinTTL: 60 }),
    'InvalidArgument',
    400,
    'The parameter MinTTL cannot be used when a cache policy is associated to the cache behavior.',
  ],
  [
    'neither cache policy nor forwarded values',
    () => withBehavior({ CachePolicyId: undefined }),
    'InvalidArgument',
    400,
  ],
  [
    'lifetimes in the wrong order',
    () => withBehavior({ ...LEGACY, MinTTL: 5, DefaultTTL: 4, MaxTTL: 6 }),
    'InvalidTTLOrder',
    400,
  ],
  ['a least lifetime over the default one', () => withBehavior({ ...LEGACY, MinTTL: 86_401 }), 'InvalidTTLOrder', 400],
  [
    'an alias without a certificate',
    () => ({ Aliases: { Quantity: 1, Items: ['a.example.com'] } }),
    'InvalidViewerCertificate',
    400,
    /must attach a trusted certificate/,
  ],
  [
    'a certificate that is not there',
    () => withAlias('a.example.com', `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/x`),
    'InvalidViewerCertificate',
    400,
    /doesn't exist/,
  ],
  [
    'a certificate that waits',
    ({ pendingCertificate }) => withAlias('pending.example.com', pendingCertificate),
    'InvalidViewerCertificate',
    400,
    /isn't valid/,
  ],
  [
    'a certificate of another region',
    ({ certificateElsewhere }) => withAlias('a.example.com', certificateElsewhere),
    'InvalidViewerCertificate',
    400,
    /isn't in us-east-1/,
  ],
  [
    'a certificate for other names',
    ({ certificate }) => withAlias('a.example.org', certificate),
    'InvalidViewerCertificate',
    400,
    /doesn't cover/,
  ],
  [
    'a wildcard over two labels',
    ({ certificate }) => withAlias('a.b.example.com', certificate),
    'InvalidViewerCertificate',
    400,
    /doesn't cover/,
  ],
  [
    'two certificates',
    ({ certificate }) => withAlias('a.example.com', certificate, { CloudFrontDefaultCertificate: true }),
    'InvalidViewerCertificate',
    400,
  ],
  [
    'no way of serving TLS',
    ({ certificate }) => withAlias('a.example.com', certificate, { SSLSupportMethod: undefined }),
    'InvalidArgument',
    400,
  ],
  [
    'an unknown TLS version',
    ({ certificate }) => withAlias('a.example.com', certificate, { MinimumProtocolVersion: 'TLSv9' }),
    'InvalidMinimumProtocolVersion',
    400,
  ],
  [
    'an alias in upper case',
    () => withAlias('A.example.com', undefined, { IAMCertificateId: 'x' }),
    'InvalidArgument',
    400,
  ],
  [
    'more than 100 aliases',
    () => ({
      Aliases: { Quantity: 101, Items: Array.from({ length: 101 }, (_, index) => `a${index}.example.com`) },
      ViewerCertificate: { IAMCertificateId: 'x', SSLSupportMethod: 'sni-only' },
    }),
    'TooManyDistributionCNAMEs',
    400,
  ],
]

describe('CreateDistribution', () => {
  test.each(REFUSALS)('refuses %s', async (_, change, name, httpStatusCode, text) => {
    const scene = await setUp()
    const before = structuredClone(scene.sandbox.world.aws)
    const DistributionConfig = { ...VALID, ...change(scene) }
    const refusal = await scene.cloudfront
      .send(new CreateDistributionCommand({ DistributionConfig }))
      .catch((error: unknown) => error)
    expect(refusal).toMatchObject({ name, $metadata: { httpStatusCode } })
    if (text !== undefined) expect((refusal as Error).message).toMatch(text)
    expect(scene.sandbox.world.aws).toEqual(before)
  })

  const ACCEPTED: readonly (readonly [string, Change])[] = [
    ['the plainest', () => ({})],
    ['128 characters of comment', () => ({ Comment: 'x'.repeat(128) })],
    ['a covered alias', ({ certificate }) => withAlias('a.example.com', certificate)],
    ['a certificate of IAM', () => withAlias('a.example.org', undefined, { IAMCertificateId: 'anything' })],
    ['an access control', ({ control }) => withOrigin({ OriginAccessControlId: control })],
    ['lifetimes in order', () => withBehavior({ ...LEGACY, MinTTL: 60, DefaultTTL: 3600, MaxTTL: 86_400 })],
  ]
  test.each(ACCEPTED)('takes %s', async (_, change) => {
    const scene = await setUp()
    const DistributionConfig = { ...VALID, ...change(scene) }
    const made = await scene.cloudfront.send(new CreateDistributionCommand({ DistributionConfig }))
    expect(made.$metadata.httpStatusCode).toBe(201)
  })

  test.each([
    ['the same reference and configuration', {}, 'DistributionAlreadyExists'],
    ['the same reference', { Comment: 'other' }, 'DistributionAlreadyExists'],
    ['another reference', { CallerReference: 'second' }, undefined],
  ])('a second time with %s', async (_, more, name) => {
    const { cloudfront } = await setUp()
    await cloudfront.send(new CreateDistributionCommand({ DistributionConfig: VALID }))
    const again = cloudfront.send(new CreateDistributionCommand({ DistributionConfig: { ...VALID, ...more } }))
    await (name === undefined
      ? expect(again).resolves.toBeDefined()
      : expect(again).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 409 } }))
  })
})

describe('aliases', () => {
  const viewer = { IAMCertificateId: 'x', SSLSupportMethod: 'sni-only' } as const
  const config = (reference: string, ...aliases: string[]): DistributionConfig => ({
    ...VALID,
    CallerReference: reference,
    Aliases: { Quantity: aliases.length, Items: aliases },
    ViewerCertificate: viewer,
  })

  test.each([
    ['the same in one account', 'own', 'a.example.com', 'a.example.com', true],
    ['the same in two accounts', 'foreign', 'a.example.com', 'a.example.com', true],
    ['a wildcard over it in one account', 'own', 'a.example.com', '*.example.com', false],
    ['a wildcard over it in two accounts', 'foreign', 'a.example.com', '*.example.com', true],
    ['below a wildcard in two accounts', 'foreign', '*.example.com', 'a.example.com', true],
    ['a sibling in two accounts', 'foreign', 'a.example.com', 'b.example.com', false],
  ])('%s', async (_, whose, first, second, isRefused) => {
    const { cloudfront, stranger } = await setUp()
    await cloudfront.send(new CreateDistributionCommand({ DistributionConfig: config('1', first) }))
    const other = whose === 'own' ? cloudfront : stranger
    const result = other.send(new CreateDistributionCommand({ DistributionConfig: config('2', second) }))
    const error = { name: 'CNAMEAlreadyExists', $metadata: { httpStatusCode: 409 } }
    await (isRefused ? expect(result).rejects.toMatchObject(error) : expect(result).resolves.toBeDefined())
  })

  test('may stay on an update, and not be taken by it', async () => {
    const { cloudfront } = await setUp()
    await cloudfront.send(new CreateDistributionCommand({ DistributionConfig: config('1', 'a.example.com') }))
    const made = await cloudfront.send(
      new CreateDistributionCommand({ DistributionConfig: config('2', 'b.example.com') }),
    )
    const Id = made.Distribution?.Id
    const full = made.Distribution?.DistributionConfig as DistributionConfig
    const { ETag } = await cloudfront.send(
      new UpdateDistributionCommand({ Id, IfMatch: made.ETag, DistributionConfig: full }),
    )
    const taken = { ...full, Aliases: { Quantity: 1, Items: ['a.example.com'] } }
    const update = new UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig: taken })
    await expect(cloudfront.send(update)).rejects.toMatchObject({ name: 'CNAMEAlreadyExists' })
  })
})

describe('UpdateDistribution', () => {
  const drop = (name: keyof DistributionConfig) => (config: DistributionConfig) => ({ ...config, [name]: undefined })
  const dropInBehavior = (name: string) => (config: DistributionConfig) => ({
    ...config,
    DefaultCacheBehavior: {
      ...config.DefaultCacheBehavior,
      [name]: undefined,
    } as DistributionConfig['DefaultCacheBehavior'],
  })
  const CASES: readonly (readonly [
    string,
    (config: DistributionConfig) => DistributionConfig,
    string,
    string | RegExp,
  ])[] = [
    [
      'another caller reference',
      (config) => ({ ...config, CallerReference: 'second' }),
      'IllegalUpdate',
      /CallerReference/,
    ],
    ['no aliases', drop('Aliases'), 'IllegalUpdate', 'Aliases are missing for the resource'],
    ['no root object', drop('DefaultRootObject'), 'IllegalUpdate', /DefaultRootObject/],
    ['no firewall', drop('WebACLId'), 'IllegalUpdate', 'WebACLId is missing for the resource'],
    ['no certificate', drop('ViewerCertificate'), 'IllegalUpdate', /ViewerCertificate/],
    [
      'no custom headers',
      (config) => ({ ...config, Origins: { Quantity: 1, Items: [{ ...BUCKET, OriginPath: '' }] } }),
      'IllegalUpdate',
      "The 'OriginCustomHeaders' field is missing",
    ],
    [
      'no smooth streaming',
      dropInBehavior('SmoothStreaming'),
      'InvalidArgument',
      'The parameter SmoothStreaming flag is missing',
    ],
    ['no allowed methods', dropInBehavior('AllowedMethods'), 'InvalidArgument', /AllowedMethods/],
    ['what a create refuses too', (config) => ({ ...config, Comment: 'x'.repeat(129) }), 'InvalidArgument', /Comment/],
  ]

  test.each(CASES)('refuses %s', async (_, change, name, text) => {
    const { cloudfront, sandbox } = await setUp()
    const made = await cloudfront.send(new CreateDistributionCommand({ DistributionConfig: VALID }))
    const Id = made.Distribution?.Id
    const read = await cloudfront.send(new GetDistributionConfigCommand({ Id }))
    const before = structuredClone(sandbox.world.aws)
    const DistributionConfig = change(read.DistributionConfig as DistributionConfig)
    const refusal = await cloudfront
      .send(new UpdateDistributionCommand({ Id, IfMatch: read.ETag, DistributionConfig }))
      .catch((error: unknown) => error)
    expect(refusal).toMatchObject({ name, $metadata: { httpStatusCode: 400 } })
    expect((refusal as Error).message).toMatch(text)
    expect(sandbox.world.aws).toEqual(before)
  })

  test.each([
    ['no version', undefined, 'InvalidIfMatchVersion', 400],
    ['what is no version', 'latest', 'InvalidIfMatchVersion', 400],
    ['another version', 'E0000000000000', 'PreconditionFailed', 412],
  ])('refuses %s', async (_, IfMatch, name, httpStatusCode) => {
    const { cloudfront } = await setUp()
    const { Distribution } = await cloudfront.send(new CreateDistributionCommand({ DistributionConfig: VALID }))
    const DistributionConfig = Distribution?.DistributionConfig as DistributionConfig
    const update = new UpdateDistributionCommand({ Id: Distribution?.Id, IfMatch, DistributionConfig })
    await expect(cloudfront.send(update)).rejects.toMatchObject({ name, $metadata: { httpStatusCode } })
  })

  test('of what is not there is NoSuchDistribution', async () => {
    const { cloudfront } = await setUp()
    const update = new UpdateDistributionCommand({ Id: 'ENONE', IfMatch: 'E1', DistributionConfig: VALID })
    await expect(cloudfront.send(update)).rejects.toMatchObject({
      name: 'NoSuchDistribution',
      $metadata: { httpStatusCode: 404 },
    })
  })
})

describe('bodies', () => {
  test.each([
    ['nothing', '', 'MissingBody'],
    ['no XML', '{"a":1}', 'MalformedXML'],
    ['an open element', '<DistributionConfig>', 'MalformedXML'],
    ['another root', '<Other/>', 'MalformedXML'],
    ['an unknown member', '<DistributionConfig><Colour>red</Colour></DistributionConfig>', 'MalformedXML'],
  ])('of %s are refused', async (_, body, code) => {
    const { sandbox } = await setUp()
    const [accessKeyId] = Object.keys(sandbox.world.aws.accessKeys)
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/cloudfront/aws4_request, Signature=x`
    const response = await sandbox.handle(
      { to: 'aws' },
      {
        method: 'POST',
        url: new URL('https://cloudfront.amazonaws.com/2020-05-31/distribution'),
        headers: { authorization },
        body: new TextEncoder().encode(body),
      },
      'raw',
    )
    expect(response.status).toBe(400)
    expect(new TextDecoder().decode(response.body)).toContain(`<Code>${code}</Code>`)
  })
})
