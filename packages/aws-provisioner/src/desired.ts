// From a configuration and facts to what should be. Pure: no reads, no clock.
import type { SigningAlgorithm } from '@irsa/oidc-docs'
import type { Attributes, Plan, Resource, Unknown } from '@irsa/reconcile'
import { desiredHost, distributionId } from './desired-host.ts'
import { desiredIssuer } from './desired-issuer.ts'
import type { Facts } from './facts.ts'
import type { Settings } from './settings.ts'
import { cloudFrontHost } from './settings.ts'

/** The keys that must be published, by kid, and the algorithms that they sign with. */
export interface PublishedKeys {
  readonly members: Attributes
  /** JWA names (RFC 7518), for the discovery document. */
  readonly algorithms: readonly SigningAlgorithm[]
}

export interface DesiredInput {
  readonly settings: Settings
  readonly facts: Facts
  readonly keys: PublishedKeys
  readonly to: 'present' | 'absent'
  /** On the way out, delete even a name that anybody could then take. */
  readonly releaseName?: boolean
}

export interface Desired {
  readonly resources: readonly Resource[]
  readonly unknowns: readonly Unknown[]
  readonly kept: Plan['kept']
}

export function desiredResources(input: DesiredInput): Desired {
  const host = desiredHost(input)
  const issuer = input.facts.issuerUrl === undefined ? [] : desiredIssuer(input, input.facts.issuerUrl)
  return { resources: [...host.resources, ...issuer], unknowns: unknowns(input), kept: host.kept }
}

function unknowns({ settings, facts, to }: DesiredInput): readonly Unknown[] {
  if (to === 'absent' || settings.issuer === undefined || facts.issuerUrl !== undefined) return []
  if (cloudFrontHost(settings) === undefined) return []
  return [
    {
      name: 'issuerUrl',
      from: distributionId(settings),
      blocks: ['the documents', 'the issuer at its public URL', 'the OIDC provider', 'the role of the canary'],
    },
  ]
}
