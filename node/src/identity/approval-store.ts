import { type RawBuilder, sql } from 'kysely'
import type { Records, Tx } from '../records/contract.ts'
import { jsonText } from '../records/json-text.ts'
import { uuidv7 } from '../records/uuidv7.ts'
import type { ApprovalState, FourEyesAction } from './contract.ts'

/** A request as it is stored. */
export interface StoredApproval {
  id: string
  action: FourEyesAction
  target: string
  /** The unit the target belonged to when it was asked; null for the whole node. */
  unit: string | null
  change: Record<string, unknown>
  /** What the change replaces, as it was when it was asked for; null when that was not kept. */
  before: Record<string, unknown> | null
  reason: string
  requestedBy: string
  requester: string
  requestedAt: string
  expiresAt: string
  state: ApprovalState
  decider: string | null
  decidedAt: string | null
  decisionReason: string | null
  problem: unknown
}

const columns = sql`a.id, a.action, a.target, a.unit_id AS unit, a.change, a.before, a.reason, a.requested_by AS "requestedBy",
  r.username AS requester, a.requested_at AS "requestedAt", a.expires_at AS "expiresAt", a.state,
  d.username AS decider, a.decided_at AS "decidedAt", a.decision_reason AS "decisionReason", a.problem`
const tables = sql`approval a JOIN user_account r ON r.id = a.requested_by LEFT JOIN user_account d ON d.id = a.decided_by`

export async function findApproval(records: Records, id: string): Promise<StoredApproval | undefined> {
  const [row] = await records.read<StoredApproval>(
    () => sql`SELECT ${columns} FROM ${tables} WHERE a.id = ${id}`,
  )
  return row
}

/** Requests, newest first. */
export function readApprovals(
  records: Records,
  page: { state: ApprovalState | undefined; before: string | undefined; limit: number },
): Promise<StoredApproval[]> {
  return records.read<StoredApproval>(
    () => sql`SELECT ${columns} FROM ${tables}
      WHERE (${page.state ?? null}::text IS NULL OR a.state = ${page.state ?? null}::text)
        AND (${page.before ?? null}::uuid IS NULL OR a.id < ${page.before ?? null}::uuid)
      ORDER BY a.id DESC LIMIT ${page.limit}`,
  )
}

export async function insertApproval(
  tx: Tx,
  asked: Pick<
    StoredApproval,
    'action' | 'target' | 'unit' | 'change' | 'before' | 'reason' | 'requestedBy' | 'expiresAt'
  >,
): Promise<string> {
  const id = uuidv7()
  await sql`INSERT INTO approval (id, action, target, unit_id, change, before, reason, requested_by, requested_at, expires_at)
    VALUES (${id}, ${asked.action}, ${asked.target}, ${asked.unit}, ${jsonText(asked.change)}::jsonb,
      ${jsonText(asked.before)}::jsonb, ${asked.reason},
      ${asked.requestedBy}, ${tx.at}, ${asked.expiresAt})`.execute(tx.db)
  return id
}

/** Decides a request that nobody has decided and that has not expired. @returns false when it is too late */
export function decide(
  tx: Tx,
  id: string,
  decision: { state: 'applying' | 'rejected' | 'withdrawn'; by: string; reason: string | null },
): Promise<boolean> {
  return changed(
    tx,
    sql`UPDATE approval SET state = ${decision.state}, decided_by = ${decision.by}, decided_at = ${tx.at},
      decision_reason = ${decision.reason} WHERE id = ${id} AND state = 'pending' AND expires_at > ${tx.at} RETURNING id`,
  )
}

/** Says how the carrying out of an approved request ended. */
export function settle(
  tx: Tx,
  id: string,
  end: { state: 'applied' | 'failed'; problem: unknown },
): Promise<boolean> {
  const problem = end.problem === null ? null : jsonText(end.problem)
  return changed(
    tx,
    sql`UPDATE approval SET state = ${end.state}, problem = ${problem}::jsonb
      WHERE id = ${id} AND state = 'applying' RETURNING id`,
  )
}

/** Ends the requests whose time is over. @returns their ids */
export async function expireApprovals(tx: Tx): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`UPDATE approval SET state = 'expired'
    WHERE state = 'pending' AND expires_at <= ${tx.at} RETURNING id`.execute(tx.db)
  return rows.map(({ id }) => id)
}

async function changed(tx: Tx, update: RawBuilder<unknown>): Promise<boolean> {
  return (await update.execute(tx.db)).rows.length > 0
}

/** Requests that wait for their end: past their time, or left half carried out by a crash. */
export async function unsettled(
  records: Records,
  now: string,
): Promise<{ expired: boolean; applying: string[] }> {
  const rows = await records.read<{ id: string; state: ApprovalState }>(
    () => sql`SELECT id, state FROM approval
      WHERE state = 'applying' OR (state = 'pending' AND expires_at <= ${now}::timestamptz)`,
  )
  const applying = rows.filter(({ state }) => state === 'applying').map(({ id }) => id)
  return { expired: applying.length < rows.length, applying }
}
