// What hosts the documents: bucket, distribution, certificate, records.
import type { Attributes, Plan, Resource, ResourceId, Value } from '@irsa/reconcile'
import { ref } from '@irsa/reconcile'
import type { DesiredInput } from './desired.ts'
import { resourceId } from './ids.ts'
import type { AwsKind } from './kinds.ts'
import { bucketHost, cloudFrontZoneId, distributionComment, objectKeys, OWNER_TAG } from './names.ts'
import type { ProtectedKeys } from './policies.ts'
import { createBucketPolicy } from './policies.ts'
import type { Settings } from './settings.ts'
import { cloudFrontHost, domainHost, issuerPath, ownerOf, ownHost } from './settings.ts'

/** AWS's managed cache policy `CachingOptimized` (CloudFront Developer Guide, "Use managed cache policies"). */
const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6'
/** Never a policy that takes TLS 1.3 only: STS would fall back to thumbprints (IAM User Guide). */
const MINIMUM_TLS = 'TLSv1.2_2021'
const VALIDATION_TTL_SECONDS = 300
/** Longer than any key's life in a set, so that a lost set can be put back. */
const NONCURRENT_DAYS = 400

export function desiredHost(input: DesiredInput): {
  readonly resources: readonly Resource[]
  readonly kept: Plan['kept']
} {
  const host = ownHost(input.settings)
  if (host === undefined) return { resources: [], kept: [] }
  const resource = resourceMaker(input)
  const kept = keptBucket(input)
  const bucket = bucketResource(input, resource)
  return {
    resources: [
      ...(kept.length > 0 ? [{ ...bucket, presence: 'present' as const }] : [bucket]),
      ...edgeResources(input, resource),
      ...recordResources(input, resource),
      resource('bucket-policy', bucketOf(input), { bucket: bucketOf(input), policy: policyOf(input) }),
    ],
    kept,
  }
}

type MakeResource = (kind: AwsKind, name: string, attributes: Attributes) => Resource

export function resourceMaker({ to }: Pick<DesiredInput, 'to'>): MakeResource {
  return (kind, name, attributes) => ({ id: resourceId(kind, name), kind, attributes, presence: to })
}

/** Tags of every resource that can carry them: the user's and our mark. */
export function tagsOf(settings: Settings): Attributes {
  return { ...settings.aws.tags, [OWNER_TAG]: ownerOf(settings) }
}

export function distributionId(settings: Settings): ResourceId {
  return resourceId('distribution', domainHost(settings)?.domain ?? settings.name)
}

/** A name that anybody could take once it is free would let them speak for our issuer: it is kept. */
function keptBucket(input: DesiredInput): Plan['kept'] {
  const { facts, to, releaseName } = input
  if (to === 'present' || releaseName === true || facts.bucket?.namespace !== 'global') return []
  return [
    {
      resource: resourceId('bucket', facts.bucket.name),
      because:
        'anybody could take its name and speak for this issuer wherever it is still trusted; it is emptied and kept unless --release-name is given',
    },
  ]
}

function bucketResource({ settings, facts }: DesiredInput, resource: MakeResource): Resource {
  const name = facts.bucket?.name ?? ''
  const isPublic = ownHost(settings)?.hosting === 's3'
  return resource('bucket', name, {
    name,
    region: facts.region,
    publicAccessBlock: {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: !isPublic,
      RestrictPublicBuckets: !isPublic,
    },
    ownership: 'BucketOwnerEnforced',
    versioning: 'Enabled',
    encryption: 'AES256',
    lifecycle: { status: 'Enabled', prefix: '', noncurrentDays: NONCURRENT_DAYS },
    tags: tagsOf(settings),
  })
}

function edgeResources(input: DesiredInput, resource: MakeResource): readonly Resource[] {
  const { settings, facts } = input
  const host = cloudFrontHost(settings)
  if (host === undefined || facts.accessControl === undefined) return []
  const accessControl = resource('origin-access-control', facts.accessControl.name, {
    name: facts.accessControl.name,
    description: distributionComment(ownerOf(settings)),
    originType: 's3',
    signingBehavior: 'always',
    signingProtocol: 'sigv4',
  })
  const cachePolicy =
    host.cacheTtl === undefined || facts.cachePolicy === undefined
      ? undefined
      : resource('cache-policy', facts.cachePolicy.name, {
          name: facts.cachePolicy.name,
          comment: distributionComment(ownerOf(settings)),
          ...host.cacheTtl,
          key: { gzip: true, brotli: true, headers: 'none', cookies: 'none', queryStrings: 'none' },
        })
  return [
    accessControl,
    ...(cachePolicy === undefined ? [] : [cachePolicy]),
    distributionResource(input, resource, {
      accessControlId: ref(accessControl.id, 'id'),
      cachePolicyId: cachePolicy === undefined ? CACHING_OPTIMIZED : ref(cachePolicy.id, 'id'),
    }),
  ]
}

function distributionResource(
  { settings, facts }: DesiredInput,
  resource: MakeResource,
  ids: { readonly accessControlId: Value; readonly cachePolicyId: Value },
): Resource {
  const domain = domainHost(settings)
  const originId = 'documents'
  return resource('distribution', domain?.domain ?? settings.name, {
    comment: distributionComment(ownerOf(settings)),
    enabled: true,
    aliases: domain === undefined ? [] : [domain.domain],
    priceClass: cloudFrontHost(settings)?.priceClass,
    httpVersion: 'http2',
    ipv6: true,
    defaultRootObject: '',
    origins: [
      {
        id: originId,
        domainName: bucketHost(facts.bucket?.name ?? '', facts),
        path: '',
        accessControlId: ids.accessControlId,
      },
    ],
    behavior: {
      originId,
      viewerProtocolPolicy: 'https-only',
      allowedMethods: ['GET', 'HEAD'],
      cachedMethods: ['GET', 'HEAD'],
      compress: true,
      cachePolicyId: ids.cachePolicyId,
      functions: [],
    },
    // Another behaviour, a function or an error page could answer in the documents' place.
    otherBehaviors: [],
    errorResponses: [],
    certificate: viewerCertificate(domain),
    geoRestriction: 'none',
    tags: tagsOf(settings),
  })
}

function viewerCertificate(domain: ReturnType<typeof domainHost>): Attributes {
  if (domain === undefined) return { source: 'cloudfront' }
  const arn = domain.certificateArn ?? ref(resourceId('certificate', domain.domain), 'arn')
  const source = domain.certificateArn?.startsWith('ASC') ? 'iam' : 'acm'
  return { source, arn, minimumProtocolVersion: MINIMUM_TLS, support: 'sni-only' }
}

function recordResources({ settings, facts }: DesiredInput, resource: MakeResource): readonly Resource[] {
  const domain = domainHost(settings)
  if (domain === undefined) return []
  const certificateId = resourceId('certificate', domain.domain)
  const certificate = resource('certificate', domain.domain, {
    domainName: domain.domain,
    validationMethod: 'DNS',
    keyAlgorithm: 'RSA_2048',
    tags: tagsOf(settings),
  })
  const { zone } = facts
  const validation =
    zone === undefined
      ? []
      : [
          resource('validation-record', domain.domain, {
            zoneId: zone.id,
            name: ref(certificateId, 'validationName'),
            type: 'CNAME',
            ttlSeconds: VALIDATION_TTL_SECONDS,
            values: [ref(certificateId, 'validationValue')],
          }),
        ]
  const aliases =
    zone === undefined
      ? []
      : (['A', 'AAAA'] as const).map((type) =>
          resource('alias-record', `${domain.domain}-${type}`, {
            zoneId: zone.id,
            name: domain.domain,
            type,
            target: {
              dnsName: ref(distributionId(settings), 'domainName'),
              hostedZoneId: cloudFrontZoneId(facts.partition),
              evaluateTargetHealth: false,
            },
          }),
        )
  return [...(domain.certificateArn === undefined ? [certificate, ...validation] : []), ...aliases]
}

function bucketOf({ facts }: DesiredInput): string {
  return facts.bucket?.name ?? ''
}

function policyOf(input: DesiredInput): Attributes {
  const { settings, facts } = input
  return createBucketPolicy({
    bucket: bucketOf(input),
    partition: facts.partition,
    keys: protectedKeys(input),
    reader:
      cloudFrontHost(settings) === undefined ? 'everybody' : { distributionArn: ref(distributionId(settings), 'arn') },
    deletionRoles: ownHost(settings)?.deletionRoles ?? [],
  })
}

/** A host does not know its clusters: it guards whatever is called as their documents are. */
function protectedKeys({ settings, facts }: DesiredInput): ProtectedKeys {
  const path = settings.host === undefined ? issuerPath(settings.issuer) : '/*'
  const keys = objectKeys(path, facts.jwksPath)
  return { documents: [keys.discovery, keys.jwks], records: [keys.record] }
}
