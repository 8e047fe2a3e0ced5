import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import {
  CreateBucketCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { expect, test } from 'vitest'
import { createSandbox } from './index.ts'

test('the example of the README exchanges a good token and has a forged one refused', async () => {
  const sandbox = createSandbox()
  const account = sandbox.createAccount()
  const session = sandbox.session()
  const aws = {
    region: 'us-east-1',
    credentials: sandbox.createUser({ account }),
    requestHandler: session.requestHandler,
  }
  const [s3, iam, sts] = [new S3Client(aws), new IAMClient(aws), new STSClient(aws)]

  // A cluster whose tokens name a bucket as their issuer.
  const Bucket = 'my-cluster-issuer'
  const host = `${Bucket}.s3.us-east-1.amazonaws.com`
  const cluster = sandbox.createCluster('main', {
    issuer: `https://${host}`,
    jwksUri: `https://${host}/openid/v1/jwks`,
  })
  cluster.createServiceAccount({ name: 'app' })

  // Publish what its API server says, under the issuer's own URL.
  const apiServer = session.kubernetes('main', { token: cluster.adminToken })
  await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(
    new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { BlockPublicPolicy: false } }),
  )
  const Statement = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` }
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }))
  for (const Key of ['.well-known/openid-configuration', 'openid/v1/jwks']) {
    const { body } = await apiServer({ method: 'GET', path: `/${Key}` })
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: body, ContentType: 'application/json' }))
  }

  // Register the issuer, and a role for the one service account.
  await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: `https://${host}`, ClientIDList: ['sts.amazonaws.com'] }),
  )
  const trust = {
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${host}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: { [`${host}:sub`]: 'system:serviceaccount:default:app', [`${host}:aud`]: 'sts.amazonaws.com' },
    },
  }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: trust })
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'app', AssumeRolePolicyDocument }))
  sandbox.clock.advance(60_000) // IAM takes its seconds; here they cost nothing.

  const exchange = (WebIdentityToken: string) =>
    sts.send(new AssumeRoleWithWebIdentityCommand({ RoleArn: Role?.Arn, RoleSessionName: 'app', WebIdentityToken }))

  // The pod's token is good …
  const token = cluster.createToken({ serviceAccount: 'app', audiences: ['sts.amazonaws.com'] })
  const { AssumedRoleUser } = await exchange(token)
  assert.equal(AssumedRoleUser?.Arn, `arn:aws:sts::${account}:assumed-role/app/app`)

  // … and the same claims under the same header, signed with another key, are not.
  const forged = cluster.signToken({ ...cluster.readToken(token), key: 'unknown' })
  await assert.rejects(exchange(forged), { name: 'InvalidIdentityTokenException' })
})

test('the example of the README is the one above', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const own = readFileSync(new URL('readme.test.ts', import.meta.url), 'utf8')
  // The formatter breaks lines elsewhere where they are indented.
  const squeeze = (text: string): string => text.replace(/\s+/g, '').replace(/,(?=[)\]}])/g, '')
  const example = /const sandbox = createSandbox\(\)\n[^]*?(?=```)/.exec(readme)?.[0] ?? ''
  expect(example.length).toBeGreaterThan(1000)
  expect(squeeze(own)).toContain(squeeze(example))
})
