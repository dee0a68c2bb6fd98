import { randomBytes } from 'node:crypto'
import { canonicalJson } from '@nhip/canonical/canonical-json'
import type { Actor, AuditEntry } from './contract.ts'
import type { Link } from './driver.ts'
import { uuidv7 } from './uuidv7.ts'

/** An entry with its id, waiting for the end of its transaction. */
export interface PendingAudit {
  id: string
  entry: AuditEntry
}

/** Checks an entry at once, so that the error points to the line that wrote it. @throws {NotCanonical} */
export function pendingAudit(entry: AuditEntry): PendingAudit {
  if (entry.before !== undefined) canonicalJson(entry.before)
  if (entry.after !== undefined) canonicalJson(entry.after)
  return { id: uuidv7(), entry }
}

// Any constant will do; it stands for "the end of the audit table" among transaction advisory locks.
const OUTBOX_LOCK = '5001'

const TYPES = [
  'uuid',
  'bigint',
  'timestamptz',
  ...Array.from({ length: 6 }, () => 'text'),
  'jsonb',
  'jsonb',
  ...Array.from({ length: 4 }, () => 'text'),
  'bytea',
  'bytea',
  'text',
  'text',
]

// A statement takes at most 65,535 parameters.
const MAX_ROWS = 1000

function json(value: unknown): string | null {
  return value === undefined || value === null ? null : canonicalJson(value)
}

/**
 * Writes the audit rows of a transaction as its last statements. The advisory lock is held until the commit is
 * visible, so `outbox` is commit order and has no gap: whoever takes the lock next reads the number just given.
 */
export async function writeAudit(
  link: Link,
  who: Actor,
  at: string,
  pending: readonly PendingAudit[],
): Promise<void> {
  await link.query('SELECT pg_advisory_xact_lock($1)', [OUTBOX_LOCK])
  for (let i = 0; i < pending.length; i += MAX_ROWS)
    await insert(link, who, at, pending.slice(i, i + MAX_ROWS))
}

async function insert(link: Link, who: Actor, at: string, pending: readonly PendingAudit[]): Promise<void> {
  const values: unknown[] = []
  const rows = pending.map(({ id, entry }, i) => {
    values.push(
      id,
      i + 1,
      at,
      who.id,
      who.onBehalf ?? null,
      entry.action,
      entry.targetType,
      entry.targetId,
      entry.targetVersion === undefined ? null : String(entry.targetVersion),
      json(entry.before),
      json(entry.after),
      entry.result ?? 'ok',
      entry.reason ?? null,
      entry.purpose ?? 'operation',
      entry.legalBasis ?? null,
      randomBytes(16),
      randomBytes(32),
      who.requestId ?? null,
      who.address ?? null,
    )
    const base = i * TYPES.length
    return `(${TYPES.map((type, n) => `$${base + n + 1}::${type}`).join(', ')})`
  })
  await link.query(
    `INSERT INTO audit (id, outbox, at, actor, on_behalf, action, target_type, target_id, target_version,
       before, after, result, reason, purpose, legal_basis, nonce, salt, request_id, address)
     SELECT v.id, last.outbox + v.n, v.at, v.actor, v.on_behalf, v.action, v.target_type, v.target_id,
       v.target_version, v.before, v.after, v.result, v.reason, v.purpose, v.legal_basis, v.nonce, v.salt,
       v.request_id, v.address
     FROM (VALUES ${rows.join(', ')}) AS v (id, n, at, actor, on_behalf, action, target_type, target_id,
       target_version, before, after, result, reason, purpose, legal_basis, nonce, salt, request_id, address)
     CROSS JOIN (SELECT coalesce(max(outbox), 0) AS outbox FROM audit) AS last`,
    values,
  )
}
