// Tags as IAM takes and gives them. Keys are unique whatever their case on roles,
// but not on providers and policies.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html; the codes were
// recorded by radkawar/stackd (internal/services/iam/testdata/tags_aws.json).
import type { Parameters } from './query.ts'
import { listMembers, structureMembers, violation, xmlList } from './query.ts'
import { ServiceError } from './service.ts'
import type { XmlValue } from './xml.ts'

export type Tags = Record<string, string>

export interface TagRules {
  readonly ignoreCase: boolean
  /** Names the quota in `LimitExceeded`. */
  readonly quota: string
}

export const ROLE_TAGS: TagRules = { ignoreCase: true, quota: 'TagsPerRole' }
export const PROVIDER_TAGS: TagRules = { ignoreCase: false, quota: 'TagsPerOpenIDConnectProvider' }
export const POLICY_TAGS: TagRules = { ignoreCase: false, quota: 'TagsPerPolicy' }

const MOST_TAGS = 50
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/** The `Tags` of a request. @throws {ServiceError} */
export function parseTags(parameters: Parameters, rules: TagRules): Tags {
  const members = structureMembers(parameters, 'Tags')
  if (members.length > MOST_TAGS) {
    throw violation('Tags', `${members.length} tags`, `Member must have length less than or equal to ${MOST_TAGS}`)
  }
  const pairs = members.map((member) => [member.get('Key') ?? '', member.get('Value') ?? ''] as const)
  for (const [key, value] of pairs) {
    checkText('tags.member.key', key, 128)
    checkText('tags.member.value', value, 256)
    if (key.trim() === '') throw violation('tags.member.key', key, 'Member must have length greater than or equal to 1')
    if (/^aws:/i.test(key)) {
      throw new ServiceError('InvalidInput', 400, 'Tag keys beginning with aws: are reserved for system use.')
    }
  }
  const distinct = new Set(pairs.map(([key]) => (rules.ignoreCase ? key.toLowerCase() : key)))
  if (distinct.size < pairs.length) {
    const hint = rules.ignoreCase ? ' Please note that Tag keys are case insensitive.' : ''
    throw new ServiceError('InvalidInput', 400, `Duplicate tag keys found.${hint}`)
  }
  return Object.fromEntries(pairs)
}

/** Tags with others added or replaced. @throws {ServiceError} `LimitExceeded` */
export function mergeTags(present: Tags, added: Tags, rules: TagRules): Tags {
  const merged = { ...removeTags(present, Object.keys(added), rules), ...added }
  if (Object.keys(merged).length > MOST_TAGS) {
    throw new ServiceError('LimitExceeded', 409, `Cannot exceed quota for ${rules.quota}: ${MOST_TAGS}`)
  }
  return merged
}

export function removeTags(present: Tags, keys: readonly string[], rules: TagRules): Tags {
  const normal = (key: string): string => (rules.ignoreCase ? key.toLowerCase() : key)
  const removed = new Set(keys.map(normal))
  return Object.fromEntries(Object.entries(present).filter(([key]) => !removed.has(normal(key))))
}

export function parseTagKeys(parameters: Parameters): readonly string[] {
  const keys = listMembers(parameters, 'TagKeys')
  for (const key of keys) checkText('tagKeys.member', key, 128)
  return keys
}

/** In the order of code points: IAM does not keep the order of a request. */
export function tagsXml(tags: Tags): XmlValue {
  return xmlList(sortedTags(tags).map(([Key, Value]) => ({ Key, Value })))
}

export function sortedTags(tags: Tags): readonly (readonly [string, string])[] {
  return Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))
}

function checkText(name: string, text: string, most: number): void {
  if (text.length > most) throw violation(name, text, `Member must have length less than or equal to ${most}`)
  if (!ALLOWED.test(text)) {
    throw violation(name, text, 'Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*')
  }
}
