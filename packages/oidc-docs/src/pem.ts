// Splits a text into its PEM blocks (RFC 7468), with the headers that encrypted OpenSSL keys carry (RFC 1421). Text
// around the blocks is skipped, as Kubernetes does. Knows nothing of what is inside.

import { decodeBase64, encodeBase64 } from './base64.ts'

/** One `-----BEGIN label-----` block. */
export interface PemBlock {
  readonly label: string
  /** The block's bytes, or `undefined` when its text is not base64 or its end is missing. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined
  /** Whether its headers say that it is encrypted. */
  readonly encrypted: boolean
}

const beginMark = '-----BEGIN '
const endOfMark = '-----'

/** Finds the PEM blocks of a text, in order. */
export function readPem(text: string): PemBlock[] {
  const blocks: PemBlock[] = []
  let at = text.indexOf(beginMark)
  while (at !== -1) {
    const labelStart = at + beginMark.length
    const labelEnd = text.indexOf(endOfMark, labelStart)
    if (labelEnd === -1) break
    const label = text.slice(labelStart, labelEnd)
    const bodyStart = labelEnd + endOfMark.length
    // Looked for only up to the next block, so that the time stays linear in the text.
    const next = text.indexOf(beginMark, bodyStart)
    const body = text.slice(bodyStart, next === -1 ? undefined : next)
    const bodyEnd = body.indexOf(`-----END ${label}-----`)
    blocks.push(
      bodyEnd === -1 ? { label, bytes: undefined, encrypted: false } : readBody(label, body.slice(0, bodyEnd)),
    )
    at = next
  }
  return blocks
}

/** Writes one PEM block with lines of 64 characters and a line feed at its end. */
export function writePem(label: string, bytes: Uint8Array): string {
  const lines = encodeBase64(bytes).match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

function readBody(label: string, body: string): PemBlock {
  const lines = body.split(/\r?\n/).map((line) => line.trim())
  const headers = lines.filter((line) => line.includes(':'))
  const encrypted = headers.some((line) => /^proc-type:.*encrypted/i.test(line))
  const base64 = lines.filter((line) => !line.includes(':')).join('')
  return { label, bytes: base64 === '' ? undefined : decodeBase64(base64), encrypted }
}
