// The whole state of the sandbox as plain JSON, so that it can be dumped, compared,
// put back and edited by a test. Three conventions hold everywhere:
// - `settings` holds what callers asked for, in the request's own terms; whatever
//   stands beside it was made by the service. So a test can find every attribute
//   that somebody set without a list of its own.
// - a key that ends in `At` is a time in milliseconds since the Unix epoch;
// - `caches` holds what caches remember and `sessions` what STS handed out; neither
//   is part of the world's truth, and a request that changes only them stores nothing.
import type { AcmState } from './aws/acm-state.ts'
import type { CloudFrontState } from './aws/cloudfront-state.ts'
import type { IamState } from './aws/iam-state.ts'
import type { Route53State } from './aws/route53-state.ts'
import type { S3State } from './aws/s3-state.ts'
import type { ClusterState } from './kubernetes/state.ts'

export type Partition = 'aws' | 'aws-cn' | 'aws-eusc' | 'aws-us-gov'

export interface Account {
  readonly partition: Partition
}

/** An access key of a user, or the temporary one of a role session. */
export interface AccessKey {
  kind: 'user' | 'assumed-role'
  account: string
  secret: string
  arn: string
  userId: string
  /** For sessions: the role whose current policies apply. */
  roleArn?: string
  /** As JSON text. For users: their identity policies; for sessions: the policies that limit the session. */
  policies?: string[]
  /** For sessions: condition keys that the session carries, for instance `aws:PrincipalTag/team`. */
  context?: Record<string, string>
  expiresAt?: number
}

export interface AwsState {
  accounts: Record<string, Account>
  accessKeys: Record<string, AccessKey>
  acm: AcmState
  cloudfront: CloudFrontState
  iam: Record<string, IamState>
  route53: Route53State
  s3: S3State
}

export interface World {
  nowAt: number
  aws: AwsState
  clusters: Record<string, ClusterState>
  /** Temporary credentials that STS handed out; they end by themselves. By access key id. */
  sessions: Record<string, AccessKey>
  /**
   * What edges and STS hosts remember of public documents, by who remembers and URL, and
   * what IAM's replicas remember of things written a moment ago (`iam <ARN>`).
   */
  caches: Record<string, CachedDocument>
}

export interface CachedDocument {
  status: number
  headers: Record<string, string>
  body: string
  storedAt: number
  freshUntilAt: number
}
