import type { Catalogue } from '../catalogue/catalogue.ts'
import type { FreshnessWatch } from '../observations/freshness/watch.ts'
import { instantText } from '../observations/read-times.ts'
import type { FreshnessEvent } from './contract.ts'
import type { LiveSource } from './live-event.ts'

/** Series that became late or stale, or came back. */
export function freshnessSource(
  watch: Pick<FreshnessWatch, 'onChange'>,
  catalogue: Pick<Catalogue, 'entity'>,
): LiveSource {
  return {
    topic: 'freshness',
    start: ({ event }) =>
      watch.onChange((changes) => {
        for (const { dataset, entity, property, breakdown, before, state, at } of changes)
          event({
            topic: 'freshness',
            name: 'freshness',
            about: { dataset, entity, property, unit: catalogue.entity(entity)?.unit ?? null },
            data: (): FreshnessEvent => ({
              dataset,
              entity,
              property,
              breakdown,
              before,
              state,
              at: instantText(at),
            }),
          })
      }),
  }
}
