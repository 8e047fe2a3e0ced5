import { describe, expect, test } from 'vitest'
import { ShapeError, decodeDocument, encodeStructure, listOf, structure } from './xml-shape.ts'
import { buildXml } from './xml.ts'

const SHAPE = structure({
  'Name!': 'text',
  Count: 'integer',
  On: 'boolean',
  Items: listOf('Item', 'text'),
  Parts: listOf('Part', structure({ 'Id!': 'text' })),
  Inner: structure({ Text: 'text' }),
})

describe('decodeDocument()', () => {
  test.each([
    ['<R><Name>n</Name></R>', { Name: 'n' }],
    ['<R><Name/></R>', { Name: '' }],
    ['<R><Name>n</Name><Count>-7</Count><On>false</On></R>', { Name: 'n', Count: -7, On: false }],
    ['<R><Name>n</Name><Items><Item>a</Item></Items></R>', { Name: 'n', Items: ['a'] }],
    ['<R><Name>n</Name><Items/></R>', { Name: 'n', Items: [] }],
    [
      '<R><Name>n</Name><Parts><Part><Id>1</Id></Part><Part><Id>2</Id></Part></Parts></R>',
      { Name: 'n', Parts: [{ Id: '1' }, { Id: '2' }] },
    ],
    ['<R><Name>n</Name><Inner/></R>', { Name: 'n', Inner: {} }],
  ])('reads %s', (text, expected) => {
    expect(decodeDocument(text, 'R', SHAPE)).toEqual(expected)
    expect(decodeDocument(buildXml('R', encodeStructure(expected, SHAPE)), 'R', SHAPE)).toEqual(expected)
  })

  test.each([
    ['<R>', 'not well-formed'],
    ['<Q><Name>n</Name></Q>', 'must be R, not Q'],
    ['<R/>', "'R.Name' failed to satisfy constraint: Member must not be null"],
    ['<R><Name>n</Name><Other/></R>', 'R has no member Other'],
    ['<R><Name>n</Name><Name>m</Name></R>', 'R.Name must be one text'],
    ['<R><Name>n</Name><Count>1.5</Count></R>', 'R.Count must be a number'],
    ['<R><Name>n</Name><On>yes</On></R>', 'R.On must be true or false'],
    ['<R><Name>n</Name><Items><Other/></Items></R>', 'R.Items must hold Item, not Other'],
    ['<R><Name>n</Name><Items>text</Items></R>', 'R.Items must be one list'],
    ['<R><Name>n</Name><Inner>text</Inner></R>', 'R.Inner must hold elements'],
    ['<R><Name>n</Name><Parts><Part/></Parts></R>', "'R.Parts.1.Id'"],
  ])('refuses %s', (text, message) => {
    expect(() => decodeDocument(text, 'R', SHAPE)).toThrow(ShapeError)
    expect(() => decodeDocument(text, 'R', SHAPE)).toThrow(message)
  })
})
