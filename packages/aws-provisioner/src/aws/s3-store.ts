// Documents in a bucket.
import { GetObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3'
import type { DocumentStore, StoredDocument } from '../document-store.ts'
import { describeAwsError, isAwsError } from '../error.ts'
import { OWNER_METADATA } from '../names.ts'
import { emptyBucket } from './bucket.ts'
import type { AwsClients } from './clients.ts'

/** So many former versions are looked at to find the last good one. */
const HISTORY_LENGTH = 5

export function createS3Store(clients: AwsClients, bucket: string, account: string): DocumentStore {
  const at = { Bucket: bucket, ExpectedBucketOwner: account }

  async function read(key: string, VersionId?: string): Promise<StoredDocument | undefined> {
    const s3 = await clients.s3()
    try {
      return await toDocument(await s3.send(new GetObjectCommand({ ...at, Key: key, VersionId })))
    } catch (error) {
      if (isAwsError(error, 'NoSuchKey', 'NoSuchBucket', 'NoSuchVersion', 'MethodNotAllowed')) return undefined
      throw error
    }
  }

  return {
    location: `s3://${bucket}`,
    read: (key) => read(key),

    async write(key, body, options) {
      const s3 = await clients.s3()
      try {
        await s3.send(
          new PutObjectCommand({
            ...at,
            Key: key,
            Body: body,
            ContentType: options.contentType,
            CacheControl: options.cacheControl,
            Metadata: { [OWNER_METADATA]: options.owner },
            ...(options.ifMatch === null ? { IfNoneMatch: '*' } : { IfMatch: options.ifMatch }),
          }),
        )
        return 'written'
      } catch (error) {
        // 412: another content is there by now; 409: somebody writes at this moment; 404: it is gone.
        if (isAwsError(error, 'PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey')) return 'conflict'
        throw error
      }
    },

    async history(key) {
      const s3 = await clients.s3()
      try {
        const page = await s3.send(new ListObjectVersionsCommand({ ...at, Prefix: key, MaxKeys: HISTORY_LENGTH * 2 }))
        const versions = (page.Versions ?? []).filter(({ Key }) => Key === key).slice(0, HISTORY_LENGTH)
        const documents = await Promise.all(versions.map(({ VersionId }) => read(key, VersionId)))
        return documents.filter((document) => document !== undefined)
      } catch (error) {
        if (isAwsError(error, 'NoSuchBucket')) return []
        throw describeAwsError(`list the versions of ${key}`, error)
      }
    },

    async remove(key) {
      try {
        await emptyBucket(await clients.s3(), bucket, key, (found) => found === key)
      } catch (error) {
        if (!isAwsError(error, 'NoSuchBucket')) throw error
      }
    },
  }
}

async function toDocument(reply: GetObjectCommandOutput): Promise<StoredDocument> {
  return {
    body: (await reply.Body?.transformToString('utf-8')) ?? '',
    etag: reply.ETag ?? '',
    lastModifiedMs: reply.LastModified?.getTime() ?? 0,
    ...(reply.ContentType === undefined ? {} : { contentType: reply.ContentType }),
    ...(reply.CacheControl === undefined ? {} : { cacheControl: reply.CacheControl }),
    ...(reply.Metadata?.[OWNER_METADATA] === undefined ? {} : { owner: reply.Metadata[OWNER_METADATA] }),
  }
}
