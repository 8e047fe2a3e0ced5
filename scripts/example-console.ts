// What a running example writes to, and whether that is what the example says. The
// comment behind `console.log(…)`, or the lines of comment right below it, is a
// promise: the printed text, or the printed value as Node.js shows it. After the
// value and a colon the comment may go on in words.
import { format, inspect } from 'node:util'

export interface ExampleConsole {
  log(...values: readonly unknown[]): void
  /** The console of one `console.log(…)` in the text of the example. */
  at(site: number): { log(...values: readonly unknown[]): void }
  /** What that one has printed so far, as text and as Node.js shows the values. */
  printed(site: number): { readonly text: string; readonly shown: string } | undefined
}

export function createExampleConsole(): ExampleConsole {
  const calls = new Map<number, (readonly unknown[])[]>()
  return {
    log: () => undefined,
    at: (site) => ({
      log: (...values) => {
        calls.set(site, [...(calls.get(site) ?? []), values])
      },
    }),
    printed: (site) => {
      const all = calls.get(site)
      if (all === undefined) return undefined
      const show = (values: readonly unknown[]): string =>
        values.map((value) => inspect(value, { depth: 9, maxStringLength: null, maxArrayLength: null })).join(' ')
      return { text: all.map((values) => format(...values)).join('\n'), shown: all.map(show).join('\n') }
    },
  }
}

/** One line for each `console.log(…)` that did not print what it promises; `null` is no promise. */
export function brokenPromises(console: ExampleConsole, promises: readonly (string | null)[]): readonly string[] {
  return promises.flatMap((promise, site) => {
    if (promise === null) return []
    const said = squeeze(promise)
    const printed = console.printed(site)
    if (printed === undefined) return [`says ${said}, prints nothing`]
    const isKept = [printed.text, printed.shown]
      .map(squeeze)
      .some((text) => said === text || (text !== '' && said.startsWith(`${text}: `)))
    return isKept ? [] : [`says ${said}, prints ${squeeze(printed.text)}`]
  })
}

/** Line breaks and trailing commas are the formatter's. */
function squeeze(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/,(?= [}\]])/g, '')
    .trim()
}
