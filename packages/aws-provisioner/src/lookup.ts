// Reads what chooses names: the account, the zone, and what already serves the
// host. What is found under the host's name is taken over as it is called, so that
// nobody has to repeat in a configuration what AWS already knows.
import type { CertificateSummary } from '@aws-sdk/client-acm'
import type { DistributionSummary } from '@aws-sdk/client-cloudfront'
import type { AwsClients } from './aws/clients.ts'
import type { NamedId } from './aws/cloudfront-lists.ts'
import { listAccessControls, listCachePolicies, listDistributions } from './aws/cloudfront-lists.ts'
import { chooseCertificate, listCertificates } from './aws/certificate-search.ts'
import { findZone } from './aws/hosted-zone.ts'
import { DEFAULT_JWKS_PATH } from './config.ts'
import type { DocumentStore, StoredDocument } from './document-store.ts'
import { describeAwsError, ProvisionerError } from './error.ts'
import type { Facts, Partition } from './facts.ts'
import {
  accessControlName,
  bucketHost,
  bucketName,
  bucketNamespace,
  cachePolicyName,
  distributionComment,
  objectKeys,
} from './names.ts'
import type { Settings } from './settings.ts'
import { cloudFrontHost, domainHost, issuerPath, ownerOf, ownHost } from './settings.ts'

export interface LookupContext {
  readonly clients: AwsClients
  readonly openStore: (facts: Facts) => DocumentStore
}

/** What is in the store already. */
export interface Published {
  readonly discovery?: StoredDocument
  readonly jwks?: StoredDocument
  readonly record?: StoredDocument
}

export interface Lookup {
  readonly facts: Facts
  readonly published: Published
}

type Identity = Pick<Facts, 'account' | 'partition' | 'caller' | 'region'>

/** @throws {ProvisionerError} when the account is not allowed, or the zone cannot be told. */
export async function lookup(settings: Settings, context: LookupContext): Promise<Lookup> {
  const { clients } = context
  const [identity, edge, zone] = await Promise.all([
    readIdentity(settings, clients),
    lookupEdge(settings, clients),
    lookupZone(settings, clients),
  ])
  const base: Facts = {
    ...identity,
    jwksPath:
      settings.issuer?.hosting === 'shared' ? DEFAULT_JWKS_PATH : (settings.issuer?.jwksPath ?? DEFAULT_JWKS_PATH),
    ...chooseBucket(settings, edge.distribution, identity),
    ...nameEdge(settings, edge),
    ...(zone === undefined ? {} : { zone }),
  }
  const [found, certificate] = await Promise.all([
    readPublished(settings, base, context),
    chooseCertificate(clients, edge.certificates, {
      usedArn: edge.distribution?.ViewerCertificate?.ACMCertificateArn,
      owner: ownerOf(settings),
    }),
  ])
  return certificate === undefined ? found : { ...found, facts: { ...found.facts, certificate } }
}

async function readIdentity(settings: Settings, clients: AwsClients): Promise<Identity> {
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts')
  const reply = await (await clients.sts()).send(new GetCallerIdentityCommand({})).catch((error: unknown) => {
    throw describeAwsError('tell which account this is', error)
  })
  const account = reply.Account ?? ''
  const allowed = settings.aws.allowedAccountIds
  if (allowed.length > 0 && !allowed.includes(account)) {
    throw new ProvisionerError(
      'invalid-input',
      `Cannot work in the account ${account}: allowed are ${allowed.join(', ')}`,
      {
        hint: 'Check which credentials the run uses; or add the account to aws.allowedAccountIds if it is meant.',
      },
    )
  }
  const partition = (reply.Arn?.split(':')[1] ?? 'aws') as Partition
  return { account, partition, caller: reply.Arn ?? '', region: settings.aws.region }
}

/** What CloudFront and ACM already have for this host. */
interface Edge {
  readonly distribution?: DistributionSummary
  readonly accessControls: readonly NamedId[]
  readonly cachePolicies: readonly NamedId[]
  readonly certificates: readonly CertificateSummary[]
}

async function lookupEdge(settings: Settings, clients: AwsClients): Promise<Edge> {
  const host = cloudFrontHost(settings)
  if (host === undefined) return { accessControls: [], cachePolicies: [], certificates: [] }
  const domain = domainHost(settings)
  const [distributions, accessControls, cachePolicies, certificates] = await Promise.all([
    listDistributions(clients),
    listAccessControls(clients),
    host.cacheTtl === undefined ? [] : listCachePolicies(clients),
    domain === undefined || domain.certificateArn !== undefined ? [] : listCertificates(clients, domain.domain),
  ])
  const distribution = distributions.find((one) => servesHost(one, settings))
  return {
    accessControls,
    cachePolicies,
    certificates,
    ...(distribution === undefined ? {} : { distribution }),
  }
}

/** By alias where there is a domain; else by our comment, or by the bucket that the configuration names. */
function servesHost(distribution: DistributionSummary, settings: Settings): boolean {
  const domain = domainHost(settings)?.domain
  if (domain !== undefined) return distribution.Aliases?.Items?.includes(domain) ?? false
  const bucket = cloudFrontHost(settings)?.bucket
  return (
    distribution.Comment === distributionComment(ownerOf(settings)) ||
    (bucket !== undefined && originBucket(distribution) === bucket)
  )
}

function originBucket(distribution: DistributionSummary | undefined): string | undefined {
  return /^([a-z0-9.-]+?)\.s3[.-]/.exec(distribution?.Origins?.Items?.[0]?.DomainName ?? '')?.[1]
}

function chooseBucket(
  settings: Settings,
  distribution: DistributionSummary | undefined,
  identity: Identity,
): Pick<Facts, 'bucket'> {
  if (settings.issuer?.hosting === 'files') return {}
  const given = settings.issuer?.hosting === 'shared' ? settings.issuer.bucket : ownHost(settings)?.bucket
  const name = given ?? originBucket(distribution) ?? bucketName(settings.name, identity)
  return { bucket: { name, namespace: bucketNamespace(name) } }
}

/** Names of what the found distribution uses; where it uses nothing of the kind, the names that we would give. */
function nameEdge(settings: Settings, edge: Edge): Pick<Facts, 'distribution' | 'accessControl' | 'cachePolicy'> {
  const host = cloudFrontHost(settings)
  if (host === undefined) return {}
  const { distribution } = edge
  return {
    ...(distribution?.Id === undefined || distribution.DomainName === undefined
      ? {}
      : { distribution: { id: distribution.Id, domainName: distribution.DomainName } }),
    accessControl: chooseNamed(
      edge.accessControls,
      distribution?.Origins?.Items?.[0]?.OriginAccessControlId,
      accessControlName(settings.name),
    ),
    ...(host.cacheTtl === undefined
      ? {}
      : {
          cachePolicy: chooseNamed(
            edge.cachePolicies,
            distribution?.DefaultCacheBehavior?.CachePolicyId,
            cachePolicyName(settings.name),
          ),
        }),
  }
}

function chooseNamed(
  known: readonly NamedId[],
  usedId: string | undefined,
  defaultName: string,
): { readonly name: string; readonly id?: string } {
  return (
    known.find(({ id }) => id === usedId) ?? known.find(({ name }) => name === defaultName) ?? { name: defaultName }
  )
}

async function lookupZone(settings: Settings, clients: AwsClients): Promise<Facts['zone']> {
  const domain = domainHost(settings)
  return domain === undefined || domain.dns === 'manual' ? undefined : findZone(clients, domain)
}

/** Known at once but for the distribution's own host, which is known when the distribution exists. */
function issuerUrlOf(settings: Settings, facts: Facts): string | undefined {
  const { issuer } = settings
  if (issuer === undefined) return undefined
  switch (issuer.hosting) {
    case 'files':
      return issuer.url
    case 'domain':
    case 'shared':
      return `https://${issuer.domain}${issuer.path ?? ''}`
    case 's3':
      return facts.bucket === undefined
        ? undefined
        : `https://${bucketHost(facts.bucket.name, facts)}${issuer.path ?? ''}`
    case 'cloudfront':
      return facts.distribution === undefined
        ? undefined
        : `https://${facts.distribution.domainName}${issuer.path ?? ''}`
  }
}

/** What is published stays where it is: the key set's path is kept unless the configuration names one. */
async function readPublished(settings: Settings, base: Facts, context: LookupContext): Promise<Lookup> {
  const { issuer } = settings
  const issuerUrl = issuerUrlOf(settings, base)
  if (issuer === undefined) return { facts: base, published: {} }
  const facts = issuerUrl === undefined ? base : { ...base, issuerUrl }
  const store = context.openStore(facts)
  const path = issuerPath(issuer)
  const keys = objectKeys(path, facts.jwksPath)
  const [discovery, jwks, record] = await Promise.all([
    store.read(keys.discovery),
    store.read(keys.jwks),
    store.read(keys.record),
  ])
  const kept = issuer.hosting === 'shared' || issuer.jwksPath !== undefined ? undefined : jwksPathOf(discovery, facts)
  if (kept === undefined || kept === facts.jwksPath) return { facts, published: present({ discovery, jwks, record }) }
  const moved = await store.read(objectKeys(path, kept).jwks)
  return { facts: { ...facts, jwksPath: kept }, published: present({ discovery, jwks: moved, record }) }
}

function jwksPathOf(discovery: StoredDocument | undefined, facts: Facts): string | undefined {
  if (discovery === undefined) return undefined
  try {
    const uri = (JSON.parse(discovery.body) as { readonly jwks_uri?: unknown }).jwks_uri
    const prefix = `${facts.issuerUrl}/`
    return typeof uri === 'string' && uri.startsWith(prefix) ? uri.slice(prefix.length - 1) : undefined
  } catch {
    // What cannot be read is replaced; it tells nothing about where the keys are.
    return undefined
  }
}

function present(documents: { readonly [K in keyof Published]: Published[K] | undefined }): Published {
  return Object.fromEntries(Object.entries(documents).filter(([, document]) => document !== undefined))
}
