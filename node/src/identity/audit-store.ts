import { sql } from 'kysely'
import type { Records } from '../records/contract.ts'
import { type AuditScope, inAuditScope } from './audit-scope.ts'

/** A row of the audit with the names of who acted and its place in the ledger. */
export interface ShownAuditRow {
  id: string
  n: string
  at: string
  actor: string
  actorName: string | null
  actorUsername: string | null
  onBehalf: string | null
  onBehalfName: string | null
  action: string
  targetType: string
  targetId: string
  targetVersion: string | null
  result: string
  reason: string | null
  purpose: string
  legalBasis: string | null
  before: unknown
  after: unknown
  requestId: string | null
  address: string | null
  ledgerIndex: string | null
}

export interface AuditSearch {
  /** User id, user name, or a name such as `system`. */
  actor?: string
  /** Beginning of the action: `user.` */
  action?: string
  /** `type`, `type:id` or an id alone. */
  target?: string
  from?: string
  to?: string
  result?: string
  /** Part of what was changed or of the reason, as it was written. */
  text?: string
  /** Only rows before this number: newest first. */
  before?: number
  limit: number
}

/** Rows of the audit, newest first, as far as a scope shows them. */
export function searchAudit(
  records: Records,
  scope: AuditScope,
  search: AuditSearch,
): Promise<ShownAuditRow[]> {
  const { actor = null, action = null, target = null, from = null, to = null, result = null } = search
  const text = search.text === undefined ? null : likely(search.text.normalize('NFC'))
  const [type, ...rest] = (target ?? '').split(':')
  const pair = target !== null && rest.length > 0 && !target.startsWith('urn:') ? rest.join(':') : null
  return records.read<ShownAuditRow>(
    () => sql`SELECT audit.id, audit.outbox AS n, audit.at, audit.actor, u.display_name AS "actorName",
        u.username AS "actorUsername", audit.on_behalf AS "onBehalf", b.display_name AS "onBehalfName", audit.action,
        audit.target_type AS "targetType", audit.target_id AS "targetId", audit.target_version AS "targetVersion",
        audit.result, audit.reason, audit.purpose, audit.legal_basis AS "legalBasis", audit.before, audit.after,
        audit.request_id AS "requestId", audit.address, l.log_index AS "ledgerIndex"
      FROM audit
        LEFT JOIN user_account u ON u.id::text = audit.actor
        LEFT JOIN user_account b ON b.id::text = audit.on_behalf
        LEFT JOIN ledger_index l ON l.outbox = audit.outbox
      WHERE ${inAuditScope(scope)}
        AND (${actor}::text IS NULL OR audit.actor = ${actor}::text OR u.username = lower(${actor}::text)
          OR audit.on_behalf = ${actor}::text OR b.username = lower(${actor}::text))
        AND (${action}::text IS NULL OR starts_with(audit.action, ${action}::text))
        AND (${target}::text IS NULL OR (${pair}::text IS NULL AND ${target}::text IN (audit.target_type, audit.target_id))
          OR (audit.target_type = ${type ?? null}::text AND audit.target_id = ${pair}::text))
        AND (${from}::timestamptz IS NULL OR audit.at >= ${from}::timestamptz)
        AND (${to}::timestamptz IS NULL OR audit.at < ${to}::timestamptz)
        AND (${result}::text IS NULL OR audit.result = ${result}::text)
        AND (${text}::text IS NULL OR audit.before::text ILIKE ${text}::text OR audit.after::text ILIKE ${text}::text
          OR audit.reason ILIKE ${text}::text)
        AND (${search.before ?? null}::bigint IS NULL OR audit.outbox < ${search.before ?? null}::bigint)
      ORDER BY audit.outbox DESC LIMIT ${search.limit}`,
  )
}

/** A pattern that finds the text itself, whatever signs are in it. */
function likely(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}
