import { AUDIT_CHANNEL, type Audited, type Records } from '../records/contract.ts'
import type { ImportEvent } from './contract.ts'
import type { LiveSource } from './live-event.ts'

/** Files that are being taken in: what has just been done with one. */
export function importSource(records: Pick<Records, 'listen'>): LiveSource {
  return {
    topic: 'imports',
    start: ({ event }) =>
      records.listen(AUDIT_CHANNEL, (heard) => {
        const { who, entry } = heard as Audited
        if (entry.targetType !== 'import') return
        const body: ImportEvent = { id: entry.targetId, action: entry.action }
        event({ topic: 'imports', name: 'import', about: { createdBy: who.id }, data: () => body })
      }),
  }
}
