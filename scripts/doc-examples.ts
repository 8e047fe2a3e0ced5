// Turns the examples in the READMEs and in the doc comments (each fenced `ts` block)
// into modules under `.examples/`, and one test per package that runs them. Line N
// of such a module is line N - 1 after the fence. A block that says
// `ts no-run: REASON` is compiled only. How printed text is compared is not known
// here: example-console.ts.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface DocExample {
  /** Relative to the package. */
  readonly file: string
  /** Line of the fence, from 1. */
  readonly line: number
  readonly code: string
  /** Why it is compiled only. */
  readonly noRun?: string
}

/** Where the examples of a page are compiled, run and resolve their imports. */
interface Place {
  readonly folder: string
  readonly pages: readonly string[]
}

const root = fileURLToPath(new URL('..', import.meta.url))

/** Writes what has changed and removes what is no more; returns how many examples there are. */
export function generateDocExamples(from: string = root): number {
  const counts = places(from).map((place) => {
    const examples = place.pages.flatMap((page) =>
      readDocExamples(relative(place.folder, page), readFileSync(page, 'utf8')),
    )
    writeFolder(join(place.folder, '.examples'), from, examples)
    return examples.length
  })
  return counts.reduce((sum, count) => sum + count, 0)
}

/** The root's README may import every package, as the journeys do: so it is compiled there. */
function places(from: string): readonly Place[] {
  const packages = readdirSync(join(from, 'packages')).map((name) => join(from, 'packages', name))
  return [
    { folder: join(from, 'journeys'), pages: [join(from, 'README.md')] },
    ...packages
      .filter((folder) => existsSync(join(folder, 'package.json')))
      .map((folder) => ({ folder, pages: [join(folder, 'README.md'), ...sources(join(folder, 'src'))] })),
  ].map(({ folder, pages }) => ({ folder, pages: pages.filter((page) => existsSync(page)) }))
}

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('.test.'))
    .sort()
    .map((file) => join(folder, file))
}

/** The `ts` blocks of a Markdown page, or of the doc comments of a source. */
export function readDocExamples(file: string, text: string): readonly DocExample[] {
  const prefix = file.endsWith('.md') ? '' : ' *\\* ?'
  const fence = new RegExp(`^${prefix}\`\`\`ts(?:$| +(.*)$)`)
  const end = new RegExp(`^${prefix}\`\`\``)
  const examples: DocExample[] = []
  const lines = text.split('\n')
  for (let index = 0; index < lines.length; index += 1) {
    const opening = fence.exec(lines[index] ?? '')
    if (opening === null) continue
    const line = index + 1
    const length = lines.slice(line).findIndex((candidate) => end.test(candidate))
    if (length === -1) throw new Error(`Cannot read the example at ${file}:${line}: an end is needed, found none`)
    const code = lines.slice(line, line + length).map((inner) => inner.replace(new RegExp(`^${prefix}`), ''))
    examples.push({ file, line, code: code.join('\n'), ...readNoRun(file, line, opening[1]) })
    index = line + length
  }
  return examples
}

function readNoRun(file: string, line: number, words: string | undefined): { readonly noRun?: string } {
  if (words === undefined || words === '') return {}
  const reason = /^no-run: (\S.*)$/.exec(words)?.[1]
  if (reason === undefined) {
    throw new Error(`Cannot read the example at ${file}:${line}: "ts" or "ts no-run: REASON" is needed, found "ts ${words}"`)
  }
  return { noRun: reason }
}

export interface PreparedExample {
  /** The code with every `console.log(` numbered. */
  readonly code: string
  /** What each of them promises to print. */
  readonly promises: readonly (string | null)[]
}

export function prepareExample(code: string): PreparedExample {
  const promises: (string | null)[] = []
  const start = /(?<![\w.'"`])console\.log\(/g
  const numbered = code.replace(start, (call, offset: number) => {
    const line = code.slice(code.lastIndexOf('\n', offset) + 1, offset)
    if (line.includes('//')) return call
    promises.push(promiseBehind(code.slice(endOfCall(code, offset + call.length))))
    return `console.at(${promises.length - 1}).log(`
  })
  return { code: numbered, promises }
}

/** The comment on the same line and the comments on the lines right below. */
function promiseBehind(rest: string): string | null {
  const { 1: behind = '', 2: below = '' } = /^(?:[ ;]*\/\/ ?(.*))?((?:\n *\/\/.*)*)/.exec(rest) ?? []
  const words = `${behind}\n${below.replace(/\n *\/\/ ?/g, '\n')}`.trim()
  return words === '' ? null : words
}

/** Where the call ends whose arguments begin here; brackets in texts do not count. */
function endOfCall(code: string, from: number): number {
  let depth = 1
  let at = from
  while (depth > 0 && at < code.length) {
    const character = code.charAt(at)
    if ('\'"`'.includes(character)) at = endOfText(code, at)
    else if ('([{'.includes(character)) depth += 1
    else if (')]}'.includes(character)) depth -= 1
    at += 1
  }
  return at
}

function endOfText(code: string, from: number): number {
  const quote = code.charAt(from)
  let at = from + 1
  while (at < code.length && code.charAt(at) !== quote) {
    if (code.charAt(at) === '\\') at += 1
    else if (quote === '`' && code.startsWith('${', at)) at = endOfCall(code, at + 2) - 1
    at += 1
  }
  return at
}

function writeFolder(folder: string, from: string, examples: readonly DocExample[]): void {
  const files = new Map<string, string>()
  const rows: string[] = []
  const scripts = relative(folder, join(from, 'scripts'))
  for (const example of examples) {
    const name = moduleName(example)
    const where = `${example.file}:${example.line}`
    if (example.noRun !== undefined) {
      files.set(name, `/* ${where}, compiled only: ${example.noRun} */ export {}\n${example.code}\n`)
      continue
    }
    const { code, promises } = prepareExample(example.code)
    const console = `import { createExampleConsole } from '${scripts}/example-console.ts'; export const console = createExampleConsole()`
    files.set(name, `/* ${where} */ ${console}\n${code}\n`)
    rows.push(`  { where: ${JSON.stringify(where)}, load: () => import('./${name}'), promises: ${JSON.stringify(promises)} },`)
  }
  if (rows.length > 0) files.set('examples.test.ts', testModule(scripts, rows))
  writeFiles(folder, files)
}

function moduleName({ file, line }: DocExample): string {
  const name = file.replace(/^src\//, '').replace(/\.(md|ts)$/, '').replaceAll('/', '-').toLowerCase()
  return `${name}-${line}.ts`
}

function testModule(scripts: string, rows: readonly string[]): string {
  return `// Made by scripts/doc-examples.ts from the READMEs and the doc comments.
import { expect, test } from 'vitest'
import { brokenPromises } from '${scripts}/example-console.ts'

const examples = [
${rows.join('\n')}
]

test.for(examples)('example at $where prints what it says', async ({ load, promises }) => {
  const { console } = await load()
  expect(brokenPromises(console, promises)).toEqual([])
})
`
}

/** Only what differs is touched, so that runs at the same time do not disturb each other. */
function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  if (files.size > 0) mkdirSync(folder, { recursive: true })
  const present = existsSync(folder) ? readdirSync(folder) : []
  for (const name of present) if (!files.has(name)) rmSync(join(folder, name), { recursive: true })
  for (const [name, text] of files) {
    const path = join(folder, name)
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text)
  }
}

if (process.argv[1] !== undefined && basename(process.argv[1]) === 'doc-examples.ts') {
  console.log(`${generateDocExamples()} examples from ${dirname(fileURLToPath(import.meta.url))}`)
}
