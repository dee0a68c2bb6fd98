import { uomByCode } from '@nhip/quantity/table'
import { isUom, uom as parseUom } from '@nhip/quantity/uom-text'
import { fold } from '@nhip/territory/name-key'
import { type TProperties, Type } from 'typebox'
import type { Caller } from '../http/caller.ts'
import { type Incoming, type Route, route } from '../http/declare.ts'
import { etag } from '../http/etag.ts'
import { Page, Paging } from '../http/paging.ts'
import { refuse } from '../http/problem.ts'
import type { FourEyes } from '../identity/four-eyes.ts'
import { type Dataset, demandReadable, type Entity, mayRead, type Property } from './catalogue.ts'
import { DatasetItem, EntityItem, PropertyItem } from './contract.ts'
import type { DatasetDraft, EntityDraft, OpenCatalogue, PropertyDraft } from './open.ts'
import { change, creation, type RecordKind } from './record-routes.ts'
import {
  demandChange,
  demandEntityUnit,
  demandProperty as demandPropertyChange,
  ownerOf,
  shownProperty,
} from './rights.ts'

const closed = { additionalProperties: false } as const
const Code = Type.String({ pattern: '^[a-z0-9][a-z0-9:_.-]*$', maxLength: 100 })
const ByCode = Type.Object({ code: Type.String({ maxLength: 100 }) })
const ById = Type.Object({ id: Type.String({ maxLength: 300 }) })

/** A schema's fields without those that the node itself fills in, all but `required` optional. */
function draftOf<P extends TProperties>(properties: P, required: (keyof P)[], own: (keyof P)[]) {
  const fields = Object.entries(properties).filter(([name]) => !own.includes(name))
  return Type.Object(
    Object.fromEntries(
      fields.map(([name, schema]) => [name, required.includes(name) ? schema : Type.Optional(schema)]),
    ),
    closed,
  )
}

const own = {
  dataset: ['properties', 'observations', 'retiredAt', 'freshness'] as const,
  property: ['datasets', 'uomSymbol'] as const,
}

function datasetKind(catalogue: OpenCatalogue, fourEyes: FourEyes): RecordKind<Dataset, DatasetDraft> {
  return {
    noun: 'dataset',
    list: 'datasets',
    key: 'code',
    item: DatasetItem,
    draft: draftOf({ ...DatasetItem.properties, code: Code }, ['code', 'name'], [...own.dataset]),
    patch: draftOf(DatasetItem.properties, [], ['code', ...own.dataset]),
    demand: (code) => demandDataset(catalogue, code),
    exists: (code) => catalogue.dataset(code) !== undefined,
    show: datasetItem,
    draftOf(fields, before) {
      if (!before) return fields as DatasetDraft
      // What is not patched stays; of the two ways to say how often, the patch's own one counts.
      const { expectedEveryS: _, freshness, ...rest } = datasetItem(before)
      return { ...rest, ...('expectedEveryS' in fields || !freshness ? {} : { freshness }), ...fields }
    },
    async authorise(caller, draft, before) {
      if (!before) {
        const made = { ...draft, owner: ownerOf(caller, draft.owner ?? null) }
        if (!caller.within(made))
          throw refuse(403, 'not-your-dataset', {
            params: { dataset: made.code, permission: 'catalogue.write' },
          })
        return made
      }
      const { owner, class: kind, personal } = before
      await demandChange(fourEyes, caller, before, { owner, class: kind, personal, ...draft })
      return draft
    },
    check(draft) {
      if (draft.personal && (draft.class ?? 'open') === 'open') throw refuse(422, 'personal-not-open')
      if (draft.owner !== undefined && draft.owner !== null && catalogue.entity(draft.owner)?.type !== 'unit')
        throw refuse(422, 'unknown-unit', { params: { unit: draft.owner } })
      return draft
    },
    save: (actor, draft) => catalogue.saveDatasets(actor, [draft]),
  }
}

function propertyKind(catalogue: OpenCatalogue): RecordKind<Property, PropertyDraft> {
  return {
    noun: 'property',
    list: 'properties',
    key: 'code',
    item: PropertyItem,
    draft: draftOf({ ...PropertyItem.properties, code: Code }, ['code', 'name', 'kind'], [...own.property]),
    patch: draftOf(PropertyItem.properties, [], ['code', ...own.property]),
    demand: (code) => demandProperty(catalogue, code),
    exists: (code) => catalogue.property(code) !== undefined,
    show: propertyItem,
    draftOf: (fields, before) =>
      ({ ...(before ? propertyItem(before) : {}), ...fields }) as unknown as PropertyDraft,
    authorise(caller, draft, before) {
      if (!before) return draft
      demandPropertyChange(catalogue, caller, before)
      return draft
    },
    check(draft) {
      if (draft.preferredDataset !== undefined && draft.preferredDataset !== null)
        demandDataset(catalogue, draft.preferredDataset)
      return knownUom(draft)
    },
    save: (actor, draft) => catalogue.saveProperties(actor, [draft]),
  }
}

function entityKind(catalogue: OpenCatalogue): RecordKind<Entity, EntityDraft> {
  return {
    noun: 'entity',
    list: 'entities',
    key: 'id',
    item: EntityItem,
    draft: draftOf(
      {
        ...EntityItem.properties,
        id: Type.String({ pattern: '^urn:[a-zA-Z0-9][a-zA-Z0-9-]*:.+', maxLength: 300 }),
      },
      ['id', 'type', 'name'],
      [],
    ),
    patch: draftOf(EntityItem.properties, [], ['id']),
    demand: (id) => demandEntity(catalogue, id),
    exists: (id) => catalogue.entity(id) !== undefined,
    show: entityItem,
    draftOf: (fields, before) =>
      ({ ...(before ? entityItem(before) : {}), ...fields }) as unknown as EntityDraft,
    authorise(caller, draft, before) {
      if (before?.type === 'unit') return draft
      if (before) demandEntityUnit(caller, before.unit)
      demandEntityUnit(caller, draft.unit)
      return draft
    },
    check(draft, before) {
      if (before?.type === 'unit') throw refuse(409, 'unit-not-editable', { params: { unit: before.id } })
      if (draft.unit !== undefined && draft.unit !== null && catalogue.entity(draft.unit)?.type !== 'unit')
        throw refuse(422, 'unknown-unit', { params: { unit: draft.unit } })
      return draft
    },
    save: (actor, draft) => catalogue.saveEntities(actor, [draft]),
  }
}

export function catalogueRoutes(catalogue: OpenCatalogue, fourEyes: FourEyes): Route[] {
  return [...datasetRoutes(catalogue, fourEyes), ...propertyRoutes(catalogue), ...entityRoutes(catalogue)]
}

function datasetRoutes(catalogue: OpenCatalogue, fourEyes: FourEyes): Route[] {
  const kind = datasetKind(catalogue, fourEyes)
  return [
    route({
      method: 'GET',
      path: '/api/datasets',
      summary: 'Datasets that the caller may read',
      query: Type.Object({ ...Paging, q: Type.Optional(Type.String({ maxLength: 100 })) }, closed),
      permission: 'public',
      responses: { 200: { description: 'Datasets in the order of their codes', body: Page(DatasetItem) } },
      handle(request) {
        const { caller, query } = request
        const found = catalogue
          .datasets()
          .filter((dataset) => mayRead(caller, dataset) && matches(query.q, dataset.code, dataset.name))
        return { status: 200, body: pageOf(request, found, ({ code }) => code, datasetItem) }
      },
    }),
    route({
      method: 'GET',
      path: '/api/datasets/{code}',
      summary: 'One dataset with its contract',
      params: ByCode,
      permission: 'public',
      responses: { 200: { description: 'The dataset', body: DatasetItem } },
      handle({ params, caller }) {
        const dataset = demandDataset(catalogue, params.code)
        demandReadable(caller, dataset)
        return { status: 200, body: datasetItem(dataset), headers: { etag: etag(dataset.version) } }
      },
    }),
    creation(kind),
    change(kind),
  ]
}

function propertyRoutes(catalogue: OpenCatalogue): Route[] {
  const kind = propertyKind(catalogue)
  return [
    route({
      method: 'GET',
      path: '/api/properties',
      summary: 'Properties: what can be measured, and how its values are put together',
      query: Type.Object(
        {
          ...Paging,
          q: Type.Optional(Type.String({ maxLength: 100 })),
          dataset: Type.Optional(Type.String()),
          entityType: Type.Optional(Type.String({ description: '`unit` for what a map can show as areas' })),
        },
        closed,
      ),
      permission: 'public',
      responses: { 200: { description: 'Properties in the order of their codes', body: Page(PropertyItem) } },
      handle(request) {
        const { caller, query } = request
        const found = catalogue
          .properties()
          .filter((property) => !hidden(catalogue, caller, property))
          .map((property) => shownProperty(catalogue, caller, property))
          .filter((property) => {
            if (query.dataset !== undefined && !property.datasets.includes(query.dataset)) return false
            if (query.entityType !== undefined && property.entityType !== query.entityType) return false
            return matches(query.q, property.code, property.name)
          })
        return { status: 200, body: pageOf(request, found, ({ code }) => code, propertyItem) }
      },
    }),
    route({
      method: 'GET',
      path: '/api/properties/{code}',
      summary: 'One property',
      params: ByCode,
      permission: 'public',
      responses: { 200: { description: 'The property', body: PropertyItem } },
      handle({ params, caller }) {
        const property = demandProperty(catalogue, params.code)
        if (hidden(catalogue, caller, property))
          throw refuse(404, 'unknown-property', { params: { property: params.code } })
        const shown = propertyItem(shownProperty(catalogue, caller, property))
        return { status: 200, body: shown, headers: { etag: etag(property.version) } }
      },
    }),
    creation(kind),
    change(kind),
  ]
}

function entityRoutes(catalogue: OpenCatalogue): Route[] {
  const kind = entityKind(catalogue)
  return [
    route({
      method: 'GET',
      path: '/api/entities',
      summary: 'Entities: stations, meters, offices … (administrative units: /api/units)',
      query: Type.Object(
        {
          ...Paging,
          q: Type.Optional(Type.String({ maxLength: 100 })),
          type: Type.Optional(Type.String()),
          unit: Type.Optional(Type.String()),
        },
        closed,
      ),
      permission: 'public',
      responses: { 200: { description: 'Entities in the order of their ids', body: Page(EntityItem) } },
      handle(request) {
        const { query } = request
        const found = catalogue
          .entities({ type: query.type, unit: query.unit })
          .filter((entity) => matches(query.q, entity.id, entity.name))
        return { status: 200, body: pageOf(request, found, ({ id }) => id, entityItem) }
      },
    }),
    route({
      method: 'GET',
      path: '/api/entities/{id}',
      summary: 'One entity or administrative unit',
      params: ById,
      permission: 'public',
      responses: { 200: { description: 'The entity', body: EntityItem } },
      handle({ params }) {
        const entity = demandEntity(catalogue, params.id)
        return { status: 200, body: entityItem(entity), headers: { etag: etag(entity.version) } }
      },
    }),
    creation(kind),
    change(kind),
  ]
}

const datasetItem = ({ version: _version, ...item }: Dataset): DatasetItem => item
const entityItem = ({ version: _version, ...item }: Entity): EntityItem => item

function propertyItem({ version: _version, ...property }: Property): PropertyItem {
  const symbol = property.uom === null ? undefined : uomByCode(property.uom)?.symbol
  return { ...property, ...(symbol ? { uomSymbol: { vi: symbol.vi, en: symbol.en } } : {}) }
}

type Paged = Incoming<unknown, { limit?: number }, unknown>

function pageOf<T, I>(request: Paged, found: readonly T[], keyOf: (row: T) => string, itemOf: (row: T) => I) {
  const after = request.cursor() as string | undefined
  const rest = after === undefined ? found : found.filter((row) => keyOf(row) > after)
  const limit = request.query.limit ?? 50
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map(itemOf),
    nextCursor: last !== undefined && rest.length > limit ? request.nextCursor(keyOf(last)) : null,
  }
}

function matches(q: string | undefined, code: string, name: { vi: string; en: string }): boolean {
  if (q === undefined || q.trim() === '') return true
  const wanted = fold(q)
  return (
    code.toLowerCase().includes(q.trim().toLowerCase()) ||
    fold(name.vi).includes(wanted) ||
    fold(name.en).includes(wanted)
  )
}

/** A property of which only datasets have values that the caller shall not know of. */
function hidden(catalogue: OpenCatalogue, caller: Caller, property: Property): boolean {
  return property.datasets.length > 0 && shownProperty(catalogue, caller, property).datasets.length === 0
}

function demandDataset(catalogue: OpenCatalogue, code: string): Dataset {
  const dataset = catalogue.dataset(code)
  if (!dataset) throw refuse(404, 'unknown-dataset', { params: { dataset: code } })
  return dataset
}

function demandProperty(catalogue: OpenCatalogue, code: string): Property {
  const property = catalogue.property(code)
  if (!property) throw refuse(404, 'unknown-property', { params: { property: code } })
  return property
}

function demandEntity(catalogue: OpenCatalogue, id: string): Entity {
  const entity = catalogue.entity(id)
  if (!entity) throw refuse(404, 'unknown-entity', { params: { entity: id } })
  return entity
}

/** The unit of measure under the code that the table of units gives it. */
function knownUom(draft: PropertyDraft): PropertyDraft {
  if (draft.uom === undefined || draft.uom === null) return draft
  const found = parseUom(draft.uom)
  if (!isUom(found)) throw refuse(422, 'unknown-uom', { params: { uom: draft.uom }, errors: [found] })
  return { ...draft, uom: found.code }
}
