import { DeleteCertificateCommand, ListCertificatesCommand } from '@aws-sdk/client-acm'
import type { CertificateSummary } from '@aws-sdk/client-acm'
import { DeleteDistributionCommand } from '@aws-sdk/client-cloudfront'
import { describe, expect, test } from 'vitest'
import type { Made, WebScene } from './web-scene.test.setup.ts'
import {
  ACCOUNT,
  HOUR_MS,
  STRANGER,
  createCertificate,
  createDistribution,
  createWebScene,
  createZone,
  describeCertificate,
  outcomeOf,
  refusalOf,
  requestCertificate,
  updateConfig,
} from './web-scene.test.setup.ts'

const HOST = 'oidc.example.com'

function remove({ acm }: Pick<WebScene, 'acm'>, CertificateArn: string): Promise<string> {
  return outcomeOf(acm.send(new DeleteCertificateCommand({ CertificateArn })))
}

describe('DeleteCertificate', () => {
  async function use(scene: WebScene): Promise<{ readonly arn: string; readonly made: Made }> {
    const arn = await createCertificate(scene, await createZone(scene), HOST)
    const ViewerCertificate = { ACMCertificateArn: arn, SSLSupportMethod: 'sni-only' } as const
    const made = await createDistribution(scene, { Aliases: { Quantity: 1, Items: [HOST] }, ViewerCertificate })
    scene.sandbox.clock.advance(HOUR_MS)
    return { arn, made }
  }

  test('takes one that nothing uses, once', async () => {
    const scene = createWebScene()
    const arn = await requestCertificate(scene.acm, HOST)
    expect([await remove(scene, arn), await remove(scene, arn)]).toEqual(['done', 'ResourceNotFoundException'])
    expect(await requestCertificate(scene.acm, HOST)).not.toBe(arn)
  })

  test('waits for the distribution, and some minutes more', async () => {
    const scene = createWebScene()
    const { arn, made } = await use(scene)
    const { Id, ARN } = made.distribution
    expect((await describeCertificate(scene.acm, arn)).InUseBy).toEqual([ARN])
    expect(await remove(scene, arn)).toBe('ResourceInUseException')
    const IfMatch = await updateConfig(scene, Id, { Enabled: false })
    scene.sandbox.clock.advance(HOUR_MS)
    await scene.cloudfront.send(new DeleteDistributionCommand({ Id, IfMatch }))
    scene.sandbox.clock.advance(119_999)
    expect((await describeCertificate(scene.acm, arn)).InUseBy).toEqual([ARN])
    expect(await remove(scene, arn)).toBe('ResourceInUseException')
    scene.sandbox.clock.advance(1)
    expect((await describeCertificate(scene.acm, arn)).InUseBy).toEqual([])
    expect(await remove(scene, arn)).toBe('done')
  })

  test('waits for a distribution that serves another certificate only soon', async () => {
    const scene = createWebScene()
    const { arn, made } = await use(scene)
    const second = await requestCertificate(scene.acm, HOST)
    scene.sandbox.clock.advance(HOUR_MS)
    const ViewerCertificate = { ACMCertificateArn: second, SSLSupportMethod: 'sni-only' } as const
    await updateConfig(scene, made.distribution.Id, { ViewerCertificate })
    scene.sandbox.clock.advance(299_999)
    expect(await remove(scene, arn)).toBe('ResourceInUseException')
    scene.sandbox.clock.advance(1)
    expect(await remove(scene, arn)).toBe('done')
    expect(await remove(scene, second)).toBe('ResourceInUseException')
  })

  test('goes by the tags of the certificate', async () => {
    const scene = createWebScene()
    const owned = await requestCertificate(scene.acm, HOST, { Tags: [{ Key: 'owner', Value: 'irsa' }] })
    const other = await requestCertificate(scene.acm, HOST)
    const statement = {
      Effect: 'Allow',
      Action: 'acm:DeleteCertificate',
      Resource: `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/*`,
      Condition: { StringEquals: { 'aws:ResourceTag/owner': 'irsa' } },
    } as const
    const limited = scene.clientsOf(ACCOUNT, [{ Statement: statement }])
    expect([await remove(limited, other), await remove(limited, owned)]).toEqual(['AccessDeniedException', 'done'])
  })
})

describe('DescribeCertificate', () => {
  test.each([
    ['what is no ARN', 'certificate/1', 'InvalidArnException'],
    ['what is not there', `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/none`, 'ResourceNotFoundException'],
  ])('of %s', async (_, arn, name) => {
    const refusal = await refusalOf(describeCertificate(createWebScene().acm, arn))
    expect(refusal).toMatchObject({ name, $metadata: { httpStatusCode: 400 } })
  })

  test('finds what is of the account and the region', async () => {
    const scene = createWebScene()
    const arn = await requestCertificate(scene.acm, HOST)
    expect(await outcomeOf(describeCertificate(scene.acm, arn))).toBe('done')
    expect(await outcomeOf(describeCertificate(scene.acmIn('eu-west-1'), arn))).toBe('ResourceNotFoundException')
    expect(await outcomeOf(describeCertificate(scene.clientsOf(STRANGER).acm, arn))).toBe('ResourceNotFoundException')
  })
})

describe('ListCertificates', () => {
  test('shows RSA of up to 2048 bits only, unless asked', async () => {
    const { acm, acmIn } = createWebScene()
    const rsa = await requestCertificate(acm, HOST)
    const ec = await requestCertificate(acm, HOST, { KeyAlgorithm: 'EC_prime256v1' })
    await requestCertificate(acm, HOST, { KeyAlgorithm: 'RSA_4096' })
    await requestCertificate(acmIn('eu-west-1'), HOST)
    const list = async (keyTypes?: 'EC_prime256v1'[]): Promise<unknown> => {
      const found = await acm.send(new ListCertificatesCommand({ ...(keyTypes && { Includes: { keyTypes } }) }))
      return found.CertificateSummaryList?.map(({ CertificateArn, KeyAlgorithm }) => [CertificateArn, KeyAlgorithm])
    }
    expect(await list()).toEqual([[rsa, 'RSA-2048']])
    expect(await list(['EC_prime256v1'])).toEqual([[ec, 'EC-prime256v1']])
  })

  test('goes by status and over pages', async () => {
    const scene = createWebScene()
    const zoneId = await createZone(scene)
    const issued = await createCertificate(scene, zoneId, HOST)
    for (const name of ['a', 'b', 'c', 'd']) await requestCertificate(scene.acm, `${name}.example.com`)
    const all: CertificateSummary[] = []
    let NextToken: string | undefined
    do {
      const page = await scene.acm.send(new ListCertificatesCommand({ MaxItems: 2, NextToken }))
      expect(page.CertificateSummaryList?.length).toBeLessThanOrEqual(2)
      all.push(...(page.CertificateSummaryList ?? []))
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    const expected = ['a', 'b', 'c', 'd', 'oidc'].map((name) => `${name}.example.com`)
    expect(new Set(all.map(({ DomainName }) => DomainName))).toEqual(new Set(expected))
    expect(all).toHaveLength(5)
    const { CertificateSummaryList } = await scene.acm.send(
      new ListCertificatesCommand({ CertificateStatuses: ['ISSUED'] }),
    )
    expect(CertificateSummaryList).toMatchObject([
      { CertificateArn: issued, DomainName: HOST, Status: 'ISSUED', InUse: false },
    ])
  })
})
