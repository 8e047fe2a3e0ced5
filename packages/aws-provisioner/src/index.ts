/**
 * Publishes a cluster's OpenID Connect issuer on AWS and registers it with IAM:
 * plans, applies, keeps right, destroys.
 *
 * @module
 */
export type { AwsCredentialSource, AwsRequestHandler } from './aws/clients.ts'
export type { Clock, PollOptions } from './clock.ts'
export { poll, PollTimeout, realClock } from './clock.ts'
export type { AwsConfig, HostConfig, IssuerConfig } from './config.ts'
export { awsSchema, DEFAULT_AUDIENCE, DEFAULT_JWKS_PATH, hostSchema, issuerSchema } from './config.ts'
export type { PublicFetch } from './context.ts'
export type { DocumentStore, StoredDocument, WriteOptions } from './document-store.ts'
export { ProvisionerError } from './error.ts'
export type { ProvisionerErrorCode } from './error.ts'
export { exchangeToken } from './exchange-token.ts'
export type { Exchange, ExchangeOptions } from './exchange-token.ts'
export type { Facts, Partition } from './facts.ts'
export { createFileStore } from './file-store.ts'
export { MAX_NAME_LENGTH, providerArn, withoutScheme } from './names.ts'
export { createProvisioner } from './provisioner.ts'
export type { PrepareOptions, Prepared, Provisioner, ProvisionerConsent, ProvisionerOptions } from './provisioner.ts'
export { parseRecord } from './record.ts'
export type { IssuerRecord, KeyEntry, KeyState } from './record.ts'
export { ownerOf } from './settings.ts'
export type { CanaryConfig, HostSettings, IssuerSettings, Settings } from './settings.ts'
