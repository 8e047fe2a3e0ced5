// Turns an input that may be JSON text or an object into plain JSON data, bounded, so that no getter, prototype or
// cycle of somebody's object is met later.

/** A JSON object whose members nobody has looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>

// Two hundred keys of 16384 bits, the most that this package publishes, stay below it.
const maximumCharacters = 1_048_576

/** Reads JSON text or copies an object as JSON; says in words what else it found. */
export function readJson(input: unknown): { readonly value: unknown } | { readonly found: string; cause?: unknown } {
  try {
    const text = typeof input === 'string' ? input : JSON.stringify(input)
    if (text === undefined) return { found: typeof input }
    if (text.length > maximumCharacters) return { found: `${text.length} characters` }
    // A byte order mark is not JSON, but editors write it and it changes no member.
    return { value: JSON.parse(text.replace(/^\uFEFF/, '')) as unknown }
  } catch (cause) {
    return typeof input === 'string' ? { found: 'text that is not JSON', cause } : { found: 'no JSON data', cause }
  }
}

/** Whether a value is a JSON object, neither `null` nor a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
