// Finds the public hosted zone that a domain is in, by walking up its parents.
import type { HostedZone } from '@aws-sdk/client-route-53'
import { describeAwsError, ProvisionerError } from '../error.ts'
import type { AwsClients } from './clients.ts'

export interface FoundZone {
  readonly id: string
  /** Without the final dot. */
  readonly name: string
}

/**
 * The zone with the longest name that `domain` ends in, or the one given by id.
 *
 * @throws {ProvisionerError} when there is none, when several have that name, or when the one given cannot hold the domain.
 */
export async function findZone(
  clients: AwsClients,
  options: { readonly domain: string; readonly zoneId?: string },
): Promise<FoundZone> {
  return options.zoneId === undefined
    ? searchZone(clients, options.domain)
    : checkZone(clients, options.domain, options.zoneId)
}

async function searchZone(clients: AwsClients, domain: string): Promise<FoundZone> {
  const found = (await Promise.all(parents(domain).map((name) => zonesNamed(clients, name)))).find(
    (zones) => zones.length > 0,
  )
  const [zone] = found ?? []
  if (found === undefined || zone === undefined) {
    throw new ProvisionerError(
      'invalid-input',
      `Cannot find the zone of "${domain}": the account has no public hosted zone for it or one of its parents`,
      {
        hint: 'Give issuer.zoneId, and issuer.zoneRoleArn if the zone is in another account; or set issuer.dns to "manual".',
      },
    )
  }
  if (found.length > 1) {
    throw new ProvisionerError(
      'invalid-input',
      `Cannot tell the zone of "${domain}": ${found.length} public hosted zones are called "${zone.name}" (${found.map(({ id }) => id).join(', ')})`,
      {
        hint: 'Give issuer.zoneId: the one whose name servers the parent domain names.',
      },
    )
  }
  return zone
}

async function checkZone(clients: AwsClients, domain: string, zoneId: string): Promise<FoundZone> {
  const { GetHostedZoneCommand } = await import('@aws-sdk/client-route-53')
  const reply = await (
    await clients.route53()
  )
    .send(new GetHostedZoneCommand({ Id: zoneId }))
    .catch((error: unknown) => {
      throw describeAwsError(`read the hosted zone ${zoneId}`, error)
    })
  const zone = toZone(reply.HostedZone)
  if (zone === undefined || reply.HostedZone?.Config?.PrivateZone === true) {
    throw new ProvisionerError(
      'invalid-input',
      `Cannot use the hosted zone ${zoneId}: it is private, and STS could never see what is in it`,
      {
        hint: 'Give the id of a public hosted zone.',
      },
    )
  }
  if (domain !== zone.name && !domain.endsWith(`.${zone.name}`)) {
    throw new ProvisionerError(
      'invalid-input',
      `Cannot use the hosted zone ${zoneId} for "${domain}": it is for "${zone.name}"`,
      {
        hint: `Give the zone of a parent of "${domain}", or leave issuer.zoneId out to have it found.`,
      },
    )
  }
  return zone
}

/** ListHostedZonesByName lists from a name on: it does not filter (Route 53 API Reference). */
async function zonesNamed(clients: AwsClients, name: string): Promise<readonly FoundZone[]> {
  const { ListHostedZonesByNameCommand } = await import('@aws-sdk/client-route-53')
  const reply = await (
    await clients.route53()
  )
    .send(new ListHostedZonesByNameCommand({ DNSName: name, MaxItems: 20 }))
    .catch((error: unknown) => {
      throw describeAwsError(`look for the hosted zone "${name}"`, error)
    })
  return (reply.HostedZones ?? [])
    .filter((zone) => zone.Name === `${name}.` && zone.Config?.PrivateZone !== true)
    .flatMap((zone) => toZone(zone) ?? [])
}

function toZone(zone: HostedZone | undefined): FoundZone | undefined {
  if (zone?.Id === undefined || zone.Name === undefined) return undefined
  return { id: zone.Id.replace(/^\/hostedzone\//, ''), name: zone.Name.replace(/\.$/, '') }
}

/** `a.b.example.com` → itself, `b.example.com`, `example.com`; the longest first. */
function parents(domain: string): readonly string[] {
  const labels = domain.split('.')
  return labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'))
}
