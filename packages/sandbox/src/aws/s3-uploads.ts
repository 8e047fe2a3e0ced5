// PutObject: who may, under which condition, and what is kept of the request.
import { createHash } from 'node:crypto'
import type { SandboxRequest, SandboxResponse } from '../http.ts'
import { respondEmpty } from '../http.ts'
import type { ConditionContext } from './policy.ts'
import type { OpenBucket, S3Call } from './s3-access.ts'
import { authorizeOn, openBucket } from './s3-access.ts'
import { readBody } from './s3-body.ts'
import { tagContext, whenSent } from './s3-context.ts'
import { accessDenied, invalidArgument, noSuchKey, notImplemented, preconditionFailed } from './s3-errors.ts'
import { checksumHeaders, encodeObject, matchesEtag } from './s3-objects.ts'
import type { Bucket, ObjectVersion } from './s3-state.ts'
import { ownershipOf, publicAccessBlockOf } from './s3-state.ts'
import { checkTags } from './s3-tags.ts'
import { addVersion, currentObject } from './s3-versions.ts'
import { ServiceError } from './service.ts'

const MAX_KEY_BYTES = 1024
const ENCRYPTIONS: ReadonlySet<string> = new Set(['AES256', 'aws:kms', 'aws:kms:dsse'])

export function putObject(call: S3Call): SandboxResponse {
  const opened = openBucket(call)
  const { bucket, name } = opened
  const key = call.target.key ?? ''
  const { headers } = call.request
  const tags = parseTagHeader(headers['x-amz-tagging'])
  authorizePut(call, opened, key, tags)
  refuseUnsupported(bucket, key, headers)
  const { bytes, checksum } = readBody(call.request)
  checkWriteConditions(bucket, key, headers)
  const encryption = headers['x-amz-server-side-encryption'] ?? bucket.settings.encryption?.algorithm ?? 'AES256'
  const version = addVersion(bucket, name, key, {
    deleteMarker: false,
    etag: createHash('md5').update(bytes).digest('hex'),
    lastModifiedAt: call.nowMs,
    encryption,
    ...(checksum === undefined ? {} : { checksum }),
    settings: { body: encodeObject(bytes), ...describe(headers), ...(tags === undefined ? {} : { tags }) },
  })
  return respondEmpty(200, {
    etag: `"${version.etag}"`,
    'x-amz-server-side-encryption': encryption,
    ...(bucket.settings.versioning === 'Enabled' ? { 'x-amz-version-id': version.versionId } : {}),
    ...(checksum === undefined ? {} : checksumHeaders(checksum)),
  })
}

/**
 * `If-None-Match: *` demands that there be no object, `If-Match` that there be this one.
 * S3 User Guide, "How to prevent object overwrites with conditional writes".
 */
function checkWriteConditions(bucket: Bucket, key: string, headers: SandboxRequest['headers']): void {
  const ifMatch = headers['if-match']
  const ifNoneMatch = headers['if-none-match']
  const current = currentObject(bucket, key)
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch !== '*' || ifMatch !== undefined) throw notImplemented('If-None-Match')
    if (current !== undefined) throw preconditionFailed('If-None-Match')
  }
  if (ifMatch !== undefined) {
    if (current === undefined) throw noSuchKey(key)
    if (!matchesEtag(current, ifMatch)) throw preconditionFailed('If-Match')
  }
}

function authorizePut(
  call: S3Call,
  opened: OpenBucket,
  key: string,
  tags: Readonly<Record<string, string>> | undefined,
): void {
  const { headers } = call.request
  const context: ConditionContext = {
    's3:ObjectCreationOperation': 'true',
    ...whenSent('s3:if-match', headers['if-match']),
    ...whenSent('s3:if-none-match', headers['if-none-match']),
    ...whenSent('s3:x-amz-acl', headers['x-amz-acl']),
    ...whenSent('s3:x-amz-storage-class', headers['x-amz-storage-class']),
    ...whenSent('s3:x-amz-server-side-encryption', headers['x-amz-server-side-encryption']),
    ...whenSent(
      's3:x-amz-server-side-encryption-aws-kms-key-id',
      headers['x-amz-server-side-encryption-aws-kms-key-id'],
    ),
    ...tagContext('s3:RequestObjectTag', tags),
    ...(tags === undefined ? {} : { 's3:RequestObjectTagKeys': Object.keys(tags) }),
  }
  authorizeOn(call, opened, { action: 's3:PutObject', key, context })
  if (headers['if-match'] !== undefined) authorizeOn(call, opened, { action: 's3:GetObject', key })
  if (tags !== undefined) authorizeOn(call, opened, { action: 's3:PutObjectTagging', key, context })
  if (headers['x-amz-acl'] !== undefined) authorizeOn(call, opened, { action: 's3:PutObjectAcl', key, context })
}

function refuseUnsupported(bucket: Bucket, key: string, headers: SandboxRequest['headers']): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new ServiceError('KeyTooLongError', 400, 'Your key is too long', {
      Size: String(Buffer.byteLength(key)),
      MaxSizeAllowed: String(MAX_KEY_BYTES),
    })
  }
  refuseAcl(bucket, headers)
  const encryption = headers['x-amz-server-side-encryption']
  if (encryption !== undefined && !ENCRYPTIONS.has(encryption)) {
    throw invalidArgument(
      'The encryption method specified is not supported',
      'x-amz-server-side-encryption',
      encryption,
    )
  }
  if (headers['x-amz-server-side-encryption-customer-algorithm'] !== undefined) {
    // Blocked for new buckets since April 2026 (S3 User Guide, "Default SSE-C setting for new buckets FAQ").
    const allowed = bucket.settings.encryption?.blockedEncryptionTypes?.includes('NONE') ?? false
    throw allowed ? notImplemented('x-amz-server-side-encryption-customer-algorithm') : accessDenied()
  }
}

function refuseAcl(bucket: Bucket, headers: SandboxRequest['headers']): void {
  const acl = headers['x-amz-acl']
  const grant = Object.keys(headers).find((name) => name.startsWith('x-amz-grant-'))
  if (acl === undefined && grant === undefined) return
  if (ownershipOf(bucket) === 'BucketOwnerEnforced') {
    if (acl === 'bucket-owner-full-control' && grant === undefined) return
    throw new ServiceError('AccessControlListNotSupported', 400, 'The bucket does not allow ACLs')
  }
  if (acl?.startsWith('public-') && publicAccessBlockOf(bucket).BlockPublicAcls) throw accessDenied()
  // Beyond these two, access control lists are not emulated.
  if (grant !== undefined || (acl !== 'private' && acl !== 'bucket-owner-full-control')) {
    throw notImplemented(grant ?? 'x-amz-acl')
  }
}

function describe(headers: SandboxRequest['headers']): Omit<ObjectVersion['settings'], 'body'> {
  const encoding = headers['content-encoding']
    ?.split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== 'aws-chunked' && coding !== '')
    .join(',')
  const metadata = Object.entries(headers)
    .filter(([name]) => name.startsWith('x-amz-meta-'))
    .map(([name, value]) => [name.slice('x-amz-meta-'.length), value] as const)
  return {
    ...whenSent('contentType', headers['content-type']),
    ...whenSent('cacheControl', headers['cache-control']),
    ...whenSent('contentDisposition', headers['content-disposition']),
    ...(encoding ? { contentEncoding: encoding } : {}),
    ...whenSent('contentLanguage', headers['content-language']),
    ...whenSent('serverSideEncryption', headers['x-amz-server-side-encryption']),
    ...(metadata.length === 0 ? {} : { metadata: Object.fromEntries(metadata) }),
  }
}

function parseTagHeader(header: string | undefined): Record<string, string> | undefined {
  if (header === undefined) return undefined
  return checkTags([...new URLSearchParams(header)], 'object')
}
