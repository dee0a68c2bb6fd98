import { createHash } from 'node:crypto'
import type { Connection } from './connection.ts'
import { OF_CONTENT } from './fact.ts'
import { integer } from './sql.ts'

/** Lines are handed over in blocks of about this many, to spare crossings between DuckDB and Node. */
const BLOCK = 512
/** Rows sorted at once. */
const WINDOW = 1_000_000

/**
 * A field as `<length in bytes>:<text>`, or `-` for none: no text can be mistaken for another, whatever is in it.
 * Doubles are the 16 hexadecimal digits of their IEEE 754 bits, times are microseconds since 1970, so no version of
 * any program formats them differently.
 */
function field(text: string): string {
  return `coalesce(strlen(${text}) || ':' || ${text}, '-')`
}
function double(column: string): string {
  return `coalesce(hex((${column}::BIT)::BLOB), '-')`
}
function micros(column: string): string {
  return `coalesce(CAST(epoch_us(${column}) AS VARCHAR), '-')`
}

const CONTENT = [
  field('dataset'),
  field('entity'),
  field('property'),
  field('breakdown'),
  micros('valid_from'),
  micros('valid_to'),
  double('value'),
  `coalesce(CAST(exact AS VARCHAR), '-')`,
  double('num'),
  double('den'),
  field('text'),
  field('uom'),
  'status',
]

const ROW_LINE = [
  'CAST(seq AS VARCHAR)',
  ...CONTENT,
  'CAST(quality AS VARCHAR)',
  field('source'),
  micros('published_at'),
  micros('recorded_at'),
].join(` || ' ' || `)

const FACT_LINE = [...CONTENT, `CAST(quality & ${OF_CONTENT} AS VARCHAR)`].join(` || ' ' || `)

export class LineHash {
  readonly #hash = createHash('sha256')

  /** Takes in rows, as text, in the order of `seq`. */
  async addRows(connection: Connection, textRows: string, seqMin: number, seqMax: number): Promise<void> {
    for (let start = seqMin; start <= seqMax; start += WINDOW) {
      const end = Math.min(start + WINDOW - 1, seqMax)
      await connection.stream<{ block: string }>(
        `SELECT string_agg(line, chr(10) ORDER BY seq) || chr(10) AS block
         FROM (SELECT seq, ${ROW_LINE} AS line FROM ${textRows} WHERE seq >= ${integer(start)} AND seq <= ${integer(end)})
         GROUP BY seq // ${BLOCK} ORDER BY seq // ${BLOCK}`,
        (rows) => {
          for (const { block } of rows) this.#hash.update(block, 'utf8')
        },
      )
    }
  }

  /** Takes in facts sorted by their key. */
  async addFacts(connection: Connection, textRows: string): Promise<void> {
    await connection.stream<{ line: string }>(
      `SELECT ${FACT_LINE} || chr(10) AS line FROM ${textRows}
       ORDER BY dataset, entity, property, breakdown, valid_from, valid_to NULLS FIRST`,
      (rows) => {
        for (const { line } of rows) this.#hash.update(line, 'utf8')
      },
    )
  }

  digest(): string {
    return this.#hash.digest('hex')
  }
}
