// What tests of the public web begin with: clients for one account or several, and
// the parts of an issuer, made through the APIs as a caller would.
import { ACMClient, DescribeCertificateCommand, RequestCertificateCommand } from '@aws-sdk/client-acm'
import type { CertificateDetail, RequestCertificateCommandInput } from '@aws-sdk/client-acm'
import type { Distribution, DistributionConfig, ItemSelection, Origin } from '@aws-sdk/client-cloudfront'
import {
  CloudFrontClient,
  CreateDistributionCommand,
  CreateOriginAccessControlCommand,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront'
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53'
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53'
import { S3Client } from '@aws-sdk/client-s3'
import type { Partition } from '../world.ts'
import type { Sandbox } from '../sandbox.ts'
import { createSandbox } from '../sandbox.ts'
import type { Session } from '../session.ts'
import type { PolicyDocument } from './policy.ts'

export const ACCOUNT = '111122223333'
export const STRANGER = '999988887777'
export const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6'
/** The zone that aliases to CloudFront name. */
export const ALIAS_ZONE = 'Z2FDTNDATAQYW2'
export const HOUR_MS = 3_600_000

export const BUCKET_ORIGIN: Origin = {
  Id: 'b',
  DomainName: 'bucket.s3.eu-west-1.amazonaws.com',
  S3OriginConfig: { OriginAccessIdentity: '' },
}

/** As little as CloudFront takes. */
export const MINIMAL_CONFIG: DistributionConfig = {
  CallerReference: 'first',
  Comment: 'with <angles> & " quotes "',
  Enabled: true,
  Origins: { Quantity: 1, Items: [BUCKET_ORIGIN] },
  DefaultCacheBehavior: { TargetOriginId: 'b', ViewerProtocolPolicy: 'https-only', CachePolicyId: CACHING_OPTIMIZED },
}

export interface Clients {
  readonly acm: ACMClient
  readonly cloudfront: CloudFrontClient
  readonly route53: Route53Client
  readonly s3: S3Client
}

export interface WebScene extends Clients {
  readonly sandbox: Sandbox
  readonly session: Session
  readonly acmIn: (region: string) => ACMClient
  /** Clients of a user of that account with these policies; of its administrator when none are given. */
  readonly clientsOf: (account: string, policies?: readonly PolicyDocument[]) => Clients
}

export function createWebScene(partition: Partition = 'aws'): WebScene {
  const sandbox = createSandbox({ clock: { mode: 'manual' } })
  for (const id of [ACCOUNT, STRANGER]) sandbox.createAccount({ id, partition })
  const session = sandbox.session('scene')
  const global = partition === 'aws-cn' ? 'cn-northwest-1' : 'us-east-1'
  let users = 0

  function configOf(
    account: string,
    policies?: readonly PolicyDocument[],
  ): Pick<ReturnType<typeof base>, 'credentials' | 'maxAttempts' | 'requestHandler'> {
    users += 1
    return base(sandbox.createUser({ account, name: `user-${users}`, ...(policies && { policies }) }))
  }

  function base(credentials: ReturnType<Sandbox['createUser']>): {
    credentials: ReturnType<Sandbox['createUser']>
    requestHandler: Session['requestHandler']
    maxAttempts: number
  } {
    return { credentials, requestHandler: session.requestHandler, maxAttempts: 1 }
  }

  function clientsOf(account: string, policies?: readonly PolicyDocument[]): Clients {
    const config = { ...configOf(account, policies), region: global }
    return {
      acm: new ACMClient(config),
      cloudfront: new CloudFrontClient(config),
      route53: new Route53Client(config),
      s3: new S3Client({ ...config, region: 'eu-west-1' }),
    }
  }

  const config = configOf(ACCOUNT)
  return { sandbox, session, clientsOf, ...clientsOf(ACCOUNT), acmIn: (region) => new ACMClient({ ...config, region }) }
}

/** `done`, or the name of the error. */
export function outcomeOf(result: Promise<unknown>): Promise<string> {
  return result.then(
    () => 'done',
    (error: Error) => error.name,
  )
}

/** The error that a call ends with; fails when it ends well. */
export async function refusalOf(result: Promise<unknown>): Promise<Error & { $metadata: { httpStatusCode: number } }> {
  return result.then(
    (value) => {
      throw new Error(`A refusal was expected, got ${JSON.stringify(value)}`)
    },
    (error: Error & { $metadata: { httpStatusCode: number } }) => error,
  )
}

export async function createZone(
  { route53 }: Pick<Clients, 'route53'>,
  Name: string = 'example.com',
  isPrivate: boolean = false,
): Promise<string> {
  const vpc = { VPC: { VPCId: 'vpc-1', VPCRegion: 'us-east-1' as const } }
  const { HostedZone } = await route53.send(
    new CreateHostedZoneCommand({ Name, CallerReference: Name, ...(isPrivate && vpc) }),
  )
  return HostedZone?.Id?.replace('/hostedzone/', '') ?? ''
}

export async function changeRecords(
  { route53 }: Pick<Clients, 'route53'>,
  HostedZoneId: string,
  ...changes: readonly (readonly [Change['Action'], ResourceRecordSet])[]
): Promise<string> {
  const Changes = changes.map(([Action, ResourceRecordSet]) => ({ Action, ResourceRecordSet }))
  const { ChangeInfo } = await route53.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }),
  )
  return ChangeInfo?.Id ?? ''
}

export function recordSet(
  Name: string,
  Type: ResourceRecordSet['Type'],
  ...values: readonly string[]
): ResourceRecordSet {
  return { Name, Type, TTL: 300, ResourceRecords: values.map((Value) => ({ Value })) }
}

export function aliasSet(
  Name: string,
  Type: 'A' | 'AAAA' | 'CNAME',
  DNSName: string,
  HostedZoneId: string = ALIAS_ZONE,
): ResourceRecordSet {
  return { Name, Type, AliasTarget: { DNSName, HostedZoneId, EvaluateTargetHealth: false } }
}

export async function requestCertificate(
  acm: ACMClient,
  DomainName: string,
  more: Partial<RequestCertificateCommandInput> = {},
): Promise<string> {
  const { CertificateArn = '' } = await acm.send(
    new RequestCertificateCommand({ DomainName, ValidationMethod: 'DNS', ...more }),
  )
  return CertificateArn
}

export async function describeCertificate(acm: ACMClient, CertificateArn: string): Promise<CertificateDetail> {
  return (await acm.send(new DescribeCertificateCommand({ CertificateArn }))).Certificate as CertificateDetail
}

/** Puts the records that prove a certificate into a zone, or takes them out. */
export async function proveCertificate(
  scene: Clients,
  zoneId: string,
  arn: string,
  action: 'UPSERT' | 'DELETE' = 'UPSERT',
  acm: ACMClient = scene.acm,
): Promise<void> {
  const { DomainValidationOptions = [] } = await describeCertificate(acm, arn)
  const records = new Map(
    DomainValidationOptions.map(({ ResourceRecord }) => [ResourceRecord?.Name ?? '', ResourceRecord?.Value ?? '']),
  )
  await changeRecords(
    scene,
    zoneId,
    ...[...records].map(([name, value]) => [action, recordSet(name, 'CNAME', value)] as const),
  )
}

/** A certificate that is issued by now. */
export async function createCertificate(
  scene: WebScene,
  zoneId: string,
  domain: string,
  acm: ACMClient = scene.acm,
): Promise<string> {
  const arn = await requestCertificate(acm, domain)
  scene.sandbox.clock.advance(10_000)
  await proveCertificate(scene, zoneId, arn, 'UPSERT', acm)
  scene.sandbox.clock.advance(HOUR_MS)
  return arn
}

export async function createControl(
  { cloudfront }: Pick<Clients, 'cloudfront'>,
  Name: string = 'issuer',
): Promise<string> {
  const kind = { SigningProtocol: 'sigv4', SigningBehavior: 'always', OriginAccessControlOriginType: 's3' } as const
  const made = await cloudfront.send(
    new CreateOriginAccessControlCommand({ OriginAccessControlConfig: { Name, ...kind } }),
  )
  return made.OriginAccessControl?.Id ?? ''
}

export interface Made {
  readonly distribution: Distribution & { Id: string; ARN: string; DomainName: string }
  readonly etag: string
}

export async function createDistribution(
  { cloudfront }: Pick<Clients, 'cloudfront'>,
  more: Partial<DistributionConfig> = {},
): Promise<Made> {
  const DistributionConfig = { ...MINIMAL_CONFIG, ...more }
  const { Distribution, ETag } = await cloudfront.send(new CreateDistributionCommand({ DistributionConfig }))
  return { distribution: Distribution as Made['distribution'], etag: ETag ?? '' }
}

export async function readConfig({ cloudfront }: Pick<Clients, 'cloudfront'>, Id: string): Promise<DistributionConfig> {
  const { DistributionConfig } = await cloudfront.send(new GetDistributionConfigCommand({ Id }))
  return DistributionConfig as DistributionConfig
}

/** Reads the configuration, changes it, writes it back; returns the new version. */
export async function updateConfig(
  { cloudfront }: Pick<Clients, 'cloudfront'>,
  Id: string,
  change: Partial<DistributionConfig>,
): Promise<string> {
  const { DistributionConfig: read, ETag } = await cloudfront.send(new GetDistributionConfigCommand({ Id }))
  const DistributionConfig = { ...(read as DistributionConfig), ...change }
  const updated = await cloudfront.send(new UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig }))
  return updated.ETag ?? ''
}

export function forwardNothing(): { QueryString: boolean; Cookies: { Forward: ItemSelection } } {
  return { QueryString: false, Cookies: { Forward: 'none' } }
}
