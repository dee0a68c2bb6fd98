import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, expect, test, vi } from 'vitest'
import { collectWhenQuiet } from './quiet-collection.ts'

let asked = 0
const collections = new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries() as (PerformanceEntry & { detail: { flags: number } })[])
    if (detail.flags === constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) asked += 1
})
collections.observe({ entryTypes: ['gc'] })
const end = collectWhenQuiet(50)
afterAll(() => {
  end()
  collections.disconnect()
})

test('a busy node is left alone, a quiet one collects once, and again when there is something to collect', async () => {
  const busyUntil = performance.now() + 150
  while (performance.now() < busyUntil) await new Promise((turn) => setImmediate(turn))
  expect(asked).toBe(0)

  await vi.waitFor(() => expect(asked).toBe(1), 30_000)
  await wait(150)
  expect(asked).toBe(1)

  let work: unknown[] | undefined = Array.from({ length: 3_000_000 }, (_, row) => ({ row }))
  const held = new WeakRef(work)
  work = undefined
  await vi.waitFor(() => expect(asked).toBe(2), 30_000)
  expect(held.deref()).toBeUndefined()
})
