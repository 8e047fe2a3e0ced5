import type { DistributionConfig, Origin } from '@aws-sdk/client-cloudfront'
import { describe, expect, test } from 'vitest'
import {
  BUCKET_ORIGIN,
  MINIMAL_CONFIG,
  STRANGER,
  createControl,
  createDistribution,
  createWebScene,
  forwardNothing,
  outcomeOf,
  refusalOf,
} from './web-scene.test.setup.ts'

/** An access control of the account, and one of a stranger. */
interface Controls {
  readonly own: string
  readonly foreign: string
}

type Change = (controls: Controls) => Partial<DistributionConfig>

const WEB = { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'https-only' } as const
const IDENTITY = { OriginAccessIdentity: 'origin-access-identity/cloudfront/E1' }

function withOrigin(origin: Partial<Origin>): Partial<DistributionConfig> {
  return { Origins: { Quantity: 1, Items: [{ ...BUCKET_ORIGIN, ...origin }] } }
}

function withBehavior(members: object): Partial<DistributionConfig> {
  const DefaultCacheBehavior = { ...MINIMAL_CONFIG.DefaultCacheBehavior, ...members }
  return { DefaultCacheBehavior: DefaultCacheBehavior as DistributionConfig['DefaultCacheBehavior'] }
}

function withLifetimes(ttls: object): Partial<DistributionConfig> {
  return withBehavior({ CachePolicyId: undefined, ForwardedValues: forwardNothing(), ...ttls })
}

const REFUSALS: readonly (readonly [what: string, change: Change, code: string, status: number, text: RegExp])[] = [
  ['an empty caller reference', () => ({ CallerReference: '' }), 'InvalidArgument', 400, /CallerReference/],
  ['a comment of 129 characters', () => ({ Comment: 'x'.repeat(129) }), 'InvalidArgument', 400, /Comment/],
  ['an unknown price class', () => ({ PriceClass: 'PriceClass_300' as 'None' }), 'InvalidArgument', 400, /PriceClass/],
  ['an unknown HTTP version', () => ({ HttpVersion: 'http9' as 'http2' }), 'InvalidArgument', 400, /HttpVersion/],
  ['a root object with a slash', () => ({ DefaultRootObject: '/x' }), 'InvalidDefaultRootObject', 400, /root object/],
  ['no origin', () => ({ Origins: { Quantity: 0, Items: [] } }), 'InvalidArgument', 400, /Origins/],
  [
    'two origins of one id',
    () => ({ Origins: { Quantity: 2, Items: [BUCKET_ORIGIN, BUCKET_ORIGIN] } }),
    'InvalidArgument',
    400,
    /Id/,
  ],
  [
    'a quantity that is not the number of items',
    () => ({ Origins: { Quantity: 2, Items: [BUCKET_ORIGIN] } }),
    'InconsistentQuantities',
    400,
    /Quantity/,
  ],
  ['a quantity without items', () => ({ Aliases: { Quantity: 1 } }), 'InconsistentQuantities', 400, /Quantity/],
  ['a missing member', () => ({ Comment: undefined }), 'MalformedXML', 400, /DistributionConfig\.Comment/],
  [
    'a number that is none',
    () => withOrigin({ ConnectionAttempts: 'many' as unknown as number }),
    'MalformedXML',
    400,
    /"many"/,
  ],
  ['an origin of two kinds', () => withOrigin({ CustomOriginConfig: WEB }), 'InvalidArgument', 400, /Exactly one/],
  ['an origin of no kind', () => withOrigin({ S3OriginConfig: undefined }), 'InvalidArgument', 400, /Exactly one/],
  ['an origin path with a final slash', () => withOrigin({ OriginPath: '/a/' }), 'InvalidArgument', 400, /Path/],
  [
    'a bucket that is none',
    () => withOrigin({ DomainName: 'www.example.com' }),
    'InvalidArgument',
    400,
    /does not refer to a valid S3 bucket/,
  ],
  [
    'an access control that is not there',
    () => withOrigin({ OriginAccessControlId: 'E0' }),
    'InvalidOriginAccessControl',
    400,
    /not valid/,
  ],
  [
    'an access control of a stranger',
    ({ foreign }) => withOrigin({ OriginAccessControlId: foreign }),
    'InvalidOriginAccessControl',
    400,
    /not valid/,
  ],
  [
    'an access control and an identity',
    ({ own }) => withOrigin({ OriginAccessControlId: own, S3OriginConfig: IDENTITY }),
    'IllegalOriginAccessConfiguration',
    400,
    /both/,
  ],
  [
    'an identity that is not there',
    () => withOrigin({ S3OriginConfig: IDENTITY }),
    'InvalidOriginAccessIdentity',
    400,
    /identity/,
  ],
  [
    'an access control for buckets on another origin',
    ({ own }) =>
      withOrigin({
        OriginAccessControlId: own,
        DomainName: 'www.example.com',
        S3OriginConfig: undefined,
        CustomOriginConfig: WEB,
      }),
    'InvalidDomainNameForOriginAccessControl',
    400,
    /domain name/,
  ],
  ['a behavior with another origin', () => withBehavior({ TargetOriginId: 'x' }), 'NoSuchOrigin', 404, /origin/],
  [
    'an unknown viewer protocol',
    () => withBehavior({ ViewerProtocolPolicy: 'none' }),
    'InvalidArgument',
    400,
    /ViewerProtocolPolicy/,
  ],
  [
    'a cache policy that is not there',
    () => withBehavior({ CachePolicyId: 'none' }),
    'NoSuchCachePolicy',
    404,
    /cache policy/,
  ],
  [
    'lifetimes beside a cache policy',
    () => withBehavior({ MinTTL: 60 }),
    'InvalidArgument',
    400,
    /^The parameter MinTTL cannot be used when a cache policy is associated to the cache behavior\.$/,
  ],
  [
    'neither cache policy nor forwarded values',
    () => withBehavior({ CachePolicyId: undefined }),
    'InvalidArgument',
    400,
    /ForwardedValues/,
  ],
  [
    'lifetimes in the wrong order',
    () => withLifetimes({ MinTTL: 5, DefaultTTL: 4, MaxTTL: 6 }),
    'InvalidTTLOrder',
    400,
    /^MinTTL, MaxTTL and DefaultTTL/,
  ],
  ['a least lifetime over the default one', () => withLifetimes({ MinTTL: 86_401 }), 'InvalidTTLOrder', 400, /order/],
]

describe('CreateDistribution', () => {
  test.each(REFUSALS)('refuses %s', async (_, change, name, httpStatusCode, text) => {
    const scene = createWebScene()
    const controls = { own: await createControl(scene), foreign: await createControl(scene.clientsOf(STRANGER)) }
    const before = structuredClone(scene.sandbox.world.aws)
    const refusal = await refusalOf(createDistribution(scene, change(controls)))
    expect(refusal).toMatchObject({ name, $metadata: { httpStatusCode } })
    expect(refusal.message).toMatch(text)
    expect(scene.sandbox.world.aws).toEqual(before)
  })

  const ACCEPTED: readonly (readonly [string, Change])[] = [
    ['the plainest', () => ({})],
    ['128 characters of comment', () => ({ Comment: 'x'.repeat(128) })],
    ['an access control', ({ own }) => withOrigin({ OriginAccessControlId: own })],
    ['lifetimes in order', () => withLifetimes({ MinTTL: 60, DefaultTTL: 3600, MaxTTL: 86_400 })],
  ]
  test.each(ACCEPTED)('takes %s', async (_, change) => {
    const scene = createWebScene()
    const controls = { own: await createControl(scene), foreign: '' }
    expect(await outcomeOf(createDistribution(scene, change(controls)))).toBe('done')
  })
})
