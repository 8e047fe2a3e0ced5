// Record sets: listed in Route 53's order, and changed all together or not at all.
import type { SandboxResponse } from '../http.ts'
import { settleCertificates } from './acm-status.ts'
import type { Change } from './route53-batch.ts'
import { applyBatch, readBatch } from './route53-batch.ts'
import { recordChange } from './route53-changes.ts'
import type { RecordSet } from './route53-state.ts'
import { compareNames, invalidInput, maxItemsOf, readName, respondXml, writeName } from './route53-wire.ts'
import { openZone } from './route53-zones.ts'
import type { AwsCall } from './service.ts'
import { WAITS } from './waits.ts'
import type { XmlElement } from './xml.ts'

const MAX_PAGE = 300

export function listResourceRecordSets(call: AwsCall, written: string): SandboxResponse {
  const { zone } = openZone(call, 'route53:ListResourceRecordSets', written)
  const query = call.request.url.searchParams
  const [name, type] = [query.get('name'), query.get('type')]
  const maxItems = maxItemsOf(call, MAX_PAGE)
  if (type !== null && name === null) throw invalidInput('StartRecordType needs a StartRecordName.')
  const start = name === null ? undefined : { name: readName(name), type: type ?? '' }
  const records = Object.values(zone.records)
    .map(({ settings }) => settings)
    .toSorted(compareRecords)
    .filter((record) => start === undefined || compareRecords(record, start) >= 0)
  const next = records[maxItems]
  return respondXml(200, 'ListResourceRecordSetsResponse', {
    ResourceRecordSets: { ResourceRecordSet: records.slice(0, maxItems).map(present) },
    IsTruncated: String(next !== undefined),
    ...(next && { NextRecordName: writeName(next.name), NextRecordType: next.type }),
    MaxItems: String(maxItems),
  })
}

function compareRecords(a: Pick<RecordSet, 'name' | 'type'>, b: Pick<RecordSet, 'name' | 'type'>): number {
  return compareNames(a.name, b.name) || (a.type < b.type ? -1 : Number(a.type > b.type))
}

function present({ name, type, ttl, values, alias }: RecordSet): XmlElement {
  return {
    Name: writeName(name),
    Type: type,
    ...(ttl !== undefined && { TTL: String(ttl) }),
    ...(values && { ResourceRecords: { ResourceRecord: values.map((Value) => ({ Value })) } }),
    ...(alias && {
      AliasTarget: {
        HostedZoneId: alias.hostedZoneId,
        DNSName: writeName(alias.dnsName),
        EvaluateTargetHealth: String(alias.evaluateTargetHealth),
      },
    }),
  }
}

export function changeResourceRecordSets(call: AwsCall, written: string): SandboxResponse {
  const { nowMs, world } = call
  const batch = readBatch(call)
  const { id, zone } = openZone(call, 'route53:ChangeResourceRecordSets', written, conditionsOf(batch.changes))
  const after = applyBatch(world, id, zone, batch.changes)
  const insyncAt = nowMs + WAITS.recordInsyncMs
  const before = zone.records
  zone.records = Object.fromEntries(
    [...after].map(([key, settings]) => {
      const old = before[key]
      // What stays as it was is not a change to the name servers.
      if (old && JSON.stringify(old.settings) === JSON.stringify(settings)) return [key, old]
      const former = old && nowMs < old.insyncAt ? old.former : old?.settings
      return [key, { settings, changedAt: nowMs, insyncAt, ...(former && { former }) }]
    }),
  )
  settleCertificates(world, nowMs)
  const change = recordChange(call, `${id} ${JSON.stringify(batch.changes)}`, batch.comment)
  return respondXml(200, 'ChangeResourceRecordSetsResponse', { ChangeInfo: change })
}

/** Developer Guide, "Using IAM policy conditions for fine-grained access control". */
function conditionsOf(changes: readonly Change[]): Record<string, string[]> {
  const all = (pick: (change: Change) => string): string[] => [...new Set(changes.map(pick))]
  return {
    'route53:ChangeResourceRecordSetsNormalizedRecordNames': all(({ record }) =>
      writeName(record.name).replace(/\.$/, ''),
    ),
    'route53:ChangeResourceRecordSetsRecordTypes': all(({ record }) => record.type),
    'route53:ChangeResourceRecordSetsActions': all(({ action }) => action),
  }
}
