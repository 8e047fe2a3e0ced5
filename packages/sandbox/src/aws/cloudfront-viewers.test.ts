import type { DistributionConfig } from '@aws-sdk/client-cloudfront'
import { describe, expect, test } from 'vitest'
import type { WebScene } from './web-scene.test.setup.ts'
import {
  ACCOUNT,
  STRANGER,
  createCertificate,
  createDistribution,
  createWebScene,
  createZone,
  outcomeOf,
  readConfig,
  refusalOf,
  requestCertificate,
  updateConfig,
} from './web-scene.test.setup.ts'

function withAlias(alias: string, certificate: object): Partial<DistributionConfig> {
  return {
    Aliases: { Quantity: 1, Items: [alias] },
    ViewerCertificate: { SSLSupportMethod: 'sni-only', ...certificate },
  }
}

/** A certificate of IAM: the sandbox takes any. */
const IAM = { IAMCertificateId: 'anything' }

/** Issued for `*.example.com`. */
async function wildcard(scene: WebScene, region: string = 'us-east-1'): Promise<object> {
  const zoneId = await createZone(scene)
  return { ACMCertificateArn: await createCertificate(scene, zoneId, '*.example.com', scene.acmIn(region)) }
}

type Case = readonly [
  what: string,
  config: (scene: WebScene) => Promise<Partial<DistributionConfig>> | Partial<DistributionConfig>,
]

const REFUSALS: readonly (readonly [...Case, code: string, text: RegExp])[] = [
  [
    'an alias without a certificate',
    () => ({ Aliases: { Quantity: 1, Items: ['a.example.com'] } }),
    'InvalidViewerCertificate',
    /must attach a trusted certificate/,
  ],
  [
    'a certificate that is not there',
    () => withAlias('a.example.com', { ACMCertificateArn: `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/x` }),
    'InvalidViewerCertificate',
    /doesn't exist/,
  ],
  [
    'a certificate that waits',
    async ({ acm }) =>
      withAlias('a.example.com', { ACMCertificateArn: await requestCertificate(acm, 'a.example.com') }),
    'InvalidViewerCertificate',
    /isn't valid/,
  ],
  [
    'a certificate of another region',
    async (scene) => withAlias('a.example.com', await wildcard(scene, 'eu-west-1')),
    'InvalidViewerCertificate',
    /us-east-1/,
  ],
  [
    'a certificate of a stranger',
    async (scene) => {
      const other = { ...scene, ...scene.clientsOf(STRANGER) }
      const zoneId = await createZone(other)
      return withAlias('a.example.com', { ACMCertificateArn: await createCertificate(other, zoneId, 'a.example.com') })
    },
    'InvalidViewerCertificate',
    /doesn't exist/,
  ],
  [
    'a certificate for other names',
    async (scene) => withAlias('a.example.org', await wildcard(scene)),
    'InvalidViewerCertificate',
    /doesn't cover/,
  ],
  [
    'a wildcard over two labels',
    async (scene) => withAlias('a.b.example.com', await wildcard(scene)),
    'InvalidViewerCertificate',
    /doesn't cover/,
  ],
  [
    'a wildcard over its own base',
    async (scene) => withAlias('example.com', await wildcard(scene)),
    'InvalidViewerCertificate',
    /doesn't cover/,
  ],
  [
    'two certificates',
    () => withAlias('a.example.com', { ...IAM, CloudFrontDefaultCertificate: true }),
    'InvalidViewerCertificate',
    /together/,
  ],
  [
    'no way of serving TLS',
    () => withAlias('a.example.com', { ...IAM, SSLSupportMethod: undefined }),
    'InvalidArgument',
    /SSLSupportMethod/,
  ],
  [
    'an unknown TLS version',
    () => withAlias('a.example.com', { ...IAM, MinimumProtocolVersion: 'TLSv9' }),
    'InvalidMinimumProtocolVersion',
    /protocol version/,
  ],
  ['an alias in upper case', () => withAlias('A.example.com', IAM), 'InvalidArgument', /CNAME/],
  ['an alias that is an address', () => withAlias('192.0.2.1', IAM), 'InvalidArgument', /CNAME/],
  [
    'more than 100 aliases',
    () => ({
      ...withAlias('x', IAM),
      Aliases: { Quantity: 101, Items: Array.from({ length: 101 }, (_, index) => `a${index}.example.com`) },
    }),
    'TooManyDistributionCNAMEs',
    /CNAMEs/,
  ],
]

const ACCEPTED: readonly Case[] = [
  ['a covered alias', async (scene) => withAlias('a.example.com', await wildcard(scene))],
  ['the wildcard as alias', async (scene) => withAlias('*.example.com', await wildcard(scene))],
  ['a certificate of IAM', () => withAlias('a.example.org', IAM)],
  ['the default certificate', () => ({ ViewerCertificate: { CloudFrontDefaultCertificate: true } })],
]

describe('CreateDistribution', () => {
  test.each(REFUSALS)('refuses %s', async (_, config, name, text) => {
    const scene = createWebScene()
    const refusal = await refusalOf(createDistribution(scene, await config(scene)))
    expect(refusal).toMatchObject({ name, $metadata: { httpStatusCode: 400 } })
    expect(refusal.message).toMatch(text)
    expect(scene.sandbox.world.aws.cloudfront.distributions).toEqual({})
  })

  test.each(ACCEPTED)('takes %s', async (_, config) => {
    const scene = createWebScene()
    expect(await outcomeOf(createDistribution(scene, await config(scene)))).toBe('done')
  })

  test('takes no certificate of ACM in China', async () => {
    const scene = createWebScene('aws-cn')
    const zoneId = await createZone(scene)
    const ACMCertificateArn = await createCertificate(scene, zoneId, 'a.example.com')
    expect(await outcomeOf(createDistribution(scene, withAlias('a.example.com', { ACMCertificateArn })))).toBe(
      'InvalidViewerCertificate',
    )
    expect(await outcomeOf(createDistribution(scene, withAlias('a.example.com', IAM)))).toBe('done')
  })
})

describe('an alias', () => {
  test.each([
    ['the same in one account', ACCOUNT, 'a.example.com', 'a.example.com', 'CNAMEAlreadyExists'],
    ['the same in two accounts', STRANGER, 'a.example.com', 'a.example.com', 'CNAMEAlreadyExists'],
    ['a wildcard over it in one account', ACCOUNT, 'a.example.com', '*.example.com', 'done'],
    ['a wildcard over it in two accounts', STRANGER, 'a.example.com', '*.example.com', 'CNAMEAlreadyExists'],
    ['below a wildcard in two accounts', STRANGER, '*.example.com', 'a.example.com', 'CNAMEAlreadyExists'],
    ['a sibling in two accounts', STRANGER, 'a.example.com', 'b.example.com', 'done'],
  ])('beside %s', async (_, account, first, second, outcome) => {
    const scene = createWebScene()
    await createDistribution(scene, withAlias(first, IAM))
    const config = { CallerReference: 'second', ...withAlias(second, IAM) }
    expect(await outcomeOf(createDistribution(scene.clientsOf(account), config))).toBe(outcome)
  })

  test('may stay on an update, and not be taken by it', async () => {
    const scene = createWebScene()
    await createDistribution(scene, withAlias('a.example.com', IAM))
    const { distribution } = await createDistribution(scene, {
      CallerReference: 'second',
      ...withAlias('b.example.com', IAM),
    })
    const { Id } = distribution
    await updateConfig(scene, Id, { Comment: 'other' })
    const refusal = await refusalOf(updateConfig(scene, Id, { Aliases: { Quantity: 1, Items: ['a.example.com'] } }))
    expect(refusal).toMatchObject({ name: 'CNAMEAlreadyExists', $metadata: { httpStatusCode: 409 } })
    expect((await readConfig(scene, Id)).Aliases).toEqual({ Quantity: 1, Items: ['b.example.com'] })
  })
})
