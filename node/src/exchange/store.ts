import { type AuditScope, inAuditScope } from '../identity/audit-scope.ts'
import type { Records, Tx } from '../records/contract.ts'

/** An audit row with what its envelope is made of. */
export interface AuditRow {
  id: string
  outbox: string
  at: string
  actor: string
  on_behalf: string | null
  action: string
  target_type: string
  target_id: string
  target_version: string | null
  before: unknown
  after: unknown
  result: string
  reason: string | null
  purpose: string
  legal_basis: string | null
  nonce: Uint8Array
  salt: Uint8Array
}

export interface IndexedAuditRow extends AuditRow {
  /** What the actor is called here; null for the program itself and for whoever has no account. */
  who_name: string | null
  log_index: string | null
  stamped_at: string | null
}

/** Audit rows after a number, in commit order. */
export function rowsAfter(records: Records, outbox: number, limit: number): Promise<AuditRow[]> {
  return records.read((db) =>
    db.selectFrom('audit').selectAll().where('outbox', '>', String(outbox)).orderBy('outbox').limit(limit),
  )
}

export async function lastOutbox(records: Records): Promise<number> {
  const [row] = await records.read((db) =>
    db.selectFrom('audit').select((e) => e.fn.max('outbox').as('last')),
  )
  return Number(row?.last ?? 0)
}

/** How many entries the records have seen in the ledger: what a folder restored from an old copy falls behind. */
export async function indexedSize(records: Records): Promise<number> {
  const [row] = await records.read((db) =>
    db.selectFrom('ledger_index').select((e) => e.fn.max('log_index').as('last')),
  )
  return row?.last == null ? 0 : Number(row.last) + 1
}

export async function saveIndex(tx: Tx, places: readonly { outbox: number; index: number }[]): Promise<void> {
  const rows = places.map(({ outbox, index }) => ({ outbox: String(outbox), log_index: String(index) }))
  for (let at = 0; at < rows.length; at += 1000) {
    await tx.db
      .insertInto('ledger_index')
      .values(rows.slice(at, at + 1000))
      .onConflict((conflict) => conflict.column('outbox').doNothing())
      .execute()
  }
}

export async function dropIndex(tx: Tx): Promise<void> {
  await tx.db.deleteFrom('ledger_index').execute()
}

export async function saveStamp(
  tx: Tx,
  stamp: { size: number; authority: string; time: string },
): Promise<void> {
  await tx.db
    .insertInto('ledger_stamp')
    .values({ size: String(stamp.size), authority: stamp.authority, stamped_at: stamp.time })
    .onConflict((conflict) => conflict.column('size').doNothing())
    .execute()
}

export async function latestStamp(records: Records): Promise<{ size: number; time: string } | undefined> {
  const [row] = await records.read((db) =>
    db.selectFrom('ledger_stamp').selectAll().orderBy('size', 'desc').limit(1),
  )
  return row && { size: Number(row.size), time: row.stamped_at }
}

export interface EntrySearch {
  who?: string
  object?: string
  purpose?: string
  action?: string
  from?: string
  to?: string
  /** Only rows before this number: newest first. */
  before?: number
  limit: number
}

/** Audit rows with their place in the ledger and their first stamp, newest first. */
export function searchEntries(
  records: Records,
  scope: AuditScope,
  search: EntrySearch,
): Promise<IndexedAuditRow[]> {
  return records.read((db) => {
    let query = indexed(db).where(inAuditScope(scope)).orderBy('audit.outbox', 'desc').limit(search.limit)
    if (search.who)
      query = query.where((e) =>
        e.or([
          e('audit.actor', '=', search.who ?? ''),
          e('audit.on_behalf', '=', search.who ?? ''),
          e('user_account.username', '=', (search.who ?? '').toLowerCase()),
        ]),
      )
    if (search.object) {
      const [type, ...rest] = search.object.split(':')
      // `type`, `type:id`, or an id alone.
      query =
        rest.length > 0 && type && !search.object.startsWith('urn:')
          ? query.where('audit.target_type', '=', type).where('audit.target_id', '=', rest.join(':'))
          : query.where((e) =>
              e.or([
                e('audit.target_type', '=', search.object ?? ''),
                e('audit.target_id', '=', search.object ?? ''),
              ]),
            )
    }
    if (search.purpose) query = query.where('audit.purpose', '=', search.purpose)
    if (search.action)
      query = query.where('audit.action', 'like', `${search.action.replace(/[\\%_]/g, '\\$&')}%`)
    if (search.from) query = query.where('audit.at', '>=', search.from)
    if (search.to) query = query.where('audit.at', '<', search.to)
    if (search.before !== undefined) query = query.where('audit.outbox', '<', String(search.before))
    return query
  })
}

/** The row of the entry at a place in the ledger, when the scope shows it. */
export async function rowAt(
  records: Records,
  scope: AuditScope,
  index: number,
): Promise<IndexedAuditRow | undefined> {
  const [row] = await records.read((db) =>
    indexed(db).where(inAuditScope(scope)).where('ledger_index.log_index', '=', String(index)),
  )
  return row
}

function indexed(db: Parameters<Parameters<Records['read']>[0]>[0]) {
  return db
    .selectFrom('audit')
    .leftJoin('ledger_index', 'ledger_index.outbox', 'audit.outbox')
    .leftJoin('user_account', (join) =>
      join.on((e) => e(e.cast<string>('user_account.id', 'text'), '=', e.ref('audit.actor'))),
    )
    .selectAll('audit')
    .select('user_account.display_name as who_name')
    .select('ledger_index.log_index')
    .select((e) =>
      e
        .selectFrom('ledger_stamp')
        .select((s) => s.fn.min('ledger_stamp.stamped_at').as('stamped_at'))
        .whereRef('ledger_stamp.size', '>', 'ledger_index.log_index')
        .as('stamped_at'),
    )
}
