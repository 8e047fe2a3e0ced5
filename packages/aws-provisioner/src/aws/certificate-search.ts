// Finds the certificate that is used for a domain, or would be: the one that the
// distribution already has, else the best of those that carry our mark.
import type { CertificateDetail, CertificateSummary } from '@aws-sdk/client-acm'
import type { Clock } from '../clock.ts'
import { poll } from '../clock.ts'
import { describeAwsError } from '../error.ts'
import { OWNER_TAG } from '../names.ts'
import type { AwsClients } from './clients.ts'
import { collect } from './cloudfront-lists.ts'

const NAME_INTERVAL_MS = 3_000
const NAME_TIMEOUT_MS = 3 * 60_000

export interface FoundCertificate {
  readonly arn: string
  readonly status: string
  readonly domainName: string
  readonly keyAlgorithm: string
  readonly validationMethod: string
  readonly tags: Readonly<Record<string, string>>
  /** The record that proves control of the domain, once ACM shows it. */
  readonly validation?: { readonly name: string; readonly value: string }
  /** ARNs of other certificates for the same domain: they need the same validation record. */
  readonly others: readonly string[]
  readonly failureReason?: string
}

/** Whether it is issued or may still be. */
function isUsable(status: string | undefined): boolean {
  return status === 'ISSUED' || status === 'PENDING_VALIDATION'
}

/** All certificates whose first name is `domain`, of every key type: without `keyTypes` ACM lists RSA only. */
export async function listCertificates(clients: AwsClients, domain: string): Promise<readonly CertificateSummary[]> {
  const { ListCertificatesCommand } = await import('@aws-sdk/client-acm')
  const client = await clients.acm()
  const all = await collect('list the certificates', async (token) => {
    const page = await client.send(
      new ListCertificatesCommand({
        NextToken: token,
        Includes: { keyTypes: ['RSA_2048', 'RSA_3072', 'RSA_4096', 'EC_prime256v1', 'EC_secp384r1'] },
      }),
    )
    return { items: page.CertificateSummaryList ?? [], next: page.NextToken }
  })
  return all.filter(({ DomainName: name }) => name === domain || name === `*.${domain}`)
}

export async function chooseCertificate(
  clients: AwsClients,
  summaries: readonly CertificateSummary[],
  options: { readonly usedArn: string | undefined; readonly owner: string },
): Promise<FoundCertificate | undefined> {
  const arns = summaries.flatMap(({ CertificateArn: arn }) => arn ?? [])
  const all = await Promise.all(arns.map((arn) => readCertificate(clients, arn, arns)))
  const found = all.filter((one) => one !== undefined)
  return (
    found.find(({ arn }) => arn === options.usedArn) ??
    found
      .filter(({ tags, status }) => tags[OWNER_TAG] === options.owner && isUsable(status))
      .sort((a, b) => Number(b.status === 'ISSUED') - Number(a.status === 'ISSUED') || (a.arn < b.arn ? -1 : 1))[0]
  )
}

export async function readCertificate(
  clients: AwsClients,
  arn: string,
  sameDomain: readonly string[],
): Promise<FoundCertificate | undefined> {
  const { DescribeCertificateCommand, ListTagsForCertificateCommand } = await import('@aws-sdk/client-acm')
  const client = await clients.acm()
  try {
    const [{ Certificate: detail }, { Tags: tags }] = await Promise.all([
      client.send(new DescribeCertificateCommand({ CertificateArn: arn })),
      client.send(new ListTagsForCertificateCommand({ CertificateArn: arn })),
    ])
    return {
      arn,
      status: detail?.Status ?? 'unknown',
      domainName: detail?.DomainName ?? '',
      keyAlgorithm: (detail?.KeyAlgorithm ?? '').replace('-', '_'),
      validationMethod: detail?.DomainValidationOptions?.[0]?.ValidationMethod ?? 'DNS',
      tags: Object.fromEntries((tags ?? []).map(({ Key: key, Value: value }) => [key ?? '', value ?? ''])),
      others: sameDomain.filter((other) => other !== arn),
      ...validationOf(detail),
      ...(detail?.FailureReason === undefined ? {} : { failureReason: detail.FailureReason }),
    }
  } catch (error) {
    // Deleted since it was listed.
    if ((error as Error).name === 'ResourceNotFoundException') return undefined
    throw describeAwsError(`read the certificate ${arn}`, error)
  }
}

function validationOf(detail: CertificateDetail | undefined): Pick<FoundCertificate, 'validation'> {
  const record = detail?.DomainValidationOptions?.[0]?.ResourceRecord
  if (record?.Name === undefined || record.Value === undefined) return {}
  return { validation: { name: record.Name.replace(/\.$/, ''), value: record.Value } }
}

/** The record that proves control of the domain; ACM names it some seconds after the request. */
export async function awaitValidation(
  context: { readonly clients: AwsClients; readonly clock: Clock },
  arn: string,
  report: (message: string) => void,
  signal?: AbortSignal,
): Promise<NonNullable<FoundCertificate['validation']>> {
  return poll<NonNullable<FoundCertificate['validation']>>({
    clock: context.clock,
    intervalMs: NAME_INTERVAL_MS,
    timeoutMs: NAME_TIMEOUT_MS,
    what: `ACM to name the validation record of ${arn}`,
    ...(signal === undefined ? {} : { signal }),
    onPending: report,
    check: async () => {
      const found = await readCertificate(context.clients, arn, [])
      return found?.validation === undefined
        ? { pending: 'the validation record is not named yet' }
        : { done: found.validation }
    },
  })
}
