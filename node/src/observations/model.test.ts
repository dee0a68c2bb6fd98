import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, test } from 'vitest'
import { Bench, program } from './model/programs.ts'

const folder = mkdtempSync(join(tmpdir(), 'nhip-model-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// hotDays 0 and 1: sealed rows are read from their segments soon after, so every program also tests the lake.
test.each([0, 1])('random programs agree with a plain array, hot window of %i days', async (hotDays) => {
  const bench = new Bench(join(folder, `hot-${hotDays}`), hotDays)
  try {
    await fc.assert(
      fc.asyncProperty(program, (steps) => bench.run(steps)),
      { numRuns: 4 },
    )
  } finally {
    await bench.close()
  }
})
