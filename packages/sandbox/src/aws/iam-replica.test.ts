import { expect, test } from 'vitest'
import { createSandbox } from '../sandbox.ts'
import type { World } from '../world.ts'
import { allAsSeen, asSeen, rememberFormer } from './iam-replica.ts'

const ARN = 'arn:aws:iam::1:role/a'

/** Written at 0 (made), at 2 s and at 4 s. */
function writtenThrice(): World {
  const { world } = createSandbox()
  rememberFormer(world, 0, ARN, undefined)
  rememberFormer(world, 2000, ARN, { version: 1 })
  rememberFormer(world, 4000, ARN, { version: 2 })
  return world
}

test.each([
  [4000, 7000, undefined],
  [6999, 7000, undefined],
  [7000, 7000, 1],
  [8999, 7000, 1],
  [9000, 7000, 2],
  [10_999, 7000, 2],
  [11_000, 7000, 3],
  [4000, 500, 2],
  [4500, 500, 3],
])('asSeen() at %i ms of a copy that lags %i ms is version %s', (nowMs, lagMs, version) => {
  expect(asSeen(writtenThrice(), nowMs, ARN, { version: 3 }, lagMs)?.version).toBe(version)
})

test('asSeen() gives what is there when nothing was written', () => {
  const { world } = createSandbox()
  expect(asSeen(world, 0, ARN, 'now', 7000)).toBe('now')
  expect(asSeen(world, 0, ARN, undefined, 7000)).toBeUndefined()
})

test('rememberFormer() forgets what no copy can show any more', () => {
  const world = writtenThrice()
  rememberFormer(world, 60_000, ARN, { version: 3 })
  expect(JSON.parse(world.caches[`iam ${ARN}`]?.body ?? '')).toEqual([{ writtenAt: 60_000, entity: { version: 3 } }])
})

test('allAsSeen() lists the deleted and not the new, under the prefix only', () => {
  const { world } = createSandbox()
  rememberFormer(world, 0, 'arn:x/new', undefined)
  rememberFormer(world, 0, 'arn:x/gone', 'gone')
  rememberFormer(world, 0, 'arn:y/gone', 'gone')
  const current = { 'arn:x/new': 'new', 'arn:x/old': 'old' }
  expect(allAsSeen(world, 499, 'arn:x/', current, 500)).toEqual([
    ['arn:x/gone', 'gone'],
    ['arn:x/old', 'old'],
  ])
  expect(allAsSeen(world, 500, 'arn:x/', current, 500)).toEqual([
    ['arn:x/new', 'new'],
    ['arn:x/old', 'old'],
  ])
})
