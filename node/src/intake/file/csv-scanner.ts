import type { Problem } from '@nhip/canonical/problem'

/** One record of a file; `line` is the line it starts on, counted from 1. */
export interface Row {
  line: number
  cells: string[]
}

/** A file that breaks off the reading of its rows: an unclosed quote, a record of megabytes, bytes of another encoding. */
export class UnreadableFile extends Error {
  readonly problem: Problem

  constructor(problem: Problem, cause?: unknown) {
    super(problem.message.en, { cause })
    this.problem = problem
  }
}

/** What a record and a cell of it may be: beyond, a quotation mark was left open or the file is no table. A cell has the length of a spreadsheet's longest. */
export const recordLimits = { characters: 1024 * 1024, columns: 4096, cell: 32_767 }

const LF = 10
const CR = 13
const QUOTE = 34
const BYTE_ORDER_MARK = 0xfeff

/**
 * Cuts delimited text into records (RFC 4180), piece by piece. A line ends with LF, CR LF or CR. A quotation mark opens
 * a quoted cell only as its first character; when text follows the closing one, the cell is taken as it is written.
 * Byte order marks at the start of a record are dropped: files that were joined have them in their middle.
 */
export class CsvScanner {
  readonly #delimiter: string
  readonly #delimiterCode: number
  #text = ''
  #line = 1

  /** @param delimiter one character */
  constructor(delimiter: string) {
    this.#delimiter = delimiter
    this.#delimiterCode = delimiter.charCodeAt(0)
  }

  /** Number of the line on which the record after the last one starts. */
  get line(): number {
    return this.#line
  }

  /** The records that the text completes. @throws {UnreadableFile} */
  push(piece: string): Row[] {
    if (piece.includes('\0')) throw notText(this.#line)
    this.#text += piece
    return this.#take(false)
  }

  /** The records that are left when no more text comes. @throws {UnreadableFile} */
  end(): Row[] {
    return this.#take(true)
  }

  #take(last: boolean): Row[] {
    const text = this.#text
    const rows: Row[] = []
    let at = 0
    // Where the next of each sign stands; most lines have neither, and are cut without looking at their characters.
    let quote = text.indexOf('"')
    let cr = text.indexOf('\r')
    while (at < text.length) {
      let lf = text.indexOf('\n', at)
      if (lf < 0) {
        // Files that know only CR, and the last line.
        if (!last && (cr < 0 || cr >= text.length - 1)) break
        lf = text.length
      }
      if (quote >= 0 && quote < at) quote = text.indexOf('"', at)
      if (cr >= 0 && cr < at) cr = text.indexOf('\r', at)
      if ((quote < 0 || quote > lf) && (cr < 0 || cr >= lf - 1)) {
        if (lf === text.length && !last) break
        const end = cr === lf - 1 && cr >= at ? cr : lf
        this.#add(rows, text.slice(at, end).split(this.#delimiter), end - at)
        this.#line += 1
        at = lf + 1
        continue
      }
      const next = this.#quotedRecord(text, at, last, rows)
      if (next < 0) break
      at = next
    }
    this.#text = text.slice(at)
    if (this.#text.length > recordLimits.characters) throw tooLong(this.#line)
    if (last && this.#text !== '') throw notClosed(this.#line)
    return rows
  }

  /** Reads the record at `at` cell by cell. @returns where the next one starts; -1 when this one is not whole yet */
  #quotedRecord(text: string, at: number, last: boolean, rows: Row[]): number {
    const cells: string[] = []
    let i = at
    let breaks = 0
    for (;;) {
      let end: number
      if (text.charCodeAt(i) === QUOTE) {
        const closing = closingQuote(text, i + 1)
        if (closing < 0 || (closing === text.length - 1 && !last)) return -1
        const inside = text.slice(i + 1, closing)
        const after = text.charCodeAt(closing + 1)
        if (closing + 1 === text.length || after === this.#delimiterCode || after === LF || after === CR) {
          cells.push(inside.includes('"') ? inside.replaceAll('""', '"') : inside)
          breaks += lineBreaks(inside)
          end = closing + 1
        } else {
          end = this.#cellEnd(text, closing + 1)
          const whole = text.slice(i, end)
          cells.push(whole)
          breaks += lineBreaks(whole)
        }
      } else {
        end = this.#cellEnd(text, i)
        cells.push(text.slice(i, end))
      }
      if (end >= text.length) {
        if (!last) return -1
      } else if (text.charCodeAt(end) === this.#delimiterCode) {
        i = end + 1
        continue
      }
      // A CR at the very end may be the first half of CR LF.
      if (!last && text.charCodeAt(end) === CR && end + 1 >= text.length) return -1
      this.#add(rows, cells, end - at)
      this.#line += breaks + 1
      if (end >= text.length) return end
      return text.charCodeAt(end) === CR && text.charCodeAt(end + 1) === LF ? end + 2 : end + 1
    }
  }

  #cellEnd(text: string, from: number): number {
    for (let i = from; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code === this.#delimiterCode || code === LF || code === CR) return i
    }
    return text.length
  }

  #add(rows: Row[], cells: string[], length: number): void {
    if (length > recordLimits.characters) throw tooLong(this.#line)
    if (length > recordLimits.cell) demandShortCells(cells, this.#line)
    if (cells.length > recordLimits.columns) throw tooWide(this.#line, cells.length)
    const first = cells[0]!
    if (first.charCodeAt(0) === BYTE_ORDER_MARK) cells[0] = first.slice(1)
    rows.push({ line: this.#line, cells })
  }
}

/** The next quotation mark that is not one of a pair; -1 when there is none. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from)
  while (at >= 0 && text.charCodeAt(at + 1) === QUOTE) at = text.indexOf('"', at + 2)
  return at
}

function lineBreaks(text: string): number {
  return text.includes('\n') || text.includes('\r') ? text.match(/\r\n|\n|\r/g)!.length : 0
}

/** @throws {UnreadableFile} for a cell longer than a spreadsheet could hold */
export function demandShortCells(cells: readonly string[], line: number): void {
  const long = cells.findIndex((cell) => cell.length > recordLimits.cell)
  if (long < 0) return
  const length = cells[long]!.length
  throw new UnreadableFile({
    severity: 'error',
    code: 'cell-too-long',
    line,
    column: long + 1,
    value: `${cells[long]!.slice(0, 40)}…`,
    message: {
      vi: `Dòng ${line}, ô ${long + 1} dài ${length} ký tự; nhiều nhất là ${recordLimits.cell}.`,
      en: `Line ${line}, cell ${long + 1} has ${length} characters; at most ${recordLimits.cell} are read.`,
    },
  })
}

function notText(line: number): UnreadableFile {
  return new UnreadableFile({
    severity: 'error',
    code: 'not-text',
    line,
    value: 'U+0000',
    message: {
      vi: `Sau dòng ${line} có ký tự U+0000: tệp không phải là văn bản, hoặc đã hỏng.`,
      en: `Behind line ${line} there is a character U+0000: the file is not text, or is damaged.`,
    },
  })
}

function notClosed(line: number): UnreadableFile {
  return new UnreadableFile({
    severity: 'error',
    code: 'quote-not-closed',
    line,
    message: {
      vi: `Dòng ${line}: dấu ngoặc kép mở ra mà không đóng lại.`,
      en: `Line ${line}: a quotation mark opens and never closes.`,
    },
  })
}

export function tooLong(line: number): UnreadableFile {
  return new UnreadableFile({
    severity: 'error',
    code: 'record-too-long',
    line,
    message: {
      vi: `Dòng ${line}: một dòng dài hơn 1 MB, có lẽ do dấu ngoặc kép mở mà không đóng.`,
      en: `Line ${line}: a record longer than 1 MB, probably by a quotation mark that never closes.`,
    },
  })
}

function tooWide(line: number, cells: number): UnreadableFile {
  const most = recordLimits.columns
  return new UnreadableFile({
    severity: 'error',
    code: 'too-many-columns',
    line,
    value: String(cells),
    message: {
      vi: `Dòng ${line} có ${cells} ô; nhiều nhất là ${most} cột.`,
      en: `Line ${line} has ${cells} cells; at most ${most} columns are read.`,
    },
  })
}
