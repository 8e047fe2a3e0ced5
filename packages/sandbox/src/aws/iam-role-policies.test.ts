import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListPolicyVersionsCommand,
  ListRolePoliciesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { describe, expect, test } from 'vitest'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'

const ACCOUNT = '111122223333'
const RoleName = 'app'
const TRUST = JSON.stringify({
  Statement: { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
})
const READ = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' },
})

async function setUp(): Promise<{ readonly sandbox: Sandbox; readonly iam: IAMClient }> {
  const sandbox = createSandbox({ clock: { mode: 'manual' } })
  sandbox.createAccount({ id: ACCOUNT })
  const credentials = sandbox.createUser({ account: ACCOUNT })
  const { requestHandler } = sandbox.session()
  const iam = new IAMClient({ region: 'us-east-1', credentials, requestHandler, maxAttempts: 1 })
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }))
  return { sandbox, iam }
}

describe('inline policies', () => {
  test('are put, read, listed and deleted', async () => {
    const { sandbox, iam } = await setUp()
    for (const PolicyName of ['b', 'a', 'constructor']) {
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: READ }))
    }
    sandbox.clock.advance(500)
    expect((await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames).toEqual(['a', 'b', 'constructor'])
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'a' }))
    expect(decodeURIComponent(PolicyDocument ?? '')).toBe(READ)
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'a' }))
    await expect(iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'a' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: 'The role policy with name a cannot be found.',
    })
    sandbox.clock.advance(500)
    expect((await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames).toEqual(['b', 'constructor'])
    await expect(iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'toString' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    })
  })

  test('are 10,240 characters at most, white space and former versions not counted', async () => {
    const { iam } = await setUp()
    const put = async (PolicyName: string, length: number): Promise<unknown> => {
      const empty = READ.replace('"*"', '"arn:"')
      const PolicyDocument = `${empty.replace('arn:', `arn:${'x'.repeat(length - empty.length)}`)}${' '.repeat(500)}`
      return iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }))
    }
    await put('a', 6000)
    await put('a', 6000)
    await put('b', 4240)
    await expect(put('b', 4241)).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Maximum policy size of 10240 bytes exceeded for role app',
    })
  })

  test('must be policies', async () => {
    const { iam } = await setUp()
    const put = new PutRolePolicyCommand({ RoleName, PolicyName: 'a', PolicyDocument: '{}' })
    await expect(iam.send(put)).rejects.toMatchObject({
      name: 'MalformedPolicyDocumentException',
      $metadata: { httpStatusCode: 400 },
    })
  })
})

describe('attached policies', () => {
  test('are attached once, listed by path and detached once', async () => {
    const { sandbox, iam } = await setUp()
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'read', Path: '/irsa/', PolicyDocument: READ }),
    )
    const own = { PolicyName: 'read', PolicyArn: `arn:aws:iam::${ACCOUNT}:policy/irsa/read` }
    const managed = { PolicyName: 'AWSDenyAll', PolicyArn: 'arn:aws:iam::aws:policy/AWSDenyAll' }
    expect(Policy?.Arn).toBe(own.PolicyArn)
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: own.PolicyArn }))
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: managed.PolicyArn }))
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: managed.PolicyArn }))
    expect(sandbox.requests.entries.at(-1)?.changed).toBe(false)
    sandbox.clock.advance(500)
    const attached = async (PathPrefix?: string): Promise<unknown> =>
      (await iam.send(new ListAttachedRolePoliciesCommand({ RoleName, PathPrefix }))).AttachedPolicies
    expect(await attached()).toEqual([own, managed])
    expect(await attached('/irsa/')).toEqual([own])
    const detach = new DetachRolePolicyCommand({ RoleName, PolicyArn: own.PolicyArn })
    await iam.send(detach)
    await expect(iam.send(detach)).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `Policy ${own.PolicyArn} was not found.`,
    })
    sandbox.clock.advance(500)
    expect(await attached()).toEqual([managed])
  })

  test.each([
    'arn:aws:iam::aws:policy/NoSuchPolicy',
    'arn:aws:iam::aws:policy/constructor',
    `arn:aws:iam::${ACCOUNT}:policy/none`,
  ])('must exist: %s', async (PolicyArn) => {
    const { iam } = await setUp()
    await expect(iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `Policy ${PolicyArn} does not exist or is not attachable.`,
    })
  })
})

test('a permissions boundary is put and deleted', async () => {
  const { sandbox, iam } = await setUp()
  const PermissionsBoundary = 'arn:aws:iam::aws:policy/AmazonS3FullAccess'
  await expect(iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }))).rejects.toMatchObject({
    name: 'NoSuchEntityException',
  })
  await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }))
  sandbox.clock.advance(500)
  const boundary = async (): Promise<unknown> =>
    (await iam.send(new GetRoleCommand({ RoleName }))).Role?.PermissionsBoundary
  expect(await boundary()).toEqual({ PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: PermissionsBoundary })
  await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }))
  sandbox.clock.advance(500)
  expect(await boundary()).toBeUndefined()
})

describe('managed policies', () => {
  test('are made, read in their one version and deleted', async () => {
    const { sandbox, iam } = await setUp()
    const { Policy } = await iam.send(
      new CreatePolicyCommand({
        PolicyName: 'read',
        PolicyDocument: READ,
        Description: 'd',
        Tags: [
          { Key: 'Team', Value: '1' },
          { Key: 'team', Value: '2' },
        ],
      }),
    )
    const PolicyArn = Policy?.Arn ?? ''
    expect(Policy).toMatchObject({
      PolicyId: expect.stringMatching(/^ANPA[A-Z0-9]{17}$/),
      DefaultVersionId: 'v1',
      AttachmentCount: 0,
      IsAttachable: true,
    })
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }))
    sandbox.clock.advance(500)
    const read = await iam.send(new GetPolicyCommand({ PolicyArn }))
    expect(read.Policy).toMatchObject({
      Description: 'd',
      AttachmentCount: 1,
      Tags: [
        { Key: 'Team', Value: '1' },
        { Key: 'team', Value: '2' },
      ],
    })
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }))
    expect(decodeURIComponent(PolicyVersion?.Document ?? '')).toBe(READ)
    const { Versions } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }))
    expect(Versions).toMatchObject([{ VersionId: 'v1', IsDefaultVersion: true }])
    await expect(iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v2' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `Policy ${PolicyArn} version v2 does not exist or is not attachable.`,
    })
    const remove = new DeletePolicyCommand({ PolicyArn })
    await expect(iam.send(remove)).rejects.toMatchObject({
      name: 'DeleteConflictException',
      message: 'Cannot delete a policy attached to entities.',
    })
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }))
    await iam.send(remove)
    await expect(iam.send(remove)).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `Policy ${PolicyArn} was not found.`,
    })
  })

  test('have names of their own, whatever their path', async () => {
    const { iam } = await setUp()
    await iam.send(new CreatePolicyCommand({ PolicyName: 'read', PolicyDocument: READ }))
    await expect(
      iam.send(new CreatePolicyCommand({ PolicyName: 'Read', Path: '/x/', PolicyDocument: READ })),
    ).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
      message: 'A policy called Read already exists. Duplicate names are not allowed.',
    })
  })

  test('are 6,144 characters at most', async () => {
    const { iam } = await setUp()
    const PolicyDocument = READ.replace('"*"', `"arn:${'x'.repeat(6145)}"`)
    await expect(iam.send(new CreatePolicyCommand({ PolicyName: 'big', PolicyDocument }))).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for PolicySize: 6144',
    })
  })

  test('of AWS can be read too', async () => {
    const { iam } = await setUp()
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
    expect((await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy).toMatchObject({
      PolicyName: 'AdministratorAccess',
    })
  })
})
