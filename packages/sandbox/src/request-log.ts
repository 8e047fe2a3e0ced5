// Everything that was asked of the sandbox, in the order in which it was asked.

/** `write` when the operation is meant to change something; `mint` when it hands out credentials and stores nothing. */
export type Access = 'read' | 'write' | 'mint'

export interface LogEntry {
  /** From 1. */
  readonly index: number
  readonly session: string
  readonly atMs: number
  /** `s3`, `iam`, `sts`, `cloudfront`, `acm`, `route53`, `kubernetes` or `public` (an unauthenticated fetch of a published URL). */
  readonly service: string
  /** `PutObject`, `patch serviceaccounts` … */
  operation: string
  access: Access
  /** The caller's ARN, the Kubernetes user, or `anonymous`. */
  caller: string
  readonly method: string
  readonly url: string
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly requestBody: string
  /** 0 while under way or when no answer was sent. */
  status: number
  /** The error's code, when there was one. */
  error?: string
  /** The fault that was played, when there was one. */
  fault?: string
  /** Whether the world's own state differs from before, the clock aside. */
  changed: boolean
}

export interface RequestLog {
  readonly entries: readonly LogEntry[]
  clear(): void
}
