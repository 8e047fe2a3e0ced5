// Reads and writes the few pieces of DER (X.690) that keys and certificates are made of. Knows lengths and tags, not
// what they mean; refuses what DER forbids and whatever would read outside of its bytes.

/** The tags that occur in keys and certificates. */
export const derTag = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  sequence: 0x30,
  context0: 0xa0,
  context1: 0xa1,
} as const

/** One element: its tag, its content, and all of its bytes. */
export interface DerElement {
  readonly tag: number
  readonly content: Uint8Array
  readonly bytes: Uint8Array
}

/** Reads bytes that must be exactly one element. Throws a `RangeError` for anything else. */
export function readDer(bytes: Uint8Array): DerElement {
  const element = readElement(bytes)
  if (element.bytes.length !== bytes.length) throw new RangeError('one DER element is needed, found bytes behind it')
  return element
}

/** Reads the elements inside of a constructed one, which must have the given tag. */
export function readDerChildren(element: DerElement | undefined, tag: number = derTag.sequence): DerElement[] {
  let rest = contentOf(element, tag)
  const children: DerElement[] = []
  while (rest.length > 0) {
    const child = readElement(rest)
    children.push(child)
    rest = rest.subarray(child.bytes.length)
  }
  return children
}

/** The content of an element, which must exist and have the given tag. */
export function contentOf(element: DerElement | undefined, tag: number): Uint8Array {
  if (element?.tag !== tag) {
    const found = element === undefined ? 'nothing' : `0x${element.tag.toString(16)}`
    throw new RangeError(`the DER tag 0x${tag.toString(16).padStart(2, '0')} is needed, found ${found}`)
  }
  return element.content
}

/** The bytes of a BIT STRING of whole bytes. */
export function bitsOf(element: DerElement | undefined): Uint8Array {
  const content = contentOf(element, derTag.bitString)
  if (content[0] !== 0) throw new RangeError('a DER bit string of whole bytes is needed, found another')
  return content.subarray(1)
}

/** The magnitude of a non-negative INTEGER, without leading zeros. */
export function unsignedOf(element: DerElement | undefined): Uint8Array {
  const content = contentOf(element, derTag.integer)
  const [first, second] = content
  if (first === undefined || first >= 0x80) throw new RangeError('a DER integer of 0 or more is needed, found another')
  if (first === 0 && second !== undefined && second < 0x80) {
    throw new RangeError('a DER integer of minimal length is needed, found leading zeros')
  }
  return first === 0 ? content.subarray(1) : content
}

/** Writes one element around the concatenation of its parts. */
export function writeDer(tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const lengthBytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) lengthBytes.unshift(rest % 256)
  const header = length < 0x80 ? [tag, length] : [tag, 0x80 + lengthBytes.length, ...lengthBytes]
  const bytes = new Uint8Array(header.length + length)
  bytes.set(header)
  let offset = header.length
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}

/** Writes a non-negative INTEGER from its magnitude. */
export function writeUnsigned(magnitude: Uint8Array): Uint8Array<ArrayBuffer> {
  const needsZero = magnitude.length === 0 || (magnitude[0] ?? 0) >= 0x80
  return writeDer(derTag.integer, needsZero ? Uint8Array.of(0) : new Uint8Array(), magnitude)
}

function readElement(bytes: Uint8Array): DerElement {
  const [tag, first] = bytes
  if (tag === undefined || first === undefined) throw new RangeError('a DER element is needed, found its beginning')
  if ((tag & 0x1f) === 0x1f) throw new RangeError('a DER tag of one byte is needed, found a longer one')
  let length = first
  let start = 2
  if (first >= 0x80) {
    const count = first - 0x80
    if (count === 0 || count > 4) throw new RangeError('a DER length of one to four bytes is needed, found another')
    const lengthBytes = bytes.subarray(2, 2 + count)
    length = lengthBytes.reduce((sum, byte) => sum * 256 + byte, 0)
    start += count
    if (length < 0x80 || lengthBytes[0] === 0) {
      throw new RangeError('a DER length of minimal form is needed, found another')
    }
  }
  const end = start + length
  if (end > bytes.length) throw new RangeError(`${end} bytes of DER are needed, found ${bytes.length}`)
  return { tag, content: bytes.subarray(start, end), bytes: bytes.subarray(0, end) }
}
