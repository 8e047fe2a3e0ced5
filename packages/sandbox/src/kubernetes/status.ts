// Errors in the words and the wire format of kube-apiserver: a `Status` object.
// Texts and codes: https://github.com/kubernetes/apimachinery/blob/master/pkg/api/errors/errors.go
import type { SandboxResponse } from '../http.ts'
import { respondJson } from '../http.ts'

export interface StatusCause {
  readonly reason: string
  readonly message: string
  readonly field: string
}

export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly StatusCause[]
  readonly retryAfterSeconds?: number
}

/** An error as the API server would send it. */
export class StatusError extends Error {
  readonly code: number
  readonly reason: string
  readonly details: StatusDetails | undefined

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message)
    this.name = 'StatusError'
    this.code = code
    this.reason = reason
    this.details = details
  }
}

/** `group` is left out for the core group. */
export interface GroupResource {
  readonly group: string
  readonly plural: string
}

export interface GroupKind {
  readonly group: string
  readonly kind: string
}

export function respondStatus(error: StatusError, headers: Readonly<Record<string, string>> = {}): SandboxResponse {
  const response = respondJson(error.code, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: error.message,
    ...(error.reason === '' ? {} : { reason: error.reason }),
    ...(error.details === undefined ? {} : { details: error.details }),
    code: error.code,
  })
  return { ...response, headers: { ...response.headers, ...headers } }
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message)
}

export function unauthorized(): StatusError {
  return new StatusError(401, 'Unauthorized', 'Unauthorized')
}

/** For a path that is no resource `type` is left out. */
export function forbidden(type: GroupResource | undefined, name: string, why: string): StatusError {
  if (type === undefined) return new StatusError(403, 'Forbidden', `forbidden: ${why}`, {})
  const subject = name === '' ? qualified(type) : `${qualified(type)} ${quote(name)}`
  return new StatusError(403, 'Forbidden', `${subject} is forbidden: ${why}`, details(name, type.group, type.plural))
}

export function notFound(type: GroupResource, name: string): StatusError {
  return new StatusError(
    404,
    'NotFound',
    `${qualified(type)} ${quote(name)} not found`,
    details(name, type.group, type.plural),
  )
}

export function alreadyExists(type: GroupResource, name: string): StatusError {
  return new StatusError(
    409,
    'AlreadyExists',
    `${qualified(type)} ${quote(name)} already exists`,
    details(name, type.group, type.plural),
  )
}

export function conflict(type: GroupResource, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(type)} ${quote(name)}: ${why}`
  return new StatusError(409, 'Conflict', message, details(name, type.group, type.plural))
}

export function applyConflict(causes: readonly StatusCause[], message: string): StatusError {
  return new StatusError(409, 'Conflict', message, { causes })
}

export function methodNotAllowed(type: GroupResource, verb: string): StatusError {
  return new StatusError(
    405,
    'MethodNotAllowed',
    `${verb} is not supported on resources of kind ${quote(qualified(type))}`,
    {
      ...(type.group === '' ? {} : { group: type.group }),
      kind: type.plural,
    },
  )
}

export function invalid(type: GroupKind, name: string, causes: readonly StatusCause[]): StatusError {
  const kind = type.group === '' ? type.kind : `${type.kind}.${type.group}`
  const problems = causes.map(({ field, message }) => `${field}: ${message}`)
  const text = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`
  return new StatusError(422, 'Invalid', `${kind} ${quote(name)} is invalid: ${text}`, {
    ...details(name, type.group, type.kind),
    causes,
  })
}

export function unsupportedMediaType(accepted: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`
  return new StatusError(415, 'UnsupportedMediaType', message)
}

export function invalidValue(field: string, value: unknown, why: string): StatusCause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${quote(value)}: ${why}`, field }
}

export function unsupportedValue(field: string, value: unknown, supported: readonly string[]): StatusCause {
  const message = `Unsupported value: ${quote(value ?? '')}: supported values: ${supported.map(quote).join(', ')}`
  return { reason: 'FieldValueNotSupported', message, field }
}

export function requiredValue(field: string, why: string): StatusCause {
  return { reason: 'FieldValueRequired', message: why === '' ? 'Required value' : `Required value: ${why}`, field }
}

/** As Go's `%q` for strings and `%v` for numbers. */
export function quote(value: unknown): string {
  return JSON.stringify(value)
}

/** `leases.coordination.k8s.io` */
export function qualified({ plural, group }: GroupResource): string {
  return group === '' ? plural : `${plural}.${group}`
}

function details(name: string, group: string, kind: string): StatusDetails {
  return { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind }
}
