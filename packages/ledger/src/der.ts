/** The little of DER (ITU-T X.690) that time stamps need. */

/** One value: its tag byte, its content, and all its bytes. */
export interface Der {
  tag: number
  content: Uint8Array
  bytes: Uint8Array
}

export class DerError extends Error {
  override name = 'DerError'
}

export const TAG = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OID: 0x06,
  GENERALIZED_TIME: 0x18,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const

/** Reads exactly one value. @throws {DerError} on anything that is not one whole DER value */
export function readDer(bytes: Uint8Array): Der {
  const [value, ...more] = readAll(bytes)
  if (!value || more.length > 0) throw new DerError(`want one value, got ${value ? more.length + 1 : 0}`)
  return value
}

/** The values inside a constructed one. */
export function childrenOf(value: Der): Der[] {
  return readAll(value.content)
}

function readAll(bytes: Uint8Array): Der[] {
  const found: Der[] = []
  let at = 0
  while (at < bytes.length) {
    const tag = bytes[at] as number
    if ((tag & 0x1f) === 0x1f) throw new DerError('tags of several bytes are not used here')
    let length = bytes[at + 1]
    let start = at + 2
    if (length === undefined || length === 0x80) throw new DerError('a length is missing or indefinite')
    if (length > 0x80) {
      const count = length - 0x80
      if (count > 4 || start + count > bytes.length) throw new DerError('a length of more than four bytes')
      length = 0
      for (let i = 0; i < count; i++) length = length * 256 + (bytes[start + i] as number)
      start += count
      if (length < 0x80) throw new DerError('a length that is not in its shortest form')
    }
    if (start + length > bytes.length) throw new DerError('a value is cut short')
    found.push({
      tag,
      content: bytes.subarray(start, start + length),
      bytes: bytes.subarray(at, start + length),
    })
    at = start + length
  }
  return found
}

/** Encodes a value from its tag and the parts of its content. */
export function der(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const size: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) size.unshift(rest % 256)
  const head = length < 0x80 ? [tag, length] : [tag, 0x80 + size.length, ...size]
  return new Uint8Array(Buffer.concat([Uint8Array.from(head), ...parts]))
}

/** A non-negative integer. */
export function derInteger(value: bigint): Uint8Array {
  let hex = value.toString(16)
  if (hex.length % 2 === 1) hex = `0${hex}`
  const bytes = Buffer.from(hex, 'hex')
  // The first bit is the sign.
  return der(TAG.INTEGER, (bytes[0] as number) >= 0x80 ? Buffer.concat([Uint8Array.of(0), bytes]) : bytes)
}

/** An integer of any sign. */
export function integerOf(value: Der | undefined): bigint {
  if (value?.tag !== TAG.INTEGER || value.content.length === 0) throw new DerError('not an integer')
  const unsigned = BigInt(`0x${Buffer.from(value.content).toString('hex')}`)
  return (value.content[0] as number) >= 0x80 ? unsigned - (1n << BigInt(8 * value.content.length)) : unsigned
}

export function derOid(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const groups = [arc % 128]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift(0x80 + (left % 128))
    bytes.push(...groups)
  }
  return der(TAG.OID, Uint8Array.from(bytes))
}

export function oidOf(value: Der | undefined): string {
  if (value?.tag !== TAG.OID || value.content.length === 0) throw new DerError('not an object identifier')
  const arcs: number[] = []
  let arc = 0
  for (const byte of value.content) {
    arc = arc * 128 + (byte & 0x7f)
    if (byte < 0x80) {
      arcs.push(arc)
      arc = 0
    }
  }
  const first = arcs.shift() ?? 0
  const top = Math.min(2, Math.floor(first / 40))
  return [top, first - 40 * top, ...arcs].join('.')
}

/** A GeneralizedTime in UTC as milliseconds since 1970. */
export function timeOf(value: Der | undefined): number {
  const text = value?.tag === TAG.GENERALIZED_TIME ? Buffer.from(value.content).toString('latin1') : ''
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\.\d{1,9})?Z$/.exec(text)
  if (!match) throw new DerError(`not a time: "${text}"`)
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  return Date.UTC(year, month - 1, day, hour, minute, second) + Math.floor(Number(match[7] ?? 0) * 1000)
}
