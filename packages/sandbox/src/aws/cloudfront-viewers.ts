// For whom a distribution may answer, and with which certificate: aliases belong to
// one distribution in the whole partition, and a certificate must cover them all.
import type { World } from '../world.ts'
import { certificateStatus, coversHost, coversName } from './acm-status.ts'
import type { DistributionConfig } from './cloudfront-state.ts'
import { invalidArgument } from './cloudfront-wire.ts'
import { ServiceError } from './service.ts'

export interface ConfigContext {
  readonly world: World
  readonly nowMs: number
  readonly account: string
  readonly partition: string
  /** The distribution that is to have the configuration; absent while it is being made. */
  readonly id?: string
}

const MAX_ALIASES = 100
const REQUIREMENTS_URL =
  'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-requirements'

const PROTOCOL_VERSIONS: readonly string[] = [
  'SSLv3',
  'TLSv1',
  'TLSv1_2016',
  'TLSv1.1_2016',
  'TLSv1.2_2018',
  'TLSv1.2_2019',
  'TLSv1.2_2021',
  'TLSv1.2_2025',
  'TLSv1.3_2025',
]

export function checkCertificate(
  { world, nowMs, account, partition }: ConfigContext,
  config: DistributionConfig,
): void {
  const { ViewerCertificate: viewer = {} } = config
  const aliases = config.Aliases?.Items ?? []
  const { ACMCertificateArn: arn, IAMCertificateId: iamId } = viewer
  if (arn === undefined && iamId === undefined) {
    if (aliases.length === 0) return
    throw invalidCertificate(
      `To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate that validates your authorization to use the domain name. For more details, see: ${REQUIREMENTS_URL}`,
    )
  }
  if (viewer.CloudFrontDefaultCertificate) {
    throw invalidCertificate('CloudFrontDefaultCertificate cannot be used together with another certificate.')
  }
  if (viewer.SSLSupportMethod === undefined) throw invalidArgument('The parameter SSLSupportMethod is required.')
  if (viewer.MinimumProtocolVersion !== undefined && !PROTOCOL_VERSIONS.includes(viewer.MinimumProtocolVersion)) {
    throw new ServiceError('InvalidMinimumProtocolVersion', 400, 'The minimum protocol version specified is not valid.')
  }
  if (arn === undefined) return
  const certificate = world.aws.acm.certificates[arn]
  const usable =
    certificate?.account === account &&
    certificate.region === 'us-east-1' &&
    // CloudFront in China takes certificates from IAM only (Amazon CloudFront in China, "Feature availability").
    partition !== 'aws-cn' &&
    certificateStatus(world, certificate, nowMs) === 'ISSUED'
  if (!usable) {
    throw invalidCertificate(
      "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.",
    )
  }
  if (!aliases.every((alias) => coversHost(certificate, alias))) {
    throw invalidCertificate(
      `The certificate that is attached to your distribution doesn't cover the alternate domain name (CNAME) that you're trying to add. For more details, see: ${REQUIREMENTS_URL}`,
    )
  }
}

function invalidCertificate(message: string): ServiceError {
  return new ServiceError('InvalidViewerCertificate', 400, message)
}

export function checkAliases({ world, account, partition, id }: ConfigContext, aliases: readonly string[]): void {
  if (aliases.length > MAX_ALIASES) {
    throw new ServiceError(
      'TooManyDistributionCNAMEs',
      400,
      'Your request contains more CNAMEs than are allowed per distribution.',
    )
  }
  if (!aliases.every((alias) => /^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$/.test(alias))) {
    throw invalidArgument('The parameter CNAME contains one or more parameters that are not valid.')
  }
  const others = Object.entries(world.aws.cloudfront.distributions).filter(
    ([otherId, other]) => otherId !== id && other.partition === partition,
  )
  for (const [, other] of others) {
    const clashes = (taken: string, alias: string): boolean =>
      taken === alias ||
      // Names that overlap by a wildcard are fine within one account (Developer Guide, "Use custom URLs").
      (other.account !== account && (coversName(taken, alias) || coversName(alias, taken)))
    const taken = other.settings.config.Aliases?.Items ?? []
    if (taken.some((name) => aliases.some((alias) => clashes(name, alias)))) {
      throw new ServiceError(
        'CNAMEAlreadyExists',
        409,
        'One or more of the CNAMEs you provided are already associated with a different resource.',
      )
    }
  }
}
