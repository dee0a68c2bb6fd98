import { EXCLUDED } from '../fact.ts'
import { qualityBit } from '../quality.ts'
import { daySql, FACT_LIST, hourSql, integer, NOT_WITHDRAWN, quoted, SAID, time } from '../sql.ts'
import type { State } from '../state.ts'

/** Facts of one source and one valid time, or of one civil day, counted. Times are epoch milliseconds. */
export interface FactCounts {
  source: string
  /** Civil day (+07:00) of the valid time, counted from 1970-01-01. */
  day: number
  /** The valid time itself, where it was asked for; else null. */
  from: number | null
  to: number | null
  /** Civil day of the first receipt, where the valid time was asked for. */
  recordedDay: number | null
  facts: number
  /** Facts whose first version came within the promised time. */
  onTime: number
  /** Facts whose holding version may be used. */
  valid: number
  /** Facts of which a source never gave two values. */
  unique: number
}

/** Which source told how many facts of a series. */
export interface SeriesTeller {
  seriesId: number
  source: string
  facts: number
}

export interface FactsQuery {
  dataset: string
  /** Half-open, epoch milliseconds, over the start of the valid time. */
  from: number
  to: number
  /** Age at receipt up to which a fact is in time, in milliseconds; null without a promise by interval. */
  inTimeMs: number | null
  /** By valid time instead of by day: what a promise by calendar is judged by. */
  byValidTime: boolean
}

/** A hundred civil years lie between no two numbers of rows. */
const mostRows = 10n ** 12n

/** Counts facts for scores. A fact is its first teller's, whoever corrected it; withdrawn facts are none. */
export async function readFactCounts(
  state: State,
  query: FactsQuery,
): Promise<{ counts: FactCounts[]; tellers: SeriesTeller[] }> {
  const { heads, lake, db } = state
  const newest = `CAST(epoch_us(${SAID}) AS HUGEINT) * ${mostRows} + seq`
  const facts = `SELECT series_id, valid_from, valid_to, arg_min(source, seq) AS source, min(recorded_at) AS recorded,
      arg_max(quality, ${newest}) AS quality, arg_max(status, ${newest}) AS status,
      bool_or((quality & ${qualityBit.duplicate}) <> 0) AS doubled
    FROM (SELECT ${FACT_LIST} FROM ${lake.rows(query.from, query.to - 1)}
      WHERE valid_from >= ${time(query.from)} AND valid_from < ${time(query.to)}
        AND series_id IN (SELECT series_id FROM series WHERE dataset = ${quoted(query.dataset)}))
    GROUP BY series_id, valid_from, valid_to`
  const day = daySql(hourSql('valid_from'))
  const recordedDay = daySql(hourSql('recorded'))
  const keys = query.byValidTime
    ? `${day} AS day, valid_from AS "from", valid_to AS "to", ${recordedDay} AS "recordedDay"`
    : `${day} AS day, NULL::TIMESTAMPTZ AS "from", NULL::TIMESTAMPTZ AS "to", NULL::INTEGER AS "recordedDay"`
  const inTime =
    query.inTimeMs === null
      ? 'true'
      : `epoch_ms(recorded) - epoch_ms(coalesce(valid_to, valid_from)) <= ${integer(Math.round(query.inTimeMs))}`
  return db.read(async (reader) => {
    const counts = await reader.rows<Omit<FactCounts, 'source'> & { source: number }>(
      `SELECT source, ${keys}, CAST(count(*) AS INTEGER) AS facts,
         CAST(count(*) FILTER (WHERE ${inTime}) AS INTEGER) AS "onTime",
         CAST(count(*) FILTER (WHERE (quality & ${EXCLUDED}) = 0) AS INTEGER) AS valid,
         CAST(count(*) FILTER (WHERE NOT doubled) AS INTEGER) AS "unique"
       FROM (${facts}) WHERE ${NOT_WITHDRAWN} GROUP BY ALL ORDER BY ALL`,
    )
    const tellers = await reader.rows<{ seriesId: number; source: number; facts: number }>(
      `SELECT series_id AS "seriesId", source, CAST(count(*) AS INTEGER) AS facts FROM (${facts}) GROUP BY ALL`,
    )
    const name = (id: number) => heads.sourceName(id)
    return {
      counts: counts.map((one) => ({ ...one, source: name(one.source) })),
      tellers: tellers.map((one) => ({ ...one, source: name(one.source) })),
    }
  })
}
