import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { calendarOf } from '@nhip/calendar/holiday-calendar'
import { epochMilliseconds, formatInstant, startOfDay } from '@nhip/calendar/instant'
import { instantsOf, periodOf } from '@nhip/calendar/period'
import { describe, expect, test } from 'vitest'
import type { FreshnessPromise } from '../../catalogue/contract.ts'
import { calendarDeadlines, deadlinesOf, stateAt } from './deadlines.ts'

const folder = fileURLToPath(new URL('../../../../models/calendars/vn', import.meta.url))
const { calendar } = calendarOf(
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({ file, content: JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as unknown })),
)

type ByCalendar = Extract<FreshnessPromise, { kind: 'calendar' }>
const monthly = (more: Partial<ByCalendar> = {}): ByCalendar => ({
  kind: 'calendar',
  period: 'month',
  dueIn: 5,
  count: 'days',
  ...more,
})
const fact = (period: string) => {
  const { from, to } = instantsOf(periodOf(period))
  return { from: epochMilliseconds(from), to: epochMilliseconds(to) }
}
/** The last day on which the figure of a period is in time. */
const lastDay = (promise: ByCalendar, period: string) =>
  formatInstant(calendarDeadlines(promise, periodOf(period), calendar).dueAt - 1).slice(0, 10)

describe('a promise by interval', () => {
  const every: FreshnessPromise = { kind: 'interval', everyS: 300 }
  const at = epochMilliseconds('2026-11-22T08:00:00+07:00')
  test.each([
    [0, 'fresh'],
    [600, 'fresh'],
    [601, 'late'],
    [1500, 'late'],
    [1501, 'stale'],
  ])('every 5 minutes: %i s after the newest value %s', (age, state) => {
    expect(stateAt(deadlinesOf(every, { from: at, to: null }, calendar), at + age * 1000)).toBe(state)
  })
  test('thresholds of its own; an interval counts from its end', () => {
    const promise: FreshnessPromise = { ...every, lateAfterS: 3600, staleAfterS: 86_400 }
    expect(deadlinesOf(promise, { from: at - 3_600_000, to: at }, calendar)).toEqual({
      dueAt: at + 300_000,
      lateAt: at + 3_600_000,
      staleAt: at + 86_400_000,
    })
  })
})

describe('by the 5th of each month', () => {
  test.each([
    // The 5th of October 2026 is a Monday.
    ['2026-09', '2026-10-05'],
    // 5 April 2026 is a Sunday.
    ['2026-03', '2026-04-06'],
    // 5 September 2026 is a Saturday.
    ['2026-08', '2026-09-07'],
  ])('the figure of %s until %s', (period, day) => {
    expect(lastDay(monthly(), period)).toBe(day)
  })
})

describe('around Tết 2026 (17 February; off from Saturday 14 to Sunday 22)', () => {
  test('the figure of January by the 17th is due on the first working day after Tết', () => {
    expect(lastDay(monthly({ dueIn: 17 }), '2026-01')).toBe('2026-02-23')
  })
  test('the twelfth working day of February: ten before Tết, two after it', () => {
    expect(lastDay(monthly({ dueIn: 12, count: 'working-days' }), '2026-01')).toBe('2026-02-24')
    // In a month without days off the twelfth working day comes eight days earlier.
    expect(lastDay(monthly({ dueIn: 12, count: 'working-days' }), '2026-06')).toBe('2026-07-16')
  })
  test('a week that is Tết altogether is reported in the week after, not in the holidays', () => {
    expect(lastDay(monthly({ period: 'week', dueIn: 1, count: 'days' }), '2026-W07')).toBe('2026-02-23')
  })
})

describe('which period is awaited', () => {
  const by = (newest: { from: number; to: number | null }) =>
    formatInstant(deadlinesOf(monthly(), newest, calendar).dueAt - 1).slice(0, 10)
  test('after the figure of September that of October', () => {
    expect(by(fact('2026-09'))).toBe('2026-11-05')
  })
  test('half of October does not stand for October', () => {
    expect(by(fact('2026-10-01/2026-10-15'))).toBe('2026-11-05')
  })
  test('a figure dated on a day of October stands for October', () => {
    expect(by({ from: startOfDay('2026-10-31'), to: null })).toBe('2026-12-07')
  })
  test('a figure of a year stands for its last month; 5 February 2027 lies in Tết', () => {
    expect(by(fact('2026'))).toBe('2027-02-11')
  })
})

test('stale when the figure after it is due as well, or by a day of its own', () => {
  const september = calendarDeadlines(monthly(), periodOf('2026-09'), calendar)
  expect(september.staleAt).toBe(calendarDeadlines(monthly(), periodOf('2026-10'), calendar).dueAt)
  const soon = calendarDeadlines(monthly({ staleIn: 10 }), periodOf('2026-09'), calendar)
  expect(formatInstant(soon.staleAt)).toBe('2026-10-13T00:00:00+07:00')
})
