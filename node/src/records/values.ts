import { RecordsError } from './contract.ts'

/**
 * Values on their way to and from the database. Both drivers send parameters as text and receive text, and both
 * use these functions, so a value has the same type on PGlite and on a server:
 *
 * | database | here |
 * |---|---|
 * | bool | boolean |
 * | int2, int4, oid, float4, float8 | number |
 * | int8, numeric | string of digits |
 * | date | `YYYY-MM-DD` |
 * | timestamptz | `YYYY-MM-DDTHH:MM:SS[.ffffff]+00:00` |
 * | json, jsonb | the parsed value |
 * | bytea | Uint8Array |
 * | arrays of these | arrays |
 * | all others | text |
 */
type Decode = (text: string) => unknown

const decodeBytes: Decode = (text) => {
  const hex = text.slice(2)
  const bytes = new Uint8Array(hex.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16)
  return bytes
}

const decodeInstant: Decode = (text) => {
  // `2026-11-21 22:51:35.898+00`; years beyond 9999, BC and infinity stay as the database writes them.
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d)(:\d\d)?$/.exec(text)
  return match ? `${match[1]}T${match[2]}${match[3]}${match[4] ?? ':00'}` : text
}

const SCALARS: Record<number, Decode> = {
  16: (text) => text === 't',
  17: decodeBytes,
  21: Number,
  23: Number,
  26: Number,
  114: (text) => JSON.parse(text) as unknown,
  700: Number,
  701: Number,
  1184: decodeInstant,
  3802: (text) => JSON.parse(text) as unknown,
}

const ARRAYS: Record<number, Decode | undefined> = {
  1000: SCALARS[16],
  1005: SCALARS[21],
  1007: SCALARS[23],
  1021: SCALARS[700],
  1022: SCALARS[701],
  1009: (text) => text,
  1015: (text) => text,
  1016: (text) => text,
  1182: (text) => text,
  1185: decodeInstant,
  1231: (text) => text,
  2951: (text) => text,
}

/** Reads a one-dimensional array literal: `{a,"b,c",NULL}`. */
function decodeArray(text: string, decode: Decode): unknown[] {
  const items: unknown[] = []
  let i = 1
  while (i < text.length && text[i] !== '}') {
    let item = ''
    const quoted = text[i] === '"'
    if (quoted) i++
    while (i < text.length && (quoted ? text[i] !== '"' : text[i] !== ',' && text[i] !== '}')) {
      if (text[i] === '\\') i++
      item += text[i++]
    }
    if (quoted) i++
    items.push(!quoted && item === 'NULL' ? null : decode(item))
    if (text[i] === ',') i++
  }
  return items
}

/** How to read the text of a column of the database type `oid`. */
export function decoderOf(oid: number): Decode {
  const scalar = SCALARS[oid]
  if (scalar) return scalar
  const element = ARRAYS[oid]
  if (element) return (text) => decodeArray(text, element)
  return (text) => text
}

function encodeItem(value: unknown): string {
  const text = encodeParameter(value)
  return text === null ? 'NULL' : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/**
 * The text of a parameter. Lists become arrays; for a jsonb column hand over `jsonText(value)`.
 * @throws {RecordsError} `parameter` on undefined, Date, NaN, infinities and objects
 */
export function encodeParameter(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      if (!Number.isFinite(value)) throw new RecordsError('parameter', `invalid parameter: ${value}`)
      return String(value)
    case 'bigint':
      return String(value)
    case 'boolean':
      return value ? 't' : 'f'
    case 'object':
      if (value === null) return null
      if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
      if (Array.isArray(value)) return `{${value.map(encodeItem).join(',')}}`
  }
  const what =
    value instanceof Date ? 'a Date; pass ISO text' : `${typeof value}; for jsonb pass jsonText(value)`
  throw new RecordsError('parameter', `invalid parameter: ${what}`)
}
