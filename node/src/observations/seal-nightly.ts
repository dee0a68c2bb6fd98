import { type Records, SYSTEM } from '../records/contract.ts'
import type { JobHandler } from '../records/jobs.ts'
import type { Observations } from './observations.ts'

export const sealJob = 'lake.seal'

/**
 * Seals the recorded days that are over and says so in the audit, from where the hash of each segment goes to the
 * ledger. A segment whose audit row a crash prevented gets it at the next run.
 */
export function sealHandler(records: Records, observations: Observations): JobHandler {
  return async () => {
    await observations.seal()
    const audited = await records.read((db) =>
      db
        .selectFrom('audit')
        .select('target_id')
        .where('action', '=', 'segment.seal')
        .where('target_type', '=', 'segment'),
    )
    const known = new Set(audited.map((row) => row.target_id))
    const missing = observations.segments().filter((segment) => !known.has(segment.file))
    if (missing.length > 0) {
      await records.tx(SYSTEM, async (tx) => {
        for (const segment of missing) {
          const { rows, seqMin, seqMax, sha256, contentHash } = segment
          tx.audit({
            action: 'segment.seal',
            targetType: 'segment',
            targetId: segment.file,
            after: { rows, seqMin, seqMax, sha256, contentHash },
          })
        }
      })
    }
    return { sealed: missing.length }
  }
}
