// Reads and writes the comma-separated tables of the importers (RFC 4180; header in the first line).
import { readFileSync, writeFileSync } from 'node:fs'

/** The rows of a file as objects keyed by the header. Cells are text; blanks stay ''. */
export function readCsv(file) {
  const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  const records = []
  let cells = []
  let cell = ''
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (quoted) {
      if (c !== '"') cell += c
      else if (text[i + 1] === '"') cell += text[++i]
      else quoted = false
    } else if (c === '"') quoted = true
    else if (c === ',' || c === '\n') {
      cells.push(cell)
      cell = ''
      if (c === '\n') {
        records.push(cells)
        cells = []
      }
    } else if (c !== '\r') cell += c
  }
  if (cell !== '' || cells.length > 0) records.push([...cells, cell])
  const [header, ...body] = records
  return body.map((row, i) => {
    if (row.length !== header.length)
      throw new Error(`${file}, line ${i + 2}: ${row.length} cells, header has ${header.length}`)
    return Object.fromEntries(header.map((name, k) => [name, row[k]]))
  })
}

/** Writes rows in the order given, LF line ends, quoting only where needed. */
export function writeCsv(file, columns, rows) {
  const quote = (v) => (/[",\n]/.test(v) ? `"${v.replaceAll('"', '""')}"` : v)
  const line = (cells) => cells.map((v) => quote(String(v ?? ''))).join(',')
  writeFileSync(file, `${[line(columns), ...rows.map((r) => line(columns.map((c) => r[c])))].join('\n')}\n`)
  return rows.length
}
