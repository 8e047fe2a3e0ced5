import type { ListHostedZonesByNameCommandInput } from '@aws-sdk/client-route-53'
import {
  CreateHostedZoneCommand,
  DeleteHostedZoneCommand,
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
  ListHostedZonesCommand,
} from '@aws-sdk/client-route-53'
import { describe, expect, test } from 'vitest'
import {
  ACCOUNT,
  STRANGER,
  changeRecords,
  createWebScene,
  createZone,
  outcomeOf,
  recordSet,
  refusalOf,
} from './web-scene.test.setup.ts'

describe('a hosted zone', () => {
  test('is made with name servers, read, and deleted when it is empty', async () => {
    const scene = createWebScene()
    const { route53 } = scene
    const HostedZoneConfig = { Comment: 'mine' }
    const made = await route53.send(
      new CreateHostedZoneCommand({ Name: 'Example.com', CallerReference: '1', HostedZoneConfig }),
    )
    const Id = made.HostedZone?.Id ?? ''
    expect(Id).toMatch(/^\/hostedzone\/Z[A-Z0-9]{20}$/)
    expect(made).toMatchObject({
      Location: `https://route53.amazonaws.com/2013-04-01${Id}`,
      HostedZone: {
        Name: 'example.com.',
        CallerReference: '1',
        Config: { Comment: 'mine', PrivateZone: false },
        ResourceRecordSetCount: 2,
      },
      ChangeInfo: { Status: 'PENDING' },
    })
    expect(made.DelegationSet?.NameServers).toEqual([
      expect.stringMatching(/^ns-\d+\.awsdns-\d\d\.com$/),
      expect.stringMatching(/^ns-\d+\.awsdns-\d\d\.net$/),
      expect.stringMatching(/^ns-\d+\.awsdns-\d\d\.org$/),
      expect.stringMatching(/^ns-\d+\.awsdns-\d\d\.co\.uk$/),
    ])
    const read = await route53.send(new GetHostedZoneCommand({ Id }))
    expect(read).toMatchObject({ HostedZone: made.HostedZone, DelegationSet: made.DelegationSet })
    const record = recordSet('a.example.com', 'A', '192.0.2.1')
    await changeRecords(scene, Id, ['CREATE', record])
    const remove = (): Promise<string> => outcomeOf(route53.send(new DeleteHostedZoneCommand({ Id })))
    expect(await remove()).toBe('HostedZoneNotEmpty')
    await changeRecords(scene, Id, ['DELETE', record])
    expect([await remove(), await remove()]).toEqual(['done', 'NoSuchHostedZone'])
  })

  test.each([
    ['one reference twice', { Name: 'other.com', CallerReference: 'example.com' }, 'HostedZoneAlreadyExists', 409],
    ['no name', { Name: '', CallerReference: 'x' }, 'InvalidDomainName', 400],
    ['an empty label', { Name: 'a..com', CallerReference: 'x' }, 'InvalidDomainName', 400],
    [
      'privacy without a network',
      { Name: 'a.com', CallerReference: 'x', HostedZoneConfig: { PrivateZone: true } },
      'InvalidInput',
      400,
    ],
  ])('with %s is refused', async (_, input, name, httpStatusCode) => {
    const scene = createWebScene()
    await createZone(scene)
    const refusal = await refusalOf(scene.route53.send(new CreateHostedZoneCommand(input)))
    expect(refusal).toMatchObject({ name, $metadata: { httpStatusCode } })
  })

  test('may have the name of another', async () => {
    const { route53 } = createWebScene()
    const create = async (CallerReference: string): Promise<string | undefined> =>
      (await route53.send(new CreateHostedZoneCommand({ Name: 'example.com', CallerReference }))).HostedZone?.Id
    expect(await create('1')).not.toBe(await create('2'))
  })

  test('of another account is denied', async () => {
    const scene = createWebScene()
    const Id = await createZone(scene)
    const { route53 } = scene.clientsOf(STRANGER)
    const refusal = await refusalOf(route53.send(new GetHostedZoneCommand({ Id })))
    expect(refusal).toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
    expect((await route53.send(new ListHostedZonesCommand({}))).HostedZones).toEqual([])
  })

  test('is permitted by its ARN, the list by none', async () => {
    const scene = createWebScene()
    const [own, other] = [await createZone(scene), await createZone(scene, 'other.com')]
    const Action = ['route53:GetHostedZone', 'route53:ListHostedZones']
    const statement = { Effect: 'Allow', Action, Resource: `arn:aws:route53:::hostedzone/${own}` } as const
    const { route53 } = scene.clientsOf(ACCOUNT, [{ Statement: statement }])
    expect(await outcomeOf(route53.send(new GetHostedZoneCommand({ Id: own })))).toBe('done')
    expect(await outcomeOf(route53.send(new GetHostedZoneCommand({ Id: other })))).toBe('AccessDenied')
    expect(await outcomeOf(route53.send(new ListHostedZonesCommand({})))).toBe('AccessDenied')
  })
})

describe('ListHostedZonesByName', () => {
  const NAMES = ['example.com', 'a.example.com', 'b.a.example.com', 'example.net', 'zz.com', 'com']
  const ALL = ['com.', 'example.com.', 'a.example.com.', 'b.a.example.com.', 'zz.com.', 'example.net.']

  test.each([
    [undefined, ALL],
    ['a.example.com', ALL.slice(2)],
    ['aa.example.com.', ALL.slice(4)],
    ['b.example.com', ALL.slice(4)],
    ['zz.net', []],
  ])('lists from %s on, by labels from the right', async (DNSName, expected) => {
    const scene = createWebScene()
    for (const name of NAMES) await createZone(scene, name)
    const { HostedZones } = await scene.route53.send(new ListHostedZonesByNameCommand({ DNSName }))
    expect(HostedZones?.map(({ Name }) => Name)).toEqual(expected)
  })

  test('goes over pages', async () => {
    const scene = createWebScene()
    for (const name of NAMES) await createZone(scene, name)
    const seen: (string | undefined)[] = []
    let next: ListHostedZonesByNameCommandInput | undefined = { MaxItems: 4 }
    while (next) {
      const command: ListHostedZonesByNameCommand = new ListHostedZonesByNameCommand(next)
      const page = await scene.route53.send(command)
      seen.push(...(page.HostedZones ?? []).map(({ Name }) => Name))
      next = page.IsTruncated
        ? { DNSName: page.NextDNSName, HostedZoneId: page.NextHostedZoneId, MaxItems: 4 }
        : undefined
    }
    expect(seen).toEqual(ALL)
  })
})

test('ListHostedZones goes over pages', async () => {
  const scene = createWebScene()
  const ids: string[] = []
  for (const name of ['a.com', 'b.com', 'c.com']) ids.push(`/hostedzone/${await createZone(scene, name)}`)
  const first = await scene.route53.send(new ListHostedZonesCommand({ MaxItems: 2 }))
  const second = await scene.route53.send(new ListHostedZonesCommand({ Marker: first.NextMarker }))
  expect([first.IsTruncated, second.IsTruncated]).toEqual([true, false])
  const listed = [...(first.HostedZones ?? []), ...(second.HostedZones ?? [])].map(({ Id }) => Id)
  expect(listed).toHaveLength(3)
  expect(new Set(listed)).toEqual(new Set(ids))
})
