// The facade: looks up, decides what should be, plans and applies. Everything that
// reaches outside comes in through the options.
import { parseJwks } from '@irsa/oidc-docs'
import type { Jwks } from '@irsa/oidc-docs'
import type { ApplyPlannedOptions, ApplyReport, Consent, Part, Planned, Refusal } from '@irsa/reconcile'
import { applyPlanned, planParts } from '@irsa/reconcile'
import type { AwsCredentialSource, AwsRequestHandler } from './aws/clients.ts'
import { createAwsClients } from './aws/clients.ts'
import { createS3Store } from './aws/s3-store.ts'
import type { Clock } from './clock.ts'
import { realClock } from './clock.ts'
import type { AwsContext, PublicFetch } from './context.ts'
import { desiredResources } from './desired.ts'
import type { DocumentStore } from './document-store.ts'
import { createAwsDriver } from './driver.ts'
import { ProvisionerError } from './error.ts'
import type { Facts } from './facts.ts'
import { createFileStore } from './file-store.ts'
import type { KeyConsent, KeyDecision } from './key-policy.ts'
import { decideKeys } from './key-policy.ts'
import type { Lookup } from './lookup.ts'
import { lookup } from './lookup.ts'
import { ISSUER } from './ids.ts'
import type { IssuerRecord } from './record.ts'
import { parseRecord } from './record.ts'
import type { RemovalConsent } from './removal.ts'
import { removalRefusals } from './removal.ts'
import type { Settings } from './settings.ts'
import { domainHost, ownerOf } from './settings.ts'

export interface ProvisionerOptions {
  readonly settings: Settings
  /** As the AWS SDK takes them. Default: wherever the SDK looks. */
  readonly credentials?: AwsCredentialSource
  /** As the AWS SDK takes it. Default: HTTPS. */
  readonly requestHandler?: AwsRequestHandler
  /** Default: the platform's `fetch`, without redirects. */
  readonly fetch?: PublicFetch
  /** Default: real time. */
  readonly clock?: Clock
  /** A number in [0, 1). Default: `Math.random`. */
  readonly random?: () => number
  /** Where documents are kept. Default: the bucket, or for hosting `files` the folder. */
  readonly openStore?: (facts: Facts) => DocumentStore
}

export interface ProvisionerConsent extends Consent, KeyConsent, RemovalConsent {}

export interface PrepareOptions {
  readonly to: 'present' | 'absent'
  /** What the cluster signs with and accepts; not needed for a host, or on the way out. */
  readonly keys?: Jwks
  readonly consent?: ProvisionerConsent
}

/** One look, and what follows from it. */
export interface Prepared extends Part {
  readonly facts: Facts
  readonly leftOutKeys: KeyDecision['leftOut']
}

export interface Provisioner {
  /** Reads names and published documents and says what should be. Writes nothing. */
  prepare(options: PrepareOptions): Promise<Prepared>
  /** {@link Provisioner.prepare}, then a plan. Writes nothing. */
  plan(options: PrepareOptions): Promise<Planned>
  /** Looks again, refuses a plan whose facts have moved, carries it out. */
  apply(planned: Planned, options: PrepareOptions & Omit<ApplyPlannedOptions, 'replan'>): Promise<ApplyReport>
}

export function createProvisioner(options: ProvisionerOptions): Provisioner {
  const { settings } = options
  const clock = options.clock ?? realClock
  const zoneRoleArn = domainHost(settings)?.zoneRoleArn
  const clients = createAwsClients({
    region: settings.aws.region,
    clock,
    random: options.random ?? Math.random,
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    ...(options.requestHandler === undefined ? {} : { requestHandler: options.requestHandler }),
    ...(zoneRoleArn === undefined ? {} : { zoneRoleArn }),
  })
  const openStore =
    options.openStore ??
    ((facts: Facts): DocumentStore =>
      settings.issuer?.hosting === 'files'
        ? createFileStore(settings.issuer.directory)
        : createS3Store(clients, facts.bucket?.name ?? '', facts.account))

  async function prepare({ to, keys, consent = {} }: PrepareOptions): Promise<Prepared> {
    const found = await lookup(settings, { clients, openStore })
    const context: AwsContext = {
      clients,
      clock,
      fetch: options.fetch ?? ((url, init) => fetch(url, { ...init, redirect: 'manual' })),
      facts: found.facts,
      owner: ownerOf(settings),
      store: openStore(found.facts),
      published: found.published,
    }
    const decision = to === 'absent' ? NO_KEYS : await decide(settings, found, keys, consent)
    const releaseName = consent.releaseName === undefined ? {} : { releaseName: consent.releaseName }
    const desired = desiredResources({ settings, facts: found.facts, keys: decision.keys, to, ...releaseName })
    const refusals: readonly Refusal[] =
      to === 'absent' ? await removalRefusals(settings, context, consent) : decision.refusals
    return {
      driver: createAwsDriver(context),
      ...desired,
      refusals,
      facts: found.facts,
      leftOutKeys: decision.leftOut,
    }
  }

  async function plan(prepareOptions: PrepareOptions): Promise<Planned> {
    return planParts([await prepare(prepareOptions)], prepareOptions.consent)
  }

  return {
    prepare,
    plan,
    apply: (planned, { onEvent, signal, ...prepareOptions }) =>
      applyPlanned(planned, {
        replan: () => plan(prepareOptions),
        ...(onEvent === undefined ? {} : { onEvent }),
        ...(signal === undefined ? {} : { signal }),
      }),
  }
}

/** On the way out nothing is published: the documents need no content, only their place. */
const NO_KEYS: KeyDecision = { keys: { members: {}, algorithms: ['RS256'] }, refusals: [], leftOut: [] }

async function decide(
  settings: Settings,
  { facts, published }: Lookup,
  keys: Jwks | undefined,
  consent: KeyConsent,
): Promise<KeyDecision> {
  if (settings.issuer === undefined) return NO_KEYS
  if (keys === undefined || keys.keys.length === 0) {
    throw new ProvisionerError('refused-keys', 'Cannot publish an empty key set: every token would be refused', {
      hint: 'The cluster has to show at least one key at /openid/v1/jwks; or give keys as PEM or JWKS.',
    })
  }
  const record = published.record === undefined ? undefined : parseRecord(published.record.body)
  const present = published.jwks === undefined ? undefined : (await parseJwks(published.jwks.body)).jwks
  const decision = decideKeys({
    listed: keys,
    revokedKeys: settings.issuer.revokedKeys,
    consent,
    ...(present === undefined ? {} : { published: present }),
    ...(record === undefined ? {} : { record }),
  })
  return { ...decision, refusals: [...decision.refusals, ...issuerRefusals(record, facts, consent)] }
}

/** Roles name the issuer: one that silently becomes another leaves them all behind. */
function issuerRefusals(
  record: IssuerRecord | undefined,
  { issuerUrl }: Facts,
  consent: KeyConsent,
): readonly Refusal[] {
  if (record === undefined || record.issuer === issuerUrl || consent.newIssuer === true) return []
  return [
    {
      code: 'issuer-changed',
      resource: ISSUER.record,
      message:
        issuerUrl === undefined
          ? `Cannot restore the issuer ${record.issuer}: the distribution that gave it its name is gone, and AWS gives a new one another name`
          : `Cannot turn the issuer ${record.issuer} into ${issuerUrl}: every role that trusts it names the old one`,
      fix: 'If no role needs the old issuer any more, run again with --new-issuer.',
    },
  ]
}
