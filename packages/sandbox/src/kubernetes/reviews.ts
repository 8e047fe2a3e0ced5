// Questions about the caller itself: who am I, may I do this. Nothing is stored.
import { allowingPath, allowingResource } from './rbac.ts'
import type { User } from './rbac.ts'
import { invalid, invalidValue } from './status.ts'
import type { Store } from './store.ts'
import { timestamp } from './store.ts'

interface AccessReviewSpec {
  readonly resourceAttributes?: {
    readonly verb?: string
    readonly group?: string
    readonly resource?: string
    readonly subresource?: string
    readonly namespace?: string
    readonly name?: string
  }
  readonly nonResourceAttributes?: { readonly verb?: string; readonly path?: string }
}

export function reviewSelfSubject(store: Store, user: User): Record<string, unknown> {
  const { name: username, groups, uid, extra } = user
  return {
    kind: 'SelfSubjectReview',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { creationTimestamp: timestamp(store.nowMs) },
    status: {
      userInfo: { username, ...(uid === undefined ? {} : { uid }), groups, ...(extra === undefined ? {} : { extra }) },
    },
  }
}

/** @throws {StatusError} 422 unless exactly one kind of question is asked. */
export function reviewSelfSubjectAccess(
  store: Store,
  user: User,
  body: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const spec = (body['spec'] ?? {}) as AccessReviewSpec
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec
  if ((resource === undefined) === (path === undefined)) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
    throw invalid({ group: 'authorization.k8s.io', kind: 'SelfSubjectAccessReview' }, '', [
      invalidValue('spec.resourceAttributes', null, why),
    ])
  }
  const source =
    resource === undefined
      ? allowingPath(store.state, user, path?.verb ?? '', path?.path ?? '')
      : allowingResource(store.state, user, {
          verb: resource.verb ?? '',
          group: resource.group ?? '',
          plural: resource.resource ?? '',
          subresource: resource.subresource ?? '',
          namespace: resource.namespace ?? '',
          name: resource.name ?? '',
        })
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec,
    status: source === undefined ? { allowed: false } : { allowed: true, reason: `RBAC: allowed by ${source}` },
  }
}
