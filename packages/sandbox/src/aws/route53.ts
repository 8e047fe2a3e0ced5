// Route 53, API 2013-04-01 (REST with XML): hosted zones, simple records, changes, tags.
import { changeResourceRecordSets, listResourceRecordSets } from './route53-records.ts'
import { getChange } from './route53-changes.ts'
import { changeTagsForResource, listTagsForResource } from './route53-tags.ts'
import { ROUTE53_NAMESPACE } from './route53-wire.ts'
import {
  createHostedZone,
  deleteHostedZone,
  getHostedZone,
  listHostedZones,
  listHostedZonesByName,
} from './route53-zones.ts'
import type { RestRoute } from './rest-xml.ts'
import { findRoute, respondRestError, route } from './rest-xml.ts'
import type { AwsService } from './service.ts'
import { ServiceError } from './service.ts'

const VERSION = '2013-04-01'

const ROUTES: readonly RestRoute[] = [
  route('POST hostedzone', createHostedZone, 'CreateHostedZone'),
  route('GET hostedzone', listHostedZones, 'ListHostedZones'),
  route('GET hostedzonesbyname', listHostedZonesByName, 'ListHostedZonesByName'),
  route('GET hostedzone/{}', getHostedZone, 'GetHostedZone'),
  route('DELETE hostedzone/{}', deleteHostedZone, 'DeleteHostedZone'),
  route('GET hostedzone/{}/rrset', listResourceRecordSets, 'ListResourceRecordSets'),
  route('POST hostedzone/{}/rrset', changeResourceRecordSets, 'ChangeResourceRecordSets'),
  route('GET change/{}', getChange, 'GetChange'),
  route('GET tags/{}/{}', listTagsForResource, 'ListTagsForResource'),
  route('POST tags/{}/{}', changeTagsForResource, 'ChangeTagsForResource'),
]

export const route53: AwsService = {
  name: 'route53',
  identify(request) {
    const found = findRoute(ROUTES, VERSION, request)?.[0]
    return found && { operation: found.operation, access: found.access }
  },
  handle(call) {
    const [found, segments] = findRoute(ROUTES, VERSION, call.request) ?? []
    if (found === undefined || segments === undefined)
      throw new ServiceError('InvalidAction', 404, 'There is no such operation.')
    return found.answer(call, ...segments)
  },
  respondError: (error, { request }) => respondRestError(error, request, ROUTE53_NAMESPACE),
}
