import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readData } from '../data/read-data.ts'
import { asPublished } from './as-published.ts'

// Share of the digital economy in GDP, Việt Nam 2022, as four publications stated it (models/figures/digital-economy.csv).
const vintages = `unit,item,period,value,published
VN,digital_economy_share_gdp_pct,2022,12.86,2023-09
VN,digital_economy_share_gdp_pct,2022,12.67,2023-12
VN,digital_economy_share_gdp_pct,2022,12.63,2024
VN,digital_economy_share_gdp_pct,2022,12.83,2025-01
`

describe('what had been said on a day', () => {
  const { data } = readData(vintages)

  test.each([
    ['2023-09-29', undefined],
    ['2023-09', 12.86],
    ['2023-12-30', 12.86],
    ['2023-12-31', 12.67],
    // "2024" alone counts from its last day.
    ['2024-12-30', 12.67],
    ['2024', 12.63],
    ['2025-01-30', 12.63],
    ['2025-01-31', 12.83],
    [undefined, 12.83],
  ])('by %s: %s %', (day, value) => {
    expect(asPublished(data!.rows, day)[0]?.value).toBe(value)
  })

  test('a withdrawal hides what it withdraws, not what was said before it', () => {
    const { data: withdrawn } = readData(`unit,item,period,value,published,status
VN,a,2022,1,2023,
VN,a,2022,,2024,X
`)
    expect(asPublished(withdrawn!.rows, '2023')[0]).toMatchObject({ value: 1 })
    expect(asPublished(withdrawn!.rows)[0]).toMatchObject({ status: 'X' })
  })

  test('a day that is none is refused', () => {
    expect(() => asPublished([], '2023-13')).toThrow('invalid date: "2023-13"')
  })
})

const source = join(
  process.env.NHIP_SHARED ?? join(import.meta.dirname, '../../../../../shared'),
  'data/figures/vn-published-series.csv',
)
if (!existsSync(source)) console.log(`skipped: ${source} is not there`)
test.skipIf(!existsSync(source))('the vintages above are those of the series as collected', () => {
  const rows = readFileSync(source, 'utf8')
    .split('\n')
    .map((line) => line.split(','))
  const own = rows.filter(([series, , year]) => series === 'digital_economy_share_gdp_pct' && year === '2022')
  expect(own.map(([, , , published, value]) => `${value},${published}`)).toEqual(
    vintages
      .split('\n')
      .slice(1, 5)
      .map((line) => line.split(',').slice(3).join(',')),
  )
})
