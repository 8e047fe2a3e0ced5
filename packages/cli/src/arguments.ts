// From the words of a command line to a command and its inputs; every problem at once.
import { parseArgs } from 'node:util'
import type { Command, CommandInput, Finding, InputValues } from '@irsa/lifecycle'
import { InputError } from '@irsa/lifecycle'
import { closest, distance } from 'fastest-levenshtein'

/** Inputs that every command has on the command line. */
export const commonInputs: readonly CommandInput[] = [
  { name: 'file', type: 'text', description: 'the configuration (default: irsa.yaml; "-" reads standard input)' },
  { name: 'json', type: 'flag', description: 'print the result as JSON' },
  { name: 'sandbox', type: 'flag', description: 'play AWS and the cluster inside this process; touch nothing' },
  { name: 'allow-exec', type: 'flag', description: 'let the kubeconfig run programs to sign in' },
  { name: 'detailed-exit-code', type: 'flag', description: 'exit 3 when something is left to be done' },
]

export interface ParsedArguments {
  readonly inputs: InputValues
  readonly positionals: readonly string[]
}

/** @throws {InputError} with every unknown or malformed option. */
export function parseArguments(words: readonly string[], inputs: readonly CommandInput[]): ParsedArguments {
  const options = Object.fromEntries(
    inputs.map(({ name, type }) => [
      name,
      {
        type: type === 'flag' ? ('boolean' as const) : ('string' as const),
        multiple: type === 'list',
        ...(name === 'file' ? { short: 'f' } : {}),
      },
    ]),
  )
  const { tokens, values, positionals } = parseArgs({
    args: [...words],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  const findings = tokens.flatMap((token): readonly Finding[] => {
    if (token.kind !== 'option') return []
    const known = options[token.name]
    if (known === undefined) return [unknownOption(token.rawName, inputs)]
    if (known.type === 'string' && token.value === undefined)
      return [usage(`Cannot use ${token.rawName}: a value is needed`)]
    if (known.type === 'boolean' && token.value !== undefined)
      return [usage(`Cannot use ${token.rawName}: it takes no value, found "${token.value}"`)]
    return []
  })
  if (findings.length > 0) throw new InputError(findings)
  return { inputs: values as InputValues, positionals }
}

export function findCommand(name: string, commands: readonly Pick<Command, 'name'>[]): string {
  if (commands.some((command) => command.name === name)) return name
  const names = commands.map((command) => command.name)
  const nearest = closest(name, names)
  throw new InputError([
    usage(
      `Cannot run "${name}": known commands are ${names.join(', ')}`,
      distance(name, nearest) <= 2 ? `Did you mean "${nearest}"?` : undefined,
    ),
  ])
}

function unknownOption(rawName: string, inputs: readonly CommandInput[]): Finding {
  const names = inputs.map(({ name }) => `--${name}`)
  const nearest = closest(rawName, names)
  return usage(
    `Cannot use ${rawName}: it is not known here`,
    distance(rawName, nearest) <= 3 ? `Did you mean ${nearest}?` : `Known are ${names.join(', ')}.`,
  )
}

function usage(message: string, fix?: string): Finding {
  return { code: 'usage', severity: 'error', path: '', message, ...(fix === undefined ? {} : { fix }) }
}
