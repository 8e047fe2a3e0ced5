// RequestCertificate: what may be asked for, and which request is the same as an
// earlier one. The record that proves control depends on account and domain only,
// so that every certificate of a domain is proved by the same one.
import { identifier, uuid } from '../random.ts'
import { optionalText, textOf, textsOf, validationError } from './acm-input.ts'
import type { Certificate } from './acm-state.ts'
import { certificateNames, settleCertificates } from './acm-status.ts'
import { readTags } from './acm-tags.ts'
import { authorize } from './callers.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'
import { requestTagContext } from './tag-context.ts'
import { WAITS } from './waits.ts'

type Input = Readonly<Record<string, unknown>>

const DOMAIN = /^(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])$/
/** ACM User Guide, "Quotas": the domain name and nine others. */
const MAX_NAMES = 10
const KEY_ALGORITHMS = /^(RSA_1024|RSA_2048|RSA_3072|RSA_4096|EC_prime256v1|EC_secp384r1|EC_secp521r1)$/

export function requestCertificate(call: AwsCall, input: Input): object {
  const { caller, nowMs, region, world } = call
  const settings = readSettings(input)
  const context = { ...requestTagContext(settings.tags), ...certificateContext(settings) }
  authorize(call, { action: 'acm:RequestCertificate', resource: '*', context })
  const { certificates, made } = world.aws.acm
  const earlier = findEarlier(call, settings)
  if (earlier !== undefined) return { CertificateArn: earlier }
  const count = `${caller.account} ${region} ${settings.domainName}`
  const number = (made[count] ?? 0) + 1
  const arn = `arn:${caller.partition}:acm:${region}:${caller.account}:certificate/${uuid('certificate', count, number)}`
  if (Object.keys(settings.tags).length > 0) {
    authorize(call, { action: 'acm:AddTagsToCertificate', resource: arn, context: requestTagContext(settings.tags) })
  }
  made[count] = number
  const certificate: Certificate = {
    account: caller.account,
    region,
    settings,
    createdAt: nowMs,
    validation: {},
    recordVisibleAt: nowMs + WAITS.certificateRecordVisibleMs,
  }
  if (settings.validationMethod === 'DNS') certificate.validation = validationRecords(certificate)
  certificates[arn] = certificate
  settleCertificates(world, nowMs)
  return { CertificateArn: arn }
}

function readSettings(input: Input): Certificate['settings'] {
  const domainName = checkName(textOf(input, 'DomainName'), 'domainName')
  const others = textsOf(input, 'SubjectAlternativeNames')?.map((name, index) =>
    checkName(name, `subjectAlternativeNames.${index + 1}.member`),
  )
  if (new Set([domainName, ...(others ?? [])]).size > MAX_NAMES) {
    throw new ServiceError('LimitExceededException', 400, 'Domain name limit exceeded.')
  }
  const validationMethod = optionalText(input, 'ValidationMethod', /^(DNS|EMAIL)$/)
  const keyAlgorithm = optionalText(input, 'KeyAlgorithm', KEY_ALGORITHMS)
  const idempotencyToken = optionalText(input, 'IdempotencyToken', /^\w{1,32}$/)
  return {
    domainName,
    ...(others && { subjectAlternativeNames: others }),
    ...(validationMethod !== undefined && { validationMethod }),
    ...(keyAlgorithm !== undefined && { keyAlgorithm }),
    ...(idempotencyToken !== undefined && { idempotencyToken }),
    tags: readTags(input),
  }
}

function checkName(name: string, member: string): string {
  if (name.length > 253 || !DOMAIN.test(name)) {
    throw validationError(name, member, `Member must satisfy regular expression pattern: ${DOMAIN.source}`)
  }
  return name.toLowerCase()
}

function certificateContext(settings: Certificate['settings']): Record<string, string | string[]> {
  return {
    'acm:DomainNames': [...new Set([settings.domainName, ...(settings.subjectAlternativeNames ?? [])])],
    'acm:KeyAlgorithm': settings.keyAlgorithm ?? 'RSA_2048',
    'acm:ValidationMethod': settings.validationMethod ?? 'EMAIL',
    'acm:CertificateTransparencyLogging': 'ENABLED',
    'acm:Export': 'DISABLED',
  }
}

function findEarlier({ caller, nowMs, region, world }: AwsCall, settings: Certificate['settings']): string | undefined {
  if (settings.idempotencyToken === undefined) return undefined
  const wanted = sameRequest(settings)
  return Object.entries(world.aws.acm.certificates).find(
    ([, other]) =>
      other.account === caller.account &&
      other.region === region &&
      nowMs < other.createdAt + WAITS.certificateTokenMs &&
      sameRequest(other.settings) === wanted,
  )?.[0]
}

function sameRequest(settings: Certificate['settings']): string {
  const { subjectAlternativeNames = [], ...others } = settings
  const { domainName, idempotencyToken, keyAlgorithm, validationMethod } = others
  return JSON.stringify([
    domainName,
    idempotencyToken,
    keyAlgorithm,
    validationMethod,
    subjectAlternativeNames.toSorted(),
  ])
}

/** ACM User Guide, "DNS validation": the same for a domain and its wildcard, whatever the region. */
function validationRecords(certificate: Certificate): Certificate['validation'] {
  return Object.fromEntries(
    certificateNames(certificate).map((domain) => {
      const base = domain.replace(/^\*\./, '')
      const part = (alphabet: 'hex' | 'lower', length: number, what: string): string =>
        identifier(alphabet, length, what, certificate.account, base)
      const target = `_${part('hex', 32, 'record value')}.${part('lower', 10, 'record zone')}.acm-validations.aws.`
      return [domain, { name: `_${part('hex', 32, 'record name')}.${base}.`, value: target }]
    }),
  )
}
