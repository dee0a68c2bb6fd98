/**
 * What a quantity is made of: exponents of base dimensions. `{L: -3, M: 1}` is mass per volume; `{VND: 1, person: -1}`
 * money per head. Each currency, and each kind of thing that is counted, is a base dimension of its own, so that persons
 * are never added to cases and đồng never to dollars.
 */
export type Dimension = Readonly<Record<string, number>>

export const NUMBER: Dimension = Object.freeze({})

/** One text for one dimension, to compare with: `L-3.M1`; empty for pure numbers. */
export function dimensionKey(d: Dimension): string {
  return Object.keys(d)
    .sort()
    .map((base) => `${base}${d[base]}`)
    .join('.')
}

export function sameDimension(a: Dimension, b: Dimension): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((k) => a[k] === b[k])
}

/** a · bⁿ */
export function combine(a: Dimension, b: Dimension, exponent: number): Dimension {
  const result: Record<string, number> = { ...a }
  for (const [base, e] of Object.entries(b)) {
    const sum = (result[base] ?? 0) + e * exponent
    if (sum === 0) delete result[base]
    else result[base] = sum
  }
  return Object.freeze(result)
}

const NAMES: Record<string, [vi: string, en: string]> = {
  L: ['chiều dài', 'length'],
  M: ['khối lượng', 'mass'],
  T: ['thời gian', 'time'],
  I: ['cường độ dòng điện', 'electric current'],
  Θ: ['nhiệt độ', 'temperature'],
  N: ['lượng chất', 'amount of substance'],
  J: ['cường độ sáng', 'luminous intensity'],
  angle: ['góc', 'angle'],
  month: ['tháng theo lịch', 'calendar months'],
  'working day': ['ngày làm việc', 'working days'],
  bit: ['lượng dữ liệu số', 'information'],
  VND: ['tiền đồng', 'money in đồng'],
  USD: ['tiền đô la Mỹ', 'money in US dollars'],
  EUR: ['tiền ơ-rô', 'money in euros'],
  person: ['số người', 'persons'],
  household: ['số hộ', 'households'],
  case: ['số hồ sơ', 'cases'],
}

const KINDS: Record<string, [vi: string, en: string]> = {
  '': ['số thuần túy', 'pure number'],
  'L1.T-1': ['vận tốc', 'speed'],
  'L1.T-2': ['gia tốc', 'acceleration'],
  L2: ['diện tích', 'area'],
  L3: ['thể tích', 'volume'],
  'L3.T-1': ['lưu lượng', 'volume flow'],
  'L-3.M1': ['khối lượng trên thể tích', 'mass per volume'],
  'L-1.M1.T-2': ['áp suất', 'pressure'],
  'L2.M1.T-2': ['năng lượng', 'energy'],
  'L2.M1.T-3': ['công suất', 'power'],
  'T-1': ['tần suất', 'rate in time'],
}

const SUPERSCRIPT: Record<string, string> = {
  '-': '⁻',
  0: '⁰',
  1: '¹',
  2: '²',
  3: '³',
  4: '⁴',
  5: '⁵',
  6: '⁶',
  7: '⁷',
  8: '⁸',
  9: '⁹',
}

/** A dimension for readers: `áp suất`, or its factors: `tiền đồng · số người⁻¹`. */
export function dimensionName(d: Dimension, language: 'vi' | 'en'): string {
  const at = language === 'vi' ? 0 : 1
  const kind = KINDS[dimensionKey(d)]
  if (kind) return kind[at]
  return Object.keys(d)
    .sort((a, b) => d[b]! - d[a]!)
    .map(
      (base) =>
        `${NAMES[base]?.[at] ?? base}${d[base] === 1 ? '' : [...String(d[base])].map((c) => SUPERSCRIPT[c]).join('')}`,
    )
    .join(' · ')
}
