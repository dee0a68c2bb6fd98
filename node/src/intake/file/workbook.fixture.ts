import { createWriteStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import yazl from 'yazl'

/** Cells as XML attributes and content write them: `{ v: '1.5', s: 1 }` is a number in style 1. */
export interface RawCell {
  t?: string
  s?: number
  v?: string
  f?: string
  is?: string
}

export interface RawSheet {
  name: string
  state?: string
  /** A cell by its text (inline), its number, or as it stands in the file; null leaves it out. */
  rows: (string | number | RawCell | null)[][]
  merges?: string[]
}

export interface RawWorkbook {
  sheets: RawSheet[]
  /** Number format codes; style n + 1 shows numbers by format n. */
  formats?: string[]
  strings?: string[]
  date1904?: boolean
  /** Further parts, or other contents of these. */
  parts?: Record<string, string | Buffer>
}

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const rel = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** Writes a workbook of a few parts, as small as ECMA-376 allows. */
export async function writeWorkbook(path: string, book: RawWorkbook): Promise<void> {
  await pipeline(archive(workbookParts(book)), createWriteStream(path))
}

/** The parts of a workbook by their names. */
export function workbookParts(book: RawWorkbook): Record<string, string | Buffer> {
  return {
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${rel}">${book.date1904 ? '<workbookPr date1904="1"/>' : ''}<sheets>${book.sheets
      .map(
        ({ name, state }, i) =>
          `<sheet name="${escaped(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"${state ? ` state="${state}"` : ''}/>`,
      )
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${book.sheets
      .map(
        (_, i) =>
          `<Relationship Id="rId${i + 1}" Type="${rel}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`,
      )
      .join('')}</Relationships>`,
    'xl/styles.xml': `<styleSheet xmlns="${main}"><numFmts>${(book.formats ?? [])
      .map((code, i) => `<numFmt numFmtId="${164 + i}" formatCode="${escaped(code)}"/>`)
      .join(
        '',
      )}</numFmts><cellXfs><xf numFmtId="0"/>${(book.formats ?? []).map((_, i) => `<xf numFmtId="${164 + i}"/>`).join('')}</cellXfs></styleSheet>`,
    ...(book.strings
      ? { 'xl/sharedStrings.xml': `<sst xmlns="${main}">${book.strings.join('')}</sst>` }
      : {}),
    ...Object.fromEntries(
      book.sheets.map((sheet, i) => [`xl/worksheets/sheet${i + 1}.xml`, sheetXml(sheet)]),
    ),
    ...book.parts,
  }
}

/** A ZIP archive of parts. */
export function archive(parts: Record<string, string | Buffer>): Readable {
  const zip = new yazl.ZipFile()
  for (const [name, content] of Object.entries(parts)) zip.addBuffer(Buffer.from(content), name)
  zip.end()
  return zip.outputStream as Readable
}

function sheetXml({ rows, merges = [] }: RawSheet): string {
  const width = Math.max(1, ...rows.map((row) => row.length))
  const body = rows
    .map((row, r) =>
      row.length === 0
        ? ''
        : `<row r="${r + 1}">${row.map((cell, c) => cellXml(cell, `${letters(c)}${r + 1}`)).join('')}</row>`,
    )
    .join('')
  const merged =
    merges.length === 0
      ? ''
      : `<mergeCells>${merges.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells>`
  return `<worksheet xmlns="${main}"><dimension ref="A1:${letters(width - 1)}${rows.length}"/><sheetData>${body}</sheetData>${merged}</worksheet>`
}

function cellXml(cell: string | number | RawCell | null, at: string): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return `<c r="${at}"><v>${cell}</v></c>`
  if (typeof cell === 'string') return `<c r="${at}" t="inlineStr"><is><t>${escaped(cell)}</t></is></c>`
  const { t, s, v, f, is } = cell
  return `<c r="${at}"${t ? ` t="${t}"` : ''}${s === undefined ? '' : ` s="${s}"`}>${f === undefined ? '' : `<f>${escaped(f)}</f>`}${v === undefined ? '' : `<v>${escaped(v)}</v>`}${is === undefined ? '' : `<is><t>${escaped(is)}</t></is>`}</c>`
}

function letters(column: number): string {
  return column < 26
    ? String.fromCharCode(65 + column)
    : letters(Math.floor(column / 26) - 1) + letters(column % 26)
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
