/**
 * The command line `irsa` as a function.
 *
 * @module
 */
export { run } from './run.ts'
export type { ExitCode } from './run.ts'
export type { Terminal } from './terminal.ts'
