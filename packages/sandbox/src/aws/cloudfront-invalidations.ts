// Invalidations: a promise that edges forget what they stored before. Edges read
// them here; nothing is removed from caches by the request itself.
import { identifier } from '../random.ts'
import type { SandboxResponse } from '../http.ts'
import { openDistribution } from './cloudfront-distributions.ts'
import { INVALIDATION_BATCH } from './cloudfront-shapes.ts'
import type { Invalidation } from './cloudfront-state.ts'
import { invalidArgument, listMembers, pageOf, readBody, respondXml, xmlTime } from './cloudfront-wire.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'
import { WAITS } from './waits.ts'
import type { XmlElement } from './xml.ts'

/** Developer Guide, "Quotas": paths in one request. */
const MAX_PATHS = 3000

export function createInvalidation(call: AwsCall, distributionId: string): SandboxResponse {
  const { invalidations } = openDistribution(call, 'cloudfront:CreateInvalidation', distributionId)
  const batch = readBody(call, 'InvalidationBatch', INVALIDATION_BATCH)
  const paths = batch.Paths.Items ?? []
  if (paths.length === 0) throw invalidArgument('The parameter Paths is required.')
  if (paths.length > MAX_PATHS)
    throw new ServiceError('BatchTooLarge', 413, 'Invalidation batch specified is too large.')
  if (!paths.every((path) => /^\/[^*\s]*\*?$/.test(path))) {
    throw invalidArgument('Your request contains one or more invalid invalidation paths.')
  }
  const id = `I${identifier('upper', 13, 'invalidation', distributionId, batch.CallerReference)}`
  const earlier = invalidations[id]
  if (earlier && earlier.settings.paths.join('\n') !== paths.join('\n')) {
    throw new ServiceError(
      'InvalidationBatchAlreadyExists',
      409,
      'An invalidation with the same caller reference and other paths already exists.',
    )
  }
  const invalidation = earlier ?? {
    settings: { paths, callerReference: batch.CallerReference },
    createdAt: call.nowMs,
    completedAt: call.nowMs + WAITS.invalidationCompletedMs,
  }
  invalidations[id] = invalidation
  const location = `https://cloudfront.amazonaws.com/2020-05-31/distribution/${distributionId}/invalidation/${id}`
  return respondXml(201, 'Invalidation', present(id, invalidation, call.nowMs), { location })
}

export function getInvalidation(call: AwsCall, distributionId: string, id: string): SandboxResponse {
  const { invalidations } = openDistribution(call, 'cloudfront:GetInvalidation', distributionId)
  const invalidation = invalidations[id]
  if (invalidation === undefined) {
    throw new ServiceError('NoSuchInvalidation', 404, 'The specified invalidation does not exist.')
  }
  return respondXml(200, 'Invalidation', present(id, invalidation, call.nowMs))
}

export function listInvalidations(call: AwsCall, distributionId: string): SandboxResponse {
  const { invalidations } = openDistribution(call, 'cloudfront:ListInvalidations', distributionId)
  const page = pageOf(call, Object.entries(invalidations))
  const summaries = page.items.map(([id, invalidation]) => summarize(id, invalidation, call.nowMs))
  return respondXml(200, 'InvalidationList', listMembers(page, 'InvalidationSummary', summaries))
}

function summarize(id: string, { createdAt, completedAt }: Invalidation, nowMs: number): XmlElement {
  return { Id: id, CreateTime: xmlTime(createdAt), Status: nowMs < completedAt ? 'InProgress' : 'Completed' }
}

function present(id: string, invalidation: Invalidation, nowMs: number): XmlElement {
  const { paths, callerReference } = invalidation.settings
  return {
    ...summarize(id, invalidation, nowMs),
    InvalidationBatch: {
      Paths: { Quantity: String(paths.length), Items: { Path: paths } },
      CallerReference: callerReference,
    },
  }
}
