// State of S3 in all accounts: bucket names are global within a partition.
import type { Partition, World } from '../world.ts'
import type { XmlElement } from './xml.ts'

export interface ObjectVersion {
  /** `null` (the word) for objects written while versioning was off or suspended. */
  versionId: string
  deleteMarker: boolean
  /** Lower-case hexadecimal, without the quotes that it has on the wire; empty for delete markers. */
  etag: string
  lastModifiedAt: number
  /** What the object is encrypted with at rest: the request's choice, else the bucket's default. */
  encryption?: string
  /** The checksum that came with the upload, verified. */
  checksum?: { algorithm: string; value: string }
  settings: {
    /** UTF-8 text, or base64 with the prefix `base64:` where the bytes are not text. */
    body: string
    contentType?: string
    cacheControl?: string
    contentDisposition?: string
    contentEncoding?: string
    contentLanguage?: string
    serverSideEncryption?: string
    metadata?: Record<string, string>
    tags?: Record<string, string>
  }
}

export interface PublicAccessBlock {
  BlockPublicAcls: boolean
  IgnorePublicAcls: boolean
  BlockPublicPolicy: boolean
  RestrictPublicBuckets: boolean
}

export interface BucketEncryption {
  /** Absent when the request only named blocked types; S3 then goes on with `AES256`. */
  algorithm?: string
  kmsKeyId?: string
  bucketKey?: boolean
  blockedEncryptionTypes?: string[]
}

export interface Bucket {
  account: string
  partition: Partition
  region: string
  createdAt: number
  settings: {
    namespace: 'global' | 'account-regional'
    /** `null` once somebody has deleted it: then nothing is blocked. Never touched: everything is. */
    publicAccessBlock?: PublicAccessBlock | null
    /** `null` once somebody has deleted it. Never touched: `BucketOwnerEnforced`. */
    ownership?: string | null
    /** The text as it was sent. */
    policy?: string
    versioning?: 'Enabled' | 'Suspended'
    tags?: Record<string, string>
    encryption?: BucketEncryption
    /** The rules as they were sent; texts stay texts. */
    lifecycle?: XmlElement[]
  }
  /** Versions by key, the newest first. */
  objects: Record<string, ObjectVersion[]>
  /** How many version ids each key was ever given, so that none is given twice. Absent until the first. */
  versionIdsMade?: Record<string, number>
}

export interface S3State {
  /** By `<partition>/<name>`. */
  buckets: Record<string, Bucket>
}

export function emptyS3State(): S3State {
  return { buckets: {} }
}

export function findBucket(world: World, partition: string, name: string): Bucket | undefined {
  return world.aws.s3.buckets[`${partition}/${name}`]
}

/** Since April 2023 all four are on until somebody says otherwise (S3 User Guide, "Default settings for new S3 buckets FAQ"). */
export function publicAccessBlockOf(bucket: Bucket): PublicAccessBlock {
  const { publicAccessBlock } = bucket.settings
  const unset = publicAccessBlock === undefined
  return (
    publicAccessBlock ?? {
      BlockPublicAcls: unset,
      IgnorePublicAcls: unset,
      BlockPublicPolicy: unset,
      RestrictPublicBuckets: unset,
    }
  )
}

/** What holds when nothing is set: access control lists are off; with the controls deleted, the writer owns. */
export function ownershipOf(bucket: Bucket): string {
  return bucket.settings.ownership === null ? 'ObjectWriter' : (bucket.settings.ownership ?? 'BucketOwnerEnforced')
}
