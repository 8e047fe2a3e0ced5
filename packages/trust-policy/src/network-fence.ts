// From where a role's credentials may be used: a permission policy that denies everything to requests from elsewhere.
// Stolen credentials are worth nothing outside of the fence. Knows addresses and ids, not whose they are.

import { collectProblems, type Problems } from './error.ts'
import { type AddressRange, isNetwork, isWithin, parseRange } from './ip-address.ts'
import type { PolicyDocument, PolicyStatement } from './policy.ts'
import { kindOf, quote } from './quote.ts'

/** From where requests are let through. At least one network is needed. */
export interface NetworkFenceOptions {
  /**
   * Public addresses and ranges in CIDR notation, IPv4 and IPv6: those that requests have when they reach AWS over the
   * internet, so the addresses of NAT gateways and not of pods. Ranges from /8 (IPv4) and /16 (IPv6) on.
   */
  readonly cidrs?: readonly string[]
  /** VPCs (`vpc-…`) whose requests come through a VPC endpoint. */
  readonly vpcs?: readonly string[]
  /** VPC endpoints (`vpce-…`), where a VPC as a whole is too much. */
  readonly vpcEndpoints?: readonly string[]
  /**
   * Whether AWS services may use the role's credentials on behalf of a caller inside the fence, as Athena does when it
   * reads S3. Default `true`.
   */
  readonly awsServicesOnBehalf?: boolean
  /** Longest allowed text: 1 to 10240 characters. Default 6144, the quota of a managed policy. */
  readonly limitCharacters?: number
}

/** A permission policy as {@link createNetworkFence} builds it. */
export interface NetworkFence extends PolicyDocument {
  readonly Version: '2012-10-17'
  readonly Statement: readonly [PolicyStatement]
}

// Addresses that no request over the internet has (RFC 1122, 1918, 3927, 5771, 6598; RFC 4193, 4291).
const neverPublic: readonly AddressRange[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
  '::/16',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
].flatMap((text) => parseRange(text) ?? [])

const shortestPrefixBits = { 4: 8, 6: 16 } as const
const defaultLimitCharacters = 6144
const highestLimitCharacters = 10_240

/**
 * Builds a permission policy that denies every action to requests from outside of the given networks.
 *
 * Attach it to the role beside the policies that allow something: it allows nothing by itself. It restricts the use of
 * credentials, not the exchange of tokens for them. Requests over IPv6 are outside unless an IPv6 range is given, and
 * requests through a VPC endpoint unless its VPC or itself is given.
 *
 * @param options The networks: `cidrs`, `vpcs`, `vpcEndpoints`.
 * @throws {TrustPolicyError} `fence-invalid`, with every problem: no network at all, which would lock everybody out;
 *   private addresses, which AWS never sees; ranges so wide that nobody is locked out; host bits in a range.
 *   `policy-too-large`, with the numbers.
 * @see AWS IAM User Guide, AWS: Denies access to AWS based on the source IP; AWS global condition context keys
 * @see AWS whitepaper, Building a data perimeter on AWS
 *
 * @example
 * ```ts
 * import { createNetworkFence } from '@irsa/trust-policy'
 *
 * const fence = createNetworkFence({ cidrs: ['203.0.113.7', '2001:db8:42::/48'], vpcs: ['vpc-0a1b2c3d'] })
 * console.log(fence.Statement[0].Condition)
 * // {
 * //   NotIpAddress: { 'aws:SourceIp': [ '203.0.113.7/32', '2001:db8:42::/48' ] },
 * //   StringNotEquals: { 'aws:SourceVpc': 'vpc-0a1b2c3d' },
 * //   BoolIfExists: { 'aws:ViaAWSService': 'false' },
 * // }
 * ```
 */
export function createNetworkFence(options: NetworkFenceOptions): NetworkFence {
  const what = 'build the network fence'
  const problems = collectProblems('fence-invalid')
  if (typeof options !== 'object' || options === null) {
    problems.add('', `an object is needed, found ${kindOf(options)}`)
    problems.throwIfAny(what)
  }
  const { awsServicesOnBehalf = true, limitCharacters = defaultLimitCharacters } = options
  const cidrs = readList(options.cidrs, '/cidrs', problems, readCidr)
  const vpcs = readList(options.vpcs, '/vpcs', problems, readId('vpc'))
  const endpoints = readList(options.vpcEndpoints, '/vpcEndpoints', problems, readId('vpce'))
  if (cidrs.length + vpcs.length + endpoints.length === 0) {
    problems.add('', 'at least one network is needed, found none: the fence would lock everybody out')
  }
  if (!Number.isInteger(limitCharacters) || limitCharacters < 1 || limitCharacters > highestLimitCharacters) {
    const message = `a number from 1 to ${highestLimitCharacters} is needed, found ${quote(limitCharacters)}`
    problems.add('/limitCharacters', message)
  }
  problems.throwIfAny(what)
  const ids = {
    ...(vpcs.length > 0 ? { 'aws:SourceVpc': oneOrMany(vpcs) } : {}),
    ...(endpoints.length > 0 ? { 'aws:SourceVpce': oneOrMany(endpoints) } : {}),
  }
  // Each condition says "not from here"; all of them must hold, so a request from any of the networks passes. A key that
  // is absent counts as not from here, which is how the negated operators treat it.
  const fence: NetworkFence = {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'NetworkFence',
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: {
          ...(cidrs.length > 0 ? { NotIpAddress: { 'aws:SourceIp': oneOrMany(cidrs) } } : {}),
          ...(Object.keys(ids).length > 0 ? { StringNotEquals: ids } : {}),
          ...(awsServicesOnBehalf ? { BoolIfExists: { 'aws:ViaAWSService': 'false' } } : {}),
        },
      },
    ],
  }
  const { length } = JSON.stringify(fence)
  if (length > limitCharacters) {
    const tooLarge = collectProblems('policy-too-large')
    tooLarge.add('', `at most ${limitCharacters} characters are needed, found ${length}`, 'Put ranges together')
    tooLarge.throwIfAny(what)
  }
  return fence
}

type Read = (value: string, path: string, problems: Problems) => string

function readList(values: unknown, path: string, problems: Problems, read: Read): string[] {
  if (values === undefined) return []
  if (!Array.isArray(values)) {
    problems.add(path, `a list is needed, found ${kindOf(values)}`)
    return []
  }
  const texts = values.map((value: unknown, index) => {
    if (typeof value === 'string') return read(value, `${path}/${index}`, problems)
    problems.add(`${path}/${index}`, `a text is needed, found ${kindOf(value)}`)
    return ''
  })
  return [...new Set(texts)]
}

function readCidr(text: string, path: string, problems: Problems): string {
  const range = parseRange(text)
  if (range === undefined) {
    problems.add(path, `an IPv4 or IPv6 address or range is needed, found ${quote(text)}`)
  } else if (neverPublic.some((reserved) => isWithin(range, reserved))) {
    const fix = 'AWS sees the address of the NAT gateway, or the VPC of the VPC endpoint: give those'
    problems.add(path, `public addresses are needed, found ${quote(text)}, which no request to AWS comes from`, fix)
  } else if (range.prefixBits < shortestPrefixBits[range.version]) {
    const message = `a range from /${shortestPrefixBits[range.version]} on is needed, found ${quote(text)}`
    problems.add(path, `${message}: the fence would keep hardly anybody out`)
  } else if (!isNetwork(range)) {
    problems.add(path, `a range whose address ends with its prefix is needed, found ${quote(text)}`)
  }
  // IAM takes an address alone for a /32, of IPv6 addresses too.
  return text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`
}

function readId(prefix: string): Read {
  const pattern = new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`)
  return (text, path, problems) => {
    if (!pattern.test(text)) {
      problems.add(path, `an id ${prefix}- and 8 or 17 hexadecimal digits is needed, found ${quote(text)}`)
    }
    return text
  }
}

function oneOrMany(values: readonly string[]): string | readonly string[] {
  const [first] = values
  return first !== undefined && values.length === 1 ? first : values
}
