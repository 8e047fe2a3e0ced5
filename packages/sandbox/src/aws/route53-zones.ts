// Hosted zones: made, read, listed and deleted, with their tags.
import { identifier } from '../random.ts'
import type { SandboxResponse } from '../http.ts'
import { settleCertificates } from './acm-status.ts'
import { authorize } from './callers.ts'
import { recordChange } from './route53-changes.ts'
import type { HostedZone } from './route53-state.ts'
import {
  bareId,
  compareNames,
  invalidInput,
  maxItemsOf,
  readBody,
  readName,
  respondXml,
  writeName,
} from './route53-wire.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'
import type { World } from '../world.ts'
import { WAITS } from './waits.ts'
import type { XmlElement } from './xml.ts'
import type { StructureShape } from './xml-shape.ts'
import { structure } from './xml-shape.ts'

const CREATE_REQUEST: StructureShape<CreateRequest> = structure({
  'Name!': 'text',
  VPC: structure({ VPCRegion: 'text', VPCId: 'text' }),
  'CallerReference!': 'text',
  HostedZoneConfig: structure({ Comment: 'text', PrivateZone: 'boolean' }),
  DelegationSetId: 'text',
})

interface CreateRequest {
  readonly Name: string
  readonly CallerReference: string
  readonly VPC?: { readonly VPCRegion?: string; readonly VPCId?: string }
  readonly HostedZoneConfig?: { readonly Comment?: string; readonly PrivateZone?: boolean }
}

const MAX_PAGE = 100
const NS_TTL_SECONDS = 172_800
const SOA_TTL_SECONDS = 900

export function createHostedZone(call: AwsCall): SandboxResponse {
  authorize(call, { action: 'route53:CreateHostedZone', resource: '*' })
  const { caller, nowMs, world } = call
  const body = readBody(call, 'CreateHostedZoneRequest', CREATE_REQUEST)
  const name = readName(body.Name)
  if (name.length > 255 || !/^([^.\s]{1,63}\.)+$/.test(name)) {
    throw new ServiceError('InvalidDomainName', 400, `The domain name '${body.Name}' is not a valid domain name.`)
  }
  const { Comment: comment, PrivateZone: isPrivate = body.VPC !== undefined } = body.HostedZoneConfig ?? {}
  if (isPrivate !== (body.VPC !== undefined))
    throw invalidInput('A private hosted zone needs a VPC, a public one must not have one.')
  const { VPCId = '', VPCRegion = '' } = body.VPC ?? {}
  const { id, zone } = addHostedZone(world, nowMs, {
    account: caller.account,
    partition: caller.partition,
    settings: {
      name,
      privateZone: isPrivate,
      callerReference: body.CallerReference,
      ...(comment !== undefined && { comment }),
      tags: {},
      ...(body.VPC && { vpc: { id: VPCId, region: VPCRegion } }),
    },
  })
  const content = {
    HostedZone: present(id, zone),
    ChangeInfo: recordChange(call, `create ${id}`),
    ...presentDelegation(id, zone),
  }
  const location = `https://route53.amazonaws.com/2013-04-01/hostedzone/${id}`
  return respondXml(201, 'CreateHostedZoneResponse', content, { location })
}

/** @throws {ServiceError} when the account has used the caller reference already. */
export function addHostedZone(
  world: World,
  nowMs: number,
  options: Pick<HostedZone, 'account' | 'partition' | 'settings'>,
): { readonly id: string; readonly zone: HostedZone } {
  const id = `Z${identifier('upper', 20, 'hosted zone', options.account, options.settings.callerReference)}`
  if (world.aws.route53.zones[id]) {
    throw new ServiceError(
      'HostedZoneAlreadyExists',
      409,
      `A hosted zone has already been created with the specified caller reference.`,
    )
  }
  const zone: HostedZone = { ...options, createdAt: nowMs, records: {} }
  addOwnRecords(zone, id, nowMs)
  world.aws.route53.zones[id] = zone
  settleCertificates(world, nowMs)
  return { id, zone }
}

function addOwnRecords(zone: HostedZone, id: string, nowMs: number): void {
  const { name } = zone.settings
  const servers = nameServers(id, zone).map((host) => `${host}.`)
  const times = { changedAt: nowMs, insyncAt: nowMs + WAITS.recordInsyncMs }
  const soa = `${servers[0]} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400`
  zone.records[`${name} NS`] = { settings: { name, type: 'NS', ttl: NS_TTL_SECONDS, values: servers }, ...times }
  zone.records[`${name} SOA`] = { settings: { name, type: 'SOA', ttl: SOA_TTL_SECONDS, values: [soa] }, ...times }
}

function nameServers(id: string, { settings }: HostedZone): string[] {
  const number = (most: number, ...parts: string[]): number =>
    Number.parseInt(identifier('hex', 6, id, ...parts), 16) % most
  return ['com', 'net', 'org', 'co.uk'].map((suffix, index) =>
    settings.privateZone
      ? `ns-${index * 512}.awsdns-00.${suffix}`
      : `ns-${index * 512 + number(512, suffix)}.awsdns-${String(number(64, 'set', suffix)).padStart(2, '0')}.${suffix}`,
  )
}

export function getHostedZone(call: AwsCall, written: string): SandboxResponse {
  const { id, zone } = openZone(call, 'route53:GetHostedZone', written)
  return respondXml(200, 'GetHostedZoneResponse', { HostedZone: present(id, zone), ...presentDelegation(id, zone) })
}

export function deleteHostedZone(call: AwsCall, written: string): SandboxResponse {
  const { id, zone } = openZone(call, 'route53:DeleteHostedZone', written)
  const own = [`${zone.settings.name} NS`, `${zone.settings.name} SOA`]
  if (Object.keys(zone.records).some((key) => !own.includes(key))) {
    throw new ServiceError(
      'HostedZoneNotEmpty',
      400,
      'The specified hosted zone contains non-required resource record sets and so cannot be deleted.',
    )
  }
  delete call.world.aws.route53.zones[id]
  settleCertificates(call.world, call.nowMs)
  return respondXml(200, 'DeleteHostedZoneResponse', { ChangeInfo: recordChange(call, `delete ${id}`) })
}

export function listHostedZones(call: AwsCall): SandboxResponse {
  authorize(call, { action: 'route53:ListHostedZones', resource: '*' })
  const marker = call.request.url.searchParams.get('marker') ?? ''
  const maxItems = maxItemsOf(call, MAX_PAGE)
  const zones = ownZones(call)
    .filter(([id]) => id >= bareId(marker))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  const next = zones[maxItems]?.[0]
  return respondXml(200, 'ListHostedZonesResponse', {
    HostedZones: presentAll(zones.slice(0, maxItems)),
    ...(marker !== '' && { Marker: marker }),
    IsTruncated: String(next !== undefined),
    ...(next !== undefined && { NextMarker: next }),
    MaxItems: String(maxItems),
  })
}

/** All zones from the given name on, not those with that name. */
export function listHostedZonesByName(call: AwsCall): SandboxResponse {
  authorize(call, { action: 'route53:ListHostedZonesByName', resource: '*' })
  const query = call.request.url.searchParams
  const [dnsName, zoneId] = [query.get('dnsname'), query.get('hostedzoneid')]
  const maxItems = maxItemsOf(call, MAX_PAGE)
  if (zoneId !== null && dnsName === null) throw invalidInput('HostedZoneId needs a DNSName.')
  const from = dnsName === null ? '' : readName(dnsName)
  const zones = ownZones(call)
    .toSorted(([a, x], [b, y]) => compareNames(x.settings.name, y.settings.name) || (a < b ? -1 : 1))
    .filter(([id, { settings }]) => {
      const order = dnsName === null ? 1 : compareNames(settings.name, from)
      return order > 0 || (order === 0 && id >= bareId(zoneId ?? ''))
    })
  const [nextId, next] = zones[maxItems] ?? []
  return respondXml(200, 'ListHostedZonesByNameResponse', {
    HostedZones: presentAll(zones.slice(0, maxItems)),
    ...(dnsName !== null && { DNSName: dnsName }),
    ...(zoneId !== null && { HostedZoneId: zoneId }),
    IsTruncated: String(next !== undefined),
    ...(next !== undefined && { NextDNSName: writeName(next.settings.name), NextHostedZoneId: nextId }),
    MaxItems: String(maxItems),
  })
}

/** Authorises, then finds. @throws {ServiceError} `NoSuchHostedZone`; `AccessDenied` for a zone of another account. */
export function openZone(
  call: AwsCall,
  action: string,
  written: string,
  context = {},
): { readonly id: string; readonly zone: HostedZone } {
  const id = bareId(written)
  authorize(call, { action, resource: `arn:${call.caller.partition}:route53:::hostedzone/${id}`, context })
  const zone = call.world.aws.route53.zones[id]
  if (zone === undefined || zone.partition !== call.caller.partition) {
    throw new ServiceError('NoSuchHostedZone', 404, `No hosted zone found with ID: ${id}`)
  }
  if (zone.account !== call.caller.account) {
    throw new ServiceError('AccessDenied', 403, `User: ${call.caller.arn} is not authorized to access this resource`)
  }
  return { id, zone }
}

function ownZones(call: AwsCall): [string, HostedZone][] {
  return Object.entries(call.world.aws.route53.zones).filter(([, { account }]) => account === call.caller.account)
}

function presentAll(zones: readonly (readonly [string, HostedZone])[]): XmlElement {
  return { HostedZone: zones.map(([id, zone]) => present(id, zone)) }
}

function present(id: string, { settings, records }: HostedZone): XmlElement {
  return {
    Id: `/hostedzone/${id}`,
    Name: writeName(settings.name),
    CallerReference: settings.callerReference,
    Config: {
      ...(settings.comment !== undefined && { Comment: settings.comment }),
      PrivateZone: String(settings.privateZone),
    },
    ResourceRecordSetCount: String(Object.keys(records).length),
  }
}

function presentDelegation(id: string, zone: HostedZone): XmlElement {
  const { vpc } = zone.settings
  if (vpc) return { VPCs: { VPC: { VPCRegion: vpc.region, VPCId: vpc.id } } }
  return { DelegationSet: { NameServers: { NameServer: nameServers(id, zone) } } }
}
