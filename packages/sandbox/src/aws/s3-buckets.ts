// Buckets themselves: which there are, where they are, making and removing them.
import type { SandboxResponse } from '../http.ts'
import { respond, respondEmpty } from '../http.ts'
import type { S3Call } from './s3-access.ts'
import { authorizeAlone, authorizeOn, mayOn, openBucket } from './s3-access.ts'
import { readXmlBody } from './s3-body.ts'
import type { BucketNamespace } from './s3-bucket-names.ts'
import { checkBucketName, checkNamespace } from './s3-bucket-names.ts'
import { tagContext, whenSent } from './s3-context.ts'
import { accessDenied, invalidArgument, notImplemented } from './s3-errors.ts'
import { ownerOf } from './s3-listing.ts'
import type { Bucket } from './s3-state.ts'
import { findBucket } from './s3-state.ts'
import { S3_NAMESPACE, checkTags, readTagPairs } from './s3-tags.ts'
import { dnsSuffix, isRegion } from './s3-target.ts'
import { ServiceError } from './service.ts'
import { buildXml } from './xml.ts'

const DEFAULT_REGION = 'us-east-1'
const OWNERSHIPS: ReadonlySet<string> = new Set(['BucketOwnerPreferred', 'ObjectWriter', 'BucketOwnerEnforced'])

export function listBuckets(call: S3Call): SandboxResponse {
  authorizeAlone(call, { action: 's3:ListAllMyBuckets', resource: `arn:${call.target.partition}:s3:::*` })
  const { searchParams } = call.request.url
  const prefix = searchParams.get('prefix') ?? ''
  const region = searchParams.get('bucket-region')
  const after = searchParams.get('continuation-token')
  const max = searchParams.get('max-buckets')
  if (max !== null && !(/^\d{1,5}$/.test(max) && Number(max) >= 1 && Number(max) <= 10_000)) {
    throw invalidArgument('Argument max-buckets must be an integer between 1 and 10000', 'max-buckets', max)
  }
  const found = Object.entries(call.world.aws.s3.buckets)
    .filter(([, bucket]) => bucket.account === call.caller.account && bucket.partition === call.target.partition)
    .map(([id, bucket]) => ({ name: id.slice(id.indexOf('/') + 1), bucket }))
    .filter(({ name, bucket }) => name.startsWith(prefix) && (region === null || bucket.region === region))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .filter(({ name }) => after === null || name > Buffer.from(after, 'base64url').toString())
  const page = found.slice(0, max === null ? undefined : Number(max))
  const last = page.at(-1)
  const xml = buildXml(
    'ListAllMyBucketsResult',
    {
      Buckets: {
        Bucket: page.map(({ name, bucket }) => ({
          Name: name,
          CreationDate: new Date(bucket.createdAt).toISOString(),
          BucketRegion: bucket.region,
          BucketArn: `arn:${bucket.partition}:s3:::${name}`,
        })),
      },
      Owner: ownerOf(call.caller.account),
      ...whenSent('Prefix', searchParams.get('prefix')),
      ...(last && page.length < found.length
        ? { ContinuationToken: Buffer.from(last.name).toString('base64url') }
        : {}),
    },
    S3_NAMESPACE,
  )
  return respond(200, 'application/xml', xml)
}

export function createBucket(call: S3Call): SandboxResponse {
  const name = call.target.bucket ?? ''
  const { partition } = call.target
  const { headers } = call.request
  checkBucketName(name)
  const { location, tags } = readConfiguration(call)
  authorizeCreation(call, name, location, tags)
  const region = regionOf(call, location)
  const namespace = checkNamespace(name, headers['x-amz-bucket-namespace'], { account: call.caller.account, region })
  const ownership = readOwnership(call)
  const existing = findBucket(call.world, partition, name)
  if (existing !== undefined) return recreate(call, name, existing, region)
  call.world.aws.s3.buckets[`${partition}/${name}`] = {
    account: call.caller.account,
    partition,
    region,
    createdAt: call.nowMs,
    settings: {
      namespace,
      ...(ownership === undefined ? {} : { ownership }),
      ...(tags === undefined ? {} : { tags }),
    },
    objects: {},
  }
  return created(call, name, region, namespace)
}

export function headBucket(call: S3Call): SandboxResponse {
  const opened = openBucket(call)
  const { region } = opened.bucket
  // The region is told even to those who may not look.
  if (!mayOn(call, opened, { action: 's3:ListBucket' }))
    throw accessDenied(undefined, { 'x-amz-bucket-region': region })
  return respondEmpty(200, {
    'content-type': 'application/xml',
    'x-amz-bucket-region': region,
    'x-amz-bucket-arn': opened.arn,
    'x-amz-access-point-alias': 'false',
  })
}

export function getBucketLocation(call: S3Call): SandboxResponse {
  const opened = openBucket(call)
  authorizeOn(call, opened, { action: 's3:GetBucketLocation' })
  const { region } = opened.bucket
  // The first Region has no name here (S3 API Reference, "GetBucketLocation").
  const text = region === DEFAULT_REGION ? '' : region
  return respond(200, 'application/xml', buildXml('LocationConstraint', { '#text': text }, S3_NAMESPACE))
}

export function deleteBucket(call: S3Call): SandboxResponse {
  const opened = openBucket(call)
  authorizeOn(call, opened, { action: 's3:DeleteBucket' })
  const { bucket, name } = opened
  if (Object.keys(bucket.objects).length > 0) {
    const versioned = bucket.settings.versioning !== undefined
    const hint = versioned ? ' You must delete all versions in the bucket.' : ''
    const text = `The bucket you tried to delete is not empty${versioned ? '.' : ''}${hint}`
    throw new ServiceError('BucketNotEmpty', 409, text, { BucketName: name })
  }
  delete call.world.aws.s3.buckets[`${bucket.partition}/${name}`]
  return respondEmpty(204)
}

function readConfiguration(call: S3Call): { readonly location?: string; readonly tags?: Record<string, string> } {
  if (call.request.body.byteLength === 0) return {}
  const { LocationConstraint, Tags } = readXmlBody(call.request, 'CreateBucketConfiguration')
  const location = typeof LocationConstraint === 'string' && LocationConstraint !== '' ? LocationConstraint : undefined
  const tags = Tags === undefined ? undefined : checkTags(readTagPairs(Tags), 'bucket')
  return { ...(location === undefined ? {} : { location }), ...(tags === undefined ? {} : { tags }) }
}

function authorizeCreation(
  call: S3Call,
  name: string,
  location: string | undefined,
  tags: Readonly<Record<string, string>> | undefined,
): void {
  const resource = `arn:${call.target.partition}:s3:::${name}`
  const { headers } = call.request
  const context = {
    ...whenSent('s3:locationconstraint', location),
    ...whenSent('s3:x-amz-bucket-namespace', headers['x-amz-bucket-namespace']),
    ...whenSent('s3:x-amz-object-ownership', headers['x-amz-object-ownership']),
    ...whenSent('s3:x-amz-acl', headers['x-amz-acl']),
    ...tagContext('aws:RequestTag', tags),
    ...(tags === undefined ? {} : { 'aws:TagKeys': Object.keys(tags) }),
  }
  authorizeAlone(call, { action: 's3:CreateBucket', resource, context })
  if (tags !== undefined) authorizeAlone(call, { action: 's3:TagResource', resource, context })
  if (headers['x-amz-object-ownership'] !== undefined) {
    authorizeAlone(call, { action: 's3:PutBucketOwnershipControls', resource, context })
  }
}

/**
 * A regional endpoint makes buckets in its own Region and wants it said, but for us-east-1, which wants
 * nothing said; the global endpoint makes them anywhere (S3 API Reference, "CreateBucket").
 */
function regionOf(call: S3Call, location: string | undefined): string {
  const endpoint = call.target.region
  const { partition } = call.target
  const wanted = location === 'EU' ? 'eu-west-1' : location
  if (wanted === DEFAULT_REGION || (wanted !== undefined && !isRegion(wanted, partition))) {
    throw new ServiceError('InvalidLocationConstraint', 400, 'The specified location-constraint is not valid', {
      LocationConstraint: location ?? '',
    })
  }
  if (endpoint === undefined) return wanted ?? DEFAULT_REGION
  if ((wanted ?? DEFAULT_REGION) === endpoint) return endpoint
  const text = `The ${location ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`
  throw new ServiceError('IllegalLocationConstraintException', 400, text)
}

function readOwnership(call: S3Call): string | undefined {
  const { headers } = call.request
  const ownership = headers['x-amz-object-ownership']
  if (ownership !== undefined && !OWNERSHIPS.has(ownership)) {
    throw invalidArgument('Invalid x-amz-object-ownership header', 'x-amz-object-ownership', ownership)
  }
  const acl = headers['x-amz-acl']
  if (acl !== undefined && acl !== 'private') {
    if (ownership === undefined || ownership === 'BucketOwnerEnforced') {
      const text = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
      throw new ServiceError('InvalidBucketAclWithObjectOwnership', 400, text)
    }
    throw notImplemented('x-amz-acl')
  }
  if (headers['x-amz-bucket-object-lock-enabled']?.toLowerCase() === 'true') {
    throw notImplemented('x-amz-bucket-object-lock-enabled')
  }
  return ownership
}

function recreate(call: S3Call, name: string, existing: Bucket, region: string): SandboxResponse {
  if (existing.account !== call.caller.account) {
    const text =
      'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.'
    throw new ServiceError('BucketAlreadyExists', 409, text, { BucketName: name })
  }
  const { namespace } = existing.settings
  const forgiven = existing.region === DEFAULT_REGION && region === DEFAULT_REGION && namespace === 'global'
  if (forgiven) return created(call, name, region, namespace)
  const text = 'Your previous request to create the named bucket succeeded and you already own it.'
  throw new ServiceError('BucketAlreadyOwnedByYou', 409, text, { BucketName: name })
}

function created(call: S3Call, name: string, region: string, namespace: BucketNamespace): SandboxResponse {
  const { partition } = call.target
  const near = region === DEFAULT_REGION || namespace === 'account-regional'
  return respondEmpty(200, {
    location: near ? `/${name}` : `http://${name}.s3.${dnsSuffix(partition)}/`,
    'x-amz-bucket-arn': `arn:${partition}:s3:::${name}`,
  })
}
