// State of CloudFront in all accounts. Configurations are kept in the form of the
// API's own members: `{ Quantity: 1, Items: [...] }`, booleans and numbers as such.
// What CloudFront fills in when it is asked to show one is not stored.

export interface ItemList<T> {
  Quantity: number
  Items?: T[]
}

/** The members that the sandbox acts on; every other one of the API is stored and given back too. */
export interface DistributionConfig {
  CallerReference: string
  Comment: string
  Enabled: boolean
  Origins: ItemList<OriginConfig>
  DefaultCacheBehavior: CacheBehavior
  CacheBehaviors?: ItemList<CacheBehavior & { PathPattern: string }>
  CustomErrorResponses?: ItemList<{ ErrorCode: number; ErrorCachingMinTTL?: number }>
  Aliases?: ItemList<string>
  DefaultRootObject?: string
  PriceClass?: string
  HttpVersion?: string
  ViewerCertificate?: ViewerCertificate
}

export interface OriginConfig {
  Id: string
  DomainName: string
  OriginPath?: string
  OriginAccessControlId?: string
  S3OriginConfig?: { OriginAccessIdentity: string }
  CustomOriginConfig?: { HTTPPort: number; HTTPSPort: number; OriginProtocolPolicy: string }
  VpcOriginConfig?: { VpcOriginId: string }
  ConnectionAttempts?: number
  ConnectionTimeout?: number
}

export interface CacheBehavior {
  TargetOriginId: string
  ViewerProtocolPolicy: string
  AllowedMethods?: ItemList<string>
  CachePolicyId?: string
  ForwardedValues?: unknown
  MinTTL?: number
  DefaultTTL?: number
  MaxTTL?: number
}

export interface ViewerCertificate {
  CloudFrontDefaultCertificate?: boolean
  IAMCertificateId?: string
  ACMCertificateArn?: string
  SSLSupportMethod?: string
  MinimumProtocolVersion?: string
}

export interface Invalidation {
  settings: { paths: string[]; callerReference: string }
  createdAt: number
  completedAt: number
}

export interface Distribution {
  account: string
  partition: string
  arn: string
  domainName: string
  etag: string
  createdAt: number
  lastModifiedAt: number
  /** From when on the status is `Deployed` and edges serve `settings`. */
  deployedAt: number
  /** What edges serve until then. Absent until the first update: before the first deployment they serve nothing. */
  former?: { config: DistributionConfig }
  settings: { config: DistributionConfig; tags: Record<string, string> }
  /** By id. */
  invalidations: Record<string, Invalidation>
}

export interface OriginAccessControlConfig {
  Name: string
  Description?: string
  SigningProtocol: string
  SigningBehavior: string
  OriginAccessControlOriginType: string
}

export interface CachePolicyConfig {
  Name: string
  Comment?: string
  MinTTL: number
  DefaultTTL?: number
  MaxTTL?: number
  ParametersInCacheKeyAndForwardedToOrigin?: CacheKeyParameters
}

export interface CacheKeyParameters {
  EnableAcceptEncodingGzip: boolean
  EnableAcceptEncodingBrotli?: boolean
  HeadersConfig: { HeaderBehavior: string; Headers?: ItemList<string> }
  CookiesConfig: { CookieBehavior: string; Cookies?: ItemList<string> }
  QueryStringsConfig: { QueryStringBehavior: string; QueryStrings?: ItemList<string> }
}

export interface Versioned<Config> {
  account: string
  etag: string
  createdAt: number
  lastModifiedAt: number
  settings: { config: Config }
}

export interface CloudFrontState {
  /** By id. */
  distributions: Record<string, Distribution>
  originAccessControls: Record<string, Versioned<OriginAccessControlConfig>>
  cachePolicies: Record<string, Versioned<CachePolicyConfig>>
  /** Ids of distributions, gone ones too, by `<account> <caller reference>`: CloudFront refuses to see a reference twice. */
  callerReferences: Record<string, string>
  /** How many there have been, by `<kind> <account> <name>`: what takes the name again gets another id. */
  made: Record<string, number>
}

export function emptyCloudFrontState(): CloudFrontState {
  return { distributions: {}, originAccessControls: {}, cachePolicies: {}, callerReferences: {}, made: {} }
}

/** What edges serve at `nowMs`; `undefined` before the first deployment. */
export function servedConfig(distribution: Distribution, nowMs: number): DistributionConfig | undefined {
  return nowMs >= distribution.deployedAt ? distribution.settings.config : distribution.former?.config
}
