// XML in and out, for the services that speak it.
import { XMLBuilder, XMLParser } from 'fast-xml-parser'

export type XmlValue = string | XmlElement | readonly XmlValue[]
export interface XmlElement {
  readonly [name: string]: XmlValue | undefined
}

// `htmlEntities` is what makes the parser read numeric references, with which SDKs write line ends.
const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: true,
  htmlEntities: true,
})
const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', suppressEmptyNode: false })

/** The content of the root element; text is never turned into numbers. @throws {SyntaxError} when it is not XML. */
export function parseXml(text: string): { readonly root: string; readonly content: XmlElement } {
  let parsed: Record<string, unknown>
  try {
    parsed = parser.parse(text, true) as Record<string, unknown>
  } catch (cause) {
    throw new SyntaxError('Cannot parse the request: not well-formed XML', { cause })
  }
  const [entry, ...others] = Object.entries(parsed).filter(([name]) => name !== '?xml' && name !== '#text')
  if (entry === undefined || others.length > 0)
    throw new SyntaxError('Cannot parse the request: it needs one root element')
  const content = withoutIndentation(entry[1] as XmlValue)
  return { root: entry[0], content: isElement(content) ? content : {} }
}

export function buildXml(root: string, content: XmlElement, namespace?: string): string {
  const element = namespace === undefined ? content : { '@xmlns': namespace, ...content }
  // A carriage return as such would reach the reader as a line feed (XML 1.0, 2.11).
  const text = builder.build({ [root]: element }).replaceAll('\r', '&#xD;')
  return `<?xml version="1.0" encoding="UTF-8"?>\n${text}`
}

export function isElement(value: XmlValue | undefined): value is XmlElement {
  return typeof value === 'object' && !Array.isArray(value)
}

// The text between the elements of an element; the text of a leaf stays to the letter.
function withoutIndentation(value: XmlValue): XmlValue {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(withoutIndentation)
  const members = Object.entries(value as XmlElement).filter(([name]) => name !== '#text')
  return Object.fromEntries(members.map(([name, member]) => [name, withoutIndentation(member ?? '')]))
}
