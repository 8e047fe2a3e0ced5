// One configuration with all that it needs to be planned and applied: AWS and the
// cluster as parts of one plan.
import type { Facts, Provisioner, ProvisionerConsent } from '@irsa/aws-provisioner'
import { createProvisioner, ownerOf } from '@irsa/aws-provisioner'
import type { Cluster, ServiceAccountRef } from '@irsa/cluster'
import { connectCluster, serviceAccountResource } from '@irsa/cluster'
import type { Jwks } from '@irsa/oidc-docs'
import type { Part, Planned } from '@irsa/reconcile'
import { planParts } from '@irsa/reconcile'
import type { Config } from './config.ts'
import { settingsOf } from './config.ts'
import type { RunContext } from './context.ts'
import { readKeySource } from './key-source.ts'

export interface Session {
  readonly config: Config
  readonly provisioner: Provisioner
  /** Absent when the configuration says that the cluster cannot be reached, or there is none. */
  readonly cluster?: Cluster
  /** The service account that proves that tokens are accepted. */
  readonly canary?: ServiceAccountRef
  plan(options: PlanOptions): Promise<SessionPlan>
}

export interface PlanOptions {
  readonly to: 'present' | 'absent'
  readonly consent: ProvisionerConsent
}

export interface SessionPlan extends Planned {
  readonly facts: Facts
  /** Listed by the cluster and not published, because they were taken out before. */
  readonly leftOutKeys: readonly { readonly kid: string; readonly because: string }[]
}

/** @throws {ClusterError} when the cluster is needed and cannot be reached. */
export async function openSession(config: Config, context: RunContext): Promise<Session> {
  const provisioner = createProvisioner({
    settings: settingsOf(config),
    clock: context.clock,
    random: context.random,
    ...pick(context, ['credentials', 'requestHandler', 'fetch', 'openStore']),
  })
  const cluster = usesCluster(config) ? await connect(config, context) : undefined
  const canary = canaryOf(config)

  return {
    config,
    provisioner,
    ...(cluster === undefined ? {} : { cluster }),
    ...(canary === undefined ? {} : { canary }),
    async plan({ to, consent }) {
      const keys = to === 'present' ? await readKeys(config, context, cluster) : undefined
      const aws = await provisioner.prepare({ to, consent, ...(keys === undefined ? {} : { keys }) })
      const parts: readonly Part[] = [aws, ...clusterPart(config, cluster, canary, to)]
      const planned = await planParts(parts, consent, context.signal)
      return { ...planned, facts: aws.facts, leftOutKeys: aws.leftOutKeys }
    },
  }
}

function pick<T, K extends keyof T>(from: T, names: readonly K[]): Partial<Pick<T, K>> {
  return Object.fromEntries(
    names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]),
  ) as Partial<Pick<T, K>>
}

/** A cluster is talked to when its keys come from it, or when the way to it is named. */
function usesCluster({ cluster }: Config): boolean {
  return cluster !== undefined && (cluster.keys.from === 'cluster' || cluster.kubeconfig !== undefined)
}

function connect({ cluster }: Config, context: RunContext): Promise<Cluster> {
  return connectCluster({
    clock: context.clock,
    random: context.random,
    environment: context.environment,
    allowExec: context.allowExec ?? false,
    ...(context.clusterPort === undefined ? {} : { port: context.clusterPort }),
    ...(cluster?.kubeconfig === undefined ? {} : { kubeconfig: cluster.kubeconfig }),
    ...(cluster?.context === undefined ? {} : { context: cluster.context }),
  })
}

function canaryOf({ cluster }: Config): ServiceAccountRef | undefined {
  if (cluster === undefined || cluster.canary === false) return undefined
  return { namespace: cluster.canary.namespace, name: cluster.canary.serviceAccount }
}

async function readKeys(config: Config, context: RunContext, cluster: Cluster | undefined): Promise<Jwks | undefined> {
  if (config.cluster === undefined) return undefined
  const { keys } = config.cluster
  return keys.from === 'cluster' ? cluster?.readKeys() : readKeySource(keys.files, context)
}

function clusterPart(
  config: Config,
  cluster: Cluster | undefined,
  canary: ServiceAccountRef | undefined,
  to: PlanOptions['to'],
): readonly Part[] {
  if (cluster === undefined || canary === undefined) return []
  return [{ driver: cluster.driver, resources: [serviceAccountResource(canary, ownerOf(settingsOf(config)), to)] }]
}
