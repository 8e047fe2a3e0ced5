// The world of a story: an account, a cluster, one configuration, and whatever the
// way of hosting takes for granted. Every run is a session of its own, as a process
// would be.
import type { BootstrapResult, Config, DestroyResult, InputValues, PlanResult, RunContext } from '@irsa/lifecycle'
import { bootstrapCommand, destroyCommand, exchangeToken, parseConfigFile, planCommand } from '@irsa/lifecycle'
import type { Exchange } from '@irsa/lifecycle'
import type { ClusterHandle, PolicyDocument, Sandbox, Session, World } from '@irsa/sandbox'
import { createRandom, createSandbox } from '@irsa/sandbox'

export const hostings = ['domain', 'cloudfront', 's3', 'files'] as const
export type Hosting = (typeof hostings)[number]

export interface JourneyOptions {
  /** Lines below `issuer:`, indented by two, in place of those that the hosting needs. */
  readonly issuer?: string
  /** Whole sections in place of none. */
  readonly cluster?: string
  readonly name?: string
  readonly region?: string
  readonly seed?: number
  /** Default: deletion protection is off, so that stories can end. */
  readonly isProtected?: boolean
  /** An earlier world to live in. */
  readonly sandbox?: Sandbox
  readonly account?: string
}

export interface Journey {
  readonly sandbox: Sandbox
  readonly account: string
  readonly config: Config
  readonly cluster: ClusterHandle
  /** A new process, with what it needs to run a command. */
  process(options?: ProcessOptions): JourneyProcess
  bootstrap(inputs?: InputValues): Promise<BootstrapResult>
  plan(inputs?: InputValues): Promise<PlanResult>
  destroy(inputs?: InputValues): Promise<DestroyResult>
  /** Gives the API server what bootstrap printed. */
  configureControlPlane(result: BootstrapResult): void
  exchange(token: string, roleArn: string): Promise<Exchange>
}

export interface ProcessOptions {
  /** What the process may do on AWS. Default: everything. */
  readonly policies?: readonly PolicyDocument[]
  readonly userName?: string
  /** Token for the cluster. Default: that of the administrator. */
  readonly clusterToken?: string
}

export interface JourneyProcess {
  readonly session: Session
  readonly context: RunContext
}

const ISSUERS: Readonly<Record<Hosting, string>> = {
  domain: '  hosting: domain\n  domain: oidc.example.com\n',
  cloudfront: '  hosting: cloudfront\n',
  s3: '  hosting: s3\n',
  files: '  hosting: files\n  url: https://issuer.example.net\n',
}

const UNPROTECTED = '  deletionProtection: false\n'

export function configText(hosting: Hosting, options: JourneyOptions = {}): string {
  return [
    'version: 1\n',
    `name: ${options.name ?? 'prod'}\n`,
    `aws:\n  region: ${options.region ?? 'eu-west-1'}\n`,
    `issuer:\n${options.issuer ?? ISSUERS[hosting]}${options.isProtected === true ? '' : UNPROTECTED}`,
    ...(options.cluster === undefined ? [] : [`cluster:\n${options.cluster}`]),
  ].join('')
}

export function parseConfig(text: string): Config {
  const { config, findings } = parseConfigFile(text)
  if (config === undefined) throw new Error(findings.map(({ path, message }) => `${path} ${message}`).join('\n'))
  return config
}

export function createJourney(hosting: Hosting, options: JourneyOptions = {}): Journey {
  const sandbox = options.sandbox ?? createSandbox()
  const account = options.account ?? sandbox.createAccount()
  if (options.sandbox === undefined) {
    sandbox.createHostedZone({ account, name: 'example.com' })
    sandbox.createUser({ account })
  }
  const config = parseConfig(configText(hosting, options))
  return openJourney(sandbox, account, config, sandbox.createCluster(config.name), options.seed ?? 1)
}

export function openJourney(
  sandbox: Sandbox,
  account: string,
  config: Config,
  cluster: ClusterHandle,
  seed: number,
): Journey {
  let processes = 0

  function process({ policies, userName, clusterToken }: ProcessOptions = {}): JourneyProcess {
    processes += 1
    const session = sandbox.session(`${config.name}-${processes}`)
    const credentials = sandbox.createUser({
      account,
      name: userName ?? (policies === undefined ? 'admin' : 'limited'),
      ...(policies === undefined ? {} : { policies }),
    })
    return {
      session,
      context: {
        clock: sandbox.clock,
        random: createRandom(seed + processes),
        environment: {},
        readFile: (path) => Promise.reject(new Error(`no file "${path}" in this story`)),
        credentials,
        requestHandler: session.requestHandler,
        fetch: session.fetch,
        clusterPort: session.kubernetes(cluster.name, { token: clusterToken ?? cluster.adminToken }),
      },
    }
  }

  return {
    sandbox,
    account,
    config,
    cluster,
    process,
    bootstrap: (inputs = {}) => bootstrapCommand.run(config, inputs, process().context),
    plan: (inputs = {}) => planCommand.run(config, inputs, process().context),
    destroy: (inputs = { confirm: config.name }) => destroyCommand.run(config, inputs, process().context),
    configureControlPlane: ({ controlPlane }) => {
      if (controlPlane?.state !== 'waiting for the control plane')
        throw new Error(`the state is ${controlPlane?.state}`)
      const valuesOf = (name: string): string[] =>
        controlPlane.settings.flags.filter((flag) => flag.name === name).map(({ value }) => value)
      cluster.restart({
        issuers: valuesOf('service-account-issuer'),
        jwksUri: valuesOf('service-account-jwks-uri')[0] ?? '',
        apiAudiences: (valuesOf('api-audiences')[0] ?? '').split(','),
      })
    },
    exchange: (token, roleArn) =>
      exchangeToken({
        token,
        roleArn,
        region: config.aws.region,
        requestHandler: sandbox.session('pod').requestHandler,
      }),
  }
}

/** A world in which bootstrap has come to its end. */
export async function bootstrapped(hosting: Hosting, options: JourneyOptions = {}): Promise<Journey> {
  const journey = createJourney(hosting, options)
  const first = await journey.bootstrap()
  journey.configureControlPlane(first)
  const second = await journey.bootstrap()
  if (second.state !== 'working') throw new Error(`the state is ${second.state}`)
  return journey
}

export type { World }
