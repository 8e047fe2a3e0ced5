// The sandbox on loopback ports, for programs that are not in this process: AWS
// over HTTP, each API server over TLS, and the public web over TLS and behind a
// proxy. Decides ports, names and certificates; answers come from the sandbox.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { createSecureContext } from 'node:tls'
import type { SecureContext } from 'node:tls'
import type { AwsCredentials } from './aws/accounts.ts'
import type { CertificateAuthority } from './certificates.ts'
import { createCertificateAuthority } from './certificates.ts'
import { formatKubeconfig } from './kubeconfig.ts'
import type { KubeconfigEntry } from './kubeconfig.ts'
import { SERVICE_ADDRESS } from './kubernetes/control-plane.ts'
import type { Sandbox } from './sandbox.ts'
import type { Route, SocketServer } from './socket-server.ts'
import { createResponder, openSocketServer } from './socket-server.ts'

export interface ListenOptions {
  /** The session of requests that name none in the header `x-sandbox-session`. Default: `socket`. */
  readonly session?: string
}

export interface Listener {
  /** For `AWS_ENDPOINT_URL`: every AWS service, over plain HTTP. */
  readonly awsEndpointUrl: string
  /** For `HTTPS_PROXY`: CONNECT to any host ends at the public web, to an API server's address at that server. */
  readonly proxyUrl: string
  /** Where the public web answers over TLS for whatever host a client names. */
  readonly publicPort: number
  /** Signed the certificate of every TLS port. */
  readonly caPem: string
  /** A file that holds `caPem` until `close`. */
  readonly caFile: string
  /** `https://127.0.0.1:PORT` of one API server, or of a load balancer before all of them. */
  kubernetesUrl(cluster: string, options?: { readonly apiServer?: string }): string
  /** Text of a kubeconfig for the user `kubernetes-admin`, or another. */
  kubeconfig(cluster: string, options?: { readonly apiServer?: string; readonly user?: string }): string
  /** Variables by which the AWS SDKs, kubectl, curl and Node.js find the sandbox and trust it. */
  environment(options?: { readonly credentials?: AwsCredentials; readonly region?: string }): Record<string, string>
  /** Opens ports for clusters that were made since. */
  refresh(): Promise<void>
  /** Ends all connections and frees all ports. */
  close(): Promise<void>
}

const LOAD_BALANCER = ''

/** Opens the ports; clusters made later get theirs with `refresh`. */
export async function listen(sandbox: Sandbox, options: ListenOptions = {}): Promise<Listener> {
  const authority = createCertificateAuthority()
  const directory = await mkdtemp(join(tmpdir(), 'sandbox-'))
  const [caFile, kubeconfigFile] = [join(directory, 'ca.pem'), join(directory, 'kubeconfig')]
  const answerAs = createResponder(sandbox, options.session ?? 'socket')
  const tunnels = new Set<Duplex>()
  /** By cluster and API server. */
  const clusters = new Map<string, Map<string, SocketServer>>()

  const aws = await openSocketServer(answerAs((incoming) => ({ target: { to: 'aws' }, url: urlOf(incoming, 'http') })))
  const web = await openSocketServer(
    answerAs((incoming) => ({ target: { to: 'public' }, url: urlOf(incoming, 'https') })),
    {
      SNICallback: anyHost(authority),
      ...keyAndCertificate(authority, ['localhost', '127.0.0.1']),
    },
  )
  const proxy = await openSocketServer(
    answerAs((incoming) => ({ target: { to: 'public' }, url: urlOf(incoming, 'http') })),
  )
  proxy.server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    tunnel(client, head, portBehind(request.url ?? ''), tunnels)
  })

  async function refresh(): Promise<void> {
    for (const cluster of Object.keys(sandbox.world.clusters)) {
      const ports = clusters.get(cluster) ?? new Map<string, SocketServer>()
      clusters.set(cluster, ports)
      for (const apiServer of [LOAD_BALANCER, ...sandbox.cluster(cluster).apiServers]) {
        if (ports.has(apiServer)) continue
        const listener = answerAs((incoming) => kubernetesRoute(cluster, apiServer, incoming))
        ports.set(
          apiServer,
          await openSocketServer(listener, keyAndCertificate(authority, hostNames(sandbox, cluster, apiServer))),
        )
      }
    }
    const entries = [...clusters.keys()].map((cluster) => entry(cluster, {}))
    await writeFile(caFile, authority.certificatePem, { mode: 0o600 })
    await writeFile(kubeconfigFile, formatKubeconfig(entries), { mode: 0o600 })
  }

  function kubernetesUrl(cluster: string, { apiServer = LOAD_BALANCER }: { readonly apiServer?: string } = {}): string {
    const port = clusters.get(cluster)?.get(apiServer)?.port
    if (port === undefined)
      throw new TypeError(
        `Cannot find a port for "${apiServer || cluster}": needed a cluster that was there at the last refresh()`,
      )
    return `https://127.0.0.1:${port}`
  }

  function entry(
    cluster: string,
    { apiServer, user = 'kubernetes-admin' }: { readonly apiServer?: string; readonly user?: string },
  ): KubeconfigEntry {
    const server = kubernetesUrl(cluster, apiServer === undefined ? {} : { apiServer })
    return { cluster, server, caPem: authority.certificatePem, user, token: sandbox.cluster(cluster).userToken(user) }
  }

  /** An API server, when the host is its address or name; else the public web. */
  function portBehind(authorityForm: string): number {
    const [host = ''] = authorityForm.split(':')
    for (const [cluster, ports] of clusters) {
      for (const [apiServer, { port }] of ports) {
        if (
          apiServer === LOAD_BALANCER
            ? host === `${cluster}.kubernetes.sandbox`
            : addressesOf(sandbox, cluster, apiServer).includes(host)
        )
          return port
      }
    }
    return web.port
  }

  await refresh()
  return {
    awsEndpointUrl: `http://127.0.0.1:${aws.port}`,
    proxyUrl: `http://127.0.0.1:${proxy.port}`,
    publicPort: web.port,
    caPem: authority.certificatePem,
    caFile,
    kubernetesUrl,
    kubeconfig: (cluster, kubeconfigOptions = {}) => formatKubeconfig([entry(cluster, kubeconfigOptions)]),
    environment: ({ credentials, region = 'us-east-1' } = {}) => ({
      AWS_ENDPOINT_URL: `http://127.0.0.1:${aws.port}`,
      AWS_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
      ...(credentials && {
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      }),
      ...(credentials?.sessionToken && { AWS_SESSION_TOKEN: credentials.sessionToken }),
      HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
      NO_PROXY: '127.0.0.1,localhost',
      NODE_USE_ENV_PROXY: '1',
      NODE_EXTRA_CA_CERTS: caFile,
      SSL_CERT_FILE: caFile,
      CURL_CA_BUNDLE: caFile,
      KUBECONFIG: kubeconfigFile,
    }),
    refresh,
    close: async () => {
      for (const socket of tunnels) socket.destroy()
      const kubernetes = [...clusters.values()].flatMap((ports) => [...ports.values()])
      await Promise.all([aws, web, proxy, ...kubernetes].map((server) => server.close()))
      await rm(directory, { recursive: true, force: true })
    },
  }
}

function kubernetesRoute(cluster: string, apiServer: string, incoming: IncomingMessage): Route {
  const isNamed = apiServer !== LOAD_BALANCER
  const host = `${isNamed ? `${apiServer}.` : ''}${cluster}.kubernetes.sandbox`
  return {
    target: { to: 'kubernetes', cluster, ...(isNamed ? { apiServer } : {}) },
    url: new URL(`https://${host}${incoming.url ?? '/'}`),
  }
}

/** From the Host header, or, when a proxy is asked, from the request line. */
function urlOf(incoming: IncomingMessage, scheme: 'http' | 'https'): URL {
  const path = incoming.url ?? '/'
  return path.startsWith('/') ? new URL(`${scheme}://${incoming.headers.host ?? 'localhost'}${path}`) : new URL(path)
}

function addressesOf(sandbox: Sandbox, cluster: string, apiServer: string): readonly string[] {
  const address = sandbox.world.clusters[cluster]?.apiServers[apiServer]?.address
  return [`${apiServer}.${cluster}.kubernetes.sandbox`, ...(address === undefined ? [] : [address])]
}

/** As kube-apiserver's certificate has them, and the loopback names. */
function hostNames(sandbox: Sandbox, cluster: string, apiServer: string): readonly string[] {
  const own = apiServer === LOAD_BALANCER ? [] : addressesOf(sandbox, cluster, apiServer)
  const service = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local']
  return [
    '127.0.0.1',
    'localhost',
    'kubernetes.sandbox',
    `${cluster}.kubernetes.sandbox`,
    ...own,
    ...service,
    SERVICE_ADDRESS,
  ]
}

function keyAndCertificate(
  authority: CertificateAuthority,
  names: readonly string[],
): { readonly key: string; readonly cert: string } {
  const { privateKeyPem, certificatePem } = authority.issue(names)
  return { key: privateKeyPem, cert: certificatePem }
}

/** Makes a certificate for a host when it is first asked for. */
function anyHost(
  authority: CertificateAuthority,
): (host: string, done: (error: Error | null, context?: SecureContext) => void) => void {
  const contexts = new Map<string, SecureContext>()
  return (host, done) => {
    const context = contexts.get(host) ?? createSecureContext(keyAndCertificate(authority, [host]))
    contexts.set(host, context)
    done(null, context)
  }
}

function tunnel(client: Duplex, head: Buffer, port: number, tunnels: Set<Duplex>): void {
  const upstream: Socket = connect(port, '127.0.0.1', () => {
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    upstream.write(head)
    client.pipe(upstream).pipe(client)
  })
  for (const [one, other] of [[client, upstream] as const, [upstream, client] as const]) {
    tunnels.add(one)
    one.on('error', () => other.destroy())
    one.on('close', () => {
      tunnels.delete(one)
      other.destroy()
    })
  }
}
