// What has to be known before it can be said what should be: the account, and the
// names under which things are found or will be made. Plain data, printed with the plan.

import type { FoundCertificate } from './aws/certificate-search.ts'

export type Partition = 'aws' | 'aws-cn' | 'aws-eusc' | 'aws-us-gov'

export interface Facts {
  readonly account: string
  readonly partition: Partition
  /** Who we are: the ARN that STS gives. */
  readonly caller: string
  readonly region: string
  readonly bucket?: { readonly name: string; readonly namespace: 'global' | 'account-regional' }
  /** The distribution that serves the host, or will: found by alias or by its comment. */
  readonly distribution?: { readonly id: string; readonly domainName: string }
  readonly accessControl?: { readonly name: string; readonly id?: string }
  readonly cachePolicy?: { readonly name: string; readonly id?: string }
  /** The certificate in use, found or given. */
  readonly certificate?: FoundCertificate
  /** The public hosted zone that the domain is in. */
  readonly zone?: { readonly id: string; readonly name: string }
  /** Unknown while the distribution whose host it names does not exist. */
  readonly issuerUrl?: string
  readonly jwksPath: string
}
