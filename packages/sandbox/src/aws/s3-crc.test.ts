import { crc32 as referenceCrc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random.ts'
import { crc32, crc32c, crc64nvme } from './s3-crc.ts'

const CHECK = Buffer.from('123456789')

describe('checksums', () => {
  // The "check" values of the catalogue of parametrised CRC algorithms.
  it.each([
    ['crc32', crc32(CHECK), 0xcbf43926],
    ['crc32c', crc32c(CHECK), 0xe3069283],
    ['crc64nvme', crc64nvme(CHECK), 0xae8b14860a799888n],
  ])('%s() gives the check value of the catalogue', (_name, found, expected) => {
    expect(found).toBe(expected)
  })

  it('crc32() agrees with zlib', () => {
    const seed = 20_260_101
    const random = createRandom(seed)
    for (let length = 0; length < 300; length += 7) {
      const bytes = Uint8Array.from({ length }, () => Math.floor(random() * 256))
      expect(crc32(bytes), `seed ${seed}, length ${length}`).toBe(referenceCrc32(bytes))
    }
  })
})
