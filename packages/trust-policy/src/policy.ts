// The shape of an IAM policy document and the reading of one, as text, as IAM's URL-encoded text, or as an object. Holds
// it to IAM's grammar; what a policy means is for others.

import { collectProblems, type Problems } from './error.ts'
import { kindOf, quote } from './quote.ts'

/** One value, or a list of them; IAM treats a list of one like the value. */
export type OneOrMany<T> = T | readonly T[]

/** Principals by their kind. */
export interface PrincipalMap {
  readonly AWS?: OneOrMany<string>
  readonly Federated?: OneOrMany<string>
  readonly Service?: OneOrMany<string>
  readonly CanonicalUser?: OneOrMany<string>
}

/** Conditions: operator, then key, then the values to compare with. */
export type ConditionMap = Readonly<Record<string, Readonly<Record<string, OneOrMany<string | number | boolean>>>>>

/** One statement of a policy. */
export interface PolicyStatement {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: '*' | PrincipalMap
  readonly NotPrincipal?: '*' | PrincipalMap
  readonly Action?: OneOrMany<string>
  readonly NotAction?: OneOrMany<string>
  readonly Resource?: OneOrMany<string>
  readonly NotResource?: OneOrMany<string>
  readonly Condition?: ConditionMap
}

/** An IAM policy document. */
export interface PolicyDocument {
  /** Without it IAM reads the policy as of `2008-10-17`, which has no policy variables. */
  readonly Version?: '2012-10-17' | '2008-10-17'
  readonly Id?: string
  readonly Statement: OneOrMany<PolicyStatement>
}

/** A policy in any form: JSON text, the URL-encoded text that IAM's API returns, or the object. */
export type PolicyInput = string | object

// IAM stores no trust policy above 8192 characters; URL-encoding makes three of one.
const maximumCharacters = 131_072

const principalKinds = ['AWS', 'Federated', 'Service', 'CanonicalUser']

/**
 * Reads a policy from JSON text, from the URL-encoded text that `GetRole` returns, or from an object.
 *
 * The result has the shape of the input: a single value stays single. To compare two policies use `equalPolicies`.
 *
 * @param input At most 131 072 characters.
 * @returns A policy that keeps IAM's grammar. `Principal` may be absent, as in permission policies.
 * @throws {TrustPolicyError} `policy-invalid`, with every problem; paths point into the policy.
 * @see AWS IAM User Guide, Grammar of the IAM JSON policy language
 * @see AWS IAM API Reference, GetRole: the policy is URL-encoded as RFC 3986 says
 *
 * @example
 * ```ts
 * import { parsePolicy } from '@irsa/trust-policy'
 *
 * const fromIam = '%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Deny%22%2C%22Principal%22%3A%22%2A%22%2C%22Action%22%3A%22sts%3A%2A%22%7D%5D%7D'
 * console.log(parsePolicy(fromIam).Statement)
 * // [ { Effect: 'Deny', Principal: '*', Action: 'sts:*' } ]
 * ```
 */
export function parsePolicy(input: PolicyInput): PolicyDocument {
  const what = 'read the policy'
  const problems = collectProblems('policy-invalid')
  const read = readJson(input)
  if ('found' in read) {
    problems.add('', `a policy as JSON is needed, found ${read.found}`)
    problems.throwIfAny(what, 'cause' in read ? { cause: read.cause } : {})
  }
  const policy = 'value' in read ? read.value : undefined
  if (isObject(policy)) readDocument(policy, problems)
  else problems.add('', `a JSON object is needed, found ${kindOf(policy)}`)
  problems.throwIfAny(what)
  return policy as PolicyDocument
}

/** The statements of a policy with the pointer to each. */
export function statementsOf(policy: PolicyDocument): { readonly statement: PolicyStatement; readonly path: string }[] {
  return listOf(policy.Statement, '/Statement').map(({ value, path }) => ({ statement: value, path }))
}

/** The values of one-or-many with the pointer to each. */
export function listOf<T>(
  values: OneOrMany<T> | undefined,
  path: string,
): { readonly value: T; readonly path: string }[] {
  if (values === undefined) return []
  if (!isList(values)) return [{ value: values, path }]
  return values.map((value, index) => ({ value, path: `${path}/${index}` }))
}

/** A member's name as it stands in a JSON Pointer (RFC 6901, section 3). */
export function pointerOf(member: string): string {
  return `/${member.replace(/~/g, '~0').replace(/\//g, '~1')}`
}

function isList<T>(values: OneOrMany<T>): values is readonly T[] {
  return Array.isArray(values)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readJson(input: unknown): { readonly value: unknown } | { readonly found: string; readonly cause?: unknown } {
  try {
    let text = typeof input === 'string' ? input : JSON.stringify(input)
    if (text === undefined) return { found: kindOf(input) }
    if (text.length > maximumCharacters) return { found: `${text.length} characters` }
    // Only URL-encoded JSON begins with a per cent sign.
    if (/^\s*%/.test(text)) text = decodeURIComponent(text)
    return { value: JSON.parse(text) as unknown }
  } catch (cause) {
    return { found: typeof input === 'string' ? `${quote(input)}, which is not JSON` : 'no JSON data', cause }
  }
}

function readDocument(policy: Readonly<Record<string, unknown>>, problems: Problems): void {
  onlyMembers(policy, '', ['Version', 'Id', 'Statement'], problems)
  const { Version: version, Id: id, Statement: statements } = policy
  if (version !== undefined && version !== '2012-10-17' && version !== '2008-10-17') {
    problems.add('/Version', `"2012-10-17" is needed, found ${quote(version)}`)
  }
  if (id !== undefined && typeof id !== 'string') problems.add('/Id', `a text is needed, found ${kindOf(id)}`)
  const list = listOf(statements, '/Statement')
  if (list.length === 0) problems.add('/Statement', 'at least one statement is needed, found none')
  for (const { value, path } of list) {
    if (isObject(value)) readStatement(value, path, problems)
    else problems.add(path, `a statement object is needed, found ${kindOf(value)}`)
  }
}

function readStatement(statement: Readonly<Record<string, unknown>>, path: string, problems: Problems): void {
  const pairs: readonly (readonly [string, string])[] = [
    ['Principal', 'NotPrincipal'],
    ['Action', 'NotAction'],
    ['Resource', 'NotResource'],
  ]
  onlyMembers(statement, path, ['Sid', 'Effect', 'Condition', ...pairs.flat()], problems)
  const { Sid: sid, Effect: effect, Condition: condition } = statement
  if (sid !== undefined && typeof sid !== 'string')
    problems.add(`${path}/Sid`, `a text is needed, found ${kindOf(sid)}`)
  if (effect !== 'Allow' && effect !== 'Deny') {
    problems.add(`${path}/Effect`, `"Allow" or "Deny" is needed, found ${quote(effect)}`)
  }
  for (const [member, negated] of pairs) {
    if (statement[member] !== undefined && statement[negated] !== undefined) {
      problems.add(path, `either "${member}" or "${negated}" is needed, found both`)
    }
  }
  if (statement['Action'] === undefined && statement['NotAction'] === undefined) {
    problems.add(path, '"Action" is needed, found none')
  }
  for (const member of ['Action', 'NotAction', 'Resource', 'NotResource']) {
    readTexts(statement[member], `${path}/${member}`, problems)
  }
  for (const member of ['Principal', 'NotPrincipal']) readPrincipal(statement[member], `${path}/${member}`, problems)
  if (condition !== undefined) readCondition(condition, `${path}/Condition`, problems)
}

function readPrincipal(principal: unknown, path: string, problems: Problems): void {
  if (principal === undefined || principal === '*') return
  if (!isObject(principal) || Object.keys(principal).length === 0) {
    problems.add(path, `"*" or an object of ${principalKinds.join(', ')} is needed, found ${quote(principal)}`)
    return
  }
  onlyMembers(principal, path, principalKinds, problems)
  for (const [kind, names] of Object.entries(principal)) readTexts(names, path + pointerOf(kind), problems)
}

function readCondition(condition: unknown, path: string, problems: Problems): void {
  if (!isObject(condition)) {
    problems.add(path, `an object of condition operators is needed, found ${kindOf(condition)}`)
    return
  }
  for (const [operator, keys] of Object.entries(condition)) {
    const operatorPath = path + pointerOf(operator)
    if (!isObject(keys)) {
      problems.add(operatorPath, `an object of condition keys is needed, found ${kindOf(keys)}`)
      continue
    }
    for (const [key, values] of Object.entries(keys)) {
      // IAM stores an empty list here; it compares with nothing.
      for (const { value, path: valuePath } of listOf(values, operatorPath + pointerOf(key))) {
        if (!['string', 'number', 'boolean'].includes(typeof value)) {
          problems.add(valuePath, `a text, number or boolean is needed, found ${kindOf(value)}`)
        }
      }
    }
  }
}

function readTexts(values: unknown, path: string, problems: Problems): void {
  if (values === undefined) return
  const list = listOf(values, path)
  if (list.length === 0) problems.add(path, 'at least one text is needed, found none')
  for (const { value, path: valuePath } of list) {
    if (typeof value !== 'string') problems.add(valuePath, `a text is needed, found ${kindOf(value)}`)
  }
}

function onlyMembers(
  object: Readonly<Record<string, unknown>>,
  path: string,
  members: readonly string[],
  problems: Problems,
): void {
  for (const member of Object.keys(object)) {
    if (!members.includes(member)) {
      problems.add(path + pointerOf(member), `one of ${members.join(', ')} is needed, found ${quote(member)}`)
    }
  }
}
