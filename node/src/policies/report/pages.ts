import { buffer } from 'node:stream/consumers'
import { DecimalText } from '@nhip/policy/simulate/exact-json'
import type { Bars, Cell, ReportDocument, Table } from './document.ts'
import { shown } from './figures.ts'
import { Type, type Weight } from './type.ts'

/** A4 on its side, in points. */
const PAGE = { width: 841.89, height: 595.28, margin: 40 } as const
const BOTTOM = PAGE.height - PAGE.margin - 14
const WIDE = PAGE.width - 2 * PAGE.margin
const SIZE = { title: 18, section: 14, table: 10, text: 9, cell: 8, foot: 7 } as const
const LEADING = 1.4
const INK = {
  text: '#1b2733',
  soft: '#5a6b7b',
  rule: '#c9d4df',
  head: '#e7eef7',
  gain: '#1f6f4a',
  lose: '#b03a2e',
} as const

/** The report as a PDF with its font inside. Equal reports give equal bytes. */
export async function pagesOf(report: ReportDocument): Promise<Buffer> {
  const { default: PDFDocument } = await import('pdfkit')
  const made = new Date(report.made)
  const pdf = new PDFDocument({
    size: 'A4',
    layout: 'landscape',
    margin: 0,
    autoFirstPage: false,
    bufferPages: true,
    lang: report.lang,
    displayTitle: true,
    // PDFKit begins with Helvetica, which has no Vietnamese letters, unless there is no font at all.
    font: null as unknown as string,
    info: {
      Title: `${report.title}: ${report.subtitle}`,
      CreationDate: made,
      ModDate: made,
      Producer: 'Nhịp',
      Creator: 'Nhịp',
    },
  })
  const bytes = buffer(pdf)
  new Pages(pdf, report).draw()
  pdf.end()
  return bytes
}

class Pages {
  readonly #pdf: PDFKit.PDFDocument
  readonly #report: ReportDocument
  readonly #type: Type
  #y: number = PAGE.margin

  constructor(pdf: PDFKit.PDFDocument, report: ReportDocument) {
    this.#pdf = pdf
    this.#report = report
    this.#type = new Type(pdf)
  }

  draw(): void {
    const { title, subtitle, label, sections } = this.#report
    this.#newPage()
    this.#words(title, SIZE.title, 'bold')
    this.#words(subtitle, SIZE.section, 'regular')
    this.#y += 4
    this.#words(label, SIZE.text, 'bold', INK.lose)
    for (const section of sections) {
      this.#room(150)
      this.#y += 12
      this.#pdf.outline.addItem(section.title)
      this.#words(section.title, SIZE.section, 'bold')
      for (const note of section.notes) this.#words(note, SIZE.text, 'regular', INK.soft)
      if (section.bars) this.#bars(section.bars)
      for (const { title: name, table } of section.tables) this.#table(name, table)
    }
    this.#feet()
  }

  #newPage(): void {
    this.#pdf.addPage()
    this.#y = PAGE.margin
  }

  /** A new page where less than so much is left of this one. */
  #room(height: number): boolean {
    if (this.#y + height <= BOTTOM) return false
    this.#newPage()
    return true
  }

  #words(text: string, size: number, weight: Weight, colour: string = INK.text): void {
    for (const line of this.#type.lines(text, WIDE, size, weight)) {
      this.#room(size * LEADING)
      this.#pdf.fillColor(colour)
      this.#type.put(line, PAGE.margin, this.#y, size, weight)
      this.#y += size * LEADING
    }
  }

  // ── bars ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #bars({ title, bars }: Bars): void {
    const most = Math.max(...bars.map(({ value }) => Math.abs(value)), 0)
    if (most === 0) return
    const height = SIZE.cell * 1.7
    this.#room(SIZE.table * LEADING + height * Math.min(bars.length, 12))
    this.#y += 6
    this.#words(title, SIZE.table, 'bold')
    const [label, value] = [WIDE * 0.3, WIDE * 0.16]
    const both = bars.some((bar) => bar.value < 0) && bars.some((bar) => bar.value > 0)
    const long = (WIDE - label - value) / (both ? 2 : 1)
    const left = PAGE.margin + label
    const middle = both ? left + long : bars.some((bar) => bar.value < 0) ? left + long : left
    for (const bar of bars) {
      this.#room(height)
      const size = (long * Math.abs(bar.value)) / most
      this.#pdf.fillColor(INK.text)
      const [name = ''] = this.#type.lines(bar.label, label - 8, SIZE.cell, 'regular')
      this.#type.put(name, PAGE.margin, this.#y, SIZE.cell, 'regular')
      this.#pdf
        .rect(bar.value < 0 ? middle - size : middle, this.#y + 1, size, SIZE.cell)
        .fill(bar.value < 0 ? INK.lose : INK.gain)
      this.#pdf.fillColor(INK.text)
      this.#type.put(bar.shown, PAGE.margin + WIDE, this.#y, SIZE.cell, 'regular', 'right')
      this.#y += height
    }
    this.#pdf
      .moveTo(middle, this.#y - height * bars.length)
      .lineTo(middle, this.#y)
      .strokeColor(INK.rule)
      .lineWidth(0.5)
      .stroke()
  }

  // ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────

  #table(title: string, table: Table): void {
    const total = table.columns.reduce((sum, { width = 1 }) => sum + width, 0)
    const widths = table.columns.map(({ width = 1 }) => (WIDE * width) / total)
    this.#room(SIZE.table * LEADING + 3 * SIZE.cell * LEADING)
    this.#y += 8
    this.#words(title, SIZE.table, 'bold')
    const head = (): void =>
      this.#row(
        table,
        table.columns.map((column) => column.title),
        widths,
        'bold',
      )
    head()
    for (const cells of table.rows) {
      if (this.#room(this.#height(table, cells, widths, 'regular'))) head()
      this.#row(table, cells, widths, 'regular')
    }
  }

  #linesOf(table: Table, cells: readonly Cell[], widths: readonly number[], weight: Weight): string[][] {
    return cells.map((cell, c) => {
      const text =
        cell === null
          ? '–'
          : cell instanceof DecimalText
            ? shown(cell, table.columns[c]?.kind ?? 'number', this.#report.lang)
            : cell
      return this.#type.lines(text, (widths[c] ?? WIDE) - 8, SIZE.cell, weight)
    })
  }

  #height(table: Table, cells: readonly Cell[], widths: readonly number[], weight: Weight): number {
    const lines = this.#linesOf(table, cells, widths, weight)
    return Math.max(...lines.map(({ length }) => length)) * SIZE.cell * LEADING + 4
  }

  #row(table: Table, cells: readonly Cell[], widths: readonly number[], weight: Weight): void {
    const lines = this.#linesOf(table, cells, widths, weight)
    const height = Math.max(...lines.map(({ length }) => length)) * SIZE.cell * LEADING + 4
    if (weight === 'bold') this.#pdf.rect(PAGE.margin, this.#y, WIDE, height).fill(INK.head)
    let x: number = PAGE.margin
    this.#pdf.fillColor(INK.text)
    for (const [c, cell] of lines.entries()) {
      const width = widths[c] ?? 0
      const right = table.columns[c]?.kind !== 'words'
      for (const [k, line] of cell.entries()) {
        const y = this.#y + 2 + k * SIZE.cell * LEADING
        if (right) this.#type.put(line, x + width - 4, y, SIZE.cell, weight, 'right')
        else this.#type.put(line, x + 4, y, SIZE.cell, weight)
      }
      x += width
    }
    this.#y += height
    this.#pdf
      .moveTo(PAGE.margin, this.#y)
      .lineTo(PAGE.margin + WIDE, this.#y)
      .strokeColor(INK.rule)
      .lineWidth(0.4)
      .stroke()
  }

  /** On every page: what it is, of which certificate, which page. */
  #feet(): void {
    const { start, count } = this.#pdf.bufferedPageRange()
    const { label, certificate } = this.#report
    const y = PAGE.height - PAGE.margin
    for (let page = 0; page < count; page++) {
      this.#pdf.switchToPage(start + page)
      this.#pdf.fillColor(INK.soft)
      this.#type.put(`${label} · ${certificate.slice(0, 16)}…`, PAGE.margin, y, SIZE.foot, 'regular')
      this.#type.put(`${page + 1} / ${count}`, PAGE.margin + WIDE, y, SIZE.foot, 'regular', 'right')
    }
  }
}
