// S3's errors: XML that is its own format, headers beside it, and no body for HEAD.
import type { SandboxRequest, SandboxResponse } from '../http.ts'
import { encodeText } from '../http.ts'
import { identifier } from '../random.ts'
import { ServiceError } from './service.ts'
import { buildXml } from './xml.ts'

/** An error that also sends headers. */
export class S3Error extends ServiceError {
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: string,
    status: number,
    message: string,
    fields: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(code, status, message, fields)
    this.headers = headers
  }
}

export function respondS3Error(error: ServiceError, call: { readonly request: SandboxRequest }): SandboxResponse {
  const { request } = call
  const told = error.code === 'InvalidAction' ? notImplemented() : error
  const ids = requestIds(request.method, request.url.href)
  const xml = buildXml('Error', {
    Code: told.code,
    Message: told.message,
    ...told.fields,
    RequestId: ids['x-amz-request-id'],
    HostId: ids['x-amz-id-2'],
  })
  const body = request.method === 'HEAD' ? new Uint8Array() : encodeText(xml)
  return {
    status: told.status,
    headers: {
      'content-type': 'application/xml',
      'content-length': String(body.byteLength),
      server: 'AmazonS3',
      ...ids,
      ...(error instanceof S3Error ? error.headers : {}),
    },
    body,
  }
}

/** Deterministic, as everything in the sandbox: the same request has the same ids. */
export function requestIds(...parts: readonly string[]): { 'x-amz-request-id': string; 'x-amz-id-2': string } {
  return {
    'x-amz-request-id': identifier('upper', 16, 'request', ...parts),
    'x-amz-id-2': identifier('lower', 56, 'host', ...parts),
  }
}

export function unknownAccessKey(): ServiceError {
  return new ServiceError(
    'InvalidAccessKeyId',
    403,
    'The AWS Access Key Id you provided does not exist in our records.',
  )
}

export function notImplemented(header?: string): ServiceError {
  const fields: Record<string, string> = header === undefined ? {} : { Header: header }
  return new ServiceError(
    'NotImplemented',
    501,
    'A header you provided implies functionality that is not implemented',
    fields,
  )
}

export function malformedXml(): ServiceError {
  return new ServiceError(
    'MalformedXML',
    400,
    'The XML you provided was not well-formed or did not validate against our published schema',
  )
}

export function invalidArgument(message: string, name: string, value: string): ServiceError {
  return new ServiceError('InvalidArgument', 400, message, { ArgumentName: name, ArgumentValue: value })
}

export function noSuchBucket(name: string): ServiceError {
  return new ServiceError('NoSuchBucket', 404, 'The specified bucket does not exist', { BucketName: name })
}

export function noSuchKey(key: string, headers: Readonly<Record<string, string>> = {}): S3Error {
  return new S3Error('NoSuchKey', 404, 'The specified key does not exist.', { Key: key }, headers)
}

export function preconditionFailed(condition: string): ServiceError {
  return new ServiceError('PreconditionFailed', 412, 'At least one of the pre-conditions you specified did not hold', {
    Condition: condition,
  })
}

export function accessDenied(message = 'Access Denied', headers: Readonly<Record<string, string>> = {}): S3Error {
  return new S3Error('AccessDenied', 403, message, {}, headers)
}
