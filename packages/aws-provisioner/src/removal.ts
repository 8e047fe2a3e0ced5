// What stands against destroying an issuer or a host: protection, roles that still
// trust it, clusters that still live on it.
import type { Refusal } from '@irsa/reconcile'
import type { AwsContext } from './context.ts'
import { distributionId } from './desired-host.ts'
import { ISSUER } from './ids.ts'
import { canaryRoleName, providerArn } from './names.ts'
import type { Settings } from './settings.ts'

export interface RemovalConsent {
  /** Names of roles that may be left behind trusting an issuer that is gone. */
  readonly abandonRoles?: readonly string[]
  /** Delete even a bucket whose name anybody could then take. */
  readonly releaseName?: boolean
}

export async function removalRefusals(
  settings: Settings,
  context: AwsContext,
  consent: RemovalConsent,
): Promise<readonly Refusal[]> {
  const [roles, clusters] = await Promise.all([
    trustingRoleRefusals(settings, context, consent),
    clusterRefusals(settings, context),
  ])
  return [...protectionRefusals(settings), ...roles, ...clusters]
}

function protectionRefusals(settings: Settings): readonly Refusal[] {
  const section = settings.host === undefined ? 'issuer' : 'host'
  const isProtected = (settings.host ?? settings.issuer).deletionProtection
  if (!isProtected) return []
  return [
    {
      code: 'deletion-protected',
      resource: settings.host === undefined ? ISSUER.keys : distributionId(settings),
      message: `Cannot destroy "${settings.name}": deletion protection is on`,
      fix: `Set ${section}.deletionProtection to false in the configuration, and run again.`,
    },
  ]
}

/** A role that trusts an issuer which no longer exists belongs to whoever gets the issuer's name next. */
async function trustingRoleRefusals(
  settings: Settings,
  context: AwsContext,
  consent: RemovalConsent,
): Promise<readonly Refusal[]> {
  const { facts, clients } = context
  if (settings.issuer === undefined || facts.issuerUrl === undefined) return []
  const { listTrustingRoles } = await import('./aws/trusting-roles.ts')
  const canary = settings.canary?.roleName ?? canaryRoleName(settings.name)
  const names = await listTrustingRoles(clients, providerArn(facts.issuerUrl, facts))
  return names
    .filter((name) => name !== canary && !consent.abandonRoles?.includes(name))
    .map((name) => ({
      code: 'role-still-trusts',
      resource: ISSUER.keys,
      message: `Cannot destroy the issuer ${facts.issuerUrl}: the role "${name}" still trusts it`,
      fix: `Delete the role or change its trust policy; or, if it may stay as it is, run again with --abandon-role ${name}.`,
    }))
}

async function clusterRefusals(settings: Settings, context: AwsContext): Promise<readonly Refusal[]> {
  if (settings.host === undefined || context.facts.bucket === undefined) return []
  const { listIssuerPaths } = await import('./aws/issuer-paths.ts')
  const paths = await listIssuerPaths(context.clients, context.facts.bucket.name, context.facts.account)
  return paths.map((path) => ({
    code: 'host-in-use',
    resource: distributionId(settings),
    message: `Cannot destroy the host "${settings.name}": the issuer at ${path} is still published on it`,
    fix: 'Destroy that issuer first, with its own configuration.',
  }))
}
