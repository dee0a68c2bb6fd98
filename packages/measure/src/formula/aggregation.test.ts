import { describe, expect, it } from 'vitest'
import { aggregate } from './aggregate.ts'
import { controlTotals } from './control-totals.ts'
import { type CubeRow, cubeOf } from './cube.ts'
import type { ItemDefinition } from './definition.ts'
import { compileFormula } from './formula.ts'
import { overPeriods } from './over-periods.ts'
import { scopeOf } from './scope.ts'
import { STATE } from './value.ts'

const units = [
  { code: 'T', level: 'tinh' },
  ...['A', 'B', 'C'].map((code) => ({ code, level: 'xa', parent: 'T' })),
]
const row = (unit: string, item: string, period: string, value: number | null): CubeRow => ({
  unit,
  item,
  period,
  value,
})
const read = (rows: CubeRow[], item: ItemDefinition, unit: string) => {
  const cube = cubeOf(rows, { units })
  const column = compileFormula(item.code, scopeOf([item, { code: 'dan_so' }])).formula!.evaluate(cube)
  const u = cube.units.findIndex(({ code }) => code === unit)
  return { state: column.state[u], value: column.value[u], coverage: column.coverage?.[u] }
}

describe('over units', () => {
  const sum: ItemDefinition = { code: 'x', reportedAt: 'xa', overUnits: 'sum' }
  const rows = [row('T', 'x', '2026-01', 999), row('A', 'x', '2026-01', 5), row('B', 'x', '2026-01', 7)]

  it('adds the reporting units and never the control total above them', () => {
    expect(read(rows, sum, 'T')).toEqual({ state: STATE.ok, value: 12, coverage: 2 / 3 })
    expect(controlTotals(sum, scopeOf([sum]), cubeOf(rows, { units }))).toEqual([
      { unit: 'T', period: '2026-01', item: 'x', stored: 999, aggregated: 12, coverage: 2 / 3 },
    ])
  })

  it('is missing, not small, below the least coverage', () => {
    expect(read(rows, { ...sum, minCoverage: 0.9 }, 'T')).toMatchObject({
      state: STATE.notReported,
      value: 0,
    })
  })

  it('a ratio is Σ ÷ Σ over the units that have both sides, never a mean of percentages', () => {
    const parts = (unit: string, numerator: number | null, denominator: number | null): CubeRow => ({
      ...row(unit, 'x', '2026-01', null),
      numerator,
      denominator,
    })
    const data = [parts('A', 1, 10), parts('B', 90, 100), parts('C', 5, null)]
    expect(read(data, { ...sum, overUnits: 'ratio' }, 'T')).toMatchObject({
      value: 91 / 110,
      coverage: 2 / 3,
    })
  })

  it('what does not add up is not aggregated', () => {
    expect(read(rows, { ...sum, overUnits: 'none' }, 'T').state).toBe(STATE.notReported)
  })

  it('a weighted mean wants its weight at each unit', () => {
    const data = [
      ...rows,
      row('A', 'dan_so', '2026-01', 3),
      row('B', 'dan_so', '2026-01', 1),
      row('C', 'dan_so', '2026-01', 9),
    ]
    expect(read(data, { ...sum, overUnits: 'weighted_mean', weight: 'dan_so' }, 'T').value).toBe(
      (5 * 3 + 7) / 4,
    )
  })

  it('units that are closed on the last day of the period are not expected', () => {
    const closed = units.map((unit) => (unit.code === 'C' ? { ...unit, closes: '2026-01-15' } : unit))
    const cube = cubeOf(rows, { units: closed })
    const column = compileFormula('x', scopeOf([sum])).formula!.evaluate(cube)
    expect(column.coverage?.[cube.units.findIndex(({ code }) => code === 'T')]).toBe(1)
  })

  it('angles have a mean direction', () => {
    const of = (...value: number[]) =>
      aggregate(
        'circular',
        { state: value.map(() => 0), value },
        value.map((_, i) => i),
      )
    expect(of(350, 20).value).toBeCloseTo(5, 9)
    expect(of(0, 180).state).toBe(STATE.zeroDenominator)
  })
})

describe('over periods, inside each unit first', () => {
  const months = (unit: string, values: (number | null)[]): CubeRow[] =>
    values.map((value, i) => row(unit, 'x', `2026-0${i + 1}`, value))
  const rows = [...months('A', [1, 2, 3]), ...months('B', [10, null, null]), ...months('C', [null, null, 4])]
  const quarter = (item: ItemDefinition, unit: string) => {
    const { cube, coverage } = overPeriods(cubeOf(rows, { units }), new Map([[item.code, item]]), 'quarter')
    const cells = cube.items.get('x')!.get('*')!
    const u = cube.units.findIndex(({ code }) => code === unit)
    const column = compileFormula('x', scopeOf([item])).formula!.evaluate(cube)
    return {
      periods: cube.periods,
      value: cells.value[u],
      state: cells.state[u],
      coverage: coverage.get('x')!.get('*')![u],
      whole: column.value[u],
    }
  }

  it('last, then sum: the sum of the latest value of each unit', () => {
    const item: ItemDefinition = { code: 'x', reportedAt: 'xa', overPeriods: 'last', overUnits: 'sum' }
    expect(quarter(item, 'T').whole).toBe(3 + 10 + 4)
    expect(quarter({ ...item, maxAge: 1 }, 'T').whole).toBe(3 + 4)
  })

  it('mean in time, then sum in space', () => {
    expect(quarter({ code: 'x', reportedAt: 'xa', overPeriods: 'mean', overUnits: 'sum' }, 'T').whole).toBe(
      2 + 10 + 4,
    )
  })

  it('counts the periods that report', () => {
    const item: ItemDefinition = { code: 'x', overPeriods: 'sum', minCoverage: 0.5 }
    expect(quarter(item, 'A')).toMatchObject({ periods: ['2026-Q1'], value: 6, coverage: 1 })
    expect(quarter(item, 'B')).toMatchObject({ state: STATE.notReported, coverage: 1 / 3 })
  })
})
