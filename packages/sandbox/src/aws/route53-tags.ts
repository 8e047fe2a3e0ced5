// Tags of hosted zones.
import type { SandboxResponse } from '../http.ts'
import { invalidInput, readBody, respondXml } from './route53-wire.ts'
import { openZone } from './route53-zones.ts'
import type { AwsCall } from './service.ts'
import type { StructureShape } from './xml-shape.ts'
import { listOf, structure } from './xml-shape.ts'

const REQUEST: StructureShape<{
  readonly AddTags?: readonly { readonly Key: string; readonly Value?: string }[]
  readonly RemoveTagKeys?: readonly string[]
}> = structure({
  AddTags: listOf('Tag', structure({ 'Key!': 'text', Value: 'text' })),
  RemoveTagKeys: listOf('Key', 'text'),
})

const MAX_CHANGES = 10

export function listTagsForResource(call: AwsCall, type: string, written: string): SandboxResponse {
  requireZone(type)
  const { id, zone } = openZone(call, 'route53:ListTagsForResource', written)
  const tags = Object.entries(zone.settings.tags).map(([Key, Value]) => ({ Key, Value }))
  return respondXml(200, 'ListTagsForResourceResponse', {
    ResourceTagSet: { ResourceType: type, ResourceId: id, Tags: { Tag: tags } },
  })
}

export function changeTagsForResource(call: AwsCall, type: string, written: string): SandboxResponse {
  requireZone(type)
  const { zone } = openZone(call, 'route53:ChangeTagsForResource', written)
  const { AddTags = [], RemoveTagKeys = [] } = readBody(call, 'ChangeTagsForResourceRequest', REQUEST)
  if (AddTags.length + RemoveTagKeys.length === 0) throw invalidInput('Either AddTags or RemoveTagKeys is needed.')
  if (AddTags.length > MAX_CHANGES || RemoveTagKeys.length > MAX_CHANGES) {
    throw invalidInput(`At most ${MAX_CHANGES} tags can be added or removed at a time.`)
  }
  if (AddTags.some(({ Key }) => Key === '' || Key.length > 128 || /^aws:/i.test(Key)))
    throw invalidInput('A tag key is not valid.')
  const kept = Object.entries(zone.settings.tags).filter(([key]) => !RemoveTagKeys.includes(key))
  const added = AddTags.map(({ Key, Value = '' }) => [Key, Value])
  zone.settings.tags = Object.fromEntries([...kept, ...added]) as Record<string, string>
  return respondXml(200, 'ChangeTagsForResourceResponse', {})
}

function requireZone(type: string): void {
  if (type !== 'hostedzone') throw invalidInput(`Only hosted zones are emulated, not ${type}.`)
}
