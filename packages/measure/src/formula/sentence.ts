import type { Message } from '@nhip/canonical/problem'
import type { Explainer } from './explain.ts'
import type { Expr, Frame } from './expression.ts'
import { type Language, numberText } from './number-text.ts'
import type { MissingReason } from './value.ts'

export const MISSING_TEXT: Record<MissingReason, Message> = {
  not_reported: { vi: 'thiếu (chưa báo cáo)', en: 'missing (not reported)' },
  zero_denominator: { vi: 'thiếu (mẫu số bằng 0)', en: 'missing (the denominator is 0)' },
  domain: { vi: 'thiếu (ngoài miền tính được)', en: 'missing (cannot be computed)' },
  suppressed: { vi: 'thiếu (không công bố)', en: 'missing (suppressed)' },
  not_yet_due: { vi: 'thiếu (chưa đến hạn)', en: 'missing (not yet due)' },
}

/** Where meaning differs from policy and DMN: said when it decided a value. */
export const NOTES = {
  compare: {
    vi: 'So sánh với giá trị thiếu cho kết quả thiếu, không phải sai.',
    en: 'A comparison with a missing value is missing, not false.',
  },
  if: {
    vi: '"if" với điều kiện thiếu cho kết quả thiếu, không lấy nhánh "else".',
    en: '"if" on a missing condition is missing; the else branch is not taken.',
  },
  zero: {
    vi: 'Chia cho 0 cho kết quả thiếu kèm lý do, không phải lỗi.',
    en: 'A division by 0 is missing with its reason, not an error.',
  },
  domain: {
    vi: 'Phép tính không có kết quả là số hữu hạn cho kết quả thiếu kèm lý do.',
    en: 'What has no finite number as result is missing with its reason.',
  },
} as const satisfies Record<string, Message>

/** One sentence: the result with the numbers it was made of, then the score, then what is missing. */
export function sentenceOf(expr: Expr, frame: Frame, name: Message, reader: Explainer): Message {
  return { vi: inLanguage(expr, frame, name, reader, 'vi'), en: inLanguage(expr, frame, name, reader, 'en') }
}

function inLanguage(root: Expr, frame: Frame, name: Message, reader: Explainer, language: Language): string {
  const scoring = ['band', 'linear', 'level'].includes(root.operation)
  const expr = scoring ? root.args[0]! : root
  const body = expr.detail?.kind === 'derived' ? expr.args[0]! : expr
  const value = reader.shown(reader.value(expr, frame), expr, language)
  const made = phrase(body, frame, reader, language)
  const head = made === value ? `${name[language]} = ${value}` : `${name[language]} = ${made} = ${value}`
  const score = scoring ? scoreOf(root, frame, reader, language) : ''
  const missing = missingIn(root, frame, reader)
  const tail =
    missing === 0
      ? ''
      : language === 'vi'
        ? ` Còn thiếu ${missing} đơn vị.`
        : ` ${missing} ${missing === 1 ? 'unit is' : 'units are'} still missing.`
  return `${head}${score}.${tail}`
}

const SIGNS: Record<string, string> = {
  '/': '÷',
  ratio: '÷',
  percent: '÷',
  'share of parent': '÷',
  '*': '×',
  '-': '−',
}
const LEVELS: Record<string, number> = {
  or: 1,
  and: 2,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 6,
  ratio: 6,
  percent: 6,
  'share of parent': 6,
  '**': 7,
}

/** The expression with values in the place of names. */
function phrase(expr: Expr, frame: Frame, reader: Explainer, language: Language): string {
  const { detail, operation, args } = expr
  const shown = (): string => reader.shown(reader.value(expr, frame), expr, language)
  if (detail?.kind === 'constant') return shown()
  if (detail?.kind === 'item' || detail?.kind === 'derived') {
    const of = detail.kind === 'item' && detail.part !== null ? ` [${detail.part}]` : ''
    return named(shown(), reader.name(detail.code)[language] + of, expr, language)
  }
  if (operation === 'convert') return phrase(args[0]!, frame, reader, language)
  const level = LEVELS[operation] ?? (/^[=!<>]/.test(operation) ? 3 : undefined)
  if (level !== undefined) {
    const sign = SIGNS[operation] ?? (language === 'vi' ? (WORDS[operation] ?? operation) : operation)
    const parts = args.map((arg, i) => {
      const text = phrase(arg, frame, reader, language)
      const below = LEVELS[core(arg).operation] ?? (/^[=!<>]/.test(arg.operation) ? 3 : 9)
      return below < level || (below === level && i > 0) ? `(${text})` : text
    })
    return parts.join(` ${sign} `)
  }
  if (operation === 'negation') return `−${phrase(args[0]!, frame, reader, language)}`
  const title = TITLES[operation]
  const aggregate = detail?.kind === 'set' ? (AGGREGATES[detail.aggregate]?.[language] ?? '') : ''
  const inner = expr.inner === undefined ? frame : expr.inner(frame)
  const outside = inner === null || inner.period < 0 || inner.period >= frame.cube.periods.length
  if (title !== undefined && (outside || detail?.kind === 'set' || detail?.kind === 'shift')) {
    const of = args.map((arg) => namesIn(arg, reader, language)).join(', ')
    return `${shown()} (${[aggregate, title[language], of].filter((x) => x !== '').join(' ')})`
  }
  const list = args.map((arg) => phrase(arg, frame, reader, language)).join('; ')
  return `${operation}(${list})`
}

const core = (expr: Expr): Expr => (expr.operation === 'convert' ? core(expr.args[0]!) : expr)

/** `412 hồ sơ đúng hạn`: the unit is not said twice when the name begins with it. */
function named(shown: string, name: string, expr: Expr, language: Language): string {
  const uom = expr.type.kind === 'number' ? expr.type.uom : null
  const symbol = uom?.symbol[language] ?? ''
  const starts =
    symbol !== '' && name.toLocaleLowerCase(language).startsWith(symbol.toLocaleLowerCase(language))
  if (starts && shown.endsWith(symbol))
    return shown.slice(0, -symbol.length) + name.charAt(0).toLocaleLowerCase(language) + name.slice(1)
  return `${shown} (${name})`
}

function namesIn(expr: Expr, reader: Explainer, language: Language): string {
  if (expr.detail?.kind === 'item' || expr.detail?.kind === 'derived')
    return `"${reader.name(expr.detail.code)[language]}"`
  return `"${reader.text.slice(expr.start, expr.end)}"`
}

const WORDS: Record<string, string> = { and: 'và', or: 'hoặc' }
const AGGREGATES: Record<string, Message> = {
  sum: { vi: 'tổng', en: 'sum' },
  mean: { vi: 'trung bình', en: 'mean' },
  min: { vi: 'nhỏ nhất', en: 'least' },
  max: { vi: 'lớn nhất', en: 'greatest' },
  count: { vi: 'số giá trị có', en: 'number of values' },
  first: { vi: 'giá trị đầu', en: 'first value' },
  last: { vi: 'giá trị cuối', en: 'last value' },
}
const TITLES: Record<string, Message> = {
  previous: { vi: 'kỳ trước của', en: 'of an earlier period of' },
  at: { vi: 'ở kỳ khác của', en: 'of another period of' },
  ytd: { vi: 'từ đầu năm của', en: 'of the year to date of' },
  rolling: { vi: 'các kỳ gần nhất của', en: 'over the latest periods of' },
  children: { vi: 'các đơn vị trực thuộc của', en: 'over the units below of' },
  parent: { vi: 'đơn vị cấp trên của', en: 'of the unit above of' },
  peers: { vi: 'các đơn vị cùng cấp của', en: 'over its peers of' },
  rank: { vi: 'thứ hạng trong các đơn vị cùng cấp về', en: 'rank among its peers by' },
  percentile: { vi: 'vị trí trong các đơn vị cùng cấp về', en: 'percentile among its peers by' },
  'sum of': { vi: 'của', en: 'of' },
  sub: { vi: 'qua từng đơn vị của', en: 'over each unit of' },
  'sub by part': { vi: 'qua từng phần của', en: 'over each part of' },
}

function scoreOf(root: Expr, frame: Frame, reader: Explainer, language: Language): string {
  const score = reader.value(root, frame)
  const x = reader.value(root.args[0]!, frame)
  if (!('ok' in x)) return ''
  const vi = language === 'vi'
  if (!('ok' in score)) return vi ? '; không có điểm' : '; no score'
  const plain = (n: number): string => numberText(n, null, language, 4)
  const uom = root.args[0]!.type.kind === 'number' ? root.args[0]!.type.uom : null
  const { detail } = root
  if (detail?.kind === 'bands') {
    const from = detail.bands.findLast(([bound]) => (x.ok as number) >= bound)!
    const next = detail.bands.find(([bound]) => bound > (x.ok as number))
    const most = Math.max(...detail.bands.map(([, points]) => points))
    const range =
      next === undefined
        ? vi
          ? `từ ${numberText(from[0], uom, language)} trở lên`
          : `from ${numberText(from[0], uom, language)}`
        : vi
          ? `từ ${numberText(from[0], uom, language)} đến dưới ${numberText(next[0], uom, language)}`
          : `from ${numberText(from[0], uom, language)} to below ${numberText(next[0], uom, language)}`
    return vi
      ? `; ${range} được ${plain(score.ok as number)}/${plain(most)} điểm`
      : `; ${range} it scores ${plain(score.ok as number)} of ${plain(most)} points`
  }
  if (detail?.kind === 'line') {
    const [from, to] = [numberText(detail.from, uom, language), numberText(detail.to, uom, language)]
    return vi
      ? `; theo đường thẳng từ 0 ở ${from} đến 1 ở ${to} được ${plain(score.ok as number)}`
      : `; on a line from 0 at ${from} to 1 at ${to} it scores ${plain(score.ok as number)}`
  }
  return vi ? `; được ${plain(score.ok as number)} điểm` : `; it scores ${plain(score.ok as number)} points`
}

/** Units still missing in the sets of an expression: of the set that misses most. */
function missingIn(expr: Expr, frame: Frame, reader: Explainer): number {
  const own = reader.missingMembers(expr, frame)?.count ?? 0
  const inner = expr.inner === undefined ? frame : expr.inner(frame)
  if (inner === null || inner.period < 0 || inner.period >= frame.cube.periods.length) return own
  return Math.max(own, ...expr.args.map((arg) => missingIn(arg, inner, reader)))
}
