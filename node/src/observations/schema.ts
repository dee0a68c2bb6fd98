import { type Column, decimal, double, instant, int16, int32, int64, text, uint8, uint32 } from './columns.ts'
import type { SeriesHour } from './dirty-hours.ts'
import { exactToScaled, type Fact, scaledToExact } from './fact.ts'
import type { SeriesKey } from './observations.ts'

/** The tables of `observations.duckdb`. What is derived, and how, is in SPEC.md. */
export const FORMAT = 1

const FACT_DDL = `seq BIGINT NOT NULL, series_id INTEGER NOT NULL, valid_from TIMESTAMPTZ NOT NULL, valid_to TIMESTAMPTZ,
  value DOUBLE, exact DECIMAL(38,6), num DOUBLE, den DOUBLE, text VARCHAR, uom SMALLINT NOT NULL,
  status UTINYINT NOT NULL, quality UINTEGER NOT NULL, source INTEGER NOT NULL, published_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ NOT NULL`

const BUCKET_DDL = `series_id INTEGER NOT NULL, bucket INTEGER NOT NULL, n INTEGER NOT NULL, n_bad INTEGER NOT NULL, n_value INTEGER NOT NULL,
  sum DOUBLE, min DOUBLE, max DOUBLE, first DOUBLE, last DOUBLE, num DOUBLE, den DOUBLE, seq_to BIGINT NOT NULL`

export const DDL = [
  `CREATE TABLE IF NOT EXISTS series (series_id INTEGER NOT NULL, dataset VARCHAR NOT NULL, entity VARCHAR NOT NULL, property VARCHAR NOT NULL, breakdown VARCHAR NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS source (source_id INTEGER NOT NULL, name VARCHAR NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS obs (${FACT_DDL})`,
  `CREATE TABLE IF NOT EXISTS revised (series_id INTEGER NOT NULL, valid_from TIMESTAMPTZ NOT NULL, valid_to TIMESTAMPTZ, win_seq BIGINT NOT NULL, n INTEGER NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS latest (${FACT_DDL}, n INTEGER NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS extent (series_id INTEGER NOT NULL, first_from TIMESTAMPTZ NOT NULL, last_from TIMESTAMPTZ NOT NULL, facts BIGINT NOT NULL,
    revised INTEGER NOT NULL, last_recorded TIMESTAMPTZ NOT NULL, kinds UTINYINT NOT NULL, statuses INTEGER, source INTEGER)`,
  // Stores made before these two columns: filled when they are opened.
  `ALTER TABLE extent ADD COLUMN IF NOT EXISTS statuses INTEGER`,
  `ALTER TABLE extent ADD COLUMN IF NOT EXISTS source INTEGER`,
  `CREATE TABLE IF NOT EXISTS roll_hour (${BUCKET_DDL})`,
  `CREATE TABLE IF NOT EXISTS roll_day (${BUCKET_DDL})`,
  `CREATE TABLE IF NOT EXISTS dirty (series_id INTEGER NOT NULL, hour INTEGER NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS segment (id INTEGER NOT NULL, recorded_day VARCHAR NOT NULL, file VARCHAR NOT NULL, bytes BIGINT NOT NULL, rows BIGINT NOT NULL,
    seq_min BIGINT NOT NULL, seq_max BIGINT NOT NULL, valid_min TIMESTAMPTZ NOT NULL, valid_max TIMESTAMPTZ NOT NULL,
    recorded_max TIMESTAMPTZ NOT NULL, sha256 VARCHAR NOT NULL, content_hash VARCHAR NOT NULL, sealed_at TIMESTAMPTZ NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS meta (key VARCHAR NOT NULL, value VARCHAR NOT NULL)`,
]

/** Scratch tables of the connection that writes: keys and rows are handed to SQL through them. */
export const SCRATCH = [
  `CREATE TEMP TABLE IF NOT EXISTS key_in (series_id INTEGER, valid_from TIMESTAMPTZ, valid_to TIMESTAMPTZ)`,
  `CREATE TEMP TABLE IF NOT EXISTS revised_in (series_id INTEGER, valid_from TIMESTAMPTZ, valid_to TIMESTAMPTZ, win_seq BIGINT, n INTEGER)`,
  `CREATE TEMP TABLE IF NOT EXISTS id_in (series_id INTEGER)`,
  `CREATE TEMP TABLE IF NOT EXISTS bucket_in (series_id INTEGER, hour INTEGER)`,
]

export const FACT_COLUMNS = [
  'seq',
  'series_id',
  'valid_from',
  'valid_to',
  'value',
  'exact',
  'num',
  'den',
  'text',
  'uom',
  'status',
  'quality',
  'source',
  'published_at',
  'recorded_at',
] as const

/** In the order of `FACT_COLUMNS`. */
export const FACT: readonly Column<Fact>[] = [
  int64((f) => f.seq),
  int32((f) => f.seriesId),
  instant((f) => f.from),
  instant((f) => f.to),
  double((f) => f.value),
  decimal((f) => (f.exact === null ? null : exactToScaled(f.exact)!)),
  double((f) => f.num),
  double((f) => f.den),
  text((f) => f.text),
  int16((f) => f.uom),
  uint8((f) => f.status),
  uint32((f) => f.quality),
  int32((f) => f.source),
  instant((f) => f.publishedAt),
  instant((f) => f.recordedAt),
]

export const SERIES: readonly Column<{ id: number; key: SeriesKey }>[] = [
  int32((s) => s.id),
  text((s) => s.key.dataset),
  text((s) => s.key.entity),
  text((s) => s.key.property),
  text((s) => s.key.breakdown),
]

export const SOURCE: readonly Column<{ id: number; name: string }>[] = [
  int32((s) => s.id),
  text((s) => s.name),
]

export const SERIES_HOUR: readonly Column<SeriesHour>[] = [int32((at) => at.seriesId), int32((at) => at.hour)]

/** A scratch table of series. */
export const ID: readonly Column<number>[] = [int32((id) => id)]

/** What `Connection.rows` gives for the columns of a fact. */
export interface FactRow {
  seq: number
  series_id: number
  valid_from: number
  valid_to: number | null
  value: number | null
  exact: bigint | null
  num: number | null
  den: number | null
  text: string | null
  uom: number
  status: number
  quality: number
  source: number
  published_at: number | null
  recorded_at: number
}

export function factOf(row: FactRow): Fact {
  return {
    seq: row.seq,
    seriesId: row.series_id,
    from: row.valid_from,
    to: row.valid_to,
    value: row.value,
    exact: row.exact === null ? null : scaledToExact(row.exact),
    num: row.num,
    den: row.den,
    text: row.text,
    uom: row.uom,
    status: row.status,
    quality: row.quality,
    source: row.source,
    publishedAt: row.published_at,
    recordedAt: row.recorded_at,
  }
}
