// The manners of the command line: results on standard output, talk on standard
// error; colours only where a person is looking.
import { styleText } from 'node:util'

export interface Terminal {
  /** The result: what a script would read. */
  readonly print: (text: string) => void
  /** Everything else. */
  readonly say: (text: string) => void
  /** Whether a person is looking at what is said. */
  readonly isInteractive: boolean
}

export function processTerminal(): Terminal {
  return {
    print: (text) => void process.stdout.write(`${text}\n`),
    say: (text) => void process.stderr.write(`${text}\n`),
    isInteractive: process.stderr.isTTY === true && process.env['CI'] === undefined,
  }
}

/** Colours lines by the sign they begin with; nothing when the stream is not a terminal. */
export function colour(text: string, stream: NodeJS.WriteStream): string {
  if (stream.isTTY !== true) return text
  return text
    .split('\n')
    .map((line) => paint(line, stream))
    .join('\n')
}

function paint(line: string, stream: NodeJS.WriteStream): string {
  const sign = /^ {2}([-+~!…?=]) /.exec(line)?.[1]
  const style = (
    { '+': 'green', '~': 'yellow', '-': 'red', '!': 'red', '…': 'cyan', '?': 'cyan', '=': 'dim' } as const
  )[sign ?? (' ' as '+')]
  if (style !== undefined) return styleText(style, line, { stream })
  if (line.startsWith('State: working')) return styleText(['bold', 'green'], line, { stream })
  return /^State: |^Not /.test(line) ? styleText(['bold', 'yellow'], line, { stream }) : line
}
