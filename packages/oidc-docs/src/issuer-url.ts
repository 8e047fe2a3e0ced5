// Decides which texts are issuer URLs that Kubernetes, IAM and STS all read as the same bytes, and where an issuer's
// two documents live. Knows nothing of what is in them.

import { OidcDocsError, refusal } from './error.ts'
import type { Finding } from './finding.ts'
import { kindOf, quote } from './quote.ts'

/** A parsed issuer URL. Make it with {@link parseIssuerUrl}. */
export interface IssuerUrl {
  /** The URL, byte for byte as it was given: what `iss`, `issuer` and IAM's provider URL must all be equal to. */
  readonly url: string
  /** Lower-case DNS name, without a port: `oidc.example.com`. */
  readonly host: string
  /** `''`, or a path that begins with a slash and does not end with one: `/prod`. */
  readonly path: string
  /** Host and path, as they precede `:sub` and `:aud` in IAM condition keys: `oidc.example.com/prod`. */
  readonly conditionKeyPrefix: string
}

const discoveryPath = '/.well-known/openid-configuration'
const defaultJwksPath = '/openid/v1/jwks'
// IAM's `Url` of CreateOpenIDConnectProvider holds at most 255 characters.
const maximumCharacters = 255

interface UrlParts {
  readonly host: string
  readonly path: string
  readonly problems: readonly string[]
  readonly mended: string
}

/**
 * Parses an issuer URL: `https://`, a lower-case public DNS name, optionally a path.
 *
 * Refused, because one of Kubernetes, IAM and STS would compare other bytes than the rest: another scheme, upper case
 * in the host, IP addresses, names of one label, a port, user info, a query, a fragment, a trailing slash, empty, `.`
 * or `..` segments, path characters other than `A-Z a-z 0-9 - . _ ~`, and more than 255 characters.
 *
 * @param text The URL, for instance the value of `--service-account-issuer`.
 * @returns Its parts. `url` is the text itself, never a normalised form.
 * @throws {OidcDocsError} `issuer-url-invalid`, with every problem at once and, where there is one, the mended URL.
 * @see OpenID Connect Discovery 1.0, section 3 (`issuer`); RFC 8414, section 2
 * @see AWS IAM API Reference, CreateOpenIDConnectProvider, `Url`
 *
 * @example
 * ```ts
 * import { parseIssuerUrl } from '@irsa/oidc-docs'
 *
 * const issuer = parseIssuerUrl('https://oidc.example.com/prod')
 * console.log(issuer.conditionKeyPrefix) // 'oidc.example.com/prod'
 * ```
 */
export function parseIssuerUrl(text: string): IssuerUrl {
  if (typeof text !== 'string') {
    throw refusal('issuer-url-invalid', 'parse the issuer URL', `a text is needed, found ${kindOf(text)}`)
  }
  const { host, path, problems, mended } = readUrl(text)
  const all = [...problems]
  const withoutDiscovery = stripSuffix(mended, discoveryPath)
  if (withoutDiscovery !== mended) {
    all.push('the issuer is needed, found the address of its discovery document')
  }
  if (all.length > 0) throw invalidUrl('issuer-url-invalid', `use ${quote(text)} as issuer`, all, withoutDiscovery)
  return { url: text, host, path, conditionKeyPrefix: host + path }
}

/**
 * The address of an issuer's discovery document.
 *
 * @param issuer The issuer, as text or parsed.
 * @returns The issuer with `/.well-known/openid-configuration` behind its path.
 * @throws {OidcDocsError} `issuer-url-invalid`
 * @see OpenID Connect Discovery 1.0, section 4
 *
 * @example
 * ```ts
 * import { discoveryUrl } from '@irsa/oidc-docs'
 *
 * console.log(discoveryUrl('https://oidc.example.com/prod'))
 * // 'https://oidc.example.com/prod/.well-known/openid-configuration'
 * ```
 */
export function discoveryUrl(issuer: string | IssuerUrl): string {
  return toIssuerUrl(issuer).url + discoveryPath
}

/**
 * The address of an issuer's key set.
 *
 * @param issuer The issuer, as text or parsed.
 * @param path Where the key set lies below the issuer, beginning with a slash. Default `/openid/v1/jwks`, where a
 *   Kubernetes API server has it; `/keys.json` and `/jwks.json` are met elsewhere.
 * @throws {OidcDocsError} `issuer-url-invalid`; `jwks-uri-invalid` for a path that is no plain path.
 * @see OpenID Connect Discovery 1.0, section 3 (`jwks_uri`)
 *
 * @example
 * ```ts
 * import { jwksUrl } from '@irsa/oidc-docs'
 *
 * console.log(jwksUrl('https://oidc.example.com/prod'))
 * // 'https://oidc.example.com/prod/openid/v1/jwks'
 * console.log(jwksUrl('https://oidc.example.com', '/keys.json'))
 * // 'https://oidc.example.com/keys.json'
 * ```
 */
export function jwksUrl(issuer: string | IssuerUrl, path: string = defaultJwksPath): string {
  const { url } = toIssuerUrl(issuer)
  const problems = pathProblems(path)
  if (path === '') problems.push('a path is needed, found none')
  else if (!path.startsWith('/')) problems.push('a leading slash is needed, found none')
  if (problems.length > 0) {
    throw invalidUrl('jwks-uri-invalid', `use ${quote(path)} as path of the key set`, problems, path)
  }
  return url + path
}

/** Parses again what is given as an issuer, so that a hand-made `IssuerUrl` is held to the same rules. */
export function toIssuerUrl(issuer: string | IssuerUrl): IssuerUrl {
  return parseIssuerUrl(typeof issuer === 'object' && issuer !== null ? issuer.url : issuer)
}

/** What keeps a text from being an absolute `https` URL of the plain form that an issuer has. */
export function httpsUrlProblems(text: unknown): readonly string[] {
  if (typeof text !== 'string') return [`a text is needed, found ${kindOf(text)}`]
  return readUrl(text).problems
}

function invalidUrl(
  code: 'issuer-url-invalid' | 'jwks-uri-invalid',
  what: string,
  messages: readonly string[],
  mended: string,
): OidcDocsError {
  const mendable = code === 'issuer-url-invalid' && readUrl(mended).problems.length === 0
  const fix = mendable ? { fix: `Use ${quote(mended)}` } : {}
  const problems = messages.map((message): Finding => ({ code, severity: 'error', path: '', message, ...fix }))
  return new OidcDocsError(code, what, problems)
}

function readUrl(text: string): UrlParts {
  const problems: string[] = []
  let rest = text.trim()
  if (rest !== text) problems.push('a URL without white space around it is needed, found some')
  if (text.length > maximumCharacters) {
    problems.push(`at most ${maximumCharacters} characters are needed, found ${text.length}`)
  }

  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(rest)?.[1]
  if (scheme === undefined) problems.push('"https://" at its beginning is needed, found none')
  else if (scheme !== 'https') problems.push(`the scheme "https" is needed, found ${quote(scheme)}`)
  if (scheme !== undefined) rest = rest.slice(scheme.length + 3)

  const fragmentAt = rest.indexOf('#')
  if (fragmentAt !== -1) {
    problems.push('a URL without a fragment is needed, found one')
    rest = rest.slice(0, fragmentAt)
  }
  const queryAt = rest.indexOf('?')
  if (queryAt !== -1) {
    problems.push('a URL without a query is needed, found one')
    rest = rest.slice(0, queryAt)
  }
  const slashAt = rest.indexOf('/')
  const authority = slashAt === -1 ? rest : rest.slice(0, slashAt)
  const path = slashAt === -1 ? '' : rest.slice(slashAt)
  const host = readAuthority(authority, problems)
  problems.push(...pathProblems(path))

  const mendedPath = path.replace(/\/{2,}/g, '/').replace(/\/$/, '')
  return { host, path, problems, mended: `https://${host.toLowerCase()}${mendedPath}` }
}

function readAuthority(authority: string, problems: string[]): string {
  const userAt = authority.lastIndexOf('@')
  if (userAt !== -1) problems.push('a URL without user info is needed, found some')
  const hostAndPort = authority.slice(userAt + 1)
  const port = /:[0-9]*$/.exec(hostAndPort)?.[0]
  // IAM drops ":443" from a provider's URL, so that it no longer equals the token's `iss`.
  if (port !== undefined) problems.push(`a URL without a port is needed, found ${quote(port)}`)
  const host = port === undefined ? hostAndPort : hostAndPort.slice(0, -port.length)
  problems.push(...hostProblems(host))
  return host
}

function hostProblems(host: string): string[] {
  if (host === '') return ['a host is needed, found none']
  const problems: string[] = []
  if (host !== host.toLowerCase()) problems.push(`a lower-case host is needed, found ${quote(host)}`)
  const labels = host.toLowerCase().split('.')
  if (host.startsWith('[') || /^[0-9]+$/.test(labels.at(-1) ?? '')) {
    problems.push(`a DNS name is needed, found the IP address ${quote(host)}`)
  } else if (labels.at(-1) === '') {
    problems.push('a host without a trailing dot is needed, found one')
  } else if (host.length > 253 || !labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label))) {
    const hint = /[^\u0020-\u007e]/.test(host) ? ' (write an international name in its "xn--" form)' : ''
    problems.push(`a DNS name is needed, found ${quote(host)}${hint}`)
  } else if (labels.length < 2) {
    problems.push(`a DNS name of at least two labels is needed, found ${quote(host)}`)
  }
  return problems
}

function pathProblems(path: string): string[] {
  if (path === '') return []
  const problems: string[] = []
  if (path.endsWith('/')) problems.push('a path without a trailing slash is needed, found one')
  const segments = path.replace(/^\//, '').replace(/\/$/, '').split('/')
  if (path !== '/' && segments.includes('')) problems.push('a path without empty segments is needed, found one')
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    problems.push('a path without "." and ".." segments is needed, found one')
  }
  const odd = /[^A-Za-z0-9._~/-]/.exec(path)?.[0]
  if (odd !== undefined) {
    problems.push(`a path of letters, digits and "-._~" is needed, found ${quote(odd)}`)
  }
  return problems
}

function stripSuffix(text: string, suffix: string): string {
  return text.endsWith(suffix) ? text.slice(0, -suffix.length) : text
}
