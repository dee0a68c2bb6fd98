import { randomBytes } from 'node:crypto'

let lastTime = 0
let counter = 0

/**
 * A UUID of version 7 (RFC 9562): Unix milliseconds, a 12-bit counter, 62 random bits. Ids of one process grow
 * strictly, so they sort in the order they were made even within a millisecond and after a clock step backwards.
 */
export function uuidv7(now: number = Date.now()): string {
  if (now > lastTime) {
    lastTime = now
    // Starting low leaves room to count; the random bits below keep ids of different processes apart.
    counter = randomBytes(2).readUInt16BE() & 0x3ff
  } else if (++counter > 0xfff) {
    lastTime++
    counter = 0
  }
  const bytes = randomBytes(16)
  bytes.writeUIntBE(lastTime, 0, 6)
  bytes.writeUInt16BE(0x7000 | counter, 6)
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
