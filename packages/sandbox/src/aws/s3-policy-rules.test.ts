import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { createSandbox } from '../sandbox.ts'
import { parseBucketPolicy } from './s3-policy-rules.ts'

const ARN = 'arn:aws:s3:::documents'

function parse(text: string): unknown {
  const sandbox = createSandbox({ clock: { mode: 'manual' } })
  const account = sandbox.createAccount()
  sandbox.createUser({ account, name: 'ci' })
  const bucket = {
    account,
    partition: 'aws' as const,
    region: 'us-east-1',
    createdAt: 0,
    settings: { namespace: 'global' as const },
    objects: {},
  }
  return parseBucketPolicy(text, { name: 'documents', arn: ARN, bucket }, sandbox.world)
}

function statement(changes: Readonly<Record<string, unknown>>): string {
  const one = { Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: `${ARN}/*`, ...changes }
  return JSON.stringify({ Version: '2012-10-17', Statement: [one] })
}

function when(key: string, operator: string = 'StringEquals'): Readonly<Record<string, unknown>> {
  return { Condition: { [operator]: { [key]: 'x' } } }
}

const REFUSED: readonly (readonly [name: string, text: string, message: string])[] = [
  ['no object', '[]', "Policies must be valid JSON and the first byte must be '{'"],
  ['no JSON', '{"Version"', 'This policy contains invalid Json'],
  ['an unknown version', '{"Version":"2020-01-01","Statement":[]}', 'The policy must contain a valid version string'],
  ['no statement', '{"Version":"2012-10-17"}', 'Missing required field Statement'],
  ['no statements', '{"Version":"2012-10-17","Statement":[]}', 'Could not parse the policy: Statement is empty!'],
  ['an unknown member', '{"Version":"2012-10-17","Statements":[]}', 'Unknown field Statements'],
  ['more than 20 KB', `{"Id":"${'x'.repeat(20_480)}"}`, 'Policy exceeds the maximum allowed document size.'],
  ['an unknown member of a statement', statement({ Actions: 's3:*' }), 'Unknown field Actions'],
  ['no effect', statement({ Effect: undefined }), 'Missing required field Effect'],
  ['another effect', statement({ Effect: 'Permit' }), 'Invalid effect: Permit'],
  ['no principal', statement({ Principal: undefined }), 'Missing required field Principal'],
  ['two principals', statement({ NotPrincipal: '*' }), 'Invalid policy syntax.'],
  ['a principal of no kind', statement({ Principal: { Robot: 'x' } }), 'Invalid principal in policy'],
  ['an account that is not there', statement({ Principal: { AWS: '999999999999' } }), 'Invalid principal in policy'],
  [
    'a role that is not there',
    statement({ Principal: { AWS: 'arn:aws:iam::111111111111:role/absent' } }),
    'Invalid principal in policy',
  ],
  [
    'a user that is not there',
    statement({ Principal: { AWS: 'arn:aws:iam::111111111111:user/absent' } }),
    'Invalid principal in policy',
  ],
  [
    'a user of another partition',
    statement({ Principal: { AWS: 'arn:aws-cn:iam::111111111111:user/ci' } }),
    'Invalid principal in policy',
  ],
  ['a service that is none', statement({ Principal: { Service: 'cloudfront' } }), 'Invalid principal in policy'],
  ['no action', statement({ Action: undefined }), 'Missing required field Action'],
  ['an action that is none', statement({ Action: 's3:ListObjects' }), 'Policy has invalid action'],
  ['an action of another service', statement({ Action: 'ec2:RunInstances' }), 'Policy has invalid action'],
  ['no resource', statement({ Resource: undefined }), 'Missing required field Resource'],
  ['another bucket', statement({ Resource: 'arn:aws:s3:::other/*' }), 'Policy has invalid resource'],
  ['another partition', statement({ Resource: 'arn:aws-cn:s3:::documents/*' }), 'Policy has invalid resource'],
  [
    'an action on objects for the bucket',
    statement({ Resource: ARN }),
    'Action does not apply to any resource(s) in statement',
  ],
  [
    'an action on the bucket for objects',
    statement({ Action: 's3:ListBucket' }),
    'Action does not apply to any resource(s) in statement',
  ],
  [
    'one action of two that has no resource',
    statement({ Action: ['s3:PutObject', 's3:PutBucketPolicy'] }),
    'Action does not apply to any resource(s) in statement',
  ],
  ['an operator that is none', statement(when('aws:SourceArn', 'StringIs')), 'Invalid Condition type : StringIs'],
  ['a key that is none', statement(when('s3:x-acl')), 'Policy has an invalid condition key'],
  ['a key without a service', statement(when('prefix')), 'Policy has an invalid condition key'],
  [
    'a key of another action',
    statement(when('s3:prefix')),
    'Conditions do not apply to combination of actions and resources in statement',
  ],
  [
    'a key of one action of two',
    statement({ Action: ['s3:PutObject', 's3:DeleteObjectVersion'], ...when('s3:if-match') }),
    'Conditions do not apply to combination of actions and resources in statement',
  ],
]

const ACCEPTED: readonly (readonly [name: string, text: string])[] = [
  ['the least', statement({})],
  ['one statement without a list', JSON.stringify({ Statement: JSON.parse(statement({}))['Statement'][0] })],
  ['a user that is there', statement({ Principal: { AWS: 'arn:aws:iam::111111111111:user/ci' } })],
  ['the root of an account', statement({ Principal: { AWS: ['111111111111', 'arn:aws:iam::111111111111:root'] } })],
  ['a session', statement({ Principal: { AWS: 'arn:aws:sts::111111111111:assumed-role/r/s' } })],
  ['the id of a role', statement({ Principal: { AWS: 'AROAEXAMPLEEXAMPLE123' } })],
  ['a service', statement({ Principal: { Service: ['cloudfront.amazonaws.com', 'logs.amazonaws.com'] } })],
  ['everybody but one', statement({ Principal: undefined, NotPrincipal: { AWS: '111111111111' } })],
  ['wildcards of actions', statement({ Action: ['s3:Put*', 's3:*', '*'], Resource: [ARN, `${ARN}/*`] })],
  ['actions in another case', statement({ Action: 'S3:putobject' })],
  ['all but some actions', statement({ Action: undefined, NotAction: 's3:Get*' })],
  [
    'a resource that is bucket and objects',
    statement({ Action: ['s3:ListBucket', 's3:GetObject'], Resource: `${ARN}*` }),
  ],
  ['the write guard', statement({ Condition: { Null: { 's3:if-match': 'true', 's3:if-none-match': 'true' } } })],
  ['a key for a wildcard with one such action', statement({ Action: 's3:Put*', ...when('s3:if-none-match') })],
  ['a key about one tag', statement({ Action: 's3:PutObject', ...when('s3:RequestObjectTag/owner') })],
  ['a key that goes with everything', statement({ ...when('s3:TlsVersion', 'NumericLessThan') })],
  ['a global key', statement({ ...when('aws:PrincipalArn', 'ArnNotLikeIfExists') })],
]

describe('parseBucketPolicy', () => {
  it.each(REFUSED)('parseBucketPolicy() refuses %s', (_name, text, message) => {
    let refusal: unknown
    try {
      parse(text)
    } catch (error) {
      refusal = error
    }
    expect(refusal).toMatchObject({ code: 'MalformedPolicy', status: 400, message })
  })

  it.each(ACCEPTED)('parseBucketPolicy() accepts %s', (_name, text) => {
    expect(parse(text)).toEqual(JSON.parse(text))
  })

  it('parseBucketPolicy() knows a role some seconds after it was made', async () => {
    const sandbox = createSandbox({ clock: { mode: 'manual' } })
    const credentials = sandbox.createUser({ account: sandbox.createAccount() })
    const { requestHandler } = sandbox.session()
    const options = { region: 'us-east-1', credentials, requestHandler, maxAttempts: 1 }
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '111111111111' } }],
    }
    const iam = new IAMClient(options)
    await iam.send(new CreateRoleCommand({ RoleName: 'reader', AssumeRolePolicyDocument: JSON.stringify(trust) }))
    const s3 = new S3Client(options)
    await s3.send(new CreateBucketCommand({ Bucket: 'documents' }))
    const Policy = statement({ Principal: { AWS: 'arn:aws:iam::111111111111:role/reader' } })
    const putting = new PutBucketPolicyCommand({ Bucket: 'documents', Policy })
    await expect(s3.send(putting)).rejects.toMatchObject({
      name: 'MalformedPolicy',
      message: 'Invalid principal in policy',
    })
    sandbox.clock.advance(10_000)
    await expect(s3.send(putting)).resolves.toBeDefined()
  })
})
