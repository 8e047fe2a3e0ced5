import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import vectors from '../vectors/issuer-urls.json' with { type: 'json' }
import { discoveryUrl, type IssuerUrl, jwksUrl, OidcDocsError, parseIssuerUrl } from './index.ts'

function refusalOf(act: () => unknown): OidcDocsError {
  try {
    act()
  } catch (error) {
    if (error instanceof OidcDocsError) return error
    throw error
  }
  throw new Error('Nothing was refused')
}

describe('parseIssuerUrl()', () => {
  test.for(vectors.accepted)('keeps $url byte for byte', ({ url, host, path }) => {
    expect(parseIssuerUrl(url)).toEqual({ url, host, path, conditionKeyPrefix: host + path })
  })

  test.for(vectors.refused)('refuses $url with every reason', ({ url, problems, mended }) => {
    const error = refusalOf(() => parseIssuerUrl(url))
    expect(error.code).toBe('issuer-url-invalid')
    expect(error.problems).toHaveLength(problems.length)
    for (const [index, problem] of problems.entries()) expect(error.problems[index]?.message).toContain(problem)
    for (const { fix } of error.problems) expect(fix).toBe(mended === undefined ? undefined : `Use "${mended}"`)
  })

  test('accepts 255 characters and refuses 256', () => {
    const url = `https://oidc.example.com/${'a'.repeat(255 - 25)}`
    expect(url).toHaveLength(255)
    expect(parseIssuerUrl(url).url).toBe(url)
    expect(refusalOf(() => parseIssuerUrl(`${url}a`)).message).toContain('255 characters are needed, found 256')
  })

  test('accepts labels of 63 characters and hosts of 253', () => {
    const host = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.example.com`
    expect(parseIssuerUrl(`https://${host}`).host).toBe(host)
    expect(refusalOf(() => parseIssuerUrl(`https://${'a.'.repeat(125)}comx`)).message).toContain('DNS name')
  })

  test.for([[undefined], [null], [7], [[]], [{}]])('refuses %j, which is no text', ([value]) => {
    expect(refusalOf(() => parseIssuerUrl(value as unknown as string)).code).toBe('issuer-url-invalid')
  })

  test('escapes control and bidirectional characters in its message', () => {
    const { message } = refusalOf(() => parseIssuerUrl('https://a.example.com/\u202e\u001b[31m\n::error::'))
    expect(message).toMatch(/^[\u0020-\u007e]*$/)
  })

  test('accepts what it suggests, for any text', () => {
    const part = fc.constantFrom('https://', 'http:', '//', '/', 'A', 'b.', '.c', 'com', ':1', '@', '?', '#', '%', ' ')
    const text = fc.oneof(
      fc.string(),
      fc.array(part).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, (url) => {
        let issuer: IssuerUrl
        try {
          issuer = parseIssuerUrl(url)
        } catch (error) {
          if (!(error instanceof OidcDocsError)) throw error
          const fix = error.problems[0]?.fix
          if (fix !== undefined) parseIssuerUrl(JSON.parse(fix.slice('Use '.length)) as string)
          return
        }
        // What we accept, a URL parser must read the same way.
        const { href, hostname, pathname } = new URL(issuer.url)
        expect([href, hostname]).toEqual([issuer.path === '' ? `${url}/` : url, issuer.host])
        expect(pathname).toBe(issuer.path === '' ? '/' : issuer.path)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('discoveryUrl() and jwksUrl()', () => {
  test('put their path behind the path of the issuer', () => {
    const issuer = parseIssuerUrl('https://oidc.example.com/prod')
    expect(discoveryUrl(issuer)).toBe('https://oidc.example.com/prod/.well-known/openid-configuration')
    expect(jwksUrl(issuer)).toBe('https://oidc.example.com/prod/openid/v1/jwks')
    expect(jwksUrl('https://oidc.example.com', '/keys.json')).toBe('https://oidc.example.com/keys.json')
  })

  test.for(['', 'keys.json', '/', '/keys/', '/a//b', '/../b', '/k?x', '/k#x', '/%6b'])('refuse the path %j', (path) => {
    expect(refusalOf(() => jwksUrl('https://oidc.example.com', path)).code).toBe('jwks-uri-invalid')
  })

  test('refuse an issuer that was made by hand and is none', () => {
    const issuer = { url: 'https://x.example.com/', host: 'x.example.com', path: '', conditionKeyPrefix: '' }
    expect(refusalOf(() => discoveryUrl(issuer)).code).toBe('issuer-url-invalid')
    expect(refusalOf(() => jwksUrl(null as unknown as string)).code).toBe('issuer-url-invalid')
  })
})
