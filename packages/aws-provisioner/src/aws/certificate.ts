// The certificate of a domain of one's own; CloudFront takes it from us-east-1.
import { AddTagsToCertificateCommand, DeleteCertificateCommand, RequestCertificateCommand } from '@aws-sdk/client-acm'
import type { Attributes } from '@irsa/reconcile'
import { poll } from '../clock.ts'
import type { AwsContext } from '../context.ts'
import { isAwsError, ProvisionerError } from '../error.ts'
import type { KindOperations } from '../operations.ts'
import { absent } from '../operations.ts'
import { ownedTags, ownershipByTags, toTagList } from '../ownership.ts'
import type { FoundCertificate } from './certificate-search.ts'
import { awaitValidation, readCertificate } from './certificate-search.ts'

const INTERVAL_MS = 5_000
/** ACM itself gives up after 72 hours; DNS that is right is seen within half an hour. */
const ISSUE_TIMEOUT_MS = 45 * 60_000
/** A deleted distribution lets go of its certificate some minutes later. */
const RELEASE_TIMEOUT_MS = 15 * 60_000

export const certificate: KindOperations = {
  async observe({ facts, owner }, resource) {
    const found = facts.certificate
    if (found === undefined) return absent(resource)
    return {
      id: resource.id,
      state: 'present',
      attributes: {
        domainName: found.domainName,
        validationMethod: found.validationMethod,
        keyAlgorithm: found.keyAlgorithm,
        tags: ownedTags(found.tags, resource),
      },
      outputs: outputs(found),
      ready: found.status === 'ISSUED',
      ...ownershipByTags(found.tags, owner),
    }
  },

  async ensure(context, { attributes, observed, report, signal }) {
    const client = await context.clients.acm()
    const tags = toTagList(attributes['tags'] as Attributes)
    const existing = observed.outputs['arn']
    if (existing !== undefined) {
      await client.send(new AddTagsToCertificateCommand({ CertificateArn: existing, Tags: tags }))
      return undefined
    }
    const domain = String(attributes['domainName'])
    const { CertificateArn: arn = '' } = await client.send(
      new RequestCertificateCommand({
        DomainName: domain,
        ValidationMethod: 'DNS',
        KeyAlgorithm: 'RSA_2048',
        // Two runs at once, or a lost answer, must not end with two certificates.
        IdempotencyToken: context.owner.replace(/\W/g, '_').slice(0, 32),
        Tags: tags,
      }),
    )
    const { name, value } = await awaitValidation(context, arn, report, signal)
    return { name: domain, arn, validationName: name, validationValue: value }
  },

  async await(context, { attributes, observed, report, signal }) {
    const arn = observed.outputs['arn'] ?? ''
    return poll({
      clock: context.clock,
      intervalMs: INTERVAL_MS * 2,
      timeoutMs: ISSUE_TIMEOUT_MS,
      what: `the certificate of "${String(attributes['domainName'])}" to be issued`,
      ...(signal === undefined ? {} : { signal }),
      onPending: (message, waitedMs) => report(`${message} (${Math.round(waitedMs / 1000)} s; usually some minutes)`),
      check: async () => {
        const found = await readCertificate(context.clients, arn, [])
        if (found?.status === 'ISSUED') return { done: outputs(found) }
        if (found?.status === 'PENDING_VALIDATION') return { pending: pendingReason(context, found) }
        throw new ProvisionerError(
          'rejected',
          `Cannot use the certificate ${arn}: its status is ${found?.status ?? 'deleted'}${found?.failureReason === undefined ? '' : ` (${found.failureReason})`}`,
          {
            hint: 'Mend what ACM names (a CAA record that excludes amazon.com, for instance) and run again: a new one is requested.',
          },
        )
      },
    })
  },

  async remove(context, { observed, report, signal }) {
    const client = await context.clients.acm()
    const CertificateArn = observed.outputs['arn'] ?? ''
    await poll({
      clock: context.clock,
      intervalMs: INTERVAL_MS * 3,
      timeoutMs: RELEASE_TIMEOUT_MS,
      what: `CloudFront to let go of the certificate ${CertificateArn}`,
      ...(signal === undefined ? {} : { signal }),
      onPending: report,
      check: async () => {
        try {
          await client.send(new DeleteCertificateCommand({ CertificateArn }))
          return { done: true }
        } catch (error) {
          if (isAwsError(error, 'ResourceNotFound')) return { done: true }
          if (!isAwsError(error, 'ResourceInUse')) throw error
          return { pending: 'it is still in use' }
        }
      },
    })
    return undefined
  },
}

function outputs(found: FoundCertificate): Readonly<Record<string, string>> {
  return {
    name: found.domainName,
    arn: found.arn,
    ...(found.validation === undefined
      ? {}
      : { validationName: found.validation.name, validationValue: found.validation.value }),
    ...(found.others.length === 0 ? {} : { others: found.others.join(' ') }),
  }
}

function pendingReason(context: AwsContext, found: FoundCertificate): string {
  if (context.facts.zone !== undefined || found.validation === undefined)
    return 'it waits for its validation record to be seen'
  return `make this record in the zone of "${found.domainName}": ${found.validation.name}. CNAME ${found.validation.value}`
}
