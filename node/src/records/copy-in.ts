import { RecordsError } from './contract.ts'
import { quoted, tablesOf } from './copy-out.ts'
import type { Driver, Link } from './driver.ts'
import { type Applied, applyAs, isCurrent } from './migrate.ts'
import { hasCluster } from './new-cluster.ts'
import { openPglite } from './pglite.ts'
import { openPostgres } from './postgres.ts'

/** Rows of one table, as `RecordsCopy.rows` gave them. */
export interface CopiedRows {
  table: string
  lines: string[]
}

export interface CopyInOptions {
  /** Folder of a new embedded cluster; used unless `databaseUrl` is given. */
  folder: string
  databaseUrl?: string
  /** A closed, embedded cluster with the schema of this program, to begin from when the copy has that schema: saves seconds. */
  template?: string
  /** The steps that had run where the rows come from. */
  migrations: readonly Applied[]
  rows: AsyncIterable<CopiedRows>
  /**
   * Asked with the number of rows by table just before the commit; on a server all of it is one transaction, so whoever
   * throws here leaves the database as it was.
   */
  beforeCommit(rows: Record<string, number>): Promise<void>
}

/**
 * Fills an empty database with copied rows: the schema as it was then, the rows, and only then the constraints between
 * tables, which the database checks itself.
 *
 * @throws {RecordsError} `unsupported` when the database already holds tables
 * @throws {MigrationError} when the rows are of a later schema than this program knows
 */
export async function copyIn(options: CopyInOptions): Promise<void> {
  const { folder, databaseUrl, migrations } = options
  const template = isCurrent(migrations) && options.template && hasCluster(options.template)
  const driver =
    databaseUrl === undefined
      ? await openPglite(folder, undefined, template ? options.template : undefined)
      : await openPostgres(databaseUrl)
  try {
    await fill(driver, options, databaseUrl === undefined && template === true)
  } finally {
    await driver.close()
  }
}

/** Whether a server's database holds no table yet. */
export async function isEmptyDatabase(databaseUrl: string): Promise<boolean> {
  const driver = await openPostgres(databaseUrl)
  try {
    const link = await driver.acquire()
    const tables = await tablesOf(link)
    link.release()
    return tables.length === 0
  } finally {
    await driver.close()
  }
}

async function fill(
  driver: Driver,
  { migrations, rows, beforeCommit }: CopyInOptions,
  hasSchema: boolean,
): Promise<void> {
  const link = await driver.acquire()
  try {
    await link.query('BEGIN', [])
    await link.query('SET LOCAL statement_timeout = 0', [])
    await link.query('SET LOCAL idle_in_transaction_session_timeout = 0', [])
    if (!hasSchema) {
      if ((await tablesOf(link)).length > 0)
        throw new RecordsError('unsupported', 'rows are copied into an empty database only')
      await applyAs(link, migrations)
    }
    const tables = await tablesOf(link)
    // Steps, and the template, put first rows into some tables; the copy has its own.
    await link.query(`TRUNCATE ${tables.map(quoted).join(', ')}`, [])
    const references = await dropReferences(link)
    const columns = new Map<string, string>()
    const counts: Record<string, number> = Object.fromEntries(tables.map((table) => [table, 0]))
    for await (const { table, lines } of rows) {
      if (!tables.includes(table))
        throw new RecordsError('unsupported', `the schema of the copy has no table "${table}"`)
      if (!columns.has(table)) columns.set(table, await columnsOf(link, table))
      const list = columns.get(table)
      await link.query(
        `INSERT INTO ${quoted(table)} (${list}) OVERRIDING SYSTEM VALUE
         SELECT ${list} FROM json_populate_recordset(NULL::${quoted(table)}, $1::json)`,
        [`[${lines.join(',')}]`],
      )
      counts[table] = (counts[table] ?? 0) + lines.length
    }
    for (const { table, name, definition } of references)
      await link.query(`ALTER TABLE ${quoted(table)} ADD CONSTRAINT ${quoted(name)} ${definition}`, [])
    await advanceSequences(link)
    await beforeCommit(counts)
    await (await link.commit()).durable
    link.release()
  } catch (error) {
    await link.query('ROLLBACK', []).catch(() => undefined)
    link.release(true)
    throw error
  }
}

/** Takes away the constraints between tables, so that rows may come in any order. */
async function dropReferences(link: Link): Promise<{ table: string; name: string; definition: string }[]> {
  const { rows } = await link.query(
    `SELECT r.relname AS table, c.conname AS name, pg_get_constraintdef(c.oid) AS definition
     FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
     WHERE c.contype = 'f' AND r.relnamespace = current_schema()::regnamespace ORDER BY r.relname, c.conname`,
    [],
  )
  const references = rows as unknown as { table: string; name: string; definition: string }[]
  for (const { table, name } of references)
    await link.query(`ALTER TABLE ${quoted(table)} DROP CONSTRAINT ${quoted(name)}`, [])
  return references
}

/** Columns that take a value: not those that the database computes. */
async function columnsOf(link: Link, table: string): Promise<string> {
  const { rows } = await link.query(
    `SELECT attname AS name FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`,
    [quoted(table)],
  )
  return rows.map((row) => quoted(row.name as string)).join(', ')
}

/** Numbers that the database gives out go on behind those that were copied. */
async function advanceSequences(link: Link): Promise<void> {
  const { rows } = await link.query(
    `SELECT quote_ident(r.relname) AS table, quote_ident(a.attname) AS column,
       pg_get_serial_sequence(quote_ident(r.relname), a.attname) AS sequence
     FROM pg_attribute a JOIN pg_class r ON r.oid = a.attrelid
     WHERE r.relnamespace = current_schema()::regnamespace AND r.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
       AND pg_get_serial_sequence(quote_ident(r.relname), a.attname) IS NOT NULL`,
    [],
  )
  for (const row of rows)
    await link.query(
      `SELECT setval($1::regclass, coalesce((SELECT max(${row.column}) FROM ${row.table}), 1),
         EXISTS (SELECT 1 FROM ${row.table}))`,
      [row.sequence],
    )
}
