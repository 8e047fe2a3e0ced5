import { expect, test } from 'vitest'
import * as library from './index.ts'

test('index exports these names and no other', () => {
  expect(Object.keys(library).sort()).toEqual([
    'OidcDocsError',
    'checkDocuments',
    'createDiscoveryDocument',
    'createJwks',
    'discoveryUrl',
    'documentRules',
    'generateSigningKey',
    'jwksUrl',
    'kubernetesKeyId',
    'mergeJwks',
    'parseDiscoveryDocument',
    'parseIssuerUrl',
    'parseJwks',
    'rsaOnlyDistributions',
    'serializeDiscoveryDocument',
    'serializeJwks',
    'withoutKey',
  ])
})
