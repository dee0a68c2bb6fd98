import { addDays, dayNumber, isDate } from '@nhip/calendar/civil-date'
import type { HolidayCalendar } from '@nhip/calendar/holiday-calendar'
import { civilDay, startOfDay } from '@nhip/calendar/instant'
import { Type } from 'typebox'
import type { Catalogue } from '../../catalogue/catalogue.ts'
import { type Route, route } from '../../http/declare.ts'
import { refuse } from '../../http/problem.ts'
import { ScoreAnswer } from '../contract.ts'
import type { Observations } from '../observations.ts'
import { demandTraced, type ReadTrail } from '../sensitive-reads.ts'
import {
  calendarScores,
  type ExpectedSeries,
  intervalScores,
  longestWaitDays,
  scoreFormula,
  sourceName,
  tellerOf,
} from './score.ts'

const closed = { additionalProperties: false } as const
const defaultDays = 7
const mostDays = 366
const lateIntervals = 2

/** How well sources keep what a dataset promises, by day. */
export function scoreRoutes(rooms: {
  observations: Observations
  catalogue: Catalogue
  calendar: () => HolidayCalendar
  trail: ReadTrail
}): Route[] {
  const { observations, catalogue, calendar, trail } = rooms
  return [
    route({
      method: 'GET',
      path: '/api/datasets/{code}/score',
      summary: 'Completeness, timeliness, validity and uniqueness by source and day',
      params: Type.Object({ code: Type.String({ maxLength: 100 }) }),
      query: Type.Object(
        {
          from: Type.Optional(Type.String({ format: 'date', description: 'civil day; default 7 days ago' })),
          to: Type.Optional(Type.String({ format: 'date', description: 'not included; default tomorrow' })),
        },
        closed,
      ),
      permission: 'public',
      responses: { 200: { description: 'Newest day first, with the formula', body: ScoreAnswer } },
      async handle(request) {
        const { params, query, receivedAt: now } = request
        const dataset = catalogue.dataset(params.code)
        if (!dataset) throw refuse(404, 'unknown-dataset', { params: { dataset: params.code } })
        await demandTraced(trail, request, dataset)
        const range = rangeOf(query, now)
        const { freshness, arrival } = catalogue.terms(dataset.code)
        const byCalendar = freshness?.kind === 'calendar'
        const everyS = freshness?.kind === 'interval' ? freshness.everyS : null
        const inTimeS = arrival.lateAfterS ?? (everyS === null ? null : lateIntervals * everyS)
        const first = byCalendar ? addDays(range.from, -longestWaitDays) : range.from
        const { counts, tellers } = await observations.factCounts({
          dataset: dataset.code,
          from: startOfDay(first),
          to: startOfDay(range.to),
          inTimeMs: inTimeS === null ? null : inTimeS * 1000,
          byValidTime: byCalendar,
        })
        const series = expectedSeries(observations, dataset.code, tellerOf(tellers))
        const items = byCalendar
          ? calendarScores(counts, series, freshness, range, calendar(), now)
          : intervalScores(counts, series, everyS, range, now)
        return { status: 200, body: { dataset: dataset.code, ...range, items, formula: scoreFormula } }
      },
    }),
  ]
}

function rangeOf(query: { from?: string; to?: string }, now: number): { from: string; to: string } {
  const to = query.to ?? addDays(civilDay(now), 1)
  const from = query.from ?? (isDate(to) ? addDays(to, -defaultDays) : to)
  for (const [name, day] of Object.entries({ from, to }))
    if (!isDate(day)) throw refuse(400, 'bad-day', { params: { name, value: day } })
  const days = dayNumber(to) - dayNumber(from)
  if (days <= 0 || days > mostDays) throw refuse(400, 'bad-days', { params: { from, to, most: mostDays } })
  return { from, to }
}

/** Series of a dataset with whose they are: as told in the range, else by the one source they have ever had. */
function expectedSeries(
  observations: Observations,
  dataset: string,
  tellers: ReadonlyMap<number, string>,
): ExpectedSeries[] {
  const series: ExpectedSeries[] = []
  for (const { id, key, first, latest, source } of observations.heads())
    if (key.dataset === dataset && latest !== null)
      series.push({
        seriesId: id,
        first,
        source: tellers.get(id) ?? sourceName(observations.sourceName(source >= 0 ? source : latest.source)),
      })
  return series
}
