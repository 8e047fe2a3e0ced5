// The operations that add, remove and list tags of roles, providers and policies:
// three kinds, one way.
import type { Facts } from './iam-access.ts'
import { beforeWriting, findPolicy, findProvider, openRole, readRole } from './iam-entities.ts'
import { noSuchPolicy } from './iam-policies.ts'
import { noSuchProvider } from './iam-providers.ts'
import type { TagRules, Tags } from './iam-tags.ts'
import {
  POLICY_TAGS,
  PROVIDER_TAGS,
  ROLE_TAGS,
  mergeTags,
  parseTagKeys,
  parseTags,
  removeTags,
  sortedTags,
} from './iam-tags.ts'
import type { Parameters, QueryOperation, QueryOperations } from './query.ts'
import { pageOf, xmlList } from './query.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'

interface Tagged {
  readonly arn: string
  readonly entity: { readonly settings: { tags: Tags } }
}

interface Kind {
  readonly rules: TagRules
  /** @throws {ServiceError} `AccessDenied`, `NoSuchEntity` */
  readonly open: (call: AwsCall, operation: string, parameters: Parameters, facts: Facts) => Tagged
  readonly read: (call: AwsCall, operation: string, parameters: Parameters) => Tagged
}

const ROLE: Kind = {
  rules: ROLE_TAGS,
  open(call, operation, parameters, facts) {
    const role = openRole(call, operation, parameters, facts)
    return { arn: role.arn, entity: role }
  },
  read(call, operation, parameters) {
    const role = readRole(call, operation, parameters)
    return { arn: role.arn, entity: role }
  },
}

const PROVIDER: Kind = {
  rules: PROVIDER_TAGS,
  open(call, operation, parameters, facts) {
    const { arn, current } = findProvider(call, operation, parameters, facts)
    if (current === undefined) throw noSuchProvider(arn)
    return { arn, entity: current }
  },
  read(call, operation, parameters) {
    const { arn, seen } = findProvider(call, operation, parameters)
    if (seen === undefined) throw noSuchProvider(arn)
    return { arn, entity: seen }
  },
}

const POLICY: Kind = {
  rules: POLICY_TAGS,
  open(call, operation, parameters, facts) {
    const { arn, current } = findPolicy(call, operation, parameters, facts)
    if (current === undefined) throw noSuchPolicy(arn)
    return { arn, entity: current }
  },
  read(call, operation, parameters) {
    const { arn, seen } = findPolicy(call, operation, parameters)
    if (seen === undefined) throw noSuchPolicy(arn)
    return { arn, entity: seen }
  },
}

export const TAGGING_OPERATIONS: QueryOperations = {
  TagRole: tag('TagRole', ROLE),
  UntagRole: untag('UntagRole', ROLE),
  ListRoleTags: listTags('ListRoleTags', ROLE),
  TagOpenIDConnectProvider: tag('TagOpenIDConnectProvider', PROVIDER),
  UntagOpenIDConnectProvider: untag('UntagOpenIDConnectProvider', PROVIDER),
  ListOpenIDConnectProviderTags: listTags('ListOpenIDConnectProviderTags', PROVIDER),
  TagPolicy: tag('TagPolicy', POLICY),
  UntagPolicy: untag('UntagPolicy', POLICY),
  ListPolicyTags: listTags('ListPolicyTags', POLICY),
}

function tag(name: string, kind: Kind): QueryOperation {
  return {
    access: 'write',
    run(call, parameters) {
      const added = parseTags(parameters, kind.rules)
      const { arn, entity } = kind.open(call, name, parameters, { requestTags: added })
      if (Object.keys(added).length === 0) throw new ServiceError('InvalidInput', 400, 'Tags must not be empty.')
      const tags = mergeTags(entity.settings.tags, added, kind.rules)
      beforeWriting(call, arn, entity)
      entity.settings.tags = tags
      return undefined
    },
  }
}

function untag(name: string, kind: Kind): QueryOperation {
  return {
    access: 'write',
    run(call, parameters) {
      const tagKeys = parseTagKeys(parameters)
      const { arn, entity } = kind.open(call, name, parameters, { tagKeys })
      beforeWriting(call, arn, entity)
      entity.settings.tags = removeTags(entity.settings.tags, tagKeys, kind.rules)
      return undefined
    },
  }
}

function listTags(name: string, kind: Kind): QueryOperation {
  return {
    access: 'read',
    run(call, parameters) {
      const { entity } = kind.read(call, name, parameters)
      const { items, tail } = pageOf(parameters, sortedTags(entity.settings.tags))
      return { Tags: xmlList(items.map(([Key, Value]) => ({ Key, Value }))), ...tail }
    },
  }
}
