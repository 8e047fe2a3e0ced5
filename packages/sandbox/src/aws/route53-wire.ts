// What all of Route 53's operations have in common on the wire, and its names: in
// lower case with the final dot inside, a wildcard written `\052` outside.
import type { SandboxResponse } from '../http.ts'
import { decodeText, respond } from '../http.ts'
import { fullName } from './public-dns.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'
import type { XmlElement } from './xml.ts'
import { buildXml } from './xml.ts'
import type { StructureShape } from './xml-shape.ts'
import { ShapeError, decodeDocument } from './xml-shape.ts'

export const ROUTE53_NAMESPACE = 'https://route53.amazonaws.com/doc/2013-04-01/'

export function readBody<T>(call: AwsCall, root: string, shape: StructureShape<T>): T {
  try {
    return decodeDocument(decodeText(call.request.body), root, shape)
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error
    throw invalidInput(`1 validation error detected: ${error.message}`)
  }
}

export function respondXml(
  status: number,
  root: string,
  content: XmlElement,
  headers: Readonly<Record<string, string>> = {},
): SandboxResponse {
  const response = respond(status, 'text/xml', buildXml(root, content, ROUTE53_NAMESPACE))
  return { ...response, headers: { ...response.headers, ...headers } }
}

export function invalidInput(message: string): ServiceError {
  return new ServiceError('InvalidInput', 400, message)
}

export function maxItemsOf(call: AwsCall, most: number): number {
  const text = call.request.url.searchParams.get('maxitems') ?? String(most)
  if (!/^[1-9]\d*$/.test(text)) throw invalidInput(`Invalid value for maxItems: ${text}`)
  return Math.min(Number(text), most)
}

/** Any way of writing a name to the one kept. */
export function readName(written: string): string {
  return fullName(written.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))))
}

/** A name as Route 53 writes it: everything but letters, digits, `-`, `_` and `.` escaped. */
export function writeName(name: string): string {
  return name.replace(/[^a-z0-9._-]/g, (one) => `\\${one.charCodeAt(0).toString(8).padStart(3, '0')}`)
}

/** Names sort by their labels from the right: `com.example.www.` (API Reference, "ListResourceRecordSets"). */
export function compareNames(a: string, b: string): number {
  const [x, y] = [sortKey(a), sortKey(b)]
  return x < y ? -1 : Number(x > y)
}

function sortKey(name: string): string {
  return `${name.replace(/\.$/, '').split('.').toReversed().join('.')}.`
}

export function xmlTime(ms: number): string {
  return new Date(ms).toISOString()
}

/** The ids in paths may carry the kind in front: `/hostedzone/Z…`. */
export function bareId(id: string): string {
  return id.replace(/^\/?(hostedzone|change)\//, '')
}
