import type { KeyObject } from 'node:crypto'
import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { CreateBucketCommand, PutBucketPolicyCommand, PutPublicAccessBlockCommand, S3Client } from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, test } from 'vitest'
import { decodeText, encodeText } from '../http.ts'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'
import type { World } from '../world.ts'
import type { XmlElement } from './xml.ts'
import { parseXml } from './xml.ts'

// Runs vectors/sts.json, which says itself how it is to be read.

type Json = Readonly<Record<string, unknown>>

interface Vector {
  readonly name: string
  readonly recorded?: readonly string[]
  readonly reported?: string
  readonly assumed?: string
  readonly header?: Json
  readonly claims?: Json
  readonly claimsEnd?: string
  readonly signedBy?: string | { readonly secret: string }
  readonly token?: string
  readonly keys?: readonly Json[]
  readonly discovery?: Json
  readonly keySet?: Json
  readonly provider?: { readonly clientIds?: readonly string[]; readonly issuer?: string; readonly missing?: boolean }
  readonly role?: {
    readonly trust?: readonly Json[]
    readonly maxSessionDuration?: number
    readonly tags?: Record<string, string>
    readonly missing?: boolean
  }
  readonly request?: Readonly<Record<string, string>>
  readonly from?: string
  readonly expect: Json & { readonly status: number; readonly code?: string; readonly message?: string }
}

interface Good {
  readonly account: string
  readonly issuer: string
  readonly header: Json
  readonly claims: Json
  readonly keys: readonly Json[]
  readonly provider: { readonly clientIds: readonly string[] }
  readonly role: { readonly maxSessionDuration: number; readonly trust: readonly Json[] }
  readonly request: Readonly<Record<string, string>>
}

interface Vectors {
  readonly good: Good
  readonly texts: Readonly<Record<string, string>>
  readonly cases: readonly Vector[]
}

const { good, texts, cases } = JSON.parse(
  readFileSync(new URL('../../vectors/sts.json', import.meta.url), 'utf8'),
) as Vectors

const HOST = good.issuer.replace('https://', '')
const BUCKET = HOST.replace(/\.s3\..*$/, '')
const PROVIDER = `arn:aws:iam::${good.account}:oidc-provider/${HOST}`
const ROLE = `arn:aws:iam::${good.account}:role/path/vector`

interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

const KEYS: Readonly<Record<string, KeyPair>> = {
  'rsa-1': generateKeyPairSync('rsa', { modulusLength: 2048 }),
  'rsa-2': generateKeyPairSync('rsa', { modulusLength: 2048 }),
  'ec-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'ec-256-other': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'ec-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'ec-521': generateKeyPairSync('ec', { namedCurve: 'P-521' }),
}
const sandbox: Sandbox = createSandbox({ clock: { mode: 'manual' } })
let accepted: World

beforeAll(async () => {
  sandbox.createAccount({ id: good.account })
  sandbox.createAccount({ id: '444455556666' })
  const credentials = sandbox.createUser({ account: good.account })
  const { requestHandler } = sandbox.session()
  const options = { region: 'us-east-1', credentials, requestHandler, maxAttempts: 1 }
  const [iam, s3] = [new IAMClient(options), new S3Client(options)]
  const open = { BlockPublicPolicy: false, RestrictPublicBuckets: false }
  const Statement = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${BUCKET}/*` }
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }))
  await s3.send(new PutPublicAccessBlockCommand({ Bucket: BUCKET, PublicAccessBlockConfiguration: open }))
  await s3.send(
    new PutBucketPolicyCommand({ Bucket: BUCKET, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }),
  )
  const ClientIDList = [...good.provider.clientIds]
  await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: good.issuer, ClientIDList, ThumbprintList: ['a'.repeat(40)] }),
  )
  const AssumeRolePolicyDocument = trustPolicy(good.role.trust)
  const MaxSessionDuration = good.role.maxSessionDuration
  await iam.send(
    new CreateRoleCommand({ RoleName: 'vector', Path: '/path/', AssumeRolePolicyDocument, MaxSessionDuration }),
  )
  sandbox.clock.advance(7000)
  accepted = sandbox.dump()
})

describe('AssumeRoleWithWebIdentity', () => {
  test.each(cases.map((one) => [one.name, one] as const))('given %s', async (_, vector) => {
    sandbox.restore(accepted)
    change(sandbox.world, vector)
    expect(await send(vector)).toMatchObject(expected(vector))
  })
})

test('every vector says where it comes from, once', () => {
  const sources = cases.map(
    ({ recorded, reported, assumed }) => [recorded, reported, assumed].filter((one) => one !== undefined).length,
  )
  expect(sources.every((count) => count === 1)).toBe(true)
})

function change(world: World, vector: Vector): void {
  const discovery = { issuer: good.issuer, jwks_uri: `${good.issuer}/keys.json`, ...vector.discovery }
  publish(world, '.well-known/openid-configuration', vector.discovery, discovery)
  publish(world, 'keys.json', vector.keySet, { keys: (vector.keys ?? good.keys).flatMap(publicJwks) })
  const iam = world.aws.iam[good.account]
  const provider = iam?.oidcProviders[PROVIDER]
  const role = iam?.roles['vector']
  if (iam === undefined || provider === undefined || role === undefined)
    throw new Error('The good world lacks its parts')
  if (vector.provider?.missing) delete iam.oidcProviders[PROVIDER]
  if (vector.provider?.clientIds) provider.settings.clientIds = [...vector.provider.clientIds]
  if (vector.provider?.issuer) {
    delete iam.oidcProviders[PROVIDER]
    provider.settings.url = vector.provider.issuer
    iam.oidcProviders[PROVIDER.replace(HOST, vector.provider.issuer.replace('https://', ''))] = provider
  }
  if (vector.role?.missing) delete iam.roles['vector']
  if (vector.role?.trust) role.settings.trustPolicy = trustPolicy(vector.role.trust)
  if (vector.role?.tags) role.settings.tags = vector.role.tags
}

function publish(world: World, key: string, changes: Json | undefined, document: Json): void {
  const bucket = world.aws.s3.buckets[`aws/${BUCKET}`]
  if (bucket === undefined) throw new Error(`The good world lacks the bucket ${BUCKET}`)
  if (changes?.['missing'] === true) return
  const body = typeof changes?.['text'] === 'string' ? changes['text'] : JSON.stringify(resolve(document))
  bucket.objects[key] = [
    {
      versionId: 'null',
      deleteMarker: false,
      etag: 'x',
      lastModifiedAt: 0,
      settings: { body, cacheControl: 'no-cache' },
    },
  ]
}

async function send(vector: Vector): Promise<Json> {
  const form = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    WebIdentityToken: vector.token ?? createToken(vector),
    ...(resolve({ ...good.request, ...vector.request }) as Record<string, string>),
  })
  const request = {
    method: 'POST',
    url: new URL('https://sts.us-east-1.amazonaws.com/'),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(vector.from && { 'x-forwarded-for': vector.from }),
    },
    body: encodeText(form.toString()),
  }
  const { status, body } = await sandbox.handle({ to: 'aws' }, request, 'vectors')
  const { content } = parseXml(decodeText(body))
  const part = (content['Error'] ?? content['AssumeRoleWithWebIdentityResult']) as XmlElement
  return { status, ...part, code: part['Code'], message: part['Message'] }
}

function expected({ expect: { message, ...rest } }: Vector): Json {
  const whole = message === undefined ? {} : { message: texts[message] ?? message }
  return resolve({ ...rest, ...whole }) as Json
}

function createToken(vector: Vector): string {
  const header = resolve({ ...good.header, ...vector.header }) as Json
  const claims = JSON.stringify(resolve({ ...good.claims, ...vector.claims })).replace(
    /\}$/,
    `${vector.claimsEnd ?? ''}}`,
  )
  const text = [JSON.stringify(header), claims].map((part) => Buffer.from(part).toString('base64url')).join('.')
  return `${text}.${signature(text, String(header['alg']), vector.signedBy ?? String(header['kid'])).toString('base64url')}`
}

function signature(text: string, algorithm: string, by: string | { readonly secret: string }): Buffer {
  if (typeof by !== 'string') {
    const secret = pair(by.secret).publicKey.export({ type: 'spki', format: 'pem' })
    return createHmac('sha256', secret).update(text).digest()
  }
  const hash = `sha${/\d+$/.exec(algorithm)?.[0] ?? '256'}`
  return sign(hash, Buffer.from(text), { key: pair(by).privateKey, dsaEncoding: 'ieee-p1363' })
}

function publicJwks(spec: Json): readonly unknown[] {
  const { key, copies, ...members } = spec
  const { privateKey, publicKey } = pair(String(key))
  const size = privateKey.asymmetricKeyDetails?.modulusLength === undefined ? '' : 'RSA'
  const jwk = {
    kid: key,
    use: 'sig',
    ...(size && { alg: 'RS256' }),
    ...publicKey.export({ format: 'jwk' }),
    ...members,
  }
  if (typeof copies !== 'number') return [jwk]
  return Array.from({ length: copies }, (_, index) => ({ ...jwk, kid: `${String(key)}-copy-${index}` }))
}

function pair(name: string): KeyPair {
  const found = KEYS[name]
  if (found === undefined) throw new Error(`There is no key "${name}"`)
  return found
}

/** A certificate that a key signs for itself (RFC 5280), in base64. */
function certificateOf({ privateKey, publicKey }: KeyPair): string {
  const sha256WithRsa = der(0x30, der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), der(0x05))
  const commonName = der(0x30, der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from('vector')))
  const name = der(0x30, der(0x31, commonName))
  const validity = der(0x30, der(0x17, Buffer.from('260101000000Z')), der(0x17, Buffer.from('270101000000Z')))
  const version = der(0xa0, der(0x02, Buffer.from([2])))
  const serial = der(0x02, Buffer.from([1]))
  const key = publicKey.export({ type: 'spki', format: 'der' })
  const content = der(0x30, version, serial, sha256WithRsa, name, validity, name, key)
  const proof = der(0x03, Buffer.from([0]), sign('sha256', content, privateKey))
  return der(0x30, content, sha256WithRsa, proof).toString('base64')
}

function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content)
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

function trustPolicy(statements: readonly Json[]): string {
  return JSON.stringify(resolve({ Version: '2012-10-17', Statement: statements }))
}

/** Puts values in the place of what the vectors only describe. */
function resolve(value: unknown): unknown {
  if (typeof value === 'string') return resolveText(value)
  if (Array.isArray(value)) return value.map(resolve)
  if (typeof value !== 'object' || value === null) return value
  const { now, nowAsText, repeat, certificateOf: named } = value as Json
  const seconds = Math.floor(sandbox.clock.now() / 1000)
  if (typeof now === 'number') return seconds + now
  if (typeof nowAsText === 'number') return String(seconds + nowAsText)
  if (Array.isArray(repeat)) return String(repeat[0]).repeat(Number(repeat[1]))
  if (typeof named === 'string') return certificateOf(pair(named))
  const present = Object.entries(value).filter(([, one]) => (one as Json | null)?.['absent'] !== true)
  return Object.fromEntries(present.map(([key, one]) => [resolveText(key), resolve(one)]))
}

function resolveText(text: string): string {
  const seconds = Math.floor(sandbox.clock.now() / 1000)
  return text
    .replaceAll('{provider}', PROVIDER)
    .replaceAll('{host}', HOST)
    .replaceAll('{role}', ROLE)
    .replaceAll('{account}', good.account)
    .replace(/\{now([+-]\d+)?\}/g, (_, offset?: string) => String(seconds + Number(offset ?? 0)))
}
