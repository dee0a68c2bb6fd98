import { longColumns } from '../data/long-columns.ts'
import { type MeasureProblem, say } from '../problem.ts'
import { actionOf, type DataFile, type FileRow, type Reading, rowOf } from './data-file.ts'

const numeric = new Set(['value', 'numerator', 'denominator', 'se'])

/**
 * `{"rows":[{"unit","item","value", …}]}`, one row a line; empty fields are left out. A number is a JSON number where that keeps its
 * digits, else a text.
 */
export function writeJsonFile(file: DataFile): string {
  const lines = file.rows.map((row) => {
    const out: Record<string, unknown> = {}
    for (const field of longColumns) {
      const text = row[field]
      if (text === '' && field !== 'unit' && field !== 'item') continue
      out[field] =
        numeric.has(field) && String(Number(text)) === text && Number.isFinite(Number(text))
          ? Number(text)
          : text
    }
    if (row.action !== actionOf(row.status)) out.action = row.action
    if (Object.keys(row.extra).length > 0) out.extra = row.extra
    return JSON.stringify(out)
  })
  return `{"rows":[${lines.length === 0 ? '' : `\n${lines.join(',\n')}\n`}]}\n`
}

/** Reads what {@link writeJsonFile} writes; a bare list of rows is taken too. */
export function readJsonFile(text: string, name?: string): Reading {
  const at = name === undefined ? {} : { file: name }
  let parsed: unknown
  try {
    parsed = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    const message = (error as Error).message
    return {
      file: null,
      problems: [
        {
          severity: 'error',
          code: 'json',
          ...at,
          message: say(`Không phải JSON: ${message}`, `Not JSON: ${message}`),
        },
      ],
    }
  }
  const list = Array.isArray(parsed) ? parsed : (parsed as { rows?: unknown } | null)?.rows
  if (!Array.isArray(list))
    return {
      file: null,
      problems: [
        {
          severity: 'error',
          code: 'json',
          ...at,
          path: 'rows',
          message: say('Thiếu danh sách "rows"', 'The list "rows" is missing'),
        },
      ],
    }
  const problems: MeasureProblem[] = []
  const rows: FileRow[] = []
  list.forEach((entry: unknown, i) => {
    const bad = (path: string, value: unknown, vi: string, en: string): void => {
      problems.push({
        severity: 'error',
        code: 'json',
        ...at,
        path,
        value: String(value),
        message: say(vi, en),
      })
    }
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
      bad(`rows[${i}]`, entry, 'Mỗi dòng phải là một đối tượng', 'Each row must be an object')
      return
    }
    const source = entry as Record<string, unknown>
    const read: Record<string, string> = {}
    const extra: Record<string, string> = {}
    for (const [key, value] of Object.entries(source)) {
      if (key === 'extra' && typeof value === 'object' && value !== null) {
        for (const [column, text] of Object.entries(value)) extra[column] = String(text)
        continue
      }
      if (typeof value !== 'string' && typeof value !== 'number' && value !== null)
        bad(`rows[${i}].${key}`, value, 'Giá trị phải là số hoặc chuỗi', 'A value must be a number or a text')
      const text = value === null ? '' : String(value)
      if ((longColumns as readonly string[]).includes(key) || key === 'action') read[key] = text
      else if (text !== '') extra[key] = text
    }
    for (const field of ['unit', 'item'])
      if (read[field] === undefined)
        bad(`rows[${i}].${field}`, '', `Thiếu "${field}"`, `"${field}" is missing`)
    const action = read.action ?? actionOf(read.status ?? '')
    if (!/^[IAMRD]$/.test(action))
      bad(`rows[${i}].action`, action, `Không có thao tác "${action}"`, `There is no action "${action}"`)
    rows.push(rowOf(read, action, extra))
  })
  return { file: problems.length > 0 ? null : { rows }, problems }
}
