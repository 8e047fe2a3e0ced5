// The one shape in which a request reaches any part of the sandbox, whether it
// came from an SDK in this process or over a socket.

export interface SandboxRequest {
  readonly method: string
  /** Absolute, for instance `https://iam.amazonaws.com/` or `https://10.0.0.1:6443/openid/v1/jwks`. */
  readonly url: URL
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export interface SandboxResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export function encodeText(text: string): Uint8Array {
  return encoder.encode(text)
}

export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

export function respond(status: number, contentType: string, body: string | Uint8Array): SandboxResponse {
  const bytes = typeof body === 'string' ? encodeText(body) : body
  return { status, headers: { 'content-type': contentType, 'content-length': String(bytes.byteLength) }, body: bytes }
}

export function respondEmpty(status: number, headers: Record<string, string> = {}): SandboxResponse {
  return { status, headers: { 'content-length': '0', ...headers }, body: new Uint8Array() }
}

export function respondJson(status: number, value: unknown, contentType: string = 'application/json'): SandboxResponse {
  return respond(status, contentType, JSON.stringify(value))
}
