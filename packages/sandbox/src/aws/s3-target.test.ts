import { describe, expect, it } from 'vitest'
import { parseTarget } from './s3-target.ts'

const TARGETS: readonly (readonly [url: string, target: object])[] = [
  [
    'https://b.s3.eu-west-1.amazonaws.com/k',
    { bucket: 'b', key: 'k', region: 'eu-west-1', style: 'virtual', partition: 'aws' },
  ],
  ['https://b.s3.eu-west-1.amazonaws.com/', { bucket: 'b', region: 'eu-west-1', style: 'virtual' }],
  ['https://s3.eu-west-1.amazonaws.com/b/k', { bucket: 'b', key: 'k', region: 'eu-west-1', style: 'path' }],
  ['https://s3.eu-west-1.amazonaws.com/b', { bucket: 'b', style: 'path' }],
  ['https://s3.eu-west-1.amazonaws.com/', { region: 'eu-west-1', style: 'path' }],
  ['https://b.s3.amazonaws.com/k', { bucket: 'b', key: 'k', style: 'virtual', partition: 'aws' }],
  ['https://b.s3-eu-west-1.amazonaws.com/k', { bucket: 'b', region: 'eu-west-1' }],
  ['https://b.s3.dualstack.eu-west-1.amazonaws.com/k', { bucket: 'b', region: 'eu-west-1' }],
  [
    'https://b.s3-fips.us-gov-west-1.amazonaws.com/k',
    { bucket: 'b', region: 'us-gov-west-1', partition: 'aws-us-gov' },
  ],
  ['https://b.s3-fips.dualstack.us-east-1.amazonaws.com/k', { bucket: 'b', region: 'us-east-1' }],
  ['https://b.s3.cn-north-1.amazonaws.com.cn/k', { bucket: 'b', region: 'cn-north-1', partition: 'aws-cn' }],
  ['https://b.s3.eusc-de-east-1.amazonaws.eu/k', { bucket: 'b', region: 'eusc-de-east-1', partition: 'aws-eusc' }],
  [
    'https://my.example.s3.bucket.s3.us-west-2.amazonaws.com/k',
    { bucket: 'my.example.s3.bucket', region: 'us-west-2' },
  ],
  [
    'https://x-111122223333-us-west-2-an.s3.us-west-2.amazonaws.com/k',
    { bucket: 'x-111122223333-us-west-2-an', region: 'us-west-2' },
  ],
  [
    'http://127.0.0.1:4566/b/a%20b/%2Fc',
    { bucket: 'b', key: 'a b//c', region: 'us-east-1', style: 'path', ownHost: false },
  ],
  ['https://b.s3.eu-west-1.amazonaws.com/%zz', { bucket: 'b', key: '%zz' }],
]

describe('parseTarget', () => {
  it.each(TARGETS)('parseTarget() reads %s', (url, target) => {
    const found = parseTarget({ url: new URL(url), headers: {} })
    expect(found).toMatchObject(target)
    expect(Object.hasOwn(found, 'key')).toBe(Object.hasOwn(target, 'key') || url.endsWith('/k'))
  })

  it('parseTarget() takes the region of a loopback port from the signature', () => {
    const authorization = 'AWS4-HMAC-SHA256 Credential=AKIA/20260101/cn-north-1/s3/aws4_request, SignedHeaders=host'
    const found = parseTarget({ url: new URL('http://127.0.0.1:1/b'), headers: { authorization } })
    expect(found).toMatchObject({ region: 'cn-north-1', partition: 'aws-cn' })
  })
})
