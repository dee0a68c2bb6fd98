import type { Point } from '@nhip/node/observations/contract'
import { civilDay, formatDate, formatPeriod } from '../i18n/format.ts'
import type { Language } from '../i18n/language.ts'

const day = 86_400_000

/** When a value is about: a year, quarter, month or day when its bounds are one at +07:00, else the hour. */
export function timeOf(point: Pick<Point, 't' | 'end'>, lang: Language): string {
  return formatPeriod(periodOf(point), lang)
}

function periodOf({ t, end }: Pick<Point, 't' | 'end'>): string {
  if (!end) return t
  const from = civilDay(t)
  const to = civilDay(end)
  const length = Date.parse(end) - Date.parse(t)
  if (length < day) return t
  if (length === day) return from
  const [year = 0, month = 0] = from.split('-').map(Number)
  const starts = (y: number, m: number) => `${y}-${String(m).padStart(2, '0')}-01`
  if (from === starts(year, 1) && to === starts(year + 1, 1)) return String(year)
  if (from === starts(year, month)) {
    if (to === (month === 12 ? starts(year + 1, 1) : starts(year, month + 1))) return from.slice(0, 7)
    if (month % 3 === 1 && to === (month === 10 ? starts(year + 1, 1) : starts(year, month + 3)))
      return `${year}-Q${(month + 2) / 3}`
  }
  return `${formatDate(t, 'vi')} – ${formatDate(new Date(Date.parse(end) - 1).toISOString(), 'vi')}`
}
