import { formatNumber } from '@nhip/quantity/format'
import { type MeasureProblem, say } from '../problem.ts'
import type { Kind, Suspicion } from './detect.ts'

/** A number as people read it, to four significant digits where that is enough. */
export function shown(x: number, language: 'vi' | 'en'): string {
  if (!Number.isFinite(x)) return '–'
  const size = Math.abs(x)
  const decimals = size === 0 ? 0 : Math.max(0, 3 - Math.floor(Math.log10(size)))
  return formatNumber(x, language, { maximumDecimals: Math.min(decimals, 12) })
}

type Words = (value: string, expected: string, factor: number) => string
const words: Record<Kind, { vi: Words; en: Words }> = {
  'scale-factor': {
    vi: (v, e, f) => `${v} ${times(f, 'vi')} mức thường có (khoảng ${e}): có thể lệch dấu thập phân`,
    en: (v, e, f) =>
      `${v} is ${times(f, 'en')} the usual level (about ${e}): the decimal point may have slipped`,
  },
  'unit-slip': {
    vi: (v, e, f) => `${v} ${times(f, 'vi')} mức thường có (khoảng ${e}): có thể nhầm đơn vị đo`,
    en: (v, e, f) =>
      `${v} is ${times(f, 'en')} the usual level (about ${e}): the unit of measure may be wrong`,
  },
  'swapped-ratio': {
    vi: (v, e) => `${v} trong khi thường khoảng ${e}: có thể đảo tử số và mẫu số`,
    en: (v, e) => `${v} while about ${e} is usual: numerator and denominator may be swapped`,
  },
  'ratio-mismatch': {
    vi: (v) => `${v} không bằng tử số chia mẫu số`,
    en: (v) => `${v} is not numerator divided by denominator`,
  },
  jump: {
    vi: (v, e) => `${v} lệch khỏi diễn biến của chính đơn vị (khoảng ${e})`,
    en: (v, e) => `${v} departs from the unit's own course (about ${e})`,
  },
  'copied-period': {
    vi: (v, e) => `${v} lặp lại đúng số của kỳ trước (lẽ ra khoảng ${e})`,
    en: (v, e) => `${v} repeats the figure of the period before (about ${e} was to be expected)`,
  },
  'total-mismatch': {
    vi: (v, e) => `${v} không khớp với tổng của các đơn vị thành phần (khoảng ${e})`,
    en: (v, e) => `${v} does not match the sum of its parts (about ${e})`,
  },
  'sibling-outlier': {
    vi: (v, e) => `${v} khác hẳn các đơn vị cùng cấp (khoảng ${e})`,
    en: (v, e) => `${v} is unlike its siblings (about ${e})`,
  },
  outlier: {
    vi: (v, e) => `${v} khác hẳn phần còn lại (giữa khoảng ${e})`,
    en: (v, e) => `${v} is unlike the rest (the middle is about ${e})`,
  },
}

function times(factor: number, language: 'vi' | 'en'): string {
  const size = formatNumber(factor >= 1 ? factor : Math.round(1 / factor), language)
  if (language === 'vi') return factor >= 1 ? `gấp khoảng ${size} lần` : `chỉ bằng khoảng 1/${size}`
  return factor >= 1 ? `about ${size} times` : `about 1/${size} of`
}

/** A suspicion in the shape of all problems: severity warning when it is surely odd, else info. */
export function findingOf(suspicion: Suspicion, rule: string, surely: number): MeasureProblem {
  const { kind, value, expected, factor = 1 } = suspicion
  return {
    severity: suspicion.score >= surely ? 'warning' : 'info',
    code: kind,
    value: String(value),
    message: say(
      words[kind].vi(shown(value, 'vi'), shown(expected, 'vi'), factor),
      words[kind].en(shown(value, 'en'), shown(expected, 'en'), factor),
    ),
    rule,
    unit: suspicion.unit,
    item: suspicion.item,
    ...(suspicion.period === '' ? {} : { period: suspicion.period }),
  }
}
