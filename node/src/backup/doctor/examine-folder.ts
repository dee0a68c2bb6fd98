import { join } from 'node:path'
import type { Problem } from '@nhip/canonical/problem'
import type { Settings } from '../../config.ts'
import type { Records } from '../../records/contract.ts'
import { hasCluster } from '../../records/new-cluster.ts'
import { openRecords } from '../../records/open.ts'
import { examineBlobs, examineDisk, examinePopulations, examineStrays, readNodeId } from './examine-files.ts'
import { examineLedger } from './examine-ledger.ts'
import { examineObservations } from './examine-observations.ts'
import { examineCluster, examineRecords } from './examine-records.ts'
import { restoreNode } from './hints.ts'

/** The parts of a data folder, in the order in which they are looked at. */
export const examined = ['folder', 'records', 'ledger', 'blobs', 'observations', 'populations'] as const
export type Examined = (typeof examined)[number]

export interface Finding extends Problem {
  of: Examined
}

/**
 * Reads every store of a data folder whose lock the caller holds, and says what is wrong and what to do. A store that
 * does not open keeps nobody from looking at the others.
 *
 * @param begin told each part when its turn comes
 */
export async function* examineFolder(
  settings: Settings,
  begin: (of: Examined) => void = () => undefined,
): AsyncGenerator<Finding> {
  const { data, databaseUrl } = settings
  async function* of(part: Examined, problems: AsyncIterable<Problem>): AsyncGenerator<Finding> {
    for await (const problem of problems) yield { of: part, ...problem }
  }
  begin('folder')
  yield* of('folder', examineDisk(data))
  yield* of('folder', examineStrays(data))
  const node = await readNodeId(data)
  if ('severity' in node) yield { of: 'folder', ...node }

  begin('records')
  let records: Records | undefined
  try {
    if (!databaseUrl && !hasCluster(join(data, 'records')))
      throw new Error(`"${join(data, 'records')}" holds no database`)
    records = await openRecords({ folder: join(data, 'records'), ...(databaseUrl ? { databaseUrl } : {}) })
  } catch (error) {
    yield { of: 'records', ...closed(error) }
  }
  try {
    if (records) yield* of('records', examineRecords(records, Date.now()))
    begin('ledger')
    const id = 'severity' in node ? undefined : node.id
    yield* of('ledger', examineLedger(data, id ?? '', id ? records : undefined))
    begin('blobs')
    if (records) yield* of('blobs', examineBlobs(data, records))
  } finally {
    await records?.close().catch(() => undefined)
  }
  // Closed, so that what stands in the files is what the store would read.
  if (!databaseUrl) yield* of('records', examineCluster(data))

  begin('observations')
  yield* of('observations', examineObservations(data, settings.duckdbMemory))
  begin('populations')
  yield* of('populations', examinePopulations(data))
}

function closed(error: unknown): Problem {
  const reason = error instanceof Error ? error.message : String(error)
  return {
    severity: 'error',
    code: 'records-closed',
    message: { vi: `Hồ sơ không mở được: ${reason}`, en: `The records do not open: ${reason}` },
    hint: restoreNode,
  }
}
