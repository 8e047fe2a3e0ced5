// How a value from outside appears in a message: short, in quotes, printable ASCII only, so that no control or
// bidirectional character reaches a log. Key material is never quoted; that is up to the callers.

const maximumCharacters = 120

/** Quotes a value for a message: at most 120 characters, everything but printable ASCII escaped as `\uXXXX`. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? typeof value)
  return escape(JSON.stringify(shorten(text)))
}

/** Writes a JSON Pointer for a message: shortened and escaped like a quoted value, without quotes. */
export function printable(path: string): string {
  return escape(shorten(path))
}

/** Names the kind of a value: `null`, `a list` or its `typeof`. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'a list' : typeof value
}

function shorten(text: string): string {
  return text.length > maximumCharacters ? `${text.slice(0, maximumCharacters)}...` : text
}

function escape(text: string): string {
  return text.replace(/[^\u0020-\u007e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
