import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { readData } from '../data/read-data.ts'
import { applyRules, type Quality } from './apply-rules.ts'
import { loadRules } from './rules.ts'

const root = join(import.meta.dirname, '../../../..')
const table = join(process.env.NHIP_SHARED ?? join(root, '../shared'), 'data/vn-admin/communes-2025.csv')
if (!existsSync(table)) console.log(`skipped: ${table} is not there`)

// The rules never see qa_flag; it is read here only to judge them.
describe.skipIf(!existsSync(table))(
  'doubtful rows of the communes of 2025, by the rules of models/quality',
  () => {
    const truth = new Map<string, string>()
    let quality: Quality
    const by = (rule: string): string[] =>
      quality.findings.flatMap((f) => (f.rule === rule && f.unit !== undefined ? [f.unit] : []))
    const figures = (rule: string, flag: string): string => {
      const found = by(rule)
      const all = [...truth.values()].filter((f) => f.startsWith(flag)).length
      const caught = found.filter((unit) => truth.get(unit)!.startsWith(flag)).length
      return `${caught} of ${all}, ${found.length - caught} others`
    }

    beforeAll(() => {
      const text = readFileSync(table, 'utf8')
      const [head, ...lines] = text.trimEnd().split('\n')
      expect(head!.endsWith(',qa_flag')).toBe(true)
      // No field of this table is quoted.
      const names = head!.split(',')
      const kept = ['code', 'province_code', 'name_vi', 'type_vi_now', 'area_km2', 'population'].map((n) =>
        names.indexOf(n),
      )
      const without = lines.map((line) => {
        const cells = line.trim().split(',')
        truth.set(cells[0]!, cells.at(-1)!)
        return kept.map((at) => cells[at]).join(',')
      })
      const file = join(root, 'models/quality/communes-2025.yaml')
      const { rules } = loadRules(readFileSync(file, 'utf8'), 'communes-2025.yaml')
      const texts = new Set(rules!.texts)
      const { data } = readData([kept.map((at) => names[at]).join(','), ...without].join('\n'), {
        wide: 'code',
        roles: (item) => (texts.has(item) ? 'text' : 'unused'),
      })
      quality = applyRules(rules!, data!.rows)
    })

    test.each([
      // The two others, Vĩnh Kim and Vinh Kim, carry the same figures in two provinces and are no less doubtful.
      ['namesake-copy', 'same_area', '298 of 298, 2 others'],
      ['population-missing', 'population_missing', '71 of 71, 0 others'],
      ['density-limit', 'density_over', '7 of 7, 0 others'],
      // Without a stated limit: density unlike that of the same kind of unit.
      ['density-outlier', 'density_over', '1 of 7, 17 others'],
      // Hoàng Sa bears the population of Khâm Đức in the same province; chance pairs come with it.
      ['same-population-nearby', 'population_implausible', '1 of 1, 25 others'],
    ])('%s finds %s: %s', (rule, flag, expected) => {
      expect(figures(rule, flag)).toBe(expected)
    })

    test('nothing is an error, and what could not be checked is counted', () => {
      expect(quality.ok).toBe(true)
      expect(
        quality.findings.filter((f) => f.code === 'not-checked').map((f) => `${f.rule} ${f.value}`),
      ).toEqual([
        'namesake-copy 73',
        'same-figures 73',
        'density-limit 73',
        'density-outlier 73',
        'same-population-nearby 71',
      ])
    })
  },
)
