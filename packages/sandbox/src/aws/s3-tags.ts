// Tags of buckets and of object versions: the document, its rules, and the six calls.
// S3 User Guide, "Categorizing your objects using tags" and "Using cost allocation S3 bucket tags".
import type { SandboxResponse } from '../http.ts'
import { respond, respondEmpty } from '../http.ts'
import type { OpenBucket, S3Call } from './s3-access.ts'
import { authorizeOn, openBucket } from './s3-access.ts'
import { readXmlBody } from './s3-body.ts'
import { tagContext, whenSent } from './s3-context.ts'
import { S3Error, malformedXml, noSuchKey } from './s3-errors.ts'
import { list } from './policy.ts'
import type { ObjectVersion } from './s3-state.ts'
import { currentVersion, findVersion } from './s3-versions.ts'
import { ServiceError } from './service.ts'
import type { XmlElement, XmlValue } from './xml.ts'
import { buildXml } from './xml.ts'

export const S3_NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/'

type Tags = Record<string, string>

/** @throws {ServiceError} `InvalidTag` or `BadRequest` when S3 would not take them. */
export function checkTags(pairs: readonly (readonly [string, string])[], of: 'bucket' | 'object'): Tags {
  const limit = of === 'bucket' ? 50 : 10
  if (pairs.length > limit) {
    throw new ServiceError(
      'BadRequest',
      400,
      of === 'bucket' ? 'Bucket tag count cannot be greater than 50' : 'Object tags cannot be greater than 10',
    )
  }
  const tags: Tags = {}
  for (const [key, value] of pairs) {
    if (key === '' || key.length > 128 || !isTagText(key))
      throw invalidTag('The TagKey you have provided is invalid', key)
    if (value.length > 256 || !isTagText(value)) throw invalidTag('The TagValue you have provided is invalid', key)
    if (/^aws:/i.test(key)) throw invalidTag('System tags cannot be added/updated by requester', key)
    if (Object.hasOwn(tags, key)) throw invalidTag('Cannot provide multiple Tags with the same key', key)
    tags[key] = value
  }
  return tags
}

/** The pairs of a `TagSet` or `Tags` element. */
export function readTagPairs(element: XmlValue | undefined): readonly (readonly [string, string])[] {
  if (element === undefined || element === '') return []
  if (typeof element === 'string' || Array.isArray(element)) throw malformedXml()
  return list((element as XmlElement)['Tag'] as XmlElement | readonly XmlElement[] | undefined).map((tag) => {
    const { Key, Value } = tag
    if (typeof Key !== 'string' || typeof Value !== 'string') throw malformedXml()
    return [Key, Value] as const
  })
}

export function getBucketTagging(call: S3Call): SandboxResponse {
  const opened = openBucket(call)
  authorizeOn(call, opened, { action: 's3:GetBucketTagging' })
  const { tags } = opened.bucket.settings
  if (tags === undefined) {
    throw new ServiceError('NoSuchTagSet', 404, 'The TagSet does not exist', { BucketName: opened.name })
  }
  return respondTags(tags)
}

/** Replaces the whole set. */
export function putBucketTagging(call: S3Call): SandboxResponse {
  const opened = openBucket(call)
  authorizeOn(call, opened, { action: 's3:PutBucketTagging' })
  const tags = readTagging(call, 'bucket')
  if (Object.keys(tags).length > 0) opened.bucket.settings.tags = tags
  else delete opened.bucket.settings.tags
  return respondEmpty(204)
}

export function deleteBucketTagging(call: S3Call): SandboxResponse {
  const opened = openBucket(call)
  authorizeOn(call, opened, { action: 's3:PutBucketTagging' })
  delete opened.bucket.settings.tags
  return respondEmpty(204)
}

export function getObjectTagging(call: S3Call): SandboxResponse {
  const { version, headers } = openObject(call, 'Get')
  const { status, headers: standard, body } = respondTags(version.settings.tags ?? {})
  return { status, headers: { ...standard, ...headers }, body }
}

export function putObjectTagging(call: S3Call): SandboxResponse {
  const pairs = readTagging(call, 'object')
  const { version, headers } = openObject(call, 'Put', pairs)
  version.settings.tags = pairs
  return respondEmpty(200, headers)
}

export function deleteObjectTagging(call: S3Call): SandboxResponse {
  const { version, headers } = openObject(call, 'Delete')
  delete version.settings.tags
  return respondEmpty(204, headers)
}

function openObject(
  call: S3Call,
  verb: 'Get' | 'Put' | 'Delete',
  tags?: Tags,
): { readonly version: ObjectVersion; readonly headers: Record<string, string> } {
  const opened: OpenBucket = openBucket(call)
  const { bucket } = opened
  const key = call.target.key ?? ''
  const versionId = call.request.url.searchParams.get('versionId')
  const version = versionId === null ? currentVersion(bucket, key) : findVersion(bucket, key, versionId)
  authorizeOn(call, opened, {
    action: `s3:${verb}Object${versionId === null ? '' : 'Version'}Tagging`,
    key,
    context: {
      ...whenSent('s3:versionid', versionId),
      ...tagContext('s3:ExistingObjectTag', version?.settings.tags),
      ...tagContext('s3:RequestObjectTag', tags),
      ...(tags === undefined ? {} : { 's3:RequestObjectTagKeys': Object.keys(tags) }),
    },
  })
  if (version?.deleteMarker) {
    throw new S3Error(
      'MethodNotAllowed',
      405,
      'The specified method is not allowed against this resource.',
      { Method: call.request.method, ResourceType: 'DeleteMarker' },
      { 'x-amz-delete-marker': 'true', 'x-amz-version-id': version.versionId },
    )
  }
  if (version === undefined) {
    throw versionId === null
      ? noSuchKey(key)
      : new ServiceError('NoSuchVersion', 404, 'The specified version does not exist.', {
          Key: key,
          VersionId: versionId,
        })
  }
  return { version, headers: bucket.settings.versioning ? { 'x-amz-version-id': version.versionId } : {} }
}

function readTagging(call: S3Call, of: 'bucket' | 'object'): Tags {
  const { TagSet } = readXmlBody(call.request, 'Tagging')
  if (TagSet === undefined) throw malformedXml()
  return checkTags(readTagPairs(TagSet), of)
}

function respondTags(tags: Tags): SandboxResponse {
  const set = { Tag: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }
  return respond(200, 'application/xml', buildXml('Tagging', { TagSet: set }, S3_NAMESPACE))
}

// The User Guide's "letters, whitespace, numbers and + - = . _ : / @".
function isTagText(text: string): boolean {
  return /^[\p{L}\p{Z}\p{N}+\-=._:/@]*$/u.test(text)
}

function invalidTag(message: string, key: string): ServiceError {
  return new ServiceError('InvalidTag', 400, message, { TagKey: key })
}
