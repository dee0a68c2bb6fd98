import { isPeriod } from '@nhip/calendar/period'
import { type MeasureProblem, say } from '../problem.ts'
import { type CsvCell, type CsvRow, readCsv } from './csv.ts'
import { lastDay } from './last-day.ts'
import { longColumns } from './long-columns.ts'
import type { DataRow, MeasureData } from './measure-data.ts'
import { panelsOf } from './panels.ts'
import { readNumber } from './read-number.ts'

export interface ReadDataOptions {
  /** Name for problems. */
  file?: string
  /** Reads one row per unit, item codes as headers; this column names the unit. */
  wide?: string
  /** Keeps only rows of this period. */
  period?: string
  /** Ignores vintages published after this day (a year or month alone means its last day). */
  asPublished?: string
  /** What an item is known to carry. Without it an item whose cells are all text is an attribute. */
  roles?: (item: string) => 'number' | 'text' | 'unused' | undefined
  /** Column that holds the period of the wide form; by itself `period`, or `year` when every cell is a year. */
  time?: string
}

const STATUS = /^[A-Z]$/

/** A row whose value is not yet known to be a number or a text. */
type Draft = Omit<DataRow, 'value' | 'text'> & { cell: string; place: CsvCell }

/**
 * Reads DATA.csv: the long form with header `unit,item,value[,period][,numerator,denominator][,breakdown][,published][,se][,status]`
 * in any order, or with `wide` one row per unit. Decimal dot; empty, `NA` or an absent row = missing; the word
 * `not_applicable` = cannot exist.
 *
 * @returns `data` null when any problem is an error: a duplicate, an unreadable number or period, a blank unit, a bad header
 */
export function readData(
  text: string,
  options: ReadDataOptions = {},
): { data: MeasureData | null; problems: MeasureProblem[] } {
  const problems: MeasureProblem[] = []
  const report = (
    code: string,
    place: { line: number; column: number } | null,
    value: string | null,
    vi: string,
    en: string,
  ) =>
    problems.push({
      severity: 'error',
      code,
      ...(options.file === undefined ? {} : { file: options.file }),
      ...(place ? { line: place.line, column: place.column } : {}),
      ...(value === null ? {} : { value }),
      message: say(vi, en),
    })
  if (options.asPublished !== undefined && lastDay(options.asPublished) === null) {
    report(
      'unreadable-date',
      null,
      options.asPublished,
      `"${options.asPublished}" không phải là ngày, tháng hay năm`,
      `"${options.asPublished}" is no date, month or year`,
    )
    return { data: null, problems }
  }
  const [head, ...body] = readCsv(text)
  if (!head) {
    report('header', null, null, 'Tệp dữ liệu trống', 'The data file is empty')
    return { data: null, problems }
  }
  for (const row of [head, ...body]) {
    if (row.broken) {
      report(
        'csv',
        row.broken,
        row.broken.text.slice(0, 40),
        'Ô có dấu ngoặc kép không đúng RFC 4180',
        'A quoted field that RFC 4180 does not allow',
      )
    } else if (row !== head && row.cells.length !== head.cells.length) {
      const [have, want] = [row.cells.length, head.cells.length]
      report(
        'row-width',
        row.cells[0]!,
        null,
        `Dòng có ${have} ô, dòng đầu có ${want}`,
        `The row has ${have} cells, the header ${want}`,
      )
    }
  }
  const names = head.cells.map((c) => c.text.trim().normalize('NFC'))
  names.forEach((name, i) => {
    if (names.indexOf(name) < i) {
      report('header', head.cells[i]!, name, `Cột "${name}" có hai lần`, `Column "${name}" appears twice`)
    }
  })
  const wanted = options.wide === undefined ? ['unit', 'item', 'value'] : [options.wide.normalize('NFC')]
  for (const name of wanted) {
    const isRatio = name === 'value' && names.includes('numerator') && names.includes('denominator')
    if (!names.includes(name) && !isRatio) {
      report(
        'header',
        { line: head.line, column: 1 },
        name,
        `Thiếu cột "${name}"`,
        `Column "${name}" is missing`,
      )
      if (options.wide === undefined)
        problems.at(-1)!.hint = say(
          'Bảng mỗi dòng một đơn vị đọc bằng --wide CỘT',
          'A table with one row per unit is read by --wide COLUMN',
        )
    }
  }
  if (problems.length > 0) return { data: null, problems }
  const drafts =
    options.wide === undefined ? longRows(names, body, report) : wideRows(names, body, options, report)
  if (options.wide === undefined) {
    names.forEach((name, i) => {
      if ((longColumns as readonly string[]).includes(name)) return
      report(
        'unknown-column',
        head.cells[i]!,
        name,
        `Cột "${name}" không được dùng`,
        `Column "${name}" is not used`,
      )
      problems.at(-1)!.severity = 'warning'
    })
  }
  const kept =
    options.period === undefined
      ? drafts
      : drafts.filter((d) => d.period === null || d.period === options.period)
  reportDuplicates(kept, report)
  const { rows, attributes } = settleTypes(kept, options, report)
  if (problems.some((p) => p.severity === 'error')) return { data: null, problems }
  return { data: { rows, attributes, panels: panelsOf(rows, attributes, options.asPublished) }, problems }
}

type Report = (
  code: string,
  place: { line: number; column: number } | null,
  value: string | null,
  vi: string,
  en: string,
) => void

function longRows(names: string[], body: CsvRow[], report: Report): Draft[] {
  const at = Object.fromEntries(longColumns.map((name) => [name, names.indexOf(name)])) as Record<
    string,
    number
  >
  return body.map((row) => {
    const cell = (name: string): CsvCell => {
      const i = at[name]!
      const found = i < 0 ? undefined : row.cells[i]
      return { text: blank(found?.text ?? ''), line: found?.line ?? row.line, column: found?.column ?? 1 }
    }
    const number = (name: string): number | null => {
      const found = cell(name)
      return found.text === '' ? null : numberOrReport(found, report)
    }
    const unit = cell('unit')
    const item = cell('item')
    const value = cell('value')
    if (unit.text === '') report('blank-unit', unit, null, 'Thiếu tên đơn vị', 'The unit is blank')
    if (item.text === '') report('blank-item', item, null, 'Thiếu mã chỉ tiêu', 'The item is blank')
    const status = cell('status')
    if (status.text !== '' && !STATUS.test(status.text)) {
      report(
        'unreadable-status',
        status,
        status.text,
        `"${status.text}" không phải là mã trạng thái`,
        `"${status.text}" is no status code`,
      )
    }
    const published = cell('published')
    if (published.text !== '' && lastDay(published.text) === null) {
      report(
        'unreadable-date',
        published,
        published.text,
        `"${published.text}" không phải là ngày, tháng hay năm`,
        `"${published.text}" is no date, month or year`,
      )
    }
    const se = cell('se')
    const breakdown = cell('breakdown').text
    const draft: Draft = {
      unit: unit.text,
      item: item.text,
      period: readPeriod(cell('period'), report),
      breakdown: breakdown === '' || breakdown === '*' ? null : breakdown,
      published: published.text || null,
      numerator: number('numerator'),
      denominator: number('denominator'),
      se: number('se'),
      status: value.text === 'not_applicable' ? 'M' : status.text || null,
      line: row.line,
      column: value.column,
      cell: value.text === 'not_applicable' ? '' : value.text,
      place: value,
    }
    if (draft.se !== null && draft.se < 0) {
      report(
        'unreadable-number',
        se,
        se.text,
        'Sai số chuẩn không thể âm',
        'A standard error cannot be negative',
      )
    }
    return draft
  })
}

function wideRows(names: string[], body: CsvRow[], options: ReadDataOptions, report: Report): Draft[] {
  const unitAt = names.indexOf(options.wide!.normalize('NFC'))
  const timeAt = timeColumn(names, body, options)
  const drafts: Draft[] = []
  for (const row of body) {
    const unit = blank(row.cells[unitAt]!.text)
    if (unit === '') report('blank-unit', row.cells[unitAt]!, null, 'Thiếu tên đơn vị', 'The unit is blank')
    const period =
      timeAt < 0 ? null : readPeriod({ ...row.cells[timeAt]!, text: blank(row.cells[timeAt]!.text) }, report)
    names.forEach((item, i) => {
      if (i === unitAt || i === timeAt) return
      const place = row.cells[i]!
      const text = blank(place.text)
      drafts.push({
        unit,
        item,
        period,
        breakdown: null,
        published: null,
        numerator: null,
        denominator: null,
        se: null,
        status: text === 'not_applicable' ? 'M' : null,
        line: place.line,
        column: place.column,
        cell: text === 'not_applicable' ? '' : text,
        place,
      })
    })
  }
  return drafts
}

function timeColumn(names: string[], body: CsvRow[], options: ReadDataOptions): number {
  if (options.time !== undefined) return names.indexOf(options.time.normalize('NFC'))
  const period = names.indexOf('period')
  if (period >= 0) return period
  const year = names.indexOf('year')
  return year >= 0 && body.every((row) => /^\d{4}$/.test(row.cells[year]!.text.trim())) ? year : -1
}

function readPeriod(cell: CsvCell, report: Report): string | null {
  if (cell.text === '') return null
  if (!isPeriod(cell.text)) {
    report(
      'unreadable-period',
      cell,
      cell.text,
      `"${cell.text}" không phải là kỳ theo ISO 8601`,
      `"${cell.text}" is no ISO 8601 period`,
    )
  }
  return cell.text
}

function blank(text: string): string {
  const trimmed = text.trim().normalize('NFC')
  return trimmed === 'NA' ? '' : trimmed
}

function numberOrReport(cell: CsvCell, report: Report): number | null {
  const value = readNumber(cell.text)
  if (value === null) {
    report(
      'unreadable-number',
      cell,
      cell.text,
      `"${cell.text}" không phải là số (dấu thập phân là dấu chấm, không có dấu phân cách hàng nghìn)`,
      `"${cell.text}" is no number (decimal dot, no thousands mark)`,
    )
  }
  return value
}

function reportDuplicates(drafts: readonly Draft[], report: Report): void {
  const seen = new Map<string, number>()
  for (const d of drafts) {
    const key = JSON.stringify([d.unit, d.item, d.period, d.breakdown, d.published])
    const first = seen.get(key)
    if (first === undefined) seen.set(key, d.line)
    else {
      report(
        'duplicate',
        { line: d.line, column: d.column },
        `${d.unit}, ${d.item}`,
        `Đã có giá trị của "${d.unit}", "${d.item}" ở dòng ${first}`,
        `"${d.unit}", "${d.item}" already has a value on line ${first}`,
      )
    }
  }
}

/** Decides item by item whether its cells are numbers or texts, and reports numbers that cannot be read. */
function settleTypes(
  drafts: readonly Draft[],
  options: ReadDataOptions,
  report: Report,
): { rows: DataRow[]; attributes: Set<string> } {
  const numbers = drafts.map((d) => (d.cell === '' ? null : readNumber(d.cell)))
  const counts = new Map<string, { number: number; text: number }>()
  drafts.forEach((d, i) => {
    const count = counts.get(d.item) ?? { number: 0, text: 0 }
    counts.set(d.item, count)
    if (d.cell !== '') count[numbers[i] === null ? 'text' : 'number'] += 1
  })
  const attributes = new Set<string>()
  for (const [item, count] of counts) {
    const role = options.roles?.(item)
    if (role === 'text' || (role !== 'number' && count.text > 0 && (count.number === 0 || role === 'unused')))
      attributes.add(item)
  }
  const rows = drafts.map((d, i): DataRow => {
    const { cell, place, ...rest } = d
    const isText = attributes.has(d.item)
    if (!isText && cell !== '' && numbers[i] === null) numberOrReport({ ...place, text: cell }, report)
    return { ...rest, value: isText ? null : numbers[i]!, text: isText && cell !== '' ? cell : null }
  })
  return { rows, attributes }
}
