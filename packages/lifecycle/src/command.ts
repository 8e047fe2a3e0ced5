// What a command is: inputs as data, one function. The command line and the Action
// are made from the same list.
import type { Config } from './config.ts'
import type { RunContext } from './context.ts'

export type InputType = 'flag' | 'text' | 'list'

export interface CommandInput {
  /** In lower case with dashes: `--accept-key` on the command line, `accept-key` in the Action. */
  readonly name: string
  readonly type: InputType
  readonly description: string
}

export type InputValues = Readonly<Record<string, boolean | string | readonly string[] | undefined>>

export interface Command<Result extends CommandResult = CommandResult> {
  readonly name: string
  readonly summary: string
  readonly inputs: readonly CommandInput[]
  run(config: Config, inputs: InputValues, context: RunContext): Promise<Result>
}

export interface CommandResult {
  readonly command: string
  /** - `ok`: nothing to do, or done. - `pending`: something is left to be done, by us or by a person. - `failed`. */
  readonly outcome: 'ok' | 'pending' | 'failed'
}

export function listInput(inputs: InputValues, name: string): readonly string[] {
  const value = inputs[name]
  if (Array.isArray(value)) return value as readonly string[]
  return typeof value === 'string' && value !== '' ? [value] : []
}

export function flagInput(inputs: InputValues, name: string): boolean {
  return inputs[name] === true || inputs[name] === 'true'
}
