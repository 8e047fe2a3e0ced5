// Certificates read, listed and deleted.
import { optionalText, textOf, textsOf, validationError } from './acm-input.ts'
import type { Certificate } from './acm-state.ts'
import {
  certificateEndsAt,
  certificateIssuedAt,
  certificateNames,
  certificateStatus,
  certificateUsers,
} from './acm-status.ts'
import { authorize } from './callers.ts'
import type { ConditionContext } from './policy.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'
import { resourceTagContext } from './tag-context.ts'

type Input = Readonly<Record<string, unknown>>

const DEFAULT_ALGORITHM = 'RSA_2048'
/** API Reference, "Filters": what a list shows unless `keyTypes` says otherwise. */
const LISTED_ALGORITHMS = ['RSA_1024', 'RSA_2048']
const MAX_PAGE = 1000

/** Authorises, then finds. @throws {ServiceError} `ResourceNotFoundException`, `InvalidArnException` */
export function openCertificate(
  call: AwsCall,
  action: string,
  input: Input,
  context: ConditionContext = {},
): Certificate {
  const arn = textOf(input, 'CertificateArn')
  if (!/^arn:[\w-]+:acm:[\w-]*:\d*:certificate\/[\w-]+$/.test(arn)) {
    throw new ServiceError(
      'InvalidArnException',
      400,
      `The requested Amazon Resource Name (ARN) does not refer to an existing resource: ${arn}`,
    )
  }
  const found = call.world.aws.acm.certificates[arn]
  const own = found?.account === call.caller.account && found.region === call.region ? found : undefined
  authorize(call, { action, resource: arn, context: { ...context, ...resourceTagContext(own?.settings.tags ?? {}) } })
  if (own === undefined) throw new ServiceError('ResourceNotFoundException', 400, `Could not find certificate ${arn}.`)
  return own
}

export function describeCertificate(call: AwsCall, input: Input): object {
  const certificate = openCertificate(call, 'acm:DescribeCertificate', input)
  const { world, nowMs } = call
  const arn = textOf(input, 'CertificateArn')
  const status = certificateStatus(world, certificate, nowMs)
  return {
    Certificate: {
      ...common(call, arn, certificate),
      SubjectAlternativeNames: certificateNames(certificate),
      DomainValidationOptions: certificateNames(certificate).map((domain) =>
        validationOf(certificate, domain, status, nowMs),
      ),
      Subject: `CN=${certificate.settings.domainName}`,
      Issuer: 'Amazon',
      SignatureAlgorithm: 'SHA256WITHRSA',
      InUseBy: certificateUsers(world, arn, nowMs),
      Options: { CertificateTransparencyLoggingPreference: 'ENABLED', Export: 'DISABLED' },
    },
  }
}

function validationOf(certificate: Certificate, domain: string, status: string, nowMs: number): object {
  const record = certificate.validation[domain]
  const isShown = record !== undefined && nowMs >= certificate.recordVisibleAt
  return {
    DomainName: domain,
    ValidationDomain: domain,
    ValidationStatus:
      status === 'ISSUED' || status === 'EXPIRED'
        ? 'SUCCESS'
        : status === 'PENDING_VALIDATION'
          ? 'PENDING_VALIDATION'
          : 'FAILED',
    ValidationMethod: certificate.settings.validationMethod ?? 'EMAIL',
    ...(isShown && { ResourceRecord: { Name: record.name, Type: 'CNAME', Value: record.value } }),
  }
}

// Times are seconds since the epoch in this protocol.
function common({ world, nowMs }: AwsCall, arn: string, certificate: Certificate): Record<string, unknown> {
  const status = certificateStatus(world, certificate, nowMs)
  const issuedAtMs = certificateIssuedAt(world, certificate) ?? 0
  const isIssued = status === 'ISSUED' || status === 'EXPIRED'
  return {
    CertificateArn: arn,
    DomainName: certificate.settings.domainName,
    Status: status,
    Type: 'AMAZON_ISSUED',
    // ACM writes the algorithm with a hyphen in answers.
    KeyAlgorithm: algorithmOf(certificate).replace('_', '-'),
    CreatedAt: certificate.createdAt / 1000,
    ...(isIssued && {
      IssuedAt: issuedAtMs / 1000,
      NotBefore: issuedAtMs / 1000,
      NotAfter: certificateEndsAt(world, certificate, nowMs) / 1000,
    }),
    RenewalEligibility: certificateUsers(world, arn, nowMs).length > 0 ? 'ELIGIBLE' : 'INELIGIBLE',
  }
}

export function listCertificates(call: AwsCall, input: Input): object {
  authorize(call, { action: 'acm:ListCertificates', resource: '*' })
  const { world, nowMs, caller, region } = call
  const statuses = textsOf(input, 'CertificateStatuses')
  const keyTypes = textsOf((input['Includes'] ?? {}) as Input, 'keyTypes') ?? LISTED_ALGORITHMS
  const maxItems = input['MaxItems'] ?? MAX_PAGE
  if (typeof maxItems !== 'number' || maxItems < 1 || maxItems > MAX_PAGE) {
    throw validationError(maxItems, 'maxItems', `Member must have value between 1 and ${MAX_PAGE}`)
  }
  const after = Buffer.from(optionalText(input, 'NextToken', /^[\w+/=]+$/) ?? '', 'base64').toString()
  const listed = Object.entries(world.aws.acm.certificates)
    .filter(([, certificate]) => certificate.account === caller.account && certificate.region === region)
    .filter(([, certificate]) => keyTypes.includes(algorithmOf(certificate)))
    .filter(([, certificate]) => statuses?.includes(certificateStatus(world, certificate, nowMs)) ?? true)
    .filter(([arn]) => arn > after)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  const page = listed.slice(0, maxItems)
  const last = page.at(-1)?.[0] ?? ''
  return {
    CertificateSummaryList: page.map(([arn, certificate]) => summarize(call, arn, certificate)),
    ...(listed.length > page.length && { NextToken: Buffer.from(last).toString('base64') }),
  }
}

function summarize(call: AwsCall, arn: string, certificate: Certificate): object {
  return {
    ...common(call, arn, certificate),
    SubjectAlternativeNameSummaries: certificateNames(certificate),
    HasAdditionalSubjectAlternativeNames: false,
    InUse: certificateUsers(call.world, arn, call.nowMs).length > 0,
    ExportOption: 'DISABLED',
  }
}

export function deleteCertificate(call: AwsCall, input: Input): undefined {
  openCertificate(call, 'acm:DeleteCertificate', input)
  const arn = textOf(input, 'CertificateArn')
  if (certificateUsers(call.world, arn, call.nowMs).length > 0) {
    throw new ServiceError(
      'ResourceInUseException',
      400,
      `Certificate ${arn} in account ${call.caller.account} is in use.`,
    )
  }
  delete call.world.aws.acm.certificates[arn]
}

function algorithmOf(certificate: Certificate): string {
  return certificate.settings.keyAlgorithm ?? DEFAULT_ALGORITHM
}
