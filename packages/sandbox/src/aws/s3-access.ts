// May this caller do this to that bucket? Identity policies and the bucket policy
// together, Block Public Access over both, and what stands before any policy: the
// bucket exists, the endpoint is that of its region, its owner is the expected one.
import type { Caller } from './callers.ts'
import { mayDo } from './callers.ts'
import type { ConditionContext, PolicyDocument } from './policy.ts'
import { S3Error, accessDenied, noSuchBucket } from './s3-errors.ts'
import { isPublicPolicy } from './s3-public.ts'
import type { Bucket } from './s3-state.ts'
import { findBucket, publicAccessBlockOf } from './s3-state.ts'
import type { S3Target } from './s3-target.ts'
import { dnsSuffix } from './s3-target.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'

/** Who asks, where and when; `context` holds the condition keys of the whole request. */
export interface S3Asker {
  readonly caller: Caller
  readonly region: string
  readonly nowMs: number
  readonly context: ConditionContext
}

/** A request to S3 with its address read. */
export interface S3Call extends AwsCall, S3Asker {
  readonly target: S3Target
}

export interface OpenBucket {
  readonly name: string
  readonly arn: string
  readonly bucket: Bucket
}

export interface S3Permission {
  readonly action: string
  /** For actions on objects. */
  readonly key?: string
  readonly context?: ConditionContext
}

/** @throws {ServiceError} `NoSuchBucket`, `PermanentRedirect`, `AuthorizationHeaderMalformed`, `AccessDenied` for another owner. */
export function openBucket(call: S3Call): OpenBucket {
  const name = call.target.bucket ?? ''
  const bucket = findBucket(call.world, call.target.partition, name)
  if (bucket === undefined) throw noSuchBucket(name)
  refuseWrongRegion(call, name, bucket)
  refuseOtherOwner(call, bucket)
  return openedBucket(name, bucket)
}

export function openedBucket(name: string, bucket: Bucket): OpenBucket {
  return { name, bucket, arn: `arn:${bucket.partition}:s3:::${name}` }
}

/** S3's answer to a request at the endpoint of another region than the bucket's. */
export function permanentRedirect(name: string, bucket: Bucket, style: S3Target['style']): S3Error {
  const host = `s3.${bucket.region}.${dnsSuffix(bucket.partition)}`
  return new S3Error(
    'PermanentRedirect',
    301,
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    { Endpoint: style === 'virtual' ? `${name}.${host}` : host, Bucket: name },
    { 'x-amz-bucket-region': bucket.region },
  )
}

export function wrongSigningRegion(signed: string, expected: string): S3Error {
  return new S3Error(
    'AuthorizationHeaderMalformed',
    400,
    `The authorization header is malformed; the region '${signed}' is wrong; expecting '${expected}'`,
    { Region: expected },
    { 'x-amz-bucket-region': expected },
  )
}

export function mayOn(asker: S3Asker, opened: OpenBucket, permission: S3Permission): boolean {
  const document = policyOf(opened.bucket)
  if (document !== undefined && isRestricted(asker.caller, opened.bucket, document)) return false
  return mayDo(asker, inPolicyTerms(asker, opened, permission, document))
}

/** @throws {ServiceError} `AccessDenied`, saying which policy is the reason when the caller is of the bucket's account. */
export function authorizeOn(asker: S3Asker, opened: OpenBucket, permission: S3Permission): void {
  if (mayOn(asker, opened, permission)) return
  const foreign = asker.caller.account !== opened.bucket.account
  throw accessDenied(foreign ? undefined : explain(asker, opened, permission))
}

/** For actions on an account or on a bucket that is not there yet. */
export function authorizeAlone(
  asker: S3Asker,
  permission: { readonly action: string; readonly resource: string; readonly context?: ConditionContext },
): void {
  const { action, resource } = permission
  const context = { ...asker.context, ...permission.context }
  if (mayDo(asker, { action, resource, context })) return
  const mayWithAll = mayDo(withEverything(asker), { action, resource, context })
  const anonymous = asker.caller.kind === 'anonymous' || asker.caller.kind === 'service'
  throw accessDenied(
    anonymous ? undefined : `${refusal(asker.caller, action, resource)} ${identityReason(action, mayWithAll)}`,
  )
}

/** Only the bucket's own account may touch its policy (S3 API Reference, "PutBucketPolicy"). */
export function refuseForeignPolicyEditor(call: S3Call, { bucket }: OpenBucket): void {
  if (call.caller.account === bucket.account) return
  throw new ServiceError('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.')
}

export function policyOf(bucket: Bucket): PolicyDocument | undefined {
  return bucket.settings.policy === undefined ? undefined : (JSON.parse(bucket.settings.policy) as PolicyDocument)
}

// RestrictPublicBuckets: once one statement is public, only AWS services and the bucket's own account remain.
function isRestricted(caller: Caller, bucket: Bucket, document: PolicyDocument): boolean {
  if (caller.kind === 'service' || caller.account === bucket.account) return false
  return publicAccessBlockOf(bucket).RestrictPublicBuckets && isPublicPolicy(document)
}

function inPolicyTerms(
  asker: S3Asker,
  { arn, bucket }: OpenBucket,
  { action, key, context }: S3Permission,
  document: PolicyDocument | undefined,
): Parameters<typeof mayDo>[1] {
  return {
    action,
    resource: key === undefined ? arn : `${arn}/${key}`,
    context: {
      'aws:ResourceAccount': bucket.account,
      's3:ResourceAccount': bucket.account,
      ...asker.context,
      ...context,
    },
    resourcePolicy: { document, account: bucket.account },
  }
}

function explain(asker: S3Asker, opened: OpenBucket, permission: S3Permission): string {
  const { action } = permission
  const document = policyOf(opened.bucket)
  const terms = inPolicyTerms(asker, opened, permission, document)
  const without = inPolicyTerms(asker, opened, permission, undefined)
  const text = refusal(asker.caller, action, terms.resource)
  const all = withEverything(asker)
  if (!mayDo(all, terms) && mayDo(all, without)) return `${text} with an explicit deny in a resource-based policy`
  return `${text} ${identityReason(action, mayDo(all, without))}`
}

function refusal(caller: Caller, action: string, resource: string): string {
  return `User: ${caller.arn} is not authorized to perform: ${action} on resource: "${resource}"`
}

function identityReason(action: string, mayWithAll: boolean): string {
  return mayWithAll
    ? `because no identity-based policy allows the ${action} action`
    : 'with an explicit deny in an identity-based policy'
}

// What would be if the caller's own policies allowed everything that they do not deny.
function withEverything(asker: S3Asker): S3Asker {
  const everything: PolicyDocument = { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }
  return { ...asker, caller: { ...asker.caller, policies: [...asker.caller.policies, everything] } }
}

function refuseWrongRegion(call: S3Call, name: string, bucket: Bucket): void {
  const { region, style } = call.target
  if (region !== undefined && region !== bucket.region) throw permanentRedirect(name, bucket, style)
  // The global endpoint leads to the bucket's own region; the signature must be for it.
  const signed = call.caller.kind !== 'anonymous'
  if (region === undefined && signed && call.region !== bucket.region) {
    throw wrongSigningRegion(call.region, bucket.region)
  }
}

function refuseOtherOwner(call: S3Call, bucket: Bucket): void {
  const expected = call.request.headers['x-amz-expected-bucket-owner']
  if (expected === undefined) return
  if (!/^\d{12}$/.test(expected)) {
    throw new ServiceError(
      'InvalidBucketOwnerAWSAccountID',
      400,
      'The value of the expected bucket owner parameter must be an AWS Account ID',
    )
  }
  if (expected !== bucket.account) throw accessDenied()
}
