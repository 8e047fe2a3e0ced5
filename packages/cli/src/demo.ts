// `irsa demo`: all of it, in a sandbox, where a person can watch: a cluster without
// IRSA, a plan, a bootstrap, the API server's new settings, and tokens, right and forged.
import type { BootstrapResult, Config, RunContext } from '@irsa/lifecycle'
import { bootstrapCommand, parseConfigFile, planCommand, realClock, renderBootstrap, renderPlan } from '@irsa/lifecycle'
import type { ClusterHandle } from '@irsa/sandbox'
import { exchangeInSandbox, tokensOfDemo } from './demo-tokens.ts'
import { showProgress } from './progress.ts'
import type { ExitCode } from './run.ts'
import type { SandboxWorld } from './sandbox-world.ts'
import { createSandboxWorld } from './sandbox-world.ts'
import type { Terminal } from './terminal.ts'
import { colour } from './terminal.ts'

const CONFIG = `version: 1
name: prod
aws:
  region: eu-west-1
issuer:
  hosting: domain
  domain: oidc.example.com
cluster:
  distribution: kubeadm
`

export async function runDemo(terminal: Terminal): Promise<ExitCode> {
  const startedAtMs = realClock.now()
  const { config } = parseConfigFile(CONFIG)
  if (config === undefined) throw new TypeError('Cannot run the demo: its configuration is not valid')
  const world = createSandboxWorld(config, { paced: true })
  const say = (text: string): void => terminal.print(colour(text, process.stdout))
  const step = (title: string): void => say(`\n── ${title} ${'─'.repeat(Math.max(0, 76 - title.length))}\n`)

  step('A cluster without IRSA, AWS without an issuer; both inside this process')
  say(`  kube-apiserver ${flagsOf(world.cluster)}\n\nirsa.yaml:\n\n${indent(CONFIG)}`)

  step('irsa plan')
  say(renderPlan(await planCommand.run(config, {}, contextOf(world))))

  step('irsa bootstrap (the waits are those of AWS, a hundred times faster)')
  const first = await bootstrap(config, world, terminal)
  say(renderBootstrap(first))

  step('The control plane gets these settings')
  restart(world.cluster, first)
  say(`  kube-apiserver ${flagsOf(world.cluster)}`)

  step('irsa bootstrap, once more')
  const writesBefore = writes(world)
  const second = await bootstrap(config, world, terminal)
  say(`${renderBootstrap(second)}\n\n  ${writes(world) - writesBefore} write requests: it was all there already.`)

  step('Tokens, as AWS sees them')
  const isRight = await showTokens(world, second, say)
  say(
    `\nThat took ${((realClock.now() - startedAtMs) / 1000).toFixed(1)} s. On real AWS it is the same code: see README.md.`,
  )
  return second.state === 'working' && isRight ? 0 : 1
}

function contextOf({ context }: SandboxWorld, onEvent?: RunContext['onEvent']): RunContext {
  return {
    ...context,
    random: () => 0.5,
    environment: {},
    readFile: () => Promise.reject(new Error('the demo reads no files')),
    ...(onEvent === undefined ? {} : { onEvent }),
  }
}

async function bootstrap(config: Config, world: SandboxWorld, terminal: Terminal): Promise<BootstrapResult> {
  const progress = showProgress(terminal, world.sandbox.clock.now)
  const result = await bootstrapCommand.run(config, {}, contextOf(world, progress.onEvent))
  await progress.settled()
  return result
}

/** Does what the printed settings say, flag by flag. */
function restart(cluster: ClusterHandle, { controlPlane }: BootstrapResult): void {
  if (controlPlane?.state !== 'waiting for the control plane')
    throw new Error(`Cannot go on: the state is ${controlPlane?.state}`)
  const valuesOf = (name: string): string[] =>
    controlPlane.settings.flags.filter((flag) => flag.name === name).map(({ value }) => value)
  const [jwksUri = ''] = valuesOf('service-account-jwks-uri')
  const [audiences = ''] = valuesOf('api-audiences')
  cluster.restart({ issuers: valuesOf('service-account-issuer'), jwksUri, apiAudiences: audiences.split(',') })
}

function flagsOf(cluster: ClusterHandle): string {
  const { issuers, jwksUri, apiAudiences } = cluster.settings()
  return [
    ...issuers.map((issuer) => `--service-account-issuer=${issuer}`),
    ...(jwksUri === undefined ? [] : [`--service-account-jwks-uri=${jwksUri}`]),
    ...(apiAudiences === undefined ? [] : [`--api-audiences=${apiAudiences.join(',')}`]),
  ].join(' \\\n    ')
}

async function showTokens(
  world: SandboxWorld,
  { outputs }: BootstrapResult,
  say: (text: string) => void,
): Promise<boolean> {
  let isRight = true
  for (const { title, token, accepted } of tokensOfDemo(world)) {
    const answer = await exchangeInSandbox(world, token, outputs?.canaryRoleArn ?? '')
    isRight &&= answer.accepted === accepted
    say(answer.accepted ? `  + ${title}: accepted` : `  - ${title}: refused\n      ${answer.code}: ${answer.message}`)
  }
  return isRight
}

function writes({ sandbox }: SandboxWorld): number {
  return sandbox.requests.entries.filter(({ access }) => access === 'write').length
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')
}
