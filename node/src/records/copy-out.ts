import type { RecordsCopy } from './contract.ts'
import type { Link } from './driver.ts'

/** About so many bytes of rows are asked for at once. */
const FETCH_BYTES = 2 * 1024 ** 2
const MOST_ROWS = 2000

/**
 * What a frozen database holds, table by table. Rows go out as the database itself writes them in JSON, so numbers keep
 * every digit, and they can be read by anything and into either driver.
 */
export async function copyOut(driver: RecordsCopy['driver'], link: Link): Promise<RecordsCopy> {
  const all = async <T>(sql: string) => (await link.query(sql, [])).rows as unknown as T[]
  const [about] = await all<{ server: string; bytes: string; outbox: string }>(
    `SELECT current_setting('server_version') AS server,
       (SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c
          WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r') AS bytes,
       (SELECT coalesce(max(outbox), 0) FROM audit) AS outbox`,
  )
  const blobs = await all<{ sha256: string; bytes: string }>('SELECT sha256, bytes FROM blob ORDER BY sha256')
  return {
    driver,
    server: about?.server ?? '',
    bytes: Number(about?.bytes),
    outbox: Number(about?.outbox),
    migrations: await all('SELECT name, sha256 FROM migration ORDER BY name'),
    blobs: blobs.map(({ sha256, bytes }) => ({ sha256, bytes: Number(bytes) })),
    tables: await tablesOf(link),
    rows: (table) => rowsOf(link, table),
  }
}

/** The tables of the schema, by name. */
export async function tablesOf(link: Link): Promise<string[]> {
  const { rows } = await link.query(
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
     ORDER BY relname COLLATE "C"`,
    [],
  )
  return rows.map((row) => row.name as string)
}

async function* rowsOf(link: Link, table: string): AsyncGenerator<string[]> {
  const { rows: key } = await link.query(
    `SELECT quote_ident(a.attname) AS name
     FROM pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k (attnum, n)
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
     WHERE i.indrelid = $1::regclass AND i.indisprimary ORDER BY k.n`,
    [quoted(table)],
  )
  const order = key.length > 0 ? `ORDER BY ${key.map(({ name }) => name).join(', ')}` : ''
  await link.query(
    `DECLARE copied NO SCROLL CURSOR FOR SELECT row_to_json(t)::text AS line FROM ${quoted(table)} t ${order}`,
    [],
  )
  try {
    let count = 100
    for (;;) {
      const { rows } = await link.query(`FETCH FORWARD ${count} FROM copied`, [])
      if (rows.length === 0) break
      const lines = rows.map((row) => row.line as string)
      const bytes = lines.reduce((sum, line) => sum + line.length, 0)
      count = Math.max(1, Math.min(MOST_ROWS, Math.floor((FETCH_BYTES * rows.length) / bytes)))
      yield lines
    }
  } finally {
    await link.query('CLOSE copied', []).catch(() => undefined)
  }
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
