// A whole issuer as seen from the public web: bucket, access control, distribution,
// certificate and alias, all deployed and in sync, with one key set in the bucket.
import type { DistributionConfig } from '@aws-sdk/client-cloudfront'
import { CreateBucketCommand, PutBucketPolicyCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { fetchPublic } from './public-web.ts'
import type { WebScene } from './web-scene.test.setup.ts'
import {
  BUCKET_ORIGIN,
  aliasSet,
  changeRecords,
  createCertificate,
  createControl,
  createDistribution,
  createWebScene,
  createZone,
} from './web-scene.test.setup.ts'

export const HOST = 'oidc.example.com'
export const KEYS_URL = `https://${HOST}/openid/v1/jwks`
export const BUCKET = 'issuer-documents'
export const BUCKET_HOST = `${BUCKET}.s3.eu-west-1.amazonaws.com`

export interface Issuer extends WebScene {
  readonly zoneId: string
  readonly distributionId: string
  readonly domainName: string
  readonly certificateArn: string
}

/** The key set is `first`, to be kept for an hour. */
export async function createIssuer(config: Partial<DistributionConfig> = {}): Promise<Issuer> {
  const scene = createWebScene()
  const { sandbox, s3 } = scene
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }))
  const zoneId = await createZone(scene)
  const certificateArn = await createCertificate(scene, zoneId, HOST)
  const origin = { ...BUCKET_ORIGIN, DomainName: BUCKET_HOST, OriginAccessControlId: await createControl(scene) }
  const { distribution } = await createDistribution(scene, {
    Aliases: { Quantity: 1, Items: [HOST] },
    Origins: { Quantity: 1, Items: [origin] },
    ViewerCertificate: {
      ACMCertificateArn: certificateArn,
      SSLSupportMethod: 'sni-only',
      MinimumProtocolVersion: 'TLSv1.2_2021',
    },
    ...config,
  })
  const { Id: distributionId, DomainName: domainName, ARN } = distribution
  const condition = { StringEquals: { 'AWS:SourceArn': ARN } }
  await allow(scene, ['s3:GetObject'], condition)
  await changeRecords(scene, zoneId, ['UPSERT', aliasSet(HOST, 'A', domainName)])
  const issuer = { ...scene, zoneId, distributionId, domainName, certificateArn }
  await publish(issuer, 'first')
  sandbox.clock.advance(900_000)
  return issuer
}

/** Lets CloudFront do this in the bucket. */
export async function allow({ s3 }: WebScene, Action: readonly string[], Condition: object): Promise<void> {
  const Resource = [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`]
  const Principal = { Service: 'cloudfront.amazonaws.com' }
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal, Action, Resource, Condition },
  })
  await s3.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy }))
}

export async function publish(
  { s3 }: WebScene,
  Body: string,
  CacheControl: string | undefined = 'public, max-age=3600',
): Promise<void> {
  const headers = { ContentType: 'application/json', ...(CacheControl !== '' && { CacheControl }) }
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'openid/v1/jwks', Body, ...headers }))
}

export function visit(
  { sandbox }: Issuer,
  url: string = KEYS_URL,
  cacheName: string = 'viewer',
): ReturnType<typeof fetchPublic> {
  return fetchPublic(sandbox.world, sandbox.clock.now(), url, cacheName)
}
