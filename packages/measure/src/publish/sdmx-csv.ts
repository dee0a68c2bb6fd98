import { type CsvRow, readCsv } from '../data/csv.ts'
import type { LongColumn } from '../data/long-columns.ts'
import { type MeasureProblem, say } from '../problem.ts'
import {
  csvField,
  type DataFile,
  extraColumns,
  type FileRow,
  hasDecimalComma,
  type Reading,
  rowOf,
} from './data-file.ts'

/** Identifies the structure that rows without one of their own belong to. */
const structure = { STRUCTURE: 'dataflow', STRUCTURE_ID: 'NHIP:OBSERVATIONS(1.0.0)' }

/** Component of each field; a vintage (when a value was published) is a dimension, so that history has keys of its own. */
const components: readonly (readonly [string, LongColumn])[] = [
  ['REF_AREA', 'unit'],
  ['INDICATOR', 'item'],
  ['BREAKDOWN', 'breakdown'],
  ['PUBLISHED', 'published'],
  ['TIME_PERIOD', 'period'],
  ['OBS_VALUE', 'value'],
  ['NUMERATOR', 'numerator'],
  ['DENOMINATOR', 'denominator'],
  ['STD_ERROR', 'se'],
  ['OBS_STATUS', 'status'],
]
const fieldOf = new Map(components)
const always = new Set(['REF_AREA', 'INDICATOR', 'TIME_PERIOD', 'OBS_VALUE', 'OBS_STATUS'])
const required = ['REF_AREA', 'INDICATOR', 'TIME_PERIOD', 'OBS_VALUE']
const kept = ['STRUCTURE', 'STRUCTURE_ID', 'FREQ']

/** SDMX's code of the frequency that an ISO period has; empty without a period. */
export function frequencyOf(period: string): string {
  if (/^\d{4}$/.test(period)) return 'A'
  if (/^\d{4}-S[12]$/.test(period)) return 'S'
  if (/^\d{4}-Q[1-4]$/.test(period)) return 'Q'
  if (/^\d{4}-\d\d$/.test(period)) return 'M'
  if (/^\d{4}-W\d\d$/.test(period)) return 'W'
  return /^\d{4}-\d\d-\d\d$/.test(period) ? 'D' : ''
}

/**
 * SDMX-CSV 2.0, commas and decimal dots. A withdrawn value (status X) is a row with action D. Multi-valued columns (`NAME[]`) make the
 * first column `STRUCTURE[;]`.
 */
export function writeSdmxCsv(file: DataFile): string {
  const extra = extraColumns(file).filter((name) => !kept.includes(name))
  const multi = extra.some((name) => name.endsWith('[]'))
  const used = components.filter(
    ([name, field]) => always.has(name) || file.rows.some((row) => row[field] !== ''),
  )
  const head = [
    multi ? 'STRUCTURE[;]' : 'STRUCTURE',
    'STRUCTURE_ID',
    'ACTION',
    'FREQ',
    ...used.map(([name]) => name),
    ...extra,
  ]
  const lines = [head.map(csvField).join(',')]
  for (const row of file.rows) {
    const cells = [
      row.extra.STRUCTURE ?? structure.STRUCTURE,
      row.extra.STRUCTURE_ID ?? structure.STRUCTURE_ID,
      row.action,
      row.extra.FREQ ?? frequencyOf(row.period),
    ]
    // What is deleted has no status of its own; the action says it.
    for (const [, field] of used)
      cells.push(field === 'status' && row.action === 'D' && row.status === 'X' ? '' : row[field])
    for (const name of extra) cells.push(row.extra[name] ?? '')
    lines.push(cells.map(csvField).join(','))
  }
  return `${lines.join('\n')}\n`
}

interface Column {
  name: string
  field: LongColumn | undefined
  /** Header and values carry labels: `REF_AREA: Địa bàn`, `VN: Việt Nam`. */
  labelled: boolean
  line: number
  column: number
}

/** Reads SDMX-CSV 2.0; every problem of the header is listed before any row is looked at. */
export function readSdmxCsv(text: string, name?: string): Reading {
  const at = name === undefined ? {} : { file: name }
  const problems: MeasureProblem[] = []
  const [head, ...body] = readCsv(text)
  const report = (
    code: string,
    place: { line: number; column: number },
    value: string,
    vi: string,
    en: string,
  ): void => {
    problems.push({
      severity: 'error',
      code,
      ...at,
      line: place.line,
      column: place.column,
      value,
      message: say(vi, en),
    })
  }
  if (!head) {
    report('sdmx-header', { line: 1, column: 1 }, '', 'Tệp trống', 'The file is empty')
    return { file: null, problems }
  }
  const { columns, separator } = readHeader(head, report)
  if (problems.length > 0) return { file: null, problems }
  const rows: FileRow[] = []
  for (const row of body) {
    if (row.broken || row.cells.length !== columns.length) {
      report(
        row.broken ? 'csv' : 'row-width',
        { line: row.line, column: 1 },
        String(row.cells.length),
        row.broken
          ? 'Ô có dấu ngoặc kép không đúng RFC 4180'
          : `Dòng có ${row.cells.length} ô, dòng đầu có ${columns.length}`,
        row.broken
          ? 'A quoted field that RFC 4180 does not allow'
          : `The row has ${row.cells.length} cells, the header ${columns.length}`,
      )
      continue
    }
    rows.push(readRow(row, columns, separator, report))
  }
  return { file: problems.length > 0 ? null : { rows }, problems }
}

type Report = (
  code: string,
  place: { line: number; column: number },
  value: string,
  vi: string,
  en: string,
) => void

function readHeader(head: CsvRow, report: Report): { columns: Column[]; separator: string } {
  const first = head.cells[0]!
  let separator = ';'
  if (head.cells.length === 1 && /^STRUCTURE[^,]*[;\t|]STRUCTURE_ID/.test(first.text))
    report(
      'sdmx-header',
      first,
      first.text.slice(0, 60),
      'Các cột phải ngăn cách bằng dấu phẩy',
      'Columns must be separated by commas',
    )
  const columns = head.cells.map((cell, i): Column => {
    const label = cell.text.indexOf(': ')
    const id = (label < 0 ? cell.text : cell.text.slice(0, label)).trim()
    const column: Column = {
      name: id,
      field: fieldOf.get(id),
      labelled: label >= 0,
      line: cell.line,
      column: cell.column,
    }
    if (i === 0) {
      const sub = /^STRUCTURE\[(.*)\]$/.exec(id)
      if (sub) {
        column.name = 'STRUCTURE'
        separator = sub[1]!
        if (separator.length !== 1 || separator === ',' || separator === '"')
          report(
            'sdmx-header',
            cell,
            id,
            `Dấu ngăn trường con phải là một ký tự khác dấu phẩy: "${id}"`,
            `The sub-field separator must be one character, not a comma: "${id}"`,
          )
      } else if (id !== 'STRUCTURE')
        report(
          'sdmx-header',
          cell,
          id,
          `Cột đầu phải là STRUCTURE, không phải "${id}"`,
          `The first column must be STRUCTURE, not "${id}"`,
        )
    }
    if (i === 1 && id !== 'STRUCTURE_ID')
      report(
        'sdmx-header',
        cell,
        id,
        `Cột thứ hai phải là STRUCTURE_ID, không phải "${id}"`,
        `The second column must be STRUCTURE_ID, not "${id}"`,
      )
    if (id === '')
      report('sdmx-header', cell, '', `Cột thứ ${i + 1} không có tên`, `Column ${i + 1} has no name`)
    if (id.endsWith('[]') && fieldOf.has(id.slice(0, -2)))
      report(
        'sdmx-header',
        cell,
        id,
        `"${id}" không thể có nhiều giá trị`,
        `"${id}" cannot have several values`,
      )
    return column
  })
  const names = columns.map((column) => column.name)
  names.forEach((id, i) => {
    if (id !== '' && names.indexOf(id) < i)
      report('sdmx-header', columns[i]!, id, `Cột "${id}" có hai lần`, `Column "${id}" appears twice`)
    const upper = id.toUpperCase()
    if (id !== upper && [...fieldOf.keys(), 'ACTION', 'FREQ', 'STRUCTURE', 'STRUCTURE_ID'].includes(upper))
      report(
        'sdmx-header',
        columns[i]!,
        id,
        `Tên cột phân biệt chữ hoa: "${id}" phải là "${upper}"`,
        `Column names are case-sensitive: "${id}" must be "${upper}"`,
      )
  })
  const later = names.indexOf('ACTION')
  if (later > 3 || (later === 3 && names[2] !== 'STRUCTURE_NAME'))
    report(
      'sdmx-header',
      columns[later]!,
      'ACTION',
      'ACTION phải đứng ngay sau STRUCTURE_ID',
      'ACTION must stand right after STRUCTURE_ID',
    )
  for (const id of required)
    if (!names.includes(id))
      report(
        'sdmx-header',
        { line: head.line, column: 1 },
        id,
        `Thiếu cột "${id}"`,
        `Column "${id}" is missing`,
      )
  return { columns, separator }
}

function readRow(row: CsvRow, columns: readonly Column[], separator: string, report: Report): FileRow {
  const read: Partial<Record<LongColumn, string>> = {}
  const extra: Record<string, string> = {}
  let action = ''
  columns.forEach(({ name, field, labelled }, i) => {
    const cell = row.cells[i]!
    const label = labelled ? cell.text.indexOf(': ') : -1
    const text = label < 0 ? cell.text : cell.text.slice(0, label)
    if (name === 'ACTION') action = text
    else if (field) {
      read[field] = text
      const isNumber = ['value', 'numerator', 'denominator', 'se'].includes(field)
      if (isNumber && hasDecimalComma(text))
        report(
          'decimal-comma',
          cell,
          text,
          `"${text}": SDMX-CSV dùng dấu chấm thập phân, không dùng dấu phẩy`,
          `"${text}": SDMX-CSV has decimal dots, not commas`,
        )
    } else if (
      name === 'STRUCTURE' &&
      !['dataflow', 'datastructure', 'dataprovision'].includes(text.toLowerCase())
    )
      report(
        'sdmx-structure',
        cell,
        text,
        `STRUCTURE phải là dataflow, datastructure hoặc dataprovision, không phải "${text}"`,
        `STRUCTURE must be dataflow, datastructure or dataprovision, not "${text}"`,
      )
    else if (text !== '' && text !== structure[name as keyof typeof structure])
      extra[name] = name.endsWith('[]') && separator !== ';' ? rejoin(text, separator) : text
  })
  if (action !== '' && !/^[IAMRD]$/.test(action))
    report(
      'unknown-action',
      { line: row.line, column: 1 },
      action,
      `Không có thao tác "${action}" (chỉ I, A, M, R, D)`,
      `There is no action "${action}" (only I, A, M, R, D)`,
    )
  if (extra.FREQ === frequencyOf(read.period ?? '')) delete extra.FREQ
  // What is deleted has no status of its own in the file.
  if (action === 'D' && (read.status ?? '') === '') read.status = 'X'
  return rowOf(read, action, extra)
}

/** Several values in one cell, from another separator to `;`. A value that holds the separator stands in quotes, doubled inside. */
function rejoin(text: string, separator: string): string {
  const parts: string[] = []
  let part = ''
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (c === '"' && quoted && text[i + 1] === '"') {
      part += c
      i++
    } else if (c === '"') quoted = !quoted
    else if (c === separator && !quoted) {
      parts.push(part)
      part = ''
    } else part += c
  }
  parts.push(part)
  return parts.map((p) => (/[;"]/.test(p) ? `"${p.replaceAll('"', '""')}"` : p)).join(';')
}
