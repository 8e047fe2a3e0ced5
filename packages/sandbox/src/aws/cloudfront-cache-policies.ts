// Cache policies: the account's own, and CloudFront's, which can only be read.
import { uuid } from '../random.ts'
import type { SandboxResponse } from '../http.ts'
import { authorize } from './callers.ts'
import { noSuchCachePolicy } from './cloudfront-config.ts'
import { MANAGED_CACHE_POLICIES, fillLifetimes } from './cloudfront-managed-policies.ts'
import { CACHE_POLICY_CONFIG } from './cloudfront-shapes.ts'
import type { CachePolicyConfig, Versioned } from './cloudfront-state.ts'
import {
  cloudFrontArn,
  invalidArgument,
  nextEtag,
  pageOf,
  readBody,
  requireIfMatch,
  respondNothing,
  respondXml,
  xmlTime,
} from './cloudfront-wire.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'
import type { XmlElement } from './xml.ts'
import { encodeStructure } from './xml-shape.ts'

type Policy = Versioned<CachePolicyConfig>

const ROOT = 'CachePolicyConfig'
/** Developer Guide, "Quotas". */
const MAX_POLICIES = 20
/** The managed policies came with cache policies themselves, in July 2020. */
const MANAGED_SINCE_MS = Date.UTC(2020, 6, 22)

export function createCachePolicy(call: AwsCall): SandboxResponse {
  authorize(call, { action: 'cloudfront:CreateCachePolicy', resource: '*' })
  const config = readBody(call, ROOT, CACHE_POLICY_CONFIG)
  checkPolicy(call, config)
  const { nowMs, caller, world } = call
  const state = world.aws.cloudfront
  if (ownPolicies(call).length >= MAX_POLICIES) {
    throw new ServiceError(
      'TooManyCachePolicies',
      400,
      'You have reached the maximum number of cache policies for this AWS account.',
    )
  }
  const count = `cache-policy ${caller.account} ${config.Name}`
  state.made[count] = (state.made[count] ?? 0) + 1
  const id = uuid(count, state.made[count])
  const policy = {
    account: caller.account,
    etag: nextEtag(id),
    createdAt: nowMs,
    lastModifiedAt: nowMs,
    settings: { config },
  }
  state.cachePolicies[id] = policy
  const location = `https://cloudfront.amazonaws.com/2020-05-31/cache-policy/${id}`
  return respondXml(201, 'CachePolicy', present(id, policy), { etag: policy.etag, location })
}

export function getCachePolicy(call: AwsCall, id: string): SandboxResponse {
  const policy = openPolicy(call, 'cloudfront:GetCachePolicy', id)
  return respondXml(200, 'CachePolicy', present(id, policy), { etag: policy.etag })
}

export function getCachePolicyConfig(call: AwsCall, id: string): SandboxResponse {
  const policy = openPolicy(call, 'cloudfront:GetCachePolicyConfig', id)
  return respondXml(200, ROOT, presentConfig(policy.settings.config), { etag: policy.etag })
}

export function updateCachePolicy(call: AwsCall, id: string): SandboxResponse {
  const policy = openPolicy(call, 'cloudfront:UpdateCachePolicy', id)
  const config = readBody(call, ROOT, CACHE_POLICY_CONFIG)
  refuseManaged('IllegalUpdate', id)
  requireIfMatch(call, policy.etag)
  checkPolicy(call, config, id)
  policy.settings.config = config
  policy.etag = nextEtag(id, policy.etag)
  policy.lastModifiedAt = call.nowMs
  return respondXml(200, 'CachePolicy', present(id, policy), { etag: policy.etag })
}

export function deleteCachePolicy(call: AwsCall, id: string): SandboxResponse {
  const policy = openPolicy(call, 'cloudfront:DeleteCachePolicy', id)
  refuseManaged('IllegalDelete', id)
  requireIfMatch(call, policy.etag)
  const { distributions, cachePolicies } = call.world.aws.cloudfront
  const isUsed = Object.values(distributions).some(({ settings: { config } }) =>
    [config.DefaultCacheBehavior, ...(config.CacheBehaviors?.Items ?? [])].some(
      ({ CachePolicyId }) => CachePolicyId === id,
    ),
  )
  if (isUsed) {
    throw new ServiceError(
      'CachePolicyInUse',
      409,
      'Cannot delete the cache policy because it is attached to one or more cache behaviors.',
    )
  }
  delete cachePolicies[id]
  return respondNothing()
}

export function listCachePolicies(call: AwsCall): SandboxResponse {
  authorize(call, { action: 'cloudfront:ListCachePolicies', resource: '*' })
  const type = call.request.url.searchParams.get('Type')
  const managed = Object.keys(MANAGED_CACHE_POLICIES).map((id): [string, Policy] => [id, managedPolicy(id)])
  const all = [...(type === 'custom' ? [] : managed), ...(type === 'managed' ? [] : ownPolicies(call))]
  const { items, maxItems, nextMarker } = pageOf(call, all)
  const summaries = items.map(([id, policy]) => ({
    Type: id in MANAGED_CACHE_POLICIES ? 'managed' : 'custom',
    CachePolicy: present(id, policy),
  }))
  return respondXml(200, 'CachePolicyList', {
    ...(nextMarker === undefined ? {} : { NextMarker: nextMarker }),
    MaxItems: String(maxItems),
    Quantity: String(items.length),
    ...(items.length === 0 ? {} : { Items: { CachePolicySummary: summaries } }),
  })
}

function ownPolicies(call: AwsCall): [string, Policy][] {
  const all = Object.entries(call.world.aws.cloudfront.cachePolicies)
  return all.filter(([, { account }]) => account === call.caller.account)
}

function managedPolicy(id: string): Policy {
  const config = MANAGED_CACHE_POLICIES[id]
  if (config === undefined) throw noSuchCachePolicy()
  return {
    account: '',
    etag: nextEtag(id),
    createdAt: MANAGED_SINCE_MS,
    lastModifiedAt: MANAGED_SINCE_MS,
    settings: { config },
  }
}

function openPolicy(call: AwsCall, action: string, id: string): Policy {
  authorize(call, { action, resource: cloudFrontArn(call, 'cache-policy', id) })
  const own = call.world.aws.cloudfront.cachePolicies[id]
  return own?.account === call.caller.account ? own : managedPolicy(id)
}

function refuseManaged(code: 'IllegalDelete' | 'IllegalUpdate', id: string): void {
  if (!(id in MANAGED_CACHE_POLICIES)) return
  throw new ServiceError(code, 400, `You cannot ${code === 'IllegalDelete' ? 'delete' : 'update'} a managed policy.`)
}

function checkPolicy(call: AwsCall, config: CachePolicyConfig, id?: string): void {
  if (!/^[\w-]{1,128}$/.test(config.Name)) throw invalidArgument('The parameter Name is invalid.')
  if ((config.Comment ?? '').length > 128) throw invalidArgument('The parameter Comment is too long.')
  const { minSeconds, defaultSeconds, maxSeconds } = fillLifetimes(config)
  if (minSeconds < 0 || minSeconds > defaultSeconds || defaultSeconds > maxSeconds) {
    throw invalidArgument(
      'The parameter MinTTL must be less than or equal to DefaultTTL, and DefaultTTL less than or equal to MaxTTL.',
    )
  }
  const key = config.ParametersInCacheKeyAndForwardedToOrigin
  const isPlain =
    key === undefined ||
    (!key.EnableAcceptEncodingGzip &&
      !key.EnableAcceptEncodingBrotli &&
      key.HeadersConfig.HeaderBehavior === 'none' &&
      key.CookiesConfig.CookieBehavior === 'none' &&
      key.QueryStringsConfig.QueryStringBehavior === 'none')
  if (maxSeconds === 0 && !isPlain) {
    throw invalidArgument(
      'The parameters in the cache key must be none and compression must be off when caching is disabled.',
    )
  }
  const others = Object.values(MANAGED_CACHE_POLICIES).map(({ Name }) => Name)
  const own = ownPolicies(call).filter(([otherId]) => otherId !== id)
  if ([...others, ...own.map(([, { settings }]) => settings.config.Name)].includes(config.Name)) {
    throw new ServiceError('CachePolicyAlreadyExists', 409, 'A cache policy with this name already exists.')
  }
}

function present(id: string, { lastModifiedAt, settings }: Policy): XmlElement {
  return { Id: id, LastModifiedTime: xmlTime(lastModifiedAt), CachePolicyConfig: presentConfig(settings.config) }
}

function presentConfig(config: CachePolicyConfig): XmlElement {
  const { defaultSeconds, maxSeconds } = fillLifetimes(config)
  const key = config.ParametersInCacheKeyAndForwardedToOrigin
  const presented = {
    Comment: '',
    DefaultTTL: defaultSeconds,
    MaxTTL: maxSeconds,
    ...config,
    ...(key && { ParametersInCacheKeyAndForwardedToOrigin: { EnableAcceptEncodingBrotli: false, ...key } }),
  }
  return encodeStructure(presented, CACHE_POLICY_CONFIG)
}
