// What is wrong with an input, wherever it came from: one shape, one renderer.

export interface Finding {
  /** Stable; `irsa explain CODE` tells more. */
  readonly code: string
  readonly severity: 'error' | 'warning' | 'info'
  /** JSON Pointer (RFC 6901) into the configuration; empty for the whole of it. */
  readonly path: string
  readonly message: string
  readonly fix?: string
  /** Place in the file, from 1. */
  readonly line?: number
  readonly column?: number
}
