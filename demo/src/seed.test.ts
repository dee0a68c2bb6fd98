import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { qualityBits } from '@nhip/node/observations/contract'
import { openObservations } from '@nhip/node/observations/open'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { properties } from './descriptions.ts'
import { type CityNode, DemoCity } from './seed.ts'

/** 2026-11-18 10:00 at +07:00, a Wednesday. */
const now = Date.UTC(2026, 10, 18, 3)
const folder = mkdtempSync(join(tmpdir(), 'nhip-demo-'))
let observations: Awaited<ReturnType<typeof openObservations>>
beforeAll(async () => {
  observations = await openObservations({ folder: join(folder, 'observations') })
})
afterAll(async () => {
  await observations.close()
  rmSync(folder, { recursive: true, force: true })
})
const city = (at: number) => new DemoCity({ observations } as CityNode, { days: 1, now: () => at })

it('loads its history through the write path, and a second run adds only what is new', async () => {
  const steps: number[] = []
  expect(await city(now).loadHistory((done) => void steps.push(done))).toBe(now)
  expect(steps).toEqual([1, 2])
  const first = observations.status().lastSeq
  expect(first).toBeGreaterThan(50_000)
  await city(now).loadHistory(() => undefined)
  expect(observations.status().lastSeq).toBe(first)
  await city(now + 600_000).loadHistory(() => undefined)
  const added = observations.status().lastSeq - first
  // Two steps of 134 sensors, less what a gap holds back.
  expect(added).toBeGreaterThan(2 * 130)
  expect(added).toBeLessThan(2 * 134 + 40)
}, 120_000)

it('has its live readings judged by the values before them, as those of devices are', async () => {
  // Whatever changes is out of reach of the value before it.
  const still = { rate: { rise: 0, fall: 0, agreeing: 1000 } }
  observations.judgeBy({ of: () => still, nearest: () => [] })
  const before = observations.status().lastSeq
  const rate = qualityBits.find(({ code }) => code === 'rate')!
  const doubted = () => observations.flagged({ bits: 2 ** rate.bit, afterSeq: 0, limit: 1000 })
  const errors: unknown[] = []
  const stop = city(now + 1_800_000).live(now + 600_000, (error) => errors.push(error), 10)
  try {
    await vi.waitFor(() => expect(observations.status().lastSeq).toBeGreaterThan(before), 10_000)
  } finally {
    stop()
  }
  const rows = await doubted()
  expect(errors).toEqual([])
  expect(rows.length).toBeGreaterThan(10)
  expect(Math.min(...rows.map(({ seq }) => seq))).toBeGreaterThan(before)
}, 120_000)

it('knows a unit of measure for every property', () => {
  expect(() => new DemoCity({ observations } as CityNode)).not.toThrow()
  for (const { code, uom } of properties) expect(uom, code).toBeTruthy()
})
