import type { Connection } from './connection.ts'
import type { SeriesHour } from './dirty-hours.ts'
import { type Fact, HOUR } from './fact.ts'
import type { Lake } from './lake.ts'
import { type FactRow, factOf, ID, SERIES_HOUR } from './schema.ts'
import {
  CARRIES,
  daySql,
  FACT_LIST,
  goodSql,
  hourSql,
  integer,
  NOT_WITHDRAWN,
  ROLLS_UP,
  time,
  winnersSql,
} from './sql.ts'
import type { State } from './state.ts'

/**
 * Place of a fact inside its civil day, as one integer: by `valid_from`, then instants before intervals and short
 * ones before long ones. Numbers compare many times faster than an ORDER BY inside an aggregate.
 */
const PLACE = `((epoch_ms(valid_from) + ${7 * HOUR}) % ${24 * HOUR} + ${24 * HOUR}) % ${24 * HOUR} * 4000000 + coalesce(epoch_ms(valid_to) - epoch_ms(valid_from), 0)`

/**
 * The figures of a bucket over rows of facts, good and bad. Sums are compensated (`fsum`): whatever the order of the
 * rows, they come out the same to about the last bit.
 */
export function bucketSql(now: number): string {
  const good = goodSql(now)
  const valued = `${good} AND value IS NOT NULL`
  const weighed = `${good} AND den IS NOT NULL AND coalesce(num, value * den) IS NOT NULL`
  return `CAST(count(*) FILTER (WHERE ${good}) AS INTEGER) AS n,
    CAST(count(*) FILTER (WHERE NOT ${good}) AS INTEGER) AS n_bad,
    CAST(count(*) FILTER (WHERE ${valued}) AS INTEGER) AS n_value,
    fsum(value) FILTER (WHERE ${valued}) AS sum,
    min(value) FILTER (WHERE ${valued}) AS min, max(value) FILTER (WHERE ${valued}) AS max,
    arg_min(value, ${PLACE}) FILTER (WHERE ${valued}) AS first,
    arg_max(value, ${PLACE}) FILTER (WHERE ${valued}) AS last,
    fsum(coalesce(num, value * den)) FILTER (WHERE ${weighed}) AS num,
    fsum(den) FILTER (WHERE ${weighed}) AS den,
    max(seq) AS seq_to`
}

/** The same figures over hours, for days. */
export const OVER_HOURS = `CAST(sum(n) AS INTEGER) AS n, CAST(sum(n_bad) AS INTEGER) AS n_bad, CAST(sum(n_value) AS INTEGER) AS n_value,
    fsum(sum) FILTER (WHERE sum IS NOT NULL) AS sum, min(min) AS min, max(max) AS max,
    arg_min(first, bucket) FILTER (WHERE first IS NOT NULL) AS first, arg_max(last, bucket) FILTER (WHERE last IS NOT NULL) AS last,
    fsum(num) FILTER (WHERE num IS NOT NULL) AS num, fsum(den) FILTER (WHERE den IS NOT NULL) AS den,
    max(seq_to) AS seq_to`

export const BUCKET_LIST = 'n, n_bad, n_value, sum, min, max, first, last, num, den, seq_to'

/**
 * Recomputes hours whose roll-up is behind, oldest first, and the days they lie in. Hours that are not over yet stay
 * behind on purpose: readings still come in, and readings flagged `future` still have to become valid.
 * @returns how many hours were brought up to date; 0 when none is due
 */
export async function refreshRollups(state: State, limit: number): Promise<number> {
  const { heads, db, lake } = state
  const now = state.now()
  // Neighbouring hours lie together in the log, so a narrow stretch of time keeps the scan short.
  const picked = heads.dirty.before(Math.floor(now / HOUR), limit)
  if (picked.length === 0) return 0
  const upTo = heads.lastSeq
  await db.derive.transaction(() => computeHours(db.derive, lake, picked, now))
  for (const { seriesId, hour } of picked) heads.dirty.cleaned(seriesId, hour, upTo)
  return picked.length
}

async function computeHours(
  connection: Connection,
  lake: Lake,
  hours: readonly SeriesHour[],
  now: number,
): Promise<void> {
  await connection.append('temp.bucket_in', SERIES_HOUR, hours)
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const { hour } of hours) {
    first = Math.min(first, hour)
    last = Math.max(last, hour)
  }
  const from = first * HOUR
  const to = (last + 1) * HOUR
  const winners = winnersSql({
    rows: `(SELECT ${FACT_LIST} FROM ${lake.rows(from, to - 1)} JOIN bucket_in b USING (series_id)
      WHERE b.hour = ${hourSql('valid_from')} AND valid_from >= ${time(from)} AND valid_from < ${time(to)} AND ${ROLLS_UP})`,
    where: [],
    revised: true,
  })
  await connection.run(
    `DELETE FROM roll_hour r USING bucket_in b WHERE r.series_id = b.series_id AND r.bucket = b.hour`,
  )
  await connection.run(`INSERT INTO roll_hour SELECT series_id, ${hourSql('valid_from')} AS bucket, ${bucketSql(now)}
    FROM (${winners}) WHERE ${CARRIES} GROUP BY series_id, bucket`)
  const days = `(SELECT DISTINCT series_id, ${daySql('hour')} AS day FROM bucket_in)`
  await connection.run(
    `DELETE FROM roll_day r USING ${days} d WHERE r.series_id = d.series_id AND r.bucket = d.day`,
  )
  await connection.run(`INSERT INTO roll_day SELECT h.series_id, d.day, ${OVER_HOURS}
    FROM roll_hour h JOIN ${days} d ON h.series_id = d.series_id AND ${daySql('h.bucket')} = d.day
    WHERE h.bucket >= ${integer(first - 24)} AND h.bucket <= ${integer(last + 24)} GROUP BY h.series_id, d.day`)
  await connection.run(
    `DELETE FROM dirty d USING bucket_in b WHERE d.series_id = b.series_id AND d.hour = b.hour`,
  )
  await connection.run('DELETE FROM bucket_in')
}

/** The newest fact that may be shown, of each of some series, read from the log inside the caller's transaction. */
export async function newestShowable(
  connection: Connection,
  lake: Lake,
  seriesIds: readonly number[],
  now: number,
): Promise<Map<number, { fact: Fact; versions: number }>> {
  await connection.append('temp.id_in', ID, seriesIds)
  const winners = winnersSql({
    rows: `(SELECT ${FACT_LIST} FROM ${lake.rows()} SEMI JOIN id_in USING (series_id))`,
    where: [],
    revised: true,
  })
  const rows = await connection.rows<FactRow & { versions: number }>(
    `SELECT ${FACT_LIST}, versions FROM (${winners}) WHERE ${NOT_WITHDRAWN} AND ${goodSql(now)}
     QUALIFY row_number() OVER (PARTITION BY series_id ORDER BY valid_from DESC, coalesce(valid_to, valid_from) DESC) = 1`,
  )
  await connection.run('DELETE FROM id_in')
  return new Map(rows.map((row) => [row.series_id, { fact: factOf(row), versions: row.versions }]))
}
