import { type Catalogue, mayRead } from '../catalogue/catalogue.ts'
import type { Caller } from '../http/caller.ts'
import { maySeeJob } from '../http/job-routes.ts'
import { isSensitive } from '../observations/sensitive-reads.ts'
import type { About } from './live-event.ts'

/**
 * Whether a caller may be told of an event now.
 *
 * @param named whether the stream asked for the event's dataset by its code: readings of sensitive data are written
 *   down, and only a stream that names them has been
 */
export type MayReceive = (caller: Caller, about: About, named: boolean) => boolean

/** The rights of the REST routes, asked for every event: a change of rights or of a dataset's class holds at once. */
export function mayReceive(catalogue: Pick<Catalogue, 'dataset'>): MayReceive {
  return (caller, about, named) => {
    if (about.dataset === undefined)
      return about.createdBy === undefined || maySeeJob(caller, about.createdBy)
    const dataset = catalogue.dataset(about.dataset)
    return dataset !== undefined && mayRead(caller, dataset) && (named || !isSensitive(dataset))
  }
}
