import { type QualityCode, qualityBits, type Status, statuses } from './contract.ts'
import { ObservationsError } from './errors.ts'
import type { NewObservation } from './observations.ts'

/** A version of a fact inside the store: dictionary ids instead of texts, nulls instead of absences. */
export interface Fact {
  seq: number
  seriesId: number
  from: number
  to: number | null
  value: number | null
  exact: string | null
  num: number | null
  den: number | null
  text: string | null
  uom: number
  /** Index in `statuses`; the disk format, so that list only ever grows at its end. */
  status: number
  quality: number
  source: number
  publishedAt: number | null
  recordedAt: number
}

export const HOUR = 3_600_000
/** Civil days are those of Asia/Ho_Chi_Minh, which has had a fixed +07:00 since 1975. */
const CIVIL_OFFSET_HOURS = 7

export const WITHDRAWN = statuses.indexOf('X')
/** Statuses that carry no value and therefore enter no roll-up. */
export const VALUELESS: readonly number[] = (['Q', 'O', 'M', 'X'] as Status[]).map((s) => statuses.indexOf(s))

function bitsOf(codes: readonly QualityCode[]): number {
  return qualityBits.reduce((mask, q) => (codes.includes(q.code) ? mask | (1 << q.bit) : mask), 0)
}

export const FUTURE = bitsOf(['future'])
/** Bits that keep a row out of values whatever the time is. */
export const EXCLUDED =
  qualityBits.reduce((mask, q) => (q.excluding ? mask | (1 << q.bit) : mask), 0) & ~FUTURE

/**
 * Bits that follow from when and in what order a reading arrived. They say nothing about the fact itself, so a
 * reading sent again, later, is still the same reading.
 */
const OF_ARRIVAL = bitsOf([
  'rate',
  'stuck',
  'late',
  'future',
  'no-time',
  'duplicate',
  'neighbour',
  'out-of-order',
  'clock-skew',
])
/** The bits that belong to the content of a fact: a change in one of them is a new version. */
export const OF_CONTENT = 0xffff & ~OF_ARRIVAL

export function hourOf(time: number): number {
  return Math.floor(time / HOUR)
}

/** Civil day of an hour, counted from 1970-01-01. */
export function dayOfHour(hour: number): number {
  return Math.floor((hour + CIVIL_OFFSET_HOURS) / 24)
}

export function startOfDay(day: number): number {
  return (day * 24 - CIVIL_OFFSET_HOURS) * HOUR
}

/** Facts over more than an hour (daily, monthly, yearly figures) are series at their own period: never rolled up. */
export function rollsUp(fact: { from: number; to: number | null }): boolean {
  return fact.to === null || fact.to - fact.from <= HOUR
}

export function said(fact: { publishedAt: number | null; recordedAt: number }): number {
  return fact.publishedAt ?? fact.recordedAt
}

/** Whether `a` wins over `b` as the version of a fact: the newest said, then the newest stored. */
export function wins(
  a: { seq: number; publishedAt: number | null; recordedAt: number },
  b: { seq: number; publishedAt: number | null; recordedAt: number },
): boolean {
  const difference = said(a) - said(b)
  return difference > 0 || (difference === 0 && a.seq > b.seq)
}

type Content = Pick<Fact, 'value' | 'exact' | 'num' | 'den' | 'text' | 'uom' | 'status' | 'quality'>

export function sameContent(a: Content, b: Content): boolean {
  return (
    a.value === b.value &&
    a.status === b.status &&
    a.uom === b.uom &&
    a.num === b.num &&
    a.den === b.den &&
    a.exact === b.exact &&
    a.text === b.text &&
    (a.quality & OF_CONTENT) === (b.quality & OF_CONTENT)
  )
}

/** Whether a version may stand as the newest value of its series at time `now`. */
export function showable(fact: Pick<Fact, 'status' | 'quality' | 'from'>, now: number): boolean {
  return fact.status !== WITHDRAWN && countsAsValue(fact.quality, fact.from, now)
}

/** Whether quality lets the value of a reading be used at time `now`. */
export function countsAsValue(quality: number, from: number, now: number): boolean {
  return (quality & EXCLUDED) === 0 && ((quality & FUTURE) === 0 || from <= now)
}

/** Order of facts within a series; at one start, an instant comes before an interval and a short one before a long one. */
export function keyOrder(
  a: { from: number; to: number | null },
  b: { from: number; to: number | null },
): number {
  return a.from - b.from || (a.to ?? a.from) - (b.to ?? b.from)
}

const EXACT = /^(-?)(\d{1,32})(?:\.(\d{1,6}))?$/

/** Decimal text as millionths, or undefined when a DECIMAL(38,6) cannot hold it. */
export function exactToScaled(text: string): bigint | undefined {
  const match = EXACT.exec(text)
  if (!match) return undefined
  const scaled = BigInt(match[2]! + (match[3] ?? '').padEnd(6, '0'))
  return match[1] === '-' ? -scaled : scaled
}

/** The shortest decimal text of so many millionths. */
export function scaledToExact(scaled: bigint): string {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(7, '0')
  const fraction = digits.slice(-6).replace(/0+$/, '')
  return `${scaled < 0n ? '-' : ''}${digits.slice(0, -6)}${fraction ? `.${fraction}` : ''}`
}

const STATUS_INDEX = new Map<string, number>(statuses.map((s, i) => [s, i]))

/**
 * Checks what the disk format requires of a row; what it means was checked by the door.
 * @returns the row with `-0` as `0` and `exact` in its shortest form
 * @throws {ObservationsError} `invalid-row`
 */
export function checkRow(row: NewObservation, at: number): NewObservation {
  const bad = (path: string, value: unknown, vi: string, en: string): never => {
    throw new ObservationsError(
      'invalid-row',
      {
        vi: `dòng ${at + 1}, "${path}": ${String(value)} ${vi}`,
        en: `row ${at + 1}, "${path}": ${String(value)} ${en}`,
      },
      { problem: { line: at + 1, path, value: String(value) } },
    )
  }
  for (const path of ['dataset', 'entity', 'property'] as const)
    if (typeof row[path] !== 'string' || row[path] === '') bad(path, row[path], 'để trống', 'is empty')
  if (typeof row.breakdown !== 'string')
    bad('breakdown', row.breakdown, 'không phải văn bản', 'is not a text')
  if (!isTime(row.from)) bad('from', row.from, 'không phải thời điểm', 'is not an instant')
  if (row.to !== null && (!isTime(row.to) || row.to <= row.from))
    bad('to', row.to, 'không sau thời điểm bắt đầu', 'is not after the start')
  if (row.publishedAt !== undefined && !isTime(row.publishedAt))
    bad('publishedAt', row.publishedAt, 'không phải thời điểm', 'is not an instant')
  for (const path of ['value', 'num', 'den'] as const) {
    const value = row[path]
    if (value !== null && value !== undefined && !Number.isFinite(value))
      bad(path, value, 'không phải số hữu hạn', 'is not a finite number')
  }
  const status = STATUS_INDEX.get(row.status)
  if (status === undefined)
    return bad('status', row.status, 'không phải mã trạng thái', 'is not a status code')
  if (!Number.isInteger(row.quality) || row.quality < 0 || row.quality > 0xffff_ffff)
    bad('quality', row.quality, 'không phải tập bit chất lượng', 'is not a set of quality bits')
  if (!Number.isInteger(row.uom) || row.uom < 0 || row.uom > 32_767)
    bad('uom', row.uom, 'không phải mã đơn vị đo', 'is not a unit of measure')
  if (VALUELESS.includes(status) && (row.value !== null || row.exact !== undefined))
    bad(
      'value',
      row.value ?? row.exact,
      `không đi cùng trạng thái ${row.status}`,
      `does not go with status ${row.status}`,
    )
  if (row.exact === undefined) return Object.is(row.value, -0) ? { ...row, value: 0 } : row
  const scaled = exactToScaled(row.exact)
  if (scaled === undefined) return bad('exact', row.exact, 'vượt DECIMAL(38,6)', 'does not fit DECIMAL(38,6)')
  const exact = scaledToExact(scaled)
  return { ...row, exact, value: row.value ?? Number(exact) }
}

function isTime(value: number): boolean {
  return Number.isSafeInteger(value) && Math.abs(value) <= 8.64e15
}
