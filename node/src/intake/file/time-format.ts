import { CalendarError } from '@nhip/calendar/calendar-error'
import { dateFromText, dateOrderOf, instantFromText } from '@nhip/calendar/date-text'
import { dateOfExcelSerial } from '@nhip/calendar/excel-serial'
import { epochMilliseconds, startOfDay } from '@nhip/calendar/instant'
import { isPeriod, type Period, periodOf } from '@nhip/calendar/period'
import { periodFromText } from '@nhip/calendar/vietnamese-period'
import type { Problem } from '@nhip/canonical/problem'

export type TimeFormat = 'iso' | 'dmy' | 'mdy' | 'excel' | 'period-vi'

/** Epoch milliseconds; `to` is null for an instant, else the first millisecond after the interval. */
export interface Span {
  from: number
  to: number | null
}

const firstInstant = Date.parse('0001-01-01T00:00:00+07:00')
const endOfTime = Date.parse('9999-12-31T23:59:59.999Z') + 1

const isoInstant = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/
// Most cells of a file are no periods, and finding that out from a thrown error costs more than reading the cell.
const isoPeriod = (text: string) => /^\d{4}(?:[-/]|$)/.test(text) && isPeriod(text)
const slashed = /^(?:\D{0,5}\s)?\d{1,2} ?[/.-] ?\d{1,2} ?[/.-] ?\d{4}/

/** What the cells of a column say about how its times are written. */
export class TimeEvidence {
  iso = 0
  /** `2016`: a year, or just a number. */
  year = 0
  slashed = 0
  serial = 0
  period = 0
  others = 0
  #order: string[] = []

  add(cell: string): void {
    const text = cell.trim()
    if (/^\d+$/.test(text)) {
      if (/^(?:19|20)\d\d$/.test(text)) this.year += 1
      else if (/^[2-6]\d{4}$/.test(text)) this.serial += 1
      else this.others += 1
    } else if (isoInstant.test(text) || isoPeriod(text)) this.iso += 1
    else if (slashed.test(text)) {
      this.slashed += 1
      if (this.#order.length < 2000) this.#order.push(text.split(/\s+(?=\d{1,2}[:h])/)[0]!)
    } else if (/^[2-6]\d{4}\.\d+$/.test(text)) this.serial += 1
    else if (this.others < 20 && readPeriod(text)) this.period += 1
    else this.others += 1
  }

  /**
   * The way of writing that fits most cells and the share it fits; null when no cell is a time.
   * `named` says that the header speaks of time: only then are plain numbers taken for years or serials.
   */
  decide(column: string, named: boolean): { format: TimeFormat; share: number; problem?: Problem } | null {
    const all = this.iso + this.year + this.slashed + this.serial + this.period + this.others
    const iso = this.iso + (named ? this.year : 0)
    if (all === 0) return null
    const [format, n] = (
      [
        ['iso', iso],
        ['dmy', this.slashed],
        ['excel', named ? this.serial : 0],
        ['period-vi', this.period === 0 ? 0 : this.period + iso],
      ] as const
    ).reduce((best, next) => (next[1] > best[1] ? next : best))
    if (n === 0) return null
    if (format !== 'dmy') return { format, share: n / all }
    const { order, evidence } = dateOrderOf(this.#order)
    const problem: Problem | undefined =
      evidence === 'mixed'
        ? {
            severity: 'warning',
            code: 'date-order-mixed',
            path: column,
            message: {
              vi: `Cột "${column}" có cả ngày/tháng lẫn tháng/ngày; hãy chọn một, các ô còn lại là lỗi.`,
              en: `Column "${column}" has both day/month and month/day; choose one, the other cells are errors.`,
            },
          }
        : undefined
    return { format: order, share: n / all, problem }
  }
}

/**
 * The instant or interval of a cell. A day, month, quarter or year is an interval of civil days in Viet Nam;
 * a time of day without an offset is read in `zone`.
 *
 * @returns null when the cell is not a time in that way of writing
 */
export function parseTime(cell: string, format: TimeFormat, zone: string): Span | null {
  try {
    const span = read(cell.trim(), format, zone)
    return span && isDatable(span) ? span : null
  } catch (error) {
    if (error instanceof CalendarError) return null
    throw error
  }
}

function read(text: string, format: TimeFormat, zone: string): Span | null {
  if (format === 'excel') return fromSerial(text, zone)
  if (isoInstant.test(text)) return { from: epochMilliseconds(text.replace(' ', 'T'), { zone }), to: null }
  if (isoPeriod(text)) return spanOf(periodOf(text))
  if (format === 'period-vi') return spanOf(periodFromText(text))
  const order = format === 'mdy' ? 'mdy' : 'dmy'
  const day = dateFromText(text, order)
  if (day !== undefined) return spanOf(periodOf(day))
  const instant = instantFromText(text, { order, zone })
  return instant === undefined ? null : { from: epochMilliseconds(instant), to: null }
}

/** First and last-but-one instant of a period of civil days, at +07:00. */
export function spanOf(period: Period): Span {
  return { from: startOfDay(period.start), to: startOfDay(period.end) }
}

/** Years from 1 to 9999: beyond them nothing was measured, and calendars do not agree on what the digits mean. */
export function isDatable({ from, to }: Span): boolean {
  return from >= firstInstant && (to ?? from) <= endOfTime
}

function fromSerial(text: string, zone: string): Span | null {
  if (!/^\d+(?:[.,]\d+)?$/.test(text)) return null
  const { date, millisecondOfDay } = dateOfExcelSerial(Number(text.replace(',', '.')))
  if (date === null) return null
  if (millisecondOfDay === 0) return spanOf(periodOf(date))
  const clock = new Date(millisecondOfDay).toISOString().slice(11, 19)
  return { from: epochMilliseconds(`${date}T${clock}`, { zone }), to: null }
}

function readPeriod(text: string): boolean {
  if (text.length > 40 || !/\d/.test(text) || /^[\d.,\s-]+$/.test(text)) return false
  try {
    periodFromText(text)
    return true
  } catch {
    return false
  }
}
