// Every reason that is known for which AWS STS would refuse the two documents of an issuer, and what else is odd about
// them. Reads documents only: whether they can be reached is for somebody with a network to say.

import { signingAlgorithms } from './algorithm.ts'
import { listMembers, requiredClaims } from './discovery-document.ts'
import { OidcDocsError } from './error.ts'
import type { Finding, Severity } from './finding.ts'
import { inspectJwks, type JwksFindingCode } from './inspect-jwks.ts'
import { httpsUrlProblems, type IssuerUrl, toIssuerUrl } from './issuer-url.ts'
import { isJsonObject, type JsonObject, readJson } from './json.ts'
import type { Jwk } from './jwk.ts'
import { kindOf, quote } from './quote.ts'

/** What {@link checkDocuments} can find. `documentRules` says why each matters. */
export type DocumentFindingCode =
  | JwksFindingCode
  | 'algorithm-not-announced'
  | 'algorithms-unsupported'
  | 'claims-incomplete'
  | 'discovery-member-malformed'
  | 'discovery-member-missing'
  | 'discovery-unreadable'
  | 'host-not-public'
  | 'issuer-mismatch'
  | 'issuer-url-invalid'
  | 'jwks-uri-elsewhere'
  | 'jwks-uri-invalid'
  | 'jwks-uri-not-plain'
  | 'response-types-incomplete'
  | 'subject-types-incomplete'

/** What is checked: the issuer as its tokens and IAM name it, and the documents as they are published. */
export interface PublishedDocuments {
  /** The issuer URL that tokens carry as `iss`. */
  readonly issuer: string | IssuerUrl
  /** The discovery document: JSON text of at most 1 MiB characters, or the object. */
  readonly discovery: string | object
  /** The key set: JSON text of at most 1 MiB characters, or the object. */
  readonly jwks: string | object
}

type Add = (code: DocumentFindingCode, severity: Severity, path: string, message: string, fix?: string) => void

// RFC 6761, 6762, 8375, 7686; ICANN's reservation of "internal"; what local networks call themselves.
const privateSuffixes = ['local', 'localhost', 'internal', 'test', 'example', 'invalid', 'onion', 'svc', 'lan', 'home']
const severityOrder: readonly Severity[] = ['error', 'warning', 'info']

/**
 * Checks whether AWS STS would accept tokens by these two documents.
 *
 * An `error` makes STS refuse some or all tokens, or gives a private key away; a `warning` breaks a documented
 * requirement whose enforcement is not known, or fails for other readers; an `info` is worth knowing.
 *
 * @returns The findings, private keys first, then errors, warnings and infos. Paths are pointers into the argument:
 *   `/discovery/issuer`, `/jwks/keys/0/d`. Empty when there is nothing to say. Never rejects for what is in a document.
 * @see AWS IAM User Guide, Create an OpenID Connect (OIDC) identity provider in IAM, prerequisites
 * @see OpenID Connect Discovery 1.0, sections 3 and 4.3; RFC 7517, sections 4 and 5
 *
 * @example
 * ```ts
 * import { checkDocuments, createDiscoveryDocument, createJwks, generateSigningKey } from '@irsa/oidc-docs'
 *
 * const { publicKeyPem } = await generateSigningKey({ algorithm: 'ES256' })
 * const issuer = 'https://oidc.example.com/prod'
 * const discovery = createDiscoveryDocument({ issuer: `${issuer}2`, algorithms: ['ES256'] })
 * const findings = await checkDocuments({ issuer, discovery, jwks: await createJwks([publicKeyPem]) })
 * console.log(findings.map(({ code, path }) => `${code} at ${path}`)) // [ 'issuer-mismatch at /discovery/issuer' ]
 * ```
 */
export async function checkDocuments(documents: PublishedDocuments): Promise<readonly Finding<DocumentFindingCode>[]> {
  const findings: Finding<DocumentFindingCode>[] = []
  const add: Add = (code, severity, path, message, fix) => {
    findings.push({ code, severity, path, message, ...(fix === undefined ? {} : { fix }) })
  }
  const issuer = checkIssuer(documents.issuer, add)
  const { keys, findings: keyFindings } = await inspectJwks(documents.jwks)
  const discovery = readJson(documents.discovery)
  const value = 'value' in discovery ? discovery.value : undefined
  if (isJsonObject(value)) checkDiscovery(value, issuer, keys, add)
  else {
    const found = 'value' in discovery ? kindOf(value) : discovery.found
    add('discovery-unreadable', 'error', '/discovery', `a JSON object of up to 1 MiB is needed, found ${found}`)
  }
  findings.push(...keyFindings.map((finding) => ({ ...finding, path: `/jwks${finding.path}` })))
  return findings.sort((a, b) => rankOf(a) - rankOf(b))
}

function rankOf({ code, severity }: Finding): number {
  return code === 'private-member' ? -1 : severityOrder.indexOf(severity)
}

/** Checks the issuer and returns its text, `''` when there is none. */
function checkIssuer(issuer: string | IssuerUrl, add: Add): string {
  try {
    const { host, url } = toIssuerUrl(issuer)
    checkPublic(host, '/issuer', add)
    return url
  } catch (cause) {
    if (!(cause instanceof OidcDocsError)) throw cause
    for (const { message, fix } of cause.problems) add('issuer-url-invalid', 'error', '/issuer', message, fix)
  }
  return typeof issuer === 'string' ? issuer : ''
}

function checkPublic(host: string, path: string, add: Add): void {
  const suffix = host.split('.').at(-1) ?? ''
  if (!privateSuffixes.includes(suffix)) return
  const fix = 'Use a name that is registered in the public DNS'
  add('host-not-public', 'error', path, `a name that STS can resolve is needed, found one below "${suffix}"`, fix)
}

function checkDiscovery(discovery: JsonObject, issuer: string, keys: readonly Jwk[], add: Add): void {
  const found = discovery['issuer']
  if (found !== issuer) {
    const message = `the issuer ${quote(issuer)} byte for byte is needed, found ${quote(found)}${hintOn(found, issuer)}`
    add('issuer-mismatch', 'error', '/discovery/issuer', message)
  }
  checkJwksUri(discovery['jwks_uri'], issuer, add)
  const lists: Partial<Record<(typeof listMembers)[number], readonly string[]>> = {}
  for (const member of listMembers) {
    const list = discovery[member]
    const path = `/discovery/${member}`
    if (list === undefined) {
      add('discovery-member-missing', 'warning', path, `the member ${quote(member)} is needed, found none`)
    } else if (Array.isArray(list) && list.every((item) => typeof item === 'string')) lists[member] = list
    else add('discovery-member-malformed', 'error', path, `a list of texts is needed, found another ${kindOf(list)}`)
  }
  const needed = (
    code: DocumentFindingCode,
    member: (typeof listMembers)[number],
    wanted: readonly string[],
    severity: Severity,
  ): void => {
    const missing = wanted.filter((item) => lists[member]?.includes(item) === false)
    if (missing.length > 0) {
      add(code, severity, `/discovery/${member}`, `${missing.map(quote).join(', ')} is needed, found no such entry`)
    }
  }
  needed('claims-incomplete', 'claims_supported', requiredClaims, 'warning')
  needed('response-types-incomplete', 'response_types_supported', ['id_token'], 'warning')
  needed('subject-types-incomplete', 'subject_types_supported', ['public'], 'warning')
  const announced = lists.id_token_signing_alg_values_supported
  if (announced === undefined) return
  if (!signingAlgorithms.some((algorithm) => announced.includes(algorithm))) {
    const message = `one of ${signingAlgorithms.join(', ')} is needed, found ${quote(announced.join(', '))}`
    add('algorithms-unsupported', 'error', '/discovery/id_token_signing_alg_values_supported', message)
    return
  }
  const used = [...new Set(keys.map(({ alg }) => alg))]
  needed('algorithm-not-announced', 'id_token_signing_alg_values_supported', used, 'warning')
}

function checkJwksUri(jwksUri: unknown, issuer: string, add: Add): void {
  const path = '/discovery/jwks_uri'
  const host = typeof jwksUri === 'string' ? /^https:\/\/(?:[^/?#]*@)?([^/?#:]+)/.exec(jwksUri)?.[1] : undefined
  if (host === undefined) {
    add('jwks-uri-invalid', 'error', path, `an absolute "https" URL is needed, found ${quote(jwksUri)}`)
    return
  }
  for (const message of httpsUrlProblems(jwksUri)) {
    const fix = 'An API server announces its own address: publish a document of your own with a public address'
    add('jwks-uri-not-plain', 'warning', path, message, fix)
  }
  checkPublic(host.toLowerCase(), path, add)
  if (!issuer.startsWith(`https://${host}/`) && issuer !== `https://${host}`) {
    const message = `keys at the issuer's host are usual, found them at ${quote(host)}`
    add('jwks-uri-elsewhere', 'info', path, message)
  }
}

function hintOn(found: unknown, issuer: string): string {
  if (typeof found !== 'string') return ''
  if (found.replace(/\/+$/, '') === issuer) return ' (a trailing slash more)'
  if (found.toLowerCase() === issuer.toLowerCase()) return ' (other upper and lower case)'
  if (found.trim() === issuer) return ' (white space around it)'
  if (found.replace(/^http:/, 'https:') === issuer) return ' (http instead of https)'
  return found.replace(/:443(?=\/|$)/, '') === issuer ? ' (a port more)' : ''
}
