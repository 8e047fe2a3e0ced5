// The ARN of an IAM OpenID Connect provider: its parts, and the condition-key prefix that follows from it.

/** The parts of the ARN of an IAM OpenID Connect provider. */
export interface ProviderArn {
  /** `aws`, `aws-cn`, `aws-us-gov`, `aws-eusc`. */
  readonly partition: string
  /** The account, 12 digits. */
  readonly accountId: string
  /** The issuer without `https://`: what precedes `:sub` and `:aud` in condition keys. */
  readonly conditionKeyPrefix: string
}

/** Splits the ARN of an OpenID Connect provider; `undefined` for anything else. The issuer in it is not judged. */
export function parseProviderArn(arn: unknown): ProviderArn | undefined {
  if (typeof arn !== 'string') return undefined
  const match = /^arn:(aws(?:-[a-z]+)*):iam::([0-9]{12}):oidc-provider\/(\S+)$/.exec(arn)
  const [, partition, accountId, conditionKeyPrefix] = match ?? []
  if (partition === undefined || accountId === undefined || conditionKeyPrefix === undefined) return undefined
  return { partition, accountId, conditionKeyPrefix }
}

/** Whether an issuer without its `https://` is a lower-case DNS name with an optional plain path. */
export function isPlainIssuer(conditionKeyPrefix: string): boolean {
  const [host = '', ...segments] = conditionKeyPrefix.split('/')
  const labels = host.split('.')
  return (
    labels.length >= 2 &&
    host.length <= 253 &&
    labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label)) &&
    !/^[0-9]+$/.test(labels.at(-1) ?? '') &&
    segments.every((segment) => /^[A-Za-z0-9._~-]+$/.test(segment) && !/^\.\.?$/.test(segment))
  )
}
