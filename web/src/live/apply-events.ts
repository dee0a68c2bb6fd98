import type { ImportEvent, ObservationEvent } from '@nhip/node/notify/contract'
import type { LatestItem, SnapshotAnswer } from '@nhip/node/observations/contract'
import type { QueryClient, QueryKey } from '@tanstack/react-query'
import type { SnapshotQuery } from '../map/snapshot.ts'
import type { JobItem } from '../overview/jobs.ts'
import type { StreamEvent } from './event-stream.ts'

/**
 * Brings what the pages hold up to date with what the stream says. Values are put in their places; lists that an event
 * only says have changed are returned, to be read anew together.
 */
export function applyEvents(queries: QueryClient, events: readonly StreamEvent[]): QueryKey[] {
  const changed: QueryKey[] = []
  const observed: ObservationEvent[] = []
  for (const { name, data } of events) {
    if (name === 'observation') observed.push(data as ObservationEvent)
    else if (name === 'job') changed.push(...applyJob(queries, data as JobItem))
    else if (name === 'import') changed.push(['import', (data as ImportEvent).id], ['findings'])
    else if (name === 'freshness') changed.push(['freshness'])
    else if (name === 'catalogue') changed.push(['datasets'], ['properties'])
  }
  for (const group of groups(observed)) changed.push(...applyObservations(queries, group))
  return changed
}

function groups(observed: readonly ObservationEvent[]): ObservationEvent[][] {
  const found = new Map<string, ObservationEvent[]>()
  for (const event of observed) {
    const key = `${event.dataset}\0${event.property}`
    const group = found.get(key)
    if (group) group.push(event)
    else found.set(key, [event])
  }
  return [...found.values()]
}

/** @param events of one dataset and property */
function applyObservations(queries: QueryClient, events: readonly ObservationEvent[]): QueryKey[] {
  const { dataset, property } = events[0]!
  queries.setQueryData<LatestItem[]>(['latest', dataset, property], (items) => items && merged(items, events))
  const changed: QueryKey[] = []
  for (const query of queries.getQueryCache().findAll({ queryKey: ['snapshot'] })) {
    const asked = query.queryKey[1] as SnapshotQuery | null
    const answer = query.state.data as SnapshotAnswer | undefined
    if (!answer || asked?.property !== property || answer.dataset !== dataset) continue
    const patched = patchedSnapshot(answer, events)
    if (patched === null) changed.push(query.queryKey)
    else if (patched !== answer) queries.setQueryData(query.queryKey, patched)
    if (events.some(({ t }) => beyond(answer, t))) changed.push(['periods', property])
  }
  return changed
}

const seriesOf = ({ entity, breakdown }: { entity: string; breakdown: string }) => `${entity}\0${breakdown}`

/** Newest values with those of the events in their places. */
export function merged(items: readonly LatestItem[], events: readonly ObservationEvent[]): LatestItem[] {
  const told = new Map(events.map((event) => [seriesOf(event), event]))
  const kept = items.flatMap((item): LatestItem[] => {
    const event = told.get(seriesOf(item))
    if (!event) return [item]
    told.delete(seriesOf(item))
    return event.none ? [] : [itemOf(event)]
  })
  return [...kept, ...[...told.values()].filter(({ none }) => !none).map(itemOf)]
}

function itemOf({ rows: _rows, since: _since, none: _none, ...item }: ObservationEvent): LatestItem {
  return item
}

/**
 * The map's values with those of the events; the same object when none of them is on it, null when it has to be read
 * anew: a place that was not there, a value that is gone, a figure put together from others.
 */
export function patchedSnapshot(
  answer: SnapshotAnswer,
  events: readonly ObservationEvent[],
): SnapshotAnswer | null {
  const told = new Map<string, ObservationEvent>()
  for (const event of events)
    if (event.breakdown === answer.breakdown && during(answer, event.t)) told.set(event.entity, event)
  if (told.size === 0) return answer
  const items = answer.items.map((item) => {
    const event = told.get(item.entity)
    if (!event || item.from || event.none) return item
    told.delete(item.entity)
    const { t, value, num, den, text, status, quality } = event
    return {
      ...item,
      t,
      value,
      status,
      quality,
      ...(num === undefined ? {} : { num }),
      ...(den === undefined ? {} : { den }),
      ...(text === undefined ? {} : { text }),
    }
  })
  return told.size > 0 || answer.total !== null ? null : { ...answer, items }
}

function during({ period }: SnapshotAnswer, t: string): boolean {
  const at = Date.parse(t)
  return at >= Date.parse(period.from) && (period.to === undefined || at < Date.parse(period.to))
}

function beyond({ period }: SnapshotAnswer, t: string): boolean {
  return period.to !== undefined && Date.parse(t) >= Date.parse(period.to)
}

function applyJob(queries: QueryClient, job: JobItem): QueryKey[] {
  queries.setQueryData(['job', job.id], (known: unknown) => known && job)
  const before = queries.getQueryData<JobItem[]>(['jobs'])?.find(({ id }) => id === job.id)
  queries.setQueryData<JobItem[]>(['jobs'], (jobs) => {
    if (!jobs) return jobs
    return before ? jobs.map((one) => (one.id === job.id ? job : one)) : [job, ...jobs]
  })
  return before?.state === job.state ? [] : [['jobs', 'all']]
}
