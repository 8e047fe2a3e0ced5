// One token as it should be, and every way in which a token can be wrong.
import type { Exchange } from '@irsa/lifecycle'
import { exchangeToken } from '@irsa/lifecycle'
import type { SandboxWorld } from './sandbox-world.ts'

export interface DemoToken {
  readonly title: string
  readonly token: string
  readonly accepted: boolean
}

const AUDIENCE = 'sts.amazonaws.com'
const CANARY = { namespace: 'kube-system', serviceAccount: 'irsa-canary' }
const HOUR_SECONDS = 3600

export function tokensOfDemo({ cluster, sandbox }: SandboxWorld): readonly DemoToken[] {
  const right = cluster.createToken({ ...CANARY, audiences: [AUDIENCE] })
  const { claims, header } = cluster.readToken(right)
  const [head, payload, signature = ''] = right.split('.')
  const nowSeconds = Math.floor(sandbox.clock.now() / 1000)
  const refused = (title: string, token: string): DemoToken => ({ title, token, accepted: false })
  return [
    { title: "the canary's token", token: right, accepted: true },
    refused('forged signature', [head, payload, forge(signature)].join('.')),
    refused('signed with a key that the cluster never showed', cluster.signToken({ claims, key: 'unknown' })),
    refused(
      'signed with such a key under the kid of a known one',
      cluster.signToken({ claims, header, key: 'unknown' }),
    ),
    refused(
      'of another service account',
      cluster.createToken({ namespace: 'default', serviceAccount: 'default', audiences: [AUDIENCE] }),
    ),
    refused('for another audience', cluster.createToken({ ...CANARY, audiences: ['vault'] })),
    refused(
      'expired an hour ago',
      cluster.signToken({
        claims: {
          ...claims,
          iat: nowSeconds - 2 * HOUR_SECONDS,
          nbf: nowSeconds - 2 * HOUR_SECONDS,
          exp: nowSeconds - HOUR_SECONDS,
        },
      }),
    ),
  ]
}

/** One bit of the signature is another. */
function forge(signature: string): string {
  const bytes = Buffer.from(signature, 'base64url')
  bytes[0] = (bytes[0] ?? 0) ^ 1
  return bytes.toString('base64url')
}

export function exchangeInSandbox({ context }: SandboxWorld, token: string, roleArn: string): Promise<Exchange> {
  return exchangeToken({
    token,
    roleArn,
    region: 'eu-west-1',
    ...(context.requestHandler === undefined ? {} : { requestHandler: context.requestHandler }),
  })
}
