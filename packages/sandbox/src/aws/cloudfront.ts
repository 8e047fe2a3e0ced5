// CloudFront, API 2020-05-31 (REST with XML): which request is which operation, and
// how errors look. It is not in the partitions aws-us-gov and aws-eusc.
import {
  createOriginAccessControl,
  deleteOriginAccessControl,
  getOriginAccessControl,
  getOriginAccessControlConfig,
  listOriginAccessControls,
  updateOriginAccessControl,
} from './cloudfront-access-controls.ts'
import { listConflictingAliases } from './cloudfront-aliases.ts'
import {
  createCachePolicy,
  deleteCachePolicy,
  getCachePolicy,
  getCachePolicyConfig,
  listCachePolicies,
  updateCachePolicy,
} from './cloudfront-cache-policies.ts'
import {
  createDistribution,
  createDistributionWithTags,
  deleteDistribution,
  getDistribution,
  getDistributionConfig,
  listDistributions,
  updateDistribution,
} from './cloudfront-distributions.ts'
import { createInvalidation, getInvalidation, listInvalidations } from './cloudfront-invalidations.ts'
import { CLOUDFRONT_NAMESPACE } from './cloudfront-shapes.ts'
import { listTagsForResource, tagResource, untagResource } from './cloudfront-tags.ts'
import type { RestRoute } from './rest-xml.ts'
import { findRoute, respondRestError, route } from './rest-xml.ts'
import type { AwsService } from './service.ts'
import { ServiceError } from './service.ts'

const VERSION = '2020-05-31'

// The first that fits counts: those with a query stand before those without.
const ROUTES: readonly RestRoute[] = [
  route('POST distribution', createDistributionWithTags, 'CreateDistributionWithTags', ['WithTags']),
  route('POST distribution', createDistribution, 'CreateDistribution'),
  route('GET distribution', listDistributions, 'ListDistributions'),
  route('GET distribution/{}', getDistribution, 'GetDistribution'),
  route('GET distribution/{}/config', getDistributionConfig, 'GetDistributionConfig'),
  route('PUT distribution/{}/config', updateDistribution, 'UpdateDistribution'),
  route('DELETE distribution/{}', deleteDistribution, 'DeleteDistribution'),
  route('POST tagging', tagResource, 'TagResource', ['Operation', 'Tag']),
  route('POST tagging', untagResource, 'UntagResource', ['Operation', 'Untag']),
  route('GET tagging', listTagsForResource, 'ListTagsForResource'),
  route('GET conflicting-alias', listConflictingAliases, 'ListConflictingAliases'),
  route('POST origin-access-control', createOriginAccessControl, 'CreateOriginAccessControl'),
  route('GET origin-access-control', listOriginAccessControls, 'ListOriginAccessControls'),
  route('GET origin-access-control/{}', getOriginAccessControl, 'GetOriginAccessControl'),
  route('GET origin-access-control/{}/config', getOriginAccessControlConfig, 'GetOriginAccessControlConfig'),
  route('PUT origin-access-control/{}/config', updateOriginAccessControl, 'UpdateOriginAccessControl'),
  route('DELETE origin-access-control/{}', deleteOriginAccessControl, 'DeleteOriginAccessControl'),
  route('POST cache-policy', createCachePolicy, 'CreateCachePolicy'),
  route('GET cache-policy', listCachePolicies, 'ListCachePolicies'),
  route('GET cache-policy/{}', getCachePolicy, 'GetCachePolicy'),
  route('GET cache-policy/{}/config', getCachePolicyConfig, 'GetCachePolicyConfig'),
  route('PUT cache-policy/{}', updateCachePolicy, 'UpdateCachePolicy'),
  route('DELETE cache-policy/{}', deleteCachePolicy, 'DeleteCachePolicy'),
  route('POST distribution/{}/invalidation', createInvalidation, 'CreateInvalidation'),
  route('GET distribution/{}/invalidation', listInvalidations, 'ListInvalidations'),
  route('GET distribution/{}/invalidation/{}', getInvalidation, 'GetInvalidation'),
]

export const cloudfront: AwsService = {
  name: 'cloudfront',
  identify(request) {
    const found = findRoute(ROUTES, VERSION, request)?.[0]
    return found && { operation: found.operation, access: found.access }
  },
  handle(call) {
    const [found, segments] = findRoute(ROUTES, VERSION, call.request) ?? []
    if (found === undefined || segments === undefined)
      throw new ServiceError('NoSuchResource', 404, 'There is no such operation.')
    if (call.caller.partition === 'aws-us-gov' || call.caller.partition === 'aws-eusc') {
      throw new ServiceError('InvalidClientTokenId', 403, 'The security token included in the request is invalid.')
    }
    return found.answer(call, ...segments)
  },
  respondError: (error, { request }) => respondRestError(error, request, CLOUDFRONT_NAMESPACE),
}
