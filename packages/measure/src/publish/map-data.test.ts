import { readAdminUnits } from '@nhip/territory/read-units'
import { buildTerritory } from '@nhip/territory/territory'
import { describe, expect, test } from 'vitest'
import { readData } from '../data/read-data.ts'
import { type MapDataOptions, mapData } from './map-data.ts'

// Three old provinces: 1 and 2 became 2 (new), 3 was divided between 2 (new) and 4 in unknown shares.
const { territory } = buildTerritory(
  readAdminUnits({
    units: [
      {
        file: 'units.csv',
        text: `code,level,kind,name,valid_from,valid_to,parent,area_km2,population
1,province,province,Một,2004-01-01,2025-07-01,,,
2,province,province,Hai,2004-01-01,2025-07-01,,,
3,province,province,Ba,2004-01-01,2025-07-01,,,
2,province,province,Hai mới,2025-07-01,,,300,1000
4,province,province,Bốn,2025-07-01,,,100,3000
`,
      },
    ],
    edges: {
      file: 'edges.csv',
      text: `from,to,on,kind,share,basis
1,2,2025-07-01,merge,1,
2,2,2025-07-01,merge,1,
3,2,2025-07-01,split,,
3,4,2025-07-01,split,,
`,
    },
  }),
)

function map(text: string, options: Partial<MapDataOptions> = {}) {
  const { data } = readData(text)
  return mapData(territory, data!.rows, { view: 'as_now', shares: 'equal', codes: true, ...options })
}
const brief = (result: ReturnType<typeof map>): string[] =>
  result.file!.rows.map((r) =>
    [r.unit, r.item, r.value, r.numerator, r.denominator, r.status, r.extra.method ?? ''].join(' '),
  )

describe('data on the map of today', () => {
  test('amounts add up and divide, ratios go by their parts, scores stay where they cannot be added', () => {
    const text = `unit,item,period,value,numerator,denominator
1,dan,2024,10,,
2,dan,2024,20,,
3,dan,2024,8,,
1,ty_le,2024,,1,10
2,ty_le,2024,,9,10
3,ty_le,2024,,2,8
`
    expect(brief(map(text))).toEqual([
      '2 dan 34   E equal',
      '4 dan 4   E equal',
      '2 ty_le 0.4583333333333333 11 24 E equal',
      '4 ty_le 0.25 1 4 E equal',
    ])
    expect(brief(map(text, { shares: 'population' })).slice(0, 2)).toEqual([
      '2 dan 32   E population',
      '4 dan 6   E population',
    ])
    expect(brief(map('unit,item,period,value\n1,diem,2024,10\n2,diem,2024,20\n', { agg: 'mean' }))).toEqual([
      '2 diem    O ',
    ])
  })

  test('units come out as ids, for a bare code says nothing about its map', () => {
    const [row] = map('unit,item,period,value\n1,dan,2024,10\n2,dan,2024,20\n', { codes: false }).file!.rows
    expect(row!.unit).toBe('urn:nhip:unit:2@2025-07-01')
  })

  test('bounds on demand: every uncertain part whole, or not at all', () => {
    const { file } = map('unit,item,period,value\n3,dan,2024,8\n', { interval: true })
    expect(file!.rows.map((r) => [r.unit, r.extra.lo, r.extra.hi])).toEqual([
      ['2', undefined, undefined],
      ['4', '0', '8'],
    ])
  })

  test('a code that was not in force is an error of its line', () => {
    const { file, problems } = map('unit,item,period,value\n1,dan,2026,10\n')
    expect(file).toBeNull()
    expect(problems[0]).toMatchObject({ severity: 'error', code: 'unit-closed', line: 2, unit: '1' })
  })

  test('as then: nothing moves', () => {
    expect(brief(map('unit,item,period,value\n1,dan,2024,10\n', { view: 'as_then' }))).toEqual([
      '1 dan 10   A ',
    ])
  })
})
