import { describe, expect, test } from 'vitest'
import { buildXml, parseXml } from './xml.ts'

describe('parseXml()', () => {
  test.each([
    ['<?xml version="1.0"?><A xmlns="x"><B>1</B></A>', { B: '1' }],
    ['<A>\n  <B>1</B>\n  <B>2</B>\n</A>', { B: ['1', '2'] }],
    ['<A><B/><C></C></A>', { B: '', C: '' }],
    ['<A><B> a &amp; b&#xA;&#39;&lt; </B></A>', { B: " a & b\n'< " }],
    ['<A><B><![CDATA[x<y]]></B></A>', { B: 'x<y' }],
    ['<A><B>007</B><C>true</C></A>', { B: '007', C: 'true' }],
    ['<A/>', {}],
  ])('reads %s', (text, content) => {
    expect(parseXml(text)).toEqual({ root: 'A', content })
  })

  test.each(['', 'text', '{"a":1}', '<A>', '<A><B></A></B>', '<A/><B/>'])('refuses %o', (text) => {
    expect(() => parseXml(text)).toThrow(SyntaxError)
  })
})

describe('buildXml()', () => {
  test('writes what parseXml() reads again', () => {
    const content = { A: ' <a> & "b"\r\n ', B: ['1', '2'], C: { D: '' }, E: [] }
    const { E: _nothing, ...read } = content
    expect(parseXml(buildXml('Root', content))).toEqual({ root: 'Root', content: read })
  })

  test('names the namespace, leaves out what is undefined', () => {
    expect(buildXml('A', { B: undefined, C: '1' }, 'urn:x')).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<A xmlns="urn:x"><C>1</C></A>',
    )
  })
})
