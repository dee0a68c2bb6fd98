import { Readable } from 'node:stream'
import type { Problem } from '@nhip/canonical/problem'
import { CsvError, parse } from 'csv-parse'
import { decodedText } from './encoding.ts'

export const delimiters = [',', ';', '\t', '|'] as const
export type Delimiter = (typeof delimiters)[number]

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

/** The records of a delimited file (RFC 4180, quoted line breaks included), one after the other in bounded memory. */
export async function* readRows(path: string, encoding: string, delimiter: string): AsyncGenerator<Row> {
  const parser = parse({
    delimiter,
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: false,
    skip_records_with_empty_values: false,
    max_record_size: 1024 * 1024,
  })
  const source = Readable.from(decodedText(path, encoding))
  source.on('error', (error) => parser.destroy(error))
  source.pipe(parser)
  let line = 1
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[]
      info: { lines: number }
    }>) {
      yield { line, cells: record }
      line = info.lines + 1
    }
  } catch (error) {
    throw new UnreadableFile(problemOf(error, line), error)
  } finally {
    source.destroy()
  }
}

function problemOf(error: unknown, line: number): Problem {
  if (error instanceof CsvError && error.code === 'CSV_QUOTE_NOT_CLOSED')
    return {
      severity: 'error',
      code: 'quote-not-closed',
      line,
      message: {
        vi: `Dòng ${line}: dấu ngoặc kép mở ra mà không đóng lại.`,
        en: `Line ${line}: a quotation mark opens and never closes.`,
      },
    }
  if (error instanceof CsvError && error.code === 'CSV_MAX_RECORD_SIZE')
    return {
      severity: 'error',
      code: 'record-too-long',
      line,
      message: {
        vi: `Dòng ${line}: một dòng dài hơn 1 MB, có lẽ do dấu ngoặc kép mở mà không đóng.`,
        en: `Line ${line}: a record longer than 1 MB, probably by a quotation mark that never closes.`,
      },
    }
  if ((error as { code?: string }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
    return {
      severity: 'error',
      code: 'encoding-broken',
      line,
      message: {
        vi: `Sau dòng ${line} có byte không thuộc bảng mã đã chọn.`,
        en: `After line ${line} there are bytes that are not of the chosen encoding.`,
      },
    }
  throw error
}

/**
 * The delimiter under which the first 200 records agree best on their number of cells: RFC 4180 files have the same
 * number everywhere, so the widest consistent reading wins. A file of one column gets a comma.
 */
export async function detectDelimiter(path: string, encoding: string): Promise<Delimiter> {
  let best: { delimiter: Delimiter; score: number } = { delimiter: ',', score: 0 }
  for (const delimiter of delimiters) {
    const widths = new Map<number, number>()
    let rows = 0
    try {
      for await (const { cells } of readRows(path, encoding, delimiter)) {
        if (cells.length === 1 && cells[0] === '') continue
        rows += 1
        widths.set(cells.length, (widths.get(cells.length) ?? 0) + 1)
        if (rows === 200) break
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error
    }
    for (const [width, n] of widths) {
      // Text full of commas is consistent by accident at small widths: agreement counts more than width.
      const score = width > 1 ? (n / rows) ** 2 * Math.log2(width + 1) : 0
      if (score > best.score) best = { delimiter, score }
    }
  }
  return best.delimiter
}
