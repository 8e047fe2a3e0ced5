import { describe, expect, test } from 'vitest'
import {
  createNetworkFence,
  evaluateTrustPolicy,
  type NetworkFenceOptions,
  parsePolicy,
  TrustPolicyError,
} from './index.ts'

const providerArn = 'arn:aws:iam::111122223333:oidc-provider/oidc.example.com'
const inside: NetworkFenceOptions = {
  cidrs: ['203.0.113.7', '198.51.100.0/24', '2001:db8:42::/48'],
  vpcs: ['vpc-0a1b2c3d', 'vpc-0123456789abcdef0'],
  vpcEndpoints: ['vpce-0a1b2c3d'],
}

/** Whether a request is denied: the fence beside a statement that allows everything. */
function isDenied(options: NetworkFenceOptions, context: Readonly<Record<string, string>>): boolean {
  const [{ Resource: _resource, ...denial }] = createNetworkFence(options).Statement
  const allowed = { Effect: 'Allow', Principal: '*', Action: '*' }
  const policy = { Version: '2012-10-17', Statement: [allowed, { ...denial, Principal: '*' }] }
  const request = { providerArn, claims: { sub: 's', aud: 'a' }, action: 's3:GetObject', context }
  return evaluateTrustPolicy(policy, request).decision !== 'allow'
}

function problemsOf(options: unknown): string[] {
  try {
    createNetworkFence(options as NetworkFenceOptions)
  } catch (error) {
    if (error instanceof TrustPolicyError) return error.problems.map(({ code, path }) => `${code} ${path}`)
    throw error
  }
  return []
}

describe('createNetworkFence()', () => {
  test.for<[boolean, Readonly<Record<string, string>>]>([
    [false, { 'aws:SourceIp': '203.0.113.7', 'aws:ViaAWSService': 'false' }],
    [true, { 'aws:SourceIp': '203.0.113.8', 'aws:ViaAWSService': 'false' }],
    [false, { 'aws:SourceIp': '198.51.100.255', 'aws:ViaAWSService': 'false' }],
    [false, { 'aws:SourceIp': '2001:db8:42:1::7', 'aws:ViaAWSService': 'false' }],
    [true, { 'aws:SourceIp': '2001:db8:43::7', 'aws:ViaAWSService': 'false' }],
    [false, { 'aws:SourceVpc': 'vpc-0a1b2c3d', 'aws:SourceVpce': 'vpce-1', 'aws:ViaAWSService': 'false' }],
    [true, { 'aws:SourceVpc': 'vpc-ffffffff', 'aws:SourceVpce': 'vpce-1', 'aws:ViaAWSService': 'false' }],
    [false, { 'aws:SourceVpc': 'vpc-ffffffff', 'aws:SourceVpce': 'vpce-0a1b2c3d', 'aws:ViaAWSService': 'false' }],
    [false, { 'aws:SourceIp': '192.0.2.1', 'aws:ViaAWSService': 'true' }],
    [true, { 'aws:SourceIp': '192.0.2.1' }],
    [true, {}],
  ])('denies %j a request from %j', ([denied, context]) => {
    expect(isDenied(inside, context)).toBe(denied)
  })

  test.for<[NetworkFenceOptions, boolean, Readonly<Record<string, string>>]>([
    [{ cidrs: ['203.0.113.7'] }, true, { 'aws:SourceVpc': 'vpc-0a1b2c3d', 'aws:ViaAWSService': 'false' }],
    [{ cidrs: ['203.0.113.7'] }, true, { 'aws:SourceIp': '2001:db8::1', 'aws:ViaAWSService': 'false' }],
    [{ vpcs: ['vpc-0a1b2c3d'] }, true, { 'aws:SourceIp': '203.0.113.7', 'aws:ViaAWSService': 'false' }],
    [{ vpcEndpoints: ['vpce-0a1b2c3d'] }, false, { 'aws:SourceVpce': 'vpce-0a1b2c3d', 'aws:ViaAWSService': 'false' }],
    [
      { cidrs: ['203.0.113.7'], awsServicesOnBehalf: false },
      true,
      { 'aws:SourceIp': '192.0.2.1', 'aws:ViaAWSService': 'true' },
    ],
    [
      { cidrs: ['203.0.113.7'], awsServicesOnBehalf: false },
      false,
      { 'aws:SourceIp': '203.0.113.7', 'aws:ViaAWSService': 'true' },
    ],
  ])('with %j denies %j from %j', ([options, denied, context]) => {
    expect(isDenied(options, context)).toBe(denied)
  })

  test('is a policy with the shortest conditions that say it', () => {
    const fence = createNetworkFence({ cidrs: ['203.0.113.7', '203.0.113.7/32', '2001:db8::1'] })
    expect(parsePolicy(JSON.stringify(fence))).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'NetworkFence',
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: {
            NotIpAddress: { 'aws:SourceIp': ['203.0.113.7/32', '2001:db8::1/128'] },
            BoolIfExists: { 'aws:ViaAWSService': 'false' },
          },
        },
      ],
    })
  })

  test('leaves out what was not asked for', () => {
    const conditions = (options: NetworkFenceOptions): unknown => createNetworkFence(options).Statement[0].Condition
    const viaService = { BoolIfExists: { 'aws:ViaAWSService': 'false' } }
    expect(conditions({ vpcs: ['vpc-0a1b2c3d'] })).toEqual({
      StringNotEquals: { 'aws:SourceVpc': 'vpc-0a1b2c3d' },
      ...viaService,
    })
    expect(conditions({ vpcEndpoints: ['vpce-0a1b2c3d'], awsServicesOnBehalf: false })).toEqual({
      StringNotEquals: { 'aws:SourceVpce': 'vpce-0a1b2c3d' },
    })
    expect(conditions({ cidrs: ['8.0.0.0/8', '2600::/16'] })).toEqual({
      NotIpAddress: { 'aws:SourceIp': ['8.0.0.0/8', '2600::/16'] },
      ...viaService,
    })
  })

  test.for<[string, unknown]>([
    ['', {}],
    ['', null],
    ['', { cidrs: [], vpcs: [] }],
    ['', { awsServicesOnBehalf: true }],
    ['/cidrs/0', { cidrs: ['0.0.0.0/0'] }],
    ['/cidrs/1', { cidrs: ['203.0.113.7', '::/0'] }],
    ['/cidrs/0', { cidrs: ['128.0.0.0/1'] }],
    ['/cidrs/0', { cidrs: ['2000::/3'] }],
    ['/cidrs/0', { cidrs: ['10.1.0.0/16'] }],
    ['/cidrs/0', { cidrs: ['172.31.0.0/20'] }],
    ['/cidrs/0', { cidrs: ['192.168.1.1'] }],
    ['/cidrs/0', { cidrs: ['100.64.0.0/10'] }],
    ['/cidrs/0', { cidrs: ['fd00::/16'] }],
    ['/cidrs/0', { cidrs: ['::1'] }],
    ['/cidrs/0', { cidrs: ['203.0.113.7/24'] }],
    ['/cidrs/0', { cidrs: ['203.0.113'] }],
    ['/cidrs/0', { cidrs: ['oidc.example.com'] }],
    ['/vpcs/0', { vpcs: ['vpc-1'] }],
    ['/vpcs/0', { vpcs: ['vpce-0a1b2c3d'] }],
    ['/vpcs/0', { vpcs: ['*'] }],
    ['/vpcEndpoints/0', { vpcEndpoints: ['vpc-0a1b2c3d'] }],
    ['/limitCharacters', { cidrs: ['203.0.113.7'], limitCharacters: 10_241 }],
    ['/limitCharacters', { cidrs: ['203.0.113.7'], limitCharacters: 0 }],
    ['/limitCharacters', { cidrs: ['203.0.113.7'], limitCharacters: 300.5 }],
    ['/cidrs/0', { cidrs: ['8.0.0.0/7'] }],
    ['/cidrs/0', { cidrs: ['2600::/15'] }],
  ])('refuses at %j: %j', ([path, options]) => {
    expect(problemsOf(options)).toEqual([`fence-invalid ${path}`])
  })

  test('reports every problem at once', () => {
    expect(problemsOf({ cidrs: ['x', 7], vpcs: 'vpc-0a1b2c3d', vpcEndpoints: [null] })).toEqual([
      'fence-invalid /cidrs/0',
      'fence-invalid /cidrs/1',
      'fence-invalid /vpcs',
      'fence-invalid /vpcEndpoints/0',
    ])
  })

  test('refuses what is longer than the quota', () => {
    const cidrs = Array.from(
      { length: 400 },
      (_, index) => `8.238.${100 + Math.floor(index / 100)}.${100 + (index % 100)}`,
    )
    expect(problemsOf({ cidrs })).toEqual(['policy-too-large '])
    const { length } = JSON.stringify(createNetworkFence({ cidrs, limitCharacters: 10_240 }))
    expect(problemsOf({ cidrs, limitCharacters: length })).toEqual([])
    expect(problemsOf({ cidrs, limitCharacters: length - 1 })).toEqual(['policy-too-large '])
    expect(problemsOf({ cidrs: ['203.0.113.7'], limitCharacters: 1 })).toEqual(['policy-too-large '])
  })
})
