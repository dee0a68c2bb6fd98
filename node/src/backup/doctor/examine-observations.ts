import { join } from 'node:path'
import type { Problem } from '@nhip/canonical/problem'
import { ObservationsError } from '../../observations/errors.ts'
import { openObservations } from '../../observations/open.ts'
import { restoreFile, restoreNode } from './hints.ts'

/**
 * Opens the store, hashes every segment and compares it row by row with its record, reads every row of the database, and
 * computes the derived tables again: what differed is then right.
 */
export async function* examineObservations(
  data: string,
  memory: string | undefined,
): AsyncGenerator<Problem> {
  const folder = join(data, 'observations')
  const database = join(folder, 'observations.duckdb')
  const unreadable = (error: unknown): Problem => ({
    severity: 'error',
    code: 'observations-unreadable',
    file: database,
    message: {
      vi: `Kho quan trắc "${database}" không đọc được: ${reasonOf(error)}`,
      en: `The store of observations "${database}" cannot be read: ${reasonOf(error)}`,
    },
    hint: restoreNode,
  })
  let store: Awaited<ReturnType<typeof openObservations>>
  try {
    store = await openObservations({ folder, ...(memory ? { memory } : {}) })
  } catch (error) {
    yield error instanceof ObservationsError ? { hint: restoreFile, ...error.problem } : unreadable(error)
    return
  }
  try {
    const { problems } = await store.verify()
    for (const problem of problems) yield { hint: restoreFile, ...problem }
    await store.contentHash()
    const { differences } = await store.rebuild()
    for (const difference of differences)
      yield {
        severity: 'warning',
        code: 'derived-differed',
        file: database,
        message: {
          vi: `Bảng suy ra không khớp với nhật ký, đã được dựng lại: ${difference}.`,
          en: `A derived table did not agree with the log and has been rebuilt: ${difference}.`,
        },
      }
  } catch (error) {
    yield unreadable(error)
  } finally {
    await store.close().catch(() => undefined)
  }
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
}
