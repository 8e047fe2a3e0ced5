import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { createSandbox } from '../sandbox.ts'

const Bucket = 'documents'
const Key = 'jwks'

interface Scene {
  readonly s3: S3Client
  readonly put: (Body: string) => Promise<string | undefined>
  readonly read: (VersionId?: string) => Promise<string | undefined>
  readonly version: (Status: 'Enabled' | 'Suspended') => Promise<unknown>
}

async function setUp(): Promise<Scene> {
  const sandbox = createSandbox({ clock: { mode: 'manual' } })
  const credentials = sandbox.createUser({ account: sandbox.createAccount() })
  const { requestHandler } = sandbox.session()
  const s3 = new S3Client({ region: 'us-east-1', credentials, requestHandler, maxAttempts: 1 })
  await s3.send(new CreateBucketCommand({ Bucket }))
  return {
    s3,
    put: async (Body) => (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId,
    read: async (VersionId) =>
      (
        await s3.send(new GetObjectCommand({ Bucket, Key, ...(VersionId ? { VersionId } : {}) }))
      ).Body?.transformToString(),
    version: (Status) => s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } })),
  }
}

describe('versions', () => {
  it('addVersion() keeps every version, each with an id of its own', async () => {
    const { put, read, version } = await setUp()
    await version('Enabled')
    const ids = [await put('one'), await put('two'), await put('two')]
    expect(new Set(ids).size).toBe(3)
    expect([await read(ids[0]), await read(ids[1]), await read()]).toEqual(['one', 'two', 'two'])
  })

  it('addVersion() never gives an id twice, even when all versions are gone', async () => {
    const { s3, put, version } = await setUp()
    await version('Enabled')
    const gone = [await put('one'), await put('two')]
    for (const VersionId of gone) await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }))
    expect(new Set([...gone, await put('three'), await put('four')]).size).toBe(4)
  })

  it('addVersion() gives the same ids in the same world made again', async () => {
    const ids = await Promise.all(
      [1, 2].map(async () => {
        const { put, version } = await setUp()
        await version('Enabled')
        return [await put('one'), await put('two')]
      }),
    )
    expect(ids[0]).toEqual(ids[1])
  })

  it('addVersion() keeps what was there before versioning as the null version', async () => {
    const { put, read, version } = await setUp()
    expect(await put('before')).toBeUndefined()
    await version('Enabled')
    await put('after')
    expect([await read('null'), await read()]).toEqual(['before', 'after'])
  })

  it('addVersion() replaces the null version while versioning is suspended', async () => {
    const { s3, put, read, version } = await setUp()
    await version('Enabled')
    const kept = await put('kept')
    await version('Suspended')
    await put('replaced')
    await put('last')
    const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket }))
    expect(Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      ['null', true],
      [kept, false],
    ])
    expect([await read(), await read(kept)]).toEqual(['last', 'kept'])
  })

  it('deleteObject() puts a marker on top, which hides and can be taken away', async () => {
    const { s3, put, read, version } = await setUp()
    await version('Enabled')
    const first = await put('one')
    const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key }))
    expect(marker).toMatchObject({ DeleteMarker: true, VersionId: expect.stringMatching(/^\w{32}$/) as string })

    const hidden = await s3.send(new GetObjectCommand({ Bucket, Key })).catch((error: unknown) => error)
    expect(hidden).toMatchObject({ name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } })
    expect((hidden as { $response: { headers: object } }).$response.headers).toMatchObject({
      'x-amz-delete-marker': 'true',
      'x-amz-version-id': marker.VersionId,
    })
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0)
    expect(await read(first)).toBe('one')

    const removed = await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId: marker.VersionId }))
    expect(removed).toMatchObject({ DeleteMarker: true, VersionId: marker.VersionId })
    expect(await read()).toBe('one')
  })

  it.each([
    ['GET', (VersionId: string) => new GetObjectCommand({ Bucket, Key, VersionId })],
    ['HEAD', (VersionId: string) => new HeadObjectCommand({ Bucket, Key, VersionId })],
  ])('getObject() refuses %s of a marker’s own version', async (_method, command) => {
    const { s3, version } = await setUp()
    await version('Enabled')
    const { VersionId = '' } = await s3.send(new DeleteObjectCommand({ Bucket, Key }))
    const refused = await s3.send(command(VersionId)).catch((error: unknown) => error)
    expect(refused).toMatchObject({
      $metadata: { httpStatusCode: 405 },
      $response: { headers: { 'x-amz-delete-marker': 'true', allow: 'DELETE' } },
    })
  })

  it('deleteObject() puts a null marker in the place of the null version while suspended', async () => {
    const { s3, put, version } = await setUp()
    await put('before')
    await version('Enabled')
    const kept = await put('kept')
    await version('Suspended')
    expect(await s3.send(new DeleteObjectCommand({ Bucket, Key }))).toMatchObject({
      DeleteMarker: true,
      VersionId: 'null',
    })
    const { Versions, DeleteMarkers } = await s3.send(new ListObjectVersionsCommand({ Bucket }))
    expect(Versions?.map(({ VersionId }) => VersionId)).toEqual([kept])
    expect(DeleteMarkers?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([['null', true]])
  })

  it('removeVersion() leaves a bucket that can be deleted once the last version is gone', async () => {
    const { s3, put, version } = await setUp()
    await version('Enabled')
    const ids = [await put('one'), (await s3.send(new DeleteObjectCommand({ Bucket, Key }))).VersionId]
    for (const VersionId of ids) await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }))
    await expect(s3.send(new DeleteBucketCommand({ Bucket }))).resolves.toBeDefined()
  })

  it('versionsOf() takes names of built-in members for plain keys', async () => {
    const { s3 } = await setUp()
    await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'constructor' }))).rejects.toMatchObject({
      name: 'NoSuchKey',
    })
    await s3.send(new PutObjectCommand({ Bucket, Key: 'toString', Body: 'x' }))
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents?.map(({ Key }) => Key)).toEqual(['toString'])
  })
})
