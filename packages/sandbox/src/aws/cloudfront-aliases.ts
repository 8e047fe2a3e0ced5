// Who else has an alias: for moving one from another distribution.
import type { SandboxResponse } from '../http.ts'
import { authorize } from './callers.ts'
import { coversName } from './acm-status.ts'
import { cloudFrontArn, invalidArgument, pageOf, respondXml } from './cloudfront-wire.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'

/**
 * AWS asks for a distribution whose certificate covers the alias, so that nobody can
 * look up strangers; ids and accounts are half hidden (API Reference, "ListConflictingAliases").
 */
export function listConflictingAliases(call: AwsCall): SandboxResponse {
  const query = call.request.url.searchParams
  const [alias, id] = [query.get('Alias') ?? '', query.get('DistributionId') ?? '']
  authorize(call, { action: 'cloudfront:ListConflictingAliases', resource: cloudFrontArn(call, 'distribution', id) })
  if (alias === '' || id === '') throw invalidArgument('The parameters Alias and DistributionId are required.')
  const { distributions } = call.world.aws.cloudfront
  if (distributions[id]?.account !== call.caller.account) {
    throw new ServiceError('NoSuchDistribution', 404, 'The specified distribution does not exist.')
  }
  const conflicts = Object.entries(distributions).flatMap(([otherId, { account, settings }]) =>
    (settings.config.Aliases?.Items ?? [])
      .filter((taken) => otherId !== id && (taken === alias || coversName(taken, alias) || coversName(alias, taken)))
      .map((taken): [string, { Alias: string; DistributionId: string; AccountId: string }] => [
        otherId,
        { Alias: taken, DistributionId: `*******${otherId.slice(-7)}`, AccountId: `******${account.slice(-6)}` },
      ]),
  )
  const { items, maxItems, nextMarker } = pageOf(call, conflicts)
  return respondXml(200, 'ConflictingAliasesList', {
    ...(nextMarker === undefined ? {} : { NextMarker: nextMarker }),
    MaxItems: String(maxItems),
    Quantity: String(items.length),
    ...(items.length === 0 ? {} : { Items: { ConflictingAlias: items.map(([, conflict]) => conflict) } }),
  })
}
