import { BlockList, isIP } from 'node:net'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instantOf } from './instant.ts'
import { isNetwork, isWithin, parseRange } from './ip-address.ts'
import { matchesWildcard } from './wildcard.ts'

const ip = fc.oneof(fc.ipV4(), fc.ipV6())

describe('parseRange()', () => {
  test('accepts the addresses that Node accepts', () => {
    const text = fc.oneof(ip, fc.stringMatching(/^[0-9a-f:.]{0,20}$/))
    fc.assert(
      fc.property(text, (address) => {
        expect(parseRange(address)?.version ?? 0).toBe(isIP(address))
      }),
      { numRuns: 3000 },
    )
  })

  test('finds an address in a range exactly when Node does', () => {
    fc.assert(
      fc.property(ip, ip, fc.nat(128), (address, network, bits) => {
        const [family, networkFamily] = [isIP(address), isIP(network)]
        const prefixBits = Math.min(bits, networkFamily === 4 ? 32 : 128)
        const list = new BlockList()
        list.addSubnet(network, prefixBits, networkFamily === 4 ? 'ipv4' : 'ipv6')
        const [inner, outer] = [parseRange(address), parseRange(`${network}/${prefixBits}`)]
        // Node also finds IPv4 addresses in their IPv6 form.
        fc.pre(family === networkFamily && inner !== undefined && outer !== undefined)
        if (inner === undefined || outer === undefined) return
        expect(isWithin(inner, outer)).toBe(list.check(address, family === 4 ? 'ipv4' : 'ipv6'))
      }),
      { numRuns: 3000 },
    )
  })

  test.for([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '256.1.1.1',
    '1.2.3.4/33',
    '1.2.3.4/',
    '1.2.3.4/08',
    '1.2.3.4/8/8',
    ':',
    ':::',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '::12345',
    '::1.2.3',
    '::1/129',
    '1:2:3:4:5:6:7::8::',
    '::g',
    '10.0.0.0/-1',
  ])('refuses %j', (text) => {
    expect(parseRange(text)).toBeUndefined()
  })

  test.for([
    ['10.0.0.0/8', true],
    ['10.0.0.1/8', false],
    ['10.0.0.1', true],
    ['2001:db8::/32', true],
    ['2001:db8::1/32', false],
    ['0.0.0.0/0', true],
    ['::ffff:192.0.2.0/120', true],
  ] as const)('isNetwork() of %s is %j', ([text, expected]) => {
    const range = parseRange(text)
    expect(range && isNetwork(range)).toBe(expected)
  })
})

describe('instantOf()', () => {
  test('agrees with Date', () => {
    const date = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(date, (value) => {
        expect(instantOf(value.toISOString())).toBeCloseTo(value.getTime() / 1000, 2)
      }),
      { numRuns: 2000 },
    )
  })

  test.for([
    ['1970', 0],
    ['1970-01', 0],
    ['1970-01-02', 86_400],
    ['1970-01-01T00:01Z', 60],
    ['1970-01-01T01:00:00+01:00', 0],
    ['1970-01-01T23:59:59+23:59', 59],
    ['1970-01-01T00:00:00-0030', 1800],
    ['2000-02-29T00:00:00Z', 951_782_400],
    ['1789125852', 1_789_125_852],
    ['1970-01-01T00:00:00.5Z', 0.5],
  ] as const)('reads %s as %d', ([text, seconds]) => {
    expect(instantOf(text)).toBe(seconds)
  })

  test.for([
    '',
    '1',
    '197',
    '1970-1',
    '1970-13',
    '1970-00',
    '1970-02-30',
    '1900-02-29',
    '2001-02-29',
    '1970-04-31',
    '1970-01-01T24:00Z',
    '1970-01-01T00:60Z',
    '1970-01-01T00:00:60Z',
    '1970-01-01T00:00',
    '1970-01-01 00:00Z',
    'now',
    'x1970',
    'x12345',
    '12345x',
  ])('refuses %j', (text) => {
    expect(instantOf(text)).toBeUndefined()
  })
})

describe('matchesWildcard()', () => {
  test('agrees with a regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '$', '{'), maxLength: 12 })
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?', '$', '{'), maxLength: 8 })
    fc.assert(
      fc.property(pattern, text, (pattern, text) => {
        const source = pattern.replace(/[.${]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')
        expect(matchesWildcard(pattern, text)).toBe(new RegExp(`^${source}$`, 's').test(text))
      }),
      { numRuns: 10_000 },
    )
  })
})
