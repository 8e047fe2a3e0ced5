// What every emulated AWS service is: a name, a way to tell which operation a
// request is, and a synchronous function from request and world to answer. Being
// synchronous makes each request atomic: it took effect, or it did not.
import type { SandboxRequest, SandboxResponse } from '../http.ts'
import type { Access } from '../request-log.ts'
import type { World } from '../world.ts'
import type { Caller } from './callers.ts'

export interface AwsCall {
  readonly request: SandboxRequest
  readonly world: World
  readonly nowMs: number
  /** The region that the request was signed for or addressed to. */
  readonly region: string
  readonly caller: Caller
}

export interface AwsService {
  readonly name: 'acm' | 'cloudfront' | 'iam' | 'route53' | 's3' | 'sts'
  /** Names the operation as AWS does (`PutObject`), or `undefined` when there is no such operation. */
  identify(request: SandboxRequest): { readonly operation: string; readonly access: Access } | undefined
  /** @throws {ServiceError} */
  handle(call: AwsCall, operation: string): SandboxResponse
  /** An error in the wire format of this service. */
  respondError(error: ServiceError, call: Pick<AwsCall, 'request'>): SandboxResponse
}

/** An error as the service would send it. */
export class ServiceError extends Error {
  readonly code: string
  readonly status: number
  /** Further members of the error on the wire. */
  readonly fields: Readonly<Record<string, string>>

  constructor(code: string, status: number, message: string, fields: Readonly<Record<string, string>> = {}) {
    super(message)
    this.name = 'ServiceError'
    this.code = code
    this.status = status
    this.fields = fields
  }
}
