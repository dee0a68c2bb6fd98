import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { CalendarError } from '@nhip/calendar/calendar-error'
import { dateOfExcelSerial } from '@nhip/calendar/excel-serial'
import type { Problem } from '@nhip/canonical/problem'
import { demandShortCells, recordLimits, tooLong, UnreadableFile } from './csv-scanner.ts'
import { columnOf, SheetReader } from './sheet-rows.ts'
import { bomb, limits, type Sheet, type Style, Workbook } from './workbook.ts'

/** A sheet as text: one line a row of the sheet, so that a line number is the number the spreadsheet shows. */
export interface SheetTable {
  sheet: string
  sheets: { name: string; hidden: boolean }[]
  /** What a reader of the table should know: hidden sheets, formulas without a value. */
  warnings: Problem[]
}

/**
 * Writes a sheet of an XLSX workbook as comma-separated UTF-8. Everything behind the door then reads one kind of file.
 * Formulas give the value that the spreadsheet last saved; merged cells repeat theirs; dates are ISO dates.
 *
 * @param wanted name of the sheet; by default the first that is not hidden
 * @throws {UnreadableFile}
 */
export async function writeSheetTable(path: string, to: string, wanted?: string): Promise<SheetTable> {
  const book = await Workbook.open(path)
  try {
    const sheet =
      wanted === undefined
        ? (book.sheets.find(({ hidden }) => !hidden) ?? book.sheets[0]!)
        : book.sheets.find(({ name }) => name === wanted)
    if (!sheet) throw noSheet(wanted ?? '', book.sheets)
    const merges = await readMerges(book, sheet)
    // The same sheet may be written twice at once, by two changes of a mapping: each has its own draft.
    const draft = `${to}.${randomUUID()}.part`
    const unsaved = await writeRows(book, sheet, merges, draft)
    await rename(draft, to)
    return {
      sheet: sheet.name,
      sheets: book.sheets.map(({ name, hidden }) => ({ name, hidden })),
      warnings: [...hiddenSheets(book.sheets, sheet), ...unsavedFormulas(unsaved)],
    }
  } finally {
    book.close()
  }
}

/** Rows and columns from 0, ends included. */
interface Merge {
  top: number
  left: number
  bottom: number
  right: number
}

/**
 * They stand behind the cells in the file, so they have to be looked for first. A title over the whole table is left
 * alone: repeated in every column it would look like a row of it.
 */
async function readMerges(book: Workbook, sheet: Sheet): Promise<Merge[]> {
  const merges: Merge[] = []
  let rest = ''
  let width = Number.POSITIVE_INFINITY
  let atHead = true
  for await (const piece of book.part(sheet)) {
    const text = rest + piece
    const dimension = atHead && /<(?:\w+:)?dimension [^>]*ref="[A-Z]+\d+:([A-Z]+\d+)"/.exec(text)
    if (dimension) width = placeOf(dimension[1]!).column + 1
    atHead &&= !text.includes('sheetData')
    // Searching for a word is many times as fast as matching tags, and most sheets have no merged cells.
    if (!text.includes('mergeCell ')) {
      rest = text.slice(-200)
      continue
    }
    for (const [, first, last] of text.matchAll(/<(?:\w+:)?mergeCell [^>]*ref="([A-Z]+\d+):([A-Z]+\d+)"/g)) {
      const from = placeOf(first!)
      const to = placeOf(last!)
      merges.push({ top: from.row, left: from.column, bottom: to.row, right: to.column })
      if (merges.length > 10_000) break
    }
    // A reference cut in two by the end of a piece; longer tails would be read twice for nothing.
    rest = text.slice(text.lastIndexOf('<')).slice(0, 200)
  }
  return merges.filter(({ left, right }) => right - left + 1 < width || width === 1)
}

function placeOf(reference: string): { row: number; column: number } {
  return { row: Number(reference.replace(/^[A-Z]+/, '')) - 1, column: columnOf(reference) }
}

/** @returns places of formulas that were saved without a value, the first hundred */
async function writeRows(
  book: Workbook,
  sheet: Sheet,
  merges: readonly Merge[],
  to: string,
): Promise<string[]> {
  const out = createWriteStream(to)
  const failed = once(out, 'error').then(([error]) => Promise.reject(error))
  failed.catch(() => undefined)
  const waiting = [...merges].sort((a, b) => b.top - a.top)
  let covering: { merge: Merge; value: string }[] = []
  const unsaved: string[] = []
  let text = ''
  let read = 0
  let size = 0
  let widest = 0
  let written = 0
  let rowNumber = -1

  const reader = new SheetReader((number, cells) => {
    rowNumber = number ?? rowNumber + 1
    if (!Number.isInteger(rowNumber) || rowNumber < written) throw rowsOutOfOrder(rowNumber + 1)
    if (rowNumber >= limits.rows) throw tooManyRows()
    const row: string[] = []
    for (const cell of cells) {
      const { column } = cell
      if (!(column >= 0 && column < recordLimits.columns)) throw tooWide(rowNumber + 1)
      if (cell.formula && cell.value === null && unsaved.length < 100)
        unsaved.push(`${columnName(column)}${rowNumber + 1}`)
      while (row.length < column) row.push('')
      row[column] = cell.value === null ? '' : shownText(book, cell.type, cell.style, cell.value)
    }
    while (written < rowNumber) {
      text += '\n'
      written += 1
    }
    while (waiting.length > 0 && waiting.at(-1)!.top <= rowNumber) {
      const merge = waiting.pop()!
      covering.push({ merge, value: merge.top === rowNumber ? (row[merge.left] ?? '') : '' })
    }
    if (covering.length > 0) {
      covering = covering.filter(({ merge }) => merge.bottom >= rowNumber)
      for (const { merge, value } of covering) {
        while (row.length < merge.left) row.push('')
        for (let c = merge.left; c <= Math.min(merge.right, recordLimits.columns - 1); c++) row[c] = value
      }
    }
    // Spreadsheets leave out the empty cells at the end of a row, which is no shorter for that.
    widest = Math.max(widest, row.length)
    while (row.length > 0 && row.length < widest) row.push('')
    const line = lineOf(row)
    if (line.length > recordLimits.characters) throw tooLong(rowNumber + 1)
    if (line.length > recordLimits.cell) demandShortCells(row, rowNumber + 1)
    size += line.length
    // A few long texts that a million cells refer to are small in the archive.
    if (size > limits.unpacked || (size > limits.growthFrom && size > limits.growth * read)) throw bomb()
    text += line
    written += 1
  })
  for await (const piece of book.part(sheet)) {
    read += piece.length
    reader.write(piece)
    if (text.length < 1 << 16) continue
    const full = !out.write(text)
    text = ''
    if (full) await Promise.race([once(out, 'drain'), failed])
  }
  reader.close()
  out.end(text)
  await Promise.race([once(out, 'finish'), failed])
  return unsaved
}

function lineOf(row: readonly string[]): string {
  let line = ''
  for (let c = 0; c < row.length; c++) line += (c > 0 ? ',' : '') + quoted(row[c]!)
  return `${line}\n`
}

function shownText(book: Workbook, type: string, style: number, value: string): string {
  switch (type) {
    case 's':
      return book.strings[Number(value)] ?? ''
    case 'b':
      return value === '1' ? 'TRUE' : 'FALSE'
    case 'n':
      return numberText(value, book.styles[style] ?? { kind: 'number' }, book.date1904)
    default:
      return value
  }
}

/** XML Schema's double without its words: what JavaScript reads besides, such as 0x1A, no spreadsheet writes. */
const decimalNumber = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/

function numberText(value: string, style: Style, date1904: boolean): string {
  const number = decimalNumber.test(value) ? Number(value) : Number.NaN
  if (!Number.isFinite(number)) return value
  if (style.kind === 'zeros' && Number.isInteger(number) && number >= 0)
    return String(number).padStart(style.digits, '0')
  if (style.kind === 'date') return dateText(number, date1904) ?? plain(value, number)
  // What was typed as 12.5 % is kept as 0.125; fifteen digits leave out the dust of the product.
  if (style.kind === 'percent') return `${plain('', Number((number * 100).toPrecision(15)))}%`
  return plain(value, number)
}

function dateText(serial: number, date1904: boolean): string | null {
  try {
    const { date, millisecondOfDay } = dateOfExcelSerial(serial, date1904 ? 1904 : 1900)
    const clock = new Date(millisecondOfDay).toISOString().slice(11, 19)
    if (date === null) return clock
    return millisecondOfDay === 0 ? date : `${date}T${clock}`
  } catch (error) {
    if (error instanceof CalendarError) return null
    throw error
  }
}

/**
 * Digits with a decimal point. `1.234` becomes `1.2340`: behind the door that cell would be a number that can be read
 * two ways, and in a workbook there is no doubt.
 */
function plain(written: string, number: number): string {
  // Spreadsheets write 17 digits for 0.1 + 0.2; the shortest text of the same double is what a person typed.
  const text = /^-?\d+(?:\.\d{1,12})?$/.test(written) ? written : String(number)
  return /^-?[1-9]\d{0,2}\.\d{3}$/.test(text) ? `${text}0` : text
}

/** Line breaks inside a cell become spaces, so that a line of the table stays a row of the sheet. */
function quoted(cell: string): string {
  const line = /[\r\n]/.test(cell) ? cell.replace(/\s*[\r\n]+\s*/g, ' ') : cell
  return /[",]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line
}

function columnName(column: number): string {
  let name = ''
  for (let n = column + 1; n > 0; n = Math.floor((n - 1) / 26))
    name = String.fromCharCode(65 + ((n - 1) % 26)) + name
  return name
}

function hiddenSheets(sheets: readonly Sheet[], chosen: Sheet): Problem[] {
  const hidden = sheets.filter((sheet) => sheet.hidden && sheet !== chosen).map(({ name }) => name)
  if (hidden.length === 0) return []
  const names = hidden.map((name) => `"${name}"`).join(', ')
  return [
    {
      severity: 'info',
      code: 'sheets-hidden',
      value: hidden.join(', '),
      message: {
        vi: `Bảng tính có trang ẩn, không được đọc: ${names}.`,
        en: `The workbook has hidden sheets, which are not read: ${names}.`,
      },
    },
  ]
}

function unsavedFormulas(places: readonly string[]): Problem[] {
  if (places.length === 0) return []
  const some = places.slice(0, 5).join(', ')
  return [
    {
      severity: 'warning',
      code: 'formula-without-value',
      value: some,
      message: {
        vi: `Ô có công thức nhưng chưa lưu kết quả (${some}${places.length > 5 ? ', …' : ''}): mở tệp bằng phần mềm bảng tính, lưu lại rồi nhập.`,
        en: `Cells with a formula but no saved result (${some}${places.length > 5 ? ', …' : ''}): open the file in a spreadsheet, save it and import it again.`,
      },
    },
  ]
}

function refused(code: string, vi: string, en: string, more: Partial<Problem> = {}): UnreadableFile {
  return new UnreadableFile({ severity: 'error', code, ...more, message: { vi, en } })
}

function noSheet(name: string, sheets: readonly Sheet[]): UnreadableFile {
  const all = sheets.map((sheet) => `"${sheet.name}"`).join(', ')
  return refused(
    'sheet-unknown',
    `Bảng tính không có trang "${name}"; có: ${all}.`,
    `The workbook has no sheet "${name}"; it has ${all}.`,
    { value: name },
  )
}

function tooManyRows(): UnreadableFile {
  return refused(
    'too-many-rows',
    `Trang tính có hơn ${limits.rows.toLocaleString('vi')} dòng.`,
    `The sheet has more than ${limits.rows.toLocaleString('en')} rows.`,
  )
}

function tooWide(line: number): UnreadableFile {
  return refused(
    'too-many-columns',
    `Dòng ${line} có hơn ${recordLimits.columns} cột.`,
    `Row ${line} has more than ${recordLimits.columns} columns.`,
    { line },
  )
}

function rowsOutOfOrder(line: number): UnreadableFile {
  return refused(
    'workbook-broken',
    `Tệp XLSX hỏng: dòng ${line} đứng sai chỗ.`,
    `The XLSX file is broken: row ${line} stands in the wrong place.`,
    { line },
  )
}
