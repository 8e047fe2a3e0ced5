// What kube-apiserver refuses to start with, of the flags that are emulated.
// kubernetes pkg/kubeapiserver/options/authentication.go (Validate)
import type { ApiServerSettings, ClusterState } from './state.ts'

const MIN_MAX_EXPIRATION_SECONDS = 3600
const MAX_MAX_EXPIRATION_SECONDS = 2 ** 32

/** @throws {TypeError} naming every flag that is wrong. */
export function checkSettings(cluster: ClusterState, settings: ApiServerSettings): void {
  const { issuers, verificationKeys, signingKey, maxTokenExpirationSeconds: max } = settings
  const problems = [
    ...(issuers.length === 0 ? ['service-account-issuer is a required flag'] : []),
    ...(issuers.includes('') ? ['service-account-issuer must not be an empty string'] : []),
    ...issuers
      .filter((issuer) => issuer.includes(':') && !isUrl(issuer))
      .map((issuer) => `service-account-issuer "${issuer}" contained a ':' but was not a valid URL`),
    ...issuers
      .filter((issuer, index) => issuers.indexOf(issuer) !== index)
      .map((issuer) => `service-account-issuer "${issuer}" is already specified`),
    ...(verificationKeys.length === 0 ? ['service-account-key-file is a required flag'] : []),
    ...verificationKeys
      .filter((kid) => !cluster.keys[kid])
      .map((kid) => `service-account-key-file "${kid}": no such key`),
    ...(cluster.keys[signingKey] ? [] : [`service-account-signing-key-file "${signingKey}": no such key`]),
    ...(max !== 0 && (max < MIN_MAX_EXPIRATION_SECONDS || max > MAX_MAX_EXPIRATION_SECONDS)
      ? ['the service-account-max-token-expiration must be between 1 hour and 2^32 seconds']
      : []),
  ]
  if (problems.length > 0) throw new TypeError(`Cannot start the API server: ${problems.join('; ')}`)
}

/** About what Go's `url.Parse` takes: a scheme, no spaces or controls in the host, a port of digits. */
function isUrl(text: string): boolean {
  const match = /^[A-Za-z][A-Za-z0-9+.-]*:(?:\/\/([^/?#]*))?/.exec(text)
  return (
    match !== null &&
    /^[^\s<>"{}|\\^`]*$/.test(match[1] ?? '') &&
    !/:[^0-9\]]+$/.test((match[1] ?? '').replace(/^.*@/, ''))
  )
}
