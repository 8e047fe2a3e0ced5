// One batch of changes to records: read, checked against the zone as each change
// leaves it, and refused as a whole with every reason. Texts as callers report them.
import { isIPv4, isIPv6 } from 'node:net'
import type { World } from '../world.ts'
import { isWithin } from './public-dns.ts'
import type { HostedZone, RecordSet } from './route53-state.ts'
import { bareId, invalidInput, readBody, readName } from './route53-wire.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'
import type { StructureShape } from './xml-shape.ts'
import { listOf, structure } from './xml-shape.ts'

export interface Change {
  readonly action: 'CREATE' | 'DELETE' | 'UPSERT'
  readonly record: RecordSet
}

/** The zones that aliases to CloudFront name (API Reference, "AliasTarget"; Amazon Route 53 in China). */
const CLOUDFRONT_ZONES: Readonly<Record<string, string>> = {
  Z2FDTNDATAQYW2: '.cloudfront.net.',
  Z3RFFRIM2A3IF5: '.cloudfront.cn.',
}

const TYPES = [
  'A',
  'AAAA',
  'CAA',
  'CNAME',
  'DS',
  'HTTPS',
  'MX',
  'NAPTR',
  'NS',
  'PTR',
  'SOA',
  'SPF',
  'SRV',
  'SSHFP',
  'SVCB',
  'TLSA',
  'TXT',
]
const ACTIONS = ['CREATE', 'DELETE', 'UPSERT']
const MAX_CHANGES = 1000

const REQUEST: StructureShape<Body> = structure({
  'ChangeBatch!': structure({
    Comment: 'text',
    'Changes!': listOf(
      'Change',
      structure({
        'Action!': 'text',
        'ResourceRecordSet!': structure({
          'Name!': 'text',
          'Type!': 'text',
          TTL: 'integer',
          ResourceRecords: listOf('ResourceRecord', structure({ 'Value!': 'text' })),
          AliasTarget: structure({ 'HostedZoneId!': 'text', 'DNSName!': 'text', 'EvaluateTargetHealth!': 'boolean' }),
        }),
      }),
    ),
  }),
})

interface SentRecord {
  readonly Name: string
  readonly Type: string
  readonly TTL?: number
  readonly ResourceRecords?: readonly { readonly Value: string }[]
  readonly AliasTarget?: {
    readonly HostedZoneId: string
    readonly DNSName: string
    readonly EvaluateTargetHealth: boolean
  }
}

interface Body {
  readonly ChangeBatch: {
    readonly Comment?: string
    readonly Changes: readonly { readonly Action: string; readonly ResourceRecordSet: SentRecord }[]
  }
}

/** Only simple records: none with a routing policy or a health check. @throws {ServiceError} `InvalidInput` */
export function readBatch(call: AwsCall): { readonly comment?: string; readonly changes: readonly Change[] } {
  const { ChangeBatch: batch } = readBody(call, 'ChangeResourceRecordSetsRequest', REQUEST)
  if (batch.Changes.length === 0 || batch.Changes.length > MAX_CHANGES) {
    throw invalidInput(`Number of records must be between 1 and ${MAX_CHANGES}.`)
  }
  return {
    ...(batch.Comment !== undefined && { comment: batch.Comment }),
    changes: batch.Changes.map(({ Action, ResourceRecordSet }, index) => {
      requireOneOf(Action, ACTIONS, `changeBatch.changes.${index + 1}.member.action`)
      requireOneOf(ResourceRecordSet.Type, TYPES, `changeBatch.changes.${index + 1}.member.resourceRecordSet.type`)
      return { action: Action as Change['action'], record: readRecord(Action, ResourceRecordSet) }
    }),
  }
}

function requireOneOf(value: string, allowed: readonly string[], path: string): void {
  if (allowed.includes(value)) return
  throw invalidInput(
    `1 validation error detected: Value '${value}' at '${path}' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(', ')}]`,
  )
}

function readRecord(action: string, { Name, Type, TTL, ResourceRecords, AliasTarget }: SentRecord): RecordSet {
  const hasValues = TTL !== undefined && ResourceRecords !== undefined && ResourceRecords.length > 0
  const isNeither = !hasValues && AliasTarget === undefined
  if (isNeither || (AliasTarget && (TTL !== undefined || ResourceRecords !== undefined))) {
    throw invalidInput(
      `Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found ${isNeither ? 'none' : 'more than one'} in Change with [Action=${action}, Name=${Name}, Type=${Type}, SetIdentifier=null]`,
    )
  }
  if (AliasTarget) {
    const { HostedZoneId, DNSName, EvaluateTargetHealth } = AliasTarget
    const alias = {
      hostedZoneId: bareId(HostedZoneId),
      dnsName: readName(DNSName),
      evaluateTargetHealth: EvaluateTargetHealth,
    }
    return { name: readName(Name), type: Type, alias }
  }
  const values = (ResourceRecords ?? []).map(({ Value }) => Value)
  return { name: readName(Name), type: Type, ttl: TTL ?? 0, values }
}

/** The zone's records after the batch, by `<name> <type>`. @throws {ServiceError} `InvalidChangeBatch` */
export function applyBatch(
  world: World,
  zoneId: string,
  zone: HostedZone,
  changes: readonly Change[],
): Map<string, RecordSet> {
  const after = new Map(Object.entries(zone.records).map(([key, { settings }]) => [key, settings]))
  const reasons = changes.flatMap((change) => {
    const found = [...applyChange(after, zone, change)]
    return change.action === 'DELETE' ? found : [...found, ...refuseAlias(world, zoneId, zone, after, change.record)]
  })
  reasons.push(...refuseZone(after, zone))
  if (reasons.length > 0) throw new ServiceError('InvalidChangeBatch', 400, `[${reasons.join(', ')}]`)
  return after
}

function* applyChange(after: Map<string, RecordSet>, zone: HostedZone, { action, record }: Change): Iterable<string> {
  const { name, type } = record
  const key = `${name} ${type}`
  const existing = after.get(key)
  const which = `resource record set [name='${name}', type='${type}']`
  if (!isWithin(name, zone.settings.name)) {
    yield `RRSet with DNS name ${name} is not permitted in zone ${zone.settings.name}`
  } else if (action === 'DELETE') {
    if (existing === undefined) yield `Tried to delete ${which} but it was not found`
    else if (canonical(existing) !== canonical(record))
      yield `Tried to delete ${which} but the values provided do not match the current values`
    else after.delete(key)
  } else if (action === 'CREATE' && existing !== undefined) {
    yield `Tried to create ${which} but it already exists`
  } else {
    yield* refuseRecord(after, zone, record)
    after.set(key, record)
  }
}

/** The order of values and of members is of no account. */
function canonical({ ttl, values, alias }: RecordSet): string {
  const target = alias && [alias.hostedZoneId, alias.dnsName, alias.evaluateTargetHealth]
  return JSON.stringify([ttl, values?.toSorted(), target])
}

function* refuseRecord(
  after: ReadonlyMap<string, RecordSet>,
  zone: HostedZone,
  { name, type, ttl = 0, values = [] }: RecordSet,
): Iterable<string> {
  const others = [...after.values()].filter((other) => other.name === name && other.type !== type)
  const zoneName = zone.settings.name
  if (type === 'CNAME' && name === zoneName) {
    yield `RRSet of type CNAME with DNS name ${name} is not permitted at apex in zone ${zoneName}`
  } else if (others.some((other) => other.type === 'CNAME') || (type === 'CNAME' && others.length > 0)) {
    yield `RRSet of type ${type} with DNS name ${name} is not permitted as it conflicts with other records with the same DNS name in zone ${zoneName}`
  }
  if (type === 'CNAME' && values.length > 1)
    yield `RRSet of type CNAME with DNS name ${name} must have exactly one value`
  if (ttl < 0 || ttl > 2_147_483_647) yield `Invalid TTL ${ttl} for ${name}`
  for (const value of values) {
    const problem = problemOf(type, value)
    if (problem !== undefined) yield `Invalid Resource Record: 'FATAL problem: ${problem} encountered with '${value}''`
  }
  if (new Set(values).size < values.length) yield `Duplicate Resource Record in ${name} ${type}`
}

function problemOf(type: string, value: string): string | undefined {
  if (type === 'A' && !isIPv4(value)) return 'ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)'
  if (type === 'AAAA' && !isIPv6(value)) return 'AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)'
  if (type === 'TXT' && !/^\s*"[^"]*"(\s+"[^"]*")*\s*$/.test(value)) {
    return 'InvalidCharacterString (Value should be enclosed in quotation marks)'
  }
  if (type === 'CNAME' && !/^([^.\s]{1,63}\.)*[^.\s]{1,63}\.?$/.test(value))
    return 'DomainLabelEmpty (Domain label is empty)'
  return undefined
}

function* refuseAlias(
  world: World,
  zoneId: string,
  zone: HostedZone,
  after: ReadonlyMap<string, RecordSet>,
  { type, alias }: RecordSet,
): Iterable<string> {
  if (alias === undefined) return
  const what = `Tried to create an alias that targets ${alias.dnsName}, type ${type} in zone ${alias.hostedZoneId}`
  const suffix = CLOUDFRONT_ZONES[alias.hostedZoneId]
  if (suffix !== undefined) {
    if (!alias.dnsName.endsWith(suffix)) yield `${what}, but the alias target name does not lie within the target zone`
    else if (!['A', 'AAAA', 'HTTPS'].includes(type)) yield `${what}, but that target was not found`
    if (alias.evaluateTargetHealth)
      yield `${what}, but EvaluateTargetHealth cannot be true for a CloudFront distribution`
    if (zone.settings.privateZone) yield `${what}, but a CloudFront distribution cannot be the target in a private zone`
    return
  }
  // Of all other targets only records of the same zone are emulated.
  const target = alias.hostedZoneId === zoneId ? zone : world.aws.route53.zones[alias.hostedZoneId]
  if (target !== zone || !isWithin(alias.dnsName, zone.settings.name)) {
    yield `${what}, but the alias target name does not lie within the target zone`
  } else if (!after.has(`${alias.dnsName} ${type}`)) {
    yield `${what}, but that target was not found`
  }
}

function* refuseZone(after: ReadonlyMap<string, RecordSet>, { settings: { name } }: HostedZone): Iterable<string> {
  if (!after.has(`${name} SOA`)) yield 'A HostedZone must contain exactly one SOA record.'
  if (!after.has(`${name} NS`)) yield 'A HostedZone must contain at least one NS record for the zone itself.'
}
