// Label and field selectors of lists.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
import type { KubernetesObject } from './state.ts'
import { badRequest } from './status.ts'

type Requirement = (value: string | undefined) => boolean

/** @throws {StatusError} 400 for a selector that cannot be read. */
export function labelSelector(text: string): (object: KubernetesObject) => boolean {
  const requirements = splitOutsideParentheses(text).map(parseRequirement)
  return ({ metadata: { labels } }) => requirements.every(({ key, holds }) => holds(labels?.[key]))
}

/** Of fields, only the name and the namespace can be selected here. */
export function fieldSelector(text: string): (object: KubernetesObject) => boolean {
  const terms = text
    .split(',')
    .filter(Boolean)
    .map((term) => {
      const [, field = '', operator = '', value = ''] = /^([^=!]+)(==?|!=)(.*)$/.exec(term) ?? []
      if (field !== 'metadata.name' && field !== 'metadata.namespace')
        throw badRequest(`field label not supported: ${field || term}`)
      return {
        member: field === 'metadata.name' ? ('name' as const) : ('namespace' as const),
        negated: operator === '!=',
        value,
      }
    })
  return ({ metadata }) => terms.every(({ member, negated, value }) => (metadata[member] === value) !== negated)
}

function parseRequirement(text: string): { readonly key: string; readonly holds: Requirement } {
  const setBased = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(text)
  if (setBased) {
    const [, key = '', operator, list = ''] = setBased
    const values = list.split(',').map((value) => value.trim())
    const isIn: Requirement = (value) => value !== undefined && values.includes(value)
    return { key, holds: operator === 'in' ? isIn : (value) => !isIn(value) }
  }
  const equality = /^([^\s=!]+)\s*(==?|!=)\s*([^\s=!]*)$/.exec(text)
  if (equality) {
    const [, key = '', operator, expected] = equality
    return { key, holds: operator === '!=' ? (value) => value !== expected : (value) => value === expected }
  }
  const [, negation, key] = /^(!?)([A-Za-z0-9][-A-Za-z0-9_./]*)$/.exec(text) ?? []
  if (key === undefined) throw badRequest(`unable to parse requirement: ${JSON.stringify(text)}`)
  return { key, holds: negation === '!' ? (value) => value === undefined : (value) => value !== undefined }
}

function splitOutsideParentheses(text: string): readonly string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter(Boolean)
}
