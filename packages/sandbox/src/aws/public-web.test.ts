import { ACMClient, DescribeCertificateCommand, RequestCertificateCommand } from '@aws-sdk/client-acm'
import type { DistributionConfig } from '@aws-sdk/client-cloudfront'
import {
  CloudFrontClient,
  CreateDistributionCommand,
  CreateInvalidationCommand,
  CreateOriginAccessControlCommand,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront'
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53'
import {
  CreateBucketCommand,
  DeletePublicAccessBlockCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'
import type { Session } from '../session.ts'
import { fetchPublic } from './public-web.ts'

const HOST = 'oidc.example.com'
const KEYS = `https://${HOST}/openid/v1/jwks`
const REGION = 'eu-west-1'
const BUCKET = 'issuer-documents'
const BUCKET_HOST = `${BUCKET}.s3.${REGION}.amazonaws.com`
const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6'
const ALIAS_ZONE = 'Z2FDTNDATAQYW2'

interface Issuer {
  readonly sandbox: Sandbox
  readonly session: Session
  readonly s3: S3Client
  readonly acm: ACMClient
  readonly route53: Route53Client
  readonly cloudfront: CloudFrontClient
  readonly zoneId: string
  readonly distributionId: string
  readonly domainName: string
  readonly certificateArn: string
}

/** All that an issuer needs, deployed and in sync, with one key set of one hour in the bucket. */
async function createIssuer(config: Partial<DistributionConfig> = {}): Promise<Issuer> {
  const sandbox = createSandbox({ clock: { mode: 'manual' } })
  const account = sandbox.createAccount()
  const session = sandbox.session()
  const { requestHandler } = session
  const options = { region: 'us-east-1', credentials: sandbox.createUser({ account }), requestHandler, maxAttempts: 1 }
  const s3 = new S3Client({ ...options, region: REGION })
  const acm = new ACMClient(options)
  const route53 = new Route53Client(options)
  const cloudfront = new CloudFrontClient(options)

  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }))
  const zone = await route53.send(new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'zone' }))
  const zoneId = zone.HostedZone?.Id ?? ''
  const certificate = { DomainName: HOST, ValidationMethod: 'DNS' } as const
  const certificateArn = (await acm.send(new RequestCertificateCommand(certificate))).CertificateArn ?? ''
  sandbox.clock.advance(10_000)
  const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn: certificateArn }))
  const proof = Certificate?.DomainValidationOptions?.[0]?.ResourceRecord
  await change(route53, zoneId, 'UPSERT', {
    Name: proof?.Name,
    Type: 'CNAME',
    TTL: 60,
    ResourceRecords: [{ Value: proof?.Value }],
  })
  sandbox.clock.advance(1_800_000)
  const control = await cloudfront.send(
    new CreateOriginAccessControlCommand({
      OriginAccessControlConfig: {
        Name: 'issuer',
        SigningProtocol: 'sigv4',
        SigningBehavior: 'always',
        OriginAccessControlOriginType: 's3',
      },
    }),
  )
  const { Distribution } = await cloudfront.send(
    new CreateDistributionCommand({
      DistributionConfig: {
        CallerReference: 'issuer',
        Comment: '',
        Enabled: true,
        Aliases: { Quantity: 1, Items: [HOST] },
        Origins: {
          Quantity: 1,
          Items: [
            {
              Id: 'bucket',
              DomainName: BUCKET_HOST,
              S3OriginConfig: { OriginAccessIdentity: '' },
              OriginAccessControlId: control.OriginAccessControl?.Id,
            },
          ],
        },
        DefaultCacheBehavior: {
          TargetOriginId: 'bucket',
          ViewerProtocolPolicy: 'redirect-to-https',
          CachePolicyId: CACHING_OPTIMIZED,
        },
        ViewerCertificate: {
          ACMCertificateArn: certificateArn,
          SSLSupportMethod: 'sni-only',
          MinimumProtocolVersion: 'TLSv1.2_2021',
        },
        ...config,
      },
    }),
  )
  const { Id: distributionId = '', DomainName: domainName = '' } = Distribution ?? {}
  const policy = {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'cloudfront.amazonaws.com' },
      Action: 's3:GetObject',
      Resource: `arn:aws:s3:::${BUCKET}/*`,
      Condition: { StringEquals: { 'AWS:SourceArn': Distribution?.ARN } },
    },
  }
  await s3.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy: JSON.stringify(policy) }))
  await change(route53, zoneId, 'UPSERT', {
    Name: HOST,
    Type: 'A',
    AliasTarget: { HostedZoneId: ALIAS_ZONE, DNSName: domainName, EvaluateTargetHealth: false },
  })
  const issuer = { sandbox, session, s3, acm, route53, cloudfront, zoneId, distributionId, domainName, certificateArn }
  await publish(issuer, 'first')
  sandbox.clock.advance(900_000)
  return issuer
}

type RecordChange = NonNullable<
  ConstructorParameters<typeof ChangeResourceRecordSetsCommand>[0]['ChangeBatch']
>['Changes']
type SentRecord = Partial<NonNullable<NonNullable<RecordChange>[number]['ResourceRecordSet']>> | object

async function change(
  route53: Route53Client,
  zoneId: string,
  Action: 'UPSERT' | 'DELETE',
  record: SentRecord,
): Promise<void> {
  const Changes = [{ Action, ResourceRecordSet: record }] as RecordChange
  await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: { Changes } }))
}

async function publish(
  { s3 }: Issuer,
  body: string,
  headers: object = { CacheControl: 'public, max-age=3600' },
): Promise<void> {
  await s3.send(
    new PutObjectCommand({
      Bucket: BUCKET,
      Key: 'openid/v1/jwks',
      Body: body,
      ContentType: 'application/json',
      ...headers,
    }),
  )
}

async function update({ cloudfront, distributionId }: Issuer, config: Partial<DistributionConfig>): Promise<void> {
  const { DistributionConfig, ETag } = await cloudfront.send(new GetDistributionConfigCommand({ Id: distributionId }))
  await cloudfront.send(
    new UpdateDistributionCommand({
      Id: distributionId,
      IfMatch: ETag,
      DistributionConfig: { ...(DistributionConfig as DistributionConfig), ...config },
    }),
  )
}

function visit({ sandbox }: Issuer, url: string = KEYS, cacheName: string = 'viewer'): ReturnType<typeof fetchPublic> {
  return fetchPublic(sandbox.world, sandbox.clock.now(), url, cacheName)
}

describe('an issuer of bucket, access control, distribution, certificate and alias', () => {
  test('is fetched by its public URL, cached, invalidated', async () => {
    const issuer = await createIssuer()
    const { sandbox, session, cloudfront, distributionId } = issuer

    const first = await session.fetch(KEYS)
    expect([first.status, await first.text()]).toEqual([200, 'first'])
    expect(first.headers.get('content-type')).toBe('application/json')
    expect(first.headers.get('cache-control')).toBe('public, max-age=3600')
    expect(first.headers.get('x-cache')).toBe('Miss from cloudfront')

    await publish(issuer, 'second')
    sandbox.clock.advance(60_000)
    const second = await session.fetch(KEYS)
    expect(await second.text()).toBe('first')
    expect(second.headers.get('x-cache')).toBe('Hit from cloudfront')
    expect(second.headers.get('age')).toBe('60')

    const batch = { Paths: { Quantity: 1, Items: ['/openid/*'] }, CallerReference: '1' }
    await cloudfront.send(new CreateInvalidationCommand({ DistributionId: distributionId, InvalidationBatch: batch }))
    sandbox.clock.advance(59_999)
    expect(await (await session.fetch(KEYS)).text()).toBe('first')
    sandbox.clock.advance(1)
    expect(await (await session.fetch(KEYS)).text()).toBe('second')
    expect(
      sandbox.requests.entries.filter(({ service }) => service === 'public').every(({ changed }) => !changed),
    ).toBe(true)
  })

  test('is reached by the own host too, and through http by a redirect', async () => {
    const issuer = await createIssuer()
    expect(visit(issuer, `https://${issuer.domainName}/openid/v1/jwks`)).toMatchObject({ status: 200, body: 'first' })
    expect(visit(issuer, KEYS.replace('https', 'http'))).toMatchObject({ status: 301, headers: { location: KEYS } })
  })

  test('keeps its bucket closed to everybody else', async () => {
    const issuer = await createIssuer()
    expect(visit(issuer, `https://${BUCKET_HOST}/openid/v1/jwks`).status).toBe(403)
    const other = createSandbox()
    other.restore(issuer.sandbox.dump())
    for (const distribution of Object.values(other.world.aws.cloudfront.distributions)) distribution.arn += 'X'
    expect(fetchPublic(other.world, other.clock.now(), KEYS, 'viewer').status).toBe(403)
  })
})

/** What an edge serves at times after the first fetch, while the bucket holds `second` from then on. */
const LIFETIMES: readonly (readonly [
  name: string,
  policy: object,
  sent: string | undefined,
  seconds: readonly (readonly [number, string])[],
])[] = [
  [
    'max-age of the object',
    { MinTTL: 0, DefaultTTL: 10, MaxTTL: 9999 },
    'max-age=300',
    [
      [299, 'first'],
      [300, 'second'],
    ],
  ],
  [
    's-maxage before max-age',
    { MinTTL: 0, DefaultTTL: 10, MaxTTL: 9999 },
    'max-age=300, s-maxage=60',
    [
      [59, 'first'],
      [60, 'second'],
    ],
  ],
  [
    'not less than the least',
    { MinTTL: 60, DefaultTTL: 600, MaxTTL: 9999 },
    'max-age=5',
    [
      [59, 'first'],
      [60, 'second'],
    ],
  ],
  [
    'not more than the most',
    { MinTTL: 0, DefaultTTL: 5, MaxTTL: 100 },
    'max-age=300',
    [
      [99, 'first'],
      [100, 'second'],
    ],
  ],
  [
    'the default when nothing is said',
    { MinTTL: 0, DefaultTTL: 120, MaxTTL: 9999 },
    undefined,
    [
      [119, 'first'],
      [120, 'second'],
    ],
  ],
  ['no-cache is obeyed', { MinTTL: 0, DefaultTTL: 120, MaxTTL: 9999 }, 'no-cache', [[0, 'second']]],
  [
    'no-store is overridden by the least',
    { MinTTL: 60, DefaultTTL: 120, MaxTTL: 9999 },
    'no-store',
    [
      [59, 'first'],
      [60, 'second'],
    ],
  ],
]

describe('the edge keeps a document for', () => {
  test.each(LIFETIMES)('%s', async (_, ttls, sent, expected) => {
    const forwarded = { QueryString: false, Cookies: { Forward: 'none' } } as const
    const issuer = await createIssuer({
      DefaultCacheBehavior: {
        TargetOriginId: 'bucket',
        ViewerProtocolPolicy: 'https-only',
        ForwardedValues: forwarded,
        ...ttls,
      },
    })
    const headers = sent === undefined ? {} : { CacheControl: sent }
    await publish(issuer, 'first', headers)
    expect(visit(issuer).body).toBe('first')
    await publish(issuer, 'second', headers)
    const start = issuer.sandbox.clock.now()
    for (const [seconds, body] of expected) {
      issuer.sandbox.clock.advance(start + seconds * 1000 - issuer.sandbox.clock.now())
      expect([seconds, visit(issuer).body]).toEqual([seconds, body])
    }
  })

  test.each([
    ['CachingOptimized', CACHING_OPTIMIZED, 'first'],
    ['CachingDisabled', '4135ea2d-6df8-44a3-9df3-4b5a84be39ad', 'second'],
  ])('as long as %s says', async (_, CachePolicyId, expected) => {
    const issuer = await createIssuer({
      DefaultCacheBehavior: { TargetOriginId: 'bucket', ViewerProtocolPolicy: 'https-only', CachePolicyId },
    })
    visit(issuer)
    await publish(issuer, 'second')
    expect(visit(issuer).body).toBe(expected)
  })

  test('UseOriginCacheControlHeaders sends the wrong host to a bucket', async () => {
    const CachePolicyId = '83da9c7e-98b4-4e11-a168-04f0df8e2c65'
    const issuer = await createIssuer({
      DefaultCacheBehavior: { TargetOriginId: 'bucket', ViewerProtocolPolicy: 'https-only', CachePolicyId },
    })
    expect(visit(issuer).status).toBe(403)
  })
})

describe('caches', () => {
  test('each edge location has its own', async () => {
    const issuer = await createIssuer()
    visit(issuer, KEYS, 'FRA')
    await publish(issuer, 'second')
    expect(visit(issuer, KEYS, 'FRA').body).toBe('first')
    expect(visit(issuer, KEYS, 'IAD').body).toBe('second')
    const path = `${issuer.distributionId} /openid/v1/jwks`
    expect(Object.keys(issuer.sandbox.world.caches)).toEqual([`FRA ${path}`, `IAD ${path}`])
  })

  test('a missing object is refused as 403 and not remembered', async () => {
    const issuer = await createIssuer()
    const url = `https://${HOST}/later`
    expect(visit(issuer, url).status).toBe(403)
    await issuer.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'later', Body: 'now' }))
    expect(visit(issuer, url)).toMatchObject({ status: 200, body: 'now' })
  })

  test('404 is remembered for ten seconds', async () => {
    const issuer = await createIssuer()
    const policy = {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Action: ['s3:GetObject', 's3:ListBucket'],
        Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`],
        Condition: { StringEquals: { 'AWS:SourceAccount': Object.keys(issuer.sandbox.world.aws.accounts)[0] } },
      },
    }
    await issuer.s3.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy: JSON.stringify(policy) }))
    const url = `https://${HOST}/later`
    expect(visit(issuer, url)).toMatchObject({ status: 404, headers: { 'x-cache': 'Error from cloudfront' } })
    await issuer.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'later', Body: 'now' }))
    issuer.sandbox.clock.advance(9_999)
    expect(visit(issuer, url).status).toBe(404)
    issuer.sandbox.clock.advance(1)
    expect(visit(issuer, url).status).toBe(200)
  })

  test('a document that ran out is served while the origin fails', async () => {
    const issuer = await createIssuer()
    visit(issuer)
    await update(issuer, {
      Origins: {
        Quantity: 1,
        Items: [
          {
            Id: 'bucket',
            DomainName: 'nowhere.example.org',
            OriginPath: '',
            CustomHeaders: { Quantity: 0 },
            CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'https-only' },
          },
        ],
      },
    })
    issuer.sandbox.clock.advance(2 * 3_600_000)
    expect(visit(issuer)).toMatchObject({ status: 200, body: 'first', headers: { age: '7200' } })
    expect(visit(issuer, `https://${HOST}/other`).status).toBe(502)
  })
})

/** What is done to a working issuer, and the status that a visitor then gets. */
const BREAKAGES: readonly (readonly [
  name: string,
  act: (issuer: Issuer) => Promise<unknown> | void,
  url: string,
  status: number,
])[] = [
  ['a host that nobody has', () => undefined, 'https://nobody.example.com/', 0],
  ['another port', () => undefined, `https://${HOST}:8443/openid/v1/jwks`, 0],
  ['another scheme', () => undefined, `ftp://${HOST}/openid/v1/jwks`, 0],
  [
    'a name that points there and is no alias',
    ({ route53, zoneId, domainName, sandbox }) =>
      change(route53, zoneId, 'UPSERT', {
        Name: 'other.example.com',
        Type: 'CNAME',
        TTL: 60,
        ResourceRecords: [{ Value: domainName }],
      }).then(() => sandbox.clock.advance(60_000)),
    'https://other.example.com/openid/v1/jwks',
    0,
  ],
  [
    'a name that points there, is covered and is no alias',
    async (issuer) => {
      const { world, clock } = issuer.sandbox
      await update(issuer, { Aliases: { Quantity: 0 } })
      clock.advance(900_000)
      expect(Object.keys(world.aws.cloudfront.distributions)).toHaveLength(1)
    },
    KEYS,
    403,
  ],
  [
    'the alias record gone',
    ({ route53, zoneId, domainName }) =>
      change(route53, zoneId, 'DELETE', {
        Name: HOST,
        Type: 'A',
        AliasTarget: { HostedZoneId: ALIAS_ZONE, DNSName: domainName, EvaluateTargetHealth: false },
      }),
    KEYS,
    0,
  ],
  [
    'the zone private',
    ({ sandbox }) => {
      for (const zone of Object.values(sandbox.world.aws.route53.zones)) zone.settings.privateZone = true
    },
    KEYS,
    0,
  ],
  [
    'an address of nobody',
    ({ route53, zoneId, sandbox }) =>
      change(route53, zoneId, 'UPSERT', {
        Name: HOST,
        Type: 'A',
        TTL: 60,
        ResourceRecords: [{ Value: '192.0.2.1' }],
      }).then(() => sandbox.clock.advance(60_000)),
    KEYS,
    0,
  ],
  [
    'the distribution disabled',
    (issuer) => update(issuer, { Enabled: false }).then(() => issuer.sandbox.clock.advance(900_000)),
    KEYS,
    403,
  ],
  ['the distribution disabled but not yet deployed', (issuer) => update(issuer, { Enabled: false }), KEYS, 200],
  [
    'the certificate gone',
    ({ sandbox, certificateArn }) => void delete sandbox.world.aws.acm.certificates[certificateArn],
    KEYS,
    0,
  ],
  [
    'the certificate run out, its record gone',
    ({ sandbox, zoneId }) => {
      const zone = sandbox.world.aws.route53.zones[zoneId.replace('/hostedzone/', '')]
      for (const key of Object.keys(zone?.records ?? {})) if (key.startsWith('_')) delete zone?.records[key]
      sandbox.clock.advance(396 * 86_400_000)
    },
    KEYS,
    0,
  ],
  ['thirteen months later, its record in place', ({ sandbox }) => sandbox.clock.advance(396 * 86_400_000), KEYS, 200],
  ['the bucket gone', ({ sandbox }) => void delete sandbox.world.aws.s3.buckets[`aws/${BUCKET}`], KEYS, 404],
  [
    'the access control gone',
    ({ sandbox }) => void (sandbox.world.aws.cloudfront.originAccessControls = {}),
    KEYS,
    403,
  ],
  [
    'an access control that does not sign',
    ({ sandbox }) => {
      for (const { settings } of Object.values(sandbox.world.aws.cloudfront.originAccessControls)) {
        settings.config.SigningBehavior = 'never'
      }
    },
    KEYS,
    403,
  ],
]

describe('fetchPublic()', () => {
  test.each(BREAKAGES)('with %s', async (_, act, url, status) => {
    const issuer = await createIssuer()
    await act(issuer)
    expect(visit(issuer, url).status).toBe(status)
  })

  test('does not know the host before the first deployment', async () => {
    const issuer = await createIssuer()
    const [distribution] = Object.values(issuer.sandbox.world.aws.cloudfront.distributions)
    const nowMs = (distribution?.deployedAt ?? 0) - 1
    expect(
      fetchPublic(issuer.sandbox.world, nowMs, `https://${issuer.domainName}/openid/v1/jwks`, 'viewer').status,
    ).toBe(0)
    expect(
      fetchPublic(issuer.sandbox.world, nowMs + 1, `https://${issuer.domainName}/openid/v1/jwks`, 'viewer').status,
    ).toBe(200)
  })

  test('follows a CNAME to the distribution', async () => {
    const issuer = await createIssuer()
    const { sandbox, route53, zoneId, domainName } = issuer
    const alias = { HostedZoneId: ALIAS_ZONE, DNSName: domainName, EvaluateTargetHealth: false }
    await change(route53, zoneId, 'DELETE', { Name: HOST, Type: 'A', AliasTarget: alias })
    await change(route53, zoneId, 'UPSERT', {
      Name: HOST,
      Type: 'CNAME',
      TTL: 60,
      ResourceRecords: [{ Value: domainName }],
    })
    expect(visit(issuer).status).toBe(0)
    sandbox.clock.advance(30_000)
    expect(visit(issuer).status).toBe(200)
  })

  test('reads the zone that was made first of two with one name', async () => {
    const issuer = await createIssuer()
    issuer.sandbox.clock.advance(1)
    await issuer.route53.send(new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'second' }))
    expect(visit(issuer).status).toBe(200)
    await issuer.route53.send(new CreateHostedZoneCommand({ Name: HOST, CallerReference: 'nearer' }))
    expect(visit(issuer).status).toBe(0)
  })

  test('waits long for an address at which nobody answers', async () => {
    const issuer = await createIssuer()
    const { route53, zoneId, sandbox } = issuer
    await change(route53, zoneId, 'UPSERT', {
      Name: 'slow.example.com',
      Type: 'A',
      TTL: 60,
      ResourceRecords: [{ Value: '192.0.2.1' }],
    })
    sandbox.clock.advance(60_000)
    expect(visit(issuer, 'https://slow.example.com/')).toMatchObject({ status: 0, latencyMs: 30_000 })
    expect(visit(issuer).latencyMs).toBeLessThan(5_000)
  })
})

describe('the public endpoints of S3', () => {
  const policy = (bucket: string): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/*` },
    })

  test.each([
    [`https://open.s3.${REGION}.amazonaws.com/a/b`, 200],
    [`https://s3.${REGION}.amazonaws.com/open/a/b`, 200],
    [`https://open.s3.dualstack.${REGION}.amazonaws.com/a/b?x=y`, 200],
    [`https://open.s3.amazonaws.com/a/b`, 200],
    [`https://open.s3.us-east-1.amazonaws.com/a/b`, 301],
    [`https://open.s3.cn-north-1.amazonaws.com.cn/a/b`, 404],
    [`https://dotted.name.s3.${REGION}.amazonaws.com/a/b`, 0],
    [`https://s3.${REGION}.amazonaws.com/dotted.name/a/b`, 200],
    [`http://open.s3.${REGION}.amazonaws.com/a/b`, 0],
    [`https://none.s3.${REGION}.amazonaws.com/a/b`, 404],
    [`https://open.s3.${REGION}.amazonaws.com/`, 403],
  ])('answer %s with %i', async (url, status) => {
    const sandbox = createSandbox({ clock: { mode: 'manual' } })
    const credentials = sandbox.createUser({ account: sandbox.createAccount() })
    const { requestHandler } = sandbox.session()
    const s3 = new S3Client({ region: REGION, credentials, requestHandler, maxAttempts: 1, forcePathStyle: true })
    for (const Bucket of ['open', 'dotted.name']) {
      await s3.send(new CreateBucketCommand({ Bucket }))
      await s3.send(new DeletePublicAccessBlockCommand({ Bucket }))
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policy(Bucket) }))
      await s3.send(new PutObjectCommand({ Bucket, Key: 'a/b', Body: 'hello' }))
    }
    expect(fetchPublic(sandbox.world, sandbox.clock.now(), url, 'viewer').status).toBe(status)
  })
})

describe('session.fetch()', () => {
  test('fails as fetch does when nobody answers', async () => {
    const { session } = await createIssuer()
    await expect(session.fetch('https://nobody.example.com/')).rejects.toThrow(
      new TypeError('Cannot fetch "https://nobody.example.com/": the host "nobody.example.com" does not resolve'),
    )
  })
})
