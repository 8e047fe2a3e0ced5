// A third of all requests is throttled, fails, is cut off, or loses its answer
// after it took effect: bootstrap arrives all the same, at the same world.
import { createRandom, randomFaults } from '@irsa/sandbox'
import type { Fault, World } from '@irsa/sandbox'
import { describe, expect, it } from 'vitest'
import type { Hosting } from './world.ts'
import { createJourney } from './world.ts'
import { worldDifferences } from './world-difference.ts'

const SEEDS = 200
const SHARE = 0.3
const KINDS: readonly Fault[] = ['throttle', 'server-error', 'reset', 'timeout', 'lost-reply']
const SETTLE_MS = 3_600_000

/** Each seed takes one way of hosting in turn. */
const ways: readonly Hosting[] = ['domain', 'cloudfront', 's3']

describe.each(ways)('a storm over hosting %s', (hosting) => {
  const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1).filter(
    (seed) => ways[seed % ways.length] === hosting,
  )

  it(`arrives with each of ${seeds.length} seeds`, async () => {
    const goal = await calm(hosting)
    const failures: string[] = []
    let requests = 0
    let faults = 0
    for (const seed of seeds) {
      const journey = createJourney(hosting, { seed })
      journey.sandbox.faults.add(randomFaults(createRandom(seed), SHARE, KINDS))
      const result = await journey.bootstrap().catch((error: unknown) => ({ state: String(error), outcomes: [] }))
      requests += journey.sandbox.requests.entries.length
      faults += journey.sandbox.requests.entries.filter(({ fault }) => fault !== undefined).length
      journey.sandbox.clock.advance(SETTLE_MS)
      const differences = worldDifferences(journey.sandbox.dump(), goal)
      if (result.state !== 'waiting for the control plane') {
        const reasons = result.outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error.message] : []))
        failures.push(`seed ${seed}: ended as "${result.state}": ${reasons.slice(-3).join('; ')}`)
      } else if (differences.length > 0) failures.push(`seed ${seed}: ${differences.slice(0, 3).join('; ')}`)
    }
    console.log(`storm, ${hosting}: ${seeds.length} seeds, ${requests} requests, ${faults} of them failed`)
    expect(failures).toEqual([])
  })
})

async function calm(hosting: Hosting): Promise<World> {
  const journey = createJourney(hosting)
  await journey.bootstrap()
  journey.sandbox.clock.advance(SETTLE_MS)
  return journey.sandbox.dump()
}
