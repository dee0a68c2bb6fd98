import { contentHash } from '@nhip/canonical/content-hash'
import { fullName } from '@nhip/territory/unit-kind'
import { etag } from '../http/etag.ts'
import { refuse } from '../http/problem.ts'
import type { Units } from '../identity/units.ts'
import { inTurn } from '../in-turn.ts'
import type { Actor, Records } from '../records/contract.ts'
import { type Catalogue, contractOf, type Dataset, type Entity, noTerms, type Property } from './catalogue.ts'
import type { ContractTerms, DatasetContract } from './contract.ts'
import { replaceContract } from './contract-store.ts'
import type { CompiledRule } from './quality-rule.ts'
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
  /**
   * Replaces the contract of a dataset, checked beforehand (`check-contract.ts`).
   *
   * @throws a 412 problem when the dataset no longer has the version that the writer has seen
   */
  saveContract(
    actor: Actor,
    dataset: string,
    contract: DatasetContract,
    seen: { version: number; reason: string | null },
  ): Promise<void>
  /** Hears after each change of datasets, properties or their contracts, and of entities. */
  onChange(listener: () => void): () => void
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
    terms: new Map<string, ContractTerms>(),
    rules: new Map<string, readonly CompiledRule[]>(),
    properties: new Map<string, Property>(),
    entities: new Map<string, Entity>(),
  }
  const turn = inTurn()
  // One after the other: what was read earlier must not replace what was read later, above all no wider rights.
  const refreshTerms = () =>
    turn(async () => {
      const read = await readDatasets(records)
      picture.rules = await compiledRules(read.map(({ dataset, terms }) => [dataset.code, terms]))
      picture.datasets = new Map(read.map(({ dataset }) => [dataset.code, dataset]))
      picture.terms = new Map(read.map(({ dataset, terms }) => [dataset.code, terms]))
      picture.properties = new Map(
        (await readProperties(records)).map((property) => [property.code, property]),
      )
    })
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  const refresh = async () => {
    await refreshTerms()
    tell()
  }
  await refreshTerms()
  picture.entities = new Map((await readEntities(records)).map((entity) => [entity.id, entity]))

  const catalogue: OpenCatalogue = {
    dataset: (code) => picture.datasets.get(code),
    datasets: () => [...picture.datasets.values()],
    terms: (code) => picture.terms.get(code) ?? noTerms,
    rules: (code) => picture.rules.get(code) ?? [],
    property: (code) => picture.properties.get(code),
    properties: () => [...picture.properties.values()],
    entity: (id) => picture.entities.get(id) ?? unitEntity(units, id),
    entities: ({ type, unit }) =>
      [...picture.entities.values()]
        .filter((e) => (type === undefined || e.type === type) && (unit === undefined || e.unit === unit))
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
    answering(propertyCode, datasetCode, among = () => true) {
      const property = picture.properties.get(propertyCode)
      if (!property) throw refuse(404, 'unknown-property', { params: { property: propertyCode } })
      if (datasetCode !== undefined) {
        const dataset = picture.datasets.get(datasetCode)
        if (!dataset) throw refuse(404, 'unknown-dataset', { params: { dataset: datasetCode } })
        return { property, dataset }
      }
      const { preferredDataset } = property
      const preferred = preferredDataset === null ? undefined : picture.datasets.get(preferredDataset)
      if (preferred && among(preferred)) return { property, dataset: preferred }
      const [only, ...others] = property.datasets
        .flatMap((code) => picture.datasets.get(code) ?? [])
        .filter(among)
      if (others.length > 0)
        throw refuse(400, 'dataset-needed', {
          params: {
            property: propertyCode,
            datasets: [only, ...others].map((one) => one?.code).join(', '),
          },
        })
      // A property of which the caller shall know no dataset is not there; one without any is nobody's to answer for.
      if (!only && property.datasets.length > 0)
        throw refuse(404, 'unknown-property', { params: { property: propertyCode } })
      if (!only) throw refuse(400, 'dataset-needed', { params: { property: propertyCode, datasets: '' } })
      return { property, dataset: only }
    },
    async saveDatasets(actor, drafts) {
      const full = drafts.map((draft) => withDatasetDefaults(draft, picture.datasets.get(draft.code)))
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
      await refresh()
    },
    async saveContract(actor, code, contract, seen) {
      const before = contractOf(picture.datasets.get(code)!, picture.terms.get(code) ?? noTerms)
      const version = await records.tx(actor, async (tx) => {
        const made = await replaceContract(tx, code, seen.version, contract, seen.reason)
        if (made !== undefined)
          tx.audit({
            action: 'dataset.contract',
            targetType: 'dataset',
            targetId: code,
            targetVersion: made,
            before,
            after: contract,
            ...(seen.reason === null ? {} : { reason: seen.reason }),
          })
        return made
      })
      await refresh()
      if (version === undefined) {
        const dataset = picture.datasets.get(code)!
        throw refuse(412, 'stale-version', {
          current: contractOf(dataset, picture.terms.get(code)!),
          headers: { etag: etag(dataset.version) },
        })
      }
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
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
      await refresh()
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
      tell()
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
      await refresh()
    },
  }
  return catalogue
}

/** Rules are read by the expression language, a large library: only where there is one. */
async function compiledRules(
  terms: readonly (readonly [string, ContractTerms])[],
): Promise<Map<string, readonly CompiledRule[]>> {
  const ruled = terms.filter(([, { rules }]) => rules.length > 0)
  if (ruled.length === 0) return new Map()
  const { compileRule } = await import('./quality-rule.ts')
  return new Map(
    ruled.map(([code, { rules }]) => [
      code,
      rules.map(compileRule).filter((read): read is CompiledRule => !Array.isArray(read)),
    ]),
  )
}

/** What a draft leaves open is as it was, of a new dataset by default; a rhythm by seconds is a promise by interval. */
function withDatasetDefaults(
  { expectedEveryS, freshness, ...draft }: DatasetDraft,
  before: Dataset | undefined,
): Omit<Dataset, 'version' | 'properties'> {
  const promised =
    freshness ??
    (expectedEveryS === undefined
      ? before?.freshness
      : expectedEveryS === null
        ? undefined
        : { kind: 'interval' as const, everyS: expectedEveryS })
  return {
    owner: null,
    publisher: '',
    class: 'open',
    personal: false,
    synthetic: false,
    licence: null,
    source: null,
    autoCreate: false,
    retiredAt: null,
    ...draft,
    expectedEveryS: promised?.kind === 'interval' ? promised.everyS : null,
    ...(promised === undefined ? {} : { freshness: promised }),
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
