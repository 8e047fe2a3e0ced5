// POST serviceaccounts/NAME/token. Decides what is asked for and refused; what a
// token says is in service-account-tokens.ts. Nothing is stored.
// Order and texts: kubernetes pkg/registry/core/serviceaccount/storage/token.go
import { resourceType } from './resource-types.ts'
import type { ResourceRequest } from './request-info.ts'
import { apiAudiences, issueToken } from './service-account-tokens.ts'
import type { ApiServerSettings, KubernetesObject } from './state.ts'
import type { StatusCause } from './status.ts'
import { badRequest, conflict, invalid, invalidValue, notFound } from './status.ts'
import type { Store } from './store.ts'
import { readObject, timestamp } from './store.ts'

const MIN_EXPIRATION_SECONDS = 600
const MAX_EXPIRATION_SECONDS = 2 ** 32
const DEFAULT_EXPIRATION_SECONDS = 3600
const TOKEN_REQUEST = { group: 'authentication.k8s.io', kind: 'TokenRequest' }

interface TokenRequestBody {
  readonly metadata?: { readonly name?: string; readonly namespace?: string; readonly uid?: string }
  readonly spec?: {
    readonly audiences?: readonly string[] | null
    readonly expirationSeconds?: number
    readonly boundObjectRef?: BoundObjectRef | null
  }
}

interface BoundObjectRef {
  readonly kind?: string
  readonly apiVersion?: string
  readonly name?: string
  readonly uid?: string
}

export interface TokenAnswer {
  readonly body: Record<string, unknown>
  readonly warning?: string
}

/** @throws {StatusError} 400, 404, 409, 422 */
export function answerTokenRequest(
  store: Store,
  settings: ApiServerSettings,
  { namespace, name }: ResourceRequest,
  request: Readonly<Record<string, unknown>>,
): TokenAnswer {
  const { metadata = {}, spec = {} } = request as TokenRequestBody
  requireSame('name', metadata.name, name, name)
  requireSame('namespace', metadata.namespace, namespace, name)
  const serviceAccount = find(store, 'serviceaccounts', namespace, name)
  const { uid } = serviceAccount.metadata
  if (metadata.uid && metadata.uid !== uid) {
    const why = `the UID in the token request (${metadata.uid}) does not match the UID of the service account (${uid})`
    throw conflict({ group: TOKEN_REQUEST.group, plural: TOKEN_REQUEST.kind }, name, why)
  }
  const wanted = spec.expirationSeconds ?? DEFAULT_EXPIRATION_SECONDS
  const problems = checkExpiration(wanted)
  if (problems.length > 0) throw invalid(TOKEN_REQUEST, '', problems)

  const audiences = spec.audiences?.length ? spec.audiences : apiAudiences(settings)
  const bound = spec.boundObjectRef ? findBound(store, namespace, name, spec.boundObjectRef) : {}
  const { maxTokenExpirationSeconds: max } = settings
  const expirationSeconds = max > 0 ? Math.min(wanted, max) : wanted
  const body = {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, uid, creationTimestamp: timestamp(store.nowMs) },
    spec: { audiences, expirationSeconds, boundObjectRef: spec.boundObjectRef ?? null },
    status: {
      token: issueToken(store, settings, { serviceAccount, audiences, expirationSeconds, ...bound }),
      // What was asked for, even where the token itself lives on for a year.
      expirationTimestamp: timestamp(store.nowMs + expirationSeconds * 1000),
    },
  }
  if (expirationSeconds === wanted) return { body }
  return { body, warning: `requested expiration of ${wanted} seconds shortened to ${expirationSeconds} seconds` }
}

function requireSame(field: 'name' | 'namespace', given: string | undefined, expected: string, name: string): void {
  if (!given || given === expected) return
  throw invalid(TOKEN_REQUEST, name, [
    invalidValue(`metadata.${field}`, given, `must match the service account ${field} if specified`),
  ])
}

function checkExpiration(seconds: number): readonly StatusCause[] {
  const field = 'spec.expirationSeconds'
  if (seconds < MIN_EXPIRATION_SECONDS)
    return [invalidValue(field, seconds, 'may not specify a duration less than 10 minutes')]
  return seconds > MAX_EXPIRATION_SECONDS
    ? [invalidValue(field, seconds, 'may not specify a duration larger than 2^32 seconds')]
    : []
}

function findBound(
  store: Store,
  namespace: string,
  serviceAccount: string,
  ref: BoundObjectRef,
): { readonly pod?: KubernetesObject; readonly secret?: KubernetesObject } {
  const { kind = '', apiVersion = '', name = '', uid } = ref
  if (apiVersion.includes('/') || (kind !== 'Pod' && kind !== 'Secret')) {
    throw badRequest(
      `cannot bind token to object of type ${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`,
    )
  }
  const object = find(store, kind === 'Pod' ? 'pods' : 'secrets', namespace, name)
  const spec = object['spec'] as { readonly serviceAccountName?: string } | undefined
  if (kind === 'Pod' && spec?.serviceAccountName !== serviceAccount) {
    throw badRequest(
      `cannot bind token for serviceaccount "${serviceAccount}" to pod running with different serviceaccount name.`,
    )
  }
  if (uid && uid !== object.metadata.uid) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`
    throw conflict({ group: '', plural: kind }, name, why)
  }
  return kind === 'Pod' ? { pod: object } : { secret: object }
}

function find(store: Store, plural: string, namespace: string, name: string): KubernetesObject {
  const type = resourceType(plural)
  const object = readObject(store, type, namespace, name)
  if (object === undefined) throw notFound(type, name)
  return object
}
