// Public access block, object ownership, versioning and default encryption: what a
// fresh bucket shows, what may be set, what deleting leaves.
import type { SandboxResponse } from '../http.ts'
import { respond, respondEmpty } from '../http.ts'
import { list } from './policy.ts'
import type { S3Call } from './s3-access.ts'
import { authorizeOn, openBucket } from './s3-access.ts'
import { readXmlBody } from './s3-body.ts'
import { invalidArgument, malformedXml, notImplemented } from './s3-errors.ts'
import type { Bucket, BucketEncryption, PublicAccessBlock } from './s3-state.ts'
import { publicAccessBlockOf } from './s3-state.ts'
import { S3_NAMESPACE } from './s3-tags.ts'
import { ServiceError } from './service.ts'
import type { XmlElement, XmlValue } from './xml.ts'
import { buildXml } from './xml.ts'

const OWNERSHIPS: ReadonlySet<string> = new Set(['BucketOwnerPreferred', 'ObjectWriter', 'BucketOwnerEnforced'])
const ALGORITHMS: ReadonlySet<string> = new Set(['AES256', 'aws:kms', 'aws:kms:dsse'])
const BLOCKABLE: ReadonlySet<string> = new Set(['SSE-C', 'NONE'])

export function getPublicAccessBlock(call: S3Call): SandboxResponse {
  const { bucket, name } = authorized(call, 's3:GetBucketPublicAccessBlock')
  if (bucket.settings.publicAccessBlock === null) {
    const text = 'The public access block configuration was not found'
    throw new ServiceError('NoSuchPublicAccessBlockConfiguration', 404, text, { BucketName: name })
  }
  const block = Object.entries(publicAccessBlockOf(bucket)).map(([key, on]) => [key, String(on)] as const)
  return respondXml('PublicAccessBlockConfiguration', Object.fromEntries(block))
}

export function putPublicAccessBlock(call: S3Call): SandboxResponse {
  const { bucket } = authorized(call, 's3:PutBucketPublicAccessBlock')
  const document = readXmlBody(call.request, 'PublicAccessBlockConfiguration')
  const block: PublicAccessBlock = {
    BlockPublicAcls: readFlag(document['BlockPublicAcls']),
    IgnorePublicAcls: readFlag(document['IgnorePublicAcls']),
    BlockPublicPolicy: readFlag(document['BlockPublicPolicy']),
    RestrictPublicBuckets: readFlag(document['RestrictPublicBuckets']),
  }
  bucket.settings.publicAccessBlock = block
  return respondEmpty(200)
}

export function deletePublicAccessBlock(call: S3Call): SandboxResponse {
  const { bucket } = authorized(call, 's3:PutBucketPublicAccessBlock')
  bucket.settings.publicAccessBlock = null
  return respondEmpty(204)
}

export function getBucketOwnershipControls(call: S3Call): SandboxResponse {
  const { bucket, name } = authorized(call, 's3:GetBucketOwnershipControls')
  if (bucket.settings.ownership === null) {
    const text = 'The bucket ownership controls were not found'
    throw new ServiceError('OwnershipControlsNotFoundError', 404, text, { BucketName: name })
  }
  const ObjectOwnership = bucket.settings.ownership ?? 'BucketOwnerEnforced'
  return respondXml('OwnershipControls', { Rule: { ObjectOwnership } })
}

export function putBucketOwnershipControls(call: S3Call): SandboxResponse {
  const { bucket } = authorized(call, 's3:PutBucketOwnershipControls')
  const ownership = onlyRule(readXmlBody(call.request, 'OwnershipControls'))['ObjectOwnership']
  if (typeof ownership !== 'string' || !OWNERSHIPS.has(ownership)) throw malformedXml()
  bucket.settings.ownership = ownership
  return respondEmpty(200)
}

export function deleteBucketOwnershipControls(call: S3Call): SandboxResponse {
  const { bucket } = authorized(call, 's3:PutBucketOwnershipControls')
  bucket.settings.ownership = null
  return respondEmpty(204)
}

export function getBucketVersioning(call: S3Call): SandboxResponse {
  const { versioning } = authorized(call, 's3:GetBucketVersioning').bucket.settings
  return respondXml('VersioningConfiguration', versioning === undefined ? {} : { Status: versioning })
}

export function putBucketVersioning(call: S3Call): SandboxResponse {
  const { bucket } = authorized(call, 's3:PutBucketVersioning')
  const { Status, MfaDelete } = readXmlBody(call.request, 'VersioningConfiguration')
  if (MfaDelete === 'Enabled') throw notImplemented('x-amz-mfa')
  if (Status === undefined) {
    const text = 'The Versioning element must be specified'
    throw new ServiceError('IllegalVersioningConfigurationException', 400, text)
  }
  if (Status !== 'Enabled' && Status !== 'Suspended') throw malformedXml()
  bucket.settings.versioning = Status
  return respondEmpty(200)
}

/** Every bucket is encrypted with SSE-S3 at least, since January 2023. */
export function getBucketEncryption(call: S3Call): SandboxResponse {
  const { encryption } = authorized(call, 's3:GetEncryptionConfiguration').bucket.settings
  // SSE-C is blocked unless allowed, since April 2026 (S3 User Guide, "Blocking or unblocking SSE-C for a
  // general purpose bucket"). That it shows in this answer when nobody set it is how we read that page.
  const blocked = encryption?.blockedEncryptionTypes ?? ['SSE-C']
  return respondXml('ServerSideEncryptionConfiguration', {
    Rule: {
      ApplyServerSideEncryptionByDefault: {
        SSEAlgorithm: encryption?.algorithm ?? 'AES256',
        ...(encryption?.kmsKeyId === undefined ? {} : { KMSMasterKeyID: encryption.kmsKeyId }),
      },
      BucketKeyEnabled: String(encryption?.bucketKey ?? false),
      BlockedEncryptionTypes: { EncryptionType: blocked },
    },
  })
}

export function putBucketEncryption(call: S3Call): SandboxResponse {
  const { bucket } = authorized(call, 's3:PutEncryptionConfiguration')
  const rule = onlyRule(readXmlBody(call.request, 'ServerSideEncryptionConfiguration'))
  const byDefault = rule['ApplyServerSideEncryptionByDefault'] as XmlElement | undefined
  const blockedTypes = rule['BlockedEncryptionTypes'] as XmlElement | undefined
  if (byDefault === undefined && blockedTypes === undefined) throw malformedXml()
  const encryption: BucketEncryption = {
    ...(byDefault === undefined ? {} : readDefault(byDefault)),
    ...(rule['BucketKeyEnabled'] === undefined ? {} : { bucketKey: readFlag(rule['BucketKeyEnabled']) }),
    ...(blockedTypes === undefined ? {} : { blockedEncryptionTypes: readBlocked(blockedTypes) }),
  }
  bucket.settings.encryption = encryption
  return respondEmpty(200)
}

export function deleteBucketEncryption(call: S3Call): SandboxResponse {
  const { bucket } = authorized(call, 's3:PutEncryptionConfiguration')
  delete bucket.settings.encryption
  return respondEmpty(204)
}

function readDefault(element: XmlElement): Pick<BucketEncryption, 'algorithm' | 'kmsKeyId'> {
  const { SSEAlgorithm, KMSMasterKeyID } = element
  if (typeof SSEAlgorithm !== 'string' || !ALGORITHMS.has(SSEAlgorithm)) throw malformedXml()
  if (typeof KMSMasterKeyID !== 'string') return { algorithm: SSEAlgorithm }
  if (SSEAlgorithm === 'AES256') {
    const text = 'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse'
    throw invalidArgument(text, 'ApplyServerSideEncryptionByDefault', SSEAlgorithm)
  }
  return { algorithm: SSEAlgorithm, kmsKeyId: KMSMasterKeyID }
}

function readBlocked(element: XmlElement): string[] {
  const types = list(element['EncryptionType'] as string | readonly string[] | undefined)
  if (types.length === 0 || types.some((type) => !BLOCKABLE.has(type))) throw malformedXml()
  return [...types]
}

function onlyRule(document: XmlElement): XmlElement {
  const [rule, ...others] = list(document['Rule'] as XmlElement | readonly XmlElement[] | undefined)
  if (typeof rule !== 'object' || others.length > 0) throw malformedXml()
  return rule
}

function readFlag(value: XmlValue | undefined): boolean {
  const text = value === undefined ? 'false' : typeof value === 'string' ? value.toLowerCase() : ''
  if (text !== 'true' && text !== 'false') throw malformedXml()
  return text === 'true'
}

function authorized(call: S3Call, action: string): { readonly bucket: Bucket; readonly name: string } {
  const opened = openBucket(call)
  authorizeOn(call, opened, { action })
  return opened
}

function respondXml(root: string, content: XmlElement): SandboxResponse {
  return respond(200, 'application/xml', buildXml(root, content, S3_NAMESPACE))
}
