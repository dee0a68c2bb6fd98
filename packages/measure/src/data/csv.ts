/** One field of a CSV file with the place where it starts; lines and columns count from 1. */
export interface CsvCell {
  text: string
  line: number
  column: number
}

/** A row has at least one cell; `broken` says that its last quoted field was never closed or was followed by text. */
export interface CsvRow {
  cells: CsvCell[]
  line: number
  broken?: CsvCell
}

const QUOTE = 34
const COMMA = 44
const LF = 10
const CR = 13

/**
 * Reads RFC 4180: fields between commas, quoted fields may hold commas, quotes (doubled) and line breaks.
 * A byte order mark, CR LF or LF and a missing last line break are accepted; blank lines are skipped.
 */
export function readCsv(text: string): CsvRow[] {
  const rows: CsvRow[] = []
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  let line = 1
  let lineStart = at
  while (at < text.length) {
    const row: CsvRow = { cells: [], line }
    for (;;) {
      const cell: CsvCell = { text: '', line, column: at - lineStart + 1 }
      if (text.charCodeAt(at) === QUOTE) {
        at += 1
        let from = at
        for (;;) {
          const c = text.charCodeAt(at)
          if (at >= text.length) {
            row.broken ??= cell
            cell.text += text.slice(from, at)
            break
          }
          if (c === QUOTE) {
            cell.text += text.slice(from, at)
            at += 1
            if (text.charCodeAt(at) !== QUOTE) break
            from = at
          } else if (c === LF) {
            line += 1
            lineStart = at + 1
          }
          at += 1
        }
        const end = endOfField(text, at)
        if (end > at) {
          row.broken ??= cell
          cell.text += text.slice(at, end)
          at = end
        }
      } else {
        const end = endOfField(text, at)
        cell.text = text.slice(at, end)
        at = end
      }
      row.cells.push(cell)
      if (text.charCodeAt(at) !== COMMA) break
      at += 1
    }
    if (text.charCodeAt(at) === CR) at += 1
    if (text.charCodeAt(at) === LF) {
      at += 1
      line += 1
    }
    lineStart = at
    if (row.cells.length > 1 || row.cells[0]!.text !== '') rows.push(row)
  }
  return rows
}

function endOfField(text: string, from: number): number {
  let at = from
  for (; at < text.length; at += 1) {
    const c = text.charCodeAt(at)
    if (c === COMMA || c === LF || (c === CR && (text.charCodeAt(at + 1) === LF || at + 1 === text.length)))
      break
  }
  return at
}
