// The one error of this package, and how what AWS says becomes one.
import type { StepResult } from '@irsa/reconcile'
import { PollTimeout } from './clock.ts'

/**
 * - `access-denied`: the caller may not; `credentials`: AWS does not know the caller, or no longer.
 * - `conflict`: somebody else changed or holds it; `quota`: an AWS limit is reached.
 * - `timed-out`: waited as long as was sensible; `unavailable`: AWS does not answer, or answers with an error of its own.
 * - `rejected`: AWS refused the request as it is; `invalid-input`: the caller of this package did something wrong.
 * - `refused-keys`: publishing or withdrawing would break the key set's promises.
 */
export type ProvisionerErrorCode =
  | 'access-denied'
  | 'conflict'
  | 'credentials'
  | 'invalid-input'
  | 'quota'
  | 'refused-keys'
  | 'rejected'
  | 'timed-out'
  | 'unavailable'

export class ProvisionerError extends Error {
  readonly code: ProvisionerErrorCode
  /** What a person can do. */
  readonly hint?: string
  /** Whether looking again and going on may help. */
  readonly transient: boolean

  constructor(
    code: ProvisionerErrorCode,
    message: string,
    options: { readonly hint?: string; readonly cause?: unknown; readonly transient?: boolean } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ProvisionerError'
    this.code = code
    if (options.hint !== undefined) this.hint = options.hint
    this.transient = options.transient ?? (code === 'unavailable' || code === 'conflict')
  }
}

interface SdkError {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string }
}

/** Whether AWS answered with one of these codes; the SDK adds `Exception` to some of them. */
export function isAwsError(error: unknown, ...codes: readonly string[]): boolean {
  const name = (error as Partial<SdkError> | undefined)?.name
  return name !== undefined && codes.some((code) => name === code || name === `${code}Exception`)
}

/** Whether the request may have taken effect although no answer came. */
export function isConnectionError(error: unknown): boolean {
  const { code, name, $metadata } = (error ?? {}) as Partial<SdkError>
  if ($metadata?.httpStatusCode !== undefined) return false
  return name === 'TimeoutError' || /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET)/.test(code ?? '')
}

const CREDENTIALS = [
  'ExpiredToken',
  'InvalidClientTokenId',
  'UnrecognizedClient',
  'SignatureDoesNotMatch',
  'AuthFailure',
  'CredentialsProviderError',
  'TokenProviderError',
  'InvalidAccessKeyId',
  'RequestExpired',
]
const DENIED = ['AccessDenied', 'UnauthorizedOperation', 'Forbidden', 'AuthorizationError', 'InvalidAccess']
const QUOTA = [
  'LimitExceeded',
  'TooManyDistributions',
  'TooManyOriginAccessControls',
  'TooManyBuckets',
  'TooManyCachePolicies',
  'TooManyHostedZones',
  'ServiceQuotaExceeded',
]
const CONFLICT = [
  'PreconditionFailed',
  'ConditionalRequestConflict',
  'InvalidIfMatchVersion',
  'ConcurrentModification',
  'OperationAborted',
  'EntityTemporarilyUnmodifiable',
  'PriorRequestNotComplete',
  'Conflict',
  'DeleteConflict',
  'ResourceInUse',
]

/** Says what could not be done, in whose words, and keeps the cause. */
export function describeAwsError(what: string, error: unknown): ProvisionerError {
  if (error instanceof ProvisionerError) return error
  if (error instanceof PollTimeout)
    return new ProvisionerError('timed-out', `Cannot ${what}: ${error.message}`, { cause: error, transient: true })
  const { name, message, $metadata } = error as SdkError
  const said = `Cannot ${what}: ${name}: ${message}`
  if (isConnectionError(error)) {
    return new ProvisionerError('unavailable', `Cannot ${what}: the connection ended without an answer (${message})`, {
      cause: error,
    })
  }
  if (isAwsError(error, ...CREDENTIALS)) {
    return new ProvisionerError('credentials', said, {
      cause: error,
      hint: 'Sign in again, or check which credentials the run uses (environment, profile, role).',
    })
  }
  if (isAwsError(error, ...DENIED) || $metadata?.httpStatusCode === 403) {
    return new ProvisionerError('access-denied', said, {
      cause: error,
      hint: 'Compare the permissions of the caller with `irsa ci-role` or `requiredAccess(config, command)`.',
    })
  }
  if (isAwsError(error, ...QUOTA)) {
    return new ProvisionerError('quota', said, {
      cause: error,
      hint: 'Delete what is no longer needed, or ask AWS to raise the quota.',
    })
  }
  if (isAwsError(error, ...CONFLICT)) return new ProvisionerError('conflict', said, { cause: error })
  const status = $metadata?.httpStatusCode ?? 0
  if (status >= 500 || status === 429 || /Throttl|SlowDown|TooManyRequests|RequestLimit/.test(name)) {
    return new ProvisionerError('unavailable', said, { cause: error })
  }
  return new ProvisionerError('rejected', said, { cause: error })
}

/** An action's end: in doubt when nobody knows whether it took effect. */
export function failedStep(what: string, error: unknown): StepResult {
  const described = describeAwsError(what, error)
  return { status: isConnectionError(error) ? 'in-doubt' : 'failed', error: described }
}
