// What IAM refuses to store: documents that are no policies, or not of the kind
// that is asked for. The texts are AWS's as its users report them; where several
// things are wrong AWS's order is not known.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
import type { World } from '../world.ts'
import { isConditionOperator, list } from './policy-conditions.ts'
import { ServiceError } from './service.ts'

type Json = Readonly<Record<string, unknown>>

/** Characters; IAM counts no white space in identity policies. For trust policies AWS does not say how it counts. */
const MOST_TRUST_POLICY = 2048

const TOP_LEVEL = ['Version', 'Id', 'Statement']
const STATEMENT = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition']
const VERSIONS: readonly unknown[] = ['2008-10-17', '2012-10-17']

/** @throws {ServiceError} `MalformedPolicyDocument` */
export function checkIdentityPolicy(text: string): void {
  const policy = parseObject(text, 'Syntax errors in policy.')
  if (policy['Version'] === undefined) throw malformed('Policy document must be version 2012-10-17 or greater.')
  const statements = checkFrame(policy, STATEMENT, 'Syntax errors in policy.')
  for (const statement of statements) {
    if ((statement['Action'] === undefined) === (statement['NotAction'] === undefined)) {
      throw malformed(
        statement['Action'] === undefined ? 'Policy statement must contain actions.' : 'Syntax errors in policy.',
      )
    }
    if ((statement['Resource'] === undefined) === (statement['NotResource'] === undefined)) {
      throw malformed(
        statement['Resource'] === undefined ? 'Policy statement must contain resources.' : 'Syntax errors in policy.',
      )
    }
    for (const action of texts(statement['Action'] ?? statement['NotAction'])) {
      if (action !== '*' && !/^[\w-]+:[\w*?]+$/.test(action)) {
        throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.')
      }
    }
    for (const resource of texts(statement['Resource'] ?? statement['NotResource'])) {
      if (resource !== '*' && !resource.startsWith('arn:')) {
        throw malformed(`Resource ${resource} must be in ARN format or "*".`)
      }
    }
  }
}

/** @throws {ServiceError} `MalformedPolicyDocument`, or `LimitExceeded` when it is too long */
export function checkTrustPolicy(text: string, world: World, partition: string): void {
  const policy = parseObject(text, 'This policy contains invalid Json')
  const fields = [...STATEMENT, 'Principal', 'NotPrincipal']
  for (const statement of checkFrame(policy, fields, 'Syntax error in policy.')) {
    if (statement['Resource'] !== undefined) throw malformed('Has prohibited field Resource')
    if (statement['NotResource'] !== undefined) throw malformed('AssumeRole policy must not contain resources.')
    if (statement['NotPrincipal'] !== undefined) {
      throw malformed(
        statement['Effect'] === 'Allow'
          ? 'Allow with NotPrincipal is not allowed.'
          : 'AssumeRole policy must not contain NotPrincipal field.',
      )
    }
    if (statement['Action'] === undefined && statement['NotAction'] === undefined) {
      throw malformed('Missing required field Action')
    }
    for (const action of texts(statement['Action'] ?? statement['NotAction'])) {
      if (!/^sts:/i.test(action)) throw malformed('AssumeRole policy may only specify STS AssumeRole actions.')
    }
    checkPrincipal(statement['Principal'], world, partition)
  }
  if (text.replace(/\s/g, '').length > MOST_TRUST_POLICY) {
    throw new ServiceError('LimitExceeded', 409, `Cannot exceed quota for ACLSizePerRole: ${MOST_TRUST_POLICY}`)
  }
}

/** What both kinds have in common: known fields, versions, effects, conditions and statement ids. */
function checkFrame(policy: Json, fields: readonly string[], syntax: string): readonly Json[] {
  if (policy['Version'] !== undefined && !VERSIONS.includes(policy['Version'])) {
    throw malformed('The policy must contain a valid version string')
  }
  if (Object.keys(policy).some((key) => !TOP_LEVEL.includes(key))) throw malformed(syntax)
  const statements = list(policy['Statement'])
  if (statements.length === 0) throw malformed('Could not parse the policy: Statement is empty!')
  const ids = new Set<unknown>()
  return statements.map((statement) => {
    if (!isObject(statement)) throw malformed(syntax)
    if (statement['Principal'] !== undefined && !fields.includes('Principal')) {
      throw malformed('Policy document should not specify a principal.')
    }
    if (Object.keys(statement).some((key) => !fields.includes(key))) throw malformed(syntax)
    const { Sid, Effect, Condition = {} } = statement
    if (Effect === undefined) throw malformed('Missing required field Effect')
    if (Effect !== 'Allow' && Effect !== 'Deny') throw malformed(`Invalid effect: ${JSON.stringify(Effect)}`)
    if (Sid !== undefined && Sid !== '' && ids.has(Sid)) {
      throw malformed('Statement IDs (SID) in a single policy must be unique.')
    }
    ids.add(Sid)
    checkCondition(Condition, syntax)
    return statement
  })
}

function checkCondition(condition: unknown, syntax: string): void {
  if (!isObject(condition)) throw malformed(syntax)
  for (const [operator, block] of Object.entries(condition)) {
    if (!isConditionOperator(operator)) throw malformed(`Invalid Condition type : ${operator}.`)
    if (!isObject(block)) throw malformed(syntax)
    for (const value of Object.values(block).flatMap((values) => list(values))) {
      if (!['string', 'boolean', 'number'].includes(typeof value)) throw malformed(syntax)
    }
  }
}

function checkPrincipal(principal: unknown, world: World, partition: string): void {
  if (principal === undefined) throw malformed('Missing required field Principal')
  if (principal === '*') return
  if (!isObject(principal)) throw malformed('Principal must be a JSON object.')
  if (Object.keys(principal).length === 0) throw malformed('Missing required field Principal cannot be empty!')
  for (const [type, values] of Object.entries(principal)) {
    const named = texts(values)
    if (type === 'Federated' && (named.length === 0 || !named.every((one) => isFederated(one, partition)))) {
      throw malformed('Federated principals must be valid domain names or SAML metadata ARNs')
    }
    const wrong =
      type === 'Federated'
        ? undefined
        : type === 'AWS'
          ? named.find((one) => !isAwsPrincipal(one, world, partition))
          : type === 'Service'
            ? named.find((one) => !/^[a-z0-9.-]+\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu)$/.test(one))
            : (named[0] ?? '')
    if (wrong !== undefined) {
      throw malformed(`Invalid principal in policy: "${type === 'Service' ? 'SERVICE' : type}":"${wrong}"`)
    }
  }
}

/** Of a provider only the grammar is looked at: whether IAM also wants it to exist is not known. */
function isFederated(value: string, partition: string): boolean {
  const [, own, provider] = /^arn:([a-z-]+):iam::\d{12}:(oidc-provider|saml-provider)\/\S+$/.exec(value) ?? []
  if (provider !== undefined) return own === partition
  return /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i.test(value)
}

/** Accounts, users and roles must exist; a session need only look like one. */
function isAwsPrincipal(value: string, world: World, partition: string): boolean {
  if (value === '*') return true
  const account = /^(?:arn:[a-z-]+:iam::)?(\d{12})(?::root)?$/.exec(value)?.[1]
  if (account !== undefined && (value === account || value === `arn:${partition}:iam::${account}:root`)) {
    return world.aws.accounts[account]?.partition === partition
  }
  if (new RegExp(`^arn:${partition}:sts::\\d{12}:assumed-role/[^/]+/[^/]+$`).test(value)) return true
  const users = Object.values(world.aws.accessKeys).map((key) => key.arn)
  const roles = Object.values(world.aws.iam).flatMap((iam) => Object.values(iam.roles).map((role) => role.arn))
  return value.startsWith(`arn:${partition}:`) && [...users, ...roles].includes(value)
}

function parseObject(text: string, problem: string): Json {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch {
    // Said below, in AWS's words.
  }
  throw malformed(problem)
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function texts(value: unknown): readonly string[] {
  const values = list(value)
  if (!values.every((one) => typeof one === 'string')) throw malformed('Syntax errors in policy.')
  return values
}

function malformed(message: string): ServiceError {
  return new ServiceError('MalformedPolicyDocument', 400, message)
}
