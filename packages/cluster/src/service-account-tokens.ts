// What a cluster says about itself to those who will verify its tokens: issuer,
// keys, and tokens.
import type { Jwks } from '@irsa/oidc-docs'
import { parseJwks } from '@irsa/oidc-docs'
import { ClusterError } from './error.ts'
import type { ClusterPort } from './port.ts'
import { requestJson } from './requests.ts'

export interface ServiceAccountRef {
  readonly namespace: string
  readonly name: string
}

export interface TokenOptions extends ServiceAccountRef {
  /** Left out: the API server's own audiences. */
  readonly audience?: string
  /** At least 600. Default 600. */
  readonly expirationSeconds?: number
}

/** A token and what it says, unverified. The token itself never appears in a message. */
export interface IssuedToken {
  readonly token: string
  readonly issuer: string
  readonly subject: string
  readonly audiences: readonly string[]
  readonly kid: string
  readonly expiresAtMs: number
}

const SHORTEST_SECONDS = 600

/** The keys that the API server verifies tokens with: `/openid/v1/jwks`. @throws {ClusterError} */
export async function readKeys(port: ClusterPort): Promise<Jwks> {
  const what = 'read the keys of the cluster'
  const answer = await requestJson(port, what, { method: 'GET', path: '/openid/v1/jwks' })
  try {
    return (await parseJwks(answer as object)).jwks
  } catch (cause) {
    throw new ClusterError('invalid-answer', `Cannot use the keys of the cluster: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** A token for a service account (TokenRequest, authentication.k8s.io/v1). @throws {ClusterError} */
export async function requestToken(port: ClusterPort, options: TokenOptions): Promise<IssuedToken> {
  const { namespace, name, audience, expirationSeconds = SHORTEST_SECONDS } = options
  const what = `request a token for the service account ${namespace}/${name}`
  const answer = (await requestJson(port, what, {
    method: 'POST',
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}/token`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { ...(audience === undefined ? {} : { audiences: [audience] }), expirationSeconds },
    }),
  })) as { readonly status?: { readonly token?: unknown } }
  const token = answer.status?.token
  if (typeof token !== 'string') throw new ClusterError('invalid-answer', `Cannot ${what}: the answer has no token`)
  return readToken(what, token)
}

function readToken(what: string, token: string): IssuedToken {
  try {
    const [head = '', payload = ''] = token.split('.')
    const { kid } = decode(head) as { readonly kid?: string }
    const claims = decode(payload) as {
      readonly iss: string
      readonly sub: string
      readonly aud: string | string[]
      readonly exp: number
    }
    return {
      token,
      issuer: claims.iss,
      subject: claims.sub,
      audiences: [claims.aud].flat(),
      kid: kid ?? '',
      expiresAtMs: claims.exp * 1000,
    }
  } catch {
    throw new ClusterError('invalid-answer', `Cannot ${what}: what came is not a JSON Web Token`)
  }
}

function decode(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
}
