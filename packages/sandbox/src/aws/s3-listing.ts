// ListObjectsV2 and ListObjectVersions: keys in the order of their UTF-8 bytes,
// rolled up at a delimiter, page by page.
import type { SandboxResponse } from '../http.ts'
import { respond } from '../http.ts'
import { identifier } from '../random.ts'
import type { S3Call } from './s3-access.ts'
import { authorizeOn, openBucket } from './s3-access.ts'
import { whenSent } from './s3-context.ts'
import { invalidArgument } from './s3-errors.ts'
import { decodeObject } from './s3-objects.ts'
import type { Bucket, ObjectVersion } from './s3-state.ts'
import { S3_NAMESPACE } from './s3-tags.ts'
import { currentObject, versionsOf } from './s3-versions.ts'
import type { XmlElement } from './xml.ts'
import { buildXml } from './xml.ts'

const MAX_KEYS = 1000

export function listObjectsV2(call: S3Call): SandboxResponse {
  const opened = openBucket(call)
  const query = readQuery(call)
  authorizeOn(call, opened, { action: 's3:ListBucket', context: query.context })
  const { searchParams } = call.request.url
  const token = searchParams.get('continuation-token')
  const startAfter = searchParams.get('start-after')
  const after = token === null ? (startAfter ?? '') : readToken(token)
  const keys = keysOf(opened.bucket, query.prefix).filter((key) => currentObject(opened.bucket, key) !== undefined)
  const rows = rollUp(keys, query).filter((row) => compare(row.name, after) > 0)
  const page = rows.slice(0, query.maxKeys)
  const truncated = page.length > 0 && page.length < rows.length
  return respondList('ListBucketResult', {
    Name: opened.name,
    Prefix: query.encode(query.prefix),
    ...whenSent('Delimiter', query.delimiter && query.encode(query.delimiter)),
    ...whenSent('StartAfter', startAfter),
    ...whenSent('ContinuationToken', token),
    ...whenSent('EncodingType', searchParams.get('encoding-type')),
    ...(truncated ? { NextContinuationToken: makeToken(page.at(-1)?.name ?? '') } : {}),
    KeyCount: String(page.length),
    MaxKeys: String(query.maxKeys),
    IsTruncated: String(truncated),
    Contents: page
      .filter((row) => !row.isPrefix)
      .map(({ name }) => ({
        Key: query.encode(name),
        ...describe(currentObject(opened.bucket, name) as ObjectVersion),
        ...(searchParams.get('fetch-owner') === 'true' ? { Owner: ownerOf(opened.bucket.account) } : {}),
      })),
    CommonPrefixes: page.filter((row) => row.isPrefix).map(({ name }) => ({ Prefix: query.encode(name) })),
  })
}

interface VersionRow {
  readonly name: string
  readonly isPrefix: boolean
  readonly version?: ObjectVersion
  readonly isLatest: boolean
}

export function listObjectVersions(call: S3Call): SandboxResponse {
  const opened = openBucket(call)
  const query = readQuery(call)
  authorizeOn(call, opened, { action: 's3:ListBucketVersions', context: query.context })
  const { searchParams } = call.request.url
  const keyMarker = searchParams.get('key-marker') ?? ''
  const versionMarker = searchParams.get('version-id-marker') ?? ''
  if (versionMarker !== '' && keyMarker === '') {
    const text = 'A version-id marker cannot be specified without a key marker.'
    throw invalidArgument(text, 'version-id-marker', versionMarker)
  }
  const rows = rollUp(keysOf(opened.bucket, query.prefix), query)
    .flatMap((row) => versionRows(opened.bucket, row))
    .filter(afterMarkers(opened.bucket, keyMarker, versionMarker))
  const page = rows.slice(0, query.maxKeys)
  const last = page.at(-1)
  const truncated = last !== undefined && page.length < rows.length
  return respondList('ListVersionsResult', {
    Name: opened.name,
    Prefix: query.encode(query.prefix),
    KeyMarker: query.encode(keyMarker),
    VersionIdMarker: versionMarker,
    ...whenSent('Delimiter', query.delimiter && query.encode(query.delimiter)),
    ...whenSent('EncodingType', searchParams.get('encoding-type')),
    ...(truncated
      ? { NextKeyMarker: query.encode(last.name), ...whenSent('NextVersionIdMarker', last.version?.versionId) }
      : {}),
    MaxKeys: String(query.maxKeys),
    IsTruncated: String(truncated),
    Version: page
      .filter(({ version }) => version?.deleteMarker === false)
      .map((row) => ({ ...describeRow(row, opened.bucket, query), ...describe(row.version as ObjectVersion) })),
    DeleteMarker: page
      .filter(({ version }) => version?.deleteMarker === true)
      .map((row) => describeRow(row, opened.bucket, query)),
    CommonPrefixes: page.filter((row) => row.isPrefix).map(({ name }) => ({ Prefix: query.encode(name) })),
  })
}

/** The canonical user id of an account: 64 hexadecimal digits that mean nothing. */
export function ownerOf(account: string): XmlElement {
  return { ID: identifier('hex', 64, 'canonical-user', account) }
}

interface ListQuery {
  readonly prefix: string
  readonly delimiter: string | undefined
  readonly maxKeys: number
  readonly encode: (text: string) => string
  /** `s3:prefix` and the like, each there exactly when the parameter is. */
  readonly context: Readonly<Record<string, string>>
}

function readQuery(call: S3Call): ListQuery {
  const { searchParams } = call.request.url
  const maxKeys = searchParams.get('max-keys')
  if (maxKeys !== null && !/^\d{1,9}$/.test(maxKeys)) {
    throw invalidArgument('Provided max-keys not an integer or within integer range', 'max-keys', maxKeys)
  }
  const encoding = searchParams.get('encoding-type')
  if (encoding !== null && encoding !== 'url') {
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', encoding)
  }
  return {
    prefix: searchParams.get('prefix') ?? '',
    delimiter: searchParams.get('delimiter') || undefined,
    maxKeys: Math.min(Number(maxKeys ?? MAX_KEYS), MAX_KEYS),
    encode: encoding === 'url' ? (text) => encodeURIComponent(text).replaceAll('%2F', '/') : (text) => text,
    context: {
      ...whenSent('s3:prefix', searchParams.get('prefix')),
      ...whenSent('s3:delimiter', searchParams.get('delimiter')),
      ...whenSent('s3:max-keys', maxKeys),
    },
  }
}

function keysOf(bucket: Bucket, prefix: string): readonly string[] {
  return Object.keys(bucket.objects)
    .filter((key) => key.startsWith(prefix))
    .sort(compare)
}

/** Keys that go on past a delimiter become one row for all that share the part up to it. */
function rollUp(
  keys: readonly string[],
  { prefix, delimiter }: Pick<ListQuery, 'prefix' | 'delimiter'>,
): readonly { readonly name: string; readonly isPrefix: boolean }[] {
  const rows = new Map<string, boolean>()
  for (const key of keys) {
    const at = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length)
    if (at === -1 || delimiter === undefined) rows.set(key, false)
    else rows.set(key.slice(0, at + delimiter.length), true)
  }
  return [...rows].map(([name, isPrefix]) => ({ name, isPrefix }))
}

function versionRows(
  bucket: Bucket,
  row: { readonly name: string; readonly isPrefix: boolean },
): readonly VersionRow[] {
  if (row.isPrefix) return [{ ...row, isLatest: false }]
  return versionsOf(bucket, row.name).map((version, index) => ({ ...row, version, isLatest: index === 0 }))
}

function afterMarkers(bucket: Bucket, keyMarker: string, versionMarker: string): (row: VersionRow) => boolean {
  const ids = versionsOf(bucket, keyMarker).map(({ versionId }) => versionId)
  const markerAt = ids.indexOf(versionMarker)
  return ({ name, version }) => {
    const order = compare(name, keyMarker)
    if (order !== 0 || version === undefined) return order > 0
    return versionMarker !== '' && ids.indexOf(version.versionId) > markerAt
  }
}

function describe(version: ObjectVersion): XmlElement {
  return {
    LastModified: isoDate(version.lastModifiedAt),
    ETag: `"${version.etag}"`,
    ...(version.checksum ? { ChecksumAlgorithm: version.checksum.algorithm, ChecksumType: 'FULL_OBJECT' } : {}),
    Size: String(decodeObject(version).byteLength),
    StorageClass: 'STANDARD',
  }
}

function describeRow(row: VersionRow, bucket: Bucket, query: ListQuery): XmlElement {
  return {
    Key: query.encode(row.name),
    VersionId: row.version?.versionId ?? '',
    IsLatest: String(row.isLatest),
    LastModified: isoDate(row.version?.lastModifiedAt ?? 0),
    Owner: ownerOf(bucket.account),
  }
}

function isoDate(atMs: number): string {
  return new Date(Math.floor(atMs / 1000) * 1000).toISOString()
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

function makeToken(name: string): string {
  return Buffer.from(name).toString('base64url')
}

function readToken(token: string): string {
  const name = Buffer.from(token, 'base64url').toString()
  if (name !== '' && makeToken(name) === token) return name
  throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token)
}

function respondList(root: string, content: XmlElement): SandboxResponse {
  return respond(200, 'application/xml', buildXml(root, content, S3_NAMESPACE))
}
