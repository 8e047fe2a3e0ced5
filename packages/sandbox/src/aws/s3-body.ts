// The bytes that a request means: `aws-chunked` framing taken off, and every digest
// that was sent with them checked. It knows nothing of what the bytes are for.
// S3 User Guide, "Checking object integrity"; S3 API Reference, "Signature
// Calculations for the Authorization Header: transferring payload in multiple chunks".
import { createHash } from 'node:crypto'
import type { SandboxRequest } from '../http.ts'
import { decodeText } from '../http.ts'
import { crc32, crc32c, crc64nvme } from './s3-crc.ts'
import { malformedXml } from './s3-errors.ts'
import { ServiceError } from './service.ts'
import type { XmlElement } from './xml.ts'
import { parseXml } from './xml.ts'

export interface S3Body {
  readonly bytes: Uint8Array
  /** The checksum that was sent and found right. */
  readonly checksum?: { readonly algorithm: string; readonly value: string }
}

type Digest = (bytes: Uint8Array) => Buffer

const CHECKSUMS: Readonly<Record<string, Digest>> = {
  CRC32: (bytes) => bigEndian(BigInt(crc32(bytes)), 4),
  CRC32C: (bytes) => bigEndian(BigInt(crc32c(bytes)), 4),
  CRC64NVME: (bytes) => bigEndian(crc64nvme(bytes), 8),
  SHA1: (bytes) => hash('sha1', bytes),
  SHA256: (bytes) => hash('sha256', bytes),
}

/** @throws {ServiceError} `BadDigest` and the like when the bytes are not those that were announced. */
export function readBody(request: SandboxRequest): S3Body {
  const { headers } = request
  const { bytes, trailers } = isChunked(headers) ? unchunk(request) : { bytes: request.body, trailers: {} }
  checkContentSha256(headers['x-amz-content-sha256'], bytes)
  checkMd5(headers['content-md5'], bytes)
  for (const source of [headers, trailers]) {
    for (const [algorithm, digest] of Object.entries(CHECKSUMS)) {
      const name = `x-amz-checksum-${algorithm.toLowerCase()}`
      const value = source[name]
      if (value === undefined) continue
      const found = digest(bytes)
      if (Buffer.from(value, 'base64').length !== found.length) {
        throw new ServiceError('InvalidRequest', 400, `Value for ${name} header is invalid.`)
      }
      if (found.toString('base64') !== value) {
        throw new ServiceError(
          'BadDigest',
          400,
          `The ${algorithm} you specified did not match the calculated checksum.`,
        )
      }
      return { bytes, checksum: { algorithm, value } }
    }
  }
  return { bytes }
}

/** The content of the request's root element. @throws {ServiceError} `MalformedXML` unless the root has that name. */
export function readXmlBody(request: SandboxRequest, root: string): XmlElement {
  const { bytes } = readBody(request)
  try {
    const document = parseXml(decodeText(bytes))
    if (document.root === root) return document.content
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw malformedXml()
}

/** Whether the request carries any digest that S3 takes where it insists on one. */
export function hasDigest(headers: SandboxRequest['headers']): boolean {
  return Object.keys(headers).some(
    (name) => name === 'content-md5' || name === 'x-amz-trailer' || /^x-amz-checksum-(crc|sha)/.test(name),
  )
}

function isChunked(headers: SandboxRequest['headers']): boolean {
  return headers['x-amz-content-sha256']?.startsWith('STREAMING-') ?? false
}

// Chunk signatures are not recomputed, as no signature is in the sandbox.
function unchunk(request: SandboxRequest): { bytes: Uint8Array; trailers: Record<string, string> } {
  const body = Buffer.from(request.body)
  const chunks: Buffer[] = []
  let at = 0
  for (;;) {
    const end = body.indexOf('\r\n', at)
    const [, digits] = /^([0-9a-f]+)(;.*)?$/i.exec(body.toString('latin1', at, Math.max(end, at))) ?? []
    if (digits === undefined) throw incompleteBody()
    const size = Number.parseInt(digits, 16)
    at = end + 2
    if (size === 0) break
    const chunk = body.subarray(at, at + size)
    if (chunk.length < size || body.toString('latin1', at + size, at + size + 2) !== '\r\n') throw incompleteBody()
    chunks.push(chunk)
    at += size + 2
  }
  const bytes = Buffer.concat(chunks)
  const announced = request.headers['x-amz-decoded-content-length']
  if (announced !== undefined && Number(announced) !== bytes.length) throw incompleteBody()
  return { bytes, trailers: readTrailers(body.toString('latin1', at), request.headers['x-amz-trailer']) }
}

function readTrailers(text: string, announced: string | undefined): Record<string, string> {
  const trailers: Record<string, string> = {}
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim()
  }
  if (announced !== undefined && trailers[announced.toLowerCase()] === undefined) {
    throw new ServiceError(
      'MalformedTrailerError',
      400,
      'The request contained trailing data that was not well-formed or did not conform to our published schema.',
    )
  }
  return trailers
}

function incompleteBody(): ServiceError {
  return new ServiceError(
    'IncompleteBody',
    400,
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  )
}

function checkContentSha256(announced: string | undefined, bytes: Uint8Array): void {
  if (announced === undefined || !/^[0-9a-f]{64}$/.test(announced)) return
  const computed = hash('sha256', bytes).toString('hex')
  if (computed === announced) return
  throw new ServiceError(
    'XAmzContentSHA256Mismatch',
    400,
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    { ClientComputedContentSHA256: announced, S3ComputedContentSHA256: computed },
  )
}

function checkMd5(announced: string | undefined, bytes: Uint8Array): void {
  if (announced === undefined) return
  if (Buffer.from(announced, 'base64').length !== 16) {
    throw new ServiceError('InvalidDigest', 400, 'The Content-MD5 you specified was invalid.', {
      'Content-MD5': announced,
    })
  }
  const computed = hash('md5', bytes).toString('base64')
  if (computed === announced) return
  throw new ServiceError('BadDigest', 400, 'The Content-MD5 you specified did not match what we received.', {
    ExpectedDigest: announced,
    CalculatedDigest: computed,
  })
}

function hash(algorithm: 'md5' | 'sha1' | 'sha256', bytes: Uint8Array): Buffer {
  return createHash(algorithm).update(bytes).digest()
}

function bigEndian(value: bigint, length: 4 | 8): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(value)
  return bytes.subarray(8 - length)
}
