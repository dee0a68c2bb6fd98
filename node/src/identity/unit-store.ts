import { fold, withoutMarks } from '@nhip/territory/name-key'
import type { TerritoryData } from '@nhip/territory/territory'
import type { Alias, Edge, Level, Unit } from '@nhip/territory/unit'
import { kindName } from '@nhip/territory/unit-kind'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Records, Tx } from '../records/contract.ts'
import type { Database } from '../records/schema.ts'
import { uuidv7 } from '../records/uuidv7.ts'
import { viSortKey } from '../records/vi-order.ts'

const levels = ['nation', 'province', 'district', 'commune'] as const

/** What an administrative unit has beside what the columns hold. */
interface Attributes {
  area?: number
  population?: number
  flags?: string[]
  act?: string
  source?: string
  attested?: string
  /** Act by which it ended; not part of the territory. */
  closedBy?: string
}

/**
 * Names the state that the tables are in: another one after every change, because units change only together with an
 * audit entry about them. Null when there never were any.
 */
export async function stateOfUnits(records: Records): Promise<string | null> {
  const [newest] = await records.read(newestOfUnits)
  return newest?.id ?? null
}

/** The newest audit entry about units. */
export function newestOfUnits(db: Kysely<Database>) {
  return db
    .selectFrom('audit')
    .select('id')
    .where('target_type', '=', 'unit')
    .orderBy('outbox', 'desc')
    .limit(1)
}

/** Adds units, their names, parents and successions: tens of thousands of rows in a handful of statements. */
export async function insertTerritory(tx: Tx, data: TerritoryData): Promise<void> {
  const rows = (values: unknown[]): RawBuilder<unknown> => sql`${JSON.stringify(values)}::jsonb`
  const units = data.units.map((unit) => ({
    id: unit.id,
    code: unit.code,
    kind: unit.kind,
    level: levels.includes(unit.level as (typeof levels)[number])
      ? levels.indexOf(unit.level as 'nation')
      : null,
    valid_from: unit.valid.from,
    valid_to: unit.valid.to,
    lon: unit.lon ?? null,
    lat: unit.lat ?? null,
    attributes: {
      area: unit.area,
      population: unit.population,
      flags: unit.flags.length > 0 ? unit.flags : undefined,
      act: unit.act,
      source: unit.source,
      attested: unit.attested,
    } satisfies Attributes,
  }))
  await sql`INSERT INTO unit (id, code, kind, level, valid_from, valid_to, lon, lat, attributes)
    SELECT * FROM jsonb_to_recordset(${rows(units)}) AS x(id text, code text, kind text, level smallint,
      valid_from date, valid_to date, lon float8, lat float8, attributes jsonb)`.execute(tx.db)
  // An English name that is only the Vietnamese one without its marks is not stored: it can be made again.
  const languages = ({ name }: Unit) =>
    name.en === withoutMarks(name.vi) ? (['vi'] as const) : (['vi', 'en'] as const)
  const names = data.units.flatMap((unit) =>
    languages(unit).map((lang) => ({
      unit_id: unit.id,
      lang,
      name: unit.name[lang],
      type: kindName(unit.kind)[lang] || null,
      valid_from: unit.valid.from,
      valid_to: unit.valid.to,
      sort_key: viSortKey(unit.name[lang]),
      fold: fold(unit.name[lang]),
    })),
  )
  await sql`INSERT INTO unit_name (unit_id, lang, name, type, valid_from, valid_to, sort_key, fold)
    SELECT * FROM jsonb_to_recordset(${rows(names)}) AS x(unit_id text, lang text, name text, type text,
      valid_from date, valid_to date, sort_key text, fold text)`.execute(tx.db)
  const parents = data.units.flatMap((unit) =>
    unit.parents.map((parent) => ({
      child_id: unit.id,
      parent_id: parent.id,
      valid_from: parent.valid.from,
      valid_to: parent.valid.to,
    })),
  )
  await sql`INSERT INTO unit_parent (child_id, parent_id, valid_from, valid_to)
    SELECT * FROM jsonb_to_recordset(${rows(parents)}) AS x(child_id text, parent_id text, valid_from date, valid_to date)`.execute(
    tx.db,
  )
  const edges = data.edges.map((edge) => ({
    from_id: edge.from,
    to_id: edge.to,
    kind: edge.kind,
    date: edge.on,
    share: edge.share,
    basis: edge.basis ?? '',
    act: edge.act ?? null,
  }))
  await sql`INSERT INTO unit_edge (from_id, to_id, kind, date, share, basis, act)
    SELECT * FROM jsonb_to_recordset(${rows(edges)}) AS x(from_id text, to_id text, kind text, date date, share numeric,
      basis text, act text)`.execute(tx.db)
  const aliases = (data.aliases ?? []).map((alias) => ({
    id: uuidv7(),
    source: alias.source ?? '',
    kind: alias.kind,
    alias: alias.alias,
    fold: fold(alias.alias),
    unit_code: alias.unit,
    valid_from: alias.valid.from,
    valid_to: alias.valid.to,
  }))
  await sql`INSERT INTO unit_alias (id, source, kind, alias, fold, unit_code, valid_from, valid_to)
    SELECT * FROM jsonb_to_recordset(${rows(aliases)}) AS x(id uuid, source text, kind text, alias text, fold text,
      unit_code text, valid_from date, valid_to date)`.execute(tx.db)
}

/** All units, as the library of territories takes them. */
export async function readTerritory(records: Records): Promise<TerritoryData> {
  // One row a kind of thing, without joins: decoding 14,000 JSON arrays at once is several times faster than 14,000 rows
  // of columns, and putting them together here than in the embedded engine.
  const one = async <T>(query: RawBuilder<{ rows: T[] | null }>) =>
    (await records.read(() => query))[0]?.rows ?? []
  const units = await one<StoredUnit>(sql`SELECT json_agg(json_build_array(id, code, kind, level,
      valid_from, valid_to, lon, lat, attributes)) AS rows FROM unit`)
  const names = await one<[string, 'vi' | 'en', string]>(
    sql`SELECT json_agg(json_build_array(unit_id, lang, name)) AS rows FROM unit_name`,
  )
  const parents = await one<[string, string, string, string | null]>(
    sql`SELECT json_agg(json_build_array(child_id, parent_id, valid_from, valid_to)) AS rows FROM unit_parent`,
  )
  const edges = await one<[string, string, Edge['kind'], string, string | null, string, string | null]>(
    sql`SELECT json_agg(json_build_array(from_id, to_id, kind, date, share::text, basis, act)) AS rows FROM unit_edge`,
  )
  const aliases = await one<[string, Alias['kind'], string, string, string | null, string]>(
    sql`SELECT json_agg(json_build_array(alias, kind, unit_code, valid_from, valid_to, source)) AS rows FROM unit_alias`,
  )
  const named = new Map(units.map(([id]) => [id, { vi: '', en: undefined as string | undefined }]))
  for (const [id, lang, name] of names) named.get(id)![lang] = name
  units.sort(byText)
  parents.sort((a, b) => byText(a, b) || (a[2] < b[2] ? -1 : 1))
  edges.sort((a, b) => byText(a, b) || (a[1] < b[1] ? -1 : 1))
  aliases.sort(byText)
  const byId = new Map(units.map((row) => [row[0], unitOf(row, named.get(row[0])!)]))
  for (const [child, parent, from, to] of parents)
    byId.get(child)?.parents.push({ id: parent, valid: { from, to } })
  return {
    units: [...byId.values()],
    edges: edges.map(([from, to, kind, on, share, basis, act]) => ({
      from,
      to,
      kind,
      on,
      share,
      ...(basis === '' ? {} : { basis: basis as NonNullable<Edge['basis']> }),
      ...(act === null ? {} : { act }),
    })),
    aliases: aliases.map(([alias, kind, unit, from, to, source]) => ({
      alias,
      kind,
      unit,
      valid: { from, to },
      ...(source === '' ? {} : { source }),
    })),
  }
}

type StoredUnit = [
  id: string,
  code: string,
  kind: string,
  level: number | null,
  from: string,
  to: string | null,
  lon: number | null,
  lat: number | null,
  attributes: Attributes,
]

/** Order of rows by their first column, by code point. */
function byText([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function unitOf(
  [id, code, kind, level, from, to, lon, lat, attributes]: StoredUnit,
  { vi, en }: { vi: string; en: string | undefined },
): Unit {
  const { flags = [], closedBy: _closedBy, ...more } = attributes
  return {
    id,
    code,
    level: level === null ? ('office' as Level) : levels[level]!,
    kind,
    name: { vi, en: en ?? withoutMarks(vi) },
    valid: { from, to },
    parents: [],
    flags,
    ...(lon === null ? {} : { lon }),
    ...(lat === null ? {} : { lat }),
    ...more,
  }
}
