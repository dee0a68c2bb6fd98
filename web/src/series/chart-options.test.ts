import type { SeriesAnswer } from '@nhip/node/observations/contract'
import { expect, it } from 'vitest'
import { type ChartWords, chartOptions, nearestPoint } from './chart-options.ts'

const words: ChartWords = {
  name: 'PM2.5',
  symbol: 'µg/m³',
  number: String,
  short: String,
  time: (p) => p.t,
  band: 'nhỏ nhất – lớn nhất',
  status: (p) => p.status ?? '',
  description: '',
}
const colours = { line: '#000', band: '#111111', grid: '#222', text: '#333', chosen: '#444' }
const answer = (points: unknown[]) => ({ points }) as unknown as SeriesAnswer

it('draws times at +07:00 on every machine', () => {
  const { series, useUTC } = chartOptions(
    answer([{ t: '2026-01-01T00:00:00+07:00', value: 1 }]),
    words,
    null,
    colours,
  )
  expect(useUTC).toBe(true)
  const first = series[0]!.data[0] as { value: [number, number] }
  expect(new Date(first.value[0]).toISOString()).toBe('2026-01-01T00:00:00.000Z')
})

it('a missing value is a gap, a band is drawn only where values were gathered', () => {
  const { series } = chartOptions(
    answer([
      { t: '2026-01-01T00:00:00Z', value: 2, min: 1, max: 4 },
      { t: '2026-01-01T01:00:00Z', value: null },
    ]),
    words,
    null,
    colours,
  )
  expect((series[0]!.data[1] as { value: unknown[] }).value[1]).toBeNull()
  expect(series).toHaveLength(3)
  expect((series[2]!.data as number[][])[0]![1]).toBe(3)
})

it('nothing from the data reaches the page as markup', () => {
  const { tooltip } = chartOptions(
    answer([{ t: '<img src=x onerror=alert(1)>', value: 1 }]),
    words,
    null,
    colours,
  )
  expect(tooltip.formatter([{ dataIndex: 0 }])).not.toContain('<img')
})

it('the chosen value is marked where it is drawn', () => {
  const t = '2026-01-01T00:00:00+07:00'
  const { series } = chartOptions(answer([{ t, value: 1 }]), words, t, colours)
  const { markLine, data } = series[0] as {
    markLine: { data: { xAxis: number }[] }
    data: { value: number[] }[]
  }
  expect(markLine.data[0]!.xAxis).toBe(data[0]!.value[0])
})

it('a click takes the nearest value, by the times as they are drawn', () => {
  const points = [{ t: '2026-01-01T00:00:00+07:00' }, { t: '2026-01-01T01:00:00+07:00' }]
  expect(nearestPoint(points, Date.parse('2026-01-01T00:20:00Z'))).toBe(points[0])
  expect(nearestPoint(points, Date.parse('2026-01-01T00:40:00Z'))).toBe(points[1])
  expect(nearestPoint([], 0)).toBeUndefined()
})
