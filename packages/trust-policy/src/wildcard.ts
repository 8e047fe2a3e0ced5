// IAM's wildcards and policy variables: `*`, `?`, `${key}`, `${key, 'default'}` and the escapes `${*}`, `${?}`, `${$}`.
// Matching takes time at most quadratic in the text and never backtracks further than to the last `*`.

/** One piece of a pattern. */
type Token = string | typeof anyText | typeof anyCharacter

const anyText: unique symbol = Symbol('*')
const anyCharacter: unique symbol = Symbol('?')

/** A value of a policy, ready to be compared: characters and wildcards. */
export type Pattern = readonly Token[]

/** How to read a value of a policy. */
export interface PatternOptions {
  /** Whether `*` and `?` stand for other characters. */
  readonly wildcards: boolean
  /** Gives the value of a policy variable; left out where variables are not read. */
  readonly variable?: (key: string) => string | undefined
}

/** Reads a value of a policy. `undefined` when it holds a variable without value: such a value equals nothing. */
export function readPattern(value: string, { wildcards, variable }: PatternOptions): Pattern | undefined {
  const tokens: Token[] = []
  let at = 0
  while (at < value.length) {
    const end = variable !== undefined && value.startsWith('${', at) ? value.indexOf('}', at) : -1
    if (variable !== undefined && end !== -1) {
      const text = readVariable(value.slice(at + 2, end), variable)
      if (text === undefined) return undefined
      tokens.push(...text.split(''))
      at = end + 1
    } else {
      const character = value.charAt(at)
      tokens.push(wildcards && character === '*' ? anyText : wildcards && character === '?' ? anyCharacter : character)
      at += 1
    }
  }
  return tokens
}

/** Whether a text is one that the pattern stands for. */
export function matches(pattern: Pattern, text: string): boolean {
  let [at, textAt] = [0, 0]
  let [starAt, starTextAt] = [-1, -1]
  while (textAt < text.length) {
    const token = pattern[at]
    if (token === anyText) {
      ;[starAt, starTextAt] = [at, textAt]
      at += 1
    } else if (token !== undefined && (token === anyCharacter || token === text.charAt(textAt))) {
      at += 1
      textAt += 1
    } else if (starAt !== -1) {
      // The last `*` takes one character more.
      starTextAt += 1
      ;[at, textAt] = [starAt + 1, starTextAt]
    } else return false
  }
  return pattern.slice(at).every((token) => token === anyText)
}

/** Whether a text is one that a value with wildcards, and without variables, stands for. */
export function matchesWildcard(value: string, text: string): boolean {
  const pattern = readPattern(value, { wildcards: true })
  return pattern !== undefined && matches(pattern, text)
}

function readVariable(inside: string, variable: (key: string) => string | undefined): string | undefined {
  if (['*', '?', '$'].includes(inside)) return inside
  const [, key = '', fallback] = /^([^,]*)(?:,\s*'([^']*)'\s*)?$/.exec(inside) ?? []
  return variable(key.trim()) ?? fallback
}
