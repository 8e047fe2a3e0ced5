// The proof: a token presented to STS. The credentials that come back are dropped
// unread; what counts is that they came.
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import type { AwsRequestHandler } from './aws/clients.ts'
import { isConnectionError } from './error.ts'

export interface ExchangeOptions {
  /** The service-account token (a JWT). Never logged, never part of a message. */
  readonly token: string
  readonly roleArn: string
  /** Region whose STS is asked. */
  readonly region: string
  /** 2 to 64 characters of `[\w+=,.@-]`. Default `irsa-canary`. */
  readonly sessionName?: string
  readonly requestHandler?: AwsRequestHandler
}

export type Exchange =
  | { readonly accepted: true; readonly provider: string; readonly audience: string; readonly subject: string }
  | {
      readonly accepted: false
      /** The error's code, `AccessDenied` or `InvalidIdentityToken` for instance; `unavailable` when there was no answer. */
      readonly code: string
      /** In AWS's words. */
      readonly message: string
    }

/** The least that STS takes. */
const SESSION_SECONDS = 900

/** Asks STS once whether it accepts the token for the role (AWS STS API Reference, "AssumeRoleWithWebIdentity"). */
export async function exchangeToken(options: ExchangeOptions): Promise<Exchange> {
  const client = new STSClient({
    region: options.region,
    // Asked once: whoever asks decides whether the answer is worth asking again.
    maxAttempts: 1,
    // The request is not signed: the token is the credential.
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    ...(options.requestHandler === undefined ? {} : { requestHandler: options.requestHandler }),
  })
  try {
    const reply = await client.send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: options.roleArn,
        RoleSessionName: options.sessionName ?? 'irsa-canary',
        WebIdentityToken: options.token,
        DurationSeconds: SESSION_SECONDS,
      }),
    )
    const { Provider = '', Audience = '', SubjectFromWebIdentityToken = '' } = reply
    return { accepted: true, provider: Provider, audience: Audience, subject: SubjectFromWebIdentityToken }
  } catch (error) {
    const { name, message } = error as Error
    if (isConnectionError(error)) return { accepted: false, code: 'unavailable', message }
    return { accepted: false, code: name.replace(/Exception$/, ''), message }
  } finally {
    client.destroy()
  }
}
