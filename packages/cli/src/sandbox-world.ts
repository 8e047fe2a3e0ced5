// A world for one run with `--sandbox`: an account, a cluster, and whatever the
// configuration takes for granted, inside this process.
import type { Config, RunContext } from '@irsa/lifecycle'
import type { ClusterHandle, Sandbox } from '@irsa/sandbox'
import { createSandbox } from '@irsa/sandbox'

export interface SandboxWorld {
  readonly sandbox: Sandbox
  readonly cluster: ClusterHandle
  readonly context: Pick<RunContext, 'clock' | 'credentials' | 'requestHandler' | 'fetch' | 'clusterPort'>
}

/** How many seconds of the sandbox pass in one of ours, so that waits can be watched. */
const SPEED = 100

export function createSandboxWorld(config: Config, options: { readonly paced: boolean }): SandboxWorld {
  const sandbox = createSandbox({ clock: options.paced ? { mode: 'paced', speed: SPEED } : { mode: 'jump' } })
  const [wanted] = config.aws.allowedAccountIds
  const account = sandbox.createAccount({
    partition: partitionOf(config.aws.region),
    ...(wanted === undefined ? {} : { id: wanted }),
  })
  const domain = domainOf(config)
  if (domain !== undefined) sandbox.createHostedZone({ account, name: parentOf(domain) })
  const cluster = sandbox.createCluster(config.name)
  const session = sandbox.session('irsa')
  return {
    sandbox,
    cluster,
    context: {
      clock: sandbox.clock,
      credentials: sandbox.createUser({ account }),
      requestHandler: session.requestHandler,
      fetch: session.fetch,
      clusterPort: session.kubernetes(config.name, { token: cluster.adminToken }),
    },
  }
}

function domainOf(config: Config): string | undefined {
  const section = config.issuer ?? config.host
  return section.hosting === 'domain' ? section.domain : undefined
}

function parentOf(domain: string): string {
  const labels = domain.split('.')
  return labels.length > 2 ? labels.slice(1).join('.') : domain
}

function partitionOf(region: string): 'aws' | 'aws-cn' | 'aws-eusc' | 'aws-us-gov' {
  if (region.startsWith('cn-')) return 'aws-cn'
  if (region.startsWith('us-gov-')) return 'aws-us-gov'
  return region.startsWith('eusc-') ? 'aws-eusc' : 'aws'
}
