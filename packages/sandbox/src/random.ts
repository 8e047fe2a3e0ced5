// Identifiers that look random and are not: the same world, asked for the same
// thing the same number of times, gives the same name. So a run that was stopped
// and taken up again can be compared with an undisturbed one, byte for byte.
import { createHash } from 'node:crypto'

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789'
const HEX = '0123456789abcdef'

const ALPHABETS: Readonly<Record<'upper' | 'lower' | 'hex', string>> = { upper: UPPER, lower: LOWER, hex: HEX }

/** An identifier of `length` characters that depends only on `parts`. */
export function identifier(
  alphabet: keyof typeof ALPHABETS,
  length: number,
  ...parts: readonly (string | number)[]
): string {
  const letters = ALPHABETS[alphabet]
  let text = ''
  for (let block = 0; text.length < length; block++) {
    const digest = createHash('sha256')
      .update([...parts, block].join('\u0000'))
      .digest()
    for (const byte of digest) text += letters[byte % letters.length]
  }
  return text.slice(0, length)
}

/** A UUID (RFC 9562 layout, version 4 bits) that depends only on `parts`. */
export function uuid(...parts: readonly (string | number)[]): string {
  const h = identifier('hex', 32, 'uuid', ...parts)
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-a${h.slice(17, 20)}-${h.slice(20)}`
}

/** A stream of numbers in [0, 1), seeded (mulberry32): for faults and jitter. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
