import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Records, RecordsError, SYSTEM } from './contract.ts'
import { type CopiedRows, copyIn } from './copy-in.ts'
import { jsonText } from './json-text.ts'
import { MigrationError } from './migrate.ts'
import { openRecords } from './open.ts'
import { type TemporaryServer, temporaryCluster, temporaryServer } from './temporary-records.ts'

const folder = await mkdtemp(join(tmpdir(), 'nhip-copy-'))
const server = await temporaryServer()
if (typeof server === 'string') console.log(`skipped: copies to and from a server: ${server}`)
afterAll(async () => {
  if (typeof server !== 'string') await server.end()
  for (const made of [folder, template]) await rm(made, { recursive: true, force: true })
})

let copies = 0
const scratch = () => join(folder, `scratch-${++copies}`)

/** Everything of a store, by table. */
async function contents(records: Records): Promise<Record<string, string[]>> {
  const frozen = await records.freeze(scratch())
  try {
    const copy = await frozen.open()
    const all: Record<string, string[]> = {}
    for (const table of copy.tables) {
      all[table] = []
      for await (const lines of copy.rows(table)) all[table].push(...lines)
    }
    return all
  } finally {
    await frozen.end()
  }
}

async function migrationsOf(records: Records) {
  const frozen = await records.freeze(scratch())
  const { migrations } = await frozen.open()
  await frozen.end()
  return migrations
}

async function* rowsOf(all: Record<string, string[]>): AsyncGenerator<CopiedRows> {
  // Backwards, so that rows come before those that they refer to.
  for (const [table, lines] of Object.entries(all).reverse())
    for (let at = 0; at < lines.length; at += 7) yield { table, lines: lines.slice(at, at + 7) }
}

const tricky = 'dòng 1\nđổi dòng "ngoặc" \\ \t \u0001 🏛️ '
const instant = '2026-07-01T00:00:00.123456+00:00'

/** A little of everything that is hard to copy. */
async function fill(records: Records): Promise<void> {
  await records.tx(SYSTEM, async (tx) => {
    await tx.db
      .insertInto('unit')
      .values(
        Array.from({ length: 30 }, (_, i) => ({
          id: `urn:nhip:unit:0${i}@2025-07-01`,
          code: `0${i}`,
          kind: 'office',
          valid_from: '2025-07-01',
          lon: 105.8 + i / 3,
          lat: 21 - i / 7,
          attributes: jsonText({ tricky, big: 12345678901234.5, list: [1, null, { a: [] }] }),
          created_at: instant,
        })),
      )
      .execute()
    await tx.db
      .insertInto('unit_edge')
      .values({
        from_id: 'urn:nhip:unit:01@2025-07-01',
        to_id: 'urn:nhip:unit:02@2025-07-01',
        kind: 'split',
        date: '2025-07-01',
        share: '0.333333333333333333333333333333',
        basis: tricky,
      })
      .execute()
    tx.audit({ action: 'unit.add', targetType: 'unit', targetId: tricky, after: { tricky }, reason: tricky })
  })
}

const kinds = ['pglite', 'postgres'] as const
/** Each into each with NHIP_FULL=1; else only where it is the other kind, or there is no other. */
const crosses = (from: string, to: string) =>
  process.env.NHIP_FULL === '1' || from !== to || typeof server === 'string'
const template = await temporaryCluster()
const place = async (kind: (typeof kinds)[number]) => ({
  folder: join(folder, `store-${++copies}`),
  template,
  ...(kind === 'postgres' ? { databaseUrl: await (server as TemporaryServer).database() } : {}),
})

describe.each(kinds)('rows copied out of %s', (from) => {
  const absent = from === 'postgres' && typeof server === 'string'
  let records: Records
  let all: Record<string, string[]>
  beforeAll(async () => {
    if (absent) return
    records = await openRecords(await place(from))
    await fill(records)
    all = await contents(records)
  })
  afterAll(() => records?.close())

  test.skipIf(absent)(
    'are all there, and the copy does not see what is written while it is read',
    async () => {
      const frozen = await records.freeze(scratch())
      const copy = await frozen.open()
      expect(copy).toMatchObject({ driver: from, outbox: 1, blobs: [] })
      const add = (code: string) =>
        records.tx(SYSTEM, async (tx) => {
          await tx.db
            .insertInto('unit')
            .values({
              id: `urn:nhip:unit:${code}@2025-07-01`,
              code,
              kind: 'office',
              valid_from: '2025-07-01',
            })
            .execute()
          tx.audit({ action: 'unit.add', targetType: 'unit', targetId: code })
        })
      await add('later')
      const lines: string[] = []
      for await (const some of copy.rows('unit')) {
        lines.push(...some)
        await add(`while-${lines.length}`)
      }
      await frozen.end()
      expect(lines).toEqual(all.unit)
      expect(lines).toHaveLength(30)
      expect(all.audit).toHaveLength(1)
      expect(JSON.parse(lines[3] as string)).toMatchObject({ attributes: { tricky } })
    },
  )

  test.each(kinds)('go into an empty %s and come out the same', async (to) => {
    if (absent || (to === 'postgres' && typeof server === 'string') || !crosses(from, to)) return
    const target = await place(to)
    const migrations = await migrationsOf(records)
    let counted: Record<string, number> = {}
    await copyIn({
      ...target,
      migrations,
      rows: rowsOf(all),
      beforeCommit: async (rows) => {
        counted = rows
      },
    })
    expect(counted).toMatchObject({ unit: 30, unit_edge: 1, audit: 1, job: 0 })
    const restored = await openRecords(target)
    try {
      expect(await contents(restored)).toEqual(all)
      // The constraints are in force again.
      const dangling = {
        child_id: 'urn:nhip:unit:01@2025-07-01',
        parent_id: 'nobody',
        valid_from: '2025-07-01',
      }
      const refused = restored.tx(SYSTEM, async (tx) => {
        await tx.db.insertInto('unit_parent').values(dangling).execute()
      })
      await expect(refused).rejects.toMatchObject({ code: 'foreign-key' })
      // And the numbers of the audit go on behind the copied ones.
      await restored.tx(SYSTEM, async (tx) => {
        tx.audit({ action: 'unit.look', targetType: 'unit', targetId: '1' })
      })
      const [last] = await restored.read((db) =>
        db.selectFrom('audit').select((e) => e.fn.max('outbox').as('n')),
      )
      expect(last?.n).toBe('2')
    } finally {
      await restored.close()
    }
  })
})

test.skipIf(typeof server === 'string')(
  'a row without the one it refers to is refused, and nothing is kept',
  async () => {
    const databaseUrl = await (server as TemporaryServer).database()
    const records = await openRecords({ folder: scratch(), template })
    const migrations = await migrationsOf(records)
    await records.close()
    async function* orphan(): AsyncGenerator<CopiedRows> {
      const row = { child_id: 'a', parent_id: 'b', valid_from: '2025-07-01', valid_to: null }
      yield { table: 'unit_parent', lines: [JSON.stringify(row)] }
    }
    async function* none(): AsyncGenerator<CopiedRows> {}
    const into = (rows: AsyncIterable<CopiedRows>, ran = migrations) =>
      copyIn({ folder: '', databaseUrl, migrations: ran, rows, beforeCommit: async () => undefined })

    await expect(into(orphan())).rejects.toMatchObject({ code: 'foreign-key' })
    await expect(
      into(none(), [...migrations, { name: '9999_later', sha256: '0'.repeat(64) }]),
    ).rejects.toBeInstanceOf(MigrationError)
    // The database is as empty as before, so it takes a copy now, and no second one.
    await into(none())
    await expect(into(none())).rejects.toBeInstanceOf(RecordsError)
  },
)
