// Carries requests from sockets on 127.0.0.1 into the sandbox and answers back.
// What a fault does to a caller it does here to his connection: no answer, and the
// socket is gone. Knows no service.
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { TLSSocket } from 'node:tls'
import { ConnectionError } from './faults.ts'
import type { SandboxRequest, SandboxResponse } from './http.ts'
import type { Sandbox, Target } from './sandbox.ts'

/** Names the session of one request. */
export const SESSION_HEADER = 'x-sandbox-session'

export interface Route {
  readonly target: Target
  readonly url: URL
}

export interface SocketServer {
  readonly port: number
  readonly server: Server
  close(): Promise<void>
}

const CRASHED = Symbol('crashed')

/** A function that answers each request of a socket server; sessions begin when they are first named. */
export function createResponder(
  sandbox: Sandbox,
  defaultSession: string,
): (route: (incoming: IncomingMessage) => Route) => RequestListener {
  const crashes = new Map<string, Promise<typeof CRASHED>>()

  async function respond(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    route: (incoming: IncomingMessage) => Route,
  ): Promise<void> {
    const { [SESSION_HEADER]: named, ...headers } = flatten(incoming)
    const session = named ?? defaultSession
    const crash = crashes.get(session) ?? sandbox.session(session).crashed.then(() => CRASHED)
    crashes.set(session, crash)
    const { target, url } = route(incoming)
    const request: SandboxRequest = { method: incoming.method ?? 'GET', url, headers, body: await readBody(incoming) }
    const response = await Promise.race([sandbox.handle(target, request, session), crash])
    if (response === CRASHED) incoming.socket.destroy()
    else send(outgoing, response)
  }

  return (route) => (incoming, outgoing) => {
    respond(incoming, outgoing, route).catch((error: unknown) => {
      if (error instanceof ConnectionError) hangUp(incoming, error)
      else send(outgoing, { status: 500, headers: { 'content-type': 'text/plain' }, body: Buffer.from(String(error)) })
    })
  }
}

/** Listens on a port that the system chooses; with `tls` over TLS. */
export async function openSocketServer(listener: RequestListener, tls?: ServerOptions): Promise<SocketServer> {
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    server,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A reset packet can be asked for on a plain socket only. */
function hangUp({ socket }: IncomingMessage, error: ConnectionError): void {
  if (error.code === 'ECONNRESET' && !(socket instanceof TLSSocket)) socket.resetAndDestroy()
  else socket.destroy()
}

function send(outgoing: ServerResponse, { status, headers, body }: SandboxResponse): void {
  outgoing.writeHead(status, { ...headers })
  outgoing.end(body)
}

async function readBody(incoming: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function flatten(incoming: IncomingMessage): Record<string, string> {
  const headers = Object.entries(incoming.headers)
  return Object.fromEntries(
    headers.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  )
}
