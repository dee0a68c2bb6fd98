import { uomByCode } from '@nhip/quantity/table'
import { isUom, uom as parseUom } from '@nhip/quantity/uom-text'
import { fold } from '@nhip/territory/name-key'
import { type TProperties, Type } from 'typebox'
import { type Incoming, type Route, route } from '../http/declare.ts'
import { etag } from '../http/etag.ts'
import { Page, Paging } from '../http/paging.ts'
import { refuse } from '../http/problem.ts'
import { type Dataset, demandReadable, type Entity, mayRead, type Property } from './catalogue.ts'
import { DatasetItem, EntityItem, PropertyItem } from './contract.ts'
import type { DatasetDraft, EntityDraft, OpenCatalogue, PropertyDraft } from './open.ts'

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

const datasetFields = { ...DatasetItem.properties, code: Code }
const NewDataset = draftOf(datasetFields, ['code', 'name'], ['properties', 'observations', 'retiredAt'])
const DatasetPatch = draftOf(DatasetItem.properties, [], ['code', 'properties', 'observations', 'retiredAt'])
const propertyFields = { ...PropertyItem.properties, code: Code }
const NewProperty = draftOf(propertyFields, ['code', 'name', 'kind'], ['datasets', 'uomSymbol'])
const PropertyPatch = draftOf(PropertyItem.properties, [], ['code', 'datasets', 'uomSymbol'])
const NewEntity = draftOf(
  {
    ...EntityItem.properties,
    id: Type.String({ pattern: '^urn:[a-zA-Z0-9][a-zA-Z0-9-]*:.+', maxLength: 300 }),
  },
  ['id', 'type', 'name'],
  [],
)
const EntityPatch = draftOf(EntityItem.properties, [], ['id'])

export function catalogueRoutes(catalogue: OpenCatalogue): Route[] {
  return [...datasetRoutes(catalogue), ...propertyRoutes(catalogue), ...entityRoutes(catalogue)]
}

function datasetRoutes(catalogue: OpenCatalogue): Route[] {
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
    route({
      method: 'POST',
      path: '/api/datasets',
      summary: 'Register a dataset',
      body: NewDataset,
      permission: 'catalogue.write',
      audit: 'dataset.create',
      idempotent: true,
      responses: { 201: { description: 'Registered', body: DatasetItem } },
      async handle({ body, actor }) {
        const draft = body as unknown as DatasetDraft
        if (catalogue.dataset(draft.code)) throw refuse(409, 'code-taken', { params: { code: draft.code } })
        await catalogue.saveDatasets(actor, [draft])
        const dataset = demandDataset(catalogue, draft.code)
        return {
          status: 201,
          body: datasetItem(dataset),
          headers: created('datasets', draft.code, dataset.version),
        }
      },
    }),
    route({
      method: 'PATCH',
      path: '/api/datasets/{code}',
      summary: 'Change a dataset (JSON Merge Patch)',
      params: ByCode,
      body: DatasetPatch,
      permission: 'catalogue.write',
      audit: 'dataset.change',
      responses: { 200: { description: 'Changed', body: DatasetItem } },
      async handle({ params, body, actor, ifMatch }) {
        const before = demandDataset(catalogue, params.code)
        ifMatch(before.version, datasetItem(before))
        await catalogue.saveDatasets(actor, [merged(datasetItem(before), body) as DatasetDraft])
        const dataset = demandDataset(catalogue, params.code)
        return { status: 200, body: datasetItem(dataset), headers: { etag: etag(dataset.version) } }
      },
    }),
  ]
}

function propertyRoutes(catalogue: OpenCatalogue): Route[] {
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
        const found = catalogue.properties().filter((property) => {
          if (query.dataset !== undefined && !property.datasets.includes(query.dataset)) return false
          if (query.entityType !== undefined && property.entityType !== query.entityType) return false
          const hidden =
            property.datasets.length > 0 &&
            !property.datasets.some((code) => readable(catalogue, caller, code))
          return !hidden && matches(query.q, property.code, property.name)
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
      handle({ params }) {
        const property = demandProperty(catalogue, params.code)
        return { status: 200, body: propertyItem(property), headers: { etag: etag(property.version) } }
      },
    }),
    route({
      method: 'POST',
      path: '/api/properties',
      summary: 'Define a property',
      body: NewProperty,
      permission: 'catalogue.write',
      audit: 'property.create',
      idempotent: true,
      responses: { 201: { description: 'Defined', body: PropertyItem } },
      async handle({ body, actor }) {
        const draft = knownUom(body as unknown as PropertyDraft)
        if (catalogue.property(draft.code)) throw refuse(409, 'code-taken', { params: { code: draft.code } })
        demandPreferred(catalogue, draft)
        await catalogue.saveProperties(actor, [draft])
        const property = demandProperty(catalogue, draft.code)
        return {
          status: 201,
          body: propertyItem(property),
          headers: created('properties', draft.code, property.version),
        }
      },
    }),
    route({
      method: 'PATCH',
      path: '/api/properties/{code}',
      summary: 'Change a property (JSON Merge Patch)',
      params: ByCode,
      body: PropertyPatch,
      permission: 'catalogue.write',
      audit: 'property.change',
      responses: { 200: { description: 'Changed', body: PropertyItem } },
      async handle({ params, body, actor, ifMatch }) {
        const before = demandProperty(catalogue, params.code)
        ifMatch(before.version, propertyItem(before))
        const draft = knownUom(merged(propertyItem(before), body) as PropertyDraft)
        demandPreferred(catalogue, draft)
        await catalogue.saveProperties(actor, [draft])
        const property = demandProperty(catalogue, params.code)
        return { status: 200, body: propertyItem(property), headers: { etag: etag(property.version) } }
      },
    }),
  ]
}

function entityRoutes(catalogue: OpenCatalogue): Route[] {
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
    route({
      method: 'POST',
      path: '/api/entities',
      summary: 'Register an entity',
      body: NewEntity,
      permission: 'catalogue.write',
      audit: 'entity.create',
      idempotent: true,
      responses: { 201: { description: 'Registered', body: EntityItem } },
      async handle({ body, actor }) {
        const draft = body as unknown as EntityDraft
        if (catalogue.entity(draft.id)) throw refuse(409, 'code-taken', { params: { code: draft.id } })
        demandUnit(catalogue, draft)
        await catalogue.saveEntities(actor, [draft])
        const entity = demandEntity(catalogue, draft.id)
        return {
          status: 201,
          body: entityItem(entity),
          headers: created('entities', draft.id, entity.version),
        }
      },
    }),
    route({
      method: 'PATCH',
      path: '/api/entities/{id}',
      summary: 'Change an entity (JSON Merge Patch)',
      params: ById,
      body: EntityPatch,
      permission: 'catalogue.write',
      audit: 'entity.change',
      responses: { 200: { description: 'Changed', body: EntityItem } },
      async handle({ params, body, actor, ifMatch }) {
        const before = demandEntity(catalogue, params.id)
        if (before.type === 'unit') throw refuse(409, 'unit-not-editable', { params: { unit: before.id } })
        ifMatch(before.version, entityItem(before))
        const draft = merged(entityItem(before), body) as EntityDraft
        demandUnit(catalogue, draft)
        await catalogue.saveEntities(actor, [draft])
        const entity = demandEntity(catalogue, params.id)
        return { status: 200, body: entityItem(entity), headers: { etag: etag(entity.version) } }
      },
    }),
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

function readable(catalogue: OpenCatalogue, caller: Paged['caller'], code: string): boolean {
  const dataset = catalogue.dataset(code)
  return dataset !== undefined && mayRead(caller, dataset)
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

function demandUnit(catalogue: OpenCatalogue, { unit }: EntityDraft): void {
  if (unit !== undefined && unit !== null && catalogue.entity(unit)?.type !== 'unit')
    throw refuse(422, 'unknown-unit', { params: { unit } })
}

function demandPreferred(catalogue: OpenCatalogue, { preferredDataset }: PropertyDraft): void {
  if (preferredDataset !== undefined && preferredDataset !== null) demandDataset(catalogue, preferredDataset)
}

/** The unit of measure under the code that the table of units gives it. */
function knownUom(draft: PropertyDraft): PropertyDraft {
  if (draft.uom === undefined || draft.uom === null) return draft
  const found = parseUom(draft.uom)
  if (!isUom(found)) throw refuse(422, 'unknown-uom', { params: { uom: draft.uom }, errors: [found] })
  return { ...draft, uom: found.code }
}

/** JSON Merge Patch (RFC 7396) of one level: null removes, other values replace. */
function merged(before: object, patch: object): unknown {
  return { ...before, ...patch }
}

function created(list: string, id: string, version: number): Record<string, string> {
  return { location: `/api/${list}/${encodeURIComponent(id)}`, etag: etag(version) }
}
