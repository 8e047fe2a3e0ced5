// The one error that this package throws. Everything that is wrong with an input is in `problems`, not only the first.

import type { Finding } from './finding.ts'
import { printable } from './quote.ts'

/** Every reason for which this package refuses an input. */
export type OidcDocsErrorCode =
  /** `parseIssuerUrl` and whatever takes an issuer. */
  | 'issuer-url-invalid'
  /** `jwksUrl`, `createDiscoveryDocument`: the address of the key set cannot be published. */
  | 'jwks-uri-invalid'
  /** An algorithm that AWS STS does not verify, or none at all. */
  | 'algorithm-unsupported'
  /** `parseDiscoveryDocument`: not JSON, or members of another shape. */
  | 'discovery-document-invalid'
  /** Neither PEM, DER, JWK nor a key object, or broken inside. */
  | 'key-unreadable'
  /** A private key under a passphrase. */
  | 'key-encrypted'
  /** A readable key that neither Kubernetes nor AWS STS takes: Ed25519, RSA below 2048 bits, other curves. */
  | 'key-unsupported'
  /** A JWK brings a `kid` that is not the one which a Kubernetes API server computes. */
  | 'kid-not-from-key'
  /** `parseJwks`: not JSON, or not a key set that can be published. */
  | 'jwks-invalid'
  /** A key set holds private or symmetric key material. */
  | 'jwks-private'
  /** Two different keys under one `kid`. */
  | 'kid-conflict'
  /** More than 100 RSA or 100 EC keys. */
  | 'jwks-too-large'
  /** `withoutKey`: no key of that `kid`. */
  | 'kid-unknown'
  /** A key set without a key is never made. */
  | 'jwks-empty'

/**
 * Thrown by every function of this package that refuses its input.
 *
 * @example
 * ```ts
 * import { OidcDocsError, parseIssuerUrl } from '@irsa/oidc-docs'
 *
 * try {
 *   parseIssuerUrl('http://Issuer.example.com/')
 * } catch (error) {
 *   if (!(error instanceof OidcDocsError)) throw error
 *   console.log(error.code) // 'issuer-url-invalid'
 *   console.log(error.problems.length) // 3: the scheme, the case of the host, the trailing slash
 * }
 * ```
 */
export class OidcDocsError extends Error {
  override readonly name = 'OidcDocsError'
  readonly code: OidcDocsErrorCode
  /** Everything that is wrong, each with a JSON Pointer into the input. Never empty. */
  readonly problems: readonly Finding[]

  constructor(code: OidcDocsErrorCode, what: string, problems: readonly Finding[], options?: { cause?: unknown }) {
    const reasons = problems.map(({ path, message }) => (path === '' ? message : `${printable(path)}: ${message}`))
    const fixes = [...new Set(problems.flatMap(({ fix }) => (fix === undefined ? [] : [fix])))]
    super([`Cannot ${what}: ${reasons.join('; ')}`, ...fixes].join('. '), options)
    this.code = code
    this.problems = problems
  }
}

/** An `OidcDocsError` with a single problem. */
export function refusal(
  code: OidcDocsErrorCode,
  what: string,
  message: string,
  rest: { readonly path?: string; readonly fix?: string; readonly cause?: unknown } = {},
): OidcDocsError {
  const { path = '', fix, cause } = rest
  const problem: Finding = { code, severity: 'error', path, message, ...(fix === undefined ? {} : { fix }) }
  return new OidcDocsError(code, what, [problem], cause === undefined ? undefined : { cause })
}
