import { fold } from '@nhip/territory/name-key'
import { sql } from 'kysely'
import type { Records, Tx } from '../records/contract.ts'
import { jsonText } from '../records/json-text.ts'
import { viSortKey } from '../records/vi-order.ts'
import type { Dataset, Entity, Property } from './catalogue.ts'
import type { Arrival, ContractTerms, FreshnessPromise, PropertyTerms, QualityRule } from './contract.ts'

interface DatasetAttributes {
  publisher?: string
  notes?: { vi: string; en: string }
}

interface PropertyAttributes {
  entityType?: string | null
  higherIs?: 'better' | 'worse' | null
}

interface DatasetRow {
  code: string
  nameVi: string
  nameEn: string
  descriptionVi: string | null
  descriptionEn: string | null
  owner: string | null
  class: Dataset['class']
  personal: boolean
  synthetic: boolean
  licence: string | null
  source: string | null
  freshness: FreshnessPromise | null
  quality: QualityRule[]
  arrival: Arrival
  autoCreate: boolean
  attributes: DatasetAttributes
  version: number
  retiredAt: string | null
}

/** Every dataset with the terms of its contract. */
export async function readDatasets(records: Records): Promise<{ dataset: Dataset; terms: ContractTerms }[]> {
  const rows = await records.read<DatasetRow>(
    () => sql`SELECT code, name_vi AS "nameVi", name_en AS "nameEn", description_vi AS "descriptionVi",
      description_en AS "descriptionEn", owner_unit_id AS owner, class, personal, synthetic, licence, source, freshness,
      quality, arrival, auto_create AS "autoCreate", attributes, version, retired_at AS "retiredAt" FROM dataset ORDER BY code`,
  )
  const pairs = await readPairs(records)
  return rows.map((row) => {
    const own = pairs.filter(({ dataset }) => dataset === row.code)
    const dataset: Dataset = {
      code: row.code,
      name: { vi: row.nameVi, en: row.nameEn },
      ...(row.descriptionVi === null
        ? {}
        : { description: { vi: row.descriptionVi, en: row.descriptionEn ?? '' } }),
      owner: row.owner,
      publisher: row.attributes.publisher ?? '',
      class: row.class,
      personal: row.personal,
      synthetic: row.synthetic,
      licence: row.licence,
      source: row.source,
      ...(row.attributes.notes ? { notes: row.attributes.notes } : {}),
      expectedEveryS: row.freshness?.kind === 'interval' ? row.freshness.everyS : null,
      ...(row.freshness === null ? {} : { freshness: row.freshness }),
      autoCreate: row.autoCreate,
      properties: own.map(({ property }) => property),
      retiredAt: row.retiredAt,
      version: row.version,
    }
    const terms: ContractTerms = {
      properties: Object.fromEntries(own.map(({ property, contract }) => [property, contract])),
      rules: row.quality,
      arrival: row.arrival,
      freshness: row.freshness,
    }
    return { dataset, terms }
  })
}

interface PropertyRow {
  code: string
  nameVi: string
  nameEn: string
  descriptionVi: string | null
  descriptionEn: string | null
  kind: Property['kind']
  uom: string | null
  decimals: number | null
  overPeriods: Property['overPeriods']
  overUnits: Property['overUnits']
  preferredDataset: string | null
  hardMin: number | null
  hardMax: number | null
  softMin: number | null
  softMax: number | null
  attributes: PropertyAttributes
  version: number
}

export async function readProperties(records: Records): Promise<Property[]> {
  const rows = await records.read<PropertyRow>(
    () => sql`SELECT code, name_vi AS "nameVi", name_en AS "nameEn", description_vi AS "descriptionVi",
      description_en AS "descriptionEn", kind, uom, decimals, over_periods AS "overPeriods",
      over_units AS "overUnits", preferred_dataset AS "preferredDataset", hard_min AS "hardMin", hard_max AS "hardMax",
      soft_min AS "softMin", soft_max AS "softMax", attributes, version FROM property ORDER BY code`,
  )
  const pairs = await readPairs(records)
  return rows.map((row) => {
    const limits = { hardMin: row.hardMin, hardMax: row.hardMax, softMin: row.softMin, softMax: row.softMax }
    const range = Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== null))
    return {
      code: row.code,
      name: { vi: row.nameVi, en: row.nameEn },
      ...(row.descriptionVi === null
        ? {}
        : { description: { vi: row.descriptionVi, en: row.descriptionEn ?? '' } }),
      kind: row.kind,
      uom: row.uom === dimensionless ? null : row.uom,
      decimals: row.decimals,
      overPeriods: row.overPeriods,
      overUnits: row.overUnits,
      preferredDataset: row.preferredDataset,
      datasets: pairs.filter(({ property }) => property === row.code).map(({ dataset }) => dataset),
      entityType: row.attributes.entityType ?? null,
      higherIs: row.attributes.higherIs ?? null,
      ...(Object.keys(range).length > 0 ? { range: range as NonNullable<Property['range']> } : {}),
      version: row.version,
    }
  })
}

/** A number without a unit of measure is stored as the unit 1. */
const dimensionless = '1'

interface PairRow {
  dataset: string
  property: string
  contract: PropertyTerms
}

function readPairs(records: Records): Promise<PairRow[]> {
  return records.read<PairRow>(
    () => sql`SELECT dataset_code AS dataset, property_code AS property, contract FROM dataset_property
      ORDER BY dataset_code, property_code`,
  )
}

interface EntityRow {
  id: string
  type: string
  nameVi: string
  nameEn: string | null
  unit: string | null
  lon: number | null
  lat: number | null
  attributes: Record<string, unknown>
  version: number
}

export async function readEntities(records: Records): Promise<Entity[]> {
  const rows = await records.read<EntityRow>(
    () => sql`SELECT id, type, name_vi AS "nameVi", name_en AS "nameEn", unit_id AS unit, lon, lat, attributes, version
      FROM entity WHERE retired_at IS NULL ORDER BY id`,
  )
  return rows.map(({ nameVi, nameEn, ...row }) => ({ ...row, name: { vi: nameVi, en: nameEn ?? '' } }))
}

export async function upsertDataset(tx: Tx, dataset: Omit<Dataset, 'version' | 'properties'>): Promise<void> {
  const attributes: DatasetAttributes = {
    publisher: dataset.publisher,
    ...(dataset.notes ? { notes: dataset.notes } : {}),
  }
  const freshness = dataset.freshness === undefined ? null : jsonText(dataset.freshness)
  await sql`INSERT INTO dataset (code, name_vi, name_en, description_vi, description_en, owner_unit_id, class, personal,
      synthetic, licence, source, freshness, auto_create, attributes, retired_at)
    VALUES (${dataset.code}, ${dataset.name.vi}, ${dataset.name.en || dataset.name.vi}, ${dataset.description?.vi ?? null},
      ${dataset.description?.en ?? null}, ${dataset.owner}, ${dataset.class}, ${dataset.personal}, ${dataset.synthetic},
      ${dataset.licence}, ${dataset.source}, ${freshness}::jsonb, ${dataset.autoCreate}, ${jsonText(attributes)}::jsonb,
      ${dataset.retiredAt})
    ON CONFLICT (code) DO UPDATE SET name_vi = excluded.name_vi, name_en = excluded.name_en,
      description_vi = excluded.description_vi, description_en = excluded.description_en,
      owner_unit_id = excluded.owner_unit_id, class = excluded.class, personal = excluded.personal,
      synthetic = excluded.synthetic, licence = excluded.licence, source = excluded.source,
      freshness = excluded.freshness, auto_create = excluded.auto_create, attributes = excluded.attributes,
      retired_at = excluded.retired_at, version = dataset.version + 1, updated_at = ${tx.at}`.execute(tx.db)
}

export async function upsertProperty(
  tx: Tx,
  property: Omit<Property, 'version' | 'datasets'>,
): Promise<void> {
  const attributes: PropertyAttributes = { entityType: property.entityType, higherIs: property.higherIs }
  const { hardMin = null, hardMax = null, softMin = null, softMax = null } = property.range ?? {}
  const uom = property.uom ?? (property.kind === 'text' ? null : dimensionless)
  await sql`INSERT INTO property (code, name_vi, name_en, description_vi, description_en, kind, uom, decimals,
      over_periods, over_units, preferred_dataset, hard_min, hard_max, soft_min, soft_max, attributes)
    VALUES (${property.code}, ${property.name.vi}, ${property.name.en || property.name.vi},
      ${property.description?.vi ?? null}, ${property.description?.en ?? null}, ${property.kind}, ${uom},
      ${property.decimals}, ${property.overPeriods}, ${property.overUnits}, ${property.preferredDataset}, ${hardMin},
      ${hardMax}, ${softMin}, ${softMax}, ${jsonText(attributes)}::jsonb)
    ON CONFLICT (code) DO UPDATE SET name_vi = excluded.name_vi, name_en = excluded.name_en,
      description_vi = excluded.description_vi, description_en = excluded.description_en, kind = excluded.kind,
      uom = excluded.uom, decimals = excluded.decimals, over_periods = excluded.over_periods,
      over_units = excluded.over_units, preferred_dataset = excluded.preferred_dataset, hard_min = excluded.hard_min,
      hard_max = excluded.hard_max, soft_min = excluded.soft_min, soft_max = excluded.soft_max,
      attributes = excluded.attributes, version = property.version + 1, updated_at = ${tx.at}`.execute(tx.db)
}

export async function insertPairs(
  tx: Tx,
  pairs: readonly { dataset: string; property: string }[],
): Promise<void> {
  await sql`INSERT INTO dataset_property (dataset_code, property_code)
    SELECT dataset, property FROM jsonb_to_recordset(${jsonText(pairs)}::jsonb) AS x(dataset text, property text)
    ON CONFLICT DO NOTHING`.execute(tx.db)
}

export async function upsertEntities(tx: Tx, entities: readonly Omit<Entity, 'version'>[]): Promise<void> {
  const rows = entities.map(({ id, type, name, unit, lon, lat, attributes }) => ({
    id,
    type,
    name_vi: name.vi,
    name_en: name.en || null,
    unit_id: unit,
    lon,
    lat,
    attributes,
    sort_key: viSortKey(name.vi),
    fold: fold(name.vi),
  }))
  await sql`INSERT INTO entity (id, type, name_vi, name_en, unit_id, lon, lat, attributes, sort_key, fold)
    SELECT * FROM jsonb_to_recordset(${jsonText(rows)}::jsonb) AS x(id text, type text, name_vi text, name_en text,
      unit_id text, lon float8, lat float8, attributes jsonb, sort_key text, fold text)
    ON CONFLICT (id) DO UPDATE SET type = excluded.type, name_vi = excluded.name_vi, name_en = excluded.name_en,
      unit_id = excluded.unit_id, lon = excluded.lon, lat = excluded.lat, attributes = excluded.attributes,
      sort_key = excluded.sort_key, fold = excluded.fold, version = entity.version + 1, updated_at = ${tx.at}`.execute(
    tx.db,
  )
}
