import { buffer } from 'node:stream/consumers'
import { DecimalText } from '@nhip/policy/simulate/exact-json'
import yazl from 'yazl'
import type { Cell, ColumnKind, ReportDocument, Section } from './document.ts'

// A workbook as ECMA-376 has it, no more than tables need: a sheet a section, words in the cells themselves, numbers with all their
// digits. Equal reports give equal bytes.

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const TYPES = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** Places in `cellXfs` below. */
const STYLE = { words: 0, title: 1, head: 2, whole: 3, decimals: 4, note: 5 } as const

/** The report as an XLSX file. */
export async function workbookOf(report: ReportDocument): Promise<Buffer> {
  const zip = new yazl.ZipFile()
  // Local fields: the zip's own date is without a zone, and so the same in each.
  const options = { mtime: new Date(1980, 0, 1), forceDosTimestamp: true, mode: 0o100644 }
  const add = (path: string, xml: string): void => zip.addBuffer(Buffer.from(HEAD + xml), path, options)
  const sheets = report.sections.map((section, i) => ({
    name: section.title,
    file: `sheet${i + 1}.xml`,
    section,
  }))
  add(
    '[Content_Types].xml',
    `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPES}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPES}.styles+xml"/>${sheets.map(({ file }) => `<Override PartName="/xl/worksheets/${file}" ContentType="${TYPES}.worksheet+xml"/>`).join('')}</Types>`,
  )
  add(
    '_rels/.rels',
    `<Relationships xmlns="${RELATIONS}"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  )
  add(
    'xl/workbook.xml',
    `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${sheets.map(({ name }, i) => `<sheet name="${escaped(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join('')}</sheets></workbook>`,
  )
  add(
    'xl/_rels/workbook.xml.rels',
    `<Relationships xmlns="${RELATIONS}">${sheets.map(({ file }, i) => `<Relationship Id="rId${i + 1}" Type="${OFFICE}/worksheet" Target="worksheets/${file}"/>`).join('')}<Relationship Id="rId${sheets.length + 1}" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
  )
  add('xl/styles.xml', STYLES)
  for (const { file, section } of sheets) add(`xl/worksheets/${file}`, sheetXml(report, section))
  zip.end()
  return buffer(zip.outputStream)
}

const STYLES = `<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="#,##0"/><numFmt numFmtId="165" formatCode="#,##0.######"/></numFmts><fonts count="3"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="13"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE7EEF7"/></patternFill></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="6"><xf xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf xfId="0" fontId="1" applyFont="1"/><xf xfId="0" fontId="2" fillId="2" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf xfId="0" numFmtId="164" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top"/></xf><xf xfId="0" numFmtId="165" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top"/></xf><xf xfId="0"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`

function sheetXml(report: ReportDocument, section: Section): string {
  const rows: string[] = []
  const row = (cells: readonly string[]): void => {
    rows.push(`<row r="${rows.length + 1}">${cells.join('')}</row>`)
  }
  const line = (text: string, style: number): void => row([wordsCell(text, 0, rows.length + 1, style)])
  line(report.subtitle, STYLE.title)
  line(report.label, STYLE.note)
  for (const note of section.notes) line(note, STYLE.note)
  for (const { title, table } of section.tables) {
    row([])
    line(title, STYLE.title)
    row(table.columns.map((column, c) => wordsCell(column.title, c, rows.length + 1, STYLE.head)))
    for (const cells of table.rows)
      row(cells.map((cell, c) => cellXml(cell, table.columns[c]?.kind ?? 'words', c, rows.length + 1)))
  }
  const count = Math.max(1, ...section.tables.map(({ table }) => table.columns.length))
  const widths = Array.from({ length: count }, (_, c) =>
    Math.max(
      12,
      ...section.tables.map(({ table }) => Math.round(24 * (table.columns[c]?.width ?? (c === 0 ? 1 : 0.8)))),
    ),
  )
  const cols = widths.map(
    (width, c) => `<col min="${c + 1}" max="${c + 1}" width="${width}" customWidth="1"/>`,
  )
  return `<worksheet xmlns="${MAIN}"><cols>${cols.join('')}</cols><sheetData>${rows.join('')}</sheetData></worksheet>`
}

function cellXml(cell: Cell, kind: ColumnKind, column: number, row: number): string {
  if (cell === null || cell === '') return ''
  if (!(cell instanceof DecimalText)) return wordsCell(cell, column, row, STYLE.words)
  const style = cell.text.includes('.') || kind !== 'number' ? STYLE.decimals : STYLE.whole
  return `<c r="${name(column)}${row}" s="${style}"><v>${cell.text}</v></c>`
}

function wordsCell(text: string, column: number, row: number, style: number): string {
  return `<c r="${name(column)}${row}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`
}

/** A, B … Z, AA … */
function name(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26))
  return column < 26 ? letter : name(Math.floor(column / 26) - 1) + letter
}

function escaped(text: string): string {
  // Control characters have no place in XML at all.
  return text
    .replace(/\p{Cc}/gu, (sign) => ('\t\n\r'.includes(sign) ? sign : ''))
    .replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign)
}
