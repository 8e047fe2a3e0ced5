// Away again: refused while something needs it, and then nothing is left but what
// was there before.
import { describe, expect, it } from 'vitest'
import type { Hosting, Journey } from './world.ts'
import { bootstrapped, createJourney } from './world.ts'
import { remembered, worldDifferences } from './world-difference.ts'

const ways: readonly Hosting[] = ['domain', 'cloudfront', 's3']

describe.each(ways)('destroy with hosting %s', (hosting) => {
  it('leaves nothing behind but what was there before', async () => {
    const before = createJourney(hosting).sandbox.dump()
    const journey = createJourney(hosting)
    await journey.bootstrap()
    const result = await journey.destroy()
    expect(result.state).toBe('gone')
    expect(worldDifferences(journey.sandbox.dump(), before, remembered)).toEqual([])
  })

  it('takes the provider away before the name', async () => {
    const journey = await bootstrapped(hosting)
    journey.sandbox.requests.clear()
    await journey.destroy()
    const order = journey.sandbox.requests.entries
      .filter(({ access, status }) => access === 'write' && status < 300)
      .map(({ operation }) => operation)
    const provider = order.indexOf('DeleteOpenIDConnectProvider')
    const names = [
      'ChangeResourceRecordSets',
      'UpdateDistribution',
      'DeleteDistribution',
      'DeleteBucketPolicy',
      'DeleteBucket',
    ]
    expect(provider).toBeGreaterThan(-1)
    for (const name of names) if (order.includes(name)) expect(order.indexOf(name)).toBeGreaterThan(provider)
    expect(order.indexOf('DeleteBucket')).toBeGreaterThan(order.indexOf('DeleteDistribution'))
  })
})

describe('destroy', () => {
  it('refuses while protection is on, and sends no write', async () => {
    const journey = createJourney('s3', { isProtected: true })
    await journey.bootstrap()
    journey.sandbox.requests.clear()
    const result = await journey.destroy()
    expect(result).toMatchObject({ state: 'refused', refusals: [{ code: 'deletion-protected' }] })
    expect(journey.sandbox.requests.entries.filter(({ access }) => access === 'write')).toEqual([])
  })

  it('refuses while a role trusts the issuer, unless the role is named', async () => {
    const journey = createJourney('s3')
    const { outputs } = await journey.bootstrap()
    createTrustingRole(journey, 'my-app', outputs?.oidcProviderArn ?? '')
    const refused = await journey.destroy()
    expect(refused).toMatchObject({ state: 'refused', refusals: [{ code: 'role-still-trusts' }] })
    expect(refused.refusals[0]?.message).toContain('"my-app"')
    const done = await journey.destroy({ confirm: 'prod', 'abandon-role': ['my-app'] })
    expect(done.state).toBe('gone')
  })

  it('wants the name', async () => {
    const journey = createJourney('s3')
    await expect(journey.destroy({ confirm: 'other' })).rejects.toMatchObject({ findings: [{ code: 'not-confirmed' }] })
    expect(journey.sandbox.requests.entries).toEqual([])
  })

  it('empties and keeps a bucket whose name anybody could take, unless told to release it', async () => {
    const issuer = '  hosting: s3\n  bucket: my-own-name\n'
    const journey = createJourney('s3', { issuer })
    await journey.bootstrap()
    const kept = await journey.destroy()
    expect(kept.state).toBe('gone')
    expect(kept.plan.kept).toMatchObject([{ resource: 'bucket/my-own-name' }])
    expect(journey.sandbox.world.aws.s3.buckets['aws/my-own-name']?.objects).toEqual({})
    const released = await journey.destroy({ confirm: 'prod', 'release-name': true })
    expect(released.state).toBe('gone')
    expect(journey.sandbox.world.aws.s3.buckets).toEqual({})
  })
})

function createTrustingRole(journey: Journey, name: string, providerArn: string): void {
  const iam = journey.sandbox.world.aws.iam[journey.account]
  if (iam === undefined) throw new Error('no such account')
  iam.roles[name] = {
    arn: `arn:aws:iam::${journey.account}:role/${name}`,
    id: 'AROAEXAMPLE',
    settings: {
      name,
      path: '/',
      maxSessionDuration: 3600,
      tags: {},
      inlinePolicies: {},
      attachedPolicies: [],
      trustPolicy: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Principal: { Federated: providerArn }, Action: 'sts:AssumeRoleWithWebIdentity' },
      }),
    },
    createdAt: 0,
  }
}
