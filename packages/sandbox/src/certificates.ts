// A certificate authority of the sandbox's own, which gives out server certificates
// on the spot: P-256, X.509 v3 (RFC 5280), written as DER with node:crypto alone.
// Valid by real time, since that is what TLS clients go by, and for a week.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { isIP } from 'node:net'

export interface ServerCertificate {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

export interface CertificateAuthority {
  readonly certificatePem: string
  /** A certificate for these host names and IPv4 addresses. */
  issue(names: readonly string[]): ServerCertificate
}

interface Subject {
  readonly name: string
  readonly publicKey: KeyObject
}

const HOUR_MS = 3_600_000
const LIFE_MS = 7 * 24 * HOUR_MS
const AUTHORITY_NAME = 'sandbox certificate authority'

const OID = {
  ecdsaWithSha256: '2a8648ce3d040302',
  commonName: '550403',
  subjectKeyIdentifier: '551d0e',
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  authorityKeyIdentifier: '551d23',
  extendedKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
} as const

export function createCertificateAuthority(): CertificateAuthority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const authority = { name: AUTHORITY_NAME, publicKey }
  // One key for all servers: they are one process, and a certificate costs a signature less.
  const server = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const privateKeyPem = server.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  return {
    certificatePem: certify(authority, privateKey, authority, [
      extension(OID.basicConstraints, der(0x30, der(0x01, Buffer.from([0xff]))), 'critical'),
      // keyCertSign, cRLSign
      extension(OID.keyUsage, der(0x03, Buffer.from([1, 0x06])), 'critical'),
    ]),
    issue: (names) => ({
      privateKeyPem,
      certificatePem: certify(authority, privateKey, { name: 'sandbox', publicKey: server.publicKey }, [
        extension(OID.basicConstraints, der(0x30), 'critical'),
        // digitalSignature
        extension(OID.keyUsage, der(0x03, Buffer.from([7, 0x80])), 'critical'),
        extension(OID.extendedKeyUsage, der(0x30, oid(OID.serverAuth))),
        extension(OID.subjectAltName, der(0x30, ...names.map(generalName))),
      ]),
    }),
  }
}

function certify(issuer: Subject, issuerKey: KeyObject, subject: Subject, extensions: readonly Buffer[]): string {
  const algorithm = der(0x30, oid(OID.ecdsaWithSha256))
  const identifiers = [
    extension(OID.subjectKeyIdentifier, der(0x04, identify(subject.publicKey))),
    extension(OID.authorityKeyIdentifier, der(0x30, der(0x80, identify(issuer.publicKey)))),
  ]
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serialNumber()),
    algorithm,
    distinguishedName(issuer.name),
    der(0x30, utcTime(Date.now() - HOUR_MS), utcTime(Date.now() + LIFE_MS)),
    distinguishedName(subject.name),
    spki(subject.publicKey),
    der(0xa3, der(0x30, ...extensions, ...identifiers)),
  )
  const certificate = der(0x30, body, algorithm, bitString(sign('sha256', body, issuerKey)))
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

/** One DER value: tag, length, content. */
function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(content)
  if (bytes.length < 0x80) return Buffer.concat([Buffer.from([tag, bytes.length]), bytes])
  const length = Buffer.from(bytes.length.toString(16).padStart(bytes.length > 0xff ? 4 : 2, '0'), 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, bytes])
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'))
}

function bitString(bytes: Buffer): Buffer {
  return der(0x03, Buffer.from([0]), bytes)
}

function extension(id: string, value: Buffer, criticality?: 'critical'): Buffer {
  const critical = criticality === undefined ? [] : [der(0x01, Buffer.from([0xff]))]
  return der(0x30, oid(id), ...critical, der(0x04, value))
}

function generalName(name: string): Buffer {
  if (isIP(name) === 4) return der(0x87, Buffer.from(name.split('.').map(Number)))
  return der(0x82, Buffer.from(name, 'ascii'))
}

function distinguishedName(commonName: string): Buffer {
  return der(0x30, der(0x31, der(0x30, oid(OID.commonName), der(0x0c, Buffer.from(commonName)))))
}

function utcTime(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replace(/[-:T]/g, '').slice(2, 14)
  return der(0x17, Buffer.from(`${digits}Z`))
}

/** Sixteen bytes, positive and with no leading zero. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes
}

function identify(key: KeyObject): Buffer {
  return createHash('sha256').update(spki(key)).digest().subarray(0, 20)
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' })
}
