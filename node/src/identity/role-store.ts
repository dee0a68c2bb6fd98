import { sql } from 'kysely'
import type { Records, Tx } from '../records/contract.ts'
import { startingRoles } from './permissions.ts'

export async function seedRoles(records: Records, actor: { id: string }): Promise<void> {
  const [known] = await records.read<{ n: string }>(() => sql`SELECT count(*) AS n FROM role`)
  if (Number(known?.n) > 0) return
  await records.tx(actor, async (tx) => {
    for (const [code, { vi, en, permissions }] of Object.entries(startingRoles)) {
      await sql`INSERT INTO role (code, name_vi, name_en) VALUES (${code}, ${vi}, ${en})`.execute(tx.db)
      await sql`INSERT INTO role_permission (role_code, permission)
        SELECT ${code}, unnest(${permissions as string[]}::text[])`.execute(tx.db)
    }
    tx.audit({
      action: 'role.create',
      targetType: 'role',
      targetId: '*',
      after: { roles: Object.keys(startingRoles) },
    })
  })
}

/** Permissions by role. */
export async function readRoles(records: Records): Promise<Map<string, string[]>> {
  const rows = await records.read<{ role: string; permission: string }>(
    () => sql`SELECT role_code AS role, permission FROM role_permission ORDER BY role_code, permission`,
  )
  const roles = new Map<string, string[]>()
  for (const { role, permission } of rows) roles.set(role, [...(roles.get(role) ?? []), permission])
  return roles
}

/** A role as it is stored. */
export interface StoredRole {
  code: string
  name: { vi: string; en: string }
  permissions: string[]
  version: number
  /** Accounts that hold it now, disabled ones left out. */
  holders: number
}

export async function readStoredRoles(records: Records, day: string): Promise<StoredRole[]> {
  const rows = await records.read<
    Omit<StoredRole, 'name' | 'holders'> & { vi: string; en: string; holders: string }
  >(
    () => sql`SELECT code, name_vi AS vi, name_en AS en, version,
        ARRAY(SELECT permission FROM role_permission WHERE role_code = code ORDER BY permission) AS permissions,
        (SELECT count(DISTINCT m.user_id) FROM membership m JOIN user_account u ON u.id = m.user_id
          WHERE m.role_code = code AND u.disabled_at IS NULL
            AND m.valid_from <= ${day}::date AND (m.valid_to IS NULL OR m.valid_to > ${day}::date)) AS holders
      FROM role WHERE retired_at IS NULL ORDER BY code`,
  )
  return rows.map(({ vi, en, holders, ...role }) => ({ ...role, name: { vi, en }, holders: Number(holders) }))
}

/** Replaces what a role allows. @returns false when the role is no longer of that version */
export async function replacePermissions(
  tx: Tx,
  role: { code: string; version: number },
  permissions: readonly string[],
): Promise<boolean> {
  const { rows } = await sql`UPDATE role SET version = version + 1
    WHERE code = ${role.code} AND version = ${role.version} RETURNING code`.execute(tx.db)
  if (rows.length === 0) return false
  await sql`DELETE FROM role_permission WHERE role_code = ${role.code}`.execute(tx.db)
  await sql`INSERT INTO role_permission (role_code, permission)
    SELECT ${role.code}, unnest(${permissions as string[]}::text[])`.execute(tx.db)
  return true
}
