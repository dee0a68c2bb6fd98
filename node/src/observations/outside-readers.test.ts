import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NewObservation } from './observations.ts'
import { type ObservationStore, openObservations } from './open.ts'

// What the store says is compared with programs that know nothing of it: a Parquet reader in JavaScript, and Postgres.

const folder = mkdtempSync(join(tmpdir(), 'nhip-readers-'))
const MINUTE = 60_000
const start = Date.UTC(2025, 11, 30, 13, 11)
const clock = Date.UTC(2026, 0, 20)
let store: ObservationStore
const rows: NewObservation[] = Array.from({ length: 3_000 }, (_, i) => ({
  dataset: 'không khí',
  entity: `urn:nhip:AirStation:${i % 3}`,
  property: 'pm25',
  breakdown: '',
  from: start + Math.floor(i / 3) * 7 * MINUTE,
  to: null,
  value: Math.round(Math.sin(i) * 1e4) / 100 + 0,
  uom: 0,
  status: i % 97 === 0 ? 'E' : 'A',
  quality: i % 50 === 0 ? 4096 : 0,
  source: 'thử',
}))

beforeAll(async () => {
  store = await openObservations({ folder: join(folder, 'observations'), now: () => clock, threads: 1 })
  await store.append(rows)
  await store.append([{ ...rows[0]!, value: 7, exact: '12345678901234567890.123456', text: 'đính chính' }])
  await store.settle()
})
afterAll(async () => {
  await store?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a sealed segment reads the same in another Parquet reader, with texts in place of ids', async () => {
  const [segment] = await store.seal({ all: true })
  const file = readFileSync(join(folder, 'observations', segment!.file))
  const read = await parquetReadObjects({
    file: file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength),
    compressors,
  })
  expect(read).toHaveLength(rows.length + 1)
  const bySeq = [...read].sort((a, b) => Number(a.seq) - Number(b.seq))
  expect(
    bySeq
      .map((row) => [
        row.dataset,
        row.entity,
        row.property,
        row.value,
        row.status,
        row.quality,
        row.source,
        (row.valid_from as Date).getTime(),
      ])
      .slice(0, -1),
  ).toEqual(
    rows.map((row) => [
      row.dataset,
      row.entity,
      row.property,
      row.value,
      row.status,
      row.quality,
      row.source,
      row.from,
    ]),
  )
  expect(bySeq.at(-1)).toMatchObject({ value: 7, text: 'đính chính', seq: BigInt(rows.length + 1) })
})

test('hours and civil days agree with date_trunc of Postgres', async (context) => {
  const which = spawnSync('sh', ['-c', 'command -v postgres'], { encoding: 'utf8' })
  if (which.status !== 0) return context.skip('no postgres on the path')
  const bin = dirname(execFileSync('readlink', ['-f', which.stdout.trim()], { encoding: 'utf8' }).trim())
  const data = join(folder, 'pg')
  mkdirSync(data)
  // Postgres refuses to run as root.
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined
  if (nobody) {
    chmodSync(folder, 0o755)
    chownSync(data, nobody.uid, nobody.gid)
  }
  const env = { ...process.env, HOME: data, LC_ALL: 'C' }
  const quiet = { env, stdio: 'ignore' as const, ...nobody }
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'test', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
    quiet,
  )
  const values = rows
    .map((row, i) => `('${row.entity}','${new Date(row.from).toISOString()}',${i === 0 ? 7 : row.value})`)
    .join(',')
  const table = `CREATE TABLE o (e text, t timestamptz, v float8); INSERT INTO o VALUES ${values};`
  const socket = ['-h', data, '-U', 'test', '-d', 'postgres', '-X', '-A', '-t', '-q']
  execFileSync(
    join(bin, 'pg_ctl'),
    ['-D', data, '-w', '-o', `-k ${data} -c listen_addresses= -c fsync=off`, 'start'],
    quiet,
  )
  try {
    execFileSync(join(bin, 'psql'), socket, { env, input: table, stdio: ['pipe', 'ignore', 'inherit'] })
    for (const [resolution, zone] of [
      ['hour', 'UTC'],
      ['day', 'Asia/Ho_Chi_Minh'],
    ] as const) {
      const query = `SELECT json_agg(b ORDER BY b.at) FROM (
        SELECT extract(epoch FROM date_trunc('${resolution}', t, '${zone}'))::bigint * 1000 AS at, count(*) AS n, sum(v) AS sum, min(v) AS min, max(v) AS max
        FROM o WHERE e = '${rows[0]!.entity}' GROUP BY 1) b`
      const theirs = JSON.parse(
        execFileSync(join(bin, 'psql'), [...socket, '-c', query], { env, encoding: 'utf8' }),
      ) as {
        at: number
        n: number
        sum: number
        min: number
        max: number
      }[]
      const { dataset, entity, property, breakdown } = rows[0]!
      const { points } = await store.series({
        dataset,
        entity,
        property,
        breakdown,
        resolution,
        aggregation: 'sum',
        maxPoints: 5_000,
      })
      expect(points.map((p) => [p.from, p.n, p.min, p.max])).toEqual(
        theirs.map((row) => [row.at, row.n, row.min, row.max]),
      )
      for (const [i, point] of points.entries()) expect(point.value).toBeCloseTo(theirs[i]!.sum, 8)
    }
  } finally {
    execFileSync(join(bin, 'pg_ctl'), ['-D', data, '-m', 'immediate', '-w', 'stop'], quiet)
  }
})
