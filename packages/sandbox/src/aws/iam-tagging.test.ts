import {
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  IAMClient,
  ListOpenIDConnectProviderTagsCommand,
  ListPolicyTagsCommand,
  ListRoleTagsCommand,
  TagOpenIDConnectProviderCommand,
  TagPolicyCommand,
  TagRoleCommand,
  UntagOpenIDConnectProviderCommand,
  UntagPolicyCommand,
  UntagRoleCommand,
} from '@aws-sdk/client-iam'
import type { Tag } from '@aws-sdk/client-iam'
import { describe, expect, test } from 'vitest'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'
import type { PolicyDocument } from './policy.ts'

const ACCOUNT = '111122223333'
const RoleName = 'app'
const PolicyArn = `arn:aws:iam::${ACCOUNT}:policy/read`
const OpenIDConnectProviderArn = `arn:aws:iam::${ACCOUNT}:oidc-provider/issuer.example.com`
const TRUST = JSON.stringify({
  Statement: { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
})
const READ = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' },
})

interface Tagging {
  readonly sandbox: Sandbox
  readonly iam: IAMClient
  readonly tag: (kind: Kind, ...tags: readonly (readonly [string, string])[]) => Promise<unknown>
  readonly untag: (kind: Kind, ...keys: readonly string[]) => Promise<unknown>
  readonly list: (kind: Kind) => Promise<readonly string[]>
}

const KINDS = ['role', 'provider', 'policy'] as const
type Kind = (typeof KINDS)[number]

async function setUp(): Promise<Tagging> {
  const sandbox = createSandbox({ clock: { mode: 'manual' } })
  sandbox.createAccount({ id: ACCOUNT })
  const { requestHandler } = sandbox.session()
  const iam = new IAMClient({
    region: 'us-east-1',
    credentials: sandbox.createUser({ account: ACCOUNT }),
    requestHandler,
    maxAttempts: 1,
  })
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }))
  await iam.send(new CreatePolicyCommand({ PolicyName: 'read', PolicyDocument: READ }))
  await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: 'https://issuer.example.com', ThumbprintList: ['a'.repeat(40)] }),
  )
  return {
    sandbox,
    iam,
    tag(kind, ...tags) {
      const Tags: Tag[] = tags.map(([Key, Value]) => ({ Key, Value }))
      if (kind === 'role') return iam.send(new TagRoleCommand({ RoleName, Tags }))
      if (kind === 'policy') return iam.send(new TagPolicyCommand({ PolicyArn, Tags }))
      return iam.send(new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, Tags }))
    },
    untag(kind, ...TagKeys) {
      if (kind === 'role') return iam.send(new UntagRoleCommand({ RoleName, TagKeys: [...TagKeys] }))
      if (kind === 'policy') return iam.send(new UntagPolicyCommand({ PolicyArn, TagKeys: [...TagKeys] }))
      return iam.send(new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, TagKeys: [...TagKeys] }))
    },
    async list(kind) {
      sandbox.clock.advance(500)
      const { Tags } =
        kind === 'role'
          ? await iam.send(new ListRoleTagsCommand({ RoleName }))
          : kind === 'policy'
            ? await iam.send(new ListPolicyTagsCommand({ PolicyArn }))
            : await iam.send(new ListOpenIDConnectProviderTagsCommand({ OpenIDConnectProviderArn }))
      return Tags?.map(({ Key, Value }) => `${Key}=${Value}`) ?? []
    },
  }
}

describe.each(KINDS)('tags of a %s', (kind) => {
  test('are added, replaced and removed', async () => {
    const { tag, untag, list } = await setUp()
    await tag(kind, ['b', '1'], ['a', ''], ['__proto__', 'x'])
    await tag(kind, ['b', '2'])
    expect(await list(kind)).toEqual(['__proto__=x', 'a=', 'b=2'])
    await untag(kind, 'b', 'absent')
    expect(await list(kind)).toEqual(['__proto__=x', 'a='])
  })

  test('are fifty at most', async () => {
    const { tag, list } = await setUp()
    await tag(kind, ...Array.from({ length: 50 }, (_, index) => [`k${index}`, 'v'] as const))
    await expect(tag(kind, ['one-more', 'v'])).rejects.toMatchObject({
      name: 'LimitExceededException',
      $metadata: { httpStatusCode: 409 },
    })
    await tag(kind, ['k0', 'other'])
    expect(await list(kind)).toHaveLength(50)
  })

  test.each<readonly [string, readonly (readonly [string, string])[], string]>([
    ['none', [], 'InvalidInputException'],
    ['a reserved key', [['aws:x', 'y']], 'InvalidInputException'],
    ['a key of white space', [['  ', 'y']], 'ValidationError'],
    ['a key with a forbidden character', [['a*', 'y']], 'ValidationError'],
    ['a key of 129 characters', [['x'.repeat(129), 'y']], 'ValidationError'],
    ['a value of 257 characters', [['x', 'y'.repeat(257)]], 'ValidationError'],
    [
      'one key twice',
      [
        ['x', 'y'],
        ['x', 'z'],
      ],
      'InvalidInputException',
    ],
    ['fifty-one', Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v'] as const), 'ValidationError'],
  ])('cannot be %s', async (_, tags, name) => {
    const { tag, list } = await setUp()
    await expect(tag(kind, ...tags)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } })
    expect(await list(kind)).toEqual([])
  })
})

test.each([
  ['role', ['team=2']],
  ['provider', ['Team=1', 'team=2']],
  ['policy', ['Team=1', 'team=2']],
] as const)('keys that differ in case only make on a %s %j', async (kind, expected) => {
  const { tag, list } = await setUp()
  await tag(kind, ['Team', '1'])
  await tag(kind, ['team', '2'])
  expect(await list(kind)).toEqual(expected)
})

test('lists of tags have pages', async () => {
  const { iam, tag, sandbox } = await setUp()
  await tag('role', ['a', '1'], ['b', '2'], ['c', '3'])
  sandbox.clock.advance(500)
  const first = await iam.send(new ListRoleTagsCommand({ RoleName, MaxItems: 2 }))
  expect(first).toMatchObject({ IsTruncated: true, Tags: [{ Key: 'a' }, { Key: 'b' }] })
  const second = await iam.send(new ListRoleTagsCommand({ RoleName, MaxItems: 2, Marker: first.Marker }))
  expect(second).toMatchObject({ IsTruncated: false, Tags: [{ Key: 'c' }] })
})

test('what may be tagged and untagged goes by the keys', async () => {
  const { sandbox } = await setUp()
  const policy: PolicyDocument = {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Action: 'iam:*',
      Resource: '*',
      Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] } },
    },
  }
  const credentials = sandbox.createUser({ account: ACCOUNT, name: 'limited', policies: [policy] })
  const iam = new IAMClient({
    region: 'us-east-1',
    credentials,
    requestHandler: sandbox.session().requestHandler,
    maxAttempts: 1,
  })
  await iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: 'a', Value: '1' }] }))
  await expect(iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: 'b', Value: '1' }] }))).rejects.toMatchObject({
    name: 'AccessDenied',
  })
  await expect(iam.send(new UntagRoleCommand({ RoleName, TagKeys: ['a', 'b'] }))).rejects.toMatchObject({
    name: 'AccessDenied',
  })
  await iam.send(new UntagRoleCommand({ RoleName, TagKeys: ['a'] }))
})
