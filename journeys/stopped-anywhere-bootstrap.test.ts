import { bootstrapCommand } from '@irsa/lifecycle'
import { describe, expect, it } from 'vitest'
import { stopAnywhere } from './stopped-anywhere.ts'
import type { Hosting } from './world.ts'
import { createJourney } from './world.ts'

const ways: readonly Hosting[] = ['domain', 'cloudfront', 's3']

describe.each(ways)('bootstrap with hosting %s', (hosting) => {
  it('arrives wherever it was stopped', async () => {
    const journey = createJourney(hosting)
    const report = await stopAnywhere({
      sandbox: journey.sandbox,
      start: () => journey.process(),
      run: (context) => bootstrapCommand.run(journey.config, {}, context),
      expectedState: 'waiting for the control plane',
    })
    console.log(
      `bootstrap, ${hosting}: ${report.requests} requests, stopped at ${report.points} points, ${report.worlds} worlds`,
    )
    expect(report.failures).toEqual([])
  })
})
