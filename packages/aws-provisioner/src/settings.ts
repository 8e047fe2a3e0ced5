// One configuration, checked and with its parts that belong to AWS together: an
// issuer of a cluster, or a host that several share.
import type { AwsConfig, DomainIssuer, HostConfig, IssuerConfig } from './config.ts'
import type { Owner } from './names.ts'

/** The service account whose token proves that everything works, and the role that may do nothing. */
export interface CanaryConfig {
  readonly namespace: string
  readonly serviceAccount: string
  /** Default `irsa-canary-<name>`. */
  readonly roleName?: string
  /** Default `/`. */
  readonly rolePath?: string
  /** ARN of a policy. Default none. */
  readonly permissionsBoundary?: string
}

export type Settings = IssuerSettings | HostSettings

interface CommonSettings {
  /** 1 to 24 lower-case letters, digits and `-`. */
  readonly name: string
  readonly aws: AwsConfig
}

export interface IssuerSettings extends CommonSettings {
  readonly issuer: IssuerConfig
  readonly canary?: CanaryConfig
  readonly host?: never
}

export interface HostSettings extends CommonSettings {
  readonly host: HostConfig
  readonly issuer?: never
}

export function ownerOf(settings: Settings): Owner {
  return settings.host === undefined ? `cluster/${settings.name}` : `host/${settings.name}`
}

/** What hosts the documents, when it is ours to make: the host's section, or the issuer's own. */
export function ownHost(
  settings: Settings,
): HostConfig | Exclude<IssuerConfig, { hosting: 'files' | 'shared' }> | undefined {
  if (settings.host !== undefined) return settings.host
  const { issuer } = settings
  return issuer.hosting === 'files' || issuer.hosting === 'shared' ? undefined : issuer
}

/** The parts that are made on CloudFront, or `undefined` when nothing is. */
export function cloudFrontHost(
  settings: Settings,
): HostConfig | Extract<IssuerConfig, { hosting: 'domain' | 'cloudfront' }> | undefined {
  const host = ownHost(settings)
  return host?.hosting === 's3' ? undefined : host
}

/** The parts that are made for a domain of one's own. */
export function domainHost(settings: Settings): DomainIssuer | Extract<HostConfig, { hosting: 'domain' }> | undefined {
  const host = ownHost(settings)
  return host?.hosting === 'domain' ? host : undefined
}

/** The path of the issuer URL, with its slash, as object keys begin with it; empty where there is none. */
export function issuerPath(issuer: IssuerConfig): string {
  return issuer.hosting === 'files' ? '' : (issuer.path ?? '')
}
