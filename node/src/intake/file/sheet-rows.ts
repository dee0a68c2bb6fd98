import { SaxesParser } from 'saxes'
import { broken, local } from './workbook.ts'

/** A cell as the sheet writes it; `value` is null when the cell has a style or a formula and nothing else. */
export interface SheetCell {
  /** From 0; -1 when its reference cannot be read. */
  column: number
  type: string
  style: number
  formula: boolean
  value: string | null
}

/** Takes the rows of a sheet in order; the number is from 0, null for a row that does not say it. */
export type TakeRow = (number: number | null, cells: readonly SheetCell[]) => void

// The rows that spreadsheet programs write, to the letter of ECMA-376 and no further: whatever is written otherwise
// (prefixes, comments, CDATA, runs of rich text, entities of the file's own) goes to the XML parser.
const space = '[ \\t\\n]*'
const name = '[A-Za-z_][\\w:.-]*'
const entity = '&(?:amp|lt|gt|quot|apos);'
const text = `[^<>&\\r]*(?:${entity}[^<>&\\r]*)*`
const rowTag = new RegExp(`${space}<row(?: r="(\\d{1,7})")?((?: ${name}="[^"<&\\t\\n\\r]*")*)(/?)>`, 'y')
const cellTag = new RegExp(
  `${space}<c r="([A-Z]{1,3})\\d{1,7}"(?: s="(\\d{1,6})")?(?: t="(s|n|b|e|str|inlineStr)")?(?:/>|>` +
    `(<f(?: t="\\w+")?(?: ref="[A-Z\\d:]+")?(?: si="\\d+")?(?:/>|>${text}</f>))?` +
    `(?:<v>(${text})</v>|<is><t(?: xml:space="preserve")?>(${text})</t></is>)?</c>)`,
  'y',
)
const rowEnd = new RegExp(`${space}</row>`, 'y')
const sheetDataTag = /<sheetData(?: [^<>]*[^<>/])?>/g
// Not characters of XML 1.0, wherever they stand: control characters but for tab, line feed, carriage return.
const noXml = /[^\P{Cc}\t\n\r\u007f-\u009f]|[\ufffe\uffff]/u
/** A row of more characters is not waited for in whole. */
const longestRow = 4 * 1024 * 1024

/**
 * Reads the rows of a sheet's XML. What stands before and behind the rows, and every row that is not of the plain
 * form, is read by the XML parser, which also sees to it that the document is well formed; plain rows are cut out by
 * their form, several times as fast.
 */
export class SheetReader {
  readonly #take: TakeRow
  readonly #parser = new SaxesParser({ xmlns: false, fragment: false })
  /** `head` until the rows begin, `rows` while they are plain, `rest` for what the XML parser reads to the end. */
  #mode: 'head' | 'rows' | 'rest'
  #text = ''
  #depth = 0
  #atRows = false
  #rowClosed = false
  #lastAttributes = ''

  /** @param plain false to have the XML parser read everything */
  constructor(take: TakeRow, plain = true) {
    this.#take = take
    this.#mode = plain ? 'head' : 'rest'
    this.#listen()
  }

  /** @throws {UnreadableFile} when the XML is not well formed */
  write(piece: string): void {
    if (this.#mode === 'rest') {
      this.#parser.write(piece)
      return
    }
    this.#text += piece
    if (noXml.test(piece)) this.#leaveToParser()
    if (this.#mode === 'head') this.#seekRows()
    if (this.#mode === 'rows') this.#plainRows()
  }

  close(): void {
    this.#leaveToParser()
    this.#parser.close()
  }

  #leaveToParser(from = 0): void {
    this.#mode = 'rest'
    const rest = this.#text.slice(from)
    this.#text = ''
    if (rest !== '') this.#parser.write(rest)
  }

  #seekRows(): void {
    const all = this.#text
    let fed = 0
    sheetDataTag.lastIndex = 0
    while (sheetDataTag.test(all)) {
      this.#parser.write(all.slice(fed, sheetDataTag.lastIndex))
      fed = sheetDataTag.lastIndex
      // The same letters in a comment open nothing.
      if (!this.#atRows) continue
      this.#mode = 'rows'
      this.#text = all.slice(fed)
      return
    }
    // What may be the first half of the tag waits for the next piece.
    const cut = Math.max(fed, all.lastIndexOf('<'))
    if (all.length - cut > longestRow) {
      this.#leaveToParser(fed)
      return
    }
    if (cut > fed) this.#parser.write(all.slice(fed, cut))
    this.#text = all.slice(cut)
  }

  #plainRows(): void {
    const all = this.#text
    let at = 0
    for (;;) {
      const closing = all.indexOf('</row>', at)
      if (closing < 0) break
      const next = this.#plainRow(all, at) ?? this.#otherRow(all, at, closing + '</row>'.length)
      if (next === null) return
      at = next
    }
    if (all.length - at > longestRow || all.includes('</sheetData', at)) this.#leaveToParser(at)
    else this.#text = all.slice(at)
  }

  /** @returns where the next row starts; null when this one is not of the plain form */
  #plainRow(all: string, at: number): number | null {
    rowTag.lastIndex = at
    const opened = rowTag.exec(all)
    if (!opened || !this.#unlike(opened[2]!)) return null
    const number = opened[1] === undefined ? null : Number(opened[1]) - 1
    if (opened[3] === '/') {
      this.#take(number, [])
      return rowTag.lastIndex
    }
    const cells: SheetCell[] = []
    let next = rowTag.lastIndex
    for (;;) {
      cellTag.lastIndex = next
      const found = cellTag.exec(all)
      if (!found) break
      next = cellTag.lastIndex
      const value = found[5] ?? found[6]
      const inline = found[6] !== undefined
      // An inline text under another type, or a type that does not go with a value, is the parser's to judge.
      if (inline !== (found[3] === 'inlineStr') && value !== undefined) return null
      cells.push({
        column: columnOf(found[1]!),
        type: found[3] ?? 'n',
        style: found[2] === undefined ? 0 : Number(found[2]),
        formula: found[4] !== undefined,
        value: value === undefined ? null : unescaped(value),
      })
    }
    rowEnd.lastIndex = next
    if (!rowEnd.test(all)) return null
    this.#take(number, cells)
    return rowEnd.lastIndex
  }

  /** Attributes of a row that all differ by name, which is what XML asks for. */
  #unlike(attributes: string): boolean {
    if (attributes === this.#lastAttributes) return true
    const names: string[] = attributes.match(new RegExp(` ${name}=`, 'g')) ?? []
    if (names.includes(' r=') || new Set(names).size < names.length) return false
    this.#lastAttributes = attributes
    return true
  }

  /** Gives one row to the XML parser. @returns where the next one starts; null when the parser has to go on to the end */
  #otherRow(all: string, from: number, to: number): number | null {
    const row = all.slice(from, to)
    // Behind a comment or CDATA the closing tag that was found may be mere text.
    if (row.includes('<!') || row.includes('<?')) {
      this.#leaveToParser(from)
      return null
    }
    this.#rowClosed = false
    this.#parser.write(row)
    if (this.#rowClosed && this.#depth === 2) return to
    this.#leaveToParser(to)
    return null
  }

  #listen(): void {
    let number: number | null = null
    let cells: SheetCell[] = []
    let cell: SheetCell = { column: -1, type: 'n', style: 0, formula: false, value: null }
    let reading = false
    this.#parser.on('error', (error) => {
      throw broken(error)
    })
    this.#parser.on('opentag', (tag) => {
      this.#depth += 1
      const attributes = tag.attributes as Record<string, string>
      switch (local(tag)) {
        case 'sheetData':
          this.#atRows = this.#depth === 2 && tag.name === 'sheetData' && !tag.isSelfClosing
          break
        case 'row':
          cells = []
          number = attributes.r === undefined ? null : Number(attributes.r) - 1
          break
        case 'c': {
          const column =
            attributes.r === undefined ? (cells.at(-1)?.column ?? -1) + 1 : columnOf(attributes.r)
          const style = Number(attributes.s ?? 0)
          cell = { column, type: attributes.t ?? 'n', style, formula: false, value: null }
          cells.push(cell)
          break
        }
        case 'f':
          cell.formula = true
          break
        case 'v':
          reading = true
          cell.value ??= ''
          break
        case 't':
          if (cell.type !== 'inlineStr') break
          reading = true
          cell.value ??= ''
      }
    })
    const addText = (piece: string) => {
      if (reading) cell.value += piece
    }
    this.#parser.on('text', addText)
    this.#parser.on('cdata', addText)
    this.#parser.on('closetag', (tag) => {
      this.#depth -= 1
      const closed = local(tag)
      if (closed === 'v' || closed === 't') reading = false
      else if (closed === 'row') {
        this.#take(number, cells)
        cells = []
        this.#rowClosed = true
      }
    })
  }
}

/** `AB12` → 27; -1 when it does not start with letters from A to Z. */
export function columnOf(reference: string): number {
  let column = 0
  for (let i = 0; i < reference.length; i++) {
    const letter = reference.charCodeAt(i) - 64
    if (letter < 1 || letter > 26) break
    column = column * 26 + letter
  }
  return column - 1
}

const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescaped(written: string): string {
  return written.includes('&')
    ? written.replace(/&(\w+);/g, (_, entityName: string) => characters[entityName]!)
    : written
}
