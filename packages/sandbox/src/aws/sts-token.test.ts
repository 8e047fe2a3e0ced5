import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parseToken, verifySignature } from './sts-token.ts'

function encode(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

const HEADER = encode({ alg: 'ES256', kid: 'k' })
const CLAIMS = encode({ iss: 'https://issuer.example.com' })

describe('parseToken()', () => {
  test('gives what the token says', () => {
    expect(parseToken(`${HEADER}.${CLAIMS}.c2ln`)).toEqual({
      algorithm: 'ES256',
      kid: 'k',
      claims: { iss: 'https://issuer.example.com' },
      signedText: `${HEADER}.${CLAIMS}`,
      signature: Buffer.from('sig'),
    })
  })

  test('keeps the last of several members of one name', () => {
    expect(parseToken(`${HEADER}.${encode('{"aud":"a","aud":"b"}')}.c2ln`).claims).toEqual({ aud: 'b' })
  })

  test.each([
    ['two parts', `${HEADER}.${CLAIMS}`],
    ['four parts', `${HEADER}.${CLAIMS}.c2ln.c2ln`],
    ['no signature', `${HEADER}.${CLAIMS}.`],
    ['padding', `${HEADER}.${CLAIMS}.c2ln=`],
    ['the other alphabet of base64', `${HEADER}.${CLAIMS}.c2+n`],
    ['an impossible length', `${HEADER}.${CLAIMS}.c2lnc`],
    ['white space', `${HEADER}. ${CLAIMS}.c2ln`],
    ['a header that is no JSON', `${encode('x')}.${CLAIMS}.c2ln`],
    ['a header that is a list', `${encode([])}.${CLAIMS}.c2ln`],
    ['claims that are a list', `${HEADER}.${encode([])}.c2ln`],
    ['claims that are null', `${HEADER}.${encode('null')}.c2ln`],
    ['claims that are not UTF-8', `${HEADER}.${Buffer.from([0x22, 0xff, 0x22]).toString('base64url')}.c2ln`],
    ['an algorithm named like a member of every object', `${encode({ alg: 'constructor' })}.${CLAIMS}.c2ln`],
  ])('refuses %s', (_, text) => {
    expect(() => parseToken(text)).toThrow('The ID Token provided is not a valid JWT')
  })
})

describe('verifySignature()', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const keySet = JSON.stringify({ keys: [{ kid: 'k', ...publicKey.export({ format: 'jwk' }) }] })
  const data = Buffer.from(`${HEADER}.${CLAIMS}`)
  const good = sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' })
  const token = (signature: Buffer): ReturnType<typeof parseToken> =>
    parseToken(`${HEADER}.${CLAIMS}.${signature.toString('base64url')}`)

  test('accepts what the key signed', () => {
    expect(() => verifySignature(token(good), keySet)).not.toThrow()
  })

  test.each([
    ['the encoding of X.509', sign('sha256', data, privateKey)],
    ['half a signature', good.subarray(0, 32)],
    ['one byte', good.subarray(0, 1)],
    ['zeros', Buffer.alloc(64)],
    ['one bit turned', Buffer.from(good.map((byte, index) => (index === 63 ? byte ^ 1 : byte)))],
  ])('refuses %s', (_, signature) => {
    expect(() => verifySignature(token(signature), keySet)).toThrow('could not be validated')
  })

  test.each([
    ['a point that is not on the curve', { x: 'AAAA', y: 'AAAA' }],
    ['a curve that nobody knows', { crv: 'P-999' }],
    ['another type of key', { kty: 'oct' }],
    ['a number as coordinate', { x: 1 }],
  ])('finds no key in %s', (_, members) => {
    const broken = JSON.stringify({
      keys: [null, 'key', { kid: 'k', ...publicKey.export({ format: 'jwk' }), ...members }],
    })
    expect(() => verifySignature(token(good), broken)).toThrow("Couldn't retrieve verification key")
  })
})
