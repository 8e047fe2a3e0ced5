import { expect, test } from 'vitest'
import * as library from './index.ts'

test('index exports these names and no other', () => {
  expect(Object.keys(library).sort()).toEqual([
    'TrustPolicyError',
    'canonicalPolicy',
    'createNetworkFence',
    'createTrustPolicy',
    'equalPolicies',
    'evaluateTrustPolicy',
    'lintTrustPolicy',
    'parsePolicy',
    'trustPolicyRules',
  ])
})
