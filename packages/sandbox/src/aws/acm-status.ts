// What a certificate is at a moment: computed from when its records came into
// their public zones, never from who looked when.
import type { World } from '../world.ts'
import type { Certificate } from './acm-state.ts'
import { servedConfig } from './cloudfront-state.ts'
import { findPublicRecord, hostOf } from './public-dns.ts'
import { WAITS } from './waits.ts'

export type CertificateStatus = 'PENDING_VALIDATION' | 'ISSUED' | 'VALIDATION_TIMED_OUT' | 'EXPIRED'

export function certificateStatus(world: World, certificate: Certificate, nowMs: number): CertificateStatus {
  const issuedAtMs = certificateIssuedAt(world, certificate)
  if (issuedAtMs === undefined || nowMs < issuedAtMs) {
    return nowMs >= certificate.createdAt + WAITS.certificateTimedOutMs ? 'VALIDATION_TIMED_OUT' : 'PENDING_VALIDATION'
  }
  return nowMs < certificateEndsAt(world, certificate, nowMs) ? 'ISSUED' : 'EXPIRED'
}

/** When it is, or will be, issued; `undefined` while a record is missing. */
export function certificateIssuedAt(world: World, certificate: Certificate): number | undefined {
  return certificate.issuedAt ?? validatedAt(world, certificate)
}

/** The end of its present term. ACM renews it for as long as the records stay in their zones. */
export function certificateEndsAt(world: World, certificate: Certificate, nowMs: number): number {
  const firstEndMs = (certificateIssuedAt(world, certificate) ?? certificate.createdAt) + WAITS.certificateValidMs
  if (nowMs < firstEndMs || validatedAt(world, certificate) === undefined) return firstEndMs
  return firstEndMs + Math.ceil((nowMs - firstEndMs + 1) / WAITS.certificateValidMs) * WAITS.certificateValidMs
}

/**
 * Writes down what records say about certificates that are not issued yet: after
 * each change of records, so that an issued one stays so when its records leave.
 */
export function settleCertificates(world: World, nowMs: number): void {
  for (const certificate of Object.values(world.aws.acm.certificates)) {
    if (certificate.issuedAt !== undefined && certificate.issuedAt <= nowMs) continue
    const issuedAtMs = validatedAt(world, certificate)
    if (issuedAtMs === undefined) delete certificate.issuedAt
    else certificate.issuedAt = issuedAtMs
  }
}

function validatedAt(world: World, certificate: Certificate): number | undefined {
  if (certificate.settings.validationMethod !== 'DNS') return undefined
  let atMs = certificate.createdAt
  for (const { name, value } of Object.values(certificate.validation)) {
    const record = findPublicRecord(world, name, 'CNAME')
    if (!record?.settings.values?.some((target) => hostOf(target) === hostOf(value))) return undefined
    atMs = Math.max(atMs, record.changedAt)
  }
  const issuedAtMs = atMs + WAITS.certificateIssuedMs
  return atMs < certificate.createdAt + WAITS.certificateTimedOutMs ? issuedAtMs : undefined
}

/** Whether one of its names is the host's; a wildcard stands for one label. */
export function coversHost(certificate: Certificate, host: string): boolean {
  return certificateNames(certificate).some((name) => coversName(name, host))
}

/** The domain name first, then the others, each once. */
export function certificateNames({ settings }: Certificate): string[] {
  return [...new Set([settings.domainName, ...(settings.subjectAlternativeNames ?? [])])]
}

export function coversName(pattern: string, host: string): boolean {
  if (pattern === host) return true
  return pattern.startsWith('*.') && !host.startsWith('*.') && host.slice(host.indexOf('.') + 1) === pattern.slice(2)
}

/** ARNs of the distributions that keep a certificate from being deleted. */
export function certificateUsers(world: World, arn: string, nowMs: number): string[] {
  const users = Object.values(world.aws.cloudfront.distributions)
    .filter((distribution) =>
      [distribution.settings.config, servedConfig(distribution, nowMs)].some(
        (config) => config?.ViewerCertificate?.ACMCertificateArn === arn,
      ),
    )
    .map((distribution) => distribution.arn)
  const last = world.aws.acm.certificates[arn]?.lastUse
  const lingers = last !== undefined && nowMs < last.endedAt + WAITS.certificateReleasedMs
  return lingers && !users.includes(last.by) ? [...users, last.by] : users
}
