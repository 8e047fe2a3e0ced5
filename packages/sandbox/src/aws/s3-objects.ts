// Reading objects: by an API call, or by anybody who has the URL (`readObject`).
// It decides between 200, 304, 403, 404, 405 and 412; what is listed or written is elsewhere.
import type { SandboxRequest, SandboxResponse } from '../http.ts'
import { decodeText, encodeText } from '../http.ts'
import type { World } from '../world.ts'
import type { Caller } from './callers.ts'
import type { ConditionContext } from './policy.ts'
import type { OpenBucket, S3Asker, S3Call } from './s3-access.ts'
import { authorizeOn, mayOn, openBucket, openedBucket, permanentRedirect } from './s3-access.ts'
import { callerContext, tagContext, whenSent } from './s3-context.ts'
import {
  S3Error,
  accessDenied,
  invalidArgument,
  noSuchBucket,
  noSuchKey,
  preconditionFailed,
  requestIds,
  respondS3Error,
} from './s3-errors.ts'
import type { Bucket, ObjectVersion } from './s3-state.ts'
import { findBucket } from './s3-state.ts'
import { currentVersion, findVersion } from './s3-versions.ts'
import { ServiceError } from './service.ts'

const BINARY = 'base64:'

export function getObject(call: S3Call): SandboxResponse {
  return serveObject(call)
}

export function headObject(call: S3Call): SandboxResponse {
  const { status, headers } = serveObject(call)
  return { status, headers, body: new Uint8Array() }
}

/**
 * What S3 answers to a plain GET of an object by somebody who is not one of our
 * callers' API clients: an edge with a service principal, or the public.
 * `region` is that of the endpoint asked; an empty text stands for the global one.
 */
export function readObject(
  world: World,
  options: {
    readonly bucket: string
    readonly partition: string
    readonly key: string
    readonly caller: Caller
    readonly region: string
    readonly nowMs: number
    readonly context?: ConditionContext
  },
): { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  const { partition, key, caller, region, nowMs } = options
  const request = { method: 'GET', url: new URL(`https://s3.invalid/${encodeURI(options.bucket)}/${encodeURI(key)}`) }
  try {
    const bucket = findBucket(world, partition, options.bucket)
    if (bucket === undefined) throw noSuchBucket(options.bucket)
    if (region !== '' && region !== bucket.region) throw permanentRedirect(options.bucket, bucket, 'virtual')
    const context = { 'aws:SecureTransport': 'true', ...callerContext(caller), ...options.context }
    const asker = { caller, region: bucket.region, nowMs, context }
    const response = fetchObject(asker, openedBucket(options.bucket, bucket), { key })
    const headers = { ...response.headers, ...requestIds(request.url.href), server: 'AmazonS3', date: httpDate(nowMs) }
    return { status: response.status, headers, body: decodeText(response.body) }
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    const response = respondS3Error(error, { request: { ...request, headers: {}, body: new Uint8Array() } })
    return { status: response.status, headers: response.headers, body: decodeText(response.body) }
  }
}

/** The bytes that an object's stored text stands for. */
export function decodeObject(version: ObjectVersion): Uint8Array {
  const { body } = version.settings
  return body.startsWith(BINARY) ? Buffer.from(body.slice(BINARY.length), 'base64') : encodeText(body)
}

/** The text to store for these bytes: readable where they are text. */
export function encodeObject(bytes: Uint8Array): string {
  const text = decodeText(bytes)
  const readable = !text.startsWith(BINARY) && Buffer.from(text).equals(bytes)
  return readable ? text : BINARY + Buffer.from(bytes).toString('base64')
}

/** Whole seconds, as everywhere in S3. */
export function httpDate(atMs: number): string {
  return new Date(atMs).toUTCString()
}

interface Wanted {
  readonly key: string
  readonly versionId?: string
  readonly headers?: SandboxRequest['headers']
  readonly method?: string
}

function serveObject(call: S3Call): SandboxResponse {
  const versionId = call.request.url.searchParams.get('versionId')
  return fetchObject(call, openBucket(call), {
    key: call.target.key ?? '',
    ...(versionId === null ? {} : { versionId }),
    headers: call.request.headers,
    method: call.request.method,
  })
}

function fetchObject(asker: S3Asker, opened: OpenBucket, wanted: Wanted): SandboxResponse {
  const version = findWanted(asker, opened, wanted)
  refuseUnreadableEncryption(asker, version)
  const headers = objectHeaders(opened.bucket, version, wanted.headers?.['x-amz-checksum-mode'])
  if (meetsConditions(version, wanted.headers ?? {}) === 'unmodified') {
    const { etag, 'last-modified': lastModified, 'cache-control': cacheControl } = headers
    return {
      status: 304,
      headers: {
        ...whenSent('etag', etag),
        ...whenSent('last-modified', lastModified),
        ...whenSent('cache-control', cacheControl),
      },
      body: new Uint8Array(),
    }
  }
  return { status: 200, headers, body: decodeObject(version) }
}

/** @throws {ServiceError} unless there is such an object and the caller may read it. */
export function findWanted(asker: S3Asker, opened: OpenBucket, { key, versionId, method }: Wanted): ObjectVersion {
  const { bucket } = opened
  if (versionId === '') throw invalidArgument('Version id cannot be the empty string', 'versionId', '')
  const version = versionId === undefined ? currentVersion(bucket, key) : findVersion(bucket, key, versionId)
  const context = {
    ...whenSent('s3:versionid', versionId),
    ...tagContext('s3:ExistingObjectTag', version?.settings.tags),
  }
  authorizeOn(asker, opened, { action: versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion', key, context })
  if (version !== undefined && !version.deleteMarker) return version
  // Whoever may not list must not learn that a key is absent.
  const mayList = mayOn(asker, opened, { action: versionId === undefined ? 's3:ListBucket' : 's3:ListBucketVersions' })
  if (version === undefined) {
    if (!mayList) throw accessDenied()
    throw versionId === undefined
      ? noSuchKey(key)
      : new ServiceError('NoSuchVersion', 404, 'The specified version does not exist.', {
          Key: key,
          VersionId: versionId,
        })
  }
  const marker = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': version.versionId }
  if (versionId === undefined) throw mayList ? noSuchKey(key, marker) : accessDenied()
  throw new S3Error(
    'MethodNotAllowed',
    405,
    'The specified method is not allowed against this resource.',
    { Method: method ?? 'GET', ResourceType: 'DeleteMarker' },
    { ...marker, allow: 'DELETE', 'last-modified': httpDate(version.lastModifiedAt) },
  )
}

// Keys of KMS are not emulated: whoever is a principal of the account may use them, nobody else may.
function refuseUnreadableEncryption({ caller }: S3Asker, version: ObjectVersion): void {
  if (!version.encryption?.startsWith('aws:kms')) return
  if (caller.kind === 'service') throw accessDenied()
  if (caller.kind !== 'anonymous') return
  throw invalidArgument(
    'Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.',
    'Authorization',
    'null',
  )
}

// RFC 7232 section 6 gives the order; S3 follows it (S3 API Reference, "GetObject").
function meetsConditions(version: ObjectVersion, headers: SandboxRequest['headers']): 'met' | 'unmodified' {
  const modifiedAt = Math.floor(version.lastModifiedAt / 1000) * 1000
  const ifMatch = headers['if-match']
  const ifNoneMatch = headers['if-none-match']
  if (ifMatch !== undefined) {
    if (!matchesEtag(version, ifMatch)) throw preconditionFailed('If-Match')
  } else if (modifiedAt > (parseDate(headers['if-unmodified-since']) ?? Infinity)) {
    throw preconditionFailed('If-Unmodified-Since')
  }
  if (ifNoneMatch !== undefined) return matchesEtag(version, ifNoneMatch) ? 'unmodified' : 'met'
  return modifiedAt <= (parseDate(headers['if-modified-since']) ?? -Infinity) ? 'unmodified' : 'met'
}

/** Whether a condition's list of entity tags has that of this version; the quotes may be left out. */
export function matchesEtag(version: ObjectVersion, condition: string): boolean {
  return condition
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, '').replaceAll('"', ''))
    .some((tag) => tag === '*' || tag === version.etag)
}

function parseDate(text: string | undefined): number | undefined {
  const atMs = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(atMs) ? undefined : atMs
}

function objectHeaders(
  bucket: Bucket,
  version: ObjectVersion,
  checksumMode: string | undefined,
): Record<string, string> {
  const { settings, checksum } = version
  const tagCount = Object.keys(settings.tags ?? {}).length
  return {
    'content-type': settings.contentType ?? 'binary/octet-stream',
    'content-length': String(decodeObject(version).byteLength),
    'accept-ranges': 'bytes',
    etag: `"${version.etag}"`,
    'last-modified': httpDate(version.lastModifiedAt),
    ...whenSent('cache-control', settings.cacheControl),
    ...whenSent('content-disposition', settings.contentDisposition),
    ...whenSent('content-encoding', settings.contentEncoding),
    ...whenSent('content-language', settings.contentLanguage),
    ...whenSent('x-amz-server-side-encryption', version.encryption),
    ...(bucket.settings.versioning === undefined ? {} : { 'x-amz-version-id': version.versionId }),
    ...(tagCount === 0 ? {} : { 'x-amz-tagging-count': String(tagCount) }),
    ...Object.fromEntries(
      Object.entries(settings.metadata ?? {}).map(([name, value]) => [`x-amz-meta-${name}`, value]),
    ),
    ...(checksumMode?.toUpperCase() === 'ENABLED' && checksum ? checksumHeaders(checksum) : {}),
  }
}

export function checksumHeaders({
  algorithm,
  value,
}: {
  readonly algorithm: string
  readonly value: string
}): Record<string, string> {
  return { [`x-amz-checksum-${algorithm.toLowerCase()}`]: value, 'x-amz-checksum-type': 'FULL_OBJECT' }
}
