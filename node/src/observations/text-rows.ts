import { UOMS } from '@nhip/quantity/table'
import type { Connection } from './connection.ts'
import { statuses } from './contract.ts'
import { quoted } from './sql.ts'

/**
 * Rows with every dictionary id written out, as they stand in a segment: any Parquet reader can use them alone.
 */
export const TEXT_LIST =
  'seq, dataset, entity, property, breakdown, valid_from, valid_to, value, exact, num, den, text, uom, status, quality, source, published_at, recorded_at'

const STATUS_LIST = `[${statuses.map((s) => quoted(s)).join(', ')}]`

/** Codes of units of measure beside their ids, for the joins below. */
export const UOM_DDL = 'CREATE TABLE IF NOT EXISTS uom (uom_id SMALLINT NOT NULL, code VARCHAR NOT NULL)'

/** Brings the table `uom` to what the program knows; ids are never renumbered, so old rows keep their meaning. */
export async function fillUoms(connection: Connection): Promise<void> {
  const have = new Set(
    (await connection.rows<{ uom_id: number }>('SELECT uom_id FROM uom')).map((row) => row.uom_id),
  )
  const missing = UOMS.filter((uom) => uom.id !== null && !have.has(uom.id))
  if (missing.length > 0)
    await connection.run(
      `INSERT INTO uom VALUES ${missing.map((u) => `(${u.id}, ${quoted(u.code)})`).join(', ')}`,
    )
}

/** Rows of the log, with ids written out. A unit of measure that the program does not know stands as `uom:<id>`. */
export function logAsText(where: string): string {
  return `(SELECT o.seq, s.dataset, s.entity, s.property, s.breakdown, o.valid_from, o.valid_to, o.value, o.exact, o.num, o.den, o.text,
      CASE WHEN o.uom = 0 THEN NULL ELSE coalesce(u.code, 'uom:' || o.uom) END AS uom,
      ${STATUS_LIST}[o.status + 1] AS status, o.quality, src.name AS source, o.published_at, o.recorded_at
    FROM (SELECT * FROM obs WHERE ${where}) o JOIN series s USING (series_id) JOIN source src ON src.source_id = o.source
    LEFT JOIN uom u ON u.uom_id = o.uom)`
}

export function filesAsText(files: readonly string[]): string {
  return `(SELECT ${TEXT_LIST} FROM read_parquet([${files.map(quoted).join(', ')}]))`
}

/** Rows of segments with dictionary ids, columns as in `obs`. */
export function filesAsLog(files: readonly string[]): string {
  return `(SELECT p.seq, s.series_id, p.valid_from, p.valid_to, p.value, p.exact, p.num, p.den, p.text,
      CAST(CASE WHEN p.uom IS NULL THEN 0 WHEN starts_with(p.uom, 'uom:') THEN CAST(substr(p.uom, 5) AS SMALLINT) ELSE u.uom_id END AS SMALLINT) AS uom,
      CAST(list_position(${STATUS_LIST}, p.status) - 1 AS UTINYINT) AS status, p.quality, src.source_id AS source, p.published_at, p.recorded_at
    FROM ${filesAsText(files)} p
    JOIN series s ON s.dataset = p.dataset AND s.entity = p.entity AND s.property = p.property AND s.breakdown = p.breakdown
    JOIN source src ON src.name = p.source LEFT JOIN uom u ON u.code = p.uom)`
}

/** The result of a query over facts, with ids written out. */
export function winnersAsText(facts: string): string {
  return `(SELECT s.dataset, s.entity, s.property, s.breakdown, o.valid_from, o.valid_to, o.value, o.exact, o.num, o.den, o.text,
      CASE WHEN o.uom = 0 THEN NULL ELSE coalesce(u.code, 'uom:' || o.uom) END AS uom, ${STATUS_LIST}[o.status + 1] AS status, o.quality
    FROM (${facts}) o JOIN series s USING (series_id) LEFT JOIN uom u ON u.uom_id = o.uom)`
}
