import { describe, expect, test } from 'vitest'
import kubernetes from '../vectors/kubernetes-keys.json' with { type: 'json' }
import {
  createDiscoveryDocument,
  type DiscoveryDocumentOptions,
  OidcDocsError,
  parseDiscoveryDocument,
  parseIssuerUrl,
  serializeDiscoveryDocument,
} from './index.ts'

const issuer = 'https://oidc.example.com/prod'

function refusalOf(act: () => unknown): OidcDocsError {
  try {
    act()
  } catch (error) {
    if (error instanceof OidcDocsError) return error
    throw error
  }
  throw new Error('Nothing was refused')
}

describe('createDiscoveryDocument()', () => {
  test('writes the six members that AWS requires', () => {
    const document = createDiscoveryDocument({ issuer: parseIssuerUrl(issuer), algorithms: ['RS256'] })
    expect(document).toEqual({
      issuer,
      jwks_uri: `${issuer}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      claims_supported: ['aud', 'iat', 'iss', 'sub'],
    })
  })

  test('keeps the address of the keys that it is given', () => {
    const jwksUri = 'https://keys.example.org/keys.json'
    expect(createDiscoveryDocument({ issuer, jwksUri, algorithms: ['RS256'] }).jwks_uri).toBe(jwksUri)
  })

  test('sorts the algorithms and names each once', () => {
    const algorithms = ['RS512', 'ES384', 'RS256', 'ES384'] as const
    const document = createDiscoveryDocument({ issuer, algorithms })
    expect(document.id_token_signing_alg_values_supported).toEqual(['ES384', 'RS256', 'RS512'])
  })

  test.for<[string, unknown]>([
    ['issuer-url-invalid', { issuer: `${issuer}/`, algorithms: ['RS256'] }],
    ['issuer-url-invalid', { algorithms: ['RS256'] }],
    ['jwks-uri-invalid', { issuer, jwksUri: 'http://oidc.example.com/keys', algorithms: ['RS256'] }],
    ['jwks-uri-invalid', { issuer, jwksUri: '/keys', algorithms: ['RS256'] }],
    ['jwks-uri-invalid', { issuer, jwksUri: 'https://10.0.0.1:6443/openid/v1/jwks', algorithms: ['RS256'] }],
    ['jwks-uri-invalid', { issuer, jwksUri: 7, algorithms: ['RS256'] }],
    ['algorithm-unsupported', { issuer, algorithms: [] }],
    ['algorithm-unsupported', { issuer }],
    ['algorithm-unsupported', { issuer, algorithms: ['RS256', 'PS256'] }],
    ['algorithm-unsupported', { issuer, algorithms: ['none'] }],
  ])('refuses with %s: %j', ([code, options]) => {
    expect(refusalOf(() => createDiscoveryDocument(options as DiscoveryDocumentOptions)).code).toBe(code)
  })
})

describe('parseDiscoveryDocument()', () => {
  test('reads what Kubernetes publishes, and keeps members that it does not know', () => {
    const published = { ...kubernetes.discovery, authorization_endpoint: 'urn:x' }
    expect(parseDiscoveryDocument(JSON.stringify(published))).toEqual(published)
    expect(parseDiscoveryDocument(published)).toEqual(published)
  })

  test('reports every member of another shape', () => {
    const { code, problems } = refusalOf(() =>
      parseDiscoveryDocument({ issuer: 7, claims_supported: 'sub', subject_types_supported: [1] }),
    )
    expect(code).toBe('discovery-document-invalid')
    expect(problems.map(({ path }) => path)).toEqual([
      '/issuer',
      '/jwks_uri',
      '/subject_types_supported',
      '/claims_supported',
    ])
  })

  test.for(['', '{', '[]', 'null', '"x"', '7', ' '.repeat(1_048_577)])('refuses text that is no document', (text) => {
    expect(refusalOf(() => parseDiscoveryDocument(text)).code).toBe('discovery-document-invalid')
  })
})

describe('serializeDiscoveryDocument()', () => {
  test('writes the same bytes whatever the order of members, and reads them back', () => {
    const document = createDiscoveryDocument({ issuer, algorithms: ['RS256'] })
    const shuffled = Object.fromEntries(Object.entries(document).toReversed()) as unknown as typeof document
    const text = serializeDiscoveryDocument(document)
    expect(serializeDiscoveryDocument(shuffled)).toBe(text)
    expect(parseDiscoveryDocument(text)).toEqual(document)
    expect(text.endsWith('\n}\n')).toBe(true)
  })
})
