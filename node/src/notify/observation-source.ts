import type { Catalogue } from '../catalogue/catalogue.ts'
import { itemOf } from '../observations/latest-item.ts'
import type { Observations, StoredObservation } from '../observations/observations.ts'
import { instantText } from '../observations/read-times.ts'
import type { ObservationEvent } from './contract.ts'
import type { LiveEvent, LiveSource } from './live-event.ts'

interface Written {
  rows: number
  since: number
  last: StoredObservation
}

/** The newest value of each series that was written to: a correction of last month is told with today's value. */
export function observationSource(
  observations: Pick<Observations, 'newest' | 'onCommit'>,
  catalogue: Pick<Catalogue, 'entity'>,
): LiveSource {
  return {
    topic: 'observations',
    start({ latest }) {
      const written = new Map<string, Written>()
      const tell = (name: string): LiveEvent => {
        const { rows, since, last } = written.get(name)!
        written.delete(name)
        const { dataset, entity, property } = last
        const newest = observations.newest(last)
        return {
          topic: 'observations',
          name: 'observation',
          about: { dataset, entity, property, unit: catalogue.entity(entity)?.unit ?? null },
          data: (): ObservationEvent => ({
            ...itemOf(newest ?? last),
            rows,
            since: instantText(since),
            ...(newest ? {} : { none: true }),
          }),
        }
      }
      return observations.onCommit((rows) => {
        const begun: string[] = []
        for (const row of rows) {
          const name = `${row.dataset}\0${row.entity}\0${row.property}\0${row.breakdown}`
          const waiting = written.get(name)
          if (waiting) {
            waiting.rows += 1
            waiting.since = Math.min(waiting.since, row.from)
            waiting.last = row
          } else {
            written.set(name, { rows: 1, since: row.from, last: row })
            begun.push(name)
          }
        }
        // All rows of a commit are counted before the first of them is told.
        for (const name of begun) latest(name, () => tell(name))
      })
    },
  }
}
