import type { Connection } from './connection.ts'
import { quoted } from './sql.ts'

/** Small facts about the store itself, in the table `meta`. */
export async function readMeta(connection: Connection, key: string): Promise<string | undefined> {
  const [row] = await connection.rows<{ value: string }>(`SELECT value FROM meta WHERE key = ${quoted(key)}`)
  return row?.value
}

export async function writeMeta(connection: Connection, key: string, value: string): Promise<void> {
  await connection.run(`DELETE FROM meta WHERE key = ${quoted(key)}`)
  await connection.run(`INSERT INTO meta VALUES (${quoted(key)}, ${quoted(value)})`)
}
