import { expect, test } from 'vitest'
import { familiesOf } from './families.ts'
import type { Grid } from './grid.ts'

const gridOf = (units: string[], parents: [string, string][] = []): Grid => ({
  units,
  items: [],
  periods: [''],
  value: new Float64Array(),
  numerator: null,
  denominator: null,
  texts: new Map(parents.length > 0 ? [['parent', new Map(parents)]] : []),
})

test.each([
  [['VN', '01', '01003', '04', '04001'], 'VN: 01 04 · 01: 01003 · 04: 04001'],
  [['QG', 'tinh-1', 'xa-1-1', 'xa-1-12', 'xa-1-2'], 'QG: tinh-1 · tinh-1: xa-1-1 xa-1-12 xa-1-2'],
  [['V', 'V.1', 'V.1.a', 'V.1.b'], 'V: V.1 · V.1: V.1.a V.1.b'],
  [['a', 'b'], ''],
])('codes %j are read as %s', (units, tree) => {
  const families = familiesOf(gridOf(units), 'codes')
  expect(
    families
      .map(({ total, parts }) => `${units[total]}: ${parts.map((u) => units[u]).join(' ')}`)
      .join(' · '),
  ).toBe(tree)
})

test('an item that names parents', () => {
  const grid = gridOf(
    ['x', 'y', 'z'],
    [
      ['x', 'z'],
      ['y', 'z'],
      ['z', 'nowhere'],
    ],
  )
  expect(familiesOf(grid, { attribute: 'parent' })).toEqual([{ total: 2, parts: [0, 1] }])
})
