/**
 * The little of the tar format (POSIX.1-1988, "ustar") that a backup needs, so that any `tar` can list and unpack one:
 * ordinary files with a name of at most 100 bytes. What is read must be exactly what {@link tarHeader} writes.
 */
export const BLOCK = 512

/** Eleven octal digits. */
const MAX_BYTES = 8 ** 11 - 1

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

export interface TarEntry {
  name: string
  bytes: number
}

/** The block before the content of a file. @throws {RangeError} when name or length do not fit the format */
export function tarHeader({ name, bytes }: TarEntry): Uint8Array {
  const block = new Uint8Array(BLOCK)
  const encoded = encoder.encode(name)
  if (encoded.length === 0 || encoded.length > 100) throw new RangeError(`invalid name for tar: "${name}"`)
  if (bytes > MAX_BYTES) throw new RangeError(`invalid length for tar: ${bytes} bytes of "${name}"`)
  block.set(encoded, 0)
  const field = (text: string, at: number) => block.set(encoder.encode(text), at)
  // Mode 0600; owner and time say nothing here and stay zero, so that equal content gives equal bytes.
  field('0000600\0', 100)
  field('0000000\0', 108)
  field('0000000\0', 116)
  field(`${bytes.toString(8).padStart(11, '0')}\0`, 124)
  field('00000000000\0', 136)
  field('0', 156)
  field('ustar\x0000', 257)
  field(`${checksum(block).toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

/** Zeros up to the next whole block. */
export function padding(bytes: number): Uint8Array {
  return new Uint8Array((BLOCK - (bytes % BLOCK)) % BLOCK)
}

/** Two empty blocks end an archive. */
export const END = new Uint8Array(2 * BLOCK)

/** What a header says; undefined when it is not one that {@link tarHeader} would write. */
export function readTarHeader(block: Uint8Array): TarEntry | undefined {
  try {
    const end = block.indexOf(0)
    const name = decoder.decode(block.subarray(0, end < 0 || end > 100 ? 100 : end))
    const size = decoder.decode(block.subarray(124, 135))
    if (!/^[0-7]{11}$/.test(size)) return undefined
    const entry = { name, bytes: Number.parseInt(size, 8) }
    return tarHeader(entry).every((byte, at) => byte === block[at]) ? entry : undefined
  } catch {
    return undefined
  }
}

/** Sum of all bytes of the header, those of the sum itself counted as blanks. */
function checksum(block: Uint8Array): number {
  let sum = 8 * 32
  for (const [at, byte] of block.entries()) if (at < 148 || at >= 156) sum += byte
  return sum
}
