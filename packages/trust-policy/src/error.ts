// The one error that this package throws. Everything that is wrong with an input is in `problems`, not only the first.

import type { Finding } from './finding.ts'
import { printable } from './quote.ts'

/** Every reason for which this package refuses an input. */
export type TrustPolicyErrorCode =
  /** Not JSON, or not a policy that IAM would store. */
  | 'policy-invalid'
  /** `createTrustPolicy`: what was asked for makes no trust policy for service accounts. */
  | 'trust-invalid'
  /** `createTrustPolicy`: longer than IAM takes. */
  | 'policy-too-large'
  /** `evaluateTrustPolicy`: a request that cannot exist, or a condition operator that IAM does not know. */
  | 'request-invalid'
  /** `createNetworkFence`: a fence that would lock everybody out, or nobody. */
  | 'fence-invalid'

/**
 * Thrown by every function of this package that refuses its input.
 *
 * @example
 * ```ts
 * import { parsePolicy, TrustPolicyError } from '@irsa/trust-policy'
 *
 * try {
 *   parsePolicy('{"Version":"2012-10-17","Statement":[{"Effect":"allow"}]}')
 * } catch (error) {
 *   if (!(error instanceof TrustPolicyError)) throw error
 *   console.log(error.code) // 'policy-invalid'
 *   console.log(error.problems.map(({ path }) => path)) // [ '/Statement/0/Effect', '/Statement/0' ]
 * }
 * ```
 */
export class TrustPolicyError extends Error {
  override readonly name = 'TrustPolicyError'
  readonly code: TrustPolicyErrorCode
  /** Everything that is wrong, each with a JSON Pointer into the input. Never empty. */
  readonly problems: readonly Finding[]

  constructor(code: TrustPolicyErrorCode, what: string, problems: readonly Finding[], options?: { cause?: unknown }) {
    const reasons = problems.map(({ path, message }) => (path === '' ? message : `${printable(path)}: ${message}`))
    const fixes = [...new Set(problems.flatMap(({ fix }) => (fix === undefined ? [] : [fix])))]
    super([`Cannot ${what}: ${reasons.join('; ')}`, ...fixes].join('. '), options)
    this.code = code
    this.problems = problems
  }
}

/** Collects problems and throws them together. */
export interface Problems {
  add(path: string, message: string, fix?: string): void
  /** Throws when there are any. */
  throwIfAny(what: string, options?: { cause?: unknown }): void
}

/** Starts a collection of problems for one error code. */
export function collectProblems(code: TrustPolicyErrorCode): Problems {
  const problems: Finding[] = []
  return {
    add(path, message, fix) {
      problems.push({ code, severity: 'error', path, message, ...(fix === undefined ? {} : { fix }) })
    },
    throwIfAny(what, options) {
      if (problems.length > 0) throw new TrustPolicyError(code, what, problems, options)
    },
  }
}
