import { CreateInvalidationCommand } from '@aws-sdk/client-cloudfront'
import { CreateHostedZoneCommand } from '@aws-sdk/client-route-53'
import {
  CreateBucketCommand,
  DeletePublicAccessBlockCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import { createSandbox } from '../sandbox.ts'
import type { Issuer } from './issuer.test.setup.ts'
import { BUCKET, BUCKET_HOST, HOST, KEYS_URL, createIssuer, publish, visit } from './issuer.test.setup.ts'
import { fetchPublic } from './public-web.ts'
import {
  HOUR_MS,
  aliasSet,
  changeRecords,
  createZone,
  readConfig,
  recordSet,
  updateConfig,
} from './web-scene.test.setup.ts'

const REGION = 'eu-west-1'
const YEAR_AND_MONTH_MS = 396 * 24 * HOUR_MS

describe('an issuer of bucket, access control, distribution, certificate and alias', () => {
  test('is fetched by its public URL, cached, invalidated', async () => {
    const issuer = await createIssuer()
    const { sandbox, session, cloudfront, distributionId: DistributionId } = issuer

    const first = await session.fetch(KEYS_URL)
    expect([first.status, await first.text()]).toEqual([200, 'first'])
    expect(first.headers.get('content-type')).toBe('application/json')
    expect(first.headers.get('cache-control')).toBe('public, max-age=3600')
    expect(first.headers.get('x-cache')).toBe('Miss from cloudfront')

    await publish(issuer, 'second')
    sandbox.clock.advance(60_000)
    const second = await session.fetch(KEYS_URL)
    expect(await second.text()).toBe('first')
    expect(second.headers.get('x-cache')).toBe('Hit from cloudfront')
    expect(second.headers.get('age')).toBe('60')

    const InvalidationBatch = { Paths: { Quantity: 1, Items: ['/openid/*'] }, CallerReference: '1' }
    await cloudfront.send(new CreateInvalidationCommand({ DistributionId, InvalidationBatch }))
    const invalidated = structuredClone(sandbox.world.aws)
    sandbox.clock.advance(59_999)
    expect(await (await session.fetch(KEYS_URL)).text()).toBe('first')
    sandbox.clock.advance(1)
    expect(await (await session.fetch(KEYS_URL)).text()).toBe('second')
    expect(sandbox.world.aws).toEqual(invalidated)
  })

  test('is reached by the own host too, and through http by a redirect', async () => {
    const issuer = await createIssuer()
    const { DefaultCacheBehavior } = await readConfig(issuer, issuer.distributionId)
    await updateConfig(issuer, issuer.distributionId, {
      DefaultCacheBehavior: {
        ...DefaultCacheBehavior,
        ViewerProtocolPolicy: 'redirect-to-https',
      } as typeof DefaultCacheBehavior,
    })
    issuer.sandbox.clock.advance(HOUR_MS)
    expect(visit(issuer, `https://${issuer.domainName}/openid/v1/jwks`)).toMatchObject({ status: 200, body: 'first' })
    expect(visit(issuer, KEYS_URL.replace('https', 'http'))).toMatchObject({
      status: 301,
      headers: { location: KEYS_URL },
    })
  })

  test('keeps its bucket closed to everybody else', async () => {
    const issuer = await createIssuer()
    expect(visit(issuer, `https://${BUCKET_HOST}/openid/v1/jwks`).status).toBe(403)
    for (const distribution of Object.values(issuer.sandbox.world.aws.cloudfront.distributions)) distribution.arn += 'X'
    expect(visit(issuer).status).toBe(403)
  })
})

/** What is done to a working issuer, and the status that a visitor then gets. */
const CHANGES: readonly (readonly [
  name: string,
  act: (issuer: Issuer) => Promise<unknown> | void,
  url: string,
  status: number,
])[] = [
  ['nothing', () => undefined, KEYS_URL, 200],
  ['a host that nobody has', () => undefined, 'https://nobody.example.com/', 0],
  ['another port', () => undefined, `https://${HOST}:8443/openid/v1/jwks`, 0],
  ['another scheme', () => undefined, `ftp://${HOST}/openid/v1/jwks`, 0],
  ['http where only https is served', () => undefined, KEYS_URL.replace('https', 'http'), 403],
  [
    'a name that points there and is no alias',
    (issuer) => setRecord(issuer, recordSet('other.example.com', 'CNAME', issuer.domainName)),
    'https://other.example.com/openid/v1/jwks',
    0,
  ],
  [
    'a name that points there, is covered and is no alias',
    async (issuer) => {
      await updateConfig(issuer, issuer.distributionId, { Aliases: { Quantity: 0 } })
      issuer.sandbox.clock.advance(HOUR_MS)
    },
    KEYS_URL,
    403,
  ],
  [
    'the alias record gone',
    (issuer) => changeRecords(issuer, issuer.zoneId, ['DELETE', aliasSet(HOST, 'A', issuer.domainName)]),
    KEYS_URL,
    0,
  ],
  [
    'the zone private',
    ({ sandbox }) => {
      for (const zone of Object.values(sandbox.world.aws.route53.zones)) zone.settings.privateZone = true
    },
    KEYS_URL,
    0,
  ],
  ['an address of nobody', (issuer) => setRecord(issuer, recordSet(HOST, 'A', '192.0.2.1')), KEYS_URL, 0],
  [
    'a second zone of the name, made later',
    ({ route53, sandbox }) => {
      sandbox.clock.advance(1)
      return route53.send(new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'second' }))
    },
    KEYS_URL,
    200,
  ],
  ['a zone of the host itself', (issuer) => createZone(issuer, HOST), KEYS_URL, 0],
  [
    'the distribution disabled',
    async (issuer) => {
      await updateConfig(issuer, issuer.distributionId, { Enabled: false })
      issuer.sandbox.clock.advance(HOUR_MS)
    },
    KEYS_URL,
    403,
  ],
  [
    'the distribution disabled but not yet deployed',
    (issuer) => updateConfig(issuer, issuer.distributionId, { Enabled: false }),
    KEYS_URL,
    200,
  ],
  [
    'the distribution disabled and updated again before it was deployed',
    async (issuer) => {
      await updateConfig(issuer, issuer.distributionId, { Enabled: false })
      await updateConfig(issuer, issuer.distributionId, { Comment: 'x' })
    },
    KEYS_URL,
    200,
  ],
  [
    'the certificate gone',
    ({ sandbox, certificateArn }) => void delete sandbox.world.aws.acm.certificates[certificateArn],
    KEYS_URL,
    0,
  ],
  [
    'the certificate run out, its record gone',
    ({ sandbox, zoneId }) => {
      const { records = {} } = sandbox.world.aws.route53.zones[zoneId] ?? {}
      for (const key of Object.keys(records)) if (key.startsWith('_')) delete records[key]
      sandbox.clock.advance(YEAR_AND_MONTH_MS)
    },
    KEYS_URL,
    0,
  ],
  [
    'thirteen months gone, the record in place',
    ({ sandbox }) => sandbox.clock.advance(YEAR_AND_MONTH_MS),
    KEYS_URL,
    200,
  ],
  ['the bucket gone', ({ sandbox }) => void delete sandbox.world.aws.s3.buckets[`aws/${BUCKET}`], KEYS_URL, 404],
  [
    'the access control gone',
    ({ sandbox }) => void (sandbox.world.aws.cloudfront.originAccessControls = {}),
    KEYS_URL,
    403,
  ],
  [
    'an access control that does not sign',
    ({ sandbox }) => {
      for (const { settings } of Object.values(sandbox.world.aws.cloudfront.originAccessControls)) {
        settings.config.SigningBehavior = 'never'
      }
    },
    KEYS_URL,
    403,
  ],
]

async function setRecord(issuer: Issuer, record: ReturnType<typeof recordSet>): Promise<void> {
  await changeRecords(issuer, issuer.zoneId, ['UPSERT', record])
  issuer.sandbox.clock.advance(60_000)
}

describe('fetchPublic()', () => {
  test.each(CHANGES)('with %s', async (_, act, url, status) => {
    const issuer = await createIssuer()
    await act(issuer)
    expect(visit(issuer, url).status).toBe(status)
  })

  test('does not know the host before the first deployment', async () => {
    const { sandbox, domainName } = await createIssuer()
    const [distribution] = Object.values(sandbox.world.aws.cloudfront.distributions)
    const nowMs = distribution?.deployedAt ?? 0
    const url = `https://${domainName}/openid/v1/jwks`
    expect(fetchPublic(sandbox.world, nowMs - 1, url, 'viewer').status).toBe(0)
    expect(fetchPublic(sandbox.world, nowMs, url, 'viewer').status).toBe(200)
  })

  test('follows a CNAME to the distribution once it is in sync', async () => {
    const issuer = await createIssuer()
    await changeRecords(
      issuer,
      issuer.zoneId,
      ['DELETE', aliasSet(HOST, 'A', issuer.domainName)],
      ['CREATE', recordSet(HOST, 'CNAME', issuer.domainName)],
    )
    expect(visit(issuer).status).toBe(0)
    issuer.sandbox.clock.advance(30_000)
    expect(visit(issuer).status).toBe(200)
  })

  test('goes by the former record until the new one is in sync', async () => {
    const issuer = await createIssuer()
    await changeRecords(issuer, issuer.zoneId, ['UPSERT', recordSet(HOST, 'A', '192.0.2.1')])
    expect(visit(issuer).status).toBe(200)
    issuer.sandbox.clock.advance(30_000)
    expect(visit(issuer).status).toBe(0)
  })

  test('waits long for an address at which nobody answers', async () => {
    const issuer = await createIssuer()
    await setRecord(issuer, recordSet('slow.example.com', 'A', '192.0.2.1'))
    expect(visit(issuer, 'https://slow.example.com/')).toMatchObject({ status: 0, latencyMs: 30_000 })
    expect(visit(issuer).latencyMs).toBeLessThan(5_000)
  })
})

describe('the public endpoints of S3', () => {
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
      const Statement = {
        Effect: 'Allow',
        Principal: '*',
        Action: 's3:GetObject',
        Resource: `arn:aws:s3:::${Bucket}/*`,
      }
      await s3.send(new CreateBucketCommand({ Bucket }))
      await s3.send(new DeletePublicAccessBlockCommand({ Bucket }))
      await s3.send(
        new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }),
      )
      await s3.send(new PutObjectCommand({ Bucket, Key: 'a/b', Body: 'hello' }))
    }
    const { status: found, body } = fetchPublic(sandbox.world, sandbox.clock.now(), url, 'viewer')
    expect([found, found === 200 ? body : 'hello']).toEqual([status, 'hello'])
  })
})

describe('session.fetch()', () => {
  test.each([
    ['https://nobody.example.com/', 'the host "nobody.example.com" does not resolve'],
    [`http://${BUCKET_HOST}/a`, `the connection to "${BUCKET_HOST}" fails: no certificate for it, or not HTTPS`],
  ])('fails as fetch does when nobody answers at %s', async (url, reason) => {
    const { session } = await createIssuer()
    await expect(session.fetch(url)).rejects.toThrow(new TypeError(`Cannot fetch "${url}": ${reason}`))
  })
})
