// Text of others on a terminal or in a log: no control characters, no characters
// that turn the direction of writing.

/** C0 and C1 controls, line and paragraph separators, and the bidirectional controls of Unicode (UAX #9). */
// eslint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu

/** Shows what cannot be shown as `\u{…}`. Tabs and line ends stay. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`)
}

/** The same on one line. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\n\t]+/g, ' ')
}
