// Why each finding about a published document matters, and who says so: data, apart from the checks, so that whoever
// only checks does not carry the texts.

import type { DocumentFindingCode } from './check-documents.ts'

/** What stands behind one kind of finding. */
export interface DocumentRule {
  readonly title: string
  readonly why: string
  /** The standard, the AWS page, or the public record of what AWS did. */
  readonly source: string
}

const awsProvider = 'AWS IAM User Guide, Create an OpenID Connect (OIDC) identity provider in IAM'
const awsCreateProvider = 'AWS IAM API Reference, CreateOpenIDConnectProvider'
const awsWebIdentity = 'AWS STS API Reference, AssumeRoleWithWebIdentity'
// A public recording of 186 calls to STS with tokens and key sets of every kind, September 2026.
const observed = 'Observed: github.com/radkawar/stackd, internal/services/sts/testdata/oidc'
const kubernetes = 'kubernetes/kubernetes, pkg/serviceaccount/jwt.go'

/**
 * The reasons behind the findings of `checkDocuments`, by code.
 *
 * @example
 * ```ts
 * import { documentRules } from '@irsa/oidc-docs'
 *
 * console.log(documentRules['key-ops'].title) // 'The key has "key_ops"'
 * ```
 */
export const documentRules: Readonly<Record<DocumentFindingCode, DocumentRule>> = {
  'alg-mismatch': {
    title: 'The key says an algorithm that it cannot be used with',
    why: 'STS goes by the algorithm in the token, but other verifiers refuse the key.',
    source: `RFC 7517, section 4.4; RFC 7518, section 3.1. ${observed}`,
  },
  'alg-missing': {
    title: 'The key says no algorithm',
    why: 'Allowed, but verifiers then have to guess; the API server always writes it.',
    source: `RFC 7517, section 4.4; ${kubernetes}`,
  },
  'algorithm-not-announced': {
    title: "A key's algorithm is not in the discovery document",
    why: 'Verifiers that heed the list refuse tokens signed with this key. Whether STS does is not known.',
    source: 'OpenID Connect Discovery 1.0, section 3',
  },
  'algorithms-unsupported': {
    title: 'No announced algorithm is one that STS verifies',
    why: 'STS verifies RS256, RS384, RS512, ES256, ES384 and ES512 only.',
    source: awsWebIdentity,
  },
  'certificate-mismatch': {
    title: 'The certificate beside the key is one of another key',
    why: 'STS refuses the key when x5c and its numbers disagree.',
    source: `RFC 7517, section 4.7. ${observed}`,
  },
  'certificate-only': {
    title: 'The key is given as a certificate only',
    why: 'STS reads the numbers of the key and does not take them from x5c.',
    source: `RFC 7518, section 6. ${observed}`,
  },
  'claims-incomplete': {
    title: 'Required claims are not announced',
    why: 'AWS requires aud, iat, iss and sub in claims_supported. Whether STS enforces it is not known.',
    source: awsProvider,
  },
  'discovery-member-malformed': {
    title: 'A member of the discovery document has another shape',
    why: 'Readers that hold the document to its shape refuse all of it.',
    source: 'OpenID Connect Discovery 1.0, section 3',
  },
  'discovery-member-missing': {
    title: 'A required member of the discovery document is missing',
    why: "AWS lists it as required. An API server's own document has no claims_supported; whether STS minds is not known.",
    source: awsProvider,
  },
  'discovery-unreadable': {
    title: 'The discovery document is not a JSON object',
    why: 'STS finds no keys without it and refuses every token.',
    source: 'OpenID Connect Discovery 1.0, section 4.2',
  },
  'extra-member': {
    title: 'The key has a member that nobody needs',
    why: 'Harmless to STS as far as is known; what is not there cannot be wrong.',
    source: 'RFC 7517, section 4',
  },
  'host-not-public': {
    title: 'The address is not in the public DNS',
    why: 'STS fetches both documents over the public internet.',
    source: `RFC 6761; RFC 6762; RFC 8375. ${awsProvider}`,
  },
  'issuer-mismatch': {
    title: 'The discovery document is one of another issuer',
    why: 'The issuer in the document, in the tokens and in IAM must be the same bytes.',
    source: `OpenID Connect Discovery 1.0, section 4.3; ${awsCreateProvider}, Url`,
  },
  'issuer-url-invalid': {
    title: 'The issuer is a URL that IAM, STS or Kubernetes reads differently',
    why: 'IAM drops a port, refuses a query, and takes a trailing slash or upper case for another issuer.',
    source: `${awsCreateProvider}, Url`,
  },
  'jwks-empty': {
    title: 'The key set has no key',
    why: 'Every token is refused; AWS requires at least one key.',
    source: awsProvider,
  },
  'jwks-too-large': {
    title: 'More than 100 keys of a type',
    why: 'STS then refuses every token that is signed with a key of this type.',
    source: `${awsProvider}. ${observed}`,
  },
  'jwks-unreadable': {
    title: 'The key set is not a JSON object with a list of keys',
    why: 'STS finds no key and refuses every token.',
    source: 'RFC 7517, section 5',
  },
  'jwks-uri-elsewhere': {
    title: 'The keys are at another host than the issuer',
    why: 'Allowed; if the provider pins thumbprints, it needs those of both hosts.',
    source: 'AWS IAM User Guide, Obtain the thumbprint for an OpenID Connect identity provider',
  },
  'jwks-uri-invalid': {
    title: 'The address of the key set is not an https URL',
    why: 'STS finds no key and refuses every token.',
    source: 'OpenID Connect Discovery 1.0, section 3',
  },
  'jwks-uri-not-plain': {
    title: 'The address of the key set is of an unusual form',
    why: "An API server's own document names the API server, by IP address and port, where STS cannot read.",
    source: 'kubernetes/kubernetes, pkg/serviceaccount/openidmetadata.go',
  },
  'key-malformed': {
    title: 'The key cannot be read',
    why: 'STS cannot verify with it, and refuses the tokens that it signed.',
    source: 'RFC 7518, section 6',
  },
  'key-ops': {
    title: 'The key has "key_ops"',
    why: 'STS refuses a key with key_ops, whatever its value; WebCrypto writes it into every key that it exports.',
    source: observed,
  },
  'key-repeated': {
    title: 'The same key is in the set twice',
    why: 'Harmless. An API server lists a key as often as its key files hold it.',
    source: 'kubernetes/kubernetes, pkg/serviceaccount/openidmetadata.go',
  },
  'key-unsupported': {
    title: 'STS or Kubernetes does not take this kind of key',
    why: 'STS verifies RSA and the curves P-256, P-384 and P-521; Kubernetes signs with no other. Short RSA keys are unsafe.',
    source: `${awsWebIdentity}; ${kubernetes}; NIST SP 800-131A`,
  },
  'kid-duplicate': {
    title: 'Two keys have one key id',
    why: 'STS knows only the last of them; tokens of the other fail.',
    source: `RFC 7517, section 4.5. ${observed}`,
  },
  'kid-missing': {
    title: 'The key has no usable key id',
    why: "STS finds keys by kid and ignores those without; an external signer's kid has at most 1024 characters.",
    source: `${observed}; Kubernetes enhancement 740`,
  },
  'kid-not-from-key': {
    title: 'The key id is not the one that Kubernetes computes',
    why: 'Tokens of an API server with key files name the computed one, so STS would not find the key.',
    source: kubernetes,
  },
  'private-member': {
    title: 'A PRIVATE KEY IS PUBLISHED',
    why: 'Whoever reads the document can sign tokens and assume every role that trusts the issuer.',
    source: 'RFC 7517, section 9.2; RFC 7518, section 6',
  },
  'response-types-incomplete': {
    title: 'The response type id_token is not announced',
    why: 'AWS requires it. Whether STS enforces it is not known.',
    source: awsProvider,
  },
  'subject-types-incomplete': {
    title: 'The subject type public is not announced',
    why: 'AWS requires it. Whether STS enforces it is not known.',
    source: awsProvider,
  },
  'use-missing': {
    title: 'The key does not say that it is for signatures',
    why: 'Allowed; the API server always writes it.',
    source: `RFC 7517, section 4.2; ${kubernetes}`,
  },
  'use-not-sig': {
    title: 'The key is not for signatures',
    why: 'STS does not verify with a key of another use.',
    source: `RFC 7517, section 4.2. ${observed}`,
  },
}
