import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53'
import { ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53'
import { describe, expect, test } from 'vitest'
import { aliasSet, changeRecords, createWebScene, createZone, recordSet, refusalOf } from './web-scene.test.setup.ts'

function withHealth(record: ResourceRecordSet): ResourceRecordSet {
  return {
    ...record,
    AliasTarget: { ...(record.AliasTarget as Required<ResourceRecordSet>['AliasTarget']), EvaluateTargetHealth: true },
  }
}

/** Changes to a zone that has an A record at a.example.com, and why they are refused. */
const REFUSALS: readonly (readonly [
  string,
  readonly (readonly [Change['Action'], ResourceRecordSet])[],
  string,
  string,
])[] = [
  [
    'what exists',
    [['CREATE', recordSet('A.example.com', 'A', '192.0.2.9')]],
    'InvalidChangeBatch',
    "[Tried to create resource record set [name='a.example.com.', type='A'] but it already exists]",
  ],
  [
    'the deletion of what is not there',
    [['DELETE', recordSet('b.example.com', 'A', '192.0.2.1')]],
    'InvalidChangeBatch',
    "[Tried to delete resource record set [name='b.example.com.', type='A'] but it was not found]",
  ],
  [
    'the deletion of another value',
    [['DELETE', recordSet('a.example.com', 'A', '192.0.2.9')]],
    'InvalidChangeBatch',
    "[Tried to delete resource record set [name='a.example.com.', type='A'] but the values provided do not match the current values]",
  ],
  [
    'the deletion with another TTL',
    [['DELETE', { ...recordSet('a.example.com', 'A', '192.0.2.1'), TTL: 60 }]],
    'InvalidChangeBatch',
    "[Tried to delete resource record set [name='a.example.com.', type='A'] but the values provided do not match the current values]",
  ],
  [
    'a name of another zone that ends alike',
    [['CREATE', recordSet('x.badexample.com', 'A', '192.0.2.1')]],
    'InvalidChangeBatch',
    '[RRSet with DNS name x.badexample.com. is not permitted in zone example.com.]',
  ],
  [
    'a CNAME beside another record',
    [['CREATE', recordSet('a.example.com', 'CNAME', 'example.org')]],
    'InvalidChangeBatch',
    '[RRSet of type CNAME with DNS name a.example.com. is not permitted as it conflicts with other records with the same DNS name in zone example.com.]',
  ],
  [
    'another record beside a CNAME',
    [
      ['CREATE', recordSet('c.example.com', 'CNAME', 'example.org')],
      ['UPSERT', recordSet('c.example.com', 'A', '192.0.2.1')],
    ],
    'InvalidChangeBatch',
    '[RRSet of type A with DNS name c.example.com. is not permitted as it conflicts with other records with the same DNS name in zone example.com.]',
  ],
  [
    'a CNAME at the apex',
    [['UPSERT', recordSet('example.com', 'CNAME', 'example.org')]],
    'InvalidChangeBatch',
    '[RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com.]',
  ],
  [
    'two values of a CNAME',
    [['UPSERT', recordSet('c.example.com', 'CNAME', 'a.org', 'b.org')]],
    'InvalidChangeBatch',
    'exactly one value',
  ],
  [
    'an address that is none',
    [['UPSERT', recordSet('b.example.com', 'A', 'example.org')]],
    'InvalidChangeBatch',
    'Value is not a valid IPv4 address',
  ],
  [
    'an address of version 4',
    [['UPSERT', recordSet('b.example.com', 'AAAA', '192.0.2.1')]],
    'InvalidChangeBatch',
    'Value is not a valid IPv6 address',
  ],
  [
    'text without quotes',
    [['UPSERT', recordSet('b.example.com', 'TXT', 'text')]],
    'InvalidChangeBatch',
    'Value should be enclosed in quotation marks',
  ],
  [
    'an alias to what is not of CloudFront',
    [['UPSERT', aliasSet('b.example.com', 'A', 'www.example.org')]],
    'InvalidChangeBatch',
    '[Tried to create an alias that targets www.example.org., type A in zone Z2FDTNDATAQYW2, but the alias target name does not lie within the target zone]',
  ],
  [
    "an alias to China's zone with another host",
    [['UPSERT', aliasSet('b.example.com', 'A', 'd1.cloudfront.net', 'Z3RFFRIM2A3IF5')]],
    'InvalidChangeBatch',
    'does not lie within the target zone',
  ],
  [
    'an alias with health',
    [['UPSERT', withHealth(aliasSet('b.example.com', 'A', 'd1.cloudfront.net'))]],
    'InvalidChangeBatch',
    'EvaluateTargetHealth',
  ],
  [
    'an alias of a type that has none',
    [['UPSERT', aliasSet('b.example.com', 'CNAME', 'd1.cloudfront.net')]],
    'InvalidChangeBatch',
    'that target was not found',
  ],
  [
    'an alias with a TTL',
    [['UPSERT', { ...aliasSet('b.example.com', 'A', 'd1.cloudfront.net'), TTL: 60 }]],
    'InvalidInput',
    'Expected exactly one of',
  ],
  ['no value', [['UPSERT', { Name: 'b.example.com', Type: 'A' }]], 'InvalidInput', 'but found none'],
  [
    'an unknown action',
    [['REPLACE' as 'UPSERT', recordSet('b.example.com', 'A', '192.0.2.1')]],
    'InvalidInput',
    "Value 'REPLACE'",
  ],
  ['an unknown type', [['UPSERT', recordSet('b.example.com', 'ZZ' as 'A', '192.0.2.1')]], 'InvalidInput', "Value 'ZZ'"],
  ['no change', [], 'InvalidInput', 'between 1 and 1000'],
]

describe('ChangeResourceRecordSets', () => {
  test.each(REFUSALS)('refuses %s, and all that came with it', async (_, changes, name, text) => {
    const scene = createWebScene()
    const zoneId = await createZone(scene)
    await changeRecords(scene, zoneId, ['CREATE', recordSet('a.example.com', 'A', '192.0.2.1')])
    const before = structuredClone(scene.sandbox.world.aws)
    const fine = ['UPSERT', recordSet('fine.example.com', 'A', '192.0.2.1')] as const
    const refusal = await refusalOf(changeRecords(scene, zoneId, ...(changes.length === 0 ? [] : [fine]), ...changes))
    expect(refusal).toMatchObject({ name, $metadata: { httpStatusCode: 400 } })
    expect(refusal.message).toContain(text)
    expect(scene.sandbox.world.aws).toEqual(before)
  })

  test('refuses an alias to CloudFront in a private zone', async () => {
    const scene = createWebScene()
    const zoneId = await createZone(scene, 'example.com', true)
    const refusal = await refusalOf(
      changeRecords(scene, zoneId, ['CREATE', aliasSet('a.example.com', 'A', 'd1.cloudfront.net')]),
    )
    expect(refusal).toMatchObject({
      name: 'InvalidChangeBatch',
      message: expect.stringContaining('private zone') as string,
    })
  })

  test('names every reason', async () => {
    const scene = createWebScene()
    const zoneId = await createZone(scene)
    const gone = (name: string): readonly ['DELETE', ResourceRecordSet] => ['DELETE', recordSet(name, 'A', '192.0.2.1')]
    const { message } = await refusalOf(changeRecords(scene, zoneId, gone('a.example.com'), gone('b.example.com')))
    const reason = (name: string): string =>
      `Tried to delete resource record set [name='${name}', type='A'] but it was not found`
    expect(message).toBe(`[${reason('a.example.com.')}, ${reason('b.example.com.')}]`)
  })

  test('keeps the records of the zone itself', async () => {
    const scene = createWebScene()
    const HostedZoneId = await createZone(scene)
    const { ResourceRecordSets = [] } = await scene.route53.send(new ListResourceRecordSetsCommand({ HostedZoneId }))
    expect(ResourceRecordSets.map(({ Type }) => Type)).toEqual(['NS', 'SOA'])
    for (const own of ResourceRecordSets) {
      const refusal = await refusalOf(changeRecords(scene, HostedZoneId, ['DELETE', own]))
      expect(refusal.message).toMatch(/^\[A HostedZone must contain/)
    }
  })

  test('takes an alias to a record of the same zone', async () => {
    const scene = createWebScene()
    const zoneId = await createZone(scene)
    const target = recordSet('a.example.com', 'A', '192.0.2.1')
    const alias = aliasSet('b.example.com', 'A', 'a.example.com', zoneId)
    const refusal = await refusalOf(changeRecords(scene, zoneId, ['CREATE', alias]))
    expect(refusal.message).toContain('but that target was not found')
    expect(await changeRecords(scene, zoneId, ['CREATE', target], ['CREATE', alias])).toMatch(/^\/change\/C/)
  })
})
