// CRC-32C (Castagnoli, reflected polynomial 0x82f63b78), eight bytes a step.
// Source: RFC 3720 appendix B.4; slicing as in Kounavis and Berry, ISCC 2005.
const POLYNOMIAL = 0x82f63b78
const TABLE = new Int32Array(8 * 256)
for (let n = 0; n < 256; n++) {
  let c = n
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ POLYNOMIAL : c >>> 1
  TABLE[n] = c
}
for (let n = 0; n < 256; n++) {
  for (let k = 1; k < 8; k++) {
    const before = TABLE[(k - 1) * 256 + n] as number
    TABLE[k * 256 + n] = (before >>> 8) ^ (TABLE[before & 0xff] as number)
  }
}

/**
 * CRC-32C of bytes, as an unsigned 32-bit number. Pass an earlier result as `seed` to go on: the CRC of a
 * concatenation is `crc32c(b, crc32c(a))`.
 */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  const t = TABLE
  let c = ~seed
  let i = 0
  for (const end = bytes.length - 7; i < end; i += 8) {
    const low =
      c ^
      ((bytes[i] as number) |
        ((bytes[i + 1] as number) << 8) |
        ((bytes[i + 2] as number) << 16) |
        ((bytes[i + 3] as number) << 24))
    c =
      (t[1792 + (low & 0xff)] as number) ^
      (t[1536 + ((low >>> 8) & 0xff)] as number) ^
      (t[1280 + ((low >>> 16) & 0xff)] as number) ^
      (t[1024 + (low >>> 24)] as number) ^
      (t[768 + (bytes[i + 4] as number)] as number) ^
      (t[512 + (bytes[i + 5] as number)] as number) ^
      (t[256 + (bytes[i + 6] as number)] as number) ^
      (t[bytes[i + 7] as number] as number)
  }
  for (; i < bytes.length; i++) c = (c >>> 8) ^ (t[(c ^ (bytes[i] as number)) & 0xff] as number)
  return ~c >>> 0
}
