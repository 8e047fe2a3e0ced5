import { GetRoleCommand, IAMClient, ListUsersCommand } from '@aws-sdk/client-iam'
import { describe, expect, test } from 'vitest'
import { decodeText, encodeText } from '../http.ts'
import { createSandbox } from '../sandbox.ts'
import { iam } from './iam.ts'

function request(body: string): Parameters<typeof iam.identify>[0] {
  return { method: 'POST', url: new URL('https://iam.amazonaws.com/'), headers: {}, body: encodeText(body) }
}

test('identify() calls what changes something a write, and nothing else', () => {
  const names = [
    'CreateOpenIDConnectProvider GetOpenIDConnectProvider ListOpenIDConnectProviders',
    'DeleteOpenIDConnectProvider AddClientIDToOpenIDConnectProvider RemoveClientIDFromOpenIDConnectProvider',
    'UpdateOpenIDConnectProviderThumbprint TagOpenIDConnectProvider UntagOpenIDConnectProvider',
    'ListOpenIDConnectProviderTags CreateRole GetRole ListRoles DeleteRole UpdateRole UpdateRoleDescription',
    'UpdateAssumeRolePolicy TagRole UntagRole ListRoleTags PutRolePolicy GetRolePolicy DeleteRolePolicy',
    'ListRolePolicies AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies PutRolePermissionsBoundary',
    'DeleteRolePermissionsBoundary CreatePolicy GetPolicy GetPolicyVersion ListPolicyVersions DeletePolicy',
    'TagPolicy UntagPolicy ListPolicyTags',
  ].flatMap((line) => line.split(' '))
  const access = names.map((name) => [name, iam.identify(request(`Action=${name}&Version=2010-05-08`))?.access])
  expect(access).toEqual(names.map((name) => [name, /^(Get|List)/.test(name) ? 'read' : 'write']))
})

test.each(['', 'Action=ListUsers', 'Action=constructor', 'Version=2010-05-08'])(
  'identify() of "%s" is undefined',
  (body) => {
    expect(iam.identify(request(body))).toBeUndefined()
  },
)

describe('IAM on the wire', () => {
  test('answers in XML, with the namespace of its version', async () => {
    const sandbox = createSandbox()
    const account = sandbox.createAccount()
    const { accessKeyId } = sandbox.createUser({ account })
    const signed = {
      ...request('Action=ListRoles&Version=2010-05-08'),
      headers: { authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/iam/aws4_request` },
    }
    const { status, headers, body } = await sandbox.handle({ to: 'aws' }, signed, 'me')
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/xml')
    expect(decodeText(body)).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<ListRolesResponse xmlns="https:\/\/iam.amazonaws.com\/doc\/2010-05-08\/"><ListRolesResult><Roles><\/Roles><IsTruncated>false<\/IsTruncated><\/ListRolesResult><ResponseMetadata><RequestId>[0-9a-f-]{36}<\/RequestId><\/ResponseMetadata><\/ListRolesResponse>$/,
    )
  })

  test('refuses unsigned requests and operations that it does not know', async () => {
    const sandbox = createSandbox()
    const { status, body } = await sandbox.handle({ to: 'aws' }, request('Action=ListRoles'), 'me')
    expect([status, decodeText(body)]).toEqual([
      403,
      expect.stringContaining('<Code>MissingAuthenticationToken</Code>'),
    ])
    const credentials = sandbox.createUser({ account: sandbox.createAccount() })
    const client = new IAMClient({
      region: 'us-east-1',
      credentials,
      requestHandler: sandbox.session().requestHandler,
      maxAttempts: 1,
    })
    await expect(client.send(new ListUsersCommand({}))).rejects.toMatchObject({ name: 'InvalidAction' })
  })

  test('puts its errors into the log', async () => {
    const sandbox = createSandbox()
    const credentials = sandbox.createUser({ account: sandbox.createAccount() })
    const client = new IAMClient({
      region: 'us-east-1',
      credentials,
      requestHandler: sandbox.session().requestHandler,
      maxAttempts: 1,
    })
    await expect(client.send(new GetRoleCommand({ RoleName: 'absent' }))).rejects.toThrow('cannot be found')
    expect(sandbox.requests.entries.at(-1)).toMatchObject({
      service: 'iam',
      operation: 'GetRole',
      access: 'read',
      status: 404,
      error: 'NoSuchEntity',
    })
  })
})
