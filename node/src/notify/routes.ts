import { civilDay } from '@nhip/calendar/instant'
import { Type } from 'typebox'
import { type Catalogue, mayRead } from '../catalogue/catalogue.ts'
import { type Route, route } from '../http/declare.ts'
import { refuse } from '../http/problem.ts'
import type { Units } from '../identity/units.ts'
import { isSensitive, type ReadTrail } from '../observations/sensitive-reads.ts'
import type { Filter } from './filter.ts'
import type { LiveStream } from './live-stream.ts'

export interface StreamRooms {
  live: LiveStream
  catalogue: Catalogue
  units: Units
  /** Where readings of restricted and personal data are written down. */
  trail: ReadTrail
}

const list = (description: string) =>
  Type.Optional(
    Type.String({ minLength: 1, maxLength: 8000, description: `${description}, with commas between` }),
  )

/** What happens in the node, told as it happens. */
export function streamRoutes({ live, catalogue, units, trail }: StreamRooms): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/stream',
      summary: 'What happens, as server-sent events',
      description:
        'Events are `ready`, then those of the topics, `reset` when something may have been missed, `bye` at the end. A reader who comes back with Last-Event-ID is told what was missed in the last ten minutes, once and in order. A filter holds for the events that have such a side. Restricted and personal datasets are told of only when `dataset` names them. The stream has no end; see node/src/notify/SPEC.md.',
      query: Type.Object(
        {
          topics: list('topics; all of them by default'),
          dataset: list('codes of datasets'),
          entity: list('ids of entities'),
          property: list('codes of properties'),
          unit: list('units, by id or code of today: entities in them or below'),
        },
        { additionalProperties: false },
      ),
      permission: 'public',
      responses: { 200: { description: 'The stream', type: 'text/event-stream' } },
      async handle(request) {
        const { query, caller, headers } = request
        const datasets = setOf(query.dataset)
        const filter: Filter = {
          topics: topicsOf(live.topics, setOf(query.topics)),
          datasets,
          entities: setOf(query.entity),
          properties: setOf(query.property),
          units: subtreesOf(units, setOf(query.unit), civilDay(request.receivedAt)),
        }
        const named = [...(datasets ?? [])].flatMap((code) => catalogue.dataset(code) ?? [])
        // Written down before anything is told; whether it is told is judged for every event.
        await trail(
          named.filter(isSensitive).map((dataset) => ({
            actor: request.actor,
            dataset: dataset.code,
            outcome: mayRead(caller, dataset) ? 'permit' : 'deny',
            query,
          })),
        )
        const lastEventId = headers['last-event-id']
        const body = live.stream({
          credentials: request.credentials,
          caller,
          filter,
          ...(typeof lastEventId === 'string' && lastEventId !== '' ? { lastEventId } : {}),
        })
        // nginx would otherwise gather a page of events before it passes them on.
        return { status: 200, headers: { 'cache-control': 'no-store', 'x-accel-buffering': 'no' }, body }
      },
    }),
  ]
}

function setOf(text: string | undefined): ReadonlySet<string> | null {
  if (text === undefined) return null
  return new Set(
    text
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean),
  )
}

function topicsOf(known: readonly string[], asked: ReadonlySet<string> | null): ReadonlySet<string> {
  for (const topic of asked ?? [])
    if (!known.includes(topic))
      throw refuse(400, 'unknown-topic', {
        message: {
          vi: `Không có chủ đề "${topic}". Các chủ đề: ${known.join(', ')}.`,
          en: `There is no topic "${topic}". Topics: ${known.join(', ')}.`,
        },
      })
  return asked ?? new Set(known)
}

function subtreesOf(
  units: Units,
  asked: ReadonlySet<string> | null,
  today: string,
): ReadonlySet<string> | null {
  if (asked === null) return null
  const territory = units.territory()
  const below = new Set<string>()
  for (const code of asked) {
    const { unit } = territory.resolve(code, today)
    if (!unit) throw refuse(404, 'unknown-unit', { params: { unit: code } })
    below.add(unit.id)
    for (const { id } of territory.subtreeAt(unit.id, today)) below.add(id)
  }
  return below
}
