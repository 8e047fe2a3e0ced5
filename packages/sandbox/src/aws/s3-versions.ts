// The versions of one key, the newest first, and what writing and deleting do to
// them in the three states of a bucket (never versioned, enabled, suspended).
// S3 User Guide, "How S3 Versioning works".
import { identifier } from '../random.ts'
import type { Bucket, ObjectVersion } from './s3-state.ts'

/** The version id of what was written while versioning was not enabled. */
export const NULL_VERSION = 'null'

export function versionsOf(bucket: Bucket, key: string): readonly ObjectVersion[] {
  return Object.hasOwn(bucket.objects, key) ? (bucket.objects[key] ?? []) : []
}

/** The newest version, which may be a delete marker. */
export function currentVersion(bucket: Bucket, key: string): ObjectVersion | undefined {
  return versionsOf(bucket, key)[0]
}

/** The newest version unless it is a delete marker: what is there as far as plain reads go. */
export function currentObject(bucket: Bucket, key: string): ObjectVersion | undefined {
  const version = currentVersion(bucket, key)
  return version?.deleteMarker ? undefined : version
}

export function findVersion(bucket: Bucket, key: string, versionId: string): ObjectVersion | undefined {
  return versionsOf(bucket, key).find((version) => version.versionId === versionId)
}

/** Puts a version on top. Without enabled versioning it takes the place of the null version. */
export function addVersion(
  bucket: Bucket,
  name: string,
  key: string,
  content: Omit<ObjectVersion, 'versionId'>,
): ObjectVersion {
  const enabled = bucket.settings.versioning === 'Enabled'
  const version = { versionId: enabled ? nextVersionId(bucket, name, key) : NULL_VERSION, ...content }
  const older = versionsOf(bucket, key).filter(({ versionId }) => enabled || versionId !== NULL_VERSION)
  bucket.objects[key] = [version, ...older]
  return version
}

export function removeVersion(bucket: Bucket, key: string, versionId: string): ObjectVersion | undefined {
  const version = findVersion(bucket, key, versionId)
  const left = versionsOf(bucket, key).filter((candidate) => candidate !== version)
  if (left.length > 0) bucket.objects[key] = left
  else delete bucket.objects[key]
  return version
}

function nextVersionId(bucket: Bucket, name: string, key: string): string {
  const counts = (bucket.versionIdsMade ??= {})
  const made = Object.hasOwn(counts, key) ? (counts[key] ?? 0) : 0
  counts[key] = made + 1
  return identifier('lower', 32, 's3-version', bucket.account, bucket.partition, name, key, made)
}
