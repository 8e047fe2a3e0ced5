// What S3 accepts as a bucket policy. Each refusal is `MalformedPolicy`; the texts
// are those that S3 is known to give. Whether a policy is wise is not asked here.
import type { Partition, World } from '../world.ts'
import { asSeen } from './iam-replica.ts'
import type { PolicyDocument, Statement } from './policy.ts'
import { list, wildcard } from './policy.ts'
import { isConditionOperator } from './policy-conditions.ts'
import type { OpenBucket } from './s3-access.ts'
import { BUCKET_ACTIONS, CONDITION_KEY_ACTIONS, OBJECT_ACTIONS, UNIVERSAL_CONDITION_KEYS } from './s3-actions.ts'
import { ServiceError } from './service.ts'
import { WAITS } from './waits.ts'

/** S3 User Guide, "Bucket policies for Amazon S3": 20 KB. */
const MAX_POLICY_BYTES = 20_480
const VERSIONS: readonly unknown[] = [undefined, '2008-10-17', '2012-10-17']
const DOCUMENT_MEMBERS: ReadonlySet<string> = new Set(['Version', 'Id', 'Statement'])
const STATEMENT_MEMBERS: ReadonlySet<string> = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
])
/** @throws {ServiceError} `MalformedPolicy`. */
export function parseBucketPolicy(text: string, opened: OpenBucket, world: World): PolicyDocument {
  if (Buffer.byteLength(text) > MAX_POLICY_BYTES) throw malformed('Policy exceeds the maximum allowed document size.')
  if (!text.startsWith('{')) throw malformed("Policies must be valid JSON and the first byte must be '{'")
  const policy = parseJson(text)
  const unknown = Object.keys(policy).find((member) => !DOCUMENT_MEMBERS.has(member))
  if (unknown !== undefined) throw malformed(`Unknown field ${unknown}`)
  if (!VERSIONS.includes(policy.Version)) throw malformed('The policy must contain a valid version string')
  if (policy.Statement === undefined) throw malformed('Missing required field Statement')
  const statements = list(policy.Statement)
  if (statements.length === 0) throw malformed('Could not parse the policy: Statement is empty!')
  for (const statement of statements) checkStatement(statement, opened, world)
  return policy
}

function parseJson(text: string): PolicyDocument {
  try {
    return JSON.parse(text) as PolicyDocument
  } catch {
    throw malformed('This policy contains invalid Json')
  }
}

function checkStatement(statement: Statement, opened: OpenBucket, world: World): void {
  if (typeof statement !== 'object' || statement === null) throw malformed('Invalid policy syntax.')
  const unknown = Object.keys(statement).find((member) => !STATEMENT_MEMBERS.has(member))
  if (unknown !== undefined) throw malformed(`Unknown field ${unknown}`)
  if (statement.Effect === undefined) throw malformed('Missing required field Effect')
  if (!['Allow', 'Deny'].includes(statement.Effect)) throw malformed(`Invalid effect: ${statement.Effect}`)
  checkPrincipal(statement, opened.bucket.partition, world)
  const actions = checkActions(statement)
  checkResources(statement, actions, opened)
  checkConditions(statement, actions)
}

function checkPrincipal(statement: Statement, partition: Partition, world: World): void {
  const principal = oneOf(statement, 'Principal', 'NotPrincipal')
  if (principal === '*') return
  if (typeof principal !== 'object' || principal === null) throw malformed('Invalid policy syntax.')
  for (const [type, names] of Object.entries(principal)) {
    for (const name of list(names)) {
      if (!isPrincipal(type, name, partition, world)) throw malformed('Invalid principal in policy', { Detail: name })
    }
  }
}

// S3 looks principals up when the policy is put: a role or user must exist by then, and long enough to be seen.
function isPrincipal(type: string, name: string, partition: Partition, world: World): boolean {
  switch (type) {
    case 'AWS': {
      if (name === '*') return true
      if (/^\d{12}$/.test(name)) return world.aws.accounts[name] !== undefined
      if (/^A(ROA|IDA)[A-Z0-9]+$/.test(name)) return true
      const [, arnPartition, service, account = '', resource = ''] =
        /^arn:([^:]+):(iam|sts)::(\d{12}):(.+)$/.exec(name) ?? []
      if (arnPartition !== partition || world.aws.accounts[account] === undefined) return false
      if (service === 'sts') return /^(assumed-role|federated-user)\//.test(resource)
      if (resource === 'root') return true
      if (resource.startsWith('role/')) {
        const role = Object.values(world.aws.iam[account]?.roles ?? {}).find(({ arn }) => arn === name)
        return asSeen(world, world.nowAt, name, role, WAITS.iamVisibleMs) !== undefined
      }
      return Object.values(world.aws.accessKeys).some((key) => key.kind === 'user' && key.arn === name)
    }
    case 'Service':
      return /^[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazonaws\.eu)$/.test(name)
    case 'Federated':
      return name !== ''
    case 'CanonicalUser':
      return /^[0-9a-f]{64}$/.test(name)
    default:
      return false
  }
}

/** The actions of S3 that the statement names, wildcards resolved. */
function checkActions(statement: Statement): readonly (readonly string[])[] {
  const patterns = oneOf(statement, 'Action', 'NotAction')
  const groups = list(patterns as string | readonly string[]).map((pattern) => {
    const matched = ALL_ACTIONS.filter((action) => wildcard(pattern.toLowerCase(), `s3:${action}`.toLowerCase()))
    if (matched.length === 0) throw malformed('Policy has invalid action')
    return matched
  })
  if (groups.length === 0) throw malformed('Missing required field Action')
  if (statement.NotAction === undefined) return groups
  return [ALL_ACTIONS.filter((action) => !groups.some((group) => group.includes(action)))]
}

const ALL_ACTIONS: readonly string[] = [...BUCKET_ACTIONS, ...OBJECT_ACTIONS]

function checkResources(statement: Statement, actions: readonly (readonly string[])[], opened: OpenBucket): void {
  const resources = list(oneOf(statement, 'Resource', 'NotResource') as string | readonly string[])
  if (resources.length === 0) throw malformed('Missing required field Resource')
  for (const resource of resources) {
    if (!isOfBucket(resource, opened)) throw malformed('Policy has invalid resource')
  }
  if (statement.NotResource !== undefined) return
  const bucketNamed = resources.some((resource) => wildcard(resource, opened.arn))
  const objectsNamed = resources.some((resource) => resource.includes('/') || resource.endsWith('*'))
  for (const group of actions) {
    const applies = group.some((action) => (BUCKET_ACTIONS.includes(action) ? bucketNamed : objectsNamed))
    if (!applies) throw malformed('Action does not apply to any resource(s) in statement')
  }
}

function isOfBucket(resource: unknown, { arn }: OpenBucket): boolean {
  if (typeof resource !== 'string') return false
  const [bucketPart = ''] = resource.split('/', 1)
  return wildcard(bucketPart, arn)
}

/**
 * Each of S3's own keys must belong to each action that the statement names; of a wildcard's actions one
 * suffices. Whether S3 asks it of each action or of any is not documented: the stricter reading is taken.
 */
function checkConditions(statement: Statement, actions: readonly (readonly string[])[]): void {
  for (const [operator, block] of Object.entries(statement.Condition ?? {})) {
    if (!isConditionOperator(operator)) {
      throw malformed(`Invalid Condition type : ${operator}`)
    }
    for (const key of Object.keys(block)) {
      const name = key.toLowerCase().replace(/(?<=tag)\/.*$/, '')
      if (!name.includes(':')) throw malformed('Policy has an invalid condition key')
      if (!name.startsWith('s3:') || UNIVERSAL_CONDITION_KEYS.includes(name)) continue
      const supported = CONDITION_KEY_ACTIONS[name]
      if (supported === undefined) throw malformed('Policy has an invalid condition key')
      if (actions.some((group) => !group.some((action) => supported.includes(action)))) {
        throw malformed('Conditions do not apply to combination of actions and resources in statement')
      }
    }
  }
}

function oneOf(statement: Statement, member: 'Principal' | 'Action' | 'Resource', not: keyof Statement): unknown {
  if (statement[member] !== undefined && statement[not] !== undefined) throw malformed('Invalid policy syntax.')
  const value = statement[member] ?? statement[not]
  if (value === undefined) throw malformed(`Missing required field ${member}`)
  return value
}

function malformed(message: string, fields: Readonly<Record<string, string>> = {}): ServiceError {
  return new ServiceError('MalformedPolicy', 400, message, fields)
}
