import type { Problem } from '@nhip/canonical/problem'
import { type Reading, toGrid } from '@nhip/forecast/grid'
import type { Frequency, Hygiene } from '@nhip/forecast/series'
import { problem } from './problems.ts'

/** A series as read from a file, before anything is done to it. */
export interface FileSeries {
  readonly id: string
  readonly y: Float64Array
  /** Period of the last value; null where the file has no times. */
  readonly lastPeriod: string | null
  readonly hygiene: readonly Hygiene[]
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const MISSING = new Set(['', 'NA', 'NaN', 'nan', 'null'])

function parseValue(text: string): number | null {
  const t = text.trim()
  if (MISSING.has(t)) return Number.NaN
  return NUMBER.test(t) ? Number(t) : null
}

function notANumber(file: string, line: number, column: number, value: string): Problem {
  const comma = /^[+-]?\d{1,3}(,\d+)+$/.test(value.trim())
  return problem(
    'not-a-number',
    { vi: `"${value.trim()}" không phải là số`, en: `"${value.trim()}" is not a number` },
    {
      file,
      line,
      column,
      value: value.trim(),
      ...(comma
        ? {
            hint: {
              vi: 'dùng dấu chấm thập phân, không dùng dấu phân cách hàng nghìn',
              en: 'use a decimal point and no thousands separator',
            },
          }
        : {}),
    },
  )
}

/** One series a line: `id|v1 v2 v3 …`, or just values (the line number is the id). */
export function readLines(file: string, text: string): { series: FileSeries[]; problems: Problem[] } {
  const series: FileSeries[] = []
  const problems: Problem[] = []
  const seen = new Set<string>()
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  for (let i = 0; i < lines.length; i++) {
    if (lines[i]!.trim() === '') continue
    const bar = lines[i]!.indexOf('|')
    const id = bar < 0 ? String(i + 1) : lines[i]!.slice(0, bar).trim()
    if (seen.has(id))
      problems.push(
        problem(
          'duplicate-id',
          { vi: `mã chuỗi "${id}" bị lặp`, en: `series id "${id}" is repeated` },
          { file, line: i + 1, column: 1, value: id },
        ),
      )
    seen.add(id)
    const words = lines[i]!.slice(bar + 1)
      .split(/\s+/)
      .filter((w) => w !== '')
    const y = new Float64Array(words.length)
    for (let k = 0; k < words.length; k++) {
      const v = parseValue(words[k]!)
      if (v === null) problems.push(notANumber(file, i + 1, k + 1, words[k]!))
      else y[k] = v
    }
    series.push({ id, y, lastPeriod: null, hygiene: [] })
  }
  return { series, problems }
}

/** Splits one line of CSV (RFC 4180, without line breaks inside quotes). */
export function csvCells(line: string): string[] {
  const out: string[] = []
  let cell = ''
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!
    if (quoted) {
      if (c === '"' && line[i + 1] === '"') {
        cell += '"'
        i++
      } else if (c === '"') quoted = false
      else cell += c
    } else if (c === '"' && cell === '') quoted = true
    else if (c === ',') {
      out.push(cell)
      cell = ''
    } else cell += c
  }
  out.push(cell)
  return out
}

/** Names of the columns of a CSV. */
export interface Columns {
  readonly time: string
  readonly value: string
  readonly series: string
}

/** Header, a column of times, one of values and maybe one that names the series; rows in any order. */
export function readCsv(
  file: string,
  text: string,
  columns: Columns,
  frequency: Frequency | number,
  origin?: string,
): { series: FileSeries[]; problems: Problem[] } {
  const problems: Problem[] = []
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const head = csvCells(lines[0] ?? '').map((c) => c.trim())
  const at = {
    time: head.indexOf(columns.time),
    value: head.indexOf(columns.value),
    series: head.indexOf(columns.series),
  }
  for (const [k, name] of [
    ['time', columns.time],
    ['value', columns.value],
  ] as const)
    if (at[k] < 0)
      problems.push(
        problem(
          'column-missing',
          {
            vi: `không có cột "${name}"; các cột: ${head.join(', ')}`,
            en: `there is no column "${name}"; columns: ${head.join(', ')}`,
          },
          { file, line: 1, value: name },
        ),
      )
  if (problems.length) return { series: [], problems }
  const rows = new Map<string, Reading[]>()
  for (let i = 1; i < lines.length; i++) {
    if (lines[i]!.trim() === '') continue
    const cells = csvCells(lines[i]!)
    const raw = cells[at.value] ?? ''
    const value = parseValue(raw)
    if (value === null) {
      problems.push(notANumber(file, i + 1, at.value + 1, raw))
      continue
    }
    const id = at.series < 0 ? columns.value : (cells[at.series] ?? '').trim()
    const list = rows.get(id)
    const reading = { time: (cells[at.time] ?? '').trim(), value, line: i + 1 }
    if (list) list.push(reading)
    else rows.set(id, [reading])
  }
  const series: FileSeries[] = []
  for (const [id, readings] of rows) {
    if (typeof frequency !== 'string') {
      series.push({ id, y: Float64Array.from(readings, (r) => r.value), lastPeriod: null, hygiene: [] })
      continue
    }
    const kept = origin === undefined ? readings : readings.filter((r) => r.time <= origin)
    const { grid, misplaced } = toGrid(kept, frequency)
    for (const m of misplaced)
      problems.push(
        problem(
          'time-invalid',
          {
            vi: `"${m.time}" không phải là kỳ hoặc thời điểm của tần suất ${frequency}`,
            en: `"${m.time}" is not a period or time of frequency ${frequency}`,
          },
          { file, line: m.line, column: at.time + 1, value: m.time },
        ),
      )
    if (grid) series.push({ id, y: grid.y, lastPeriod: grid.last, hygiene: grid.hygiene })
  }
  return { series, problems }
}
