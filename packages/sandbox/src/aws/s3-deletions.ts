// Deleting objects, one or many: a delete marker on top, or one version for good.
import type { SandboxResponse } from '../http.ts'
import { respond, respondEmpty } from '../http.ts'
import { list } from './policy.ts'
import type { OpenBucket, S3Call } from './s3-access.ts'
import { authorizeOn, openBucket } from './s3-access.ts'
import { hasDigest, readXmlBody } from './s3-body.ts'
import { whenSent } from './s3-context.ts'
import { invalidArgument, malformedXml, noSuchKey, preconditionFailed } from './s3-errors.ts'
import { matchesEtag } from './s3-objects.ts'
import type { ObjectVersion } from './s3-state.ts'
import { S3_NAMESPACE } from './s3-tags.ts'
import { addVersion, currentVersion, removeVersion } from './s3-versions.ts'
import { ServiceError } from './service.ts'
import type { XmlElement } from './xml.ts'
import { buildXml } from './xml.ts'

const MAX_KEYS_AT_ONCE = 1000

interface Doomed {
  readonly key: string
  readonly versionId?: string
  readonly ifMatch?: string
}

interface Deleted {
  /** Whether a delete marker was made or, with a version named, removed. */
  readonly marker: boolean
  readonly versionId?: string
}

export function deleteObject(call: S3Call): SandboxResponse {
  const opened = openBucket(call)
  const versionId = call.request.url.searchParams.get('versionId')
  const deleted = deleteOne(call, opened, {
    key: call.target.key ?? '',
    ...(versionId === null ? {} : { versionId }),
    ...whenSent('ifMatch', call.request.headers['if-match']),
  })
  return respondEmpty(204, {
    ...(deleted.marker ? { 'x-amz-delete-marker': 'true' } : {}),
    ...whenSent('x-amz-version-id', deleted.versionId),
  })
}

export function deleteObjects(call: S3Call): SandboxResponse {
  const opened = openBucket(call)
  if (!hasDigest(call.request.headers)) {
    throw new ServiceError(
      'InvalidRequest',
      400,
      'Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
    )
  }
  const document = readXmlBody(call.request, 'Delete')
  const objects = list(document['Object'] as XmlElement | readonly XmlElement[] | undefined)
  if (objects.length === 0 || objects.length > MAX_KEYS_AT_ONCE) throw malformedXml()
  const quiet = document['Quiet'] === 'true'
  const Deleted: XmlElement[] = []
  const Error: XmlElement[] = []
  for (const { Key, VersionId, ETag } of objects) {
    if (typeof Key !== 'string' || Key === '') throw malformedXml()
    const named: Record<string, string> = { Key, ...(typeof VersionId === 'string' ? { VersionId } : {}) }
    try {
      const doomed = {
        key: Key,
        ...(typeof VersionId === 'string' ? { versionId: VersionId } : {}),
        ...(typeof ETag === 'string' ? { ifMatch: ETag } : {}),
      }
      const deleted = deleteOne(call, opened, doomed)
      if (!quiet) Deleted.push({ ...named, ...describeMarker(deleted) })
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      Error.push({ ...named, Code: error.code, Message: error.message })
    }
  }
  return respond(200, 'application/xml', buildXml('DeleteResult', { Deleted, Error }, S3_NAMESPACE))
}

function describeMarker({ marker, versionId }: Deleted): XmlElement {
  return marker ? { DeleteMarker: 'true', ...whenSent('DeleteMarkerVersionId', versionId) } : {}
}

function deleteOne(call: S3Call, opened: OpenBucket, doomed: Doomed): Deleted {
  const { bucket, name } = opened
  const { key, versionId, ifMatch } = doomed
  if (versionId === '') throw invalidArgument('Version id cannot be the empty string', 'versionId', '')
  authorizeOn(call, opened, {
    action: versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion',
    key,
    context: {
      ...(versionId === undefined ? whenSent('s3:if-match', ifMatch) : { 's3:versionid': versionId }),
    },
  })
  if (ifMatch !== undefined) {
    if (ifMatch !== '*') authorizeOn(call, opened, { action: 's3:GetObject', key })
    checkDeleteCondition(currentVersion(bucket, key), key, ifMatch)
  }
  if (versionId !== undefined) {
    const removed = removeVersion(bucket, key, versionId)
    return { marker: removed?.deleteMarker ?? false, versionId }
  }
  if (bucket.settings.versioning === undefined) {
    removeVersion(bucket, key, 'null')
    return { marker: false }
  }
  const marker = addVersion(bucket, name, key, {
    deleteMarker: true,
    etag: '',
    lastModifiedAt: call.nowMs,
    settings: { body: '' },
  })
  return { marker: true, versionId: marker.versionId }
}

/** S3 User Guide, "How to perform conditional deletes": a delete marker counts as 412, nothing at all as 404. */
function checkDeleteCondition(current: ObjectVersion | undefined, key: string, ifMatch: string): void {
  if (current === undefined) throw noSuchKey(key)
  if (current.deleteMarker || !matchesEtag(current, ifMatch)) throw preconditionFailed('If-Match')
}
