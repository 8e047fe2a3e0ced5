import { describe, expect, test } from 'vitest'
import { createSandbox } from '../sandbox.ts'
import type { World } from '../world.ts'
import { checkIdentityPolicy, checkTrustPolicy } from './policy-grammar.ts'
import { ServiceError } from './service.ts'

const PROVIDER = 'arn:aws:iam::111122223333:oidc-provider/issuer.example.com/path'
const TRUST = {
  Effect: 'Allow',
  Principal: { Federated: PROVIDER },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals: { 'issuer.example.com/path:aud': ['sts.amazonaws.com'] } },
}
const IDENTITY = { Effect: 'Allow', Action: ['s3:GetObject', 'iam:*'], Resource: 'arn:aws:s3:::bucket/*' }

function outcome(check: () => void): string {
  try {
    check()
    return 'stored'
  } catch (error) {
    if (error instanceof ServiceError) return `${error.code}: ${error.message}`
    throw error
  }
}

function world(): World {
  const sandbox = createSandbox()
  sandbox.createAccount({ id: '111122223333' })
  sandbox.createAccount({ id: '444455556666', partition: 'aws-cn' })
  sandbox.createUser({ account: '111122223333', name: 'ci' })
  return sandbox.world
}

function policy(statement: unknown, rest: object = {}): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement], ...rest })
}

const FEDERATED = 'MalformedPolicyDocument: Federated principals must be valid domain names or SAML metadata ARNs'

describe('checkTrustPolicy()', () => {
  test.each<readonly [string, string, string]>([
    ['a trust policy for an OIDC provider', policy(TRUST), 'stored'],
    ['one without a version', JSON.stringify({ Statement: TRUST }), 'stored'],
    ['every action of STS', policy({ ...TRUST, Action: 'sts:*' }), 'stored'],
    ['everybody', policy({ ...TRUST, Principal: '*' }), 'stored'],
    [
      'a domain name as federated principal',
      policy({ ...TRUST, Principal: { Federated: 'accounts.google.com' } }),
      'stored',
    ],
    [
      'a service',
      policy({ ...TRUST, Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }),
      'stored',
    ],
    ['a user that exists', policy({ ...TRUST, Principal: { AWS: 'arn:aws:iam::111122223333:user/ci' } }), 'stored'],
    [
      'an account that exists',
      policy({ ...TRUST, Principal: { AWS: ['111122223333', 'arn:aws:iam::111122223333:root'] } }),
      'stored',
    ],
    ['a session', policy({ ...TRUST, Principal: { AWS: 'arn:aws:sts::111122223333:assumed-role/r/s' } }), 'stored'],
    ['no JSON', '{', 'MalformedPolicyDocument: This policy contains invalid Json'],
    ['a list', '[]', 'MalformedPolicyDocument: This policy contains invalid Json'],
    [
      'an unknown version',
      policy(TRUST, { Version: '2012-10-18' }),
      'MalformedPolicyDocument: The policy must contain a valid version string',
    ],
    [
      'no statement',
      JSON.stringify({ Version: '2012-10-17', Statement: [] }),
      'MalformedPolicyDocument: Could not parse the policy: Statement is empty!',
    ],
    ['an unknown member', policy(TRUST, { Statements: [] }), 'MalformedPolicyDocument: Syntax error in policy.'],
    [
      'an unknown member of the statement',
      policy({ ...TRUST, Actions: [] }),
      'MalformedPolicyDocument: Syntax error in policy.',
    ],
    ['no effect', policy({ ...TRUST, Effect: undefined }), 'MalformedPolicyDocument: Missing required field Effect'],
    ['an unknown effect', policy({ ...TRUST, Effect: 'allow' }), 'MalformedPolicyDocument: Invalid effect: "allow"'],
    ['no action', policy({ ...TRUST, Action: undefined }), 'MalformedPolicyDocument: Missing required field Action'],
    [
      'an action of another service',
      policy({ ...TRUST, Action: 's3:GetObject' }),
      'MalformedPolicyDocument: AssumeRole policy may only specify STS AssumeRole actions.',
    ],
    [
      'every action there is',
      policy({ ...TRUST, Action: '*' }),
      'MalformedPolicyDocument: AssumeRole policy may only specify STS AssumeRole actions.',
    ],
    ['a resource', policy({ ...TRUST, Resource: '*' }), 'MalformedPolicyDocument: Has prohibited field Resource'],
    [
      'no principal',
      policy({ ...TRUST, Principal: undefined }),
      'MalformedPolicyDocument: Missing required field Principal',
    ],
    [
      'an empty principal',
      policy({ ...TRUST, Principal: {} }),
      'MalformedPolicyDocument: Missing required field Principal cannot be empty!',
    ],
    [
      'all but some',
      policy({ ...TRUST, Principal: undefined, NotPrincipal: { AWS: '*' } }),
      'MalformedPolicyDocument: Allow with NotPrincipal is not allowed.',
    ],
    ['an empty federated principal', policy({ ...TRUST, Principal: { Federated: '' } }), FEDERATED],
    [
      'a provider of another partition',
      policy({ ...TRUST, Principal: { Federated: PROVIDER.replace('arn:aws', 'arn:aws-cn') } }),
      FEDERATED,
    ],
    [
      'a provider without an account',
      policy({ ...TRUST, Principal: { Federated: 'arn:aws:iam:::oidc-provider/x.example.com' } }),
      FEDERATED,
    ],
    [
      'a user that does not exist',
      policy({ ...TRUST, Principal: { AWS: 'arn:aws:iam::111122223333:user/nobody' } }),
      'MalformedPolicyDocument: Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:user/nobody"',
    ],
    [
      'an account of another partition',
      policy({ ...TRUST, Principal: { AWS: '444455556666' } }),
      'MalformedPolicyDocument: Invalid principal in policy: "AWS":"444455556666"',
    ],
    [
      'what is no service',
      policy({ ...TRUST, Principal: { Service: 'ec2' } }),
      'MalformedPolicyDocument: Invalid principal in policy: "SERVICE":"ec2"',
    ],
    [
      'an unknown operator',
      policy({ ...TRUST, Condition: { StringEqual: { k: 'v' } } }),
      'MalformedPolicyDocument: Invalid Condition type : StringEqual.',
    ],
    [
      'a condition that is a text',
      policy({ ...TRUST, Condition: 'x' }),
      'MalformedPolicyDocument: Syntax error in policy.',
    ],
    [
      'a value that is an object',
      policy({ ...TRUST, Condition: { StringEquals: { k: {} } } }),
      'MalformedPolicyDocument: Syntax error in policy.',
    ],
    [
      '2,049 characters',
      policy({ ...TRUST, Sid: 'x'.repeat(2049 - policy({ ...TRUST, Sid: '' }).length) }),
      'LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048',
    ],
    [
      '2,048 characters and white space',
      ` ${policy({ ...TRUST, Sid: 'x'.repeat(2048 - policy({ ...TRUST, Sid: '' }).length) })} `,
      'stored',
    ],
  ])('given %s', (_, text, expected) => {
    expect(outcome(() => checkTrustPolicy(text, world(), 'aws'))).toBe(expected)
  })
})

describe('checkIdentityPolicy()', () => {
  test.each<readonly [string, string, string]>([
    ['an identity policy', policy(IDENTITY), 'stored'],
    ['everything', policy({ Effect: 'Deny', NotAction: '*', NotResource: '*' }), 'stored'],
    ['no JSON', 'x', 'MalformedPolicyDocument: Syntax errors in policy.'],
    [
      'no version',
      JSON.stringify({ Statement: IDENTITY }),
      'MalformedPolicyDocument: Policy document must be version 2012-10-17 or greater.',
    ],
    [
      'a principal',
      policy({ ...IDENTITY, Principal: '*' }),
      'MalformedPolicyDocument: Policy document should not specify a principal.',
    ],
    [
      'no action',
      policy({ ...IDENTITY, Action: undefined }),
      'MalformedPolicyDocument: Policy statement must contain actions.',
    ],
    [
      'both kinds of action',
      policy({ ...IDENTITY, NotAction: '*' }),
      'MalformedPolicyDocument: Syntax errors in policy.',
    ],
    [
      'no resource',
      policy({ ...IDENTITY, Resource: undefined }),
      'MalformedPolicyDocument: Policy statement must contain resources.',
    ],
    [
      'an action of no service',
      policy({ ...IDENTITY, Action: 'GetObject' }),
      'MalformedPolicyDocument: Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
    ],
    [
      'a resource that is no ARN',
      policy({ ...IDENTITY, Resource: 'bucket' }),
      'MalformedPolicyDocument: Resource bucket must be in ARN format or "*".',
    ],
    [
      'the same statement id twice',
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { ...IDENTITY, Sid: 'a' },
          { ...IDENTITY, Sid: 'a' },
        ],
      }),
      'MalformedPolicyDocument: Statement IDs (SID) in a single policy must be unique.',
    ],
    ['a number as action', policy({ ...IDENTITY, Action: 1 }), 'MalformedPolicyDocument: Syntax errors in policy.'],
  ])('given %s', (_, text, expected) => {
    expect(outcome(() => checkIdentityPolicy(text))).toBe(expected)
  })
})
