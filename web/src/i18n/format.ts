import type { Language } from './language.ts'

/** Everything a reader sees as a number, a date or a period. All times are shown at +07:00, whatever the machine's zone. */

const zone = 'Asia/Ho_Chi_Minh'
const locales = { vi: 'vi-VN', en: 'en-GB' } as const
const dash = '–'

const numbers = new Map<string, Intl.NumberFormat>()

function numberFormat(lang: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${lang}${JSON.stringify(options)}`
  let format = numbers.get(key)
  if (!format) {
    format = new Intl.NumberFormat(locales[lang], options)
    numbers.set(key, format)
  }
  return format
}

/** `1.234,5` in Vietnamese. Without `decimals` at most two are shown, and none from 1.000 up. */
export function formatNumber(value: number | null | undefined, lang: Language, decimals?: number | null) {
  if (value === null || value === undefined || !Number.isFinite(value)) return dash
  const size = Math.abs(value)
  const digits =
    decimals ?? (size >= 1000 || Number.isInteger(value) ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 4)
  return numberFormat(lang, {
    maximumFractionDigits: digits,
    minimumFractionDigits: decimals ?? 0,
  }).format(value)
}

/** Short form for axes and legends: `350.000`, `1,2 Tr`. */
export function formatShort(value: number, lang: Language): string {
  if (Math.abs(value) < 1_000_000) return formatNumber(value, lang)
  return numberFormat(lang, { notation: 'compact', maximumSignificantDigits: 3 }).format(value)
}

/** `21/11/2026`. */
export function formatDate(instant: string | number | null | undefined, _lang: Language): string {
  const parts = partsOf(instant)
  return parts ? `${parts.day}/${parts.month}/${parts.year}` : dash
}

/** `21/11/2026 14:05`. */
export function formatInstant(instant: string | number | null | undefined, lang: Language): string {
  const parts = partsOf(instant)
  return parts ? `${formatDate(instant, lang)} ${parts.hour}:${parts.minute}` : dash
}

/** `14:05`. */
export function formatClock(instant: string | number): string {
  const parts = partsOf(instant)
  return parts ? `${parts.hour}:${parts.minute}` : dash
}

/** The civil day at +07:00 as `2026-11-21`. */
export function civilDay(instant: string | number): string {
  const parts = partsOf(instant)
  return parts ? `${parts.year}-${parts.month}-${parts.day}` : ''
}

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: zone,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

function partsOf(instant: string | number | null | undefined) {
  if (instant === null || instant === undefined || instant === '') return null
  const ms = typeof instant === 'number' ? instant : Date.parse(instant)
  if (!Number.isFinite(ms)) return null
  const found: Record<string, string> = {}
  for (const part of clock.formatToParts(ms)) found[part.type] = part.value
  return found as { year: string; month: string; day: string; hour: string; minute: string }
}

const roman = ['I', 'II', 'III', 'IV']

/** ISO period as people say it: `2024` → "Năm 2024", `2026-Q3` → "Quý III/2026", `2026-07` → "Tháng 7/2026". */
export function formatPeriod(label: string, lang: Language): string {
  const vi = lang === 'vi'
  const quarter = /^(\d{4})-Q([1-4])$/.exec(label)
  if (quarter) {
    return vi ? `Quý ${roman[Number(quarter[2]) - 1]}/${quarter[1]}` : `Q${quarter[2]} ${quarter[1]}`
  }
  const week = /^(\d{4})-W(\d{2})$/.exec(label)
  if (week) return vi ? `Tuần ${Number(week[2])}/${week[1]}` : `Week ${Number(week[2])}, ${week[1]}`
  const month = /^(\d{4})-(\d{2})$/.exec(label)
  if (month) return vi ? `Tháng ${Number(month[2])}/${month[1]}` : `${month[2]}/${month[1]}`
  if (/^\d{4}$/.test(label)) return vi ? `Năm ${label}` : label
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(label)
  if (day) return `${day[3]}/${day[2]}/${day[1]}`
  if (/^\d{4}-\d{2}-\d{2}T/.test(label)) return formatInstant(label, lang)
  return label
}

const ago = new Map<Language, Intl.RelativeTimeFormat>()

/** "5 phút trước", from the difference of two epoch milliseconds. */
export function formatAgo(then: number, now: number, lang: Language): string {
  let format = ago.get(lang)
  if (!format) {
    format = new Intl.RelativeTimeFormat(locales[lang], { numeric: 'auto' })
    ago.set(lang, format)
  }
  const seconds = Math.round((then - now) / 1000)
  const size = Math.abs(seconds)
  if (size < 60) return format.format(seconds, 'second')
  if (size < 3600) return format.format(Math.round(seconds / 60), 'minute')
  if (size < 172_800) return format.format(Math.round(seconds / 3600), 'hour')
  if (size < 63_072_000) return format.format(Math.round(seconds / 86_400), 'day')
  return format.format(Math.round(seconds / 31_536_000), 'year')
}
