// IAM is eventually consistent: writes go to one place, and reads and STS are
// answered from copies that follow some time later. What a copy still says is a
// cache and no part of the world's truth, so it is kept in `caches`, by ARN.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html "eventually consistent"
import type { World } from '../world.ts'
import { WAITS } from './waits.ts'

interface Former {
  readonly writtenAt: number
  /** As it was until then; `null` when there was none. */
  readonly entity: unknown
}

/** Call before each write, with what is about to be changed, created (`undefined`) or deleted. */
export function rememberFormer(world: World, nowMs: number, arn: string, former: unknown): void {
  const known = formers(world, arn).filter((one) => one.writtenAt + WAITS.iamVisibleMs > nowMs)
  const next: Former = { writtenAt: nowMs, entity: former ?? null }
  world.caches[`iam ${arn}`] = {
    status: 200,
    headers: {},
    body: JSON.stringify([...known, next]),
    storedAt: nowMs,
    freshUntilAt: nowMs + WAITS.iamVisibleMs,
  }
}

/** What a copy that follows after `lagMs` says of one thing. */
export function asSeen<T>(
  world: World,
  nowMs: number,
  arn: string,
  current: T | undefined,
  lagMs: number,
): T | undefined {
  const stale = formers(world, arn).find((one) => one.writtenAt + lagMs > nowMs)
  if (stale === undefined) return current
  return stale.entity === null ? undefined : (stale.entity as T)
}

/** What such a copy lists, by ARN: what is deleted already too, and not yet what has just been made. */
export function allAsSeen<T>(
  world: World,
  nowMs: number,
  prefix: string,
  current: Readonly<Record<string, T>>,
  lagMs: number,
): readonly (readonly [arn: string, entity: T])[] {
  const remembered = Object.keys(world.caches)
    .filter((key) => key.startsWith(`iam ${prefix}`))
    .map((key) => key.slice('iam '.length))
  const arns = [...new Set([...Object.keys(current), ...remembered])].sort()
  return arns.flatMap((arn) => {
    const entity = asSeen(world, nowMs, arn, current[arn], lagMs)
    return entity === undefined ? [] : [[arn, entity] as const]
  })
}

function formers(world: World, arn: string): readonly Former[] {
  const cached = world.caches[`iam ${arn}`]
  return cached === undefined ? [] : (JSON.parse(cached.body) as Former[])
}
