import { parseNumber } from '../number.ts'
import { readString } from '../scan.ts'
import { parseDate, parseDateTime, parseDuration, parseTemporal, parseTime } from '../temporal.ts'
import { compare, type FeelValue, Range, unaryRange } from '../values.ts'

const BOUNDS = /^\s*([[\](])\s*([\s\S]*?)\s*([[\])])\s*$/
const CALL = /^(date and time|date|time|duration)\s*\(\s*(".*")\s*\)$/s
const READERS = { date: parseDate, time: parseTime, 'date and time': parseDateTime, duration: parseDuration }

/** The range a text such as `[1..10)` or `(..10]` denotes; only literals may stand inside. Null when it is none. */
export function readRange(text: string): Range | null {
  const m = BOUNDS.exec(text)
  if (m === null) return null
  const inside = m[2] as string
  const dots = dotsOutsideStrings(inside)
  if (dots < 0) return null
  const [before, after] = [inside.slice(0, dots).trim(), inside.slice(dots + 2).trim()]
  const [low, high] = [readLiteral(before), readLiteral(after)]
  // Where an end is left out, its bracket must be open.
  if (before === '' && m[1] !== '[' && high !== null) return unaryRange(m[3] === ']' ? '<=' : '<', high)
  if (after === '' && m[3] !== ']' && low !== null) return unaryRange(m[1] === '[' ? '>=' : '>', low)
  const order = compare(low, high)
  if (order === null || order > 0) return null
  return new Range(low, high, m[1] === '[', m[3] === ']')
}

function dotsOutsideStrings(text: string): number {
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') i = readString(text, i).end - 1
    else if (text.startsWith('..', i)) return i
  }
  return -1
}

function readLiteral(text: string): FeelValue {
  const trimmed = text.trim()
  const number = parseNumber(trimmed)
  if (number !== null) return number
  if (trimmed.startsWith('"')) return wholeString(trimmed)
  if (trimmed.startsWith('@')) {
    const inner = wholeString(trimmed.slice(1))
    return inner === null ? null : parseTemporal(inner)
  }
  const call = CALL.exec(trimmed)
  const inner = call === null ? null : wholeString(call[2] as string)
  return inner === null ? null : READERS[call?.[1] as keyof typeof READERS](inner)
}

function wholeString(text: string): string | null {
  if (!text.startsWith('"')) return null
  const { value, end, terminated } = readString(text, 0)
  return terminated && end === text.length ? value : null
}
