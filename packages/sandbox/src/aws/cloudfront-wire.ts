// What all of CloudFront's operations have in common on the wire: bodies, answers,
// versions in `ETag` and `If-Match`, and pages of lists.
import type { SandboxResponse } from '../http.ts'
import { decodeText, respond, respondEmpty } from '../http.ts'
import { identifier } from '../random.ts'
import { CLOUDFRONT_NAMESPACE } from './cloudfront-shapes.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'
import type { XmlElement, XmlValue } from './xml.ts'
import { buildXml } from './xml.ts'
import type { StructureShape } from './xml-shape.ts'
import { ShapeError, decodeDocument } from './xml-shape.ts'

const DEFAULT_PAGE = 100

/** @throws {ServiceError} `MissingBody`, `MalformedXML`, `InconsistentQuantities` */
export function readBody<T>(call: AwsCall, root: string, shape: StructureShape<T>): T {
  const text = decodeText(call.request.body)
  if (text.trim() === '') {
    throw new ServiceError(
      'MissingBody',
      400,
      'This operation requires a body. Ensure that the body is present and the Content-Type header is set.',
    )
  }
  let body: T
  try {
    body = decodeDocument(text, root, shape)
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error
    throw new ServiceError('MalformedXML', 400, `1 validation error detected: ${error.message}`)
  }
  checkQuantities(body)
  return body
}

function checkQuantities(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  const { Quantity, Items } = value as { Quantity?: unknown; Items?: unknown }
  if (typeof Quantity === 'number' && Quantity !== (Array.isArray(Items) ? Items.length : 0)) {
    throw new ServiceError('InconsistentQuantities', 400, "The value of Quantity and the size of Items don't match.")
  }
  for (const member of Object.values(value)) checkQuantities(member)
}

export function respondXml(
  status: number,
  root: string,
  content: XmlElement,
  headers: Readonly<Record<string, string>> = {},
): SandboxResponse {
  const response = respond(status, 'text/xml', buildXml(root, content, CLOUDFRONT_NAMESPACE))
  return { ...response, headers: { ...response.headers, ...headers } }
}

export function respondNothing(): SandboxResponse {
  return respondEmpty(204)
}

/** The version that follows on `previous`: the same writes in the same order give the same versions. */
export function nextEtag(id: string, previous: string = ''): string {
  return `E${identifier('upper', 13, 'etag', id, previous)}`
}

/** An identifier in CloudFront's own form. */
export function cloudFrontId(...parts: readonly (string | number)[]): string {
  return `E${identifier('upper', 13, ...parts)}`
}

export function requireIfMatch(call: AwsCall, etag: string): void {
  const sent = call.request.headers['if-match']?.replaceAll('"', '')
  if (sent === undefined || sent === '' || !/^E[A-Z0-9]{1,20}$/.test(sent)) {
    throw new ServiceError(
      'InvalidIfMatchVersion',
      400,
      'The If-Match version is missing or not valid for the resource.',
    )
  }
  if (sent !== etag) {
    throw new ServiceError(
      'PreconditionFailed',
      412,
      "The request failed because it didn't meet the preconditions in one or more request-header fields.",
    )
  }
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly marker: string
  readonly maxItems: number
  readonly nextMarker: string | undefined
}

/** Those that come after `Marker` in the order of their ids; CloudFront's own order is not documented. */
export function pageOf<T>(call: AwsCall, all: readonly (readonly [string, T])[]): Page<readonly [string, T]> {
  const query = call.request.url.searchParams
  const marker = query.get('Marker') ?? ''
  const maxItems = Number(query.get('MaxItems') ?? DEFAULT_PAGE)
  if (!Number.isInteger(maxItems) || maxItems < 1)
    throw invalidArgument('The parameter MaxItems must be a positive number.')
  const sorted = all.filter(([id]) => id > marker).sort(([a], [b]) => (a < b ? -1 : 1))
  const items = sorted.slice(0, Math.min(maxItems, DEFAULT_PAGE))
  return { items, marker, maxItems, nextMarker: sorted.length > items.length ? items.at(-1)?.[0] : undefined }
}

/** The members of every list: `Items` is absent when there are none. */
export function listMembers(page: Page<unknown>, itemName: string, items: readonly XmlValue[]): XmlElement {
  return {
    Marker: page.marker,
    ...(page.nextMarker === undefined ? {} : { NextMarker: page.nextMarker }),
    MaxItems: String(page.maxItems),
    IsTruncated: String(page.nextMarker !== undefined),
    Quantity: String(items.length),
    ...(items.length === 0 ? {} : { Items: { [itemName]: items } }),
  }
}

export function invalidArgument(message: string): ServiceError {
  return new ServiceError('InvalidArgument', 400, message)
}

export function xmlTime(ms: number): string {
  return new Date(ms).toISOString()
}

/** `arn:aws:cloudfront::123456789012:distribution/E…` in the caller's account. */
export function cloudFrontArn(call: Pick<AwsCall, 'caller'>, kind: string, id: string): string {
  return `arn:${call.caller.partition}:cloudfront::${call.caller.account}:${kind}/${id}`
}
