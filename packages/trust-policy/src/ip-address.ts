// IPv4 and IPv6 addresses and ranges (RFC 4291, 4632) as numbers: what IAM's IP conditions compare.

/** A range of addresses: every address whose first `prefixBits` bits are those of `address`. */
export interface AddressRange {
  readonly version: 4 | 6
  readonly address: bigint
  readonly prefixBits: number
}

/** Parses an address or a range in CIDR notation; an address alone is the range of itself. `undefined` otherwise. */
export function parseRange(text: string): AddressRange | undefined {
  const [host = '', prefix, ...rest] = text.split('/')
  const parsed = parseAddress(host)
  if (parsed === undefined || rest.length > 0) return undefined
  const bits = bitsOf(parsed.version)
  if (prefix === undefined) return { ...parsed, prefixBits: bits }
  if (!/^(0|[1-9][0-9]{0,2})$/.test(prefix) || Number(prefix) > bits) return undefined
  return { ...parsed, prefixBits: Number(prefix) }
}

/** Whether one range lies within another. Ranges of different IP versions never do. */
export function isWithin(inner: AddressRange, outer: AddressRange): boolean {
  if (inner.version !== outer.version || inner.prefixBits < outer.prefixBits) return false
  return networkOf(inner.address, outer) === networkOf(outer.address, outer)
}

/** Whether all bits behind the prefix are zero, as the standard notation of a range has it. */
export function isNetwork(range: AddressRange): boolean {
  return networkOf(range.address, range) << hostBits(range) === range.address
}

function networkOf(address: bigint, range: AddressRange): bigint {
  return address >> hostBits(range)
}

function hostBits({ version, prefixBits }: AddressRange): bigint {
  return BigInt(bitsOf(version) - prefixBits)
}

function bitsOf(version: 4 | 6): number {
  return version === 4 ? 32 : 128
}

function parseAddress(text: string): { readonly version: 4 | 6; readonly address: bigint } | undefined {
  const version = text.includes(':') ? 6 : 4
  const address = version === 6 ? parseIPv6(text) : parseIPv4(text)
  return address === undefined ? undefined : { version, address }
}

function parseIPv4(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined
  }
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n)
}

function parseIPv6(text: string): bigint | undefined {
  // The last 32 bits may be written as an IPv4 address (RFC 4291, section 2.2).
  const dotted = /^(.*:)([0-9.]+)$/.exec(text)
  let groups = text
  if (dotted !== null && dotted[2]?.includes('.') === true) {
    const low = parseIPv4(dotted[2])
    if (low === undefined) return undefined
    groups = `${dotted[1] ?? ''}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`
  }
  const halves = groups.split('::')
  if (halves.length > 2) return undefined
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const all = [...head, ...Array.from({ length: missing }, () => '0'), ...tail]
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n)
}
