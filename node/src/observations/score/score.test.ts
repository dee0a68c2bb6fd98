import { dayNumber } from '@nhip/calendar/civil-date'
import { statutoryCalendar } from '@nhip/calendar/holiday-calendar'
import { epochMilliseconds, startOfDay } from '@nhip/calendar/instant'
import { instantsOf, periodOf } from '@nhip/calendar/period'
import { expect, test } from 'vitest'
import type { FactCounts } from './read-facts.ts'
import { calendarScores, intervalScores, tellerOf } from './score.ts'

const day = (date: string, counts: Partial<FactCounts> & { facts: number }): FactCounts => ({
  source: 'http:tram',
  day: dayNumber(date),
  from: null,
  to: null,
  recordedDay: null,
  onTime: counts.facts,
  valid: counts.facts,
  unique: counts.facts,
  ...counts,
})
const range = { from: '2026-11-20', to: '2026-11-22' }
const later = startOfDay('2026-12-01')
const hourly = 3600
const one = { seriesId: 1, first: startOfDay('2026-01-01'), source: 'http:tram' }

test('a station that sends every hour: 24 a day are expected, what is missing, late, wrong or doubled lowers a share each', () => {
  const counts = [
    day('2026-11-20', { facts: 24 }),
    day('2026-11-21', { facts: 18, onTime: 9, valid: 17, unique: 16 }),
  ]
  expect(intervalScores(counts, [one], hourly, range, later)).toEqual([
    {
      day: '2026-11-21',
      source: 'http:tram',
      completeness: { good: 18, of: 24, share: 75 },
      timeliness: { good: 9, of: 18, share: 50 },
      validity: { good: 17, of: 18, share: 94.44 },
      uniqueness: { good: 16, of: 18, share: 88.89 },
      score: 77.08,
    },
    expect.objectContaining({ day: '2026-11-20', score: 100 }),
  ])
})

test('a silent day counts: nothing came of what was expected, and there is nothing else to judge', () => {
  const [silent] = intervalScores([], [one], hourly, range, later)
  expect(silent).toMatchObject({
    completeness: { good: 0, of: 24, share: 0 },
    validity: { good: 0, of: 0, share: null },
    score: 0,
  })
})

test('of a day that is not over, and of a series that began in it, only its part is expected', () => {
  const now = startOfDay('2026-11-21') + 6 * 3_600_000
  const begun = { ...one, seriesId: 2, first: startOfDay('2026-11-20') + 12 * 3_600_000 }
  const items = intervalScores([], [one, begun], hourly, range, now)
  expect(items.map(({ day: on, completeness }) => [on, completeness.of])).toEqual([
    ['2026-11-21', 12],
    ['2026-11-20', 36],
  ])
})

test('without a promise nothing is late and nothing is missing', () => {
  const [item] = intervalScores([day('2026-11-20', { facts: 4, valid: 3 })], [one], null, range, later)
  expect(item).toMatchObject({ completeness: { share: null }, timeliness: { share: null }, score: 87.5 })
})

test('all files are one source; a series is of whoever told most of it', () => {
  expect(
    tellerOf([
      { seriesId: 1, source: 'import:a', facts: 3 },
      { seriesId: 1, source: 'http:tram', facts: 5 },
      { seriesId: 1, source: 'import:b', facts: 4 },
    ]),
  ).toEqual(new Map([[1, 'import']]))
})

test('monthly figures by the 5th working day: the day they are due tells who was in time, who was late and who is missing', () => {
  const promise = { kind: 'calendar', period: 'month', dueIn: 5, count: 'working-days' } as const
  const october = instantsOf(periodOf('2026-10'))
  const figure = (source: string, received: string) =>
    day('2026-10-01', {
      source,
      facts: 1,
      from: epochMilliseconds(october.from),
      to: epochMilliseconds(october.to),
      recordedDay: dayNumber(received),
    })
  const series = ['http:a', 'http:b', 'http:c'].map((source, i) => ({ ...one, seriesId: i, source }))
  const items = calendarScores(
    [figure('http:a', '2026-11-06'), figure('http:b', '2026-11-09')],
    series,
    promise,
    { from: '2026-11-01', to: '2026-12-01' },
    statutoryCalendar(),
    later,
  )
  expect(
    items.map(({ day: on, source, completeness, timeliness }) => [
      on,
      source,
      completeness.share,
      timeliness.share,
    ]),
  ).toEqual([
    ['2026-11-06', 'http:a', 100, 100],
    ['2026-11-06', 'http:b', 100, 0],
    ['2026-11-06', 'http:c', 0, null],
  ])
})
