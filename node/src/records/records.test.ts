import { rm } from 'node:fs/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, type Records, RecordsError, SYSTEM, type Tx } from './contract.ts'
import type { Driver } from './driver.ts'
import { jsonText } from './json-text.ts'
import { MigrationError, migrate } from './migrate.ts'
import { allMigrations } from './migrations/all-migrations.ts'
import { openRecords } from './open.ts'
import { openPglite } from './pglite.ts'
import { openPostgres } from './postgres.ts'
import { type TemporaryServer, temporaryCluster, temporaryServer } from './temporary-records.ts'

const OFFICER: Actor = { id: 'u-1', onBehalf: 'u-2', requestId: 'r-9', address: '127.0.0.1' }

async function code(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof RecordsError ? error.code : String(error)),
  )
}

function addUnit(tx: Tx, name: string): Promise<unknown> {
  const unit = {
    id: `urn:nhip:unit:${name}@2025-07-01`,
    code: name,
    kind: 'commune',
    valid_from: '2025-07-01',
  }
  return tx.db.insertInto('unit').values(unit).execute()
}

function audited(tx: Tx, name: string): Promise<unknown> {
  tx.audit({ action: 'unit.add', targetType: 'unit', targetId: name, after: { code: name } })
  return addUnit(tx, name)
}

const server = await temporaryServer()
if (typeof server === 'string') console.log(`skipped: records on a Postgres server: ${server}`)
afterAll(async () => {
  if (typeof server !== 'string') await server.end()
})

/** Columns, constraints and indexes of the schema, as text that both drivers must give alike. */
async function schemaOf(driver: Driver): Promise<string[]> {
  const link = await driver.acquire()
  const queries = [
    `SELECT table_name, column_name, ordinal_position, column_default, is_nullable, data_type, udt_name,
       collation_name, is_generated
     FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 3`,
    `SELECT conrelid::regclass::text AS on_table, conname, pg_get_constraintdef(oid) AS text FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1, 2`,
    `SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2`,
  ]
  const lines: string[] = []
  for (const query of queries)
    lines.push(...(await link.query(query, [])).rows.map((row) => JSON.stringify(row)))
  link.release()
  return lines
}

interface Place {
  records: Records
  reopen(): Promise<Records>
  driver(): Promise<Driver>
  end(): Promise<void>
}

async function embedded(): Promise<Place> {
  const folder = await temporaryCluster()
  return {
    records: await openRecords({ folder }),
    // No disk has so much room: the second opening also shows a store that may only be read.
    reopen: () => openRecords({ folder, reserveBytes: Number.MAX_SAFE_INTEGER }),
    driver: () => openPglite(folder),
    end: () => rm(folder, { recursive: true, force: true }),
  }
}

async function onServer(): Promise<Place> {
  const url = await (server as TemporaryServer).database()
  return {
    records: await openRecords({ folder: '', databaseUrl: url }),
    reopen: () => openRecords({ folder: '', databaseUrl: url }),
    driver: () => openPostgres(url),
    async end() {},
  }
}

const places: [string, () => Promise<Place>][] = [['PGlite in a worker', embedded]]
if (typeof server !== 'string') places.push(['a Postgres server', onServer])

const schemas: string[][] = []

describe.each(places)('records on %s', (_, open) => {
  let place: Place
  let records: Records
  beforeAll(async () => {
    place = await open()
    records = place.records
  })
  afterAll(async () => {
    await records.close()
    await place.end()
  })

  test('values come back with the types of values.ts', async () => {
    const [row] = await records.read(
      () => sql<Record<string, unknown>>`
        SELECT true AS b, 7::int2 AS i2, 8::int4 AS i4, 9007199254740993::int8 AS i8, 12345678901234567890.5::numeric AS n,
          1.5::float8 AS f, '2025-07-01'::date AS d, '2026-11-21 22:27:18.25+00'::timestamptz AS t,
          '{"a":[1,null]}'::jsonb AS j, '\\x00ff'::bytea AS y, ARRAY['a','b,"c\\',NULL] AS texts, '{1,2}'::int[] AS ints,
          NULL::text AS nothing, 'Huế' AS text`,
    )
    expect(row).toEqual({
      b: true,
      i2: 7,
      i4: 8,
      i8: '9007199254740993',
      n: '12345678901234567890.5',
      f: 1.5,
      d: '2025-07-01',
      t: '2026-11-21T22:27:18.25+00:00',
      j: { a: [1, null] },
      y: Uint8Array.of(0, 255),
      texts: ['a', 'b,"c\\', null],
      ints: [1, 2],
      nothing: null,
      text: 'Huế',
    })
  })

  test('parameters of every kind arrive; what would be misread is refused', async () => {
    const list = ['x', 'y "z" \\ , {}', 'NULL', '']
    const value = { a: [1, 'Huế'], b: null }
    const [row] = await records.read(
      () => sql<Record<string, unknown>>`
        SELECT ${true}::bool AS b, ${5}::int4 AS i, ${2n ** 60n}::int8 AS big, ${Uint8Array.of(1, 2)}::bytea AS y,
          ${list}::text[] AS texts, ${jsonText(value)}::jsonb AS j, ${null}::text AS nothing, ${0.1}::float8 AS f,
          ${'2026-11-21T08:00:00+07:00'}::timestamptz AS t`,
    )
    expect(row).toEqual({
      b: true,
      i: 5,
      big: '1152921504606846976',
      y: Uint8Array.of(1, 2),
      texts: list,
      j: value,
      nothing: null,
      f: 0.1,
      t: '2026-11-21T01:00:00+00:00',
    })
    for (const bad of [new Date(), Number.NaN, { a: 1 }, undefined]) {
      expect(await code(records.read(() => sql`SELECT ${bad}::text`))).toBe('parameter')
    }
    expect(() => jsonText({ x: Number.NaN })).toThrow('NaN at "x"')
  })

  test('a transaction is all or nothing, and its audit row is written with it', async () => {
    await records.tx(OFFICER, async (tx) => {
      await addUnit(tx, 'a')
      tx.audit({
        action: 'unit.add',
        targetType: 'unit',
        targetId: 'a',
        targetVersion: 1,
        after: { b: 2, a: 1 },
        reason: 'nghị quyết',
        legalBasis: '1656/NQ-UBTVQH15',
      })
    })
    const failed = records.tx(OFFICER, async (tx) => {
      await audited(tx, 'b')
      throw new Error('changed my mind')
    })
    await expect(failed).rejects.toThrow('changed my mind')
    const units = await records.read((db) =>
      db.selectFrom('unit').select('code').where('code', 'in', ['a', 'b']),
    )
    expect(units).toEqual([{ code: 'a' }])
    const [audit] = await records.read((db) =>
      db.selectFrom('audit').selectAll().orderBy('outbox', 'desc').limit(1),
    )
    expect(audit).toMatchObject({
      actor: 'u-1',
      on_behalf: 'u-2',
      action: 'unit.add',
      target_type: 'unit',
      target_id: 'a',
      target_version: '1',
      before: null,
      after: { a: 1, b: 2 },
      result: 'ok',
      reason: 'nghị quyết',
      purpose: 'operation',
      legal_basis: '1656/NQ-UBTVQH15',
      request_id: 'r-9',
      address: '127.0.0.1',
    })
    expect(audit?.nonce).toHaveLength(16)
    expect(audit?.salt).toHaveLength(32)
  })

  test('a change without an audit entry is refused and rolled back; bookkeeping and declared ones are not', async () => {
    expect(await code(records.tx(SYSTEM, (tx) => addUnit(tx, 'c')))).toBe('unaudited')
    expect(await code(records.tx(SYSTEM, (tx) => sql`UPDATE unit SET kind = 'x'`.execute(tx.db)))).toBe(
      'unaudited',
    )
    const cte = (tx: Tx) =>
      sql`WITH gone AS (DELETE FROM unit RETURNING 1) SELECT count(*) FROM gone`.execute(tx.db)
    expect(await code(records.tx(SYSTEM, cte))).toBe('unaudited')
    expect(await records.read((db) => db.selectFrom('unit').select('code').where('code', '=', 'c'))).toEqual(
      [],
    )
    await records.tx(SYSTEM, (tx) => addUnit(tx, 'd'), { unaudited: 'test' })
    const meta = { key: 'test', value: jsonText(1) }
    await records.tx(SYSTEM, (tx) => tx.db.insertInto('node_meta').values(meta).execute())
    await records.tx(SYSTEM, (tx) => sql`SELECT * FROM unit FOR UPDATE`.execute(tx.db))
  })

  test('an audit entry without a canonical form is refused where it is made', async () => {
    const work = records.tx(SYSTEM, async (tx) => {
      tx.audit({ action: 'unit.add', targetType: 'unit', targetId: 'x', after: { at: new Date() } })
    })
    await expect(work).rejects.toThrow('only plain objects')
  })

  test('asking for a second connection inside a transaction throws instead of waiting for ever', async () => {
    const inside = [
      () => records.tx(SYSTEM, async () => 1),
      () => records.read((db) => db.selectFrom('unit').selectAll()),
      () => records.checkpoint(),
    ]
    for (const ask of inside) expect(await code(records.tx(SYSTEM, async () => ask()))).toBe('nested')
    const viaKysely = records.tx(SYSTEM, (tx) => tx.db.transaction().execute(async () => 1))
    expect(await code(viaKysely)).toBe('nested')
  })

  test('a query after the end, a write by read(), a swallowed failure', async () => {
    let kept: Tx | undefined
    await records.tx(SYSTEM, async (tx) => {
      kept = tx
    })
    expect(await code(addUnit(kept as Tx, 'late'))).toBe('ended')
    expect(await code(records.read(() => sql`DELETE FROM unit`))).toBe('not-a-read')
    const swallowed = records.tx(SYSTEM, async (tx) => {
      await audited(tx, 'e')
      await sql`SELECT 1 / 0`.execute(tx.db).catch(() => undefined)
    })
    expect(await code(swallowed)).toBe('statement')
    expect(await records.read((db) => db.selectFrom('unit').select('code').where('code', '=', 'e'))).toEqual(
      [],
    )
  })

  test('refusals of the database have names', async () => {
    await records.tx(SYSTEM, (tx) => audited(tx, 'f'))
    const twice = await records.tx(SYSTEM, (tx) => audited(tx, 'f')).catch((error: unknown) => error)
    expect(twice).toMatchObject({ code: 'unique', sqlState: '23505', constraint: 'unit_pkey', table: 'unit' })
    const checks: [string, string][] = [
      ["INSERT INTO blob VALUES ('zz', 1, 'x')", 'check'],
      ["INSERT INTO unit_parent VALUES ('no', 'none', '2025-07-01')", 'foreign-key'],
      ['INSERT INTO role (code) VALUES (NULL)', 'not-null'],
      ['SELECT * FROM nowhere', 'statement'],
    ]
    for (const [text, expected] of checks) {
      const work = records.tx(SYSTEM, (tx) => sql.raw(text).execute(tx.db), { unaudited: 'test' })
      expect(await code(work)).toBe(expected)
    }
  })

  test('serialisation failures are tried again three times, others not', async () => {
    let tries = 0
    const failing = (state: string) =>
      records.tx(SYSTEM, async (tx) => {
        tries++
        await sql.raw(`DO $$ BEGIN RAISE EXCEPTION 'made' USING ERRCODE = '${state}'; END $$`).execute(tx.db)
      })
    expect(await code(failing('40001'))).toBe('serialization')
    expect(tries).toBe(4)
    tries = 0
    expect(await code(failing('23505'))).toBe('unique')
    expect(tries).toBe(1)
  })

  test('outbox numbers have no gap and follow the order of commits, with 30 writers and failures between', async () => {
    const before = Number((await lastOutbox(records)) ?? 0)
    const committed: string[] = []
    const off = records.listen('committed', (name) => committed.push(String(name)))
    const writers = Array.from({ length: 30 }, async (_, writer) => {
      for (let i = 0; i < 4; i++) {
        const name = `w${writer}-${i}`
        const work = records.tx(SYSTEM, async (tx) => {
          await audited(tx, name)
          if (i === 1) throw new Error('rolled back')
          tx.audit({ action: 'unit.check', targetType: 'unit', targetId: name })
          tx.notify('committed', name)
        })
        await (i === 1 ? expect(work).rejects.toThrow('rolled back') : work)
      }
    })
    await Promise.all(writers)
    off()
    const rows = await records.read((db) =>
      db
        .selectFrom('audit')
        .select(['outbox', 'target_id', 'action'])
        .where('outbox', '>', String(before))
        .orderBy('outbox'),
    )
    expect(rows.map((row) => Number(row.outbox))).toEqual(
      Array.from({ length: 180 }, (_, i) => before + 1 + i),
    )
    // The two rows of a transaction stand together, in the order they were added.
    const pairs = rows.filter((_, i) => i % 2 === 0).map((row, i) => [row, rows[2 * i + 1]])
    for (const [add, check] of pairs) {
      expect([add?.action, check?.action]).toEqual(['unit.add', 'unit.check'])
      expect(add?.target_id).toBe(check?.target_id)
    }
    expect([...committed].sort()).toEqual(pairs.map(([add]) => add?.target_id as string).sort())
    // xmin is the transaction's number; what a later transaction saw when it began is what was committed before.
    expect(committed).toHaveLength(90)
  })

  test('a reader that follows the outbox never misses a row that becomes visible late', async () => {
    const seen: number[] = []
    let last = Number(await lastOutbox(records))
    const first = last
    let writing = true
    const reader = (async () => {
      while (writing || Number(await lastOutbox(records)) > last) {
        const rows = await records.read((db) =>
          db.selectFrom('audit').select('outbox').where('outbox', '>', String(last)).orderBy('outbox'),
        )
        for (const row of rows) seen.push(Number(row.outbox))
        last = seen.at(-1) ?? last
      }
    })()
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        records.tx(SYSTEM, async (tx) => {
          await audited(tx, `r${i}`)
          if (i % 3 === 0) await sql`SELECT pg_sleep(0.005)`.execute(tx.db)
        }),
      ),
    )
    writing = false
    await reader
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => first + 1 + i))
  })

  test('listeners hear after the commit and not after a rollback', async () => {
    const heard: unknown[] = []
    const off = records.listen('x', (payload) => heard.push(payload))
    await records.tx(SYSTEM, async (tx) => {
      tx.notify('x', 1)
      expect(heard).toEqual([])
    })
    const failing = records.tx(SYSTEM, async (tx) => {
      tx.notify('x', 2)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    off()
    await records.tx(SYSTEM, async (tx) => tx.notify('x', 3))
    expect(heard).toEqual([1])
  })

  test('the nightly maintenance and a checkpoint run; the state is told', async () => {
    await records.maintain()
    await records.checkpoint()
    expect(records.state()).toMatchObject({ usable: true, diskFull: false })
  })

  test('a snapshot of the embedded store opens as a store; a server has tools of its own', async () => {
    if (records.state().driver === 'postgres') {
      expect(await code(records.snapshot())).toBe('unsupported')
      return
    }
    const expected = await records.read((db) => db.selectFrom('unit').select('code').orderBy('code'))
    const { PGlite } = await import('@electric-sql/pglite')
    const db = await PGlite.create({ loadDataDir: new Blob([Uint8Array.from(await records.snapshot())]) })
    expect((await db.query('SELECT code FROM unit ORDER BY code')).rows).toEqual(expected)
    await db.close()
  })

  test('closed and opened again, all is there; then the schema, an edited and an unknown step', async () => {
    const before = await lastOutbox(records)
    await records.close()
    expect(await code(records.tx(SYSTEM, async () => 1))).toBe('ended')
    records = await place.reopen()
    expect(await lastOutbox(records)).toBe(before)
    if (records.state().driver === 'pglite') {
      // A disk without room refuses writes and nothing else; what was there stays.
      expect(await code(records.tx(SYSTEM, (tx) => audited(tx, 'too-late')))).toBe('disk-full')
      expect(records.state()).toMatchObject({ usable: true, diskFull: true })
      expect(await lastOutbox(records)).toBe(before)
      await records.tx(SYSTEM, (tx) => sql`SELECT * FROM unit FOR UPDATE`.execute(tx.db))
    }
    await records.close()

    const driver = await place.driver()
    schemas.push(await schemaOf(driver))
    expect(await migrate(driver)).toEqual([])
    const failure = async (steps: typeof allMigrations) => {
      const error = await migrate(driver, steps).catch((e: unknown) => e)
      return error instanceof MigrationError
        ? `${error.code} ${error.migration} exit ${error.exitCode}`
        : String(error)
    }
    const edited = allMigrations.map((step, i) => (i === 1 ? { ...step, sql: `${step.sql} ` } : step))
    expect(await failure(edited)).toBe('edited 0002_identity exit 4')
    expect(await failure(allMigrations.slice(0, 2))).toBe('newer 0003_catalogue exit 4')
    const broken = { name: '9999_broken', sql: 'CREATE TABLE half (a int);\nSELECT nonsense;\n' }
    expect(await failure([...allMigrations, broken])).toBe('failed 9999_broken exit 4')
    const good = { name: '9999_good', sql: 'CREATE TABLE half (a int);\nINSERT INTO half VALUES (1);\n' }
    expect(await migrate(driver, [...allMigrations, good])).toEqual(['9999_good'])
    await driver.close()
  })
})

async function lastOutbox(records: Records): Promise<string | undefined> {
  const [row] = await records.read((db) =>
    db.selectFrom('audit').select('outbox').orderBy('outbox', 'desc').limit(1),
  )
  return row?.outbox
}

test.skipIf(places.length < 2)('both drivers have the same schema', () => {
  expect(schemas).toHaveLength(2)
  expect(schemas[0]?.length).toBeGreaterThan(250)
  expect(schemas[0]).toEqual(schemas[1])
})
