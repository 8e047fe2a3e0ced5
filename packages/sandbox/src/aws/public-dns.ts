// The public name system: which records answer for a name, and where a host leads.
// Delegation is not emulated: a public zone is taken to be reachable, the one with
// the longest name wins, and of several with the same name the one made first.
import type { World } from '../world.ts'
import type { Distribution } from './cloudfront-state.ts'
import { servedConfig } from './cloudfront-state.ts'
import type { HostedZone, StoredRecord } from './route53-state.ts'
import { parseS3Host } from './s3-target.ts'

export type Destination =
  /** CloudFront; `id` is the distribution whose host name the way led to. */
  | { readonly kind: 'edge'; readonly id: string }
  | { readonly kind: 's3'; readonly host: string }
  /** An address at which nobody answers. */
  | { readonly kind: 'silence' }

/** Resolvers give up on longer chains; figures between 8 and 16 are usual. */
const MAX_CHAIN = 8

/** `undefined` when the name does not exist. A distribution's own host exists from its first deployment on. */
export function resolveHost(world: World, nowMs: number, host: string): Destination | undefined {
  return follow(world, nowMs, host.toLowerCase().replace(/\.$/, ''), MAX_CHAIN)
}

function follow(world: World, nowMs: number, host: string, stepsLeft: number): Destination | undefined {
  if (/^\d+(\.\d+){3}$/.test(host) || host.startsWith('[')) return { kind: 'silence' }
  const distribution = findByDomainName(world, host)
  if (distribution) return servedConfig(distribution[1], nowMs) ? { kind: 'edge', id: distribution[0] } : undefined
  if (parseS3Host(host)) return { kind: 's3', host }
  if (stepsLeft === 0) return undefined
  const address = liveRecord(world, nowMs, host, 'A')
  if (address?.alias) return follow(world, nowMs, hostOf(address.alias.dnsName), stepsLeft - 1)
  if (address) return { kind: 'silence' }
  const [target] = liveRecord(world, nowMs, host, 'CNAME')?.values ?? []
  return target === undefined ? undefined : follow(world, nowMs, hostOf(target), stepsLeft - 1)
}

function liveRecord(world: World, nowMs: number, host: string, type: string): StoredRecord['settings'] | undefined {
  const record = findPublicRecord(world, host, type)
  if (record === undefined) return undefined
  return nowMs >= record.insyncAt ? record.settings : record.former
}

/** The record that answers for a name in public, be it in sync or not; a wildcard when no name is nearer. */
export function findPublicRecord(world: World, name: string, type: string): StoredRecord | undefined {
  const full = fullName(name)
  const zone = findPublicZone(world, full)
  if (zone === undefined) return undefined
  const exact = zone.records[`${full} ${type}`]
  if (exact || hasName(zone, full)) return exact
  for (let parent = parentOf(full); parent.length >= zone.settings.name.length; parent = parentOf(parent)) {
    const wildcard = zone.records[`*.${parent} ${type}`]
    if (wildcard || hasName(zone, parent)) return wildcard
  }
  return undefined
}

export function findPublicZone(world: World, name: string): HostedZone | undefined {
  const full = fullName(name)
  let best: HostedZone | undefined
  for (const zone of Object.values(world.aws.route53.zones)) {
    const { name: apex, privateZone } = zone.settings
    if (privateZone || !isWithin(full, apex)) continue
    const older = best?.settings.name === apex && zone.createdAt < best.createdAt
    if (best === undefined || apex.length > best.settings.name.length || older) best = zone
  }
  return best
}

/** Whether a name is the zone's or lies below it; both in lower case with the final dot. */
export function isWithin(name: string, zoneName: string): boolean {
  return name === zoneName || name.endsWith(`.${zoneName}`)
}

export function findByDomainName(world: World, host: string): [string, Distribution] | undefined {
  return Object.entries(world.aws.cloudfront.distributions).find(([, { domainName }]) => domainName === host)
}

/** Lower case, with the final dot. */
export function fullName(name: string): string {
  const lower = name.toLowerCase()
  return lower.endsWith('.') ? lower : `${lower}.`
}

/** Lower case, without the final dot. */
export function hostOf(name: string): string {
  return fullName(name).slice(0, -1)
}

function hasName(zone: HostedZone, full: string): boolean {
  return Object.values(zone.records).some(({ settings }) => settings.name === full)
}

function parentOf(full: string): string {
  return full.slice(full.indexOf('.') + 1)
}
