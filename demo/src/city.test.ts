import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { City, type CityReading } from './city.ts'
import { truth } from './truth.ts'

const seed = 2026
const city = () => new City(seed, () => false)
/** 2026-11-16, a Monday. */
const monday = 20773
const startOf = (day: number) => day * 86_400_000 - 7 * 3_600_000
const ofDay = (day: number) => [...city().day(day)].flat()
const hash = (rows: CityReading[]) => createHash('sha256').update(JSON.stringify(rows)).digest('hex')

describe('the synthetic city', () => {
  it('tells the same story every time: one seed, one day, one content', () => {
    expect(hash(ofDay(monday))).toBe(hash(ofDay(monday)))
    expect(hash([...new City(7, () => false).day(monday)].flat())).not.toBe(hash(ofDay(monday)))
  })

  it('has the sensors the design names, each reading every five minutes', () => {
    const rows = ofDay(monday)
    const series = new Map<string, number>()
    for (const row of rows)
      series.set(
        `${row.property} ${row.entity} ${row.breakdown}`,
        (series.get(`${row.property} ${row.entity} ${row.breakdown}`) ?? 0) + 1,
      )
    const count = (property: string) =>
      [...series.keys()].filter((key) => key.startsWith(`${property} `)).length
    expect([
      count('vehicle-flow'),
      count('pm25'),
      count('rain-rate'),
      count('river-level'),
      count('power'),
    ]).toEqual([60, 40, 20, 8, 6])
    expect(count('calls')).toBe(4)
    expect(rows.length).toBeGreaterThan(38_000)
  })

  it('sends live exactly what the history holds', () => {
    const from = startOf(monday) + 9 * 3_600_000
    const live = [
      ...city().arriving(from, from + 1_800_000),
      ...city().arriving(from + 1_800_000, from + 3_600_000),
    ]
    const history = [...ofDay(monday - 1), ...ofDay(monday)].filter(
      (row) => row.arrives >= from && row.arrives < from + 3_600_000,
    )
    expect(new Set(live.map((row) => JSON.stringify(row)))).toEqual(
      new Set(history.map((row) => JSON.stringify(row))),
    )
    expect(live.length).toBe(history.length)
  })

  it('breathes like a city: two traffic peaks on working days, none at three in the morning', () => {
    const flow = ofDay(monday).filter((row) => row.property === 'vehicle-flow')
    const meanAt = (hour: number) => {
      const at = startOf(monday) + hour * 3_600_000
      const rows = flow.filter((row) => row.from >= at && row.from < at + 3_600_000)
      return rows.reduce((sum, row) => sum + (row.value ?? 0), 0) / rows.length
    }
    expect(meanAt(7)).toBeGreaterThan(4 * meanAt(3))
    expect(meanAt(17)).toBeGreaterThan(4 * meanAt(3))
    expect(meanAt(7)).toBeGreaterThan(1.3 * meanAt(14))
  })

  it('holds every injected fault where the truth says', () => {
    const listed = truth(seed, monday, monday + 6)
    expect(new Set(listed.map((item) => item.kind))).toEqual(
      new Set([
        'episode',
        'spike',
        'drift',
        'stuck',
        'gap',
        'clock-jump',
        'flap',
        'late',
        'duplicate',
        'uom-error',
      ]),
    )
    const week = Array.from({ length: 7 }, (_, i) => ofDay(monday + i)).flat()
    const rowsOf = (item: (typeof listed)[number]) =>
      week.filter(
        (row) =>
          row.property === item.property &&
          row.entity === item.entity &&
          row.from >= item.from &&
          row.from < item.to,
      )
    // Items of the week itself: an episode of the week before may reach into Monday.
    const own = listed.filter((item) => item.from >= startOf(monday))
    const find = (kind: string) => own.find((item) => item.kind === kind && item.entity !== '*')!
    expect(rowsOf(find('gap'))).toEqual([])
    expect(new Set(rowsOf(find('stuck')).map((row) => row.value)).size).toBe(1)
    expect(rowsOf(find('duplicate')).length).toBe(24)
    expect(Math.min(...rowsOf(find('uom-error')).map((row) => row.value ?? 0))).toBeGreaterThan(2_000)
    expect(rowsOf(find('late')).every((row) => row.arrives === row.from + 7_200_000)).toBe(true)
  })

  it('lets a one-stop office share be a share', () => {
    for (const row of ofDay(monday).filter((item) => item.property === 'cases-in-time')) {
      expect(row.num).toBeLessThanOrEqual(row.den ?? 0)
    }
  })
})
