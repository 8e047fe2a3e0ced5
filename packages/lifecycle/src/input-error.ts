// Bad input, as findings: nothing was sent, exit code 2.
import type { Finding } from './finding.ts'

export class InputError extends Error {
  readonly findings: readonly Finding[]

  constructor(findings: readonly Finding[]) {
    super(findings.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('\n'))
    this.name = 'InputError'
    this.findings = findings
  }
}
