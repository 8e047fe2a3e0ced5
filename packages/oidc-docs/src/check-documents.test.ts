import { readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  checkDocuments,
  createDiscoveryDocument,
  createJwks,
  documentRules,
  generateSigningKey,
  type PublishedDocuments,
  serializeDiscoveryDocument,
  serializeJwks,
} from './index.ts'

interface DocumentVector extends PublishedDocuments {
  readonly file: string
  readonly about: string
  readonly findings: readonly { readonly severity: string; readonly code: string; readonly path: string }[]
}

const folder = new URL('../vectors/documents/', import.meta.url)
const vectors = readdirSync(folder).map((file): DocumentVector => {
  const vector = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Omit<DocumentVector, 'file'>
  return { ...vector, file }
})
const good = vectors.find(({ file }) => file === 'good.json') as DocumentVector

describe('checkDocuments()', () => {
  test.for(vectors)('finds in $file: $about', async ({ issuer, discovery, jwks, findings }) => {
    const found = await checkDocuments({ issuer, discovery, jwks })
    expect(found.map(({ severity, code, path }) => ({ severity, code, path }))).toEqual(findings)
    if (typeof discovery === 'string' || typeof jwks === 'string') return
    const texts = { issuer, discovery: JSON.stringify(discovery), jwks: JSON.stringify(jwks) }
    expect(await checkDocuments(texts)).toEqual(found)
  })

  test('has a vector and a rule for every code', () => {
    const codes = new Set(vectors.flatMap(({ findings }) => findings.map(({ code }) => code)))
    expect([...codes].sort()).toEqual(Object.keys(documentRules).sort())
  })

  test.for([
    ['issuer-mismatch-slash', 'a trailing slash more'],
    ['issuer-mismatch-case', 'upper and lower case'],
    ['issuer-mismatch-scheme', 'http instead of https'],
    ['issuer-mismatch-port', 'a port more'],
  ])('says how the issuer differs in %s', async ([file, hint]) => {
    const vector = vectors.find((candidate) => candidate.file === `${file}.json`) as DocumentVector
    expect((await checkDocuments(vector))[0]?.message).toContain(hint)
  })

  test('is described in the README as it is', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const severities = new Map(
      vectors.flatMap(({ findings }) => findings.map(({ code, severity }) => [code, severity])),
    )
    const rows = Object.entries(documentRules).map(([code, { title, source }]) => {
      return `| \`${code}\` | ${severities.get(code)} | ${title} | ${source} |`
    })
    const table = ['| code | severity | finding | source |', '|---|---|---|---|', ...rows].join('\n')
    // The formatter pads the columns.
    const found = /<!-- rules: .* -->\n([\s\S]*?)<!-- \/rules -->/.exec(readme)?.[1] ?? ''
    expect(
      found
        .replace(/ +/g, ' ')
        .replace(/-{3,}/g, '---')
        .replace(/\| --- /g, '|---')
        .replace(/--- \|/g, '---|')
        .trim(),
    ).toBe(table)
  })

  test('has nothing to say about what this package makes', async () => {
    const issuer = 'https://oidc.example.com/prod'
    const keys = [await generateSigningKey(), await generateSigningKey({ algorithm: 'ES256' })]
    const made = await createJwks(keys.map(({ privateKeyPem }) => privateKeyPem))
    const document = createDiscoveryDocument({ issuer, algorithms: made.keys.map(({ alg }) => alg) })
    const texts = { discovery: serializeDiscoveryDocument(document), jwks: serializeJwks(made) }
    expect(await checkDocuments({ issuer, ...texts })).toEqual([])
  })

  test('never shows private key material', async () => {
    const { privateKeyPem } = await generateSigningKey({ algorithm: 'ES256' })
    const leaked = { ...good, discovery: privateKeyPem, jwks: privateKeyPem }
    const text = JSON.stringify(await checkDocuments(leaked))
    for (const line of privateKeyPem.split('\n').slice(1, -2)) expect(text).not.toContain(line)
  })

  test('never rejects, whatever is in the documents', async () => {
    const json = fc.jsonValue({ maxDepth: 4 })
    const member = fc.constantFrom('issuer', 'jwks_uri', 'claims_supported', 'response_types_supported')
    const key = fc.constantFrom('kty', 'kid', 'n', 'e', 'x5c', 'use', 'alg', 'crv', 'x', 'd', 'key_ops')
    const keySet = (good.jwks as { keys: object[] }).keys[0]
    await fc.assert(
      fc.asyncProperty(json, member, key, fc.string(), async (value, member, key, text) => {
        const mutated = [
          {
            discovery: { ...(good.discovery as object), [member]: value },
            jwks: { keys: [{ ...keySet, [key]: value }] },
          },
          { issuer: text, discovery: value as object, jwks: value as object },
          { issuer: value as string, discovery: text, jwks: text },
          {
            discovery: JSON.stringify(good.discovery).replace(/./g, (c) => (text.includes(c) ? '' : c)),
            jwks: { keys: value },
          },
        ]
        for (const documents of mutated) {
          for (const { message, path, severity } of await checkDocuments({ ...good, ...documents })) {
            expect(['error', 'warning', 'info']).toContain(severity)
            expect(path).toMatch(/^\/(issuer|discovery|jwks)(\/|$)/)
            expect(message).toMatch(/^[\u0020-\u007e]+$/)
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})
