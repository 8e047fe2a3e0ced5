// The last question: does AWS accept a token that this cluster issues? The answer
// is one of three states, and only the third is called success.
import type { Exchange } from '@irsa/aws-provisioner'
import { DEFAULT_AUDIENCE, exchangeToken, poll, PollTimeout } from '@irsa/aws-provisioner'
import type { Cluster, IssuedToken, ServiceAccountRef } from '@irsa/cluster'
import { ClusterError } from '@irsa/cluster'
import type { ApiServerSettings } from '@irsa/cluster/api-server-settings'
import { apiServerSettings } from '@irsa/cluster/api-server-settings'
import type { Observed } from '@irsa/reconcile'
import type { IssuerFile } from './config.ts'
import type { RunContext } from './context.ts'
import type { Outputs } from './outputs.ts'

export type ControlPlane =
  /** Documents and provider are there; whether the cluster uses them was not asked. */
  | { readonly state: 'published'; readonly because: string }
  | {
      readonly state: 'waiting for the control plane'
      readonly tokenIssuer: string
      readonly neededIssuer: string
      readonly settings: ApiServerSettings
    }
  | { readonly state: 'working'; readonly exchange: Extract<Exchange, { readonly accepted: true }> }
  /** The token names the issuer, and AWS refuses it all the same. */
  | { readonly state: 'refused by STS'; readonly code: string; readonly message: string }

export interface ControlPlaneInput {
  readonly config: IssuerFile
  readonly outputs: Outputs
  readonly cluster?: Cluster
  readonly canary?: ServiceAccountRef
  /** What the last look found: tells what is so new that a refusal may be an echo of the time before it. */
  readonly observed: readonly Observed[]
  /** Whether this run changed something. */
  readonly changed: boolean
}

const RETRY_MS = 5_000

export async function checkControlPlane(input: ControlPlaneInput, context: RunContext): Promise<ControlPlane> {
  const { cluster, canary, config, outputs } = input
  if (cluster === undefined)
    return { state: 'published', because: 'the cluster was not asked: its keys came from files' }
  if (canary === undefined)
    return { state: 'published', because: 'cluster.canary is false, so there is no token to try' }
  const audience = config.issuer.audiences[0] ?? DEFAULT_AUDIENCE
  const token = await requestCanaryToken(cluster, canary, audience)
  if (token === undefined)
    return { state: 'published', because: `the service account ${canary.namespace}/${canary.name} does not exist yet` }
  if (token.issuer !== outputs.issuerUrl) return waiting(input, cluster, canary, token)
  const exchange = await exchangePatiently(input, context, token)
  return exchange.accepted
    ? { state: 'working', exchange }
    : { state: 'refused by STS', code: exchange.code, message: exchange.message }
}

async function requestCanaryToken(
  cluster: Cluster,
  canary: ServiceAccountRef,
  audience: string,
): Promise<IssuedToken | undefined> {
  try {
    return await cluster.requestToken({ ...canary, audience })
  } catch (error) {
    if (error instanceof ClusterError && error.code === 'not-found') return undefined
    throw error
  }
}

async function waiting(
  input: ControlPlaneInput,
  cluster: Cluster,
  canary: ServiceAccountRef,
  token: IssuedToken,
): Promise<ControlPlane> {
  const { config, outputs } = input
  // A token for no audience in particular carries the API server's own.
  const own = await cluster.requestToken(canary)
  const { distribution = 'flags', version } = config.cluster
  return {
    state: 'waiting for the control plane',
    tokenIssuer: token.issuer,
    neededIssuer: outputs.issuerUrl,
    settings: apiServerSettings({
      distribution,
      issuerUrl: outputs.issuerUrl,
      jwksUri: outputs.jwksUri,
      currentIssuers: [token.issuer],
      apiAudiences: own.audiences,
      ...(version === undefined ? {} : { version }),
    }),
  }
}

/**
 * A role or key that is new may be refused for some seconds. Which refusals can be
 * such an echo is known by their codes; a denied trust policy only right after it was made.
 */
async function exchangePatiently(input: ControlPlaneInput, context: RunContext, token: IssuedToken): Promise<Exchange> {
  let last: Exchange | undefined
  try {
    return await poll<Exchange>({
      clock: context.clock,
      intervalMs: RETRY_MS,
      timeoutMs: patienceMs(input, context),
      what: 'STS to accept the token',
      ...(context.signal === undefined ? {} : { signal: context.signal }),
      check: async () => {
        last = await exchangeToken({
          token: token.token,
          roleArn: input.outputs.canaryRoleArn ?? '',
          region: input.config.aws.region,
          ...(context.requestHandler === undefined ? {} : { requestHandler: context.requestHandler }),
        })
        return last.accepted || !isEcho(last) ? { done: last } : { pending: last.message }
      },
    })
  } catch (error) {
    if (error instanceof PollTimeout && last !== undefined) return last
    throw error
  }
}

/** IAM, STS and edges know of a change after some seconds; a refusal in that time may be an echo. */
const ECHO_MS = 120_000

function patienceMs({ observed, changed }: ControlPlaneInput, { clock }: RunContext): number {
  if (changed) return ECHO_MS
  const newest = Math.max(0, ...observed.map(({ outputs }) => Number(outputs['createdAtMs'] ?? 0)))
  return Math.max(0, newest + ECHO_MS - clock.now())
}

const ECHOES = new Set([
  'AccessDenied',
  'IDPCommunicationError',
  'InvalidIdentityToken',
  'InternalFailure',
  'ServiceUnavailable',
  'Throttling',
  'unavailable',
])

function isEcho(exchange: Extract<Exchange, { readonly accepted: false }>): boolean {
  return ECHOES.has(exchange.code)
}
