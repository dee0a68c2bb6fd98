import { readdirSync, readFileSync } from 'node:fs'
import { calendarOf, entriesBetween } from '@nhip/calendar/holiday-calendar'
import { statutoryDays } from '@nhip/calendar/statutory-days'
import { addWorkingDays, countWorkingDays, isWorkingDay } from '@nhip/calendar/working-days'
import { describe, expect, it } from 'vitest'

const folder = new URL('./vn/', import.meta.url)
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name) => ({
    file: `models/calendars/vn/${name}`,
    content: JSON.parse(readFileSync(new URL(name, folder), 'utf8')),
  }))
const { calendar, problems } = calendarOf(files, { asOf: '2026-11-21' })

describe('calendars of Vietnam', () => {
  it('are free of errors; past years without a decision and announced days without a law are warned of', () => {
    expect(problems.filter((p) => p.severity === 'error')).toEqual([])
    expect(problems.filter((p) => p.code === 'calendar.not-official').map((p) => p.value)).toEqual([
      '2021',
      '2022',
      '2023',
      '2024',
      '2025',
    ])
    expect(problems.filter((p) => p.code === 'calendar.unconfirmed').map((p) => p.value)).toContain(
      '2026-11-24',
    )
    expect([...calendar.years.keys()]).toEqual([2021, 2022, 2023, 2024, 2025, 2026, 2027, 2028])
  })

  it('hold every day that the Labour Code fixes, as official', () => {
    for (const year of calendar.years.keys()) {
      const entries = entriesBetween(calendar, `${year}-01-01`, `${year}-12-31`)
      expect(entries.filter((d) => d.kind === 'holiday')).toHaveLength(11)
      const official = new Set(entries.filter((d) => d.status === 'official').map((d) => d.date))
      for (const day of statutoryDays(year).filter((d) => d.status === 'official')) {
        // A day in lieu may lie elsewhere once Tết is known; the holidays themselves may not.
        if (day.kind === 'holiday') expect(official).toContain(day.date)
      }
    }
  })

  it('cite what fixes each day, and never call a press report official', () => {
    for (const { content } of files) {
      for (const day of content.days) {
        expect(day.decision).not.toBe('')
        if (day.status === 'official')
          expect(day.decision).toMatch(/^Bộ luật Lao động 45\/2019\/QH14, Điều 11[12]/)
      }
    }
  })

  it('know the long breaks of 2025 and 2026', () => {
    expect(addWorkingDays('2025-01-24', 1, calendar)).toBe('2025-02-03')
    expect(addWorkingDays('2025-08-29', 1, calendar)).toBe('2025-09-03')
    expect(addWorkingDays('2026-02-13', 1, calendar)).toBe('2026-02-23')
    expect(addWorkingDays('2025-12-31', 1, calendar)).toBe('2026-01-05')
    expect(isWorkingDay('2025-04-26', calendar)).toBe(true)
    expect(isWorkingDay('2026-01-10', calendar)).toBe(true)
    expect(isWorkingDay('2026-04-27', calendar)).toBe(false)
    expect(isWorkingDay('2026-11-24', calendar)).toBe(true)
  })

  it('exchange days one for one', () => {
    // 261 weekdays each, less the days off that fall on weekdays or are moved to one.
    expect(countWorkingDays('2024-12-31', '2025-12-31', calendar)).toBe(250)
    expect(countWorkingDays('2025-12-31', '2026-12-31', calendar)).toBe(250)
  })
})
