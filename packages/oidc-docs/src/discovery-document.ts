// The discovery document: what AWS wants in it, and reading what others published. Fetches nothing and does not look at
// keys; whether a document and a key set belong together is for `checkDocuments`.

import { type SigningAlgorithm, sortAlgorithms } from './algorithm.ts'
import { OidcDocsError } from './error.ts'
import type { Finding } from './finding.ts'
import { httpsUrlProblems, type IssuerUrl, jwksUrl, toIssuerUrl } from './issuer-url.ts'
import { isJsonObject, readJson } from './json.ts'
import { kindOf, quote } from './quote.ts'

/** A discovery document with the six members that AWS requires (OpenID Connect Discovery 1.0, section 3). */
export interface DiscoveryDocument {
  readonly issuer: string
  readonly jwks_uri: string
  readonly response_types_supported: readonly string[]
  readonly subject_types_supported: readonly string[]
  readonly id_token_signing_alg_values_supported: readonly string[]
  readonly claims_supported: readonly string[]
}

/** A discovery document as somebody published it: two members for certain, the others perhaps. */
export interface ParsedDiscoveryDocument extends Partial<DiscoveryDocument> {
  readonly issuer: string
  readonly jwks_uri: string
  /** Whatever else is in it. */
  readonly [member: string]: unknown
}

/** What {@link createDiscoveryDocument} needs to know. */
export interface DiscoveryDocumentOptions {
  /** The issuer, as text or parsed. */
  readonly issuer: string | IssuerUrl
  /** Where the key set is: an absolute `https` URL. Default: {@link jwksUrl} of the issuer. */
  readonly jwksUri?: string
  /** The algorithms of the published keys, 1 or more; sorted, repeated ones dropped. */
  readonly algorithms: readonly SigningAlgorithm[]
}

/** The members that hold lists of texts. */
export const listMembers = [
  'response_types_supported',
  'subject_types_supported',
  'id_token_signing_alg_values_supported',
  'claims_supported',
] as const

/** The claims that AWS wants to be announced. */
export const requiredClaims: readonly string[] = ['aud', 'iat', 'iss', 'sub']

/**
 * Makes the discovery document of an issuer, with the six members that AWS requires and no other.
 *
 * It is not the API server's own document: that one has no `claims_supported`, and usually names the API server's
 * address as `jwks_uri`.
 *
 * @throws {OidcDocsError} `issuer-url-invalid`, `jwks-uri-invalid`, `algorithm-unsupported`
 * @see OpenID Connect Discovery 1.0, section 3
 * @see AWS IAM User Guide, Create an OpenID Connect (OIDC) identity provider in IAM, prerequisites
 *
 * @example
 * ```ts
 * import { createDiscoveryDocument } from '@irsa/oidc-docs'
 *
 * const document = createDiscoveryDocument({ issuer: 'https://oidc.example.com/prod', algorithms: ['RS256'] })
 * console.log(document.jwks_uri) // 'https://oidc.example.com/prod/openid/v1/jwks'
 * console.log(document.claims_supported) // [ 'aud', 'iat', 'iss', 'sub' ]
 * ```
 */
export function createDiscoveryDocument(options: DiscoveryDocumentOptions): DiscoveryDocument {
  const issuer = toIssuerUrl(options.issuer)
  const jwksUri = options.jwksUri ?? jwksUrl(issuer)
  const urlProblems = httpsUrlProblems(jwksUri)
  if (urlProblems.length > 0) {
    const problems = urlProblems.map((message): Finding => ({
      code: 'jwks-uri-invalid',
      severity: 'error',
      path: '/jwksUri',
      message,
    }))
    throw new OidcDocsError('jwks-uri-invalid', `announce ${quote(jwksUri)} as key set`, problems)
  }
  return {
    issuer: issuer.url,
    jwks_uri: jwksUri,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: sortAlgorithms(options.algorithms),
    claims_supported: requiredClaims,
  }
}

/**
 * Reads a discovery document that somebody published. Holds it to its shape only: `issuer` and `jwks_uri` are texts,
 * the four lists are lists of texts where they are present. Whether AWS takes it is for `checkDocuments` to say.
 *
 * @param input JSON text of at most 1 MiB characters, or the object.
 * @returns All of its members.
 * @throws {OidcDocsError} `discovery-document-invalid`, with every problem; paths point into the document.
 * @see OpenID Connect Discovery 1.0, section 4.2
 *
 * @example
 * ```ts
 * import { parseDiscoveryDocument } from '@irsa/oidc-docs'
 *
 * const text = '{"issuer":"https://oidc.example.com","jwks_uri":"https://oidc.example.com/keys.json"}'
 * console.log(parseDiscoveryDocument(text).jwks_uri) // 'https://oidc.example.com/keys.json'
 * ```
 */
export function parseDiscoveryDocument(input: string | object): ParsedDiscoveryDocument {
  const read = readJson(input)
  const value = 'value' in read ? read.value : undefined
  const problems: Finding[] = []
  const add = (path: string, message: string): void => {
    problems.push({ code: 'discovery-document-invalid', severity: 'error', path, message })
  }
  if (!isJsonObject(value)) {
    add('', `a JSON object is needed, found ${'value' in read ? kindOf(value) : read.found}`)
  } else {
    for (const member of ['issuer', 'jwks_uri']) {
      if (typeof value[member] !== 'string') add(`/${member}`, `a text is needed, found ${kindOf(value[member])}`)
    }
    for (const member of listMembers) {
      const list = value[member]
      const isTexts = Array.isArray(list) && list.every((item) => typeof item === 'string')
      if (list !== undefined && !isTexts) add(`/${member}`, `a list of texts is needed, found another ${kindOf(list)}`)
    }
  }
  if (problems.length > 0) {
    const options = 'cause' in read ? { cause: read.cause } : {}
    throw new OidcDocsError('discovery-document-invalid', 'read the discovery document', problems, options)
  }
  return value as ParsedDiscoveryDocument
}

/**
 * Writes a discovery document as the bytes to publish: the same members always give the same text.
 *
 * @returns JSON with the six members in their order, two spaces of indentation and a line feed at its end.
 * @see OpenID Connect Discovery 1.0, section 4.2
 *
 * @example
 * ```ts
 * import { createDiscoveryDocument, serializeDiscoveryDocument } from '@irsa/oidc-docs'
 *
 * const document = createDiscoveryDocument({ issuer: 'https://oidc.example.com', algorithms: ['ES256', 'RS256'] })
 * const text = serializeDiscoveryDocument(document)
 * console.log(text.split('\n')[1]) // '  "issuer": "https://oidc.example.com",'
 * ```
 */
export function serializeDiscoveryDocument(document: DiscoveryDocument): string {
  const members = ['issuer', 'jwks_uri', ...listMembers]
  return `${JSON.stringify(document, members, 2)}\n`
}
