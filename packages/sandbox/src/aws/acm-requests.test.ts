import { describe, expect, test } from 'vitest'
import {
  ACCOUNT,
  HOUR_MS,
  createWebScene,
  describeCertificate,
  outcomeOf,
  refusalOf,
  requestCertificate,
} from './web-scene.test.setup.ts'
import type { PolicyDocument } from './policy.ts'

const HOST = 'oidc.example.com'

describe('RequestCertificate', () => {
  test('shows the record after some seconds', async () => {
    const { acm, sandbox } = createWebScene()
    const arn = await requestCertificate(acm, '*.Example.com', { SubjectAlternativeNames: ['example.com'] })
    expect(arn).toMatch(new RegExp(`^arn:aws:acm:us-east-1:${ACCOUNT}:certificate/[0-9a-f-]{36}$`))
    const early = await describeCertificate(acm, arn)
    expect(early).toMatchObject({
      CertificateArn: arn,
      DomainName: '*.example.com',
      SubjectAlternativeNames: ['*.example.com', 'example.com'],
      Status: 'PENDING_VALIDATION',
      KeyAlgorithm: 'RSA-2048',
      CreatedAt: new Date('2026-01-01T00:00:00Z'),
      InUseBy: [],
    })
    expect(early.DomainValidationOptions?.map(({ ResourceRecord }) => ResourceRecord)).toEqual([undefined, undefined])
    sandbox.clock.advance(5_000)
    const [wildcard, plain] = (await describeCertificate(acm, arn)).DomainValidationOptions ?? []
    expect(wildcard?.ResourceRecord).toEqual({
      Name: expect.stringMatching(/^_[0-9a-f]{32}\.example\.com\.$/) as string,
      Type: 'CNAME',
      Value: expect.stringMatching(/^_[0-9a-f]{32}\.[a-z0-9]{10}\.acm-validations\.aws\.$/) as string,
    })
    expect(plain?.ResourceRecord).toEqual(wildcard?.ResourceRecord)
  })

  test('asks for the same record for a domain in every region and request', async () => {
    const { acm, acmIn, sandbox } = createWebScene()
    const record = async (client: typeof acm, domain: string): Promise<unknown> => {
      const arn = await requestCertificate(client, domain)
      sandbox.clock.advance(5_000)
      return (await describeCertificate(client, arn)).DomainValidationOptions?.[0]?.ResourceRecord
    }
    const first = await record(acm, HOST)
    expect(await record(acm, HOST)).toEqual(first)
    expect(await record(acmIn('eu-west-1'), HOST)).toEqual(first)
    expect(await record(acm, 'other.example.com')).not.toEqual(first)
  })

  test.each([
    ['the same token', 'a', HOST, 0, true],
    ['another token', 'b', HOST, 0, false],
    ['the token for another domain', 'a', 'other.example.com', 0, false],
    ['the token just within the hour', 'a', HOST, HOUR_MS - 1, true],
    ['the token after an hour', 'a', HOST, HOUR_MS, false],
  ])('again with %s', async (_, IdempotencyToken, domain, laterMs, isSame) => {
    const { acm, sandbox } = createWebScene()
    const first = await requestCertificate(acm, HOST, { IdempotencyToken: 'a' })
    sandbox.clock.advance(laterMs)
    expect((await requestCertificate(acm, domain, { IdempotencyToken })) === first).toBe(isSame)
  })

  test.each([
    ['a name without a dot', { DomainName: 'localhost' }, 'ValidationException'],
    ['a name with a space', { DomainName: 'a b.example.com' }, 'ValidationException'],
    ['another name with a wildcard inside', { SubjectAlternativeNames: ['a.*.example.com'] }, 'ValidationException'],
    ['a token with a hyphen', { IdempotencyToken: 'a-b' }, 'ValidationException'],
    ['a token of 33 characters', { IdempotencyToken: 'a'.repeat(33) }, 'ValidationException'],
    ['an unknown method', { ValidationMethod: 'FAX' as 'DNS' }, 'ValidationException'],
    ['an unknown algorithm', { KeyAlgorithm: 'ROT13' as 'RSA_2048' }, 'ValidationException'],
    [
      'eleven names',
      { SubjectAlternativeNames: Array.from({ length: 10 }, (_, index) => `n${index}.example.com`) },
      'LimitExceededException',
    ],
    ['a tag of AWS', { Tags: [{ Key: 'aws:x', Value: '' }] }, 'InvalidTagException'],
    ['51 tags', { Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}` })) }, 'TooManyTagsException'],
  ])('refuses %s', async (_, input, name) => {
    const { acm, sandbox } = createWebScene()
    const refusal = await refusalOf(requestCertificate(acm, HOST, input))
    expect(refusal).toMatchObject({ name, $metadata: { httpStatusCode: 400 } })
    expect(sandbox.world.aws.acm.certificates).toEqual({})
  })

  const allow = (Action: string, Resource: string, Condition?: object): PolicyDocument =>
    ({ Statement: { Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) } }) as PolicyDocument
  const tag = allow('acm:AddTagsToCertificate', `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/*`)
  const request = allow('acm:RequestCertificate', '*')
  const requestForHost = allow('acm:RequestCertificate', '*', {
    'ForAllValues:StringLike': { 'acm:DomainNames': HOST },
  })
  const requestByDns = allow('acm:RequestCertificate', '*', { StringEquals: { 'acm:ValidationMethod': 'EMAIL' } })
  test.each([
    ['nothing', [], HOST, 'AccessDeniedException'],
    ['a request alone', [request], HOST, 'AccessDeniedException'],
    ['a request and tags', [request, tag], HOST, 'done'],
    ['a request for the host', [requestForHost, tag], HOST, 'done'],
    ['a request for another host', [requestForHost, tag], 'evil.example.com', 'AccessDeniedException'],
    ['a request by another method', [requestByDns, tag], HOST, 'AccessDeniedException'],
  ])('with the permissions for %s', async (_, policies, domain, outcome) => {
    const { acm } = createWebScene().clientsOf(ACCOUNT, policies)
    expect(await outcomeOf(requestCertificate(acm, domain, { Tags: [{ Key: 'owner', Value: 'irsa' }] }))).toBe(outcome)
  })
})
