// The bucket policy: put, get, delete, and whether it is public.
import type { SandboxResponse } from '../http.ts'
import { decodeText, respond, respondEmpty } from '../http.ts'
import type { PolicyDocument } from './policy.ts'
import { list } from './policy.ts'
import type { OpenBucket, S3Call } from './s3-access.ts'
import { authorizeOn, openBucket, policyOf, refuseForeignPolicyEditor } from './s3-access.ts'
import { readBody } from './s3-body.ts'
import { accessDenied } from './s3-errors.ts'
import { parseBucketPolicy } from './s3-policy-rules.ts'
import { isPublicPolicy } from './s3-public.ts'
import { publicAccessBlockOf } from './s3-state.ts'
import { S3_NAMESPACE } from './s3-tags.ts'
import { ServiceError } from './service.ts'
import { buildXml } from './xml.ts'

export function getBucketPolicy(call: S3Call): SandboxResponse {
  const opened = openForPolicy(call, 's3:GetBucketPolicy')
  return respond(200, 'application/json', JSON.stringify(normalize(existingPolicy(opened), opened)))
}

export function putBucketPolicy(call: S3Call): SandboxResponse {
  const opened = openForPolicy(call, 's3:PutBucketPolicy')
  const text = decodeText(readBody(call.request).bytes)
  const policy = parseBucketPolicy(text, opened, call.world)
  if (publicAccessBlockOf(opened.bucket).BlockPublicPolicy && isPublicPolicy(policy)) {
    throw accessDenied(
      `User: ${call.caller.arn} is not authorized to perform: s3:PutBucketPolicy on resource: "${opened.arn}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
    )
  }
  opened.bucket.settings.policy = text
  return respondEmpty(204)
}

export function deleteBucketPolicy(call: S3Call): SandboxResponse {
  const opened = openForPolicy(call, 's3:DeleteBucketPolicy')
  delete opened.bucket.settings.policy
  return respondEmpty(204)
}

export function getBucketPolicyStatus(call: S3Call): SandboxResponse {
  const opened = openBucket(call)
  authorizeOn(call, opened, { action: 's3:GetBucketPolicyStatus' })
  const isPublic = isPublicPolicy(existingPolicy(opened))
  return respond(200, 'application/xml', buildXml('PolicyStatus', { IsPublic: String(isPublic) }, S3_NAMESPACE))
}

function openForPolicy(call: S3Call, action: string): OpenBucket {
  const opened = openBucket(call)
  authorizeOn(call, opened, { action })
  refuseForeignPolicyEditor(call, opened)
  return opened
}

function existingPolicy({ bucket, name }: OpenBucket): PolicyDocument {
  const policy = policyOf(bucket)
  if (policy !== undefined) return policy
  throw new ServiceError('NoSuchBucketPolicy', 404, 'The bucket policy does not exist', { BucketName: name })
}

/**
 * S3 does not give back the text that it got: no white space, lists of one unpacked, account ids spelt
 * out as ARNs. Whoever compares texts sees a difference each time, as with the real one
 * (hashicorp/terraform-provider-aws, documentation of `aws_s3_bucket_policy`).
 */
function normalize(policy: PolicyDocument, { bucket }: OpenBucket): unknown {
  const spell = (value: string): string =>
    /^\d{12}$/.test(value) ? `arn:${bucket.partition}:iam::${value}:root` : value
  const principal = (value: unknown): unknown =>
    typeof value !== 'object' || value === null
      ? value
      : Object.fromEntries(
          Object.entries(value as Record<string, string | readonly string[]>).map(([type, names]) => [
            type,
            unpack(list(names).map(type === 'AWS' ? spell : (name) => name)),
          ]),
        )
  return {
    ...policy,
    Statement: list(policy.Statement).map((statement) =>
      Object.fromEntries(
        Object.entries(statement).map(([member, value]) => [
          member,
          member === 'Principal' || member === 'NotPrincipal' ? principal(value) : unpackWithin(member, value),
        ]),
      ),
    ),
  }
}

function unpackWithin(member: string, value: unknown): unknown {
  if (member !== 'Condition') return Array.isArray(value) ? unpack(value) : value
  const operators = Object.entries(value as Record<string, Record<string, unknown>>).map(([operator, keys]) => [
    operator,
    Object.fromEntries(Object.entries(keys).map(([key, texts]) => [key, Array.isArray(texts) ? unpack(texts) : texts])),
  ])
  return Object.fromEntries(operators)
}

function unpack(values: readonly unknown[]): unknown {
  return values.length === 1 ? values[0] : values
}
