import { ListConflictingAliasesCommand } from '@aws-sdk/client-cloudfront'
import { expect, test } from 'vitest'
import { STRANGER, createDistribution, createWebScene } from './web-scene.test.setup.ts'

test('ListConflictingAliases names other distributions, half hidden', async () => {
  const scene = createWebScene()
  const foreign = await createDistribution(scene.clientsOf(STRANGER), {
    Aliases: { Quantity: 1, Items: ['a.example.com'] },
    ViewerCertificate: { IAMCertificateId: 'x', SSLSupportMethod: 'sni-only' },
  })
  const { Id: DistributionId } = (await createDistribution(scene)).distribution
  const command = new ListConflictingAliasesCommand({ Alias: '*.example.com', DistributionId })
  const { ConflictingAliasesList } = await scene.cloudfront.send(command)
  expect(ConflictingAliasesList?.Items).toEqual([
    {
      Alias: 'a.example.com',
      DistributionId: `*******${foreign.distribution.Id.slice(-7)}`,
      AccountId: '******887777',
    },
  ])
})
