// The table: every kind of resource on AWS, what it comes after and what takes
// time about it. The order of the whole project is in this column `after`:
// documents, then reachable and correct, then the provider; away the other way round.
import type { Attributes, Kind, Value } from '@irsa/reconcile'
import { canonicalPolicy } from '@irsa/trust-policy'

export type AwsKind =
  | 'alias-record'
  | 'bucket'
  | 'bucket-policy'
  | 'cache-policy'
  | 'certificate'
  | 'discovery-document'
  | 'distribution'
  | 'endpoint'
  | 'key-set'
  | 'oidc-provider'
  | 'origin-access-control'
  | 'record'
  | 'role'
  | 'validation-record'

export const awsKinds: readonly (Kind & { readonly name: AwsKind })[] = [
  { name: 'bucket', title: 'bucket', after: [], immutable: ['/name', '/region'] },
  { name: 'origin-access-control', title: 'origin access control', after: [], immutable: ['/originType'] },
  { name: 'cache-policy', title: 'cache policy', after: [] },
  {
    name: 'certificate',
    title: 'certificate',
    after: [],
    readiness: 'issued',
    readyAfter: ['validation-record'],
    immutable: ['/domainName', '/keyAlgorithm', '/validationMethod'],
  },
  { name: 'validation-record', title: 'validation record', after: ['certificate'] },
  {
    name: 'distribution',
    title: 'distribution',
    after: ['bucket', 'origin-access-control', 'cache-policy', 'certificate:ready'],
    readiness: 'deployed',
  },
  { name: 'alias-record', title: 'alias record', after: ['distribution'], readiness: 'in sync' },
  { name: 'record', title: 'record', after: ['bucket'], set: { add: 'claim-keys' } },
  { name: 'discovery-document', title: 'discovery document', after: ['bucket'] },
  // The record claims a key before it is published: a published key that nobody claims is foreign.
  { name: 'key-set', title: 'key set', after: ['bucket', 'record'], set: { add: 'add-keys' } },
  {
    name: 'bucket-policy',
    title: 'bucket policy',
    // After the documents, so that on the way out it goes before them: it forbids deleting them.
    after: ['bucket', 'distribution', 'discovery-document', 'key-set', 'record'],
    normalise: normalisePolicies,
  },
  {
    name: 'endpoint',
    title: 'issuer at its public URL',
    after: ['discovery-document', 'key-set', 'bucket-policy', 'distribution:ready', 'alias-record:ready'],
    readiness: 'reachable',
    virtual: true,
  },
  { name: 'oidc-provider', title: 'OIDC provider', after: ['endpoint:ready'], immutable: ['/url'] },
  {
    name: 'role',
    title: 'role',
    after: ['oidc-provider'],
    immutable: ['/name', '/path'],
    normalise: normalisePolicies,
  },
]

/** Policies are compared by meaning: `policy`, `trustPolicy` and each of `inlinePolicies`. */
export function normalisePolicies(attributes: Attributes): Attributes {
  const { policy, trustPolicy, inlinePolicies, ...rest } = attributes
  return {
    ...rest,
    ...(policy === undefined ? {} : { policy: normalise(policy) }),
    ...(trustPolicy === undefined ? {} : { trustPolicy: normalise(trustPolicy) }),
    ...(inlinePolicies === undefined
      ? {}
      : {
          inlinePolicies: Object.fromEntries(
            Object.entries(inlinePolicies as Attributes).map(([name, document]) => [name, normalise(document ?? null)]),
          ),
        }),
  }
}

function normalise(policy: Value): Value {
  return canonicalPolicy(policy as object) as unknown as Value
}
