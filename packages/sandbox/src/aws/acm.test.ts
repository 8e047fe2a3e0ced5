import { ACMClient, ListCertificatesCommand } from '@aws-sdk/client-acm'
import { expect, test } from 'vitest'
import { createWebScene, outcomeOf, requestCertificate } from './web-scene.test.setup.ts'

test('errors that are common to all services have the names of this protocol', async () => {
  const { acm, session, sandbox } = createWebScene()
  const credentials = { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' }
  const { requestHandler } = session
  const nobody = new ACMClient({ region: 'us-east-1', credentials, requestHandler, maxAttempts: 1 })
  expect(await outcomeOf(nobody.send(new ListCertificatesCommand({})))).toBe('UnrecognizedClientException')
  const end = sandbox.faults.add({ before: () => 'throttle' })
  expect(await outcomeOf(acm.send(new ListCertificatesCommand({})))).toBe('ThrottlingException')
  end()
  sandbox.faults.add({ before: () => 'server-error' })
  expect(await outcomeOf(acm.send(new ListCertificatesCommand({})))).toBe('ServiceUnavailableException')
})

test('the log tells reads from writes', async () => {
  const { acm, sandbox } = createWebScene()
  await requestCertificate(acm, 'a.example.com')
  await acm.send(new ListCertificatesCommand({}))
  expect(sandbox.requests.entries.map(({ operation, access, changed }) => [operation, access, changed])).toEqual([
    ['RequestCertificate', 'write', true],
    ['ListCertificates', 'read', false],
  ])
})

test.each([
  ['CertificateManager.ListCertificates', '{', 'SerializationException'],
  ['CertificateManager.ListCertificates', '[]', 'SerializationException'],
  ['CertificateManager.Nothing', '{}', 'UnknownOperationException'],
])('%s with %s is refused', async (target, text, code) => {
  const { sandbox } = createWebScene()
  const [accessKeyId] = Object.keys(sandbox.world.aws.accessKeys)
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/acm/aws4_request, Signature=x`
  const headers = { authorization, 'x-amz-target': target }
  const url = new URL('https://acm.us-east-1.amazonaws.com/')
  const response = await sandbox.handle(
    { to: 'aws' },
    { method: 'POST', url, headers, body: new TextEncoder().encode(text) },
    'raw',
  )
  expect(response.status).toBe(400)
  expect(JSON.parse(new TextDecoder().decode(response.body))).toMatchObject({ __type: code })
})
