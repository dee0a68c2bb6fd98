import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ObservationsError } from './errors.ts'
import type { NewObservation, SegmentInfo } from './observations.ts'
import { type ObservationStore, openObservations } from './open.ts'

// What a crash may leave behind around a segment, made by hand, one state a test: SPEC.md, "Segments".

let folder: string
let store: ObservationStore
let segments: SegmentInfo[]
let hash: string
const events: string[] = []

const open = async () => {
  store = await openObservations({
    folder,
    threads: 1,
    now: () => Date.UTC(2026, 0, 10),
    log: (line) => events.push(line.event),
  })
}
const row = (i: number, more: Partial<NewObservation> = {}): NewObservation => ({
  dataset: 'd',
  entity: 'e',
  property: 'p',
  breakdown: '',
  from: Date.UTC(2026, 0, 1) + i * 60_000,
  to: null,
  value: i,
  uom: 0,
  status: 'A',
  quality: 0,
  source: 's',
  ...more,
})
const rows = (from: number, count: number) => Array.from({ length: count }, (_, i) => row(from + i))

const base = mkdtempSync(join(tmpdir(), 'nhip-lake-'))
const sealed = join(base, 'sealed')

// Two segments, sealed once; each test harms a copy of its own.
beforeAll(async () => {
  folder = sealed
  await open()
  await store.append(rows(0, 100))
  segments = await store.seal({ all: true })
  await store.append(rows(100, 50))
  segments.push(...(await store.seal({ all: true })))
  hash = await store.contentHash()
  await store.close()
})
afterAll(() => rmSync(base, { recursive: true, force: true }))
beforeEach((context) => {
  folder = join(base, context.task.id)
  cpSync(sealed, folder, { recursive: true })
  events.length = 0
})
afterEach(() => store.close())

describe('opening after a crash around a segment', () => {
  test('a half-written file in tmp/ is removed', async () => {
    writeFileSync(join(folder, 'tmp', 'segment-3.parquet'), 'PAR1 half')
    await open()
    expect(existsSync(join(folder, 'tmp', 'segment-3.parquet'))).toBe(false)
    expect(await store.contentHash()).toBe(hash)
  })

  test('a file in the lake that no record names is removed; its rows are sealed again', async () => {
    const stray = join(folder, 'lake', segments[0]!.recordedDay, 'part-002.parquet')
    copyFileSync(join(folder, segments[0]!.file), stray)
    await open()
    expect(existsSync(stray)).toBe(false)
    expect(events).toContain('orphan-segment-removed')
    await store.append(rows(150, 10))
    expect(await store.seal({ all: true })).toMatchObject([{ seqMin: 151, seqMax: 160 }])
    expect((await store.verify()).ok).toBe(true)
  })

  test('a manifest that a crash left behind by one is written again', async () => {
    unlinkSync(join(folder, 'manifest'))
    await open()
    expect(existsSync(join(folder, 'manifest'))).toBe(true)
  })

  test.each([
    ['is gone', (path: string) => unlinkSync(path), /không còn tệp/],
    ['has another length', (path: string) => appendFileSync(path, 'x'), /byte/],
    ['has another byte', (path: string) => flip(path), /SHA-256/],
  ])('a recorded segment whose file %s: the store does not open and names it', async (_, harm, says) => {
    harm(join(folder, segments[1]!.file))
    const error = await open().then(
      () => undefined,
      (e: unknown) => e,
    )
    expect(error).toBeInstanceOf(ObservationsError)
    const { code, problem } = error as ObservationsError
    expect(code).toBe('damaged')
    expect(problem.file).toContain(segments[1]!.file)
    expect(problem.message.vi).toMatch(says)
  })
})

describe('the database file is lost', () => {
  beforeEach(() => rmSync(join(folder, 'observations.duckdb')))

  test('it is built again from the lake, equal to the last row', async () => {
    await open()
    expect(await store.contentHash()).toBe(hash)
    expect(await store.rebuild()).toEqual({ equal: true, differences: [] })
    expect(await store.append(rows(149, 2))).toEqual({
      firstSeq: 151,
      lastSeq: 151,
      unchanged: 1,
      flagged: 0,
    })
  })

  test('a segment that the manifest does not name yet is taken in', async () => {
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest'), 'utf8')) as { segments: unknown[] }
    manifest.segments.pop()
    writeFileSync(join(folder, 'manifest'), JSON.stringify(manifest))
    await open()
    expect(await store.contentHash()).toBe(hash)
  })

  test('a gap between segments is damage, not a shorter history', async () => {
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest'), 'utf8')) as { segments: unknown[] }
    manifest.segments.shift()
    writeFileSync(join(folder, 'manifest'), JSON.stringify(manifest))
    unlinkSync(join(folder, segments[0]!.file))
    await expect(open()).rejects.toMatchObject({ code: 'damaged' })
  })
})

describe('appending', () => {
  beforeEach(open)

  test('an impossible row names its place and rule; nothing of its batch is stored', async () => {
    const bad = [row(500), row(501, { value: Number.NaN })]
    await expect(store.append(bad)).rejects.toMatchObject({
      code: 'invalid-row',
      problem: { line: 2, path: 'value', value: 'NaN' },
    })
    expect(await store.append([row(500)])).toMatchObject({ unchanged: 0 })
  })

  test('a full queue says so instead of growing', async () => {
    const batches = Array.from({ length: 12 }, (_, n) => store.append(rows(1_000 + n * 10_000, 10_000)))
    const results = await Promise.allSettled(batches)
    const refused = results.filter((r) => r.status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    for (const r of refused) expect(r.reason).toMatchObject({ code: 'overloaded', retryAfterS: 1 })
    expect(await store.append([row(900_000)])).toMatchObject({ unchanged: 0 })
  })

  test('money beyond a double keeps every digit', async () => {
    await store.append([row(600, { exact: '11511867900000001.5', value: null })])
    const { points } = await store.series({
      ...key,
      from: row(600).from,
      resolution: 'raw',
      aggregation: 'sum',
    })
    expect(points).toMatchObject([{ exact: '11511867900000001.5' }])
  })

  test('listeners hear of stored rows after the commit, not of repeated ones', async () => {
    const heard: number[] = []
    store.onCommit((stored) => heard.push(...stored.map((r) => r.value!)))
    await store.append([row(700), row(0)])
    expect(heard).toEqual([700])
  })

  test('a closing store takes nothing more in', async () => {
    await store.close()
    await expect(store.append([row(1)])).rejects.toMatchObject({ code: 'closed' })
  })

  test('m4 keeps the first, last, lowest and highest reading of every pixel', async () => {
    const spikes = rows(2_000, 2_000).map((r, i) => ({ ...r, value: i === 777 ? 9_999 : Math.sin(i / 50) }))
    await store.append(spikes)
    const { points } = await store.series({
      ...key,
      from: spikes[0]!.from,
      resolution: 'raw',
      aggregation: 'mean',
      maxPoints: 200,
      reduce: 'm4',
    })
    expect(points.length).toBeLessThanOrEqual(200)
    expect(points.some((p) => p.value === 9_999)).toBe(true)
    expect([points[0]!.from, points.at(-1)!.from]).toEqual([spikes[0]!.from, spikes.at(-1)!.from])
  })
})

const key = { dataset: 'd', entity: 'e', property: 'p', breakdown: '' }

function flip(path: string): void {
  const bytes = readFileSync(path)
  bytes[100] = bytes[100]! ^ 1
  writeFileSync(path, bytes)
}
