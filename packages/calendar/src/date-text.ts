import { CalendarError } from './calendar-error.ts'
import { type CivilDate, dateOf, isDate, parseDate } from './civil-date.ts'
import {
  atMinuteOfDay,
  epochMilliseconds,
  formatInstant,
  type Instant,
  offsetOf,
  VIETNAM_OFFSET,
} from './instant.ts'

/** Which of the first two numbers of `01/07/2025` is the day: `dmy` as Vietnam writes, `mdy` as the United States do. */
export type DateOrder = 'dmy' | 'mdy'

const SLASHED = /^(\d{1,2}) ?[/.-] ?(\d{1,2}) ?[/.-] ?(\d{4})$/
const YEAR_FIRST = /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})$/
const TWO_DIGIT_YEAR = /^\d{1,2}[/.-]\d{1,2}[/.-]\d{2}$/
const SPELLED = /^(\d{1,2}) thang (\d{1,2}),? nam (\d{4})$/

/** Lower case, no diacritics, single spaces, plain hyphens: the form in which Vietnamese texts are compared here. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('đ', 'd')
    .replace(/[–—−]/g, '-')
    .replace(/\s+/gu, ' ')
    .trim()
}

/**
 * Reads a day as people and spreadsheets write it: `2025-07-01`, `01/07/2025`, `1.7.2025`, `2025/07/01`,
 * `ngày 1 tháng 7 năm 2025`. The order of day and month belongs to the column, never to the cell: decide it with
 * {@link dateOrderOf} and pass it.
 * @returns `undefined` when the text is of no such form.
 * @throws {CalendarError} when it has the form but the day does not exist, or the year has two digits.
 */
export function dateFromText(text: string, order: DateOrder = 'dmy'): CivilDate | undefined {
  const s = fold(text).replace(/^ngay:? /, '')
  if (isDate(s)) return s
  if (/^\d{4}-\d\d-\d\d$/.test(s)) parseDate(s)
  const spelled = SPELLED.exec(s)
  if (spelled) return checked(text, Number(spelled[3]), Number(spelled[2]), Number(spelled[1]))
  const yearFirst = YEAR_FIRST.exec(s)
  if (yearFirst) return checked(text, Number(yearFirst[1]), Number(yearFirst[2]), Number(yearFirst[3]))
  const slashed = SLASHED.exec(s)
  if (slashed) {
    const [first, second] = [Number(slashed[1]), Number(slashed[2])]
    const [day, month] = order === 'dmy' ? [first, second] : [second, first]
    return checked(text, Number(slashed[3]), month, day, order)
  }
  if (TWO_DIGIT_YEAR.test(s)) {
    throw new CalendarError('date', text, {
      vi: 'năm phải viết đủ bốn chữ số',
      en: 'the year is written with four digits',
    })
  }
  return undefined
}

function checked(text: string, year: number, month: number, day: number, order?: DateOrder): CivilDate {
  try {
    return dateOf(year, month, day)
  } catch (error) {
    if (!(error instanceof CalendarError)) throw error
    const reason = {
      vi: month > 12 || month < 1 ? `không có tháng ${month}` : `tháng ${month}/${year} không có ngày ${day}`,
      en:
        month > 12 || month < 1
          ? `there is no month ${month}`
          : `month ${month} of ${year} has no day ${day}`,
    }
    const swapped = order !== undefined && month > 12 && day >= 1 && day <= 12
    throw new CalendarError(
      'date',
      text,
      reason,
      swapped
        ? {
            vi: `cột này có thể viết theo thứ tự ${order === 'dmy' ? 'tháng/ngày/năm' : 'ngày/tháng/năm'}`,
            en: `this column may be written ${order === 'dmy' ? 'month/day/year' : 'day/month/year'}`,
          }
        : undefined,
    )
  }
}

/** What the cells of a column say about its order of day and month. */
export interface OrderEvidence {
  /** The order to use; `dmy` also when nothing decides, because that is how Vietnam writes. */
  order: DateOrder
  /**
   * `proved`: some number above 12 decides. `open`: every cell can be read both ways.
   * `mixed`: cells contradict one another, so some must be wrong and the person who imports is asked.
   */
  evidence: 'proved' | 'open' | 'mixed'
  /** A cell that proves the order, one for each order found. */
  examples: string[]
}

/** Decides the order of day and month for a whole column. Cells of other forms say nothing. */
export function dateOrderOf(cells: Iterable<string>): OrderEvidence {
  let dmy: string | undefined
  let mdy: string | undefined
  for (const cell of cells) {
    const m = SLASHED.exec(
      fold(cell)
        .replace(/^ngay:? /, '')
        .replace(/ \d{1,2}(:|h).*$/, ''),
    )
    if (!m) continue
    const first = Number(m[1])
    const second = Number(m[2])
    if (first > 12 && second <= 12) dmy ??= cell
    if (second > 12 && first <= 12) mdy ??= cell
  }
  if (dmy !== undefined && mdy !== undefined) return { order: 'dmy', evidence: 'mixed', examples: [dmy, mdy] }
  if (mdy !== undefined) return { order: 'mdy', evidence: 'proved', examples: [mdy] }
  if (dmy !== undefined) return { order: 'dmy', evidence: 'proved', examples: [dmy] }
  return { order: 'dmy', evidence: 'open', examples: [] }
}

export interface InstantTextOptions {
  order?: DateOrder
  /** Zone of cells without an offset: `Z`, `+07:00`, `Asia/Ho_Chi_Minh` (default). */
  zone?: string
}

const TIME = String.raw`(\d{1,2}) ?(?::|h|gio) ?(\d{1,2})?(?::(\d{1,2}))?(?: ?(?:phut|p))?(?: (am|pm|sa|ch))?`
const DATE_TIME = new RegExp(`^(.+?)(?: |, ?| luc )${TIME}$`)
const TIME_DATE = new RegExp(`^(?:luc )?${TIME}(?: |, ?| ngay )(.+)$`)

/**
 * Reads a moment of a file: RFC 3339, or a day as {@link dateFromText} reads it with a time before or after:
 * `01/07/2025 08:30`, `8h30 ngày 01/07/2025`, `01/07/2025 8:30:15 CH` (SA/CH are what a Vietnamese Excel writes for
 * AM/PM). A time without an offset is in `zone`.
 * @returns `undefined` when the text is of no such form.
 * @throws {CalendarError} when it has the form but the day or time does not exist.
 */
export function instantFromText(text: string, options: InstantTextOptions = {}): Instant | undefined {
  const zone = options.zone ?? '+07:00'
  const trimmed = text.trim()
  if (/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d/.test(trimmed)) {
    const offset = /[+-]\d\d:\d\d$/.exec(trimmed)?.[0] ?? (/[Zz]$/.test(trimmed) ? 'Z' : zone)
    return formatInstant(
      epochMilliseconds(trimmed, { zone }),
      offset === 'Z' ? VIETNAM_OFFSET : offsetOf(offset),
    )
  }
  const s = fold(text)
  const after = DATE_TIME.exec(s)
  const before = after ? null : TIME_DATE.exec(s)
  const parts = after
    ? { date: after[1]!, time: after.slice(2, 6) }
    : before
      ? { date: before[5]!, time: before.slice(1, 5) }
      : undefined
  if (!parts) return undefined
  const date = dateFromText(parts.date, options.order)
  if (date === undefined) return undefined
  const [h, m, s60, half] = parts.time as [string, ...(string | undefined)[]]
  const hour = hourOf(Number(h), half)
  const minute = Number(m ?? 0)
  const second = Number(s60 ?? 0)
  if (hour === undefined || minute > 59 || second > 59) {
    throw new CalendarError('instant', text, {
      vi: 'giờ phải từ 00:00:00 đến 23:59:59',
      en: 'the time is 00:00:00 to 23:59:59',
    })
  }
  const offset = offsetOf(zone)
  return formatInstant(atMinuteOfDay(date, hour * 60 + minute, offset) + second * 1000, offset)
}

function hourOf(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour <= 23 ? hour : undefined
  if (hour < 1 || hour > 12) return undefined
  return (hour % 12) + (half === 'pm' || half === 'ch' ? 12 : 0)
}
