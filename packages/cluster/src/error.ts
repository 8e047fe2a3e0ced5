// The one error of this package, and how what an API server says becomes one.
import type { StepResult } from '@irsa/reconcile'
import type { ClusterResponse } from './port.ts'

/**
 * - `no-cluster`: nothing says which cluster is meant; `kubeconfig`: what says it cannot be used.
 * - `unreachable`: no answer; `unavailable`: an answer that says to come back.
 * - `unauthenticated`, `forbidden`, `not-found`, `conflict`: as Kubernetes means them (401, 403, 404, 409).
 * - `insecure`: keys would be read over a connection that anybody could sit in.
 * - `invalid-answer`: an answer that is not what the API promises; `rejected`: any other refusal.
 */
export type ClusterErrorCode =
  | 'conflict'
  | 'forbidden'
  | 'insecure'
  | 'invalid-answer'
  | 'kubeconfig'
  | 'no-cluster'
  | 'not-found'
  | 'rejected'
  | 'unauthenticated'
  | 'unavailable'
  | 'unreachable'

export class ClusterError extends Error {
  readonly code: ClusterErrorCode
  /** What a person can do. */
  readonly hint?: string

  constructor(
    code: ClusterErrorCode,
    message: string,
    options: { readonly hint?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ClusterError'
    this.code = code
    if (options.hint !== undefined) this.hint = options.hint
  }

  /** Whether looking again and going on may help. */
  get transient(): boolean {
    return this.code === 'unreachable' || this.code === 'unavailable' || this.code === 'conflict'
  }
}

const HINTS: Partial<Record<ClusterErrorCode, string>> = {
  forbidden: 'Give the caller the rights that `requiredAccess` prints for this command.',
  unauthenticated: 'The credentials of the kubeconfig are not valid (any more): sign in again, or use another context.',
}

export function errorFromResponse(what: string, response: ClusterResponse): ClusterError {
  const code = codeOf(response.status)
  const hint = HINTS[code]
  return new ClusterError(
    code,
    `Cannot ${what}: ${response.status} ${messageOf(response.body)}`,
    hint === undefined ? {} : { hint },
  )
}

export function errorFromFailure(what: string, cause: unknown): ClusterError {
  if (cause instanceof ClusterError) return cause
  const { message, code } = cause as NodeJS.ErrnoException
  return new ClusterError('unreachable', `Cannot ${what}: the API server cannot be reached (${code ?? message})`, {
    hint: 'Check the server address of the kubeconfig, and that this machine may reach it. A private cluster can hand its keys in as a file: cluster.keys.',
    cause,
  })
}

/** A write whose answer was lost may have taken effect. */
export function failedStep(error: unknown): StepResult {
  const described = errorFromFailure('change the cluster', error)
  return { status: described.code === 'unreachable' ? 'in-doubt' : 'failed', error: described }
}

function codeOf(status: number): ClusterErrorCode {
  switch (status) {
    case 401:
      return 'unauthenticated'
    case 403:
      return 'forbidden'
    case 404:
      return 'not-found'
    case 409:
      return 'conflict'
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
      return 'unavailable'
    default:
      return 'rejected'
  }
}

/** The message of a `Status` object, or the beginning of whatever came. */
function messageOf(body: string): string {
  try {
    const { message } = JSON.parse(body) as { readonly message?: unknown }
    if (typeof message === 'string') return message
  } catch {
    // Not a Status: a proxy in between, for instance.
  }
  return body.slice(0, 200)
}
