// The command line as a function: words in, words out, an exit code back.
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import type {
  BootstrapResult,
  Command,
  CommandResult,
  Config,
  DestroyResult,
  InputValues,
  PlanResult,
  RunContext,
} from '@irsa/lifecycle'
import {
  bootstrapCommand,
  destroyCommand,
  explain,
  explainedCodes,
  InputError,
  parseConfigFile,
  planCommand,
  printableLine,
  realClock,
  renderBootstrap,
  renderDestroy,
  renderFindings,
  renderPlan,
} from '@irsa/lifecycle'
import { commonInputs, findCommand, parseArguments } from './arguments.ts'
import { showProgress } from './progress.ts'
import type { Terminal } from './terminal.ts'
import { colour } from './terminal.ts'

/** 0 nothing to do, or done · 1 failed · 2 bad input, nothing was sent · 3 something is left, with `--detailed-exit-code`. */
export type ExitCode = 0 | 1 | 2 | 3

const commands: readonly Command[] = [planCommand, bootstrapCommand, destroyCommand]

const EXTRA = [
  { name: 'explain', summary: 'say what a code means: irsa explain CODE' },
  { name: 'demo', summary: 'watch all of it happen in a sandbox' },
]

export async function run(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = words
  try {
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') return help(terminal)
    switch (findCommand(name, [...commands, ...EXTRA])) {
      case 'explain':
        return runExplain(rest, terminal)
      case 'demo':
        return await (await import('./demo.ts')).runDemo(terminal)
      default:
        return await runCommand(name, rest, terminal)
    }
  } catch (error) {
    if (error instanceof InputError) {
      terminal.say(renderFindings(error.findings, 'irsa'))
      return 2
    }
    terminal.say(describeError(error))
    return 1
  }
}

async function runCommand(name: string, words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const command = commands.find((one) => one.name === name)
  if (command === undefined) throw new TypeError(`Cannot run "${name}": nobody knows how`)
  const { inputs, positionals } = parseArguments(words, [...commonInputs, ...command.inputs])
  if (positionals.length > 0)
    throw new InputError([
      {
        code: 'usage',
        severity: 'error',
        path: '',
        message: `Cannot use "${positionals.join(' ')}": ${name} takes options only`,
      },
    ])
  const file = typeof inputs['file'] === 'string' ? inputs['file'] : 'irsa.yaml'
  const config = await readConfig(file, terminal)
  if (config === undefined) return 2
  const progress = showProgress(terminal, Date.now)
  const context = await createContext(config, inputs, file, terminal, progress.onEvent)
  const result = await command.run(config, inputs, context)
  await progress.settled()
  terminal.print(
    inputs['json'] === true ? JSON.stringify(result, jsonValue, 2) : colour(renderResult(result), process.stdout),
  )
  if (result.outcome === 'failed') return 1
  return result.outcome === 'pending' && inputs['detailed-exit-code'] === true ? 3 : 0
}

async function readConfig(file: string, terminal: Terminal): Promise<Config | undefined> {
  const text = await (file === '-' ? readAll(process.stdin) : readFile(file, 'utf8')).catch((cause: unknown) => {
    throw new InputError([
      {
        code: 'config-unreadable',
        severity: 'error',
        path: '',
        message: `Cannot read "${file}": ${(cause as Error).message}`,
        fix: 'Give the configuration with --file.',
      },
    ])
  })
  const { config, findings } = parseConfigFile(text)
  if (findings.length > 0) terminal.say(renderFindings(findings, file))
  return config
}

async function createContext(
  config: Config,
  inputs: InputValues,
  file: string,
  terminal: Terminal,
  onEvent: NonNullable<RunContext['onEvent']>,
): Promise<RunContext> {
  const folder = file === '-' ? process.cwd() : dirname(resolve(file))
  const base: RunContext = {
    clock: realClock,
    random: Math.random,
    environment: process.env,
    allowExec: inputs['allow-exec'] === true,
    readFile: (path) => (path === '-' ? readAll(process.stdin) : readFile(resolve(folder, path), 'utf8')),
    onEvent,
  }
  if (inputs['sandbox'] !== true) return base
  const { createSandboxWorld } = await import('./sandbox-world.ts')
  terminal.say('Sandbox: AWS and the cluster are played inside this process; nothing real is touched.')
  return { ...base, ...createSandboxWorld(config, { paced: terminal.isInteractive }).context }
}

function renderResult(result: CommandResult): string {
  switch (result.command) {
    case 'plan':
      return renderPlan(result as PlanResult)
    case 'bootstrap':
      return renderBootstrap(result as BootstrapResult)
    default:
      return renderDestroy(result as DestroyResult)
  }
}

/** Errors and maps have no form of their own in JSON. */
function jsonValue(_key: string, value: unknown): unknown {
  if (value instanceof Error)
    return { name: value.name, message: value.message, ...('code' in value ? { code: value.code } : {}) }
  return value
}

function runExplain(words: readonly string[], terminal: Terminal): ExitCode {
  const { inputs, positionals } = parseArguments(words, [{ name: 'json', type: 'flag', description: '' }])
  const [code] = positionals
  const found = code === undefined ? undefined : explain(code)
  if (code === undefined || found === undefined) {
    throw new InputError([
      {
        code: 'usage',
        severity: 'error',
        path: '',
        message:
          code === undefined ? 'Cannot explain: which code?' : `Cannot explain "${code}": it is not a code of irsa`,
        fix: `Known are ${explainedCodes().join(', ')}.`,
      },
    ])
  }
  const text = [
    `${code}: ${found.title}`,
    '',
    found.why,
    ...(found.mend.length === 0 ? [] : ['', ...found.mend.map((step) => `  - ${step}`)]),
  ].join('\n')
  terminal.print(inputs['json'] === true ? JSON.stringify({ code, ...found }, null, 2) : text)
  return 0
}

function describeError(error: unknown): string {
  const { message, hint, code } = error as { readonly message?: string; readonly hint?: string; readonly code?: string }
  return `${printableLine(message ?? String(error))}${code === undefined ? '' : ` [${code}]`}${hint === undefined ? '' : `\n    ${printableLine(hint)}`}`
}

function help(terminal: Terminal): ExitCode {
  const all = [...commands, ...EXTRA]
  const describe = (inputs: Command['inputs']): string =>
    inputs
      .map(
        ({ name, type, description }) => `    --${`${name}${type === 'flag' ? '' : ' …'}`.padEnd(22)} ${description}`,
      )
      .join('\n')
  terminal.print(
    [
      'irsa: IAM roles for service accounts on every Kubernetes that is not EKS',
      '',
      ...all.map(({ name, summary }) => `  irsa ${name.padEnd(10)} ${summary}`),
      '',
      'Every command:',
      describe(commonInputs),
      ...commands.flatMap(({ name, inputs }) => ['', `${name}:`, describe(inputs)]),
      '',
      'Exit codes: 0 nothing to do, or done; 1 failed; 2 bad input, nothing was sent; 3 something is left (with --detailed-exit-code)',
    ].join('\n'),
  )
  return 0
}
