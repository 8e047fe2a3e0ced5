// The two kinds of DNS records: the one that proves control of the domain to ACM,
// and the aliases that point at the distribution. Records carry no mark: a record is
// ours when it says exactly what we would say.
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53'
import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  ListResourceRecordSetsCommand,
} from '@aws-sdk/client-route-53'
import type { Attributes, Observed, Resource, Step } from '@irsa/reconcile'
import { isRef } from '@irsa/reconcile'
import { poll } from '../clock.ts'
import type { AwsContext } from '../context.ts'
import { isAwsError, ProvisionerError } from '../error.ts'
import type { KindOperations } from '../operations.ts'
import { absent } from '../operations.ts'
import { awaitValidation } from './certificate-search.ts'

const INSYNC_TIMEOUT_MS = 10 * 60_000
const INSYNC_INTERVAL_MS = 5_000

export const validationRecord: KindOperations = {
  async observe(context, resource) {
    const { certificate } = context.facts
    // Which record is wanted is known once there is a certificate.
    if (certificate?.validation === undefined) return absent(resource)
    // Another certificate of the domain needs the very same record: then it is not ours to delete.
    if (resource.presence === 'absent' && certificate.others.length > 0) return absent(resource)
    const wanted = certificate.validation
    const found = await readRecord(context, resource, wanted.name, 'CNAME')
    if (found === undefined) return absent(resource)
    const same = found.ResourceRecords?.length === 1 && sameName(found.ResourceRecords[0]?.Value, wanted.value)
    return {
      ...observed(resource, found),
      attributes: {
        zoneId: String(resource.attributes['zoneId']),
        name: wanted.name,
        type: 'CNAME',
        ttlSeconds: found.TTL ?? 0,
        values: same ? [wanted.value] : (found.ResourceRecords ?? []).map(({ Value }) => Value ?? ''),
      },
      ownership: same ? 'ours' : 'unclaimed',
    }
  },
  ensure: async (context, step) => upsert(context, await named(context, step)),
  remove,
}

/** ACM names the record some seconds after the request: a run that died in between finds a certificate without it. */
async function named(context: AwsContext, step: Step): Promise<Step> {
  const { attributes, report, signal } = step
  if (!isRef(attributes['name'])) return step
  const { name, value } = await awaitValidation(context, context.facts.certificate?.arn ?? '', report, signal)
  return { ...step, attributes: { ...attributes, name, values: [value] } }
}

export const aliasRecord: KindOperations = {
  async observe(context, resource) {
    const { name, type } = resource.attributes
    const found = await readRecord(context, resource, String(name), String(type))
    if (found === undefined) return absent(resource)
    const target = found.AliasTarget
    const wanted = resource.attributes['target'] as Attributes
    return {
      ...observed(resource, found),
      attributes: {
        zoneId: String(resource.attributes['zoneId']),
        name: String(name),
        type: String(type),
        target: {
          dnsName: withoutDot(target?.DNSName) ?? '',
          hostedZoneId: target?.HostedZoneId ?? '',
          evaluateTargetHealth: target?.EvaluateTargetHealth ?? false,
        },
      },
      // CloudFront answers for a name by its distribution's aliases, whichever of its
      // hosts DNS points at, and never lets two distributions have one alias. So a record
      // that points at CloudFront already means ours, once ours has the alias; if a
      // stranger's has it, ours cannot be made and the record is not reached.
      ownership: target?.HostedZoneId === wanted['hostedZoneId'] ? 'ours' : 'unclaimed',
    }
  },
  ensure: upsert,
  async await(context, step) {
    const change = step.observed.outputs['changeId']
    if (change !== undefined) await untilInsync(context, step, change)
    return undefined
  },
  remove,
}

async function readRecord(
  context: AwsContext,
  resource: Resource,
  name: string,
  type: string,
): Promise<ResourceRecordSet | undefined> {
  const client = await context.clients.route53()
  try {
    const page = await client.send(
      new ListResourceRecordSetsCommand({
        HostedZoneId: String(resource.attributes['zoneId']),
        StartRecordName: name,
        StartRecordType: type as 'A',
        MaxItems: 1,
      }),
    )
    return (page.ResourceRecordSets ?? []).find((record) => sameName(record.Name, name) && record.Type === type)
  } catch (error) {
    if (isAwsError(error, 'NoSuchHostedZone')) return undefined
    throw error
  }
}

function observed(resource: Resource, found: ResourceRecordSet): Omit<Observed, 'attributes' | 'ownership'> {
  return {
    id: resource.id,
    state: 'present',
    outputs: {
      name: withoutDot(found.Name) ?? '',
      found: JSON.stringify(found),
      zoneId: String(resource.attributes['zoneId']),
    },
    ready: true,
  }
}

async function upsert(context: AwsContext, step: Step): Promise<Readonly<Record<string, string>>> {
  const { attributes } = step
  const changeId = await change(context, String(attributes['zoneId']), {
    Action: 'UPSERT',
    ResourceRecordSet: toRecordSet(attributes),
  })
  return { changeId, name: String(attributes['name']), zoneId: String(attributes['zoneId']) }
}

/** Exactly what is there has to be named to be deleted (Route 53 API Reference). */
async function remove(context: AwsContext, { observed: actual }: Step): Promise<undefined> {
  const record = JSON.parse(actual.outputs['found'] ?? '{}') as ResourceRecordSet
  try {
    await change(context, actual.outputs['zoneId'] ?? '', { Action: 'DELETE', ResourceRecordSet: record })
  } catch (error) {
    // Gone, or changed by somebody else since: the next look tells.
    if (!isAwsError(error, 'NoSuchHostedZone') && !/not found/.test((error as Error).message)) throw error
  }
  return undefined
}

async function change(context: AwsContext, zoneId: string, one: Change): Promise<string> {
  const client = await context.clients.route53()
  const reply = await client.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: { Changes: [one] } }),
  )
  return reply.ChangeInfo?.Id ?? ''
}

async function untilInsync(context: AwsContext, { report, signal }: Step, Id: string): Promise<void> {
  const client = await context.clients.route53()
  await poll({
    clock: context.clock,
    intervalMs: INSYNC_INTERVAL_MS,
    timeoutMs: INSYNC_TIMEOUT_MS,
    what: 'Route 53 to have the record on all its servers',
    ...(signal === undefined ? {} : { signal }),
    onPending: report,
    check: async () => {
      const { ChangeInfo: info } = await client.send(new GetChangeCommand({ Id }))
      return info?.Status === 'INSYNC' ? { done: true } : { pending: `its status is ${info?.Status ?? 'unknown'}` }
    },
  })
}

function toRecordSet(attributes: Attributes): ResourceRecordSet {
  const target = attributes['target'] as Attributes | undefined
  const head = { Name: String(attributes['name']), Type: attributes['type'] as 'A' }
  if (target !== undefined) {
    return {
      ...head,
      AliasTarget: {
        DNSName: String(target['dnsName']),
        HostedZoneId: String(target['hostedZoneId']),
        EvaluateTargetHealth: target['evaluateTargetHealth'] === true,
      },
    }
  }
  const values = attributes['values']
  if (!Array.isArray(values))
    throw new ProvisionerError('invalid-input', `Cannot write the record "${head.Name}": it has no values`)
  return {
    ...head,
    TTL: Number(attributes['ttlSeconds']),
    ResourceRecords: values.map((value) => ({ Value: String(value) })),
  }
}

function withoutDot(name: string | undefined): string | undefined {
  return name?.replace(/\.$/, '').toLowerCase()
}

function sameName(a: string | undefined, b: string | undefined): boolean {
  return withoutDot(a) === withoutDot(b)
}
