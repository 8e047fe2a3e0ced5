// What is published and registered: documents, record, provider, the canary's role.
import type { Attributes, Resource } from '@irsa/reconcile'
import { createDiscoveryDocument, serializeDiscoveryDocument } from '@irsa/oidc-docs'
import { createTrustPolicy } from '@irsa/trust-policy'
import type { DesiredInput } from './desired.ts'
import { resourceMaker, tagsOf } from './desired-host.ts'
import { DISCOVERY_CONTENT_TYPE, JWKS_CONTENT_TYPE } from './document-store.ts'
import { canaryRoleName, objectKeys, providerArn, roleArn, withoutScheme } from './names.ts'
import { DENY_EVERYTHING } from './policies.ts'
import { issuerPath, ownerOf } from './settings.ts'

/** One hour, the least that IAM takes. */
const CANARY_SESSION_SECONDS = 3600
const CANARY_POLICY_NAME = 'nothing-at-all'

export function desiredIssuer(input: DesiredInput, issuerUrl: string): readonly Resource[] {
  const { settings, facts, keys } = input
  if (settings.issuer === undefined) return []
  const { issuer } = settings
  const resource = resourceMaker(input)
  const objects = objectKeys(issuerPath(issuer), facts.jwksPath)
  const headers = { cacheControl: `public, max-age=${issuer.cacheSeconds}`, owner: ownerOf(settings) }
  const jwksUri = `${issuerUrl}${facts.jwksPath}`
  const discovery = serializeDiscoveryDocument(
    createDiscoveryDocument({ issuer: issuerUrl, jwksUri, algorithms: keys.algorithms }),
  )
  return [
    {
      ...resource('record', 'issuer', { key: objects.record, issuer: issuerUrl, owner: headers.owner }),
      members: Object.fromEntries(Object.keys(keys.members).map((kid) => [kid, 'claimed'])),
    },
    {
      ...resource('key-set', 'issuer', { key: objects.jwks, contentType: JWKS_CONTENT_TYPE, ...headers }),
      members: keys.members,
    },
    resource('discovery-document', 'issuer', {
      key: objects.discovery,
      body: discovery,
      contentType: DISCOVERY_CONTENT_TYPE,
      ...headers,
    }),
    resource('endpoint', 'issuer', {
      issuerUrl,
      jwksUri,
      discovery,
      discoveryKey: objects.discovery,
      jwksKey: objects.jwks,
    }),
    resource('oidc-provider', withoutScheme(issuerUrl), {
      arn: providerArn(issuerUrl, facts),
      url: withoutScheme(issuerUrl),
      clientIds: [...issuer.audiences].sort(),
      ...(issuer.thumbprints === undefined ? {} : { thumbprints: [...issuer.thumbprints].sort() }),
      tags: tagsOf(settings),
    }),
    ...canaryRole(input, issuerUrl),
  ]
}

function canaryRole(input: DesiredInput, issuerUrl: string): readonly Resource[] {
  const { settings, facts } = input
  if (settings.issuer === undefined || settings.canary === undefined) return []
  const { canary, issuer } = settings
  const name = canary.roleName ?? canaryRoleName(settings.name)
  const path = canary.rolePath ?? '/'
  const trustPolicy = createTrustPolicy({
    providerArn: providerArn(issuerUrl, facts),
    subjects: [{ namespace: canary.namespace, serviceAccount: canary.serviceAccount }],
    audiences: issuer.audiences,
  })
  return [
    resourceMaker(input)('role', name, {
      arn: roleArn(name, path, facts),
      name,
      path,
      description: `Proves that tokens of ${settings.name} are accepted; may do nothing`,
      trustPolicy: trustPolicy as unknown as Attributes,
      inlinePolicies: { [CANARY_POLICY_NAME]: DENY_EVERYTHING },
      attachedPolicies: [],
      maxSessionSeconds: CANARY_SESSION_SECONDS,
      ...(canary.permissionsBoundary === undefined ? {} : { permissionsBoundary: canary.permissionsBoundary }),
      tags: tagsOf(settings),
    }),
  ]
}
