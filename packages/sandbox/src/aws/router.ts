// Finds the service and operation that a request is for: by the scope it was
// signed for, else by its host, else (an unsigned query) by its `Action`.
import type { Fault } from '../faults.ts'
import type { SandboxRequest, SandboxResponse } from '../http.ts'
import { decodeText, respond } from '../http.ts'
import type { Access } from '../request-log.ts'
import type { World } from '../world.ts'
import { acm } from './acm.ts'
import type { Caller } from './callers.ts'
import { ANONYMOUS, credentialScope, findCaller } from './callers.ts'
import { cloudfront } from './cloudfront.ts'
import { iam } from './iam.ts'
import { route53 } from './route53.ts'
import { s3 } from './s3.ts'
import type { AwsCall, AwsService } from './service.ts'
import { ServiceError } from './service.ts'
import { sts } from './sts.ts'

const SERVICES: readonly AwsService[] = [acm, cloudfront, iam, route53, s3, sts]
const DEFAULT_REGION = 'us-east-1'

export function identifyAws(
  world: World,
  request: SandboxRequest,
): { readonly service: string; readonly operation: string; readonly access: Access; readonly caller: string } {
  const service = findService(request)
  const identity = service?.identify(request)
  return {
    service: service?.name ?? 'unknown',
    operation: identity?.operation ?? 'Unknown',
    access: identity?.access ?? 'read',
    caller: callerOrAnonymous(world, request).arn,
  }
}

export function answerAws(world: World, request: SandboxRequest, note: (errorCode: string) => void): SandboxResponse {
  const service = findService(request)
  if (service === undefined) return respond(404, 'text/plain', `No AWS service answers at ${request.url.href}`)
  try {
    const call: AwsCall = {
      request,
      world,
      nowMs: world.nowAt,
      region: regionOf(request),
      caller: findCaller(world, request, world.nowAt),
    }
    const identity = service.identify(request)
    if (identity === undefined)
      throw new ServiceError(
        'InvalidAction',
        400,
        `Could not find operation for ${request.method} ${request.url.pathname}`,
      )
    return service.handle(call, identity.operation)
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    note(error.code)
    return service.respondError(error, { request })
  }
}

/** Throttling and internal errors in the words and format of the service asked. */
export function respondFault(
  request: SandboxRequest,
  fault: Extract<Fault, 'throttle' | 'server-error'>,
): SandboxResponse {
  const service = findService(request)
  const error =
    fault === 'throttle'
      ? service?.name === 's3'
        ? new ServiceError('SlowDown', 503, 'Please reduce your request rate.')
        : new ServiceError('Throttling', 400, 'Rate exceeded')
      : new ServiceError(
          service?.name === 's3' ? 'InternalError' : 'ServiceUnavailable',
          service?.name === 's3' ? 500 : 503,
          'We encountered an internal error. Please try again.',
        )
  return service ? service.respondError(error, { request }) : respond(503, 'text/plain', 'Service Unavailable')
}

function findService(request: SandboxRequest): AwsService | undefined {
  const scoped = credentialScope(request)?.service
  if (scoped !== undefined) return SERVICES.find((service) => service.name === scoped)
  const { hostname } = request.url
  const labels = hostname.split('.')
  if (/(^|\.)s3[.-]/.test(hostname)) return s3
  const named = SERVICES.find((service) => labels[0] === service.name)
  if (named !== undefined) return named
  return /(^|&)Action=AssumeRoleWithWebIdentity(&|$)/.test(decodeText(request.body)) ? sts : s3
}

function regionOf(request: SandboxRequest): string {
  const scoped = credentialScope(request)?.region
  if (scoped !== undefined) return scoped
  const labels = request.url.hostname.split('.')
  return labels.findLast((label) => /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/.test(label)) ?? DEFAULT_REGION
}

function callerOrAnonymous(world: World, request: SandboxRequest): Caller {
  try {
    return findCaller(world, request, world.nowAt)
  } catch {
    return ANONYMOUS
  }
}
