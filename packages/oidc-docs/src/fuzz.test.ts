import { readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import kubernetes from '../vectors/kubernetes-keys.json' with { type: 'json' }
import { checkDocuments, createJwks, type KeyInput, OidcDocsError, parseDiscoveryDocument, parseJwks } from './index.ts'

// Real keys and documents with a few bytes changed, and none at all: nothing but this package's own error may come out,
// soon, and never key material.

const jwksRuns = 20_000
const keyRuns = 20_000

const folder = new URL('../vectors/keys/', import.meta.url)
const pems = readdirSync(folder)
  .filter((file) => file.endsWith('.pem'))
  .map((file) => readFileSync(new URL(file, folder), 'latin1'))
const documents = [JSON.stringify(kubernetes.jwks), JSON.stringify(kubernetes.discovery)]

const piece = fc.constantFrom(
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '-----',
  'A',
  '=',
  '\n',
  '\\',
  '\u0000',
  '\u202e',
  'null',
  '1e999',
  '"d":"AA",',
  '"__proto__":',
  '',
)
const change = fc.record({ at: fc.nat(), removed: fc.nat(6), added: fc.oneof(piece, fc.string({ maxLength: 4 })) })

function mutated(texts: readonly string[]): fc.Arbitrary<string> {
  return fc.tuple(fc.constantFrom(...texts), fc.array(change, { maxLength: 3 })).map(([text, changes]) => {
    return changes.reduce((whole, { at, removed, added }) => {
      const position = at % (whole.length + 1)
      return whole.slice(0, position) + added + whole.slice(position + removed)
    }, text)
  })
}

/** What an action throws, unless it is this package's own error. */
async function strangeError(act: () => unknown): Promise<unknown> {
  try {
    await act()
  } catch (error) {
    if (!(error instanceof OidcDocsError)) return error
    if (error.problems.length === 0 || !/^[\u0020-\u007e]*$/.test(error.message)) return error
    // Private numbers begin behind the first line; no line of a key may be quoted.
    if (/[A-Za-z0-9+/]{50,}/.test(error.message.replace(/[A-Za-z0-9_-]{43}/g, ''))) return error
  }
  return undefined
}

test(`reading and checking ${jwksRuns} mutated documents throws nothing strange`, async () => {
  await fc.assert(
    fc.asyncProperty(mutated(documents), async (text) => {
      expect(await strangeError(() => parseJwks(text))).toBeUndefined()
      expect(await strangeError(() => parseDiscoveryDocument(text))).toBeUndefined()
      const findings = await checkDocuments({ issuer: 'https://issuer.example.com', discovery: text, jwks: text })
      expect(findings.length).toBeGreaterThan(0)
    }),
    { numRuns: jwksRuns },
  )
}, 120_000)

test(`reading ${keyRuns} mutated key files throws nothing strange`, async () => {
  const bytes = mutated(pems).map((text) => Buffer.from(text, 'latin1'))
  const der = fc.constantFrom(...pems).chain((pem) => {
    const body = Buffer.from(/-----\n([A-Za-z0-9+/=\n]+)-----/.exec(pem)?.[1] ?? '', 'base64')
    return fc.tuple(fc.nat(Math.max(body.length - 1, 0)), fc.nat(255)).map(([at, value]) => {
      const changed = Buffer.from(body)
      if (changed.length > 0) changed[at] = value
      return changed
    })
  })
  const rewrapped = fc
    .tuple(
      der,
      fc.constantFrom(
        'PUBLIC KEY',
        'PRIVATE KEY',
        'EC PRIVATE KEY',
        'RSA PRIVATE KEY',
        'RSA PUBLIC KEY',
        'CERTIFICATE',
      ),
    )
    .map(([body, label]) => `-----BEGIN ${label}-----\n${body.toString('base64')}\n-----END ${label}-----\n`)
  const json = fc.jsonValue({ maxDepth: 2 })
  let readable = 0
  await fc.assert(
    fc.asyncProperty(fc.oneof(bytes, mutated(pems), der, rewrapped, json), async (input) => {
      const error = await strangeError(async () => {
        const { keys } = await createJwks([input as KeyInput])
        readable += 1
        for (const key of keys) expect(Object.keys(key)).not.toContain('d')
      })
      expect(error).toBeUndefined()
    }),
    { numRuns: keyRuns },
  )
  // Not vacuous: many mutants hold a key still.
  expect(readable).toBeGreaterThan(keyRuns / 20)
}, 120_000)
