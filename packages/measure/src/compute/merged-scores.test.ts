import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readAdminUnits } from '@nhip/territory/read-units'
import { Territory } from '@nhip/territory/territory'
import { describe, expect, test } from 'vitest'
import { readData } from '../data/read-data.ts'
import { openModel } from '../golden.fixture.ts'
import { compute } from './compute.ts'
import { membershipOn, mergedScores } from './merged-scores.ts'

const MAIN = [
  'nhan_thuc_so',
  'the_che_so',
  'ha_tang_so',
  'nhan_luc_so',
  'an_toan_ttm',
  'hd_chinh_quyen_so',
  'hd_kinh_te_so',
  'hd_xa_hoi_so',
]

/** Every main index of a province has the same value, so that its score is that value. */
function panelOf(values: Record<string, number>) {
  const rows = Object.entries(values).map(([unit, value]) => `${unit},${MAIN.map(() => value).join(',')}`)
  return readData(`unit,${MAIN.join(',')}\n${rows.join('\n')}`, { wide: 'unit' }).data!.panels[0]!
}

describe('scores of merged units', () => {
  const framework = openModel('dti-922-province-2022.yaml').framework!
  const membership = [
    {
      unit: 'new',
      from: [
        { unit: 'a', share: 1 },
        { unit: 'b', share: 1 },
      ],
    },
    { unit: 'same', from: [{ unit: 'c', share: 1 }] },
  ]
  const before = compute(framework, panelOf({ a: 0.4, b: 0.8, c: 0.5 }))
  const scoresOf = (scores: ReturnType<typeof compute> | null) =>
    scores?.units.map((u) => [u.unit, Number(u.score!.toFixed(9)), u.rank])

  test('plain mean, weighted mean and recomputing stand side by side and differ', () => {
    const merged = mergedScores(framework, before, membership, {
      mainIndices: MAIN,
      weight: {
        name: 'dân số 2022',
        of: new Map([
          ['a', 3],
          ['b', 1],
          ['c', 2],
        ]),
      },
      items: panelOf({ new: 0.45, same: 0.5 }),
    })
    expect(scoresOf(merged.scores.plain_mean_of_main_indices)).toEqual([
      ['new', 0.6, 1],
      ['same', 0.5, 2],
    ])
    expect(scoresOf(merged.scores.weighted_mean)).toEqual([
      ['new', 0.5, 1],
      ['same', 0.5, 1],
    ])
    expect(scoresOf(merged.scores.recompute)).toEqual([
      ['same', 0.5, 1],
      ['new', 0.45, 2],
    ])
    expect(merged.basis.weighted_mean).toBe('dân số 2022')
  })

  test('a rule without what it needs gives no answer', () => {
    const { scores } = mergedScores(framework, before, membership, { mainIndices: MAIN })
    expect(scores.weighted_mean).toBeNull()
    expect(scores.recompute).toBeNull()
  })

  test('a divided unit weighs by its share', () => {
    const divided = [
      {
        unit: 'new',
        from: [
          { unit: 'a', share: 1 },
          { unit: 'b', share: 0.5 },
        ],
      },
    ]
    const weight = {
      name: 'cases',
      of: new Map([
        ['a', 1],
        ['b', 2],
      ]),
    }
    const { scores } = mergedScores(framework, before, divided, { mainIndices: MAIN, weight })
    expect(scores.weighted_mean!.units[0]!.score).toBeCloseTo(0.6, 12)
  })

  test('main indices must be known and cover the tree', () => {
    expect(() => mergedScores(framework, before, membership, { mainIndices: ['x'] })).toThrow(
      /no main index "x"/,
    )
    expect(() => mergedScores(framework, before, membership, { mainIndices: MAIN.slice(1) })).toThrow(
      /"nhan_thuc_so" is below none/,
    )
  })

  test('63 provinces become 34 on 1 July 2025', () => {
    const folder = join(import.meta.dirname, '../../../../models/admin-units')
    const file = (name: string) => ({ file: name, text: readFileSync(join(folder, name), 'utf8') })
    const territory = new Territory(
      readAdminUnits({ units: [file('units-provinces.csv')], edges: file('edges.csv') }),
    )
    const old = territory.units({ at: '2025-06-30', level: 'province' })
    const members = membershipOn(
      territory,
      old.map((u) => u.id),
      '2025-07-01',
      'equal',
    )
    expect([old.length, members.length]).toEqual([63, 34])
    expect(members.flatMap((m) => m.from.map((f) => f.share)).every((s) => s === 1)).toBe(true)
    expect(members.filter((m) => m.from.length === 1)).toHaveLength(11)
  })
})
