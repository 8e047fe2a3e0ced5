// The AWS query protocol, which IAM and STS speak: forms in, XML out.
// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
import type { SandboxRequest, SandboxResponse } from '../http.ts'
import { decodeText, respond } from '../http.ts'
import { uuid } from '../random.ts'
import type { Access } from '../request-log.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'
import type { XmlElement, XmlValue } from './xml.ts'
import { buildXml } from './xml.ts'

export type Parameters = ReadonlyMap<string, string>

export interface QueryOperation {
  readonly access: Access
  /** Gives the content of `<operation>Result`, or nothing where AWS sends none. */
  readonly run: (call: AwsCall, parameters: Parameters) => XmlElement | undefined
}

export type QueryOperations = Readonly<Record<string, QueryOperation>>

export function parseQuery(request: Pick<SandboxRequest, 'url' | 'body'>): Parameters {
  return new Map([...request.url.searchParams, ...new URLSearchParams(decodeText(request.body))])
}

/** Values of a list of texts: `ClientIDList.member.1`, `ClientIDList.member.2` … in their order. */
export function listMembers(parameters: Parameters, name: string): readonly string[] {
  return structureMembers(parameters, name).map((member) => member.get('') ?? '')
}

/** A list of structures: `Tags.member.1.Key` … as one map for each member. */
export function structureMembers(parameters: Parameters, name: string): readonly Parameters[] {
  const byIndex = new Map<number, Map<string, string>>()
  for (const [key, value] of parameters) {
    if (!key.startsWith(`${name}.member.`)) continue
    const [, index, field = ''] = /^(\d{1,6})(?:\.(.+))?$/.exec(key.slice(name.length + '.member.'.length)) ?? []
    if (index === undefined) continue
    const member = byIndex.get(Number(index)) ?? new Map<string, string>()
    byIndex.set(Number(index), member.set(field, value))
  }
  return [...byIndex].sort(([a], [b]) => a - b).map(([, member]) => member)
}

/** @throws {ServiceError} `ValidationError` when it is absent. */
export function requiredText(parameters: Parameters, name: string): string {
  const value = parameters.get(name)
  if (value === undefined) throw violation(name, undefined, 'Member must not be null')
  return value
}

/** A whole number within its limits. @throws {ServiceError} */
export function integerBetween(
  parameters: Parameters,
  name: string,
  { least, most }: { readonly least: number; readonly most: number },
): number | undefined {
  const text = parameters.get(name)
  if (text === undefined) return undefined
  if (!/^-?\d{1,10}$/.test(text)) throw new ServiceError('MalformedInput', 400, `${name} is not a number: ${text}`)
  const value = Number(text)
  if (value < least) throw violation(name, text, `Member must have value greater than or equal to ${least}`)
  if (value > most) throw violation(name, text, `Member must have value less than or equal to ${most}`)
  return value
}

export function violation(name: string, value: string | undefined, constraint: string): ServiceError {
  const written = `${name.charAt(0).toLowerCase()}${name.slice(1)}`
  const quoted = value === undefined ? 'null' : `'${value}'`
  return new ServiceError(
    'ValidationError',
    400,
    `1 validation error detected: Value ${quoted} at '${written}' failed to satisfy constraint: ${constraint}`,
  )
}

const DEFAULT_PAGE = 100

/** One page by `Marker` and `MaxItems`, and the members of the answer that say whether there is more. */
export function pageOf<T>(
  parameters: Parameters,
  items: readonly T[],
): { readonly items: readonly T[]; readonly tail: XmlElement } {
  const size = integerBetween(parameters, 'MaxItems', { least: 1, most: 1000 }) ?? DEFAULT_PAGE
  const marker = parameters.get('Marker')
  const start = marker === undefined ? 0 : Number(Buffer.from(marker, 'base64url').toString())
  if (!Number.isSafeInteger(start) || start < 0) throw new ServiceError('ValidationError', 400, 'Invalid Marker.')
  const end = start + size
  return {
    items: items.slice(start, end),
    tail:
      end < items.length
        ? { IsTruncated: 'true', Marker: Buffer.from(String(end)).toString('base64url') }
        : { IsTruncated: 'false' },
  }
}

export function xmlList(values: readonly XmlValue[]): XmlValue {
  return values.length === 0 ? '' : { member: values }
}

/** Without milliseconds, as IAM and STS write it. */
export function xmlTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z')
}

export function respondQuery(
  request: Pick<SandboxRequest, 'url' | 'body'>,
  namespace: string,
  operation: string,
  result: XmlElement | undefined,
): SandboxResponse {
  const xml = buildXml(
    `${operation}Response`,
    {
      ...(result === undefined ? {} : { [`${operation}Result`]: result }),
      ResponseMetadata: { RequestId: requestId(request) },
    },
    namespace,
  )
  return respond(200, 'text/xml', xml)
}

export function respondQueryError(
  request: Pick<SandboxRequest, 'url' | 'body'>,
  namespace: string,
  error: ServiceError,
): SandboxResponse {
  const { code, message, status } = error
  const Error = { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message, ...error.fields }
  return respond(status, 'text/xml', buildXml('ErrorResponse', { Error, RequestId: requestId(request) }, namespace))
}

function requestId(request: Pick<SandboxRequest, 'url' | 'body'>): string {
  return uuid('query', request.url.href, decodeText(request.body))
}
