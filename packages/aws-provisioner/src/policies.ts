// The policies that stand around the documents: who may read them, how they may be
// written, and what the canary's role may do (nothing).
import type { Attributes, Value } from '@irsa/reconcile'
import type { Partition } from './facts.ts'
import { bucketArn } from './names.ts'

/** Object keys, or patterns with `*`, below one bucket. */
export interface ProtectedKeys {
  /** The documents: readable by the reader that the policy names. */
  readonly documents: readonly string[]
  /** What nobody reads but we. */
  readonly records: readonly string[]
}

export interface BucketPolicyInput {
  readonly bucket: string
  readonly partition: Partition
  readonly keys: ProtectedKeys
  /** Who may read the documents: a distribution, by ARN (may be a reference), or everybody. */
  readonly reader: { readonly distributionArn: Value } | 'everybody'
  /** Role ARNs that may delete. */
  readonly deletionRoles: readonly string[]
}

/**
 * The bucket's policy, in canonical form.
 *
 * - Only the documents can be read, and only through the reader.
 * - Documents and record are written by compare-and-swap or not at all
 *   (S3 User Guide, "Enforce conditional writes on Amazon S3 buckets").
 * - Nobody deletes them, or versions of them, but the roles named: whoever wants to has to change this policy first.
 * - Nothing goes unencrypted.
 */
export function createBucketPolicy(input: BucketPolicyInput): Attributes {
  const arn = bucketArn(input.bucket, input.partition)
  const objects = (keys: readonly string[]): readonly string[] => keys.map((key) => `${arn}/${key}`)
  const documents = objects(input.keys.documents)
  const guarded = [...documents, ...objects(input.keys.records)]
  return {
    Version: '2012-10-17',
    Statement: [
      readStatement(input.reader, documents),
      {
        Sid: 'WriteOnlyByCompareAndSwap',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:PutObject',
        Resource: guarded,
        Condition: { Null: { 's3:if-match': 'true', 's3:if-none-match': 'true' } },
      },
      {
        Sid: 'NeverDelete',
        Effect: 'Deny',
        Principal: '*',
        Action: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
        Resource: guarded,
        ...(input.deletionRoles.length === 0
          ? {}
          : { Condition: { ArnNotEquals: { 'aws:PrincipalArn': input.deletionRoles } } }),
      },
      {
        Sid: 'OnlyOverTls',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  }
}

function readStatement(reader: BucketPolicyInput['reader'], documents: readonly string[]): Attributes {
  const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: documents } as const
  if (reader === 'everybody') return { Sid: 'ReadDocuments', Principal: '*', ...read }
  return {
    Sid: 'ReadDocumentsThroughCloudFront',
    Principal: { Service: 'cloudfront.amazonaws.com' },
    ...read,
    Condition: { StringEquals: { 'AWS:SourceArn': reader.distributionArn } },
  }
}

/** The role that proves that tokens are accepted may do nothing at all. */
export const DENY_EVERYTHING: Attributes = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'NothingAtAll', Effect: 'Deny', Action: '*', Resource: '*' }],
}
