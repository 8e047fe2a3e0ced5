// Tags of certificates.
import { openCertificate } from './acm-certificates.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'
import { requestTagContext } from './tag-context.ts'

type Input = Readonly<Record<string, unknown>>

interface Tag {
  readonly Key: string
  readonly Value?: string
}

const MAX_TAGS = 50

export function listTagsForCertificate(call: AwsCall, input: Input): object {
  const { settings } = openCertificate(call, 'acm:ListTagsForCertificate', input)
  return { Tags: Object.entries(settings.tags).map(([Key, Value]) => ({ Key, Value })) }
}

export function addTagsToCertificate(call: AwsCall, input: Input): undefined {
  const tags = readTags(input)
  const { settings } = openCertificate(call, 'acm:AddTagsToCertificate', input, requestTagContext(tags))
  const all = { ...settings.tags, ...tags }
  if (Object.keys(all).length > MAX_TAGS) throw tooManyTags()
  settings.tags = all
}

/** A tag that is given with a value goes only when it has that value. */
export function removeTagsFromCertificate(call: AwsCall, input: Input): undefined {
  const sent = listOfTags(input)
  const context = requestTagContext(Object.fromEntries(sent.map(({ Key, Value = '' }) => [Key, Value])))
  const { settings } = openCertificate(call, 'acm:RemoveTagsFromCertificate', input, context)
  const isMeant = (key: string, value: string): boolean =>
    sent.some((tag) => tag.Key === key && (tag.Value === undefined || tag.Value === value))
  settings.tags = Object.fromEntries(Object.entries(settings.tags).filter(([key, value]) => !isMeant(key, value)))
}

/** @throws {ServiceError} `InvalidTagException`, `TooManyTagsException` */
export function readTags(input: Input): Record<string, string> {
  const tags: Record<string, string> = {}
  for (const { Key, Value = '' } of listOfTags(input)) {
    if (!Key || Key.length > 128 || Value.length > 256 || /^aws:/i.test(Key) || Object.hasOwn(tags, Key)) {
      throw new ServiceError('InvalidTagException', 400, `The tag "${Key}" is not valid.`)
    }
    tags[Key] = Value
  }
  if (Object.keys(tags).length > MAX_TAGS) throw tooManyTags()
  return tags
}

function listOfTags(input: Input): readonly Tag[] {
  return (input['Tags'] ?? []) as readonly Tag[]
}

function tooManyTags(): ServiceError {
  return new ServiceError('TooManyTagsException', 400, `A certificate can have at most ${MAX_TAGS} tags.`)
}
