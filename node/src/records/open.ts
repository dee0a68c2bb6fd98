import type { Records } from './contract.ts'
import type { Driver } from './driver.ts'
import { dropEngineThread } from './engine-thread.ts'
import { migrate } from './migrate.ts'
import { openPglite } from './pglite.ts'
import { openPostgres } from './postgres.ts'
import { TransactionalRecords } from './transactions.ts'

export interface OpenRecordsOptions {
  /** Folder of the embedded cluster (`DIR/records`); used unless `databaseUrl` is given. */
  folder: string
  /** A closed, embedded cluster that a new folder begins as a copy of. */
  template?: string
  /** A Postgres server, version 15 or later. */
  databaseUrl?: string
  /** Embedded: refuse writes while the disk has fewer bytes free; default 64 MB. */
  reserveBytes?: number
  /** Throw when a mutating transaction adds no audit entry; default: unless NODE_ENV is `production`. */
  strictAudit?: boolean
  /** The node's clock; default the computer's. */
  now?: () => Date
}

/**
 * Opens the records, embedded or on a server, and brings their schema up to date. The caller holds the lock of the
 * data folder.
 * @throws {MigrationError} exit code 4
 * @throws {RecordsError} `broken` or `connection` when the store does not open
 */
export async function openRecords(options: OpenRecordsOptions): Promise<Records> {
  const { folder, databaseUrl, reserveBytes, template } = options
  if (databaseUrl !== undefined) dropEngineThread()
  const driver: Driver =
    databaseUrl === undefined
      ? await openPglite(folder, reserveBytes, template)
      : await openPostgres(databaseUrl)
  try {
    await migrate(driver)
  } catch (error) {
    await driver.close()
    throw error
  }
  return new TransactionalRecords(driver, {
    strictAudit: options.strictAudit ?? process.env.NODE_ENV !== 'production',
    now: options.now ?? (() => new Date()),
  })
}
