import { type Column, instant, int32 } from '../columns.ts'
import type { Connection } from '../connection.ts'
import type { Lake } from '../lake.ts'
import { FACT_LIST, goodSql, integer, NOT_WITHDRAWN, winnersSql } from '../sql.ts'
import type { JudgedReading } from './track.ts'

/** The newest values of a series are read back to this many, and to its own time. */
const mostReadings = 300

/** A series, and how far back its values matter, epoch milliseconds. */
export interface Since {
  seriesId: number
  from: number
}

const SINCE: readonly Column<Since>[] = [
  int32((s) => s.seriesId),
  instant((s) => s.from),
  instant(() => null),
]

/** The newest usable values of some series, oldest first, read inside the caller's turn of the writing connection. */
export async function recentReadings(
  connection: Connection,
  lake: Lake,
  wanted: readonly Since[],
  now: number,
): Promise<Map<number, JudgedReading[]>> {
  const first = Math.min(...wanted.map(({ from }) => from))
  await connection.append('temp.key_in', SINCE, wanted)
  try {
    const winners = winnersSql({
      rows: `(SELECT ${FACT_LIST.split(', ')
        .map((column) => `o.${column}`)
        .join(', ')} FROM ${lake.rows(first)} o JOIN key_in k ON o.series_id = k.series_id
        WHERE o.valid_from >= k.valid_from)`,
      where: [],
      revised: true,
    })
    const rows = await connection.rows<{ series_id: number; at: number; value: number; quality: number }>(
      `SELECT series_id, valid_from AS at, value, quality FROM (${winners})
       WHERE ${NOT_WITHDRAWN} AND value IS NOT NULL AND ${goodSql(now)}
       QUALIFY row_number() OVER (PARTITION BY series_id ORDER BY valid_from DESC) <= ${integer(mostReadings)}
       ORDER BY series_id, valid_from`,
    )
    const found = new Map<number, JudgedReading[]>()
    for (const { series_id: id, ...reading } of rows) {
      const list = found.get(id)
      if (list) list.push(reading)
      else found.set(id, [reading])
    }
    return found
  } finally {
    await connection.run('DELETE FROM key_in')
  }
}
