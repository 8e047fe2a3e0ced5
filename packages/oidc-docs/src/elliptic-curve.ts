// The three NIST curves (FIPS 186-4, appendix D.1.2) that Kubernetes signs with, and whether a point is on one of
// them. Arithmetic on public values only, so that no engine's choice of curves or leniency decides.

/** Curves by their JWK name (RFC 7518, section 6.2.1.1). */
export type CurveName = 'P-256' | 'P-384' | 'P-521'

/** A curve y² = x³ - 3x + b over the integers modulo a prime. */
export interface Curve {
  readonly name: CurveName
  /** The JWS algorithm that goes with it (RFC 7518, section 3.4). */
  readonly algorithm: 'ES256' | 'ES384' | 'ES512'
  /** Content of its DER object identifier, as hexadecimal digits. */
  readonly oid: string
  /** Length of a coordinate in bytes. */
  readonly coordinateBytes: number
  readonly prime: bigint
  readonly b: bigint
}

/** The curves that both Kubernetes and STS know. */
export const curves: readonly Curve[] = [
  {
    name: 'P-256',
    algorithm: 'ES256',
    oid: '2a8648ce3d030107',
    coordinateBytes: 32,
    prime: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  {
    name: 'P-384',
    algorithm: 'ES384',
    oid: '2b81040022',
    coordinateBytes: 48,
    prime: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffffn,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
  {
    name: 'P-521',
    algorithm: 'ES512',
    oid: '2b81040023',
    coordinateBytes: 66,
    prime: 2n ** 521n - 1n,
    b: BigInt(
      '0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00',
    ),
  },
]

/** Whether the point of these coordinates is on the curve. Neither STS nor Kubernetes can use a point that is not. */
export function isOnCurve(curve: Curve, x: Uint8Array, y: Uint8Array): boolean {
  const [bigX, bigY] = [toBigInt(x), toBigInt(y)]
  if (bigX >= curve.prime || bigY >= curve.prime) return false
  return (bigY * bigY - (bigX * bigX * bigX - 3n * bigX + curve.b)) % curve.prime === 0n
}

function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes) || '0'}`)
}

/** Bytes as hexadecimal digits. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
