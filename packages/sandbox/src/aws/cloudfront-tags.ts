// Tags of distributions, the only things here that can carry them.
import type { SandboxResponse } from '../http.ts'
import { authorize } from './callers.ts'
import type { TagList } from './cloudfront-shapes.ts'
import { TAGS, TAG_KEYS } from './cloudfront-shapes.ts'
import type { Distribution } from './cloudfront-state.ts'
import { invalidArgument, readBody, respondNothing, respondXml } from './cloudfront-wire.ts'
import type { ConditionContext } from './policy.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'
import { requestTagContext, resourceTagContext } from './tag-context.ts'

const MAX_TAGS = 50

/** @throws {ServiceError} `InvalidTagging` */
export function readTags({ Items = [] }: TagList): Record<string, string> {
  const tags: Record<string, string> = {}
  for (const { Key, Value = '' } of Items) {
    if (Key === '' || Key.length > 128 || Value.length > 256 || /^aws:/i.test(Key) || Object.hasOwn(tags, Key)) {
      throw invalidTagging(`The tag "${Key}" is not valid.`)
    }
    tags[Key] = Value
  }
  if (Items.length > MAX_TAGS) throw invalidTagging(`A resource can have at most ${MAX_TAGS} tags.`)
  return tags
}

export function listTagsForResource(call: AwsCall): SandboxResponse {
  const { settings } = openTagged(call, 'cloudfront:ListTagsForResource')
  const items = Object.entries(settings.tags).map(([Key, Value]) => ({ Key, Value }))
  return respondXml(200, 'Tags', { Items: items.length === 0 ? '' : { Tag: items } })
}

export function tagResource(call: AwsCall): SandboxResponse {
  const tags = readTags(readBody(call, 'Tags', TAGS))
  const { settings } = openTagged(call, 'cloudfront:TagResource', requestTagContext(tags))
  const all = { ...settings.tags, ...tags }
  if (Object.keys(all).length > MAX_TAGS) throw invalidTagging(`A resource can have at most ${MAX_TAGS} tags.`)
  settings.tags = all
  return respondNothing()
}

export function untagResource(call: AwsCall): SandboxResponse {
  const { Items = [] } = readBody(call, 'TagKeys', TAG_KEYS)
  const { settings } = openTagged(call, 'cloudfront:UntagResource', { 'aws:TagKeys': Items })
  settings.tags = Object.fromEntries(Object.entries(settings.tags).filter(([key]) => !Items.includes(key)))
  return respondNothing()
}

function openTagged(call: AwsCall, action: string, context: ConditionContext = {}): Distribution {
  const arn = call.request.url.searchParams.get('Resource') ?? ''
  if (!/^arn:[\w-]+:cloudfront::\d{12}:\w[\w-]*\/\w+$/.test(arn))
    throw invalidArgument('The parameter Resource is not a valid ARN.')
  const found = Object.values(call.world.aws.cloudfront.distributions).find((one) => one.arn === arn)
  const own = found?.account === call.caller.account ? found : undefined
  authorize(call, { action, resource: arn, context: { ...context, ...resourceTagContext(own?.settings.tags ?? {}) } })
  if (own === undefined) throw new ServiceError('NoSuchResource', 404, 'A resource that was specified is not valid.')
  return own
}

function invalidTagging(message: string): ServiceError {
  return new ServiceError('InvalidTagging', 400, message)
}
