// The one shape in which this package says what is wrong with somebody's input.

/** How bad a finding is: `error` is refused somewhere, `warning` fails for some readers, `info` is worth knowing. */
export type Severity = 'error' | 'warning' | 'info'

/** One thing that was noticed about an input. */
export interface Finding<Code extends string = string> {
  /** Stable identifier in kebab-case, from a closed union. */
  readonly code: Code
  readonly severity: Severity
  /** JSON Pointer (RFC 6901) into the caller's input; `''` is the whole input. */
  readonly path: string
  /** What was needed and what was found, in one sentence. */
  readonly message: string
  /** What to change, when there is one thing to change. */
  readonly fix?: string
}
