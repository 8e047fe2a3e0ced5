import { waitUntilCertificateValidated } from '@aws-sdk/client-acm'
import { describe, expect, test } from 'vitest'
import { coversName } from './acm-status.ts'
import {
  HOUR_MS,
  createWebScene,
  createZone,
  describeCertificate,
  proveCertificate,
  requestCertificate,
} from './web-scene.test.setup.ts'

const HOST = 'oidc.example.com'
const ISSUED_MS = 150_000

describe('a certificate', () => {
  test('is issued some minutes after the record came into the zone, whoever looks', async () => {
    const scene = createWebScene()
    const { sandbox, acm } = scene
    const zoneId = await createZone(scene)
    const arn = await requestCertificate(acm, HOST)
    sandbox.clock.advance(HOUR_MS)
    expect(await describeCertificate(acm, arn)).toMatchObject({ Status: 'PENDING_VALIDATION' })
    await proveCertificate(scene, zoneId, arn)
    const provedAt = sandbox.clock.now()
    sandbox.clock.advance(ISSUED_MS - 1)
    expect(await describeCertificate(acm, arn)).toMatchObject({ Status: 'PENDING_VALIDATION' })
    sandbox.clock.advance(1 + HOUR_MS)
    const issued = await describeCertificate(acm, arn)
    expect(issued).toMatchObject({ Status: 'ISSUED', IssuedAt: new Date(provedAt + ISSUED_MS) })
    expect(issued.DomainValidationOptions?.[0]).toMatchObject({ ValidationStatus: 'SUCCESS' })
    const waited = await waitUntilCertificateValidated({ client: acm, maxWaitTime: 70 }, { CertificateArn: arn })
    expect(waited).toMatchObject({ state: 'SUCCESS' })
  })

  test('is the same whether or not anybody looked meanwhile', async () => {
    const worlds = []
    for (const looks of [0, 5]) {
      const scene = createWebScene()
      const zoneId = await createZone(scene)
      const arn = await requestCertificate(scene.acm, HOST)
      scene.sandbox.clock.advance(10_000)
      await proveCertificate(scene, zoneId, arn)
      for (let look = 0; look < looks; look++) {
        scene.sandbox.clock.advance(60_000)
        await describeCertificate(scene.acm, arn)
      }
      worlds.push({ ...scene.sandbox.dump(), nowAt: 0 })
    }
    expect(worlds[1]).toEqual(worlds[0])
  })

  test('is issued when the record was there before', async () => {
    const scene = createWebScene()
    const zoneId = await createZone(scene)
    const first = await requestCertificate(scene.acm, HOST)
    scene.sandbox.clock.advance(10_000)
    await proveCertificate(scene, zoneId, first)
    scene.sandbox.clock.advance(HOUR_MS)
    const second = await requestCertificate(scene.acm, HOST)
    scene.sandbox.clock.advance(ISSUED_MS - 1)
    expect(await describeCertificate(scene.acm, second)).toMatchObject({ Status: 'PENDING_VALIDATION' })
    scene.sandbox.clock.advance(1)
    expect(await describeCertificate(scene.acm, second)).toMatchObject({ Status: 'ISSUED' })
  })

  test('stays pending without every one of its records', async () => {
    const scene = createWebScene()
    const zoneId = await createZone(scene)
    const both = await requestCertificate(scene.acm, HOST, { SubjectAlternativeNames: ['oidc.example.org'] })
    const one = await requestCertificate(scene.acm, HOST)
    scene.sandbox.clock.advance(10_000)
    await proveCertificate(scene, zoneId, one)
    scene.sandbox.clock.advance(HOUR_MS)
    expect(await describeCertificate(scene.acm, one)).toMatchObject({ Status: 'ISSUED' })
    expect(await describeCertificate(scene.acm, both)).toMatchObject({ Status: 'PENDING_VALIDATION' })
  })

  test.each([
    ['a private zone', ['example.com'], true, 'PENDING_VALIDATION'],
    ['a public zone', ['example.com'], false, 'ISSUED'],
    ['the zone of the host itself', [HOST], false, 'ISSUED'],
    ['a zone that a nearer one hides', ['example.com', HOST], false, 'PENDING_VALIDATION'],
  ])('with its record in %s', async (_, names, isPrivate, Status) => {
    const scene = createWebScene()
    const [zoneId = ''] = await Promise.all(names.map((name) => createZone(scene, name, isPrivate)))
    const arn = await requestCertificate(scene.acm, HOST)
    scene.sandbox.clock.advance(10_000)
    await proveCertificate(scene, zoneId, arn)
    scene.sandbox.clock.advance(HOUR_MS)
    expect(await describeCertificate(scene.acm, arn)).toMatchObject({ Status })
  })

  test.each([
    ['before it is issued', ISSUED_MS - 1, 'PENDING_VALIDATION'],
    ['after it was issued', ISSUED_MS, 'ISSUED'],
  ])('whose record leaves %s', async (_, afterMs, Status) => {
    const scene = createWebScene()
    const zoneId = await createZone(scene)
    const arn = await requestCertificate(scene.acm, HOST)
    scene.sandbox.clock.advance(10_000)
    await proveCertificate(scene, zoneId, arn)
    scene.sandbox.clock.advance(afterMs)
    await proveCertificate(scene, zoneId, arn, 'DELETE')
    scene.sandbox.clock.advance(HOUR_MS)
    expect(await describeCertificate(scene.acm, arn)).toMatchObject({ Status })
  })

  test('times out after 72 hours without its record', async () => {
    const scene = createWebScene()
    const zoneId = await createZone(scene)
    const arn = await requestCertificate(scene.acm, HOST)
    scene.sandbox.clock.advance(72 * HOUR_MS - 1)
    expect(await describeCertificate(scene.acm, arn)).toMatchObject({ Status: 'PENDING_VALIDATION' })
    scene.sandbox.clock.advance(1)
    expect(await describeCertificate(scene.acm, arn)).toMatchObject({ Status: 'VALIDATION_TIMED_OUT' })
    await proveCertificate(scene, zoneId, arn)
    scene.sandbox.clock.advance(HOUR_MS)
    expect(await describeCertificate(scene.acm, arn)).toMatchObject({ Status: 'VALIDATION_TIMED_OUT' })
  })

  test('is never issued by e-mail', async () => {
    const { acm, sandbox } = createWebScene()
    const arn = await requestCertificate(acm, HOST, { ValidationMethod: 'EMAIL' })
    sandbox.clock.advance(HOUR_MS)
    expect(await describeCertificate(acm, arn)).toMatchObject({ Status: 'PENDING_VALIDATION' })
  })
})

test.each([
  ['a.example.com', 'a.example.com', true],
  ['a.example.com', 'b.example.com', false],
  ['*.example.com', 'a.example.com', true],
  ['*.example.com', 'example.com', false],
  ['*.example.com', 'a.b.example.com', false],
  ['*.example.com', '*.example.com', true],
  ['*.example.com', '*.b.example.com', false],
  ['*.example.com', 'a.badexample.com', false],
])('coversName() of %s and %s is %s', (pattern, host, expected) => {
  expect(coversName(pattern, host)).toBe(expected)
})
