import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  ChecksumAlgorithm,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import type { SandboxRequest } from '../http.ts'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'

const Bucket = 'documents'
const Key = 'openid/v1/jwks'
const FIRST = '"8b04d5e3775d298e78455efc5ca404d5"'

async function setUp(): Promise<{ readonly s3: S3Client; readonly sandbox: Sandbox; readonly accessKeyId: string }> {
  const sandbox = createSandbox({ clock: { mode: 'manual' } })
  const credentials = sandbox.createUser({ account: sandbox.createAccount() })
  const { requestHandler } = sandbox.session()
  const s3 = new S3Client({ region: 'us-east-1', credentials, requestHandler, maxAttempts: 1 })
  await s3.send(new CreateBucketCommand({ Bucket }))
  return { s3, sandbox, accessKeyId: credentials.accessKeyId }
}

/** State before, condition of the second write, what becomes of it. */
const WRITES: readonly (readonly [before: 'absent' | 'present' | 'deleted', condition: object, outcome: string])[] = [
  ['absent', { IfNoneMatch: '*' }, 'written'],
  ['present', { IfNoneMatch: '*' }, 'PreconditionFailed 412'],
  ['deleted', { IfNoneMatch: '*' }, 'written'],
  ['absent', { IfMatch: FIRST }, 'NoSuchKey 404'],
  ['present', { IfMatch: FIRST }, 'written'],
  ['present', { IfMatch: FIRST.replaceAll('"', '') }, 'written'],
  ['present', { IfMatch: '"0000"' }, 'PreconditionFailed 412'],
  ['deleted', { IfMatch: FIRST }, 'NoSuchKey 404'],
  ['present', { IfNoneMatch: FIRST }, 'NotImplemented 501'],
  ['present', { IfMatch: FIRST, IfNoneMatch: '*' }, 'NotImplemented 501'],
]

const READS: readonly (readonly [condition: object, status: number])[] = [
  [{ IfMatch: FIRST }, 200],
  [{ IfMatch: '"0000"' }, 412],
  [{ IfNoneMatch: FIRST }, 304],
  [{ IfNoneMatch: '"0000"' }, 200],
  [{ IfModifiedSince: new Date('2026-01-01T00:00:00Z') }, 304],
  [{ IfModifiedSince: new Date('2025-12-31T23:59:59Z') }, 200],
  [{ IfUnmodifiedSince: new Date('2025-12-31T23:59:59Z') }, 412],
  [{ IfUnmodifiedSince: new Date('2026-01-01T00:00:00Z') }, 200],
  [{ IfMatch: FIRST, IfUnmodifiedSince: new Date('2025-12-31T23:59:59Z') }, 200],
  [{ IfNoneMatch: FIRST, IfModifiedSince: new Date('2025-12-31T23:59:59Z') }, 304],
]

describe('putObject', () => {
  it.each(WRITES)('putObject() over an object that is %s with %o: %s', async (before, condition, outcome) => {
    const { s3, sandbox } = await setUp()
    const { objects } = sandbox.world.aws.s3.buckets[`aws/${Bucket}`] ?? {}
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
    if (before !== 'absent') await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'first' }))
    if (before === 'deleted') await s3.send(new DeleteObjectCommand({ Bucket, Key }))
    const versions = objects?.[Key]?.length ?? 0
    const second = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'second', ...condition })).then(
      () => 'written',
      (error: Error & { $metadata: { httpStatusCode: number } }) => `${error.name} ${error.$metadata.httpStatusCode}`,
    )
    expect(second).toBe(outcome)
    expect(objects?.[Key]?.length ?? 0).toBe(outcome === 'written' ? versions + 1 : versions)
  })

  it('putObject() lets one of two writers through who saw the same version', async () => {
    const { s3 } = await setUp()
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'first' }))
    const writes = ['a', 'b'].map((Body) => s3.send(new PutObjectCommand({ Bucket, Key, Body, IfMatch: FIRST })))
    const outcomes = (await Promise.allSettled(writes)).map(({ status }) => status)
    expect(outcomes.sort()).toEqual(['fulfilled', 'rejected'])
  })

  it.each(Object.values(ChecksumAlgorithm).filter((name) => /^(CRC32|CRC32C|SHA1|SHA256)$/.test(name)))(
    'putObject() agrees with the SDK on %s',
    async (ChecksumAlgorithm) => {
      const { s3 } = await setUp()
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'first', ChecksumAlgorithm }))
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
      expect(head).toMatchObject({
        [`Checksum${ChecksumAlgorithm}`]: expect.stringMatching(/=$/) as string,
        ETag: FIRST,
      })
      // The SDK checks what it reads against the checksum that is sent with it.
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
      expect(await Body?.transformToString()).toBe('first')
    },
  )

  it.each([
    ['a CRC32', { ChecksumCRC32: 'AAAAAA==' }, 'BadDigest'],
    ['a SHA256', { ChecksumSHA256: createHash('sha256').update('other').digest('base64') }, 'BadDigest'],
    ['an MD5', { ContentMD5: createHash('md5').update('other').digest('base64') }, 'BadDigest'],
    ['a CRC64NVME', { ChecksumCRC64NVME: 'AAAAAAAAAAA=' }, 'BadDigest'],
    ['an MD5 of another length', { ContentMD5: 'AAAA' }, 'InvalidDigest'],
    ['a CRC32 of another length', { ChecksumCRC32: 'AAAA' }, 'InvalidRequest'],
  ])('putObject() refuses %s that does not fit', async (_name, digest, code) => {
    const { s3, sandbox } = await setUp()
    const writing = s3.send(new PutObjectCommand({ Bucket, Key, Body: 'first', ...digest }))
    await expect(writing).rejects.toMatchObject({ name: code, $metadata: { httpStatusCode: 400 } })
    expect(sandbox.world.aws.s3.buckets[`aws/${Bucket}`]?.objects).toEqual({})
  })

  it('putObject() takes the chunked body and trailer that the SDK sends for a stream', async () => {
    const { s3, sandbox } = await setUp()
    const parts = ['first ', 'x'.repeat(70_000)]
    const Body = Readable.from(parts.map((part) => Buffer.from(part)))
    await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength: 70_006 }))
    const sent = sandbox.requests.entries.at(-1)
    expect(sent?.requestHeaders).toMatchObject({
      'x-amz-trailer': 'x-amz-checksum-crc32',
      'content-encoding': 'aws-chunked',
    })
    const read = await s3.send(new GetObjectCommand({ Bucket, Key }))
    expect(await read.Body?.transformToString()).toBe(parts.join(''))
    expect(read.ContentEncoding).toBeUndefined()
  })

  it.each([
    ['a chunk is cut short', '5\r\nfir', {}, 'IncompleteBody'],
    ['the end is missing', '5\r\nfirst\r\n', {}, 'IncompleteBody'],
    ['the length is another', '5\r\nfirst\r\n0\r\n\r\n', { 'x-amz-decoded-content-length': '6' }, 'IncompleteBody'],
    [
      'the trailer is missing',
      '5\r\nfirst\r\n0\r\n\r\n',
      { 'x-amz-trailer': 'x-amz-checksum-crc32' },
      'MalformedTrailerError',
    ],
    [
      'the trailer does not fit',
      '5\r\nfirst\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n',
      { 'x-amz-trailer': 'x-amz-checksum-crc32' },
      'BadDigest',
    ],
    ['all fits', '5\r\nfirst\r\n0\r\n\r\n', { 'x-amz-decoded-content-length': '5' }, undefined],
    ['chunks are signed', '5;chunk-signature=ab\r\nfirst\r\n0;chunk-signature=cd\r\n\r\n', {}, undefined],
  ])('putObject() reads chunks: %s', async (_name, body, headers, code) => {
    const { sandbox, accessKeyId } = await setUp()
    const response = await sandbox.handle({ to: 'aws' }, rawPut(accessKeyId, body, headers), 'x')
    expect(sandbox.requests.entries.at(-1)?.error).toBe(code)
    expect(response.headers['etag']).toBe(code === undefined ? FIRST : undefined)
  })

  it('putObject() refuses content that is not the signed content', async () => {
    const { sandbox, accessKeyId } = await setUp()
    const other = createHash('sha256').update('other').digest('hex')
    const request = rawPut(accessKeyId, 'first', { 'x-amz-content-sha256': other })
    const { status } = await sandbox.handle({ to: 'aws' }, request, 'x')
    expect([status, sandbox.requests.entries.at(-1)?.error]).toEqual([400, 'XAmzContentSHA256Mismatch'])
  })
})

function rawPut(accessKeyId: string, body: string, headers: object): SandboxRequest {
  return {
    method: 'PUT',
    url: new URL(`https://${Bucket}.s3.us-east-1.amazonaws.com/${Key}`),
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/s3/aws4_request`,
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      ...headers,
    },
    body: Buffer.from(body),
  }
}

describe('getObject', () => {
  it.each(READS)('getObject() with %o answers %i', async (condition, status) => {
    const { s3 } = await setUp()
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'first' }))
    for (const command of [
      new GetObjectCommand({ Bucket, Key, ...condition }),
      new HeadObjectCommand({ Bucket, Key, ...condition }),
    ]) {
      const found = await s3.send(command).then(
        ({ $metadata }) => $metadata.httpStatusCode,
        (error: { $metadata: { httpStatusCode: number } }) => error.$metadata.httpStatusCode,
      )
      expect(found).toBe(status)
    }
  })
})

describe('deleteObject', () => {
  it.each([
    ['present', FIRST, undefined],
    ['present', '*', undefined],
    ['present', '"0000"', 'PreconditionFailed'],
    ['absent', '*', 'NoSuchKey'],
    ['deleted', '*', 'PreconditionFailed'],
  ])('deleteObject() of an object that is %s with If-Match %s: %s', async (before, IfMatch, code) => {
    const { s3, sandbox } = await setUp()
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
    if (before !== 'absent') await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'first' }))
    if (before === 'deleted') await s3.send(new DeleteObjectCommand({ Bucket, Key }))
    await s3.send(new DeleteObjectCommand({ Bucket, Key, IfMatch })).catch(() => undefined)
    expect(sandbox.requests.entries.at(-1)?.error).toBe(code)
  })

  it('deleteObjects() insists on a digest of the list', async () => {
    const { s3, sandbox, accessKeyId } = await setUp()
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }] } }))
    const { requestBody } = sandbox.requests.entries.at(-1) ?? {}
    const put = rawPut(accessKeyId, requestBody ?? '', { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' })
    const url = new URL(`https://${Bucket}.s3.us-east-1.amazonaws.com/?delete=`)
    const { status } = await sandbox.handle({ to: 'aws' }, { ...put, method: 'POST', url }, 'x')
    expect([status, sandbox.requests.entries.at(-1)?.error]).toEqual([400, 'InvalidRequest'])
  })
})
