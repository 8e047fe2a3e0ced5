// How a value from outside appears in a message: short, in quotes, printable ASCII only, so that no control or
// bidirectional character reaches a log.

const maximumCharacters = 120

/** Quotes a value for a message: at most 120 characters, everything but printable ASCII escaped as `\uXXXX`. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? typeof value)
  const short = text.length > maximumCharacters ? `${text.slice(0, maximumCharacters)}...` : text
  return JSON.stringify(short).replace(
    /[^\u0020-\u007e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Names the kind of a value: `null`, `a list` or its `typeof`. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : typeof value
}
