import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadBundle } from '../bundle/load.ts'
import { loadDmn } from '../dmn/link.ts'
import { checkBundle } from './check-bundle.ts'
import { checkModel } from './check-model.ts'

const shared = process.env.NHIP_SHARED ?? fileURLToPath(new URL('../../../../../shared', import.meta.url))
const kit = join(shared, 'conformance', 'dmn-tck')
const policies = fileURLToPath(new URL('../../../../models/policies', import.meta.url))

describe('models written by others', { timeout: 30_000 }, () => {
  it.for(['compliance-level-2', 'compliance-level-3'])(
    '%s: no exception, no case that does not show its fault',
    (level, context) => {
      if (!existsSync(join(kit, level))) return context.skip(`no kit at ${level}: set NHIP_SHARED`)
      let models = 0
      for (const folder of readdirSync(join(kit, level))) {
        const files = readdirSync(join(kit, level, folder)).filter((name) => name.endsWith('.dmn'))
        const read = (name: string) => ({ name, text: readFileSync(join(kit, level, folder, name), 'utf8') })
        for (const file of files) {
          const { model } = loadDmn(read(file), files.filter((name) => name !== file).map(read))
          if (!model) continue
          models++
          // An error without proof would be a false one.
          const unproved = checkModel(model).findings.filter(
            ({ severity, proved }) => severity === 'error' && !proved,
          )
          expect(unproved).toEqual([])
        }
      }
      expect(models).toBeGreaterThan(10)
    },
  )
  it('the Vietnamese bundles have no fault', () => {
    for (const name of readdirSync(policies, { withFileTypes: true })) {
      if (!name.isDirectory()) continue
      const files = new Map<string, string>()
      const root = join(policies, name.name)
      for (const path of readdirSync(root, { recursive: true }) as string[])
        if (/\.(ya?ml|dmn)$/.test(path)) files.set(path, readFileSync(join(root, path), 'utf8'))
      const { bundle } = loadBundle(files)
      if (!bundle) throw new Error(`${name.name} must load`)
      expect(checkBundle(bundle).findings.filter(({ severity }) => severity !== 'info')).toEqual([])
    }
  })
})
