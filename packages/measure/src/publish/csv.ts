import { readCsv } from '../data/csv.ts'
import { type LongColumn, longColumns } from '../data/long-columns.ts'
import { type MeasureProblem, say } from '../problem.ts'
import {
  actionOf,
  csvField,
  type DataFile,
  extraColumns,
  type FileRow,
  hasDecimalComma,
  type Reading,
  rowOf,
} from './data-file.ts'

export interface CsvOptions {
  /** Begin with a byte order mark, by which spreadsheet programs know UTF-8. */
  bom?: boolean
}

/** The long table: `unit,item,value` and those columns that any row uses; lines end in LF. What cannot exist is said by its word. */
export function writeCsvFile(file: DataFile, options: CsvOptions = {}): string {
  const rows = file.rows.map((row) =>
    row.status === 'M' && row.value === '' ? { ...row, value: 'not_applicable', status: '' } : row,
  )
  const used = longColumns.filter((field, at) => at < 3 || rows.some((row) => row[field] !== ''))
  const withAction = file.rows.some((row) => row.action !== actionOf(row.status))
  const extra = extraColumns(file)
  const lines = [[...used, ...(withAction ? ['action'] : []), ...extra].map(csvField).join(',')]
  for (const row of rows) {
    const cells: string[] = used.map((field) => row[field])
    if (withAction) cells.push(row.action)
    for (const name of extra) cells.push(row.extra[name] ?? '')
    lines.push(cells.map(csvField).join(','))
  }
  return `${options.bom ? '\ufeff' : ''}${lines.join('\n')}\n`
}

/** Reads the long table; columns it does not know are kept as they are. */
export function readCsvFile(text: string, name?: string): Reading {
  const problems: MeasureProblem[] = []
  const at = name === undefined ? {} : { file: name }
  const [head, ...body] = readCsv(text)
  if (!head) {
    return {
      file: null,
      problems: [
        { severity: 'error', code: 'header', ...at, message: say('Tệp trống', 'The file is empty') },
      ],
    }
  }
  const names = head.cells.map((cell) => cell.text.trim())
  for (const [i, column] of names.entries()) {
    const cell = head.cells[i]!
    if (names.indexOf(column) < i)
      problems.push({
        severity: 'error',
        code: 'header',
        ...at,
        line: cell.line,
        column: cell.column,
        value: column,
        message: say(`Cột "${column}" có hai lần`, `Column "${column}" appears twice`),
      })
  }
  for (const column of ['unit', 'item', 'value'])
    if (!names.includes(column))
      problems.push({
        severity: 'error',
        code: 'header',
        ...at,
        line: head.line,
        column: 1,
        value: column,
        message: say(`Thiếu cột "${column}"`, `Column "${column}" is missing`),
      })
  if (problems.length > 0) return { file: null, problems }
  const rows: FileRow[] = []
  for (const row of body) {
    if (row.broken || row.cells.length !== names.length) {
      problems.push({
        severity: 'error',
        code: row.broken ? 'csv' : 'row-width',
        ...at,
        line: row.line,
        message: row.broken
          ? say('Ô có dấu ngoặc kép không đúng RFC 4180', 'A quoted field that RFC 4180 does not allow')
          : say(
              `Dòng có ${row.cells.length} ô, dòng đầu có ${names.length}`,
              `The row has ${row.cells.length} cells, the header ${names.length}`,
            ),
      })
      continue
    }
    const read: Partial<Record<LongColumn, string>> = {}
    const extra: Record<string, string> = {}
    let action = ''
    names.forEach((column, i) => {
      const { text: cell } = row.cells[i]!
      if (column === 'action') action = cell
      else if ((longColumns as readonly string[]).includes(column)) read[column as LongColumn] = cell
      else if (cell !== '') extra[column] = cell
    })
    if ((read.unit ?? '').trim() === '')
      problems.push({
        severity: 'error',
        code: 'blank-unit',
        ...at,
        line: row.line,
        column: row.cells[names.indexOf('unit')]!.column,
        message: say('Thiếu tên đơn vị', 'The unit is blank'),
      })
    for (const field of ['value', 'numerator', 'denominator', 'se'] as const)
      if (hasDecimalComma(read[field] ?? ''))
        problems.push({
          severity: 'error',
          code: 'decimal-comma',
          ...at,
          line: row.line,
          column: row.cells[names.indexOf(field)]!.column,
          value: read[field]!,
          message: say(
            `"${read[field]}": dấu thập phân phải là dấu chấm`,
            `"${read[field]}": the decimal mark must be a dot`,
          ),
        })
    if (action !== '' && !/^[IAMRD]$/.test(action))
      problems.push({
        severity: 'error',
        code: 'unknown-action',
        ...at,
        line: row.line,
        value: action,
        message: say(
          `Không có thao tác "${action}" (chỉ I, A, M, R, D)`,
          `There is no action "${action}" (only I, A, M, R, D)`,
        ),
      })
    rows.push(rowOf(read, action, extra))
  }
  return { file: problems.length > 0 ? null : { rows }, problems }
}
