// The three cyclic redundancy checks that S3 takes, all of the reflected kind.
// Parameters: catalogue of parametrised CRC algorithms, CRC-32/ISO-HDLC,
// CRC-32/ISCSI and CRC-64/NVME (https://reveng.sourceforge.io/crc-catalogue/).

const CRC32_TABLE = table(0xedb88320n)
const CRC32C_TABLE = table(0x82f63b78n)
const CRC64NVME_TABLE = table(0x9a6c9329ac4bc9b5n)

export function crc32(bytes: Uint8Array): number {
  return Number(run(bytes, CRC32_TABLE, 0xffffffffn))
}

export function crc32c(bytes: Uint8Array): number {
  return Number(run(bytes, CRC32C_TABLE, 0xffffffffn))
}

export function crc64nvme(bytes: Uint8Array): bigint {
  return run(bytes, CRC64NVME_TABLE, 0xffffffffffffffffn)
}

function table(polynomial: bigint): readonly bigint[] {
  return Array.from({ length: 256 }, (_, byte) => {
    let value = BigInt(byte)
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n
    return value
  })
}

function run(bytes: Uint8Array, rows: readonly bigint[], ones: bigint): bigint {
  let value = ones
  for (const byte of bytes) value = (rows[Number((value ^ BigInt(byte)) & 0xffn)] ?? 0n) ^ (value >> 8n)
  return value ^ ones
}
