import type { ListObjectVersionsCommandOutput } from '@aws-sdk/client-s3'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { createSandbox } from '../sandbox.ts'

const Bucket = 'documents'
/** In the order of UTF-8, which is not that of JavaScript: the last two are U+FF5E and U+1F600. */
const KEYS = ['Z', 'a/1', 'a/2', 'a/b/3', 'b', 'ä&<', '～', '😀']

async function setUp(): Promise<S3Client> {
  const sandbox = createSandbox({ clock: { mode: 'manual' } })
  const credentials = sandbox.createUser({ account: sandbox.createAccount() })
  const { requestHandler } = sandbox.session()
  const s3 = new S3Client({ region: 'us-east-1', credentials, requestHandler, maxAttempts: 1 })
  await s3.send(new CreateBucketCommand({ Bucket }))
  for (const Key of KEYS.toReversed()) await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
  return s3
}

describe('listObjectsV2', () => {
  it.each([
    ['everything', {}, KEYS, []],
    ['a prefix', { Prefix: 'a/' }, ['a/1', 'a/2', 'a/b/3'], []],
    ['a delimiter', { Delimiter: '/' }, ['Z', 'b', 'ä&<', '～', '😀'], ['a/']],
    ['both', { Prefix: 'a/', Delimiter: '/' }, ['a/1', 'a/2'], ['a/b/']],
    ['a start', { StartAfter: 'a/2' }, ['a/b/3', 'b', 'ä&<', '～', '😀'], []],
    ['no keys at all', { MaxKeys: 0 }, [], []],
    ['a coding', { EncodingType: 'url' as const, Prefix: 'ä' }, ['%C3%A4%26%3C'], []],
  ])('listObjectsV2() lists %s', async (_name, options, keys, prefixes) => {
    const s3 = await setUp()
    const page = await s3.send(new ListObjectsV2Command({ Bucket, ...options }))
    expect(page.Contents?.map(({ Key }) => Key) ?? []).toEqual(keys)
    expect(page.CommonPrefixes?.map(({ Prefix }) => Prefix) ?? []).toEqual(prefixes)
    expect(page.KeyCount).toBe(keys.length + prefixes.length)
    expect(page.IsTruncated).toBe(false)
  })

  it.each([1, 2, 3, 7])('listObjectsV2() gives every key once in pages of %i', async (MaxKeys) => {
    const s3 = await setUp()
    const seen: (string | undefined)[] = []
    for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket, MaxKeys, Delimiter: '/' })) {
      seen.push(
        ...(page.Contents ?? []).map(({ Key }) => Key),
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
      )
      expect(page.KeyCount).toBeLessThanOrEqual(MaxKeys)
    }
    expect(new Set(seen)).toEqual(new Set(['Z', 'a/', 'b', 'ä&<', '～', '😀']))
    expect(seen.length).toBe(6)
  })

  it('listObjectsV2() refuses a page size that is no number', async () => {
    const s3 = await setUp()
    const asking = s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: -1 }))
    await expect(asking).rejects.toMatchObject({ name: 'InvalidArgument' })
  })
})

describe('listObjectVersions', () => {
  it.each([1, 2, 3, 5, 1000])('listObjectVersions() gives every version once in pages of %i', async (MaxKeys) => {
    const s3 = await setUp()
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
    for (const Key of ['a/1', 'b']) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'y' }))
      await s3.send(new DeleteObjectCommand({ Bucket, Key }))
    }
    const seen: string[] = []
    const markers = { KeyMarker: undefined as string | undefined, VersionIdMarker: undefined as string | undefined }
    for (let more = true; more;) {
      const page: ListObjectVersionsCommandOutput = await s3.send(
        new ListObjectVersionsCommand({ Bucket, MaxKeys, ...markers }),
      )
      const { Versions = [], DeleteMarkers = [] } = page
      expect(Versions.length + DeleteMarkers.length).toBeLessThanOrEqual(MaxKeys)
      seen.push(...Versions.map(({ Key, VersionId, IsLatest }) => [Key, VersionId?.length, IsLatest].join(' ')))
      seen.push(...DeleteMarkers.map(({ Key, IsLatest }) => [Key, 'marker', IsLatest].join(' ')))
      more = page.IsTruncated === true
      markers.KeyMarker = page.NextKeyMarker
      markers.VersionIdMarker = page.NextVersionIdMarker
    }
    const touched = ['a/1', 'b'].flatMap((key) => [`${key} 4 false`, `${key} 32 false`, `${key} marker true`])
    const untouched = KEYS.filter((key) => key !== 'a/1' && key !== 'b').map((key) => `${key} 4 true`)
    expect(seen.sort()).toEqual([...touched, ...untouched].sort())
  })
})
