import type { DistributionConfig } from '@aws-sdk/client-cloudfront'
import { CreateInvalidationCommand } from '@aws-sdk/client-cloudfront'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import { BUCKET, HOST, KEYS_URL, allow, createIssuer, publish, visit } from './issuer.test.setup.ts'
import { ACCOUNT, CACHING_OPTIMIZED, HOUR_MS, forwardNothing, updateConfig } from './web-scene.test.setup.ts'

const NOWHERE = {
  Id: 'b',
  DomainName: 'nowhere.example.org',
  OriginPath: '',
  CustomHeaders: { Quantity: 0 },
  CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'https-only' },
} as const

function behavior(members: object): Pick<DistributionConfig, 'DefaultCacheBehavior'> {
  return { DefaultCacheBehavior: { TargetOriginId: 'b', ViewerProtocolPolicy: 'https-only', ...members } }
}

/** Lifetimes of the behavior, what the object says, and how many seconds the edge serves `first` after the bucket holds `second`. */
const LIFETIMES: readonly (readonly [
  name: string,
  ttls: readonly [number, number, number],
  sent: string,
  seconds: number,
])[] = [
  ['max-age of the object', [0, 10, 9999], 'max-age=300', 300],
  ['s-maxage before max-age', [0, 10, 9999], 'max-age=300, s-maxage=60', 60],
  ['not less than the least', [60, 600, 9999], 'max-age=5', 60],
  ['not more than the most', [0, 5, 100], 'max-age=300', 100],
  ['the default when nothing is said', [0, 120, 9999], '', 120],
  ['no time for no-cache', [0, 120, 9999], 'no-cache', 0],
  ['no time for private', [0, 120, 9999], 'private, max-age=300', 0],
  ['the least for no-store', [60, 120, 9999], 'no-store', 60],
  ['no time for max-age=0', [0, 120, 9999], 'max-age=0', 0],
  ['no time when the most is none', [0, 0, 0], 'max-age=300', 0],
]

describe('an edge keeps a document for', () => {
  test.each(LIFETIMES)('%s', async (_, [MinTTL, DefaultTTL, MaxTTL], sent, seconds) => {
    const issuer = await createIssuer(behavior({ ForwardedValues: forwardNothing(), MinTTL, DefaultTTL, MaxTTL }))
    await publish(issuer, 'first', sent)
    expect(visit(issuer).body).toBe('first')
    await publish(issuer, 'second', sent)
    issuer.sandbox.clock.advance(Math.max(0, seconds * 1000 - 1))
    expect(visit(issuer).body).toBe(seconds === 0 ? 'second' : 'first')
    issuer.sandbox.clock.advance(1)
    expect(visit(issuer).body).toBe('second')
  })

  test.each([
    ['CachingOptimized', CACHING_OPTIMIZED, 3600],
    ['CachingDisabled', '4135ea2d-6df8-44a3-9df3-4b5a84be39ad', 0],
  ])('as long as the managed policy %s says', async (_, CachePolicyId, seconds) => {
    const issuer = await createIssuer(behavior({ CachePolicyId }))
    visit(issuer)
    await publish(issuer, 'second')
    issuer.sandbox.clock.advance(Math.max(0, seconds * 1000 - 1))
    expect(visit(issuer).body).toBe(seconds === 0 ? 'second' : 'first')
    issuer.sandbox.clock.advance(1)
    expect(visit(issuer).body).toBe('second')
  })
})

test('UseOriginCacheControlHeaders sends the wrong host to a bucket', async () => {
  const issuer = await createIssuer(behavior({ CachePolicyId: '83da9c7e-98b4-4e11-a168-04f0df8e2c65' }))
  expect(visit(issuer).status).toBe(403)
})

test('each edge location has a cache of its own', async () => {
  const issuer = await createIssuer()
  visit(issuer, KEYS_URL, 'FRA')
  await publish(issuer, 'second')
  expect(visit(issuer, KEYS_URL, 'FRA').body).toBe('first')
  expect(visit(issuer, KEYS_URL, 'IAD').body).toBe('second')
  const path = `${issuer.distributionId} /openid/v1/jwks`
  expect(Object.keys(issuer.sandbox.world.caches)).toEqual([`FRA ${path}`, `IAD ${path}`])
})

test('a document that is asked for again unchanged is a refreshed one', async () => {
  const issuer = await createIssuer()
  visit(issuer)
  issuer.sandbox.clock.advance(HOUR_MS)
  expect(visit(issuer)).toMatchObject({ body: 'first', headers: { 'x-cache': 'RefreshHit from cloudfront' } })
  expect(visit(issuer)).toMatchObject({ body: 'first', headers: { 'x-cache': 'Hit from cloudfront', age: '0' } })
})

test('an invalidation drops what was stored before it under its paths, and nothing else', async () => {
  const issuer = await createIssuer()
  const { cloudfront, distributionId: DistributionId, s3, sandbox } = issuer
  const other = `https://${HOST}/other`
  const publishBoth = async (Body: string): Promise<void> => {
    await publish(issuer, Body)
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'other', Body, CacheControl: 'max-age=3600' }))
  }
  await publishBoth('first')
  const both = (): readonly string[] => [visit(issuer).body, visit(issuer, other).body]
  expect(both()).toEqual(['first', 'first'])
  await publishBoth('second')
  const InvalidationBatch = { Paths: { Quantity: 1, Items: ['/openid/v1/jwks'] }, CallerReference: '1' }
  await cloudfront.send(new CreateInvalidationCommand({ DistributionId, InvalidationBatch }))
  sandbox.clock.advance(60_000)
  expect(both()).toEqual(['second', 'first'])
  await publishBoth('third')
  expect(both()).toEqual(['second', 'first'])
})

describe('errors', () => {
  const url = `https://${HOST}/later`

  test('a missing object is 403 and not remembered', async () => {
    const issuer = await createIssuer()
    expect(visit(issuer, url)).toMatchObject({ status: 403, headers: { 'x-cache': 'Error from cloudfront' } })
    await issuer.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'later', Body: 'now' }))
    expect(visit(issuer, url)).toMatchObject({ status: 200, body: 'now' })
  })

  test.each([
    ['ten seconds', undefined, 10],
    ['as long as the distribution says', 300, 300],
    ['not at all when it says so', 0, 0],
  ])('404 is remembered for %s', async (_, ErrorCachingMinTTL, seconds) => {
    const responses = { Quantity: 1, Items: [{ ErrorCode: 404, ErrorCachingMinTTL }] }
    const issuer = await createIssuer(ErrorCachingMinTTL === undefined ? {} : { CustomErrorResponses: responses })
    await allow(issuer, ['s3:GetObject', 's3:ListBucket'], { StringEquals: { 'aws:SourceAccount': ACCOUNT } })
    expect(visit(issuer, url).status).toBe(404)
    await issuer.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'later', Body: 'now' }))
    issuer.sandbox.clock.advance(Math.max(0, seconds * 1000 - 1))
    expect(visit(issuer, url).status).toBe(seconds === 0 ? 200 : 404)
    issuer.sandbox.clock.advance(1)
    expect(visit(issuer, url).status).toBe(200)
  })

  test('a document that ran out is served while the origin fails', async () => {
    const issuer = await createIssuer()
    visit(issuer)
    await updateConfig(issuer, issuer.distributionId, { Origins: { Quantity: 1, Items: [NOWHERE] } })
    issuer.sandbox.clock.advance(2 * HOUR_MS)
    expect(visit(issuer)).toMatchObject({ status: 200, body: 'first', headers: { age: '7200' } })
    expect(visit(issuer, url).status).toBe(502)
  })

  test('an origin at which nobody answers is 504 after all attempts', async () => {
    const origin = { ...NOWHERE, DomainName: '192.0.2.1', ConnectionAttempts: 2, ConnectionTimeout: 4 }
    const issuer = await createIssuer({ Origins: { Quantity: 1, Items: [origin] } })
    const { status, latencyMs } = visit(issuer)
    expect([status, Math.floor(latencyMs / 1000)]).toEqual([504, 8])
  })
})

describe('the path', () => {
  test('of / is the root object, below the origin path', async () => {
    const issuer = await createIssuer({ DefaultRootObject: 'openid/v1/jwks' })
    expect(visit(issuer, `https://${HOST}/`)).toMatchObject({ status: 200, body: 'first' })
    const { Origins } = issuer.sandbox.world.aws.cloudfront.distributions[issuer.distributionId]?.settings.config ?? {}
    const [origin] = Origins?.Items ?? []
    if (origin) origin.OriginPath = '/openid'
    expect(visit(issuer, `https://${HOST}/v1/jwks`)).toMatchObject({ status: 200, body: 'first' })
  })

  test('chooses the behavior', async () => {
    const off = {
      PathPattern: 'openid/*/jwks',
      TargetOriginId: 'b',
      ViewerProtocolPolicy: 'https-only',
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
    } as const
    const issuer = await createIssuer({ CacheBehaviors: { Quantity: 1, Items: [off] } })
    visit(issuer)
    await publish(issuer, 'second')
    expect(visit(issuer).body).toBe('second')
  })

  test('may be asked for with the methods of the behavior only', async () => {
    const issuer = await createIssuer()
    const ask = (method: string): Promise<{ status: number; body: Uint8Array }> =>
      issuer.sandbox.handle(
        { to: 'public' },
        { method, url: new URL(KEYS_URL), headers: {}, body: new Uint8Array() },
        'x',
      )
    expect((await ask('POST')).status).toBe(403)
    expect(await ask('HEAD')).toMatchObject({ status: 200, body: new Uint8Array() })
  })
})
