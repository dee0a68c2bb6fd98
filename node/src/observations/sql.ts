import { EXCLUDED, FUTURE, HOUR, VALUELESS, WITHDRAWN } from './fact.ts'
import { FACT_COLUMNS } from './schema.ts'

/** Pieces of SQL that more than one query is made of. Numbers are written in only through these functions. */

export function time(ms: number): string {
  return `make_timestamptz(${BigInt(Math.round(ms)) * 1000n})`
}

export function integer(n: number): string {
  if (!Number.isSafeInteger(n)) throw new Error(`not an integer: ${n}`)
  return String(n)
}

export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** SQL for the hour (counted from 1970, UTC) of a time column. Times are whole milliseconds, so the quotient is safe. */
export function hourSql(column: string): string {
  return `CAST(floor(epoch_ms(${column}) / ${HOUR}) AS INTEGER)`
}

/** SQL for the civil day (+07:00) of an hour. */
export function daySql(hour: string): string {
  return `CAST(floor((${hour} + 7) / 24) AS INTEGER)`
}

export const SAID = 'coalesce(published_at, recorded_at)'

/** Facts of at most an hour: those that enter roll-ups. */
export const ROLLS_UP = `(valid_to IS NULL OR epoch_ms(valid_to) - epoch_ms(valid_from) <= ${HOUR})`

export const NOT_WITHDRAWN = `status <> ${WITHDRAWN}`

/** Rows that carry a value or say that something was counted. */
export const CARRIES = `status NOT IN (${VALUELESS.join(', ')})`

/** Whether quality lets a value be used at time `now`. */
export function goodSql(now: number): string {
  return `((quality & ${EXCLUDED}) = 0 AND ((quality & ${FUTURE}) = 0 OR valid_from <= ${time(now)}))`
}

export const FACT_LIST = FACT_COLUMNS.join(', ')

/** Which rows of the log a query admits, before versions are weighed. */
export interface Admitted {
  /** Table, or sub-query with the columns of a fact. */
  rows: string
  where: string[]
  asKnown?: number | undefined
  asPublished?: number | undefined
  /** False when no fact in reach has a second version: the weighing is then left out. */
  revised: boolean
}

/**
 * Facts in the version that holds, withdrawn ones included, with `versions`, the number of versions admitted.
 * The current view costs the same as a plain scan while corrections are rare: only keys in `revised` are weighed.
 */
export function winnersSql(q: Admitted): string {
  const where = [...q.where]
  if (q.asKnown !== undefined) where.push(`recorded_at <= ${time(q.asKnown)}`)
  if (q.asPublished !== undefined) where.push(`${SAID} <= ${time(q.asPublished)}`)
  const filter = where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''
  if (!q.revised) return `SELECT ${FACT_LIST}, 1 AS versions FROM ${q.rows} ${filter}`
  if (q.asKnown === undefined && q.asPublished === undefined)
    return `SELECT ${FACT_COLUMNS.map((c) => `o.${c}`).join(', ')}, coalesce(r.n, 1) AS versions
      FROM (SELECT * FROM ${q.rows} ${filter}) o LEFT JOIN revised r
      ON r.series_id = o.series_id AND r.valid_from = o.valid_from AND r.valid_to IS NOT DISTINCT FROM o.valid_to
      WHERE r.win_seq IS NULL OR r.win_seq = o.seq`
  return `SELECT ${FACT_LIST}, CAST(count(*) OVER (PARTITION BY series_id, valid_from, valid_to) AS INTEGER) AS versions
    FROM ${q.rows} ${filter}
    QUALIFY row_number() OVER (PARTITION BY series_id, valid_from, valid_to ORDER BY ${SAID} DESC, seq DESC) = 1`
}
