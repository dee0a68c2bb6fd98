import type pg from 'pg'
import { RecordsError } from './contract.ts'
import { ABORTED, refused } from './database-error.ts'
import type { Driver, Link } from './driver.ts'
import { decoderOf, encodeParameter } from './values.ts'

const POOL_SIZE = 10

/** How many a row tag counts: `INSERT 0 5` → 5; DDL counts nothing. */
function affectedOf(result: pg.QueryArrayResult): bigint | undefined {
  return result.rowCount === null ? undefined : BigInt(result.rowCount)
}

function isRefusal(error: unknown): error is pg.DatabaseError {
  // SQLSTATE has five characters; errors of the socket have names such as ECONNRESET.
  return error instanceof Error && 'severity' in error && 'code' in error
}

function errorOf(error: unknown): RecordsError {
  if (error instanceof RecordsError) return error
  if (isRefusal(error)) return refused({ ...error, message: error.message }, error)
  return new RecordsError('connection', `the database server does not answer: ${String(error)}`, {
    cause: error,
  })
}

function link(client: pg.PoolClient): Link {
  let given = true
  const query: Link['query'] = async (sql, parameters) => {
    let result: pg.QueryArrayResult
    try {
      result = await client.query({ text: sql, values: parameters.map(encodeParameter), rowMode: 'array' })
    } catch (error) {
      throw errorOf(error)
    }
    const names = result.fields.map((field) => field.name)
    const rows = result.rows.map((row: unknown[]) =>
      Object.fromEntries(names.map((name, i) => [name, row[i]])),
    )
    return { rows, affected: affectedOf(result) }
  }
  return {
    query,
    async commit() {
      // Postgres answers a COMMIT only after its own flush of the write-ahead log.
      let command: string
      try {
        command = (await client.query('COMMIT')).command
      } catch (error) {
        throw errorOf(error)
      }
      if (command !== 'COMMIT') throw refused(ABORTED)
      return { durable: Promise.resolve() }
    },
    release(broken = false) {
      if (given) client.release(broken)
      given = false
    },
  }
}

/**
 * A Postgres server, version 15 or later, by its connection URL: a pool of 10, statements cut off after 15 s,
 * forgotten transactions after 10 s.
 * @throws {RecordsError} `connection` when it does not answer, `unsupported` when it is older than 15
 */
export async function openPostgres(url: string): Promise<Driver> {
  // Loaded only where a server is used: the embedded store starts without it.
  const { Pool } = (await import('pg')).default
  const pool = new Pool({
    connectionString: url,
    max: POOL_SIZE,
    connectionTimeoutMillis: 10_000,
    idle_in_transaction_session_timeout: 10_000,
    statement_timeout: 15_000,
    application_name: 'nhip',
    options: '-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=iso_8601',
    types: { getTypeParser: (oid: number) => decoderOf(oid) } as pg.CustomTypesConfig,
  })
  // A server that goes away while a connection is idle is found out by the next query.
  pool.on('error', () => undefined)
  let closed = false
  const driver: Driver = {
    name: 'postgres',
    async acquire() {
      if (closed) throw new RecordsError('ended', 'the records are closed')
      try {
        return link(await pool.connect())
      } catch (error) {
        throw errorOf(error)
      }
    },
    usable: () => !closed,
    // The server looks after its own disk and answers 53100.
    async demandRoom() {},
    async checkpoint() {},
    snapshot: () => {
      throw new RecordsError('unsupported', 'a server is backed up by its own tools, for example pg_dump')
    },
    async freeze() {
      const held = await driver.acquire()
      try {
        await held.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', [])
        // Whoever reads it may have to wait for a disk or a network in between.
        await held.query('SET LOCAL idle_in_transaction_session_timeout = 0', [])
        await held.query('SET LOCAL statement_timeout = 0', [])
        // The first query takes the snapshot.
        await held.query('SELECT 1 FROM migration LIMIT 1', [])
      } catch (error) {
        held.release(true)
        throw error
      }
      return {
        open: async () => held,
        async end() {
          const left = await held.query('ROLLBACK', []).catch(() => undefined)
          held.release(left === undefined)
        },
      }
    },
    async close() {
      if (closed) return
      closed = true
      await pool.end()
    },
  }
  try {
    const first = await driver.acquire()
    const { rows } = await first.query("SELECT current_setting('server_version_num')::int AS version", [])
    first.release()
    const version = rows[0]?.version as number
    if (version < 150_000)
      throw new RecordsError('unsupported', `Postgres 15 or later is needed, this is ${version}`)
  } catch (error) {
    await driver.close()
    throw error
  }
  return driver
}
