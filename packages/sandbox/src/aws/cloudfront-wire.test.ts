import { expect, test } from 'vitest'
import { createWebScene } from './web-scene.test.setup.ts'

test.each([
  ['nothing', '', 'MissingBody'],
  ['no XML', '{"a":1}', 'MalformedXML'],
  ['an open element', '<DistributionConfig>', 'MalformedXML'],
  ['another root', '<Other/>', 'MalformedXML'],
  ['an unknown member', '<DistributionConfig><Colour>red</Colour></DistributionConfig>', 'MalformedXML'],
])('readBody() refuses %s', async (_, body, code) => {
  const { sandbox } = createWebScene()
  const [accessKeyId] = Object.keys(sandbox.world.aws.accessKeys)
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/cloudfront/aws4_request, Signature=x`
  const url = new URL('https://cloudfront.amazonaws.com/2020-05-31/distribution')
  const request = { method: 'POST', url, headers: { authorization }, body: new TextEncoder().encode(body) }
  const response = await sandbox.handle({ to: 'aws' }, request, 'raw')
  expect(response.status).toBe(400)
  expect(new TextDecoder().decode(response.body)).toContain(`<Code>${code}</Code>`)
})
