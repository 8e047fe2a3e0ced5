import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import type { World } from '../world.ts'
import { createSandbox } from '../sandbox.ts'
import type { Caller } from './callers.ts'
import { ANONYMOUS } from './callers.ts'
import type { Statement } from './policy.ts'
import { readObject } from './s3-objects.ts'

const Bucket = 'documents'
const REGION = 'eu-west-1'
const DISTRIBUTION = 'arn:aws:cloudfront::111111111111:distribution/E1'
const CLOUDFRONT: Caller = {
  ...ANONYMOUS,
  kind: 'service',
  arn: 'cloudfront.amazonaws.com',
  userId: 'cloudfront.amazonaws.com',
}

async function setUp(): Promise<{ readonly s3: S3Client; readonly world: World; readonly nowMs: number }> {
  const sandbox = createSandbox({ clock: { mode: 'manual' } })
  const credentials = sandbox.createUser({ account: sandbox.createAccount() })
  const { requestHandler } = sandbox.session()
  const s3 = new S3Client({ region: REGION, credentials, requestHandler, maxAttempts: 1 })
  await s3.send(new CreateBucketCommand({ Bucket }))
  const document = { ContentType: 'application/json', CacheControl: 'public, max-age=300' }
  await s3.send(new PutObjectCommand({ Bucket, Key: 'openid/v1/jwks', Body: '{"keys":[]}', ...document }))
  return { s3, world: sandbox.world, nowMs: sandbox.world.nowAt }
}

function allow(s3: S3Client, statement: Partial<Statement>): Promise<unknown> {
  const Resource = `arn:aws:s3:::${Bucket}/*`
  const Statement = [{ Effect: 'Allow', Action: 's3:GetObject', Resource, ...statement }]
  return s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }))
}

function open(s3: S3Client): Promise<unknown> {
  return s3.send(
    new PutPublicAccessBlockCommand({
      Bucket,
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, IgnorePublicAcls: true },
    }),
  )
}

const ONLY_DISTRIBUTION: Partial<Statement> = {
  Principal: { Service: 'cloudfront.amazonaws.com' },
  Condition: { StringEquals: { 'AWS:SourceArn': DISTRIBUTION } },
}

describe('readObject', () => {
  function read(
    { world, nowMs }: { readonly world: World; readonly nowMs: number },
    options: object = {},
  ): ReturnType<typeof readObject> {
    return readObject(world, {
      bucket: Bucket,
      partition: 'aws',
      key: 'openid/v1/jwks',
      caller: ANONYMOUS,
      region: REGION,
      nowMs,
      ...options,
    })
  }
  const asEdge = { caller: CLOUDFRONT, context: { 'aws:SourceArn': DISTRIBUTION } }

  it('readObject() gives the edge of the named distribution the object as it was put', async () => {
    const scene = await setUp()
    await allow(scene.s3, ONLY_DISTRIBUTION)
    expect(read(scene, asEdge)).toEqual({
      status: 200,
      headers: expect.objectContaining({
        'content-type': 'application/json',
        'cache-control': 'public, max-age=300',
        'content-length': '11',
        etag: '"6c109094bc9ab89e050fbd3e2ca6b99e"',
        'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
      }) as Record<string, string>,
      body: '{"keys":[]}',
    })
  })

  it.each([
    ['the public', { caller: ANONYMOUS }, {}],
    ['another distribution', { ...asEdge, context: { 'aws:SourceArn': `${DISTRIBUTION}2` } }, {}],
    ['another service', { ...asEdge, caller: { ...CLOUDFRONT, arn: 'ec2.amazonaws.com' } }, {}],
    ['the edge, of an absent key', { ...asEdge, key: 'absent' }, {}],
    ['the edge, of another key', { ...asEdge }, { Resource: `arn:aws:s3:::${Bucket}/other` }],
  ])('readObject() denies %s', async (_name, options, statement) => {
    const scene = await setUp()
    await allow(scene.s3, { ...ONLY_DISTRIBUTION, ...statement })
    const denied = read(scene, options)
    expect(denied.status).toBe(403)
    expect(denied.headers['content-type']).toBe('application/xml')
    expect(denied.headers['cache-control']).toBeUndefined()
    expect(denied.body).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\s*<Error><Code>AccessDenied<\/Code><Message>Access Denied<\/Message>/,
    )
  })

  it('readObject() gives anybody a public object, and hides absent ones until anybody may list', async () => {
    const scene = await setUp()
    await open(scene.s3)
    await allow(scene.s3, { Principal: '*' })
    expect(read(scene)).toMatchObject({ status: 200, body: '{"keys":[]}' })
    expect(read(scene, { key: 'absent' }).status).toBe(403)
    await allow(scene.s3, {
      Principal: '*',
      Action: ['s3:GetObject', 's3:ListBucket'],
      Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
    })
    const absent = read(scene, { key: 'absent' })
    expect([absent.status, absent.body]).toEqual([404, expect.stringContaining('<Code>NoSuchKey</Code>')])
  })

  it('readObject() heeds RestrictPublicBuckets for anybody but not for services', async () => {
    const scene = await setUp()
    await open(scene.s3)
    await allow(scene.s3, { Principal: '*' })
    const restrict = { RestrictPublicBuckets: true }
    await scene.s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: restrict }))
    expect(read(scene).status).toBe(403)
    expect(read(scene, asEdge).status).toBe(200)
  })

  it.each([
    ['an absent bucket', { bucket: 'absent' }, 404, 'NoSuchBucket'],
    ['another partition', { partition: 'aws-cn' }, 404, 'NoSuchBucket'],
    ['another region', { region: 'us-east-1' }, 301, 'PermanentRedirect'],
  ])('readObject() answers for %s', async (_name, options, status, code) => {
    const scene = await setUp()
    await allow(scene.s3, ONLY_DISTRIBUTION)
    const answer = read(scene, { ...asEdge, ...options })
    expect([answer.status, answer.body]).toEqual([status, expect.stringContaining(`<Code>${code}</Code>`)])
  })

  it('readObject() finds the bucket’s region from the global endpoint', async () => {
    const scene = await setUp()
    await allow(scene.s3, ONLY_DISTRIBUTION)
    expect(read(scene, { ...asEdge, region: '' }).status).toBe(200)
  })

  it('readObject() serves the newest version, and nothing under a delete marker', async () => {
    const scene = await setUp()
    await scene.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
    await allow(scene.s3, ONLY_DISTRIBUTION)
    await scene.s3.send(new PutObjectCommand({ Bucket, Key: 'openid/v1/jwks', Body: 'newer' }))
    expect(read(scene, asEdge).body).toBe('newer')
    await scene.s3.send(new DeleteObjectCommand({ Bucket, Key: 'openid/v1/jwks' }))
    expect(read(scene, asEdge).status).toBe(403)
  })

  it('readObject() keeps objects under keys of KMS from those who cannot use the key', async () => {
    const scene = await setUp()
    await open(scene.s3)
    await allow(scene.s3, { Principal: '*' })
    const encrypted = { Key: 'openid/v1/jwks', Body: '{}', ServerSideEncryption: 'aws:kms' as const }
    await scene.s3.send(new PutObjectCommand({ Bucket, ...encrypted }))
    expect(read(scene, asEdge).status).toBe(403)
    expect(read(scene)).toMatchObject({
      status: 400,
      body: expect.stringContaining('require AWS Signature Version 4') as string,
    })
  })

  it('readObject() is the same as an unsigned GET at the API', async () => {
    const sandbox = createSandbox({ clock: { mode: 'manual' } })
    const credentials = sandbox.createUser({ account: sandbox.createAccount() })
    const s3 = new S3Client({ region: REGION, credentials, requestHandler: sandbox.session().requestHandler })
    await s3.send(new CreateBucketCommand({ Bucket }))
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a b', Body: 'x', Metadata: { one: '1' } }))
    await open(s3)
    await allow(s3, { Principal: '*' })
    const url = new URL(`https://${Bucket}.s3.${REGION}.amazonaws.com/a%20b`)
    const direct = await sandbox.handle(
      { to: 'aws' },
      { method: 'GET', url, headers: {}, body: new Uint8Array() },
      'curl',
    )
    const { status, headers, body } = read({ world: sandbox.world, nowMs: sandbox.world.nowAt }, { key: 'a b' })
    const ids = { 'x-amz-request-id': '', 'x-amz-id-2': '' }
    expect({ status, headers: { ...headers, ...ids }, body }).toEqual({
      status: direct.status,
      headers: { ...direct.headers, ...ids },
      body: Buffer.from(direct.body).toString(),
    })
  })
})
