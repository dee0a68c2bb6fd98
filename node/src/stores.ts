import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { Settings } from './config.ts'
import type { ObservationStore } from './observations/open.ts'
import type { Records } from './records/contract.ts'
import { openRecords } from './records/open.ts'

/** A cluster that holds the administrative units, left by the build (`make-cluster.ts`): nodes begin as copies of it. */
export const builtCluster = fileURLToPath(new URL('../dist/cluster', import.meta.url))

/** The copy of those units (`identity/units-copy.ts`). */
export const builtUnits = fileURLToPath(new URL('../dist/units.json', import.meta.url))

/** The two stores that a start waits for. */
export interface Stores {
  records: Records
  observations: ObservationStore
}

/**
 * Opens both, or neither. They open side by side, each waiting for its own disk: a start is counted in seconds. The
 * records take longest, in a thread of their own; DuckDB, and all that this module does not name, is read meanwhile.
 */
export async function openStores(
  settings: Settings,
  folder: string,
  log: Logger,
  now: () => number,
): Promise<Stores> {
  const [recorded, observed] = await Promise.allSettled([
    openRecords({
      folder: join(folder, 'records'),
      template: builtCluster,
      ...(settings.databaseUrl ? { databaseUrl: settings.databaseUrl } : {}),
      now: () => new Date(now()),
    }),
    import('./observations/open.ts').then(({ openObservations }) =>
      openObservations({
        folder: join(folder, 'observations'),
        ...(settings.duckdbMemory ? { memory: settings.duckdbMemory } : {}),
        now,
        log: ({ level, ...line }) => log[level](line),
      }),
    ),
  ])
  if (observed.status === 'rejected' || recorded.status === 'rejected') {
    for (const store of [observed, recorded]) if (store.status === 'fulfilled') await store.value.close()
    throw observed.status === 'rejected' ? observed.reason : (recorded as PromiseRejectedResult).reason
  }
  return { records: recorded.value, observations: observed.value }
}
