import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Records, Tx } from '../records/contract.ts'
import type { LoginItem } from './contract.ts'

/** What an open login is called outside: a hash of its key, so that the name opens nothing. */
export function loginName(idHash: Uint8Array): string {
  return createHash('sha256').update(idHash).digest('hex').slice(0, 32)
}

const name = sql`substr(encode(sha256(id_hash), 'hex'), 1, 32)`

/** Logins of an account that hold at an instant, the newest first; one that was last used before `idleSince` has ended. */
export function readLogins(
  records: Records,
  userId: string,
  { now, idleSince }: { now: string; idleSince: string },
): Promise<Omit<LoginItem, 'current'>[]> {
  return records.read<Omit<LoginItem, 'current'>>(
    () => sql`SELECT ${name} AS id, created_at AS "createdAt", seen_at AS "seenAt", expires_at AS "expiresAt", address, agent
      FROM login WHERE user_id = ${userId} AND expires_at > ${now}::timestamptz AND seen_at > ${idleSince}::timestamptz
      ORDER BY created_at DESC LIMIT 200`,
  )
}

/** @returns false when the account has no such login */
export async function deleteOwnLogin(tx: Tx, userId: string, id: string): Promise<boolean> {
  const { rows } =
    await sql`DELETE FROM login WHERE user_id = ${userId} AND ${name} = ${id} RETURNING 1`.execute(tx.db)
  return rows.length > 0
}
