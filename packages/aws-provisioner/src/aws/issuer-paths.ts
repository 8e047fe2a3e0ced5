// Which issuers are published in a bucket that several clusters share.
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { isAwsError } from '../error.ts'
import type { AwsClients } from './clients.ts'
import { collect } from './cloudfront-lists.ts'

const DISCOVERY_SUFFIX = '/.well-known/openid-configuration'

export async function listIssuerPaths(
  clients: AwsClients,
  bucket: string,
  account: string,
): Promise<readonly string[]> {
  const s3 = await clients.s3()
  const keys = await collect(`list the objects of ${bucket}`, async (token) => {
    try {
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket: bucket, ExpectedBucketOwner: account, ContinuationToken: token }),
      )
      return { items: (page.Contents ?? []).flatMap(({ Key }) => Key ?? []), next: page.NextContinuationToken }
    } catch (error) {
      if (isAwsError(error, 'NoSuchBucket')) return { items: [], next: undefined }
      throw error
    }
  })
  return keys.filter((key) => key.endsWith(DISCOVERY_SUFFIX)).map((key) => `/${key.slice(0, -DISCOVERY_SUFFIX.length)}`)
}
