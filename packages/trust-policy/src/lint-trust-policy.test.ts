import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type LintOptions, lintTrustPolicy, type PolicyInput, trustPolicyRules } from './index.ts'

interface LintCase {
  readonly about: string
  readonly policy: PolicyInput
  readonly options?: LintOptions
  readonly findings?: readonly string[]
}

interface LintVector {
  readonly rule: string
  readonly bad: readonly LintCase[]
  readonly good: readonly LintCase[]
}

const folder = new URL('../vectors/lint/', import.meta.url)
const vectors = readdirSync(folder).map((file) => {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as LintVector
})

function lint({ policy, options }: LintCase): string[] {
  return lintTrustPolicy(policy, options).map(({ severity, code, path }) => `${severity} ${code} ${path}`)
}

describe.for(vectors)('lintTrustPolicy() $rule', ({ rule, bad, good }) => {
  test.for(bad)('finds: $about', (found) => {
    expect(lint(found)).toEqual(found.findings)
    expect(found.findings?.some((finding) => finding.includes(` ${rule} `))).toBe(true)
  })

  test.for(good)('finds nothing: $about', (accepted) => {
    expect(lint(accepted)).toEqual([])
  })
})

describe('lintTrustPolicy()', () => {
  test('has both kinds of vectors for every rule', () => {
    expect(vectors.map(({ rule }) => rule)).toEqual(trustPolicyRules.map(({ id }) => id).toSorted())
    for (const { bad, good } of vectors) expect([bad.length > 0, good.length > 0]).toEqual([true, true])
  })

  test('finds the same in the text and in what IAM returns', () => {
    for (const { policy, options } of vectors.flatMap(({ bad }) => bad)) {
      const findings = lintTrustPolicy(policy, options)
      expect(lintTrustPolicy(JSON.stringify(policy), options)).toEqual(findings)
      expect(lintTrustPolicy(encodeURIComponent(JSON.stringify(policy, undefined, 2)), options)).toEqual(findings)
    }
  })

  test.for(['', '{', 'null', '[]', '%', '%7B', 'x'.repeat(131_073)])('reports text that is no policy', (text) => {
    expect(lintTrustPolicy(text).map(({ code }) => code)).toEqual(['policy-invalid'])
  })
})

describe('trustPolicyRules', () => {
  test('are described in the README as they are', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const rows = trustPolicyRules.map(
      ({ id, severity, title, why }) => `| \`${id}\` | ${severity} | ${title} | ${why} |`,
    )
    const table = ['| rule | severity | finding | why |', '|---|---|---|---|', ...rows].join('\n')
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

  test.for(trustPolicyRules.map((rule) => ({ ...rule })))('$id says all that there is to say', (rule) => {
    for (const text of [rule.title, rule.why, rule.fix, rule.source]) expect(text.length).toBeGreaterThan(5)
    expect(rule.title).not.toMatch(/\.$/)
    expect(rule.why).toMatch(/\.$/)
    expect(rule.fix).toMatch(/\.$/)
    expect(['error', 'warning', 'info']).toContain(rule.severity)
  })
})
