import type { ListResourceRecordSetsCommandInput } from '@aws-sdk/client-route-53'
import { ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53'
import { describe, expect, test } from 'vitest'
import type { Clients } from './web-scene.test.setup.ts'
import {
  ACCOUNT,
  aliasSet,
  changeRecords,
  createWebScene,
  createZone,
  outcomeOf,
  recordSet,
} from './web-scene.test.setup.ts'

async function list(
  { route53 }: Clients,
  HostedZoneId: string,
  input: Partial<ListResourceRecordSetsCommandInput> = {},
): Promise<string[]> {
  const { ResourceRecordSets = [] } = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId, ...input }))
  return ResourceRecordSets.map(({ Name, Type }) => `${Name} ${Type}`)
}

describe('ListResourceRecordSets', () => {
  async function fillZone(scene: Clients): Promise<string> {
    const zoneId = await createZone(scene)
    await changeRecords(
      scene,
      zoneId,
      ['CREATE', recordSet('www.example.com', 'AAAA', '2001:db8::1')],
      ['CREATE', recordSet('www.example.com', 'A', '192.0.2.1', '192.0.2.2')],
      ['CREATE', recordSet('*.example.com', 'TXT', '"a"')],
      ['CREATE', recordSet('x.www.example.com', 'CNAME', 'example.org')],
      ['CREATE', aliasSet('alias.example.com', 'A', 'd1.cloudfront.net')],
    )
    return zoneId
  }
  const ALL = [
    'example.com. NS',
    'example.com. SOA',
    '\\052.example.com. TXT',
    'alias.example.com. A',
    'www.example.com. A',
    'www.example.com. AAAA',
    'x.www.example.com. CNAME',
  ]

  test.each([
    [{}, ALL],
    [{ StartRecordName: 'www.example.com' }, ALL.slice(4)],
    [{ StartRecordName: 'WWW.example.com.', StartRecordType: 'AAAA' as const }, ALL.slice(5)],
    [{ StartRecordName: 'b.example.com' }, ALL.slice(4)],
    [{ StartRecordName: '*.example.com' }, ALL.slice(2)],
    [{ StartRecordName: '\\052.example.com' }, ALL.slice(2)],
    [{ StartRecordName: 'zzz.example.com' }, []],
    [{ MaxItems: 2 }, ALL.slice(0, 2)],
  ])('with %o', async (input, expected) => {
    const scene = createWebScene()
    const zoneId = await fillZone(scene)
    expect(await list(scene, zoneId, input)).toEqual(expected)
  })

  test('goes over pages by the next record', async () => {
    const scene = createWebScene()
    const HostedZoneId = await fillZone(scene)
    const page = await scene.route53.send(new ListResourceRecordSetsCommand({ HostedZoneId, MaxItems: 5 }))
    expect(page).toMatchObject({ IsTruncated: true, NextRecordName: 'www.example.com.', NextRecordType: 'AAAA' })
    const next = { StartRecordName: page.NextRecordName, StartRecordType: page.NextRecordType }
    expect(await list(scene, HostedZoneId, next)).toEqual(ALL.slice(5))
  })

  test('gives records as they were sent', async () => {
    const scene = createWebScene()
    const HostedZoneId = await fillZone(scene)
    const command = new ListResourceRecordSetsCommand({
      HostedZoneId,
      StartRecordName: 'alias.example.com',
      MaxItems: 2,
    })
    expect((await scene.route53.send(command)).ResourceRecordSets).toEqual([
      aliasSet('alias.example.com.', 'A', 'd1.cloudfront.net.'),
      recordSet('www.example.com.', 'A', '192.0.2.1', '192.0.2.2'),
    ])
  })

  test('refuses a type without a name', async () => {
    const scene = createWebScene()
    const zoneId = await createZone(scene)
    expect(await outcomeOf(list(scene, zoneId, { StartRecordType: 'A' }))).toBe('InvalidInput')
  })
})

describe('ChangeResourceRecordSets', () => {
  test('takes each change on what the ones before it left', async () => {
    const scene = createWebScene()
    const zoneId = await createZone(scene)
    await changeRecords(scene, zoneId, ['CREATE', recordSet('a.example.com', 'A', '192.0.2.1', '192.0.2.2')])
    await changeRecords(
      scene,
      zoneId,
      ['DELETE', recordSet('A.example.com.', 'A', '192.0.2.2', '192.0.2.1')],
      ['CREATE', recordSet('a.example.com', 'CNAME', 'example.org')],
    )
    expect(await list(scene, zoneId, { StartRecordName: 'a.example.com' })).toEqual(['a.example.com. CNAME'])
  })

  test('changes nothing when a record is put as it is', async () => {
    const scene = createWebScene()
    const zoneId = await createZone(scene)
    const put = ['UPSERT', recordSet('a.example.com', 'A', '192.0.2.1')] as const
    await changeRecords(scene, zoneId, put)
    const before = structuredClone(scene.sandbox.world.aws.route53.zones)
    scene.sandbox.clock.advance(1_000)
    await changeRecords(scene, zoneId, put)
    expect(scene.sandbox.world.aws.route53.zones).toEqual(before)
  })

  const Condition = {
    'ForAllValues:StringEquals': {
      'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['oidc.example.com', '\\052.oidc.example.com'],
      'route53:ChangeResourceRecordSetsRecordTypes': ['A'],
      'route53:ChangeResourceRecordSetsActions': ['CREATE', 'UPSERT'],
    },
  }
  test.each([
    ['the name, type and action', 'UPSERT', 'OIDC.example.com.', 'A', 'done'],
    ['a wildcard', 'UPSERT', '*.oidc.example.com', 'A', 'done'],
    ['another name', 'UPSERT', 'www.example.com', 'A', 'AccessDenied'],
    ['another type', 'UPSERT', 'oidc.example.com', 'TXT', 'AccessDenied'],
    ['another action', 'DELETE', 'oidc.example.com', 'A', 'AccessDenied'],
  ] as const)('is permitted by %s', async (_, action, name, type, outcome) => {
    const scene = createWebScene()
    const zoneId = await createZone(scene)
    const Action = 'route53:ChangeResourceRecordSets'
    const statement = {
      Effect: 'Allow',
      Action,
      Resource: `arn:aws:route53:::hostedzone/${zoneId}`,
      Condition,
    } as const
    const limited = scene.clientsOf(ACCOUNT, [{ Statement: statement }])
    const record = recordSet(name, type, type === 'A' ? '192.0.2.1' : '"text"')
    if (action === 'DELETE') await changeRecords(scene, zoneId, ['CREATE', record])
    expect(await outcomeOf(changeRecords(limited, zoneId, [action, record]))).toBe(outcome)
  })
})
