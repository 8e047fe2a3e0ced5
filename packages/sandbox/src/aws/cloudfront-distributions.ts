// Distributions: made, read, replaced, deleted, listed. What edges serve meanwhile
// follows from the times kept here.
import type { SandboxResponse } from '../http.ts'
import { identifier } from '../random.ts'
import { authorize } from './callers.ts'
import { checkConfig } from './cloudfront-config.ts'
import { presentConfig } from './cloudfront-defaults.ts'
import { DISTRIBUTION_CONFIG, DISTRIBUTION_CONFIG_WITH_TAGS } from './cloudfront-shapes.ts'
import type { Distribution, DistributionConfig } from './cloudfront-state.ts'
import { servedConfig } from './cloudfront-state.ts'
import { readTags } from './cloudfront-tags.ts'
import { checkUpdate } from './cloudfront-updates.ts'
import type { ConfigContext } from './cloudfront-viewers.ts'
import {
  cloudFrontArn,
  cloudFrontId,
  listMembers,
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
import { requestTagContext, resourceTagContext } from './tag-context.ts'
import { WAITS } from './waits.ts'
import type { XmlElement } from './xml.ts'
import { encodeStructure } from './xml-shape.ts'

export function createDistribution(call: AwsCall): SandboxResponse {
  authorize(call, { action: 'cloudfront:CreateDistribution', resource: '*' })
  return storeNew(call, readBody(call, 'DistributionConfig', DISTRIBUTION_CONFIG), {})
}

export function createDistributionWithTags(call: AwsCall): SandboxResponse {
  const body = readBody(call, 'DistributionConfigWithTags', DISTRIBUTION_CONFIG_WITH_TAGS)
  const tags = readTags(body.Tags)
  const context = requestTagContext(tags)
  authorize(call, { action: 'cloudfront:CreateDistribution', resource: '*', context })
  const resource = cloudFrontArn(call, 'distribution', distributionId(call, body.DistributionConfig))
  authorize(call, { action: 'cloudfront:TagResource', resource, context })
  return storeNew(call, body.DistributionConfig, tags)
}

function distributionId(call: AwsCall, { CallerReference }: DistributionConfig): string {
  return cloudFrontId('distribution', call.caller.account, CallerReference)
}

function storeNew(call: AwsCall, config: DistributionConfig, tags: Record<string, string>): SandboxResponse {
  const { caller, nowMs, world } = call
  const state = world.aws.cloudfront
  const reference = `${caller.account} ${config.CallerReference}`
  const used = state.callerReferences[reference]
  if (used !== undefined) {
    throw new ServiceError(
      'DistributionAlreadyExists',
      409,
      `The caller reference that you are using to create a distribution is associated with another distribution. Already exists: ${used}`,
    )
  }
  checkConfig(configContext(call), config)
  const id = distributionId(call, config)
  const zone = caller.partition === 'aws-cn' ? 'cloudfront.cn' : 'cloudfront.net'
  state.callerReferences[reference] = id
  const distribution: Distribution = {
    account: caller.account,
    partition: caller.partition,
    arn: cloudFrontArn(call, 'distribution', id),
    domainName: `d${identifier('lower', 13, 'host', id)}.${zone}`,
    etag: nextEtag(id),
    createdAt: nowMs,
    lastModifiedAt: nowMs,
    deployedAt: nowMs + WAITS.distributionDeployedMs,
    settings: { config, tags },
    invalidations: {},
  }
  state.distributions[id] = distribution
  const location = `https://cloudfront.amazonaws.com/2020-05-31/distribution/${id}`
  return respondXml(201, 'Distribution', present(id, distribution, nowMs), { etag: distribution.etag, location })
}

function configContext({ world, nowMs, caller }: AwsCall, id?: string): ConfigContext {
  const { account, partition } = caller
  return { world, nowMs, account, partition, ...(id === undefined ? {} : { id }) }
}

export function getDistribution(call: AwsCall, id: string): SandboxResponse {
  const distribution = openDistribution(call, 'cloudfront:GetDistribution', id)
  return respondXml(200, 'Distribution', present(id, distribution, call.nowMs), { etag: distribution.etag })
}

export function getDistributionConfig(call: AwsCall, id: string): SandboxResponse {
  const { etag, settings } = openDistribution(call, 'cloudfront:GetDistributionConfig', id)
  return respondXml(200, 'DistributionConfig', presentXml(settings.config), { etag })
}

export function updateDistribution(call: AwsCall, id: string): SandboxResponse {
  const { nowMs } = call
  const distribution = openDistribution(call, 'cloudfront:UpdateDistribution', id)
  const config = readBody(call, 'DistributionConfig', DISTRIBUTION_CONFIG)
  requireIfMatch(call, distribution.etag)
  checkUpdate(distribution.settings.config, config)
  checkConfig(configContext(call, id), config)
  releaseCertificate(call, distribution, config)
  const served = servedConfig(distribution, nowMs)
  if (served) distribution.former = { config: served }
  distribution.settings.config = config
  distribution.etag = nextEtag(id, distribution.etag)
  distribution.lastModifiedAt = nowMs
  distribution.deployedAt = nowMs + WAITS.distributionDeployedMs
  return respondXml(200, 'Distribution', present(id, distribution, nowMs), { etag: distribution.etag })
}

export function deleteDistribution(call: AwsCall, id: string): SandboxResponse {
  const distribution = openDistribution(call, 'cloudfront:DeleteDistribution', id)
  requireIfMatch(call, distribution.etag)
  if (distribution.settings.config.Enabled || call.nowMs < distribution.deployedAt) {
    throw new ServiceError(
      'DistributionNotDisabled',
      409,
      'The distribution you are trying to delete has not been disabled.',
    )
  }
  releaseCertificate(call, distribution)
  delete call.world.aws.cloudfront.distributions[id]
  return respondNothing()
}

// ACM goes on seeing a certificate in use for a while after it was let go.
function releaseCertificate(call: AwsCall, distribution: Distribution, next?: DistributionConfig): void {
  const arn = distribution.settings.config.ViewerCertificate?.ACMCertificateArn ?? ''
  const certificate = call.world.aws.acm.certificates[arn]
  if (certificate === undefined || next?.ViewerCertificate?.ACMCertificateArn === arn) return
  certificate.lastUse = { by: distribution.arn, endedAt: call.nowMs }
}

export function listDistributions(call: AwsCall): SandboxResponse {
  authorize(call, { action: 'cloudfront:ListDistributions', resource: '*' })
  const own = Object.entries(call.world.aws.cloudfront.distributions).filter(
    ([, { account }]) => account === call.caller.account,
  )
  const page = pageOf(call, own)
  const summaries = page.items.map(([id, distribution]) => summarize(id, distribution, call.nowMs))
  return respondXml(200, 'DistributionList', listMembers(page, 'DistributionSummary', summaries))
}

/** Authorises, then finds. @throws {ServiceError} `NoSuchDistribution` for what other accounts have, too. */
export function openDistribution(call: AwsCall, action: string, id: string): Distribution {
  const found = call.world.aws.cloudfront.distributions[id]
  const own = found?.account === call.caller.account ? found : undefined
  const resource = cloudFrontArn(call, 'distribution', id)
  authorize(call, { action, resource, context: resourceTagContext(own?.settings.tags ?? {}) })
  if (own === undefined) throw new ServiceError('NoSuchDistribution', 404, 'The specified distribution does not exist.')
  return own
}

function present(id: string, distribution: Distribution, nowMs: number): XmlElement {
  const { settings, invalidations } = distribution
  const running = Object.values(invalidations).filter(({ completedAt }) => nowMs < completedAt).length
  return {
    ...common(id, distribution, nowMs),
    InProgressInvalidationBatches: String(running),
    DomainName: distribution.domainName,
    ActiveTrustedSigners: { Enabled: 'false', Quantity: '0' },
    ActiveTrustedKeyGroups: { Enabled: 'false', Quantity: '0' },
    DistributionConfig: presentXml(settings.config),
    ...recordals(settings.config),
  }
}

function common(id: string, { arn, deployedAt, lastModifiedAt }: Distribution, nowMs: number): XmlElement {
  return {
    Id: id,
    ARN: arn,
    Status: nowMs < deployedAt ? 'InProgress' : 'Deployed',
    LastModifiedTime: xmlTime(lastModifiedAt),
  }
}

function presentXml(config: DistributionConfig): XmlElement {
  return encodeStructure(presentConfig(config), DISTRIBUTION_CONFIG)
}

// A summary has some of the configuration's members, and no configuration.
const NOT_IN_SUMMARY = [
  'CallerReference',
  'DefaultRootObject',
  'Logging',
  'ContinuousDeploymentPolicyId',
  'TenantConfig',
  'CacheTagConfig',
]

function summarize(id: string, distribution: Distribution, nowMs: number): XmlElement {
  const members = Object.entries(presentXml(distribution.settings.config))
  return {
    ...common(id, distribution, nowMs),
    ETag: distribution.etag,
    DomainName: distribution.domainName,
    ...Object.fromEntries(members.filter(([name]) => !NOT_IN_SUMMARY.includes(name))),
    ...recordals(distribution.settings.config),
  }
}

// China's permission to publish, per alias; outside China all count as approved.
function recordals({ Aliases }: DistributionConfig): XmlElement {
  const items = (Aliases?.Items ?? []).map((alias) => ({ CNAME: alias, ICPRecordalStatus: 'APPROVED' }))
  return items.length === 0 ? {} : { AliasICPRecordals: { AliasICPRecordal: items } }
}
