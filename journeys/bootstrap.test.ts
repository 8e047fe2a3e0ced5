// From nothing to a token that AWS accepts, in every way of hosting; and once more,
// with nothing left to do.
import { describe, expect, it } from 'vitest'
import type { Hosting } from './world.ts'
import { createJourney } from './world.ts'

const ways: readonly Hosting[] = ['domain', 'cloudfront', 's3']

describe.each(ways)('bootstrap with hosting %s', (hosting) => {
  it('ends waiting for the control plane, then working, and then has nothing to do', async () => {
    const journey = createJourney(hosting)
    const first = await journey.bootstrap()
    expect(first.state).toBe('waiting for the control plane')
    journey.configureControlPlane(first)
    journey.sandbox.clock.advance(60_000)

    journey.sandbox.requests.clear()
    const second = await journey.bootstrap()
    expect(second).toMatchObject({
      state: 'working',
      changed: false,
      plan: { actions: [], refusals: [], unknowns: [] },
    })
    const { entries } = journey.sandbox.requests
    expect(entries.filter(({ access }) => access === 'write')).toEqual([])
    expect(entries.filter(({ changed }) => changed)).toEqual([])
    // What is minted is stored nowhere: a token, and the session that it opens.
    expect(entries.filter(({ access }) => access === 'mint').map(({ operation }) => operation)).toEqual([
      'create serviceaccounts/token',
      'AssumeRoleWithWebIdentity',
    ])
  })

  it('publishes documents only through the issuer, and keeps them from careless hands', async () => {
    const journey = createJourney(hosting)
    const { outputs } = await journey.bootstrap()
    const web = journey.sandbox.session('visitor')
    const status = async (url: string): Promise<number> => (await web.fetch(url)).status
    expect(await status(`${outputs?.issuerUrl}/.well-known/openid-configuration`)).toBe(200)
    expect(await status(outputs?.jwksUri ?? '')).toBe(200)
    expect(await status(`${outputs?.issuerUrl}/irsa/record.json`)).toBe(403)
    if (hosting !== 's3')
      expect(await status(`https://${outputs?.bucket}.s3.eu-west-1.amazonaws.com/openid/v1/jwks`)).toBe(403)
  })
})
