import { CsvScanner, type Row, UnreadableFile } from './csv-scanner.ts'
import { decodedText, type Encoding } from './encoding.ts'

export const delimiters = [',', ';', '\t', '|'] as const
export type Delimiter = (typeof delimiters)[number]

/**
 * The records of a delimited file in order and in bounded memory: those of one piece of the file at a time, so that a
 * large file costs a turn of the event loop for each piece and not for each row.
 *
 * @throws {UnreadableFile}
 */
export async function* readRows(path: string, encoding: Encoding, delimiter: string): AsyncGenerator<Row[]> {
  const scanner = new CsvScanner(delimiter)
  try {
    for await (const text of decodedText(path, encoding)) {
      const rows = scanner.push(text)
      if (rows.length > 0) yield rows
    }
  } catch (error) {
    throw (error as { code?: string }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
      ? otherEncoding(scanner.line, error)
      : error
  }
  const rest = scanner.end()
  if (rest.length > 0) yield rest
}

function otherEncoding(line: number, cause: unknown): UnreadableFile {
  return new UnreadableFile(
    {
      severity: 'error',
      code: 'encoding-broken',
      line,
      message: {
        vi: `Từ dòng ${line} có byte không thuộc bảng mã đã chọn.`,
        en: `From line ${line} on there are bytes that are not of the chosen encoding.`,
      },
    },
    cause,
  )
}

/**
 * The delimiter under which the first 200 records agree best on their number of cells: RFC 4180 files have the same
 * number everywhere, so the widest consistent reading wins. A file of one column gets a comma.
 */
export async function detectDelimiter(path: string, encoding: Encoding): Promise<Delimiter> {
  let best: { delimiter: Delimiter; score: number } = { delimiter: ',', score: 0 }
  for (const delimiter of delimiters) {
    const widths = new Map<number, number>()
    let rows = 0
    try {
      sample: for await (const batch of readRows(path, encoding, delimiter)) {
        for (const { cells } of batch) {
          if (cells.length === 1 && cells[0] === '') continue
          rows += 1
          widths.set(cells.length, (widths.get(cells.length) ?? 0) + 1)
          if (rows === 200) break sample
        }
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
