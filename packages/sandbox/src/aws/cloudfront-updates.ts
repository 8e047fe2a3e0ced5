// What an update must not change, and what it must not leave out: it replaces all
// of the configuration, and CloudFront refuses one without what a read shows.
import type { DistributionConfig } from './cloudfront-state.ts'
import { invalidArgument } from './cloudfront-wire.ts'
import { ServiceError } from './service.ts'

// Developer Guide, "Required API fields for creating and updating distributions". The first three texts
// are what callers report to have got, in this order; the others follow the same pattern.
const NEEDED_ON_UPDATE: readonly (readonly [string, string])[] = [
  ['Aliases', 'Aliases are missing for the resource'],
  ['DefaultRootObject', 'DefaultRootObject is missing for the resource'],
  ['CacheBehaviors', 'CacheBehaviors are missing for the resource'],
  ['CustomErrorResponses', 'CustomErrorResponses are missing for the resource'],
  ['Logging', 'Logging is missing for the resource'],
  ['PriceClass', 'PriceClass is missing for the resource'],
  ['ViewerCertificate', 'ViewerCertificate is missing for the resource'],
  ['Restrictions', 'Restrictions are missing for the resource'],
  ['WebACLId', 'WebACLId is missing for the resource'],
  ['HttpVersion', 'HttpVersion is missing for the resource'],
]
const NEEDED_IN_BEHAVIOR = [
  'AllowedMethods',
  'SmoothStreaming',
  'Compress',
  'LambdaFunctionAssociations',
  'FieldLevelEncryptionId',
]

/** @throws {ServiceError} `IllegalUpdate`, `InvalidArgument` */
export function checkUpdate(former: DistributionConfig, config: DistributionConfig): void {
  if (former.CallerReference !== config.CallerReference) {
    throw illegalUpdate('The update contains modifications that are not allowed: CallerReference cannot be changed.')
  }
  const missing = NEEDED_ON_UPDATE.find(([name]) => !(name in config))
  if (missing) throw illegalUpdate(missing[1])
  if (!config.Origins.Items?.every((origin) => 'CustomHeaders' in origin)) {
    throw illegalUpdate("The 'OriginCustomHeaders' field is missing")
  }
  for (const behavior of [config.DefaultCacheBehavior, ...(config.CacheBehaviors?.Items ?? [])]) {
    const absent = NEEDED_IN_BEHAVIOR.find((name) => !(name in behavior))
    if (absent !== undefined) throw invalidArgument(`The parameter ${absent} flag is missing`)
  }
}

function illegalUpdate(message: string): ServiceError {
  return new ServiceError('IllegalUpdate', 400, message)
}
