// When is a bucket policy public? S3 takes it to be until every grant is to fixed
// values. S3 User Guide, "Blocking public access to your Amazon S3 storage",
// section "The meaning of public".
import type { PolicyDocument, Statement } from './policy.ts'
import { list } from './policy.ts'

// The keys that page names. "An AWS principal … (e.g. aws:PrincipalOrgID)" is read as the keys that name a principal.
const LIMITING_KEYS: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceip',
  'aws:sourceowner',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  's3:dataaccesspointaccount',
  's3:dataaccesspointarn',
])

// Operators that hold for the values named and for nothing else. `…IfExists` and
// `ForAllValues:` also hold when the key is absent, the negated ones for nearly everything.
const LIMITING_OPERATORS: ReadonlySet<string> = new Set([
  'stringequals',
  'stringequalsignorecase',
  'stringlike',
  'arnequals',
  'arnlike',
  'ipaddress',
  'foranyvalue:stringequals',
  'foranyvalue:stringequalsignorecase',
  'foranyvalue:stringlike',
  'foranyvalue:arnequals',
  'foranyvalue:arnlike',
])

export function isPublicPolicy(policy: PolicyDocument): boolean {
  return list(policy.Statement).some((statement) => statement.Effect === 'Allow' && isPublicGrant(statement))
}

function isPublicGrant(statement: Statement): boolean {
  return !hasFixedPrincipal(statement) && !hasFixedCondition(statement)
}

function hasFixedPrincipal({ Principal }: Statement): boolean {
  if (Principal === undefined || Principal === '*') return false
  return Object.values(Principal).every((values) => list(values).every((value) => !value.includes('*')))
}

function hasFixedCondition({ Condition }: Statement): boolean {
  return Object.entries(Condition ?? {}).some(
    ([operator, block]) =>
      LIMITING_OPERATORS.has(operator.toLowerCase()) &&
      Object.entries(block).some(([key, values]) => {
        const name = key.toLowerCase()
        const texts = list(values).map(String)
        return LIMITING_KEYS.has(name) && texts.length > 0 && texts.every((text) => isFixed(name, text))
      }),
  )
}

function isFixed(key: string, value: string): boolean {
  if (value.includes('${')) return false
  if (key === 'aws:sourceip') return isNarrowRange(value)
  // The name of the access point may be a wildcard as long as the account is fixed.
  if (key === 's3:dataaccesspointarn') return /^arn:[\w-]+:s3:[^:]*:\d{12}:accesspoint\//.test(value)
  return !/[*?]/.test(value)
}

/** At most a /8 of IPv4 or a /32 of IPv6. */
function isNarrowRange(value: string): boolean {
  const [address = '', length] = value.split('/')
  if (/[*?]/.test(value)) return false
  if (address.includes(':')) return Number(length ?? 128) >= 32
  return Number(length ?? 32) >= 8
}
