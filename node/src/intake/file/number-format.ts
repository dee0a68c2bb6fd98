import type { Problem } from '@nhip/canonical/problem'

export type Decimal = '.' | ','

/** Cells that say "no figure" in the tables of statistics offices. */
const blanks = new Set([
  '',
  '-',
  '–',
  '—',
  '…',
  '...',
  '..',
  'n/a',
  'na',
  '#n/a',
  'null',
  'none',
  'không có',
  'kxđ',
  'nan',
])
const longestBlank = Math.max(...[...blanks].map((word) => word.length))

/** Whether a cell says that there is no figure. It never means zero. */
export function isBlank(cell: string): boolean {
  // Of millions of cells most are numbers, and none of the words begins with a digit.
  const first = cell.charCodeAt(0)
  if (first >= 0x30 && first <= 0x39) return false
  const text = cell.trim()
  return text.length <= longestBlank && blanks.has(text.toLowerCase())
}

const spaces = /[\s\u00a0\u2007\u2009\u202f]/g
/** Blanks stand between groups of three digits, behind a sign and before the sign of per cent, and nowhere else. */
const spaced = /^[(+-]?\s?\d{1,3}(?:\s\d{3})+(?:[.,]\d*)?\s?[)%]?$|^[(+-]?\s?\S+\s?[)%]?$/
const pointNumber = /^-?\d+\.(?:\d{1,2}|\d{4,15})$/

/** Sign, digits and separators of a cell, without spaces, percent sign and accountants' parentheses; null for text. */
function bare(cell: string): { sign: string; digits: string; percent: boolean } | null {
  const written = cell.trim().replace(/[−–]/g, '-')
  if (!spaced.test(written)) return null
  let text = written.replace(spaces, '')
  const percent = text.endsWith('%')
  if (percent) text = text.slice(0, -1)
  const accountant = /^\((.+)\)$/.exec(text)
  if (accountant) text = `-${accountant[1]}`
  const parts = /^([+-]?)([\d.,]*\d[.,]?(?:e[+-]?\d+)?)$/i.exec(text)
  return parts ? { sign: parts[1] === '-' ? '-' : '', digits: parts[2]!, percent } : null
}

/** What the cells of a column say about how its numbers are written. */
export class NumberEvidence {
  /** Cells that are a number in at least one way of writing. */
  numbers = 0
  /** Cells that are neither a number nor blank. */
  others = 0
  percents = 0
  /** Cells that prove a decimal point, a decimal comma, and cells such as `1.234` that can be read both ways. */
  point = 0
  comma = 0
  ambiguous = 0
  example = ''

  add(cell: string): void {
    if (/^-?\d+$/.test(cell)) {
      this.numbers += 1
      return
    }
    // Written so, the point can only be a decimal one.
    if (pointNumber.test(cell)) {
      this.numbers += 1
      this.point += 1
      return
    }
    const found = bare(cell)
    if (!found || !(plausible(found.digits, '.') || plausible(found.digits, ','))) {
      this.others += 1
      return
    }
    this.numbers += 1
    if (found.percent) this.percents += 1
    const { digits } = found
    if (!/[.,]/.test(digits)) return
    const asPoint = plausible(digits, '.')
    const asComma = plausible(digits, ',')
    if (asPoint && asComma) {
      this.ambiguous += 1
      this.example ||= cell.trim()
    } else if (asPoint) this.point += 1
    else this.comma += 1
  }

  /**
   * The decimal separator of the column, or a question when every cell with a separator can be read both ways.
   * Where cells contradict one another the more frequent way holds, and the others become errors of their rows.
   */
  decide(column: string): { decimal: Decimal; problem?: Problem } | { decimal: null; problem: Problem } {
    if (this.point === 0 && this.comma === 0 && this.ambiguous > 0) {
      const { example } = this
      return {
        decimal: null,
        problem: {
          severity: 'warning',
          code: 'decimal-ambiguous',
          path: column,
          value: example,
          message: {
            vi: `Cột "${column}": "${example}" có thể là ${readAs(example, ',')} hoặc ${readAs(example, '.')}; hãy chọn dấu thập phân.`,
            en: `Column "${column}": "${example}" may be ${readAs(example, ',')} or ${readAs(example, '.')}; choose the decimal sign.`,
          },
        },
      }
    }
    const decimal = this.comma > this.point ? ',' : '.'
    if (this.comma === 0 || this.point === 0) return { decimal }
    return {
      decimal,
      problem: {
        severity: 'warning',
        code: 'decimal-mixed',
        path: column,
        message: {
          vi: `Cột "${column}" có cả số viết dấu thập phân chấm (${this.point}) lẫn phẩy (${this.comma}); đọc theo dấu "${decimal}", các ô còn lại là lỗi.`,
          en: `Column "${column}" has numbers with a decimal point (${this.point}) and with a decimal comma (${this.comma}); it is read with "${decimal}", the other cells are errors.`,
        },
      },
    }
  }
}

function readAs(cell: string, decimal: Decimal): string {
  return parseNumber(cell, decimal)?.text ?? '?'
}

// Groups are of exactly three digits and start without a zero; there is at most one decimal sign.
const pointForm = /^(?:\d+|[1-9]\d{0,2}(?:,\d{3})+)?(?:\.\d*)?(?:e[+-]?\d+)?$/i
const commaForm = /^(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)?(?:,\d*)?(?:e[+-]?\d+)?$/i

/** Whether the digits are well formed with this decimal sign. */
function plausible(digits: string, decimal: Decimal): boolean {
  return (decimal === '.' ? pointForm : commaForm).test(digits)
}

/**
 * A number written with the given decimal sign: its value, and its decimal text when a double cannot hold it.
 * `%` is left to the unit of measure of the column.
 *
 * @returns null when the cell is not a number in that way of writing
 */
export function parseNumber(cell: string, decimal: Decimal): { value: number; text: string } | null {
  if (/^-?\d{1,15}$/.test(cell) || (decimal === '.' && pointNumber.test(cell)))
    return { value: Number(cell), text: cell }
  const found = bare(cell)
  if (!found || !plausible(found.digits, decimal)) return null
  const plain =
    decimal === '.' ? found.digits.replaceAll(',', '') : found.digits.replaceAll('.', '').replace(',', '.')
  const text = found.sign + (plain.startsWith('.') ? `0${plain}` : plain.replace(/\.$/, ''))
  const value = Number(text)
  return Number.isFinite(value) ? { value, text } : null
}
