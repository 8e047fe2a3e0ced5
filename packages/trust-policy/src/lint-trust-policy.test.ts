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

describe('lintTrustPolicy() in words', () => {
  const statement = (condition: object): PolicyInput => ({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: 'arn:aws:iam::111122223333:oidc-provider/oidc.example.com/prod' },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: condition,
    },
  })

  test.for([
    ['https://oidc.example.com/prod', 'neither scheme nor port'],
    ['oidc.example.com:443/prod', 'neither scheme nor port'],
    ['oidc.example.com/prod/', 'neither scheme nor port'],
    ['oidc.example.com', 'the path of the issuer belongs to it'],
    ['oidc.example.com/dev', 'the path of the issuer belongs to it'],
    ['oidc.example.org/prod', 'found "oidc.example.org/prod:sub"$'],
  ] as const)('says what is wrong with the key of %s', ([prefix, hint]) => {
    const [finding] = lintTrustPolicy(statement({ StringEquals: { [`${prefix}:sub`]: 'x' } }))
    expect(finding?.code).toBe('key-prefix')
    expect(finding?.message).toMatch(new RegExp(hint))
  })

  test('says which claim is missing', () => {
    const messages = lintTrustPolicy(statement({})).map(({ message }) => message)
    expect(messages).toEqual([
      'a condition on "sub" that names a service account is needed, found none',
      'a condition on "aud" that names an audience is needed, found none',
    ])
  })

  test('says which version it found', () => {
    const found = [{}, { Version: '2008-10-17' }].map((version) => {
      return lintTrustPolicy({ ...version, Statement: { Effect: 'Deny', Principal: '*', Action: '*' } })[0]?.message
    })
    expect(found).toEqual(['"2012-10-17" is needed, found none', '"2012-10-17" is needed, found "2008-10-17"'])
  })

  test.for([
    [2048, []],
    [2049, ['size-over-default']],
    [8192, ['size-over-default']],
    [8193, ['size-over-maximum']],
  ] as const)('counts %d characters', ([length, codes]) => {
    const policy = { Version: '2012-10-17', Id: '', Statement: { Effect: 'Deny', Principal: '*', Action: '*' } }
    const padded = { ...policy, Id: 'x'.repeat(length - JSON.stringify(policy).length) }
    expect(lintTrustPolicy(JSON.stringify(padded, undefined, 2)).map(({ code }) => code)).toEqual(codes)
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
