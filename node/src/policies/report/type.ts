import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Be Vietnam Pro (SIL Open Font License 1.1) comes in parts by alphabet: a line of Vietnamese takes letters from two or three of them.

const PARTS = ['latin', 'vietnamese', 'latin-ext'] as const
const WEIGHTS = { regular: 400, bold: 700 } as const
export type Weight = keyof typeof WEIGHTS

const RANGES = fileURLToPath(import.meta.resolve('@fontsource/be-vietnam-pro/unicode.json'))

/** What a page draws with: the part of PDFKit that is used here. */
export interface Pen {
  registerFont(name: string, source: Buffer): unknown
  font(name: string): unknown
  fontSize(size: number): unknown
  widthOfString(text: string): number
  text(text: string, x: number, y: number, options: { lineBreak: false }): unknown
}

interface Run {
  readonly font: string
  readonly text: string
}

/** Sets text on pages, one line at a time: PDFKit by itself takes one font for a text. */
export class Type {
  readonly #pen: Pen
  readonly #ranges: readonly (readonly [from: number, to: number])[][]
  readonly #widths = new Map<string, number>()

  constructor(pen: Pen) {
    this.#pen = pen
    const unicode = JSON.parse(readFileSync(RANGES, 'utf8')) as Record<string, string>
    this.#ranges = PARTS.map((part) => rangesOf(unicode[part] ?? ''))
    for (const part of PARTS)
      for (const [name, weight] of Object.entries(WEIGHTS))
        pen.registerFont(
          `${name} ${part}`,
          readFileSync(join(dirname(RANGES), 'files', `be-vietnam-pro-${part}-${weight}-normal.woff`)),
        )
  }

  width(text: string, size: number, weight: Weight): number {
    return this.#runs(text, weight).reduce((sum, run) => sum + this.#runWidth(run, size), 0)
  }

  /** Words in lines no wider than asked; a word that is wider by itself is cut. */
  lines(text: string, wide: number, size: number, weight: Weight): string[] {
    const lines: string[] = []
    let line = ''
    for (const word of text
      .normalize('NFC')
      .split(/\s+/)
      .flatMap((one) => this.#cut(one, wide, size, weight))) {
      const longer = line === '' ? word : `${line} ${word}`
      if (line !== '' && this.width(longer, size, weight) > wide) {
        lines.push(line)
        line = word
      } else line = longer
    }
    return [...lines, line]
  }

  /** One line from its left end, or up to its right end. */
  put(
    text: string,
    x: number,
    y: number,
    size: number,
    weight: Weight,
    align: 'left' | 'right' = 'left',
  ): void {
    let at = align === 'left' ? x : x - this.width(text, size, weight)
    for (const run of this.#runs(text, weight)) {
      this.#pen.font(run.font)
      this.#pen.fontSize(size)
      this.#pen.text(run.text, at, y, { lineBreak: false })
      at += this.#runWidth(run, size)
    }
  }

  #cut(word: string, wide: number, size: number, weight: Weight): string[] {
    const pieces: string[] = []
    let piece = ''
    for (const sign of word) {
      if (piece !== '' && this.width(piece + sign, size, weight) > wide) {
        pieces.push(piece)
        piece = ''
      }
      piece += sign
    }
    return [...pieces, piece]
  }

  #runWidth({ font, text }: Run, size: number): number {
    const key = `${font}\u0000${text}`
    let width = this.#widths.get(key)
    if (width === undefined) {
      this.#pen.font(font)
      this.#pen.fontSize(1_000)
      width = this.#pen.widthOfString(text)
      this.#widths.set(key, width)
    }
    return (width * size) / 1_000
  }

  #runs(text: string, weight: Weight): Run[] {
    const runs: { font: string; text: string }[] = []
    for (const sign of text.normalize('NFC')) {
      const code = sign.codePointAt(0) as number
      const part = this.#ranges.findIndex((ranges) => ranges.some(([from, to]) => from <= code && code <= to))
      const font = `${weight} ${PARTS[Math.max(0, part)]}`
      // What no part has is shown as such, and not as an empty box.
      const letter = part < 0 ? '?' : sign
      const last = runs.at(-1)
      if (last?.font === font) last.text += letter
      else runs.push({ font, text: letter })
    }
    return runs
  }
}

/** `U+0000-00FF,U+0131` */
function rangesOf(text: string): [number, number][] {
  return text.split(',').map((range) => {
    const [from = '', to = from] = range.trim().replace('U+', '').split('-')
    return [Number.parseInt(from, 16), Number.parseInt(to, 16)]
  })
}
