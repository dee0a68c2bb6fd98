import { contentHash } from '@nhip/canonical/content-hash'
import { fullName } from '@nhip/territory/unit-kind'
import { refuse } from '../http/problem.ts'
import type { Units } from '../identity/units.ts'
import type { Actor, Records } from '../records/contract.ts'
import type { Catalogue, Dataset, Entity, Property } from './catalogue.ts'
import {
  insertPairs,
  readDatasets,
  readEntities,
  readProperties,
  upsertDataset,
  upsertEntities,
  upsertProperty,
} from './store.ts'

/** What has to be said of a new dataset; the rest has defaults. */
export type DatasetDraft = Pick<Dataset, 'code' | 'name'> & Partial<Omit<Dataset, 'version' | 'properties'>>
export type PropertyDraft = Pick<Property, 'code' | 'name' | 'kind'> &
  Partial<Omit<Property, 'version' | 'datasets'>>
export type EntityDraft = Pick<Entity, 'id' | 'type' | 'name'> & Partial<Omit<Entity, 'version'>>

/** The catalogue with its write side. */
export interface OpenCatalogue extends Catalogue {
  /** Adds or replaces datasets; whoever writes a change of one compares versions beforehand. */
  saveDatasets(actor: Actor, drafts: readonly DatasetDraft[]): Promise<void>
  saveProperties(actor: Actor, drafts: readonly PropertyDraft[]): Promise<void>
  /** Adds or replaces entities, thousands at a time. */
  saveEntities(actor: Actor, drafts: readonly EntityDraft[]): Promise<void>
  /** Says that a dataset has values of properties. */
  link(actor: Actor, dataset: string, properties: readonly string[]): Promise<void>
}

/** More entities than this are audited as one import instead of one by one. */
const auditedOneByOne = 20

const chunk = 2000

export async function openCatalogue(records: Records, units: Units): Promise<OpenCatalogue> {
  const picture = {
    datasets: new Map<string, Dataset>(),
    properties: new Map<string, Property>(),
    entities: new Map<string, Entity>(),
  }
  const refreshTerms = async () => {
    picture.datasets = new Map((await readDatasets(records)).map((dataset) => [dataset.code, dataset]))
    picture.properties = new Map((await readProperties(records)).map((property) => [property.code, property]))
  }
  await refreshTerms()
  picture.entities = new Map((await readEntities(records)).map((entity) => [entity.id, entity]))

  const catalogue: OpenCatalogue = {
    dataset: (code) => picture.datasets.get(code),
    datasets: () => [...picture.datasets.values()],
    property: (code) => picture.properties.get(code),
    properties: () => [...picture.properties.values()],
    entity: (id) => picture.entities.get(id) ?? unitEntity(units, id),
    entities: ({ type, unit }) =>
      [...picture.entities.values()]
        .filter((e) => (type === undefined || e.type === type) && (unit === undefined || e.unit === unit))
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
    answering(propertyCode, datasetCode) {
      const property = picture.properties.get(propertyCode)
      if (!property) throw refuse(404, 'unknown-property', { params: { property: propertyCode } })
      const [only, ...others] = property.datasets
      const code = datasetCode ?? property.preferredDataset ?? (others.length === 0 ? only : undefined)
      if (code === undefined)
        throw refuse(400, 'dataset-needed', {
          params: { property: propertyCode, datasets: property.datasets.join(', ') },
        })
      const dataset = picture.datasets.get(code)
      if (!dataset) throw refuse(404, 'unknown-dataset', { params: { dataset: code } })
      return { property, dataset }
    },
    async saveDatasets(actor, drafts) {
      const full = drafts.map(withDatasetDefaults)
      await records.tx(actor, async (tx) => {
        for (const dataset of full) {
          const before = picture.datasets.get(dataset.code)
          await upsertDataset(tx, dataset)
          tx.audit({
            action: before ? 'dataset.change' : 'dataset.create',
            targetType: 'dataset',
            targetId: dataset.code,
            before,
            after: dataset,
          })
        }
      })
      await refreshTerms()
    },
    async saveProperties(actor, drafts) {
      const full = drafts.map(withPropertyDefaults)
      await records.tx(actor, async (tx) => {
        for (const property of full) {
          const before = picture.properties.get(property.code)
          await upsertProperty(tx, property)
          tx.audit({
            action: before ? 'property.change' : 'property.create',
            targetType: 'property',
            targetId: property.code,
            before,
            after: property,
          })
        }
      })
      await refreshTerms()
    },
    async saveEntities(actor, drafts) {
      for (let i = 0; i < drafts.length; i += chunk) {
        const full = drafts.slice(i, i + chunk).map(withEntityDefaults)
        await records.tx(actor, async (tx) => {
          await upsertEntities(tx, full)
          if (full.length > auditedOneByOne)
            tx.audit({
              action: 'entity.import',
              targetType: 'entity',
              targetId: '*',
              after: { entities: full.length, hash: contentHash(full) },
            })
          else
            for (const entity of full) {
              const before = picture.entities.get(entity.id)
              tx.audit({
                action: before ? 'entity.change' : 'entity.create',
                targetType: 'entity',
                targetId: entity.id,
                before,
                after: entity,
              })
            }
        })
        for (const entity of full)
          picture.entities.set(entity.id, {
            ...entity,
            version: (picture.entities.get(entity.id)?.version ?? 0) + 1,
          })
      }
    },
    async link(actor, dataset, properties) {
      const known = new Set(picture.datasets.get(dataset)?.properties)
      const missing = properties.filter((property) => !known.has(property))
      if (missing.length === 0) return
      await records.tx(actor, async (tx) => {
        await insertPairs(
          tx,
          missing.map((property) => ({ dataset, property })),
        )
        tx.audit({
          action: 'dataset.link',
          targetType: 'dataset',
          targetId: dataset,
          after: { properties: missing },
        })
      })
      await refreshTerms()
    },
  }
  return catalogue
}

function withDatasetDefaults(draft: DatasetDraft): Omit<Dataset, 'version' | 'properties'> {
  return {
    owner: null,
    publisher: '',
    class: 'open',
    personal: false,
    synthetic: false,
    licence: null,
    source: null,
    expectedEveryS: null,
    autoCreate: false,
    retiredAt: null,
    ...draft,
  }
}

function withPropertyDefaults(draft: PropertyDraft): Omit<Property, 'version' | 'datasets'> {
  return {
    uom: null,
    decimals: null,
    overPeriods: draft.kind === 'text' ? 'last' : 'mean',
    overUnits: 'none',
    preferredDataset: null,
    entityType: null,
    higherIs: null,
    ...draft,
  }
}

function withEntityDefaults(draft: EntityDraft): Omit<Entity, 'version'> {
  return { unit: null, lon: null, lat: null, attributes: {}, ...draft }
}

/** An administrative unit is an entity of type `unit` under its own id. */
function unitEntity(units: Units, id: string): Entity | undefined {
  const unit = units.territory().unit(id)
  if (!unit) return undefined
  return {
    id,
    type: 'unit',
    name: fullName(unit),
    unit: id,
    lon: unit.lon ?? null,
    lat: unit.lat ?? null,
    attributes: { code: unit.code, level: unit.level, validFrom: unit.valid.from, validTo: unit.valid.to },
    version: 1,
  }
}
