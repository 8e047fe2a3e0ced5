// Amazon S3: tells which operation a request is, and hands it to whoever does that.
// Buckets of the general purpose kind only; access control lists, multipart uploads,
// copies and replication are not emulated and answer `NotImplemented`.
import type { SandboxRequest, SandboxResponse } from '../http.ts'
import type { Access } from '../request-log.ts'
import { credentialScope } from './callers.ts'
import type { S3Call } from './s3-access.ts'
import { wrongSigningRegion } from './s3-access.ts'
import { deleteBucketPolicy, getBucketPolicy, getBucketPolicyStatus, putBucketPolicy } from './s3-bucket-policy.ts'
import {
  deleteBucketEncryption,
  deleteBucketOwnershipControls,
  deletePublicAccessBlock,
  getBucketEncryption,
  getBucketOwnershipControls,
  getBucketVersioning,
  getPublicAccessBlock,
  putBucketEncryption,
  putBucketOwnershipControls,
  putBucketVersioning,
  putPublicAccessBlock,
} from './s3-bucket-settings.ts'
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from './s3-buckets.ts'
import { s3RequestContext } from './s3-context.ts'
import { deleteObject, deleteObjects } from './s3-deletions.ts'
import { notImplemented, requestIds, respondS3Error, unknownAccessKey } from './s3-errors.ts'
import {
  deleteBucketLifecycle,
  getBucketLifecycleConfiguration,
  putBucketLifecycleConfiguration,
} from './s3-lifecycle.ts'
import { listObjectVersions, listObjectsV2 } from './s3-listing.ts'
import { getObject, headObject, httpDate } from './s3-objects.ts'
import {
  deleteBucketTagging,
  deleteObjectTagging,
  getBucketTagging,
  getObjectTagging,
  putBucketTagging,
  putObjectTagging,
} from './s3-tags.ts'
import type { S3Target } from './s3-target.ts'
import { parseTarget } from './s3-target.ts'
import { putObject } from './s3-uploads.ts'
import type { AwsCall, AwsService } from './service.ts'

type Level = 'service' | 'bucket' | 'object'
type Run = (call: S3Call) => SandboxResponse

/** By `<level> <method> <sub-resource>`: a request has at most one sub-resource, named in its query. */
const OPERATIONS: Readonly<Record<string, readonly [name: string, run: Run]>> = {
  'service GET': ['ListBuckets', listBuckets],
  'bucket PUT': ['CreateBucket', createBucket],
  'bucket HEAD': ['HeadBucket', headBucket],
  'bucket DELETE': ['DeleteBucket', deleteBucket],
  'bucket GET location': ['GetBucketLocation', getBucketLocation],
  'bucket GET list-type': ['ListObjectsV2', listObjectsV2],
  'bucket GET versions': ['ListObjectVersions', listObjectVersions],
  'bucket POST delete': ['DeleteObjects', deleteObjects],
  'bucket GET publicAccessBlock': ['GetPublicAccessBlock', getPublicAccessBlock],
  'bucket PUT publicAccessBlock': ['PutPublicAccessBlock', putPublicAccessBlock],
  'bucket DELETE publicAccessBlock': ['DeletePublicAccessBlock', deletePublicAccessBlock],
  'bucket GET ownershipControls': ['GetBucketOwnershipControls', getBucketOwnershipControls],
  'bucket PUT ownershipControls': ['PutBucketOwnershipControls', putBucketOwnershipControls],
  'bucket DELETE ownershipControls': ['DeleteBucketOwnershipControls', deleteBucketOwnershipControls],
  'bucket GET policy': ['GetBucketPolicy', getBucketPolicy],
  'bucket PUT policy': ['PutBucketPolicy', putBucketPolicy],
  'bucket DELETE policy': ['DeleteBucketPolicy', deleteBucketPolicy],
  'bucket GET policyStatus': ['GetBucketPolicyStatus', getBucketPolicyStatus],
  'bucket GET versioning': ['GetBucketVersioning', getBucketVersioning],
  'bucket PUT versioning': ['PutBucketVersioning', putBucketVersioning],
  'bucket GET tagging': ['GetBucketTagging', getBucketTagging],
  'bucket PUT tagging': ['PutBucketTagging', putBucketTagging],
  'bucket DELETE tagging': ['DeleteBucketTagging', deleteBucketTagging],
  'bucket GET encryption': ['GetBucketEncryption', getBucketEncryption],
  'bucket PUT encryption': ['PutBucketEncryption', putBucketEncryption],
  'bucket DELETE encryption': ['DeleteBucketEncryption', deleteBucketEncryption],
  'bucket GET lifecycle': ['GetBucketLifecycleConfiguration', getBucketLifecycleConfiguration],
  'bucket PUT lifecycle': ['PutBucketLifecycleConfiguration', putBucketLifecycleConfiguration],
  'bucket DELETE lifecycle': ['DeleteBucketLifecycle', deleteBucketLifecycle],
  'object GET': ['GetObject', getObject],
  'object HEAD': ['HeadObject', headObject],
  'object PUT': ['PutObject', putObject],
  'object DELETE': ['DeleteObject', deleteObject],
  'object GET tagging': ['GetObjectTagging', getObjectTagging],
  'object PUT tagging': ['PutObjectTagging', putObjectTagging],
  'object DELETE tagging': ['DeleteObjectTagging', deleteObjectTagging],
}

const RUNS: ReadonlyMap<string, Run> = new Map(Object.values(OPERATIONS))

/** Every query parameter that only modifies an operation; any other one asks for a different operation. */
const MODIFIERS: ReadonlySet<string> = new Set([
  'bucket-region',
  'continuation-token',
  'delimiter',
  'encoding-type',
  'fetch-owner',
  'key-marker',
  'max-buckets',
  'max-keys',
  'prefix',
  'start-after',
  'version-id-marker',
  'versionId',
  'x-id',
])

export const s3: AwsService = {
  name: 's3',
  identify: (request) => identify(request),
  handle,
  respondError: respondS3Error,
}

function identify(request: SandboxRequest): { readonly operation: string; readonly access: Access } | undefined {
  const { method, url, headers } = request
  if (method === 'PUT' && headers['x-amz-copy-source'] !== undefined) return undefined
  const target = parseTarget(request)
  const subresources = [...url.searchParams.keys()].filter((name) => !MODIFIERS.has(name))
  const operation = OPERATIONS[[levelOf(target), method, ...subresources].join(' ')]?.[0]
  if (operation === undefined) return undefined
  return { operation, access: method === 'GET' || method === 'HEAD' ? 'read' : 'write' }
}

function levelOf({ bucket, key }: S3Target): Level {
  return bucket === undefined ? 'service' : key === undefined ? 'bucket' : 'object'
}

function handle(call: AwsCall, operation: string): SandboxResponse {
  const run = RUNS.get(operation)
  if (run === undefined) throw notImplemented()
  const { request, caller } = call
  const target = parseTarget(request)
  const signedRegion = credentialScope(request)?.region
  if (signedRegion !== undefined) {
    // Each partition knows its own keys only.
    if (caller.partition !== target.partition) throw unknownAccessKey()
    if (target.region !== undefined && target.region !== signedRegion) {
      throw wrongSigningRegion(signedRegion, target.region)
    }
  }
  const region = target.region ?? signedRegion ?? call.region
  const { status, headers, body } = run({ ...call, region, target, context: s3RequestContext(request, target, caller) })
  const standard = {
    ...requestIds(request.method, request.url.href, String(call.nowMs)),
    date: httpDate(call.nowMs),
    server: 'AmazonS3',
  }
  return { status, headers: { ...standard, ...headers }, body }
}
