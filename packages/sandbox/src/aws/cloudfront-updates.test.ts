import type { DistributionConfig } from '@aws-sdk/client-cloudfront'
import { UpdateDistributionCommand } from '@aws-sdk/client-cloudfront'
import { describe, expect, test } from 'vitest'
import {
  BUCKET_ORIGIN,
  MINIMAL_CONFIG,
  createDistribution,
  createWebScene,
  readConfig,
  refusalOf,
} from './web-scene.test.setup.ts'

type Change = (config: DistributionConfig) => DistributionConfig

function without(name: keyof DistributionConfig): Change {
  return (config) => ({ ...config, [name]: undefined })
}

function behaviorWithout(name: string): Change {
  return (config) => {
    const DefaultCacheBehavior = { ...config.DefaultCacheBehavior, [name]: undefined }
    return { ...config, DefaultCacheBehavior: DefaultCacheBehavior as DistributionConfig['DefaultCacheBehavior'] }
  }
}

const REFUSALS: readonly (readonly [what: string, change: Change, code: string, text: RegExp])[] = [
  [
    'another caller reference',
    (config) => ({ ...config, CallerReference: 'second' }),
    'IllegalUpdate',
    /CallerReference/,
  ],
  ['no aliases', without('Aliases'), 'IllegalUpdate', /^Aliases are missing for the resource$/],
  ['no root object', without('DefaultRootObject'), 'IllegalUpdate', /DefaultRootObject/],
  ['no behaviors', without('CacheBehaviors'), 'IllegalUpdate', /CacheBehaviors/],
  ['no errors', without('CustomErrorResponses'), 'IllegalUpdate', /CustomErrorResponses/],
  ['no logging', without('Logging'), 'IllegalUpdate', /Logging/],
  ['no price class', without('PriceClass'), 'IllegalUpdate', /PriceClass/],
  ['no certificate', without('ViewerCertificate'), 'IllegalUpdate', /ViewerCertificate/],
  ['no restrictions', without('Restrictions'), 'IllegalUpdate', /Restrictions/],
  ['no firewall', without('WebACLId'), 'IllegalUpdate', /^WebACLId is missing for the resource$/],
  ['no HTTP version', without('HttpVersion'), 'IllegalUpdate', /HttpVersion/],
  [
    'no custom headers',
    (config) => ({ ...config, Origins: { Quantity: 1, Items: [BUCKET_ORIGIN] } }),
    'IllegalUpdate',
    /^The 'OriginCustomHeaders' field is missing$/,
  ],
  [
    'no smooth streaming',
    behaviorWithout('SmoothStreaming'),
    'InvalidArgument',
    /^The parameter SmoothStreaming flag is missing$/,
  ],
  ['no allowed methods', behaviorWithout('AllowedMethods'), 'InvalidArgument', /AllowedMethods/],
  ['what a create refuses too', (config) => ({ ...config, Comment: 'x'.repeat(129) }), 'InvalidArgument', /Comment/],
]

describe('UpdateDistribution', () => {
  test.each(REFUSALS)('refuses %s', async (_, change, name, text) => {
    const scene = createWebScene()
    const { distribution, etag } = await createDistribution(scene)
    const { Id } = distribution
    const DistributionConfig = change(await readConfig(scene, Id))
    const before = structuredClone(scene.sandbox.world.aws)
    const refusal = await refusalOf(
      scene.cloudfront.send(new UpdateDistributionCommand({ Id, IfMatch: etag, DistributionConfig })),
    )
    expect(refusal).toMatchObject({ name, $metadata: { httpStatusCode: 400 } })
    expect(refusal.message).toMatch(text)
    expect(scene.sandbox.world.aws).toEqual(before)
  })

  test.each([
    ['no version', undefined, 'InvalidIfMatchVersion', 400],
    ['what is no version', 'latest', 'InvalidIfMatchVersion', 400],
    ['another version', 'E0000000000000', 'PreconditionFailed', 412],
  ])('refuses %s', async (_, IfMatch, name, httpStatusCode) => {
    const scene = createWebScene()
    const { Id } = (await createDistribution(scene)).distribution
    const DistributionConfig = await readConfig(scene, Id)
    const refusal = await refusalOf(
      scene.cloudfront.send(new UpdateDistributionCommand({ Id, IfMatch, DistributionConfig })),
    )
    expect(refusal).toMatchObject({ name, $metadata: { httpStatusCode } })
  })

  test('refuses the version before, also after a change to the same', async () => {
    const scene = createWebScene()
    const { distribution, etag } = await createDistribution(scene)
    const { Id } = distribution
    const DistributionConfig = await readConfig(scene, Id)
    const update = (IfMatch: string): Promise<{ ETag?: string }> =>
      scene.cloudfront.send(new UpdateDistributionCommand({ Id, IfMatch, DistributionConfig }))
    const { ETag } = await update(etag)
    expect(ETag).not.toBe(etag)
    expect(await refusalOf(update(etag))).toMatchObject({ name: 'PreconditionFailed' })
  })

  test('of what is not there is NoSuchDistribution', async () => {
    const { cloudfront } = createWebScene()
    const update = new UpdateDistributionCommand({ Id: 'ENONE', IfMatch: 'E1', DistributionConfig: MINIMAL_CONFIG })
    expect(await refusalOf(cloudfront.send(update))).toMatchObject({
      name: 'NoSuchDistribution',
      $metadata: { httpStatusCode: 404 },
    })
  })
})
