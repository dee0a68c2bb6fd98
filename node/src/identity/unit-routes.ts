import { civilDay } from '@nhip/calendar/instant'
import { fold } from '@nhip/territory/name-key'
import { type Edge, holds, parseUnitId, type Unit } from '@nhip/territory/unit'
import { fullName } from '@nhip/territory/unit-kind'
import { Type } from 'typebox'
import { type Route, route } from '../http/declare.ts'
import { Page, Paging } from '../http/paging.ts'
import { refuse } from '../http/problem.ts'
import { UnitItem } from './contract.ts'
import type { Identity } from './identity.ts'
import { readUnitActs } from './reorganisation/store.ts'
import { unitItem } from './units.ts'

const closed = { additionalProperties: false } as const

/** Organisations over time: a public register. */
export function unitRoutes({ units, records, now }: Pick<Identity, 'units' | 'records' | 'now'>): Route[] {
  const Levels = UnitItem.properties.level
  return [
    route({
      method: 'GET',
      path: '/api/units',
      summary: 'Administrative units as they stand on a day',
      query: Type.Object(
        {
          ...Paging,
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 5000, default: 50 })),
          as_of: Type.Optional(Type.String({ format: 'date', description: 'today by default' })),
          level: Type.Optional(Levels),
          parent: Type.Optional(
            Type.String({ description: 'unit id or code: only units directly under it' }),
          ),
          q: Type.Optional(
            Type.String({ maxLength: 100, description: 'part of a name, marks do not matter; or a code' }),
          ),
          total: Type.Optional(Type.Boolean({ default: false })),
        },
        closed,
      ),
      permission: 'public',
      responses: { 200: { description: 'Units in the order of their codes', body: Page(UnitItem) } },
      handle({ query, cursor, nextCursor }) {
        const territory = units.territory()
        const day = query.as_of ?? civilDay(now())
        const wanted = matching(query.q)
        const parent = query.parent === undefined ? undefined : territory.resolve(query.parent, day).unit
        if (query.parent !== undefined && !parent)
          throw refuse(404, 'unknown-unit', { params: { unit: query.parent } })
        const among = parent ? territory.childrenAt(parent.id, day) : territory.units({ at: day })
        const found = among
          .filter((unit) => (query.level === undefined || unit.level === query.level) && wanted(unit))
          .sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0))
        const after = cursor() as string | undefined
        const rest = after === undefined ? found : found.filter(({ code, id }) => `${code} ${id}` > after)
        const limit = query.limit ?? 50
        const page = rest.slice(0, limit)
        const last = page.at(-1)
        return {
          status: 200,
          body: {
            items: page.map((unit) => unitItem(territory, unit, day)),
            nextCursor: last && rest.length > limit ? nextCursor(`${last.code} ${last.id}`) : null,
            ...(query.total ? { total: found.length } : {}),
          },
        }
      },
    }),
    route({
      method: 'GET',
      path: '/api/units/{id}',
      summary: 'One unit, by its id or by its code on a day, with what it came from and what became of it',
      params: Type.Object({ id: Type.String({ maxLength: 200 }) }),
      query: Type.Object({ as_of: Type.Optional(Type.String({ format: 'date' })) }, closed),
      permission: 'public',
      responses: {
        200: {
          description: 'The unit',
          body: Type.Object(
            {
              ...UnitItem.properties,
              predecessors: Type.Array(Succession),
              successors: Type.Array(Succession),
              parents: Type.Array(Placement, { description: 'what it has lain in, in order of time' }),
              act: Act,
              closedBy: Act,
            },
            closed,
          ),
        },
      },
      async handle({ params, query }) {
        const territory = units.territory()
        const byId = parseUnitId(params.id) ? territory.unit(params.id) : undefined
        const today = civilDay(now())
        const day = query.as_of ?? (byId && !holds(byId.valid, today) ? byId.valid.from : today)
        const resolved = byId ? { unit: byId, problem: undefined } : territory.resolve(params.id, day)
        if (!resolved.unit)
          throw refuse(404, 'unknown-unit', { params: { unit: params.id }, errors: [resolved.problem] })
        const { unit } = resolved
        const name = (id: string) => {
          const other = territory.unit(id)
          return other ? fullName(other).vi : id
        }
        const link = (id: string, { kind, on, share, act }: Edge) => ({
          unit: id,
          name: name(id),
          kind,
          on,
          share,
          act: act ?? null,
        })
        const { closedBy, parents } = await readUnitActs(records, unit.id)
        return {
          status: 200,
          body: {
            ...unitItem(territory, unit, day),
            predecessors: territory.predecessors(unit.id).map((edge) => link(edge.from, edge)),
            successors: territory.successors(unit.id).map((edge) => link(edge.to, edge)),
            parents: parents.map((one) => ({ ...one, name: name(one.unit) })),
            act: unit.act ?? null,
            closedBy,
          },
        }
      },
    }),
  ]
}

const Act = Type.Union([
  Type.String({ description: 'number of the legal act, where it is known' }),
  Type.Null(),
])
const Placement = Type.Object(
  {
    unit: Type.String(),
    name: Type.String(),
    from: Type.String({ format: 'date' }),
    to: Type.Union([Type.String({ format: 'date' }), Type.Null()]),
    act: Act,
  },
  closed,
)
const Succession = Type.Object(
  {
    unit: Type.String(),
    name: Type.String(),
    kind: Type.String(),
    on: Type.String({ format: 'date' }),
    share: Type.Union([Type.String({ description: 'exact decimal' }), Type.Null()]),
    act: Act,
  },
  closed,
)

function matching(q: string | undefined): (unit: Unit) => boolean {
  if (q === undefined || q.trim() === '') return () => true
  const wanted = fold(q)
  return (unit) =>
    unit.code === q.trim() ||
    ` ${fold(fullName(unit).vi)} `.includes(wanted) ||
    fold(unit.name.en).includes(wanted)
}
