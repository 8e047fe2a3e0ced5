import { destroyCommand } from '@irsa/lifecycle'
import { describe, expect, it } from 'vitest'
import { stopAnywhere } from './stopped-anywhere.ts'
import type { Hosting } from './world.ts'
import { bootstrapped } from './world.ts'

const ways: readonly Hosting[] = ['domain', 'cloudfront', 's3']

describe.each(ways)('destroy with hosting %s', (hosting) => {
  it('arrives wherever it was stopped', async () => {
    const journey = await bootstrapped(hosting)
    const report = await stopAnywhere({
      sandbox: journey.sandbox,
      start: () => journey.process(),
      run: (context) => destroyCommand.run(journey.config, { confirm: journey.config.name }, context),
      expectedState: 'gone',
    })
    console.log(
      `destroy, ${hosting}: ${report.requests} requests, stopped at ${report.points} points, ${report.worlds} worlds`,
    )
    expect(report.failures).toEqual([])
  })
})
