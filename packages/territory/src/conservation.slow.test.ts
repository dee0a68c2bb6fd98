import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { mapSeries } from './map-series.ts'
import { readAdminUnits } from './read-units.ts'
import { buildTerritory } from './territory.ts'

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'models', 'admin-units')
const file = (name: string) => ({ file: name, text: readFileSync(join(folder, name), 'utf8') })

// The reduced run stands beside the data: models/admin-units/admin-units.test.ts.
it('10,035 communes to 3,321: random amounts (1,000 with NHIP_FULL=1) are conserved exactly', () => {
  const { territory } = buildTerritory(
    readAdminUnits({
      units: readdirSync(folder)
        .filter((n) => n.startsWith('units-'))
        .map(file),
      edges: file('edges.csv'),
    }),
  )
  const communes = territory.units({ at: '2025-06-30', level: 'commune' })
  expect(communes).toHaveLength(10_035)
  let seed = 1
  for (let done = 0; done < (process.env.NHIP_FULL === '1' ? 1000 : 100); done += 50) {
    const values = Array.from({ length: 50 }, (_, k) =>
      communes.map((u) => {
        seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
        return { unit: u.id, key: `p${done + k}`, value: seed % 3_000_000 }
      }),
    ).flat()
    const sums = (list: readonly { key?: string; value?: number | null }[]) => {
      const total = new Map<string, number>()
      for (const { key = '', value } of list) total.set(key, (total.get(key) ?? 0) + (value ?? Number.NaN))
      return total
    }
    const mapped = mapSeries(territory, values, {
      view: 'as_now',
      shares: done % 100 === 0 ? 'equal' : 'population',
      semantics: 'additive',
    })
    expect(sums(mapped.values)).toEqual(sums(values))
    expect(mapped.values.filter((v) => v.status === 'E')).toHaveLength(50 * 441)
  }
})
