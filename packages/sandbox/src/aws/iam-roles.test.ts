import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  IAMClient,
  ListRolesCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
} from '@aws-sdk/client-iam'
import type { CreateRoleCommandInput, Role } from '@aws-sdk/client-iam'
import { describe, expect, test } from 'vitest'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'
import type { PolicyDocument } from './policy.ts'

const ACCOUNT = '111122223333'
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/issuer.example.com` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringLike: { 'issuer.example.com:sub': "system:serviceaccount:a:(b)!'*" } },
    },
  ],
})
const READ = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' },
})

function setUp(policies?: readonly PolicyDocument[]): { readonly sandbox: Sandbox; readonly iam: IAMClient } {
  const sandbox = createSandbox({ clock: { mode: 'manual' } })
  sandbox.createAccount({ id: ACCOUNT })
  const credentials = sandbox.createUser({ account: ACCOUNT, ...(policies === undefined ? {} : { policies }) })
  const { requestHandler } = sandbox.session()
  return { sandbox, iam: new IAMClient({ region: 'us-east-1', credentials, requestHandler, maxAttempts: 1 }) }
}

async function create(
  iam: IAMClient,
  RoleName: string,
  more: Partial<CreateRoleCommandInput> = {},
): Promise<Role | undefined> {
  return (await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST, ...more }))).Role
}

async function get(iam: IAMClient, RoleName: string): Promise<Role | undefined> {
  return (await iam.send(new GetRoleCommand({ RoleName }))).Role
}

describe('CreateRole', () => {
  test('gives back part of the role, GetRole all of it', async () => {
    const { sandbox, iam } = setUp()
    const boundary = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
    const made = await create(iam, 'app', {
      Path: '/irsa/',
      Description: 'of the app',
      MaxSessionDuration: 7200,
      PermissionsBoundary: boundary,
      Tags: [{ Key: 'team', Value: 'a' }],
    })
    const common = {
      Path: '/irsa/',
      RoleName: 'app',
      RoleId: expect.stringMatching(/^AROA[A-Z0-9]{17}$/) as string,
      Arn: `arn:aws:iam::${ACCOUNT}:role/irsa/app`,
      CreateDate: new Date('2026-01-01T00:00:00Z'),
      AssumeRolePolicyDocument: expect.any(String) as string,
      PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: boundary },
      Tags: [{ Key: 'team', Value: 'a' }],
    }
    expect(made).toEqual(common)
    sandbox.clock.advance(500)
    expect(await get(iam, 'app')).toEqual({
      ...common,
      Description: 'of the app',
      MaxSessionDuration: 7200,
      RoleLastUsed: {},
    })
    const { Roles } = await iam.send(new ListRolesCommand({}))
    const { PermissionsBoundary: _boundary, Tags: _tags, ...listed } = common
    expect(Roles).toEqual([{ ...listed, Description: 'of the app', MaxSessionDuration: 7200 }])
  })

  test('percent-encodes documents as RFC 3986 says', async () => {
    const { iam } = setUp()
    const encoded = (await create(iam, 'app'))?.AssumeRolePolicyDocument ?? ''
    expect(encoded).toMatch(/^[A-Za-z0-9%._~-]+$/)
    expect(decodeURIComponent(encoded)).toBe(TRUST)
  })

  test('gives the same role id in another world, and an hour for sessions', async () => {
    const [first, second] = [setUp(), setUp()]
    const made = await create(first.iam, 'app')
    await create(second.iam, 'other')
    expect((await create(second.iam, 'app'))?.RoleId).toBe(made?.RoleId)
    first.sandbox.clock.advance(500)
    expect((await get(first.iam, 'app'))?.MaxSessionDuration).toBe(3600)
  })

  test('refuses the same name in another case and path', async () => {
    const { iam } = setUp()
    await create(iam, 'app')
    await expect(create(iam, 'App', { Path: '/other/' })).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
      message: 'Role with name App already exists.',
      $metadata: { httpStatusCode: 409 },
    })
  })

  test('takes a name that every object has', async () => {
    const { sandbox, iam } = setUp()
    await expect(get(iam, 'constructor')).rejects.toMatchObject({ name: 'NoSuchEntityException' })
    await create(iam, 'constructor')
    sandbox.clock.advance(500)
    expect((await get(iam, 'constructor'))?.RoleName).toBe('constructor')
  })

  test.each<readonly [string, Partial<CreateRoleCommandInput>, string, RegExp]>([
    ['a space in the name', { RoleName: 'a b' }, 'ValidationError', /^The specified value for roleName is invalid/],
    ['65 characters', { RoleName: 'x'.repeat(65) }, 'ValidationError', /less than or equal to 64$/],
    ['an open path', { Path: '/irsa' }, 'ValidationError', /^The specified value for path is invalid/],
    [
      'a session of less than an hour',
      { MaxSessionDuration: 3599 },
      'ValidationError',
      /greater than or equal to 3600$/,
    ],
    [
      'a session of more than 12 hours',
      { MaxSessionDuration: 43_201 },
      'ValidationError',
      /less than or equal to 43200$/,
    ],
    ['a description with a forbidden character', { Description: '\u20ac' }, 'ValidationError', /regular expression/],
    [
      'a boundary that does not exist',
      { PermissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/none` },
      'NoSuchEntityException',
      /does not exist or is not attachable/,
    ],
    [
      'a trust policy that is none',
      { AssumeRolePolicyDocument: '{' },
      'MalformedPolicyDocumentException',
      /^This policy contains invalid Json$/,
    ],
    [
      'tags that differ in case only',
      {
        Tags: [
          { Key: 'a', Value: '' },
          { Key: 'A', Value: '' },
        ],
      },
      'InvalidInputException',
      /case insensitive/,
    ],
  ])('refuses %s', async (_, input, name, message) => {
    const { sandbox, iam } = setUp()
    await expect(create(iam, 'app', input)).rejects.toMatchObject({ name, message: expect.stringMatching(message) })
    expect(sandbox.world.aws.iam[ACCOUNT]?.roles).toEqual({})
  })
})

describe('reads of a role', () => {
  test('follow writes after half a second, while writes follow at once', async () => {
    const { sandbox, iam } = setUp()
    await create(iam, 'app')
    await iam.send(new PutRolePolicyCommand({ RoleName: 'app', PolicyName: 'read', PolicyDocument: READ }))
    await iam.send(new TagRoleCommand({ RoleName: 'app', Tags: [{ Key: 'a', Value: 'b' }] }))
    await expect(get(iam, 'app')).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: 'The role with name app cannot be found.',
      $metadata: { httpStatusCode: 404 },
    })
    sandbox.clock.advance(499)
    await expect(get(iam, 'app')).rejects.toMatchObject({ name: 'NoSuchEntityException' })
    sandbox.clock.advance(1)
    expect((await get(iam, 'app'))?.Tags).toEqual([{ Key: 'a', Value: 'b' }])
  })

  test('go on with the former trust policy, and with a role that is deleted', async () => {
    const { sandbox, iam } = setUp()
    await create(iam, 'app')
    sandbox.clock.advance(500)
    const next = TRUST.replace('issuer.example.com:sub', 'issuer.example.com:aud')
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'app', PolicyDocument: next }))
    const trust = async (): Promise<string> =>
      decodeURIComponent((await get(iam, 'app'))?.AssumeRolePolicyDocument ?? '')
    expect(await trust()).toBe(TRUST)
    sandbox.clock.advance(500)
    expect(await trust()).toBe(next)
    await iam.send(new DeleteRoleCommand({ RoleName: 'app' }))
    expect(await trust()).toBe(next)
    sandbox.clock.advance(500)
    await expect(trust()).rejects.toMatchObject({ name: 'NoSuchEntityException' })
  })

  test('see at once what somebody edits in the world', async () => {
    const { sandbox, iam } = setUp()
    await create(iam, 'app')
    sandbox.clock.advance(500)
    const role = sandbox.world.aws.iam[ACCOUNT]?.roles['app']
    if (role) role.settings.maxSessionDuration = 43_200
    expect((await get(iam, 'app'))?.MaxSessionDuration).toBe(43_200)
  })
})

test('ListRoles goes by path and page', async () => {
  const { sandbox, iam } = setUp()
  for (const name of ['a', 'b', 'c']) await create(iam, name, { Path: '/irsa/x/' })
  await create(iam, 'd', { Path: '/other/' })
  sandbox.clock.advance(500)
  const names: (string | undefined)[][] = []
  let Marker: string | undefined
  do {
    const page = await iam.send(new ListRolesCommand({ PathPrefix: '/irsa/', MaxItems: 2, Marker }))
    names.push(page.Roles?.map((role) => role.RoleName) ?? [])
    expect(page.IsTruncated).toBe(page.Marker !== undefined)
    Marker = page.Marker
  } while (Marker !== undefined)
  expect(names).toEqual([['a', 'b'], ['c']])
})

describe('DeleteRole', () => {
  test('wants attached and inline policies gone first', async () => {
    const { iam } = setUp()
    const RoleName = 'app'
    const PolicyArn = 'arn:aws:iam::aws:policy/AWSDenyAll'
    await create(iam, RoleName)
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }))
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'read', PolicyDocument: READ }))
    const remove = async (): Promise<unknown> => iam.send(new DeleteRoleCommand({ RoleName }))
    await expect(remove()).rejects.toMatchObject({
      name: 'DeleteConflictException',
      message: 'Cannot delete entity, must detach all policies first.',
      $metadata: { httpStatusCode: 409 },
    })
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }))
    await expect(remove()).rejects.toMatchObject({
      name: 'DeleteConflictException',
      message: 'Cannot delete entity, must delete policies first.',
    })
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'read' }))
    await remove()
    await expect(remove()).rejects.toMatchObject({ name: 'NoSuchEntityException' })
  })
})

describe('UpdateRole', () => {
  test('sets the session back to an hour when no duration is given', async () => {
    const { sandbox, iam } = setUp()
    await create(iam, 'app', { MaxSessionDuration: 7200, Description: 'first' })
    await iam.send(new UpdateRoleCommand({ RoleName: 'app', Description: 'second' }))
    sandbox.clock.advance(500)
    expect(await get(iam, 'app')).toMatchObject({ MaxSessionDuration: 3600, Description: 'second' })
    await iam.send(new UpdateRoleCommand({ RoleName: 'app', MaxSessionDuration: 43_200 }))
    sandbox.clock.advance(500)
    expect(await get(iam, 'app')).toMatchObject({ MaxSessionDuration: 43_200, Description: 'second' })
  })

  test('has an elder sister for descriptions', async () => {
    const { iam } = setUp()
    await create(iam, 'app')
    const { Role } = await iam.send(new UpdateRoleDescriptionCommand({ RoleName: 'app', Description: 'new' }))
    expect(Role).toMatchObject({ RoleName: 'app', Description: 'new' })
  })
})

test('UpdateAssumeRolePolicy refuses what CreateRole refuses, and changes nothing', async () => {
  const { sandbox, iam } = setUp()
  await create(iam, 'app')
  const update = new UpdateAssumeRolePolicyCommand({
    RoleName: 'app',
    PolicyDocument: TRUST.replace('arn:aws:', 'arn:aws-cn:'),
  })
  await expect(iam.send(update)).rejects.toMatchObject({
    name: 'MalformedPolicyDocumentException',
    message: 'Federated principals must be valid domain names or SAML metadata ARNs',
  })
  expect(sandbox.world.aws.iam[ACCOUNT]?.roles['app']?.settings.trustPolicy).toBe(TRUST)
})

describe('permission', () => {
  const allow = (
    Action: string | string[],
    Resource: string,
    Condition: Record<string, Record<string, string>> = {},
  ): PolicyDocument => ({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action, Resource, Condition },
  })
  const boundary = 'arn:aws:iam::aws:policy/AWSDenyAll'

  test.each<readonly [string, PolicyDocument, Partial<CreateRoleCommandInput>, boolean]>([
    ['under its path', allow('iam:CreateRole', `arn:aws:iam::${ACCOUNT}:role/irsa/*`), { Path: '/irsa/' }, true],
    ['under another path', allow('iam:CreateRole', `arn:aws:iam::${ACCOUNT}:role/irsa/*`), {}, false],
    [
      'with this boundary',
      allow('iam:CreateRole', '*', { StringEquals: { 'iam:PermissionsBoundary': boundary } }),
      { PermissionsBoundary: boundary },
      true,
    ],
    [
      'without this boundary',
      allow('iam:CreateRole', '*', { StringEquals: { 'iam:PermissionsBoundary': boundary } }),
      {},
      false,
    ],
    ['without tagging', allow('iam:CreateRole', '*'), { Tags: [{ Key: 'a', Value: 'b' }] }, false],
    ['with tagging', allow(['iam:CreateRole', 'iam:TagRole'], '*'), { Tags: [{ Key: 'a', Value: 'b' }] }, true],
  ])('to create a role %s', async (_, policy, input, allowed) => {
    const { iam } = setUp([policy])
    const outcome = create(iam, 'app', input).then(
      (role) => role?.RoleName,
      (error: unknown) => error,
    )
    const denied = expect.objectContaining({
      name: 'AccessDenied',
      message: expect.stringMatching(/^User: .* is not authorized/) as string,
    }) as unknown
    expect(await outcome).toEqual(allowed ? 'app' : denied)
  })

  test('to attach goes by the policy', async () => {
    const { iam } = setUp([
      allow('iam:CreateRole', '*'),
      allow('iam:AttachRolePolicy', '*', { ArnEquals: { 'iam:PolicyARN': boundary } }),
    ])
    const RoleName = 'app'
    await create(iam, RoleName)
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: boundary }))
    const other = new AttachRolePolicyCommand({ RoleName, PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' })
    await expect(iam.send(other)).rejects.toMatchObject({ name: 'AccessDenied' })
  })

  test('is asked before existence is told', async () => {
    const { iam } = setUp([])
    await expect(get(iam, 'absent')).rejects.toMatchObject({ name: 'AccessDenied' })
  })
})
