// A port from a kubeconfig. The only file that knows @kubernetes/client-node, which
// is loaded when a cluster is really talked to. It makes two things work that the
// client leaves out: proxies of the environment, and plug-ins that want to be told
// which cluster they sign in to.
import { access } from 'node:fs/promises'
import { Agent, request as httpsRequest } from 'node:https'
import type { RequestOptions } from 'node:https'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { KubeConfig, User } from '@kubernetes/client-node'
import { ClusterError } from './error.ts'
import type { ClusterPort, ClusterRequest, ClusterResponse } from './port.ts'

export interface KubeconfigOptions {
  /** Path. Default: `KUBECONFIG`, `~/.kube/config`, or inside a pod its service account. */
  readonly path?: string
  /** The kubeconfig itself. */
  readonly text?: string
  /** Default: the current context. */
  readonly context?: string
  /** Whether programs that the kubeconfig names may be run to sign in. */
  readonly allowExec: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
}

const TIMEOUT_MS = 30_000
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

/** @throws {ClusterError} when nothing names a cluster, or what names it cannot be used. Never falls back to localhost. */
export async function connectKubeconfig(options: KubeconfigOptions): Promise<ClusterPort> {
  const config = await load(options)
  checkContext(config, options)
  checkExec(config, options)
  return async (request) => send(config, request, options.environment)
}

async function load(options: KubeconfigOptions): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const config = new KubeConfig()
  try {
    if (options.text !== undefined) config.loadFromString(options.text)
    else await loadFiles(config, options)
  } catch (cause) {
    if (cause instanceof ClusterError) throw cause
    throw new ClusterError(
      'kubeconfig',
      `Cannot read the kubeconfig${options.path === undefined ? '' : ` "${options.path}"`}: ${(cause as Error).message}`,
      { cause },
    )
  }
  return config
}

async function loadFiles(config: KubeConfig, { path, environment }: KubeconfigOptions): Promise<void> {
  const named = path ?? environment['KUBECONFIG']
  const paths =
    named === undefined ? [join(homedir(), '.kube', 'config')] : named.split(delimiter).filter((one) => one !== '')
  const found = await present(paths)
  const [first, ...others] = found
  if (first !== undefined) {
    config.loadFromFile(first)
    const { KubeConfig } = await import('@kubernetes/client-node')
    for (const other of others) {
      const more = new KubeConfig()
      more.loadFromFile(other)
      config.mergeConfig(more)
    }
    return
  }
  if (named === undefined && environment['KUBERNETES_SERVICE_HOST'] !== undefined) {
    config.loadFromCluster()
    return
  }
  throw new ClusterError('no-cluster', `Cannot reach a cluster: there is no kubeconfig at ${paths.join(', ')}`, {
    hint: 'Give cluster.kubeconfig, set KUBECONFIG, or hand the keys in as a file with cluster.keys.',
  })
}

async function present(paths: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  )
  return paths.filter((_, index) => found[index])
}

function checkContext(config: KubeConfig, options: KubeconfigOptions): void {
  const names = config.getContexts().map(({ name }) => name)
  const wanted = options.context ?? config.getCurrentContext()
  if (!wanted || !names.includes(wanted)) {
    throw new ClusterError(
      'kubeconfig',
      wanted
        ? `Cannot use the context "${wanted}": the kubeconfig has ${names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ')}`
        : 'Cannot tell which cluster is meant: the kubeconfig has no current context',
      { hint: 'Give cluster.context, or set one with `kubectl config use-context`.' },
    )
  }
  config.setCurrentContext(wanted)
  const cluster = config.getCurrentCluster()
  if (!cluster?.server?.startsWith('https://')) {
    throw new ClusterError(
      'insecure',
      `Cannot use the server "${cluster?.server ?? ''}" of the context "${wanted}": https:// is needed`,
    )
  }
  if (cluster.skipTLSVerify) {
    throw new ClusterError(
      'insecure',
      `Cannot read keys from "${cluster.server}": its certificate would not be checked, so anybody in between could put keys of their own in`,
      {
        hint: 'Remove insecure-skip-tls-verify and give certificate-authority-data.',
      },
    )
  }
}

function checkExec(config: KubeConfig, options: KubeconfigOptions): void {
  const user = config.getCurrentUser() as (User & { exec?: ExecConfig }) | null
  if (user?.exec === undefined || user.exec === null) return
  if (!options.allowExec) {
    throw new ClusterError(
      'kubeconfig',
      `Cannot sign in: the kubeconfig wants to run "${user.exec.command}", and running programs is not allowed here`,
      {
        hint: 'Use a kubeconfig with a token or a client certificate, or allow it with --allow-exec.',
      },
    )
  }
  tellCluster(config, user.exec)
}

interface ExecConfig {
  readonly apiVersion?: string
  readonly command: string
  readonly provideClusterInfo?: boolean
  env?: { name: string; value: string }[] | null
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins */
function tellCluster(config: KubeConfig, exec: ExecConfig): void {
  const cluster = config.getCurrentCluster()
  const info = {
    apiVersion: exec.apiVersion ?? 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: {
      interactive: false,
      ...(exec.provideClusterInfo === true
        ? {
            cluster: {
              server: cluster?.server,
              'certificate-authority-data': cluster?.caData,
              'tls-server-name': cluster?.tlsServerName,
            },
          }
        : {}),
    },
  }
  exec.env = [...(exec.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }]
}

async function send(
  config: KubeConfig,
  request: ClusterRequest,
  environment: KubeconfigOptions['environment'],
): Promise<ClusterResponse> {
  const cluster = config.getCurrentCluster()
  const url = new URL(request.path, cluster?.server)
  const options: RequestOptions = { method: request.method, headers: {} }
  await config.applyToHTTPSOptions(options)
  options.headers = { accept: 'application/json', ...(options.headers as Record<string, string>), ...request.headers }
  if (cluster?.proxyUrl === undefined) options.agent = createAgent(options, environment)
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest(url, { ...options, timeout: TIMEOUT_MS }, (incoming) => {
      const chunks: Buffer[] = []
      let bytes = 0
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.byteLength
        if (bytes > MAX_ANSWER_BYTES) outgoing.destroy(new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`))
        else chunks.push(chunk)
      })
      incoming.on('error', reject)
      incoming.on('end', () => {
        const headers = Object.fromEntries(
          Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
        )
        resolve({ status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString('utf8') })
      })
    })
    outgoing.on('timeout', () =>
      outgoing.destroy(Object.assign(new Error(`no answer within ${TIMEOUT_MS / 1000} s`), { code: 'ETIMEDOUT' })),
    )
    outgoing.on('error', reject)
    outgoing.end(request.body)
  })
}

/** Node.js ≥ 22.21 reads HTTPS_PROXY and NO_PROXY for an agent that is told to. */
function createAgent(options: RequestOptions, environment: KubeconfigOptions['environment']): Agent {
  const { ca, cert, key, servername, rejectUnauthorized } = options
  const tls = Object.fromEntries(
    Object.entries({ ca, cert, key, servername, rejectUnauthorized }).filter(
      ([, value]) => value !== undefined && value !== null,
    ),
  )
  return new Agent({ ...tls, proxyEnv: environment } as ConstructorParameters<typeof Agent>[0])
}
