import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseDateTime } from '@nhip/feel/temporal'
import { describe, expect, it } from 'vitest'
import { runTck, type TckFailure } from './tck.ts'

const shared = process.env.NHIP_SHARED ?? fileURLToPath(new URL('../../../../../shared', import.meta.url))
const kit = join(shared, 'conformance', 'dmn-tck')

/** The oracle: the standard's own cases, written by others. */
describe('the DMN Technology Compatibility Kit', () => {
  it.for(['compliance-level-2', 'compliance-level-3'])(
    '%s: every case, and every error is flagged',
    { timeout: 60_000 },
    (level, context) => {
      if (!existsSync(join(kit, level))) return context.skip(`no kit at ${level}: set NHIP_SHARED`)
      const failures: (TckFailure & { folder: string })[] = []
      let passed = 0
      let unflagged = 0
      for (const folder of readdirSync(join(kit, level))) {
        const files = readdirSync(join(kit, level, folder))
        const read = (name: string) => ({ name, text: readFileSync(join(kit, level, folder, name), 'utf8') })
        const models = files.filter((name) => name.endsWith('.dmn')).map(read)
        for (const file of files.filter((name) => name.endsWith('.xml'))) {
          const now = parseDateTime('2026-01-01T00:00:00+07:00') ?? undefined
          const outcome = runTck(
            read(file),
            (name) => models.find((model) => model.name === name),
            models,
            now ? { now } : {},
          )
          passed += outcome.passed
          unflagged += outcome.unflagged
          failures.push(...outcome.failures.map((failure) => ({ folder, ...failure })))
        }
      }
      expect(failures).toEqual([])
      expect(unflagged).toBe(0)
      expect(passed).toBeGreaterThan(0)
    },
  )
})
