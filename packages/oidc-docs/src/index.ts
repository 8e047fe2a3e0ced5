// What an OpenID Connect issuer of a Kubernetes cluster publishes, as pure functions: values in, values out.

export type { SigningAlgorithm } from './algorithm.ts'
export { checkDocuments, type DocumentFindingCode, type PublishedDocuments } from './check-documents.ts'
export {
  createDiscoveryDocument,
  type DiscoveryDocument,
  type DiscoveryDocumentOptions,
  type ParsedDiscoveryDocument,
  parseDiscoveryDocument,
  serializeDiscoveryDocument,
} from './discovery-document.ts'
export { type DocumentRule, documentRules } from './document-rules.ts'
export { OidcDocsError, type OidcDocsErrorCode } from './error.ts'
export type { Finding, Severity } from './finding.ts'
export type { JwksFindingCode } from './inspect-jwks.ts'
export { discoveryUrl, type IssuerUrl, jwksUrl, parseIssuerUrl } from './issuer-url.ts'
export type { EcJwk, Jwk, Jwks, RsaJwk } from './jwk.ts'
export {
  createJwks,
  type CreateJwksOptions,
  type CryptoKeyLike,
  type KeyInput,
  type KeyObjectLike,
  type ParsedJwks,
  parseJwks,
  serializeJwks,
} from './jwks.ts'
export { kubernetesKeyId } from './key-id.ts'
export { type MergedJwks, mergeJwks, withoutKey } from './merge-jwks.ts'
export { generateSigningKey, rsaOnlyDistributions, type SigningKey, type SigningKeyOptions } from './signing-key.ts'
