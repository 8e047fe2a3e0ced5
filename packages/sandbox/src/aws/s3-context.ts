// The condition keys that every request to S3 carries, whatever it asks for.
// Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3".
import type { SandboxRequest } from '../http.ts'
import type { Caller } from './callers.ts'
import type { ConditionContext } from './policy.ts'
import type { S3Target } from './s3-target.ts'

export function s3RequestContext(request: SandboxRequest, target: S3Target, caller: Caller): ConditionContext {
  const signed = caller.kind === 'user' || caller.kind === 'assumed-role'
  // A stand-in host on this machine plays an endpoint that speaks TLS, even when it is reached without.
  const secure = request.url.protocol === 'https:' || !target.ownHost
  return {
    'aws:SecureTransport': String(secure),
    ...(secure ? { 's3:TlsVersion': '1.3' } : {}),
    ...(signed ? { 's3:authType': 'REST-HEADER', 's3:signatureversion': 'AWS4-HMAC-SHA256' } : {}),
    ...whenSent('s3:x-amz-content-sha256', request.headers['x-amz-content-sha256']),
    ...callerContext(caller),
  }
}

export function callerContext(caller: Caller): ConditionContext {
  return caller.kind === 'service'
    ? { 'aws:PrincipalIsAWSService': 'true', 'aws:PrincipalServiceName': caller.arn }
    : { 'aws:PrincipalIsAWSService': 'false' }
}

/** A key that is there exactly when the request has the value. */
export function whenSent(key: string, value: string | null | undefined): Record<string, string> {
  return value === undefined || value === null ? {} : { [key]: value }
}

/** `<prefix>/<tag key>` for each tag. */
export function tagContext(prefix: string, tags: Readonly<Record<string, string>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [`${prefix}/${key}`, value]))
}
