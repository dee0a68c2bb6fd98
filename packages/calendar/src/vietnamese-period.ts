import { CalendarError } from './calendar-error.ts'
import { addMonths, dateOf, formatYear } from './civil-date.ts'
import { type DateOrder, dateFromText, fold } from './date-text.ts'
import { isPeriod, type Period, periodOf, spanning } from './period.ts'

export interface PeriodTextOptions {
  /** Order of day and month in `01/07/2025`; decide it for the whole column with `dateOrderOf`. Default `dmy`. */
  order?: DateOrder
}

type Reader = (m: RegExpExecArray, text: string) => Period

const YEAR = String.raw`(\d{4})`
// Between the name of a period and its year: "/", "-", ".", ",", "năm" or only a space.
const OF = `(?: ?[/.,-] ?(?:nam )?| nam | )`
const MONTH_WORDS = [
  'mot',
  'hai',
  'ba',
  'tu',
  'nam',
  'sau',
  'bay',
  'tam',
  'chin',
  'muoi',
  'muoi mot',
  'muoi hai',
]
const QUARTERS: Record<string, number> = {
  i: 1,
  ii: 2,
  iii: 3,
  iv: 4,
  1: 1,
  2: 2,
  3: 3,
  4: 4,
  nhat: 1,
  mot: 1,
  hai: 2,
  ba: 3,
  tu: 4,
  bon: 4,
}

/**
 * One line a way of writing. The texts are folded first (no diacritics, lower case), so `Quý`, `Quí`, `QUY` are one.
 * "tháng Năm 2025" is left out on purpose: it reads as May 2025 and as "month … of the year 2025" alike.
 */
const FORMS: [RegExp, Reader][] = [
  [re`(?:ca |uoc ca )?nam ${YEAR}`, (m) => periodOf(m[1]!)],
  [
    re`(?:giai doan |thoi ky |tu )?(?:nam )?${YEAR} ?(?:-|den) ?(?:nam )?${YEAR}`,
    (m, t) => years(t, m[1]!, m[2]!),
  ],
  [re`nua (dau|cuoi)(?: cua)?(?: nam)? ${YEAR}`, (m) => periodOf(`${m[2]}-H${m[1] === 'dau' ? 1 : 2}`)],
  [re`h([12])${OF}${YEAR}`, (m) => periodOf(`${m[2]}-H${m[1]}`)],
  [re`(?:quy|qui|q)\\.? ?([a-z0-9]+)${OF}${YEAR}`, (m, t) => quarter(t, m[1]!, m[2]!)],
  [re`tuan(?: thu)? ?(\\d{1,2})${OF}${YEAR}`, (m) => periodOf(`${m[2]}-W${m[1]!.padStart(2, '0')}`)],
  [re`w ?(\\d{1,2})${OF}${YEAR}`, (m) => periodOf(`${m[2]}-W${m[1]!.padStart(2, '0')}`)],
  [
    re`(\\d{1,2}|${MONTH_WORDS.join('|')}) thang(?: (dau|cuoi))?(?: cua)?(?: nam)?(?: ?[/.,-] ?(?:nam )?| )${YEAR}`,
    (m, t) => monthsOfYear(t, m[1]!, m[2], m[3]!),
  ],
  [
    re`(\\d{1,2}) ?t(?: (dau|cuoi))?(?: nam)?(?: ?[/.,-] ?| )?${YEAR}`,
    (m, t) => monthsOfYear(t, m[1]!, m[2], m[3]!),
  ],
  [
    re`(?:tu )?(?:thang |t)(\\d{1,2}) ?(?:-|den) ?(?:het )?(?:thang |t)?(\\d{1,2})${OF}${YEAR}`,
    (m, t) => join(t, month(t, m[1]!, m[3]!), month(t, m[2]!, m[3]!)),
  ],
  [re`(?:thang|thg|th|t)\\.? ?(\\d{1,2})${OF}${YEAR}`, (m, t) => month(t, m[1]!, m[2]!)],
  [
    re`thang (${[...MONTH_WORDS].reverse().join('|')})(?: nam | ?\\/ ?)${YEAR}`,
    (m, t) => month(t, String(MONTH_WORDS.indexOf(m[1]!) + 1), m[2]!),
  ],
  [re`(\\d{1,2}) ?[/.-] ?${YEAR}`, (m, t) => month(t, m[1]!, m[2]!)],
  [re`${YEAR} ?[/.] ?(\\d{1,2})`, (m, t) => month(t, m[2]!, m[1]!)],
]

function re(strings: TemplateStringsArray, ...values: string[]): RegExp {
  return new RegExp(`^${strings.reduce((all, s, i) => all + s + (values[i] ?? ''), '')}$`)
}

/**
 * Reads a period as Vietnamese reports write it (`Quý III/2025`, `T7/2025`, `6 tháng đầu năm 2025`, `9T/2025`,
 * `tuần 30/2025`, `từ tháng 1 đến tháng 6 năm 2025`, `01/07/2025`, `01/07/2025 - 15/07/2025`) or as ISO does.
 * Diacritics and case do not matter. `9 tháng năm 2025` is January to September.
 * @throws {CalendarError} `invalid period: "Quý V/2025": …` when it cannot be read or names what does not exist.
 */
export function periodFromText(text: string, options: PeriodTextOptions = {}): Period {
  const period = readOne(text, options) ?? readRange(text, options)
  if (period) return period
  throw new CalendarError(
    'period',
    text,
    { vi: 'không nhận ra kỳ này', en: 'no known way to write a period' },
    {
      vi: 'viết ví dụ: 2025, Quý III/2025, T7/2025, 6 tháng đầu năm 2025, tuần 30/2025, 01/07/2025',
      en: 'write for example: 2025, Quý III/2025, T7/2025, 6 tháng đầu năm 2025, tuần 30/2025, 01/07/2025',
    },
  )
}

function readOne(text: string, options: PeriodTextOptions): Period | undefined {
  const trimmed = text.trim()
  if (isPeriod(trimmed)) return periodOf(trimmed)
  const s = fold(text)
  for (const [form, reader] of FORMS) {
    const m = form.exec(s)
    if (m) return reader(m, text)
  }
  const day = dateFromText(text, options.order)
  return day === undefined ? undefined : periodOf(day)
}

function readRange(text: string, options: PeriodTextOptions): Period | undefined {
  const m = /^(?:tu )?(.+?) ?(?: den(?: het)? | - |-(?=\d{1,2}[/.]))(.+)$/.exec(fold(text))
  if (!m) return undefined
  const first = readOne(m[1]!, options)
  const last = readOne(m[2]!, options)
  return first && last ? join(text, first, last) : undefined
}

function join(text: string, first: Period, last: Period): Period {
  if (last.start < first.start) {
    throw new CalendarError('period', text, {
      vi: 'kỳ cuối đứng trước kỳ đầu',
      en: 'it ends before it starts',
    })
  }
  return spanning(first.start, last.end)
}

function years(text: string, first: string, last: string): Period {
  return first === last ? periodOf(first) : join(text, periodOf(first), periodOf(last))
}

function month(text: string, number: string, year: string): Period {
  const n = Number(number)
  if (n < 1 || n > 12) {
    throw new CalendarError('period', text, { vi: `không có tháng ${n}`, en: `there is no month ${n}` })
  }
  return periodOf(`${year}-${String(n).padStart(2, '0')}`)
}

function quarter(text: string, name: string, year: string): Period {
  const n = QUARTERS[name]
  if (n === undefined) {
    throw new CalendarError('period', text, {
      vi: `quý phải từ I đến IV, không phải "${name.toUpperCase()}"`,
      en: `a quarter is I to IV, not "${name.toUpperCase()}"`,
    })
  }
  return periodOf(`${year}-Q${n}`)
}

function monthsOfYear(text: string, count: string, side: string | undefined, yearText: string): Period {
  const n = MONTH_WORDS.includes(count) ? MONTH_WORDS.indexOf(count) + 1 : Number(count)
  if (n < 1 || n > 12) {
    throw new CalendarError('period', text, {
      vi: 'một năm có 1 đến 12 tháng',
      en: 'a year has 1 to 12 months',
    })
  }
  const year = Number(yearText)
  const january = dateOf(year, 1, 1)
  const newYear = `${formatYear(year + 1)}-01-01`
  return side === 'cuoi'
    ? spanning(addMonths(newYear, -n), newYear)
    : spanning(january, addMonths(january, n))
}
