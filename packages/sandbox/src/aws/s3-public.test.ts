import { describe, expect, it } from 'vitest'
import type { PolicyDocument, Statement } from './policy.ts'
import { isPublicPolicy } from './s3-public.ts'

const ARN = 'arn:aws:cloudfront::111122223333:distribution/E1'

function grant(statement: Partial<Statement>): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*', ...statement },
    ],
  }
}

function when(operator: string, key: string, value: string | readonly string[]): Partial<Statement> {
  return { Condition: { [operator]: { [key]: value } } }
}

const CASES: readonly (readonly [name: string, statement: Partial<Statement>, isPublic: boolean])[] = [
  ['everybody', {}, true],
  ['everybody in a list', { Principal: { AWS: ['*'] } }, true],
  ['everybody beside somebody', { Principal: { AWS: ['111122223333', '*'] } }, true],
  ['everybody but one', { Principal: undefined, NotPrincipal: { AWS: '111122223333' } }, true],
  ['an account', { Principal: { AWS: '111122223333' } }, false],
  ['a role', { Principal: { AWS: 'arn:aws:iam::111122223333:role/r' } }, false],
  ['a service', { Principal: { Service: 'cloudfront.amazonaws.com' } }, false],
  [
    'a service for one distribution',
    { Principal: { Service: 'cloudfront.amazonaws.com' }, ...when('StringEquals', 'AWS:SourceArn', ARN) },
    false,
  ],
  ['everybody, denied', { Effect: 'Deny' }, false],
  ['a fixed aws:SourceArn', when('StringEquals', 'aws:SourceArn', ARN), false],
  ['a fixed aws:SourceArn by pattern operator', when('ArnLike', 'aws:SourceArn', ARN), false],
  [
    'an aws:SourceArn with a wildcard',
    when('ArnLike', 'aws:SourceArn', 'arn:aws:cloudfront::111122223333:distribution/*'),
    true,
  ],
  ['a fixed aws:SourceAccount', when('StringEquals', 'aws:SourceAccount', '111122223333'), false],
  ['a list of fixed accounts', when('StringEquals', 'aws:SourceAccount', ['111122223333', '444455556666']), false],
  ['a list with one wildcard', when('StringLike', 'aws:SourceAccount', ['111122223333', '4*']), true],
  ['an empty list', when('StringEquals', 'aws:SourceAccount', []), true],
  ['a fixed aws:SourceVpc', when('StringEquals', 'aws:SourceVpc', 'vpc-91237329'), false],
  ['an aws:SourceVpc with a wildcard', when('StringLike', 'aws:SourceVpc', 'vpc-*'), true],
  ['a variable', when('StringEquals', 'aws:SourceVpc', '${aws:PrincipalTag/vpc}'), true],
  ['an organisation', when('StringEquals', 'aws:PrincipalOrgID', 'o-1234567890'), false],
  ['a key that limits nothing', when('StringEquals', 'aws:Referer', 'https://example.com'), true],
  ['a negated operator', when('StringNotEquals', 'aws:SourceAccount', '111122223333'), true],
  ['an IfExists', when('StringEqualsIfExists', 'aws:SourceAccount', '111122223333'), true],
  ['a ForAllValues', when('ForAllValues:StringEquals', 'aws:SourceAccount', '111122223333'), true],
  ['an address', when('IpAddress', 'aws:SourceIp', '198.51.100.7'), false],
  ['a /8', when('IpAddress', 'aws:SourceIp', '11.0.0.0/8'), false],
  ['a /1', when('IpAddress', 'aws:SourceIp', '0.0.0.0/1'), true],
  ['a /7', when('IpAddress', 'aws:SourceIp', ['198.51.100.0/24', '2.0.0.0/7']), true],
  ['an IPv6 /32', when('IpAddress', 'aws:SourceIp', '2001:db8::/32'), false],
  ['an IPv6 /31', when('IpAddress', 'aws:SourceIp', '2001:db8::/31'), true],
  [
    'any access point of an account',
    when('ArnLike', 's3:DataAccessPointArn', 'arn:aws:s3:us-west-2:123456789012:accesspoint/*'),
    false,
  ],
  ['any access point at all', when('ArnLike', 's3:DataAccessPointArn', 'arn:aws:s3:us-west-2:*:accesspoint/*'), true],
]

describe('isPublicPolicy', () => {
  it.each(CASES)('isPublicPolicy() judges a grant to or under %s', (_name, statement, isPublic) => {
    expect(isPublicPolicy(grant(statement))).toBe(isPublic)
  })

  it('isPublicPolicy() is true as soon as one of several grants is public', () => {
    const fixed = grant({ Principal: { AWS: '111122223333' } }).Statement as readonly Statement[]
    const everybody = grant({}).Statement as readonly Statement[]
    expect(isPublicPolicy({ Statement: [...fixed, ...everybody] })).toBe(true)
    expect(isPublicPolicy({ Statement: fixed })).toBe(false)
  })
})
