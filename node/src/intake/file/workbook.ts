import type { Readable } from 'node:stream'
import type { Problem } from '@nhip/canonical/problem'
import { SaxesParser, type SaxesTagPlain } from 'saxes'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import { UnreadableFile } from './csv-scanner.ts'

/** What a workbook may unpack to, and how many times smaller it may have been: beyond, it is a bomb. */
export const limits = {
  unpacked: 200 * 1024 * 1024,
  ratio: 100,
  ratioFrom: 1024 * 1024,
  rows: 1_000_000,
  /** How many times longer than its XML a sheet may become by the texts that it refers to. */
  growth: 20,
  growthFrom: 16 * 1024 * 1024,
}

export interface Sheet {
  name: string
  hidden: boolean
  /** Its part in the archive. */
  part: string
}

/** How a number format shows a number: as itself, as a date, as per cent, or as a code with leading zeros. */
export type Style = { kind: 'number' | 'date' | 'percent' } | { kind: 'zeros'; digits: number }

/** An XLSX workbook (ECMA-376): an archive of XML parts, of which only those that carry values are read. */
export class Workbook {
  readonly sheets: readonly Sheet[]
  readonly styles: readonly Style[]
  readonly strings: readonly string[]
  readonly date1904: boolean
  readonly #zip: ZipFile
  readonly #parts: ReadonlyMap<string, Entry>
  readonly #budget: Budget

  private constructor(
    zip: ZipFile,
    parts: ReadonlyMap<string, Entry>,
    budget: Budget,
    read: Pick<Workbook, 'sheets' | 'styles' | 'strings' | 'date1904'>,
  ) {
    this.#zip = zip
    this.#parts = parts
    this.#budget = budget
    this.sheets = read.sheets
    this.styles = read.styles
    this.strings = read.strings
    this.date1904 = read.date1904
  }

  /** @throws {UnreadableFile} when the file is no workbook, is broken or unpacks to more than {@link limits} */
  static async open(path: string): Promise<Workbook> {
    let zip: ZipFile
    try {
      zip = await yauzl.openPromise(path, { lazyEntries: true, autoClose: false })
    } catch (error) {
      throw broken(error)
    }
    try {
      const budget = new Budget()
      const parts = new Map<string, Entry>()
      for await (const entry of zip.eachEntry()) {
        parts.set(entry.fileName, entry)
        budget.announce(entry)
      }
      const part = (name: string) => readPart(zip, parts, budget, name)
      const { sheets, date1904 } = await readContents(part)
      const styles = await readStyles(part)
      const strings = await readStrings(part)
      return new Workbook(zip, parts, budget, { sheets, styles, strings, date1904 })
    } catch (error) {
      zip.close()
      throw error instanceof UnreadableFile ? error : broken(error)
    }
  }

  /** The XML of a sheet, in pieces. */
  part(sheet: Sheet): AsyncIterable<string> {
    return readPart(this.#zip, this.#parts, this.#budget, sheet.part)
  }

  close(): void {
    this.#zip.close()
  }
}

/** Counts what has been unpacked, whatever the archive says of itself. */
class Budget {
  #announced = 0
  #unpacked = 0
  #packed = 0

  announce({ uncompressedSize, compressedSize }: Entry): void {
    this.#announced += uncompressedSize
    this.#packed += compressedSize
    if (this.#announced > limits.unpacked || this.#tooDense(this.#announced)) throw bomb()
  }

  spend(bytes: number): void {
    this.#unpacked += bytes
    // The same part may be read twice: for merged cells, then for values.
    if (this.#unpacked > 3 * limits.unpacked || this.#tooDense(this.#unpacked / 3)) throw bomb()
  }

  #tooDense(bytes: number): boolean {
    return bytes > limits.ratioFrom && bytes > limits.ratio * this.#packed
  }
}

async function* readPart(
  zip: ZipFile,
  parts: ReadonlyMap<string, Entry>,
  budget: Budget,
  name: string,
): AsyncGenerator<string> {
  const entry = parts.get(name)
  if (!entry) return
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let stream: Readable
  try {
    stream = await zip.openReadStreamPromise(entry)
    for await (const bytes of stream as AsyncIterable<Buffer>) {
      budget.spend(bytes.length)
      yield decoder.decode(bytes, { stream: true })
    }
    yield decoder.decode()
  } catch (error) {
    throw error instanceof UnreadableFile ? error : broken(error)
  }
}

type Part = (name: string) => AsyncIterable<string>

/** Feeds XML to a parser; entities of the file's own are not known to it, so they cannot grow. */
async function parseXml(
  xml: AsyncIterable<string>,
  on: { open?(tag: SaxesTagPlain): void; text?(text: string): void; close?(tag: SaxesTagPlain): void },
): Promise<void> {
  const parser = new SaxesParser({ xmlns: false, fragment: false })
  parser.on('error', (error) => {
    throw broken(error)
  })
  if (on.open) parser.on('opentag', on.open)
  if (on.text) {
    parser.on('text', on.text)
    parser.on('cdata', on.text)
  }
  if (on.close) parser.on('closetag', on.close)
  for await (const piece of xml) parser.write(piece)
  parser.close()
}

/** An element's name without its namespace prefix. */
export function local({ name }: { name: string }): string {
  const colon = name.indexOf(':')
  return colon < 0 ? name : name.slice(colon + 1)
}

async function readContents(part: Part): Promise<{ sheets: Sheet[]; date1904: boolean }> {
  const targets = new Map<string, string>()
  await parseXml(part('xl/_rels/workbook.xml.rels'), {
    open(tag) {
      const { Id, Target } = tag.attributes as Record<string, string>
      if (local(tag) === 'Relationship' && Id && Target)
        targets.set(Id, Target.startsWith('/') ? Target.slice(1) : `xl/${Target}`)
    },
  }).catch((error: unknown) => {
    throw error instanceof UnreadableFile && targets.size === 0 ? noWorkbook() : error
  })
  const sheets: Sheet[] = []
  let date1904 = false
  await parseXml(part('xl/workbook.xml'), {
    open(tag) {
      const attributes = tag.attributes as Record<string, string>
      if (local(tag) === 'workbookPr') date1904 = /^(1|true|on)$/.test(attributes.date1904 ?? '')
      if (local(tag) !== 'sheet') return
      const id = Object.entries(attributes).find(([name]) => /(^|:)id$/.test(name))?.[1]
      const target = id === undefined ? undefined : targets.get(id)
      if (target?.includes('worksheets/'))
        sheets.push({
          name: attributes.name ?? target,
          hidden: attributes.state !== undefined && attributes.state !== 'visible',
          part: target,
        })
    },
  })
  if (sheets.length === 0) throw noWorkbook()
  return { sheets, date1904 }
}

/** Number formats 14–22, 27–36, 45–47, 50–58 are dates and times, 9 and 10 per cent (ECMA-376 part 1, 18.8.30). */
const dateFormats = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
] as const

function styleOf(id: number, code: string | undefined): Style {
  if (code === undefined) {
    if (id === 9 || id === 10) return { kind: 'percent' }
    return { kind: dateFormats.some(([first, last]) => id >= first && id <= last) ? 'date' : 'number' }
  }
  // Text in quotes, escaped letters, colours and conditions say nothing about the kind.
  const bare = code.replace(/"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
  if (/^0{2,}$/.test(bare)) return { kind: 'zeros', digits: bare.length }
  if (bare.includes('%')) return { kind: 'percent' }
  return { kind: /[dmyhs]/i.test(bare) && !/general/i.test(bare) ? 'date' : 'number' }
}

async function readStyles(part: Part): Promise<Style[]> {
  const codes = new Map<number, string>()
  const styles: Style[] = []
  let inside = false
  await parseXml(part('xl/styles.xml'), {
    open(tag) {
      const attributes = tag.attributes as Record<string, string>
      if (local(tag) === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '')
      if (local(tag) === 'cellXfs') inside = true
      if (inside && local(tag) === 'xf') {
        const id = Number(attributes.numFmtId ?? 0)
        styles.push(styleOf(id, codes.get(id)))
      }
    },
    close(tag) {
      if (local(tag) === 'cellXfs') inside = false
    },
  }).catch((error: unknown) => {
    // A workbook may do without styles.
    if (styles.length > 0) throw error
  })
  return styles
}

/** The table of texts that cells refer to by number. Phonetic guides are left out, runs of a text are joined. */
async function readStrings(part: Part): Promise<string[]> {
  const strings: string[] = []
  let text = ''
  let inText = false
  let phonetic = 0
  await parseXml(part('xl/sharedStrings.xml'), {
    open(tag) {
      const name = local(tag)
      if (name === 'si') text = ''
      else if (name === 'rPh') phonetic += 1
      else if (name === 't') inText = phonetic === 0
    },
    text(piece) {
      if (inText) text += piece
    },
    close(tag) {
      const name = local(tag)
      if (name === 'si') strings.push(text)
      else if (name === 'rPh') phonetic -= 1
      else if (name === 't') inText = false
    },
  }).catch((error: unknown) => {
    if (strings.length > 0) throw error
  })
  return strings
}

function refused(code: string, vi: string, en: string, cause?: unknown): UnreadableFile {
  const problem: Problem = { severity: 'error', code, message: { vi, en } }
  return new UnreadableFile(problem, cause)
}

/** The problem of a file that cannot be read to its end as what it says it is. */
export function broken(cause: unknown): UnreadableFile {
  return refused(
    'workbook-broken',
    `Tệp XLSX hỏng hoặc bị cắt ngang (${(cause as Error).message}).`,
    `The XLSX file is broken or cut off (${(cause as Error).message}).`,
    cause,
  )
}

function noWorkbook(): UnreadableFile {
  return refused(
    'workbook-missing',
    'Tệp nén này không phải là bảng tính XLSX.',
    'This archive is not an XLSX workbook.',
  )
}

export function bomb(): UnreadableFile {
  return refused(
    'workbook-too-large',
    `Tệp XLSX bung ra quá lớn (hơn 200 MB, hoặc hơn ${limits.ratio} lần khi nén).`,
    `The XLSX file unpacks to too much (over 200 MB, or more than ${limits.ratio} times its size).`,
  )
}
