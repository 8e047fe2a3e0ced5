import { createPrivateKey, X509Certificate } from 'node:crypto'
import { connect, createServer } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createCertificateAuthority } from './certificates.ts'

test('createCertificateAuthority() is one, by its own signature', () => {
  const ca = new X509Certificate(createCertificateAuthority().certificatePem)
  expect(ca.ca).toBe(true)
  expect(ca.verify(ca.publicKey)).toBe(true)
  expect(ca.subject).toBe('CN=sandbox certificate authority')
})

test('issue() gives a certificate for names and addresses, valid now and for a week', () => {
  const authority = createCertificateAuthority()
  const { certificatePem, privateKeyPem } = authority.issue(['oidc.example.com', '10.1.0.11'])
  const [ca, leaf] = [new X509Certificate(authority.certificatePem), new X509Certificate(certificatePem)]
  expect(leaf.checkIssued(ca)).toBe(true)
  expect(leaf.verify(ca.publicKey)).toBe(true)
  expect(leaf.checkPrivateKey(createPrivateKey(privateKeyPem))).toBe(true)
  expect(leaf.ca).toBe(false)
  expect(leaf.checkHost('oidc.example.com')).toBe('oidc.example.com')
  expect(leaf.checkHost('other.example.com')).toBeUndefined()
  expect(leaf.checkIP('10.1.0.11')).toBe('10.1.0.11')
  expect(leaf.validFromDate.getTime()).toBeLessThan(Date.now())
  expect(leaf.validToDate.getTime() - Date.now()).toBeGreaterThan(6 * 24 * 3_600_000)
})

test('issue() never uses a serial number twice', () => {
  const authority = createCertificateAuthority()
  const serials = Array.from(
    { length: 100 },
    () => new X509Certificate(authority.issue(['a']).certificatePem).serialNumber,
  )
  expect(new Set(serials).size).toBe(100)
  for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/)
})

test('a TLS client that trusts the authority trusts its certificates, and no other’s', async () => {
  const [authority, stranger] = [createCertificateAuthority(), createCertificateAuthority()]
  const { certificatePem: cert, privateKeyPem: key } = authority.issue(['oidc.example.com'])
  const server = createServer({ cert, key }, (socket) => socket.end('hello'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const dial = (ca: string, servername: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', ca, servername }, () => {
        socket.destroy()
        resolve('trusted')
      })
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
    })
  expect(await dial(authority.certificatePem, 'oidc.example.com')).toBe('trusted')
  expect(await dial(authority.certificatePem, 'other.example.com')).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  expect(await dial(stranger.certificatePem, 'oidc.example.com')).not.toBe('trusted')
  server.close()
})
