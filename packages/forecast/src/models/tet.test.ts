import { RandomStream } from '@nhip/random/stream'
import { expect, it } from 'vitest'
import { estimateTet, poolTet, tetColumns, tetDayGroup, tetGain, tetShares } from './tet.ts'

// First days of the lunar year in Vietnam (Hồ Ngọc Đức's tables, UTC+7); 2007 differs from China's 18 February.
const TET = [
  '2004-01-22',
  '2005-02-09',
  '2006-01-29',
  '2007-02-17',
  '2008-02-07',
  '2009-01-26',
  '2010-02-14',
  '2011-02-03',
  '2012-01-23',
  '2013-02-10',
  '2014-01-31',
  '2015-02-19',
  '2016-02-08',
  '2017-01-28',
  '2018-02-16',
  '2019-02-05',
  '2020-01-25',
  '2021-02-12',
  '2022-02-01',
  '2023-01-22',
]

it('a Tết on 31 January lies in two months', () => {
  const january = tetShares('2014-01-01', ['2014-01-31'])
  const february = tetShares('2014-02-01', ['2014-01-31'])
  expect(january.before).toBeCloseTo(1, 12)
  expect(january.from).toBeCloseTo(1 / 14, 12)
  expect(february.from).toBeCloseTo(13 / 14, 12)
})

it('columns have mean 0 over the years in every calendar month', () => {
  const [before] = tetColumns('2004-01-01', 240, TET)
  for (let m = 0; m < 12; m++) {
    let s = 0
    for (let y = 0; y < 20; y++) s += before[12 * y + m]!
    expect(Math.abs(s)).toBeLessThan(1e-9)
  }
})

it('days are grouped by weeks around Tết', () => {
  expect(
    ['2014-01-16', '2014-01-17', '2014-01-24', '2014-01-31', '2014-02-07', '2014-02-14'].map((d) =>
      tetDayGroup(d, TET),
    ),
  ).toEqual([-1, 0, 1, 2, 3, -1])
})

it('a planted effect is recovered over the pool; without an effect nothing is gained', () => {
  const random = new RandomStream(8)
  const columns = tetColumns('2004-01-01', 240, TET)
  const make = (effect: number): Float64Array[] =>
    Array.from({ length: 40 }, () =>
      Float64Array.from(
        { length: 240 },
        (_, t) => effect * (12 * columns[0][t]! - 20 * columns[1][t]!) + 4 * (random.uniform() - 0.5),
      ),
    )
  const planted = make(1)
  const { pool, shrunk } = poolTet(planted.map((r) => estimateTet(r, columns)))
  expect(Math.abs(pool.before - 12)).toBeLessThan(1)
  expect(Math.abs(pool.from + 20)).toBeLessThan(1)
  expect(Math.abs(shrunk[0]!.from + 20)).toBeLessThan(2)
  expect(tetGain(planted, columns, 24)).toBeGreaterThan(0.3)
  expect(Math.abs(tetGain(make(0), columns, 24))).toBeLessThan(0.05)
})
