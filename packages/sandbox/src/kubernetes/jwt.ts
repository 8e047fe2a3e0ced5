// Signs and checks JSON Web Tokens (RFC 7515, 7519) as kube-apiserver does, with
// node:crypto alone. Knows nothing of clusters or service accounts.
import { createPublicKey, sign, verify } from 'node:crypto'
import { keyAlgorithm, privateKey } from './keys.ts'
import type { Algorithm } from './keys.ts'
import type { SigningKey } from './state.ts'

export interface DecodedToken {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
}

const HASHES: Readonly<Record<Algorithm, string>> = {
  RS256: 'sha256',
  ES256: 'sha256',
  ES384: 'sha384',
  ES512: 'sha512',
}

/** Members are sorted, as Go's maps are when they are written. The header is exactly `alg` and `kid` unless given. */
export function signToken(
  claims: Readonly<Record<string, unknown>>,
  key: SigningKey,
  header: Readonly<Record<string, unknown>> = { alg: keyAlgorithm(privateKey(key)), kid: key.kid },
): string {
  const input = `${encode(sorted(header))}.${encode(sorted(claims))}`
  const keyObject = privateKey(key)
  const signature = sign(HASHES[keyAlgorithm(keyObject)], Buffer.from(input), {
    key: keyObject,
    dsaEncoding: 'ieee-p1363',
  })
  return `${input}.${signature.toString('base64url')}`
}

/** Header and claims, unverified; `undefined` when this is no JWT. */
export function decodeToken(token: string): DecodedToken | undefined {
  const parts = token.split('.')
  if (parts.length !== 3) return undefined
  try {
    const [header, claims] = parts
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown)
    return isRecord(header) && isRecord(claims) ? { header, claims } : undefined
  } catch {
    return undefined
  }
}

/** Whether one of the keys made the signature. A `kid` chooses; without one all are tried. */
export function verifySignature(token: string, keys: readonly SigningKey[]): boolean {
  const header = decodeToken(token)?.header
  if (header === undefined) return false
  const [input, signature] = [token.slice(0, token.lastIndexOf('.')), token.slice(token.lastIndexOf('.') + 1)]
  const candidates = header['kid'] ? keys.filter((key) => key.kid === header['kid']) : keys
  return candidates.some((key) => {
    const keyObject = privateKey(key)
    const algorithm = keyAlgorithm(keyObject)
    return (
      header['alg'] === algorithm &&
      verify(
        HASHES[algorithm],
        Buffer.from(input),
        { key: createPublicKey(keyObject), dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      )
    )
  })
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function sorted(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
