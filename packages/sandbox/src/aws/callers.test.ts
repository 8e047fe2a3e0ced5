import { describe, expect, test } from 'vitest'
import type { SandboxRequest } from '../http.ts'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'
import type { Caller, Permission } from './callers.ts'
import { ANONYMOUS, authorize, findCaller, mayDo, partitionOfRegion, sessionTokenOf } from './callers.ts'
import type { Role } from './iam-state.ts'
import type { PolicyDocument, Statement } from './policy.ts'
import { ServiceError } from './service.ts'

const ACCOUNT = '111122223333'
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/app`

function signed(
  accessKeyId: string,
  options: { region?: string; service?: string; headers?: Record<string, string> } = {},
): SandboxRequest {
  const { region = 'us-east-1', service = 'iam', headers = {} } = options
  return {
    method: 'POST',
    url: new URL('https://iam.amazonaws.com/'),
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/${service}/aws4_request`,
      ...headers,
    },
    body: new Uint8Array(),
  }
}

function policy(...Statement: readonly Statement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement }
}

const ALLOW_READ: Statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }
const ALLOW_ALL: Statement = { Effect: 'Allow', Action: '*', Resource: '*' }

/** A sandbox with a session of the role `app`, whose key id is `ASIASESSION`. */
function sandboxWithSession(
  settings: Partial<Role['settings']> = {},
  sessionPolicies?: readonly PolicyDocument[],
): Sandbox {
  const sandbox = createSandbox()
  sandbox.createAccount({ id: ACCOUNT })
  const role: Role = {
    arn: ROLE_ARN,
    id: 'AROAEXAMPLE',
    settings: {
      name: 'app',
      path: '/',
      trustPolicy: '{}',
      maxSessionDuration: 3600,
      tags: {},
      inlinePolicies: {},
      attachedPolicies: [],
      ...settings,
    },
    createdAt: 0,
  }
  sandbox.world.aws.iam[ACCOUNT] = { oidcProviders: {}, policies: {}, roles: { app: role } }
  sandbox.world.sessions['ASIASESSION'] = {
    kind: 'assumed-role',
    account: ACCOUNT,
    secret: 's',
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/app/me`,
    userId: 'AROAEXAMPLE:me',
    roleArn: ROLE_ARN,
    ...(sessionPolicies === undefined ? {} : { policies: sessionPolicies.map((one) => JSON.stringify(one)) }),
    context: { 'aws:PrincipalTag/team': 'a' },
    expiresAt: sandbox.clock.now() + 60_000,
  }
  return sandbox
}

function sessionCaller(sandbox: Sandbox): Caller {
  const request = signed('ASIASESSION', { headers: { 'x-amz-security-token': sessionTokenOf('ASIASESSION') } })
  return findCaller(sandbox.world, request, sandbox.clock.now())
}

function ask(caller: Caller, permission: Partial<Permission> = {}): boolean {
  const whole = { action: 's3:GetObject', resource: 'arn:aws:s3:::bucket/key', ...permission }
  return mayDo({ caller, region: 'us-east-1', nowMs: 0 }, whole)
}

function user(policies: readonly PolicyDocument[], account: string = ACCOUNT): Caller {
  const arn = `arn:aws:iam::${account}:user/ci`
  return { kind: 'user', account, partition: 'aws', arn, userId: 'AIDA', policies, context: {} }
}

function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof ServiceError) return `${error.code} ${error.status}`
    throw error
  }
  return 'none'
}

describe('findCaller()', () => {
  test('names a user, with the keys that its requests carry', () => {
    const sandbox = createSandbox()
    const account = sandbox.createAccount()
    const { accessKeyId } = sandbox.createUser({ account, name: 'ci' })
    const caller = findCaller(
      sandbox.world,
      signed(accessKeyId, { headers: { 'x-forwarded-for': '198.51.100.7, 10.0.0.1' } }),
      0,
    )
    expect(caller.arn).toBe(`arn:aws:iam::${account}:user/ci`)
    expect(caller.context).toMatchObject({
      'aws:SourceIp': '198.51.100.7',
      'aws:username': 'ci',
      'aws:PrincipalAccount': account,
    })
  })

  test('takes an unsigned request for anonymous', () => {
    const sandbox = createSandbox()
    expect(findCaller(sandbox.world, { ...signed(''), headers: {} }, 0)).toMatchObject({
      kind: 'anonymous',
      arn: 'anonymous',
    })
  })

  test('names a session with the role as it is now', () => {
    const sandbox = sandboxWithSession()
    expect(ask(sessionCaller(sandbox))).toBe(false)
    const role = sandbox.world.aws.iam[ACCOUNT]?.roles['app']
    if (role) role.settings.inlinePolicies = { read: JSON.stringify(policy(ALLOW_READ)) }
    expect(ask(sessionCaller(sandbox))).toBe(true)
    expect(sessionCaller(sandbox).context).toMatchObject({ 'aws:PrincipalArn': ROLE_ARN, 'aws:PrincipalTag/team': 'a' })
  })

  test('leaves a session of a deleted role nothing', () => {
    const sandbox = sandboxWithSession({ inlinePolicies: { all: JSON.stringify(policy(ALLOW_ALL)) } })
    expect(ask(sessionCaller(sandbox))).toBe(true)
    sandbox.world.aws.iam[ACCOUNT] = { oidcProviders: {}, policies: {}, roles: {} }
    expect(ask(sessionCaller(sandbox))).toBe(false)
  })

  const now = createSandbox().clock.now()
  test.each<readonly [string, SandboxRequest, number, string]>([
    ['a key that nobody has', signed('AKIANOBODY'), now, 'InvalidClientTokenId 403'],
    ['a key named like a member of every object', signed('constructor'), now, 'InvalidClientTokenId 403'],
    ['a session key without its token', signed('ASIASESSION'), now, 'InvalidClientTokenId 403'],
    [
      'a session key with another token',
      signed('ASIASESSION', { headers: { 'x-amz-security-token': 'x' } }),
      now,
      'InvalidClientTokenId 403',
    ],
    [
      'a region of another partition',
      signed('ASIASESSION', {
        region: 'cn-north-1',
        headers: { 'x-amz-security-token': sessionTokenOf('ASIASESSION') },
      }),
      now,
      'InvalidClientTokenId 403',
    ],
    [
      'a session that has ended',
      signed('ASIASESSION', { headers: { 'x-amz-security-token': sessionTokenOf('ASIASESSION') } }),
      now + 60_000,
      'ExpiredToken 403',
    ],
    ['an unknown key at S3', signed('AKIANOBODY', { service: 's3' }), now, 'InvalidAccessKeyId 403'],
    ['an unknown key at ACM', signed('AKIANOBODY', { service: 'acm' }), now, 'UnrecognizedClientException 400'],
    [
      'an ended session at S3',
      signed('ASIASESSION', { service: 's3', headers: { 'x-amz-security-token': sessionTokenOf('ASIASESSION') } }),
      now + 60_000,
      'ExpiredToken 400',
    ],
  ])('refuses %s', (_, request, nowMs, expected) => {
    const sandbox = sandboxWithSession()
    expect(refusal(() => findCaller(sandbox.world, request, nowMs))).toBe(expected)
  })
})

describe('mayDo()', () => {
  const bucket = (statement: Statement, account: string = ACCOUNT): Permission['resourcePolicy'] => ({
    document: policy(statement),
    account,
  })
  const grant = (AWS: string): Statement => ({ ...ALLOW_READ, Principal: { AWS } })
  const userArn = `arn:aws:iam::${ACCOUNT}:user/ci`

  test.each<readonly [string, Caller, Permission['resourcePolicy'], boolean]>([
    ['an identity policy', user([policy(ALLOW_READ)]), undefined, true],
    ['no policy', user([]), undefined, false],
    [
      'a deny among identity policies',
      user([policy(ALLOW_ALL), policy({ ...ALLOW_READ, Effect: 'Deny' })]),
      undefined,
      false,
    ],
    ['the bucket alone, in the same account', user([]), bucket(grant(userArn)), true],
    [
      'the bucket for the whole account, which leaves it to identity policies',
      user([]),
      bucket(grant(`arn:aws:iam::${ACCOUNT}:root`)),
      false,
    ],
    ['the bucket for the account, with an identity policy', user([policy(ALLOW_READ)]), bucket(grant(ACCOUNT)), true],
    ['the bucket of another account alone', user([]), bucket(grant(userArn), '999999999999'), false],
    [
      'an identity policy alone, for a bucket of another account',
      user([policy(ALLOW_READ)]),
      { document: undefined, account: '999999999999' },
      false,
    ],
    ['both, across accounts', user([policy(ALLOW_READ)]), bucket(grant(userArn), '999999999999'), true],
    [
      'both, across accounts, for the account',
      user([policy(ALLOW_READ)]),
      bucket(grant(`arn:aws:iam::${ACCOUNT}:root`), '999999999999'),
      true,
    ],
    [
      'a bucket that denies the account',
      user([policy(ALLOW_READ)]),
      bucket({ ...grant(`arn:aws:iam::${ACCOUNT}:root`), Effect: 'Deny' }),
      false,
    ],
    ['a public bucket, for anybody', ANONYMOUS, bucket({ ...ALLOW_READ, Principal: '*' }), true],
    ['a bucket for an account, for anybody', ANONYMOUS, bucket(grant(ACCOUNT)), false],
    ['no bucket policy, for anybody', ANONYMOUS, { document: undefined, account: ACCOUNT }, false],
    [
      'a boundary that lacks it',
      { ...user([policy(ALLOW_ALL)]), boundary: policy({ ...ALLOW_READ, Action: 'iam:*' }) },
      undefined,
      false,
    ],
    ['a boundary that has it', { ...user([policy(ALLOW_ALL)]), boundary: policy(ALLOW_READ) }, undefined, true],
    ['a boundary alone', { ...user([]), boundary: policy(ALLOW_READ) }, undefined, false],
    [
      'a session policy that lacks it',
      { ...user([policy(ALLOW_ALL)]), sessionPolicies: [policy({ ...ALLOW_READ, Action: 'iam:*' })] },
      undefined,
      false,
    ],
    [
      'one of several session policies',
      {
        ...user([policy(ALLOW_ALL)]),
        sessionPolicies: [policy({ ...ALLOW_READ, Action: 'iam:*' }), policy(ALLOW_READ)],
      },
      undefined,
      true,
    ],
  ])('goes by %s', (_, caller, resourcePolicy, allowed) => {
    expect(ask(caller, resourcePolicy === undefined ? {} : { resourcePolicy })).toBe(allowed)
  })

  test('knows a service by its name', () => {
    const cloudfront: Caller = { ...ANONYMOUS, kind: 'service', arn: 'cloudfront.amazonaws.com' }
    const forService = (Service: string): Permission['resourcePolicy'] =>
      bucket({ ...ALLOW_READ, Principal: { Service } })
    expect(ask(cloudfront, { resourcePolicy: forService('cloudfront.amazonaws.com') })).toBe(true)
    expect(ask(cloudfront, { resourcePolicy: forService('s3.amazonaws.com') })).toBe(false)
  })

  test('knows time, region and the keys of caller and request', () => {
    const conditions: Statement['Condition'] = {
      DateEquals: { 'aws:CurrentTime': '1970-01-01T00:00:00Z' },
      NumericEquals: { 'aws:EpochTime': 0 },
      StringEquals: { 'aws:RequestedRegion': 'us-east-1', 'aws:PrincipalTag/team': 'a', 'aws:RequestTag/x': 'y' },
      Bool: { 'aws:SecureTransport': true },
    }
    const caller = {
      ...user([policy({ ...ALLOW_READ, Condition: conditions })]),
      context: { 'aws:PrincipalTag/team': 'a' },
    }
    expect(ask(caller, { context: { 'aws:RequestTag/x': 'y' } })).toBe(true)
    expect(ask(caller, { context: { 'aws:RequestTag/x': 'z' } })).toBe(false)
  })

  test('bounds a session by the boundary of its role, and by nothing when that is gone', () => {
    const boundary = `arn:aws:iam::${ACCOUNT}:policy/boundary`
    const settings = { inlinePolicies: { all: JSON.stringify(policy(ALLOW_ALL)) }, permissionsBoundary: boundary }
    const sandbox = sandboxWithSession(settings)
    expect(ask(sessionCaller(sandbox))).toBe(false)
    const iam = sandbox.world.aws.iam[ACCOUNT]
    const put = (document: PolicyDocument): void => {
      if (iam)
        iam.policies[boundary] = {
          arn: boundary,
          id: 'ANPA',
          createdAt: 0,
          settings: { name: 'boundary', path: '/', document: JSON.stringify(document), tags: {} },
        }
    }
    put(policy(ALLOW_READ))
    expect(ask(sessionCaller(sandbox))).toBe(true)
    put(policy({ ...ALLOW_READ, Action: 's3:PutObject' }))
    expect(ask(sessionCaller(sandbox))).toBe(false)
  })

  test('gives a session the attached policies too, and takes what its own policies leave out', () => {
    const settings = { attachedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'] }
    expect(ask(sessionCaller(sandboxWithSession(settings)))).toBe(true)
    expect(ask(sessionCaller(sandboxWithSession(settings, [policy({ ...ALLOW_READ, Action: 'iam:*' })])))).toBe(false)
  })
})

test('authorize() says who may not do what, and why', () => {
  const call = { caller: user([]), region: 'us-east-1', nowMs: 0 }
  const permission = { action: 'iam:GetRole', resource: ROLE_ARN }
  const who = `User: arn:aws:iam::${ACCOUNT}:user/ci is not authorized to perform: iam:GetRole on resource: ${ROLE_ARN}`
  expect(() => authorize(call, permission)).toThrow(
    `${who} because no identity-based policy allows the iam:GetRole action`,
  )
  const denied = { ...call, caller: user([policy({ ...ALLOW_ALL, Effect: 'Deny' })]) }
  expect(() => authorize(denied, permission)).toThrow(`${who} with an explicit deny in a policy`)
  expect(() => authorize({ ...call, caller: ANONYMOUS }, permission)).toThrow(/^Access Denied$/)
})

test.each([
  ['us-east-1', 'aws'],
  ['cn-northwest-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['eusc-de-east-1', 'aws-eusc'],
])('partitionOfRegion() of %s is %s', (region, partition) => {
  expect(partitionOfRegion(region)).toBe(partition)
})
