import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { format, inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import * as library from './index.ts'

// Runs every example in the doc comments and in the README, and holds what it prints against the comment behind each
// `console.log`.

interface Example {
  readonly where: string
  readonly code: string
}

const name = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { name: string }).name

function examplesOf(file: string, text: string): Example[] {
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(({ 1: code = '', index }) => ({
    where: `${file}:${text.slice(0, index).split('\n').length}`,
    code,
  }))
}

const sources = readdirSync(new URL('.', import.meta.url)).filter((file) => /(?<!\.test)\.ts$/.test(file))
const inSources = sources.flatMap((file) => {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8')
  return examplesOf(file, text.replace(/^ {1,3}\* ?/gm, ''))
})
const readme = new URL('../README.md', import.meta.url)
const inReadme = existsSync(readme) ? examplesOf('README.md', readFileSync(readme, 'utf8')) : []

/** What each `console.log` should print: the comment behind it, or the lines of comment below it. */
function promises(code: string): string[] {
  const logs = [...code.matchAll(/^ *console\.log\(.*\)(?: \/\/ (.*))?((?:\n *\/\/ .*)*)/gm)]
  return logs.map(({ 1: behind = '', 2: below = '' }) => behind + below.replace(/\n *\/\/ ?/g, ' '))
}

function normalise(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/,(?= [}\]])/g, '')
    .trim()
}

async function run(code: string): Promise<string[][]> {
  const printed: string[][] = []
  const log = (...values: readonly unknown[]): void => {
    const quoted = values.map((value) => inspect(value, { depth: 9 })).join(' ')
    printed.push([format(...values), quoted].map(normalise))
  }
  const body = stripTypeScriptTypes(code).replace(
    /^import \{(.*)\} from '(.*)'$/gm,
    (_line, names: string, from: string) => {
      expect(from).toBe(name)
      return `const {${names}} = library`
    },
  )
  // eslint-disable-next-line typescript/no-implied-eval -- examples are this package's own text
  const main = new Function('library', 'console', `return (async () => {${body}\n})()`) as (
    ...values: readonly unknown[]
  ) => Promise<void>
  await main(library, { log })
  return printed
}

describe(`examples of ${name}`, () => {
  test.for([...inSources, ...inReadme])('$where prints what it says', async ({ code }) => {
    const printed = await run(code)
    const promised = promises(code).map(normalise)
    expect(printed).toHaveLength(promised.length)
    for (const [index, values] of printed.entries()) {
      // Behind the value and a colon the comment may go on in words.
      const said = promised[index] ?? ''
      const isSaid = values.some((text) => said === text || said.startsWith(`${text}: `))
      expect(isSaid, `says ${said}, prints ${values[0]}`).toBe(true)
    }
  })

  test('there is one for everything that is exported', () => {
    const code = inSources.map((example) => example.code).join('\n')
    for (const exported of Object.keys(library)) expect(code).toMatch(new RegExp(`\\b${exported}\\b`))
  })
})
