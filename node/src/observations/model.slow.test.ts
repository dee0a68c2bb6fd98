import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { test } from 'vitest'
import { Bench, program } from './model/programs.ts'

/** The stated size with NHIP_FULL=1; else as much as a build can wait for. */
const stores = process.env.NHIP_FULL === '1' ? 10 : 1
const programs = process.env.NHIP_FULL === '1' ? 100 : 25

// At full size 2,000 programs, 100 to a store: a store that has run many is slow to be rebuilt, which every program may ask for.
test.each([0, 1])(
  `${stores * programs} random programs agree with a plain array, hot window of %i days`,
  async (hotDays) => {
    for (let store = 0; store < stores; store++) {
      const folder = mkdtempSync(join(tmpdir(), 'nhip-model-'))
      const bench = new Bench(folder, hotDays)
      try {
        await fc.assert(
          fc.asyncProperty(program, (steps) => bench.run(steps)),
          { numRuns: programs },
        )
      } finally {
        await bench.close()
        rmSync(folder, { recursive: true, force: true })
      }
    }
  },
)
