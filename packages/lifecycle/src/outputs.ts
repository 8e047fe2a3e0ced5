// What others need to go on: for trust policies, for the API server, for people.
import type { Facts } from '@irsa/aws-provisioner'
import { providerArn, withoutScheme } from '@irsa/aws-provisioner'
import type { Observed } from '@irsa/reconcile'
import type { IssuerFile } from './config.ts'

export interface Outputs {
  /** For `--service-account-issuer`. */
  readonly issuerUrl: string
  /** For `--service-account-jwks-uri`. */
  readonly jwksUri: string
  /** For the `Principal` of trust policies. */
  readonly oidcProviderArn: string
  /** The issuer as IAM was given it, with `https://`. */
  readonly oidcProviderUrl: string
  /** The same without a scheme: what condition keys begin with, `<prefix>:sub`. */
  readonly conditionKeyPrefix: string
  readonly canaryRoleArn?: string
  readonly bucket?: string
  readonly distributionId?: string
}

/** `undefined` while the issuer's URL is not known. */
export function outputsOf(config: IssuerFile, facts: Facts, observed: readonly Observed[]): Outputs | undefined {
  if (facts.issuerUrl === undefined) return undefined
  const canary = observed.find(({ id }) => id.startsWith('role/'))
  const canaryRoleArn = config.cluster.canary === false ? undefined : canary?.outputs['arn']
  return {
    issuerUrl: facts.issuerUrl,
    jwksUri: `${facts.issuerUrl}${facts.jwksPath}`,
    oidcProviderArn: providerArn(facts.issuerUrl, facts),
    oidcProviderUrl: facts.issuerUrl,
    conditionKeyPrefix: withoutScheme(facts.issuerUrl),
    ...(canaryRoleArn === undefined ? {} : { canaryRoleArn }),
    ...(facts.bucket === undefined ? {} : { bucket: facts.bucket.name }),
    ...(facts.distribution === undefined ? {} : { distributionId: facts.distribution.id }),
  }
}
