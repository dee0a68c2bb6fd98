import { isDate } from '@nhip/calendar/civil-date'
import type { Problem } from '@nhip/canonical/problem'

/** One line of a table: cells by column name. Readers report into the list that {@link readTable} was given. */
export interface Row {
  /** '' when the column or the cell is empty. */
  cell(column: string): string
  /** As `cell`, reporting a blank. */
  required(column: string): string
  /** undefined when blank; reports text that is no finite number. */
  number(column: string): number | undefined
  /** As `required`, reporting text that is no day of the calendar. */
  date(column: string): string
  /** Adds a problem of severity error at a cell; the texts follow the quoted value. */
  report(code: string, column: string, vi: string, en: string): void
}

/** Reads comma-separated text with a header line (RFC 4180). Rows of the wrong length are reported and left out. */
export function readTable(file: string, text: string, needs: readonly string[], problems: Problem[]): Row[] {
  const [first, ...lines] = parse(text.replace(/^\uFEFF/, ''))
  const header = first?.cells ?? []
  const missing = needs.filter((name) => !header.includes(name))
  if (missing.length > 0) {
    problems.push({
      severity: 'error',
      code: 'column-missing',
      file,
      line: 1,
      value: missing.join(', '),
      message: {
        vi: `thiếu cột ${missing.map((m) => `"${m}"`).join(', ')}`,
        en: `missing column ${missing.map((m) => `"${m}"`).join(', ')}`,
      },
    })
    return []
  }
  const column = new Map(header.map((name, i) => [name, i]))
  const rows: Row[] = []
  for (const { line, cells } of lines) {
    if (cells.length !== header.length) {
      problems.push({
        severity: 'error',
        code: 'row-length',
        file,
        line,
        value: String(cells.length),
        message: {
          vi: `dòng ${line} có ${cells.length} ô, tiêu đề có ${header.length}`,
          en: `line ${line} has ${cells.length} cells, the header has ${header.length}`,
        },
      })
      continue
    }
    rows.push(rowOf(file, line, cells, column, problems))
  }
  return rows
}

function rowOf(
  file: string,
  line: number,
  cells: string[],
  column: Map<string, number>,
  problems: Problem[],
): Row {
  const cell = (name: string) => (cells[column.get(name) ?? -1] ?? '').trim()
  const report: Row['report'] = (code, name, vi, en) => {
    problems.push({
      severity: 'error',
      code,
      file,
      line,
      column: (column.get(name) ?? 0) + 1,
      value: cell(name),
      message: {
        vi: `dòng ${line}, cột "${name}": "${cell(name)}" ${vi}`,
        en: `line ${line}, column "${name}": "${cell(name)}" ${en}`,
      },
    })
  }
  return {
    cell,
    report,
    required(name) {
      const value = cell(name)
      if (value === '') report('blank', name, 'không được để trống', 'must not be blank')
      return value
    },
    number(name) {
      const value = cell(name)
      if (value === '') return undefined
      const x = Number(value)
      if (Number.isFinite(x) && /^-?[\d.]+(e[+-]?\d+)?$/i.test(value)) return x
      report('number', name, 'không phải là số', 'is not a number')
      return undefined
    },
    date(name) {
      const value = cell(name)
      if (!isDate(value))
        report('date', name, 'không phải là ngày dạng năm-tháng-ngày', 'is not a date as year-month-day')
      return value
    },
  }
}

function parse(text: string): { line: number; cells: string[] }[] {
  const records: { line: number; cells: string[] }[] = []
  let cells: string[] = []
  let line = 1
  let started = 1
  // Unquoted cells are taken in one piece; only quoted ones need a walk, and they are rare.
  for (let i = 0; i <= text.length; ) {
    if (i === text.length && cells.length === 0) break
    let cell: string
    if (text[i] === '"') {
      cell = ''
      for (i++; i < text.length; i++) {
        if (text[i] !== '"') {
          if (text[i] === '\n') line++
          cell += text[i]
        } else if (text[i + 1] === '"') cell += text[++i]
        else break
      }
      i++
    } else {
      const start = i
      while (i < text.length && text[i] !== ',' && text[i] !== '\n') i++
      cell = text.slice(start, text[i - 1] === '\r' && i > start ? i - 1 : i)
    }
    cells.push(cell)
    if (text[i] === '\r') i++
    if (text[i] === ',') {
      i++
      if (i < text.length) continue
      cells.push('')
    }
    records.push({ line: started, cells })
    cells = []
    i++
    line++
    started = line
  }
  return records.filter((r) => r.cells.length > 1 || r.cells[0] !== '')
}
