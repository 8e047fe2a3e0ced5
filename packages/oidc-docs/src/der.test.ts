import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from './base64.ts'
import { derTag, readDer, readDerChildren, unsignedOf, writeDer, writeUnsigned } from './der.ts'
import { readPem, writePem } from './pem.ts'

const bytes = fc.uint8Array({ maxLength: 300 })

describe('readDer()', () => {
  test('reads back what writeDer() wrote, of any length', () => {
    fc.assert(
      fc.property(fc.array(bytes), (parts) => {
        const written = writeDer(derTag.sequence, ...parts.map((part) => writeDer(derTag.octetString, part)))
        const read = readDerChildren(readDer(written)).map(({ content }) => [...content])
        expect(read).toEqual(parts.map((part) => [...part]))
      }),
    )
    for (const length of [127, 128, 255, 256, 65_535, 65_536]) {
      expect(readDer(writeDer(derTag.octetString, new Uint8Array(length))).content).toHaveLength(length)
    }
  })

  test('throws nothing but a RangeError for any bytes', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        let error: unknown
        try {
          readDerChildren(readDer(input), input[0])
        } catch (cause) {
          error = cause
        }
        expect(error ?? new RangeError()).toBeInstanceOf(RangeError)
      }),
      { numRuns: 5000 },
    )
  })

  test.for<[string, number[]]>([
    ['nothing', []],
    ['a tag alone', [0x30]],
    ['bytes behind it', [0x05, 0x00, 0x00]],
    ['fewer bytes than said', [0x04, 0x02, 0x00]],
    ['an indefinite length', [0x30, 0x80, 0x00, 0x00]],
    ['a length longer than needed', [0x04, 0x81, 0x01, 0x00]],
    ['a length with leading zeros', [0x04, 0x82, 0x00, 0x80, ...Array.from({ length: 128 }, () => 0)]],
    ['a length of five bytes', [0x04, 0x85, 1, 0, 0, 0, 0]],
    ['a tag of several bytes', [0x1f, 0x01, 0x00]],
  ])('refuses %s', ([, input]) => {
    expect(() => readDer(Uint8Array.from(input))).toThrow(RangeError)
  })
})

describe('unsignedOf()', () => {
  test('reads back what writeUnsigned() wrote', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        const magnitude = input.subarray(input.findIndex((byte) => byte !== 0))
        if (magnitude[0] === 0) return
        expect(unsignedOf(readDer(writeUnsigned(magnitude)))).toEqual(magnitude)
      }),
    )
  })

  test.for([[[]], [[0x80]], [[0xff, 0x01]], [[0x00, 0x7f]]])('refuses %j', ([content = []]) => {
    expect(() => unsignedOf(readDer(writeDer(derTag.integer, Uint8Array.from(content))))).toThrow(RangeError)
  })
})

describe('base64', () => {
  test('agrees with Node’s and reads itself back', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        expect(encodeBase64(input)).toBe(Buffer.from(input).toString('base64'))
        expect(encodeBase64Url(input)).toBe(Buffer.from(input).toString('base64url'))
        expect(decodeBase64(encodeBase64(input))).toEqual(input)
        expect(decodeBase64Url(encodeBase64Url(input))).toEqual(input)
      }),
    )
  })

  test.for(['A', 'AB', 'AAA=', 'AA==', 'A+', 'A/', 'AA\n', 'A A', 'é'])('decodeBase64Url() refuses %j', (text) => {
    expect(decodeBase64Url(text)).toBeUndefined()
  })

  test.for(['A', 'AA', 'AA=A', '=AAA', 'AA-_', 'AAA\n'])('decodeBase64() refuses %j', (text) => {
    expect(decodeBase64(text)).toBeUndefined()
  })
})

describe('readPem()', () => {
  test('reads back what writePem() wrote, among other text', () => {
    const block = fc.record({
      label: fc.constantFrom('PUBLIC KEY', 'CERTIFICATE'),
      bytes: fc.uint8Array({ minLength: 1 }),
    })
    fc.assert(
      fc.property(fc.array(block), fc.constantFrom('', 'subject=x\n', '\n\n'), (blocks, between) => {
        const text = blocks.map(({ label, bytes }) => between + writePem(label, bytes)).join('')
        expect(readPem(text)).toEqual(blocks.map(({ label, bytes }) => ({ label, bytes, encrypted: false })))
        expect(readPem(text.replace(/\n/g, '\r\n'))).toEqual(readPem(text))
      }),
    )
  })

  test('marks a block that is broken off and reads the next one', () => {
    const [broken, whole] = readPem(`-----BEGIN A-----\nAAAA\n${writePem('B', Uint8Array.of(1))}`)
    expect([broken?.label, broken?.bytes, whole?.label, whole?.bytes]).toEqual(['A', undefined, 'B', Uint8Array.of(1)])
  })

  test('takes time linear in a hostile text', () => {
    const text = `${'-----BEGIN A-----'.repeat(60_000)}-----END A-----`
    expect(readPem(text)).toHaveLength(60_000)
  }, 2000)
})
