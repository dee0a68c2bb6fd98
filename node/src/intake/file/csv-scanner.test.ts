import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CsvScanner, type Row, recordLimits, type UnreadableFile } from './csv-scanner.ts'

function scanned(pieces: readonly string[], delimiter = ','): Row[] {
  const scanner = new CsvScanner(delimiter)
  return [...pieces.flatMap((piece) => scanner.push(piece)), ...scanner.end()]
}

function refusal(pieces: readonly string[]): string {
  try {
    scanned(pieces)
  } catch (error) {
    const { code, line } = (error as UnreadableFile).problem
    return `${code} at ${line}`
  }
  return 'read'
}

/** The text in pieces of the given length. */
const cut = (text: string, length: number) =>
  Array.from({ length: Math.ceil(text.length / length) }, (_, i) => text.slice(i * length, (i + 1) * length))

// Letters, signs of the format and of Vietnamese, and the line breaks of one kind that a file uses throughout.
const cell = fc.string({
  unit: fc.constantFrom('a', 'ế', ' ', '"', ',', ';', '1', '.', '\u{1f600}'),
  maxLength: 6,
})
const quotedBreak = fc.constantFrom('', '', '', '\n', '\r\n')

describe('records of delimited text', () => {
  test('whatever is written by the rules of RFC 4180 is read as it was, wherever the text is cut into pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.tuple(cell, quotedBreak, cell), { minLength: 1, maxLength: 4 }), {
          maxLength: 6,
        }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.constantFrom(',', ';', '\t', '|'),
        fc.integer({ min: 1, max: 7 }),
        (table, lineEnd, delimiter, length) => {
          const rows = table.map((cells) => cells.map(([a, inside, b]) => a + inside + b))
          const text = rows
            .map((cells) => cells.map((one) => `"${one.replaceAll('"', '""')}"`).join(delimiter) + lineEnd)
            .join('')
          expect(scanned(cut(text, length), delimiter).map(({ cells }) => cells)).toEqual(rows)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('careless marks inside cells are read as csv-parse reads them with its lenient settings', () => {
    const careless = fc
      .tuple(
        fc.constantFrom('a', 'ô', ' ', '1'),
        fc.string({ unit: fc.constantFrom('a', '"', ' ', 'ê'), maxLength: 6 }),
      )
      .map(([first, rest]) => first + rest)
    const written = fc.oneof(
      careless,
      fc.constant(''),
      cell.map((one) => `"${one.replaceAll('"', '""')}"`),
    )
    const text = fc
      .array(fc.array(written, { minLength: 1, maxLength: 4 }), { maxLength: 6 })
      .map((rows) => rows.map((cells) => `${cells.join(',')}\n`).join(''))
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 5 }), (file, length) => {
        const expected = parse(file, {
          relax_column_count: true,
          relax_quotes: true,
          skip_empty_lines: false,
        })
        expect(scanned(cut(file, length)).map(({ cells }) => cells)).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  test('every record knows its line, also behind line breaks in quotes', () => {
    const lines = (text: string) => scanned([text]).map(({ line, cells }) => [line, cells[0]])
    expect(lines('a,1\n"b\nc\r\nd",2\ne,3')).toEqual([
      [1, 'a'],
      [2, 'b\nc\r\nd'],
      [5, 'e'],
    ])
    expect(lines('a\r\rb\r')).toEqual([
      [1, 'a'],
      [2, ''],
      [3, 'b'],
    ])
  })

  test('text behind a closing mark belongs to the cell as it is written', () => {
    expect(scanned(['"Hà Nội" (cũ),5 "tốt",x"y\n']).map(({ cells }) => cells)).toEqual([
      ['"Hà Nội" (cũ)', '5 "tốt"', 'x"y'],
    ])
  })

  test('files that were joined have byte order marks in their middle', () => {
    expect(scanned(['\ufeffa,b\n1,2\n\ufeffa,b\n3,4\n']).map(({ cells }) => cells[0])).toEqual([
      'a',
      '1',
      'a',
      '3',
    ])
  })

  test('what cannot be a record of a table is refused with its line', () => {
    expect(refusal(['a\n"b\n', 'c\n'])).toBe('quote-not-closed at 2')
    expect(refusal(['a\n', 'x'.repeat(recordLimits.characters), 'x'])).toBe('record-too-long at 2')
    expect(refusal(['a\n"', `${'x\n'.repeat(recordLimits.characters)}"`])).toBe('record-too-long at 2')
    expect(refusal(['a\n', `${','.repeat(recordLimits.columns)}\n`])).toBe('too-many-columns at 2')
    expect(refusal([`a\nb,${'x'.repeat(recordLimits.cell + 1)}\n`])).toBe('cell-too-long at 2')
  })
})
