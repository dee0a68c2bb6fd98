import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, dateOfDayNumber, dayNumber, diffDays } from './civil-date.ts'
import {
  type CalendarFile,
  calendarOf,
  entriesBetween,
  statutoryCalendar,
  workingDates,
} from './holiday-calendar.ts'
import { compensatoryDays, statutoryDays } from './statutory-days.ts'
import {
  addWorkingDays,
  countWorkingDays,
  isWorkingDay,
  workingDayOnOrAfter,
  workingDayOnOrBefore,
} from './working-days.ts'

const statutory = statutoryCalendar()
const name = { vi: 'Ngày thử', en: 'Test day' }

/** The year 2025 as announced: Tết 27–31 January, and Friday 2 May exchanged for Saturday 26 April. */
function year2025(changes: Partial<CalendarFile> = {}): CalendarFile {
  return {
    nhip: 'calendar/1',
    country: 'VN',
    year: 2025,
    status: 'provisional',
    days: [
      ...statutoryDays(2025),
      {
        date: '2025-05-02',
        kind: 'swapped-off',
        for: '2025-04-26',
        name,
        status: 'official',
        decision: 'thử',
      },
      {
        date: '2025-04-26',
        kind: 'swapped-working',
        for: '2025-05-02',
        name,
        status: 'official',
        decision: 'thử',
      },
    ],
    ...changes,
  }
}

const swapped = calendarOf([{ file: 'vn/2025.json', content: year2025() }]).calendar

describe('days off by the Labour Code', () => {
  it('are eleven a year, and one more for each that falls on a weekend', () => {
    for (let year = 2019; year <= 2060; year++) {
      const days = statutoryDays(year)
      const holidays = days.filter((d) => d.kind === 'holiday')
      expect(holidays.length).toBe(11)
      const onWeekends = holidays.filter((d) => [0, 6].includes((dayNumber(d.date) + 4) % 7))
      expect(days.length - holidays.length).toBe(onWeekends.length)
      expect(new Set(days.map((d) => d.date)).size).toBe(days.length)
      // Each day in lieu is a weekday that would otherwise be worked.
      for (const d of days.filter((x) => x.kind === 'compensatory'))
        expect([0, 6]).not.toContain((dayNumber(d.date) + 4) % 7)
    }
  })

  it.each([
    [
      2021,
      '2021-01-01 2021-02-10 2021-02-11 2021-02-12 2021-02-15 2021-02-16 2021-04-21 2021-04-30 2021-05-03 2021-09-02 2021-09-03'.split(
        ' ',
      ),
    ],
    [
      2022,
      '2022-01-03 2022-01-31 2022-02-01 2022-02-02 2022-02-03 2022-02-04 2022-04-11 2022-05-02 2022-05-03 2022-09-01 2022-09-02'.split(
        ' ',
      ),
    ],
    [
      2023,
      [
        '2023-01-02',
        '2023-01-20',
        '2023-01-23',
        '2023-01-24',
        '2023-01-25',
        '2023-01-26',
        '2023-05-01',
        '2023-05-02',
        '2023-05-03',
        '2023-09-01',
        '2023-09-04',
      ],
    ],
    [
      2024,
      [
        '2024-01-01',
        '2024-02-08',
        '2024-02-09',
        '2024-02-12',
        '2024-02-13',
        '2024-02-14',
        '2024-04-18',
        '2024-04-30',
        '2024-05-01',
        '2024-09-02',
        '2024-09-03',
      ],
    ],
    [
      2025,
      [
        '2025-01-01',
        '2025-01-27',
        '2025-01-28',
        '2025-01-29',
        '2025-01-30',
        '2025-01-31',
        '2025-04-07',
        '2025-04-30',
        '2025-05-01',
        '2025-09-01',
        '2025-09-02',
      ],
    ],
  ])('in %i took these weekdays', (year, weekdaysOff) => {
    const off: string[] = []
    for (let d = `${year}-01-01`; d <= `${year}-12-31`; d = addDays(d, 1)) {
      const weekend = [0, 6].includes((dayNumber(d) + 4) % 7)
      if (!weekend && !isWorkingDay(d, statutory)) off.push(d)
    }
    expect(off).toEqual(weekdaysOff)
  })

  it('two holidays on one weekend give two days in lieu', () => {
    const sat = {
      date: '2026-08-01',
      kind: 'holiday' as const,
      name,
      status: 'official' as const,
      decision: 'thử',
    }
    expect(compensatoryDays([sat, { ...sat, date: '2026-08-02' }]).map((d) => [d.date, d.for])).toEqual([
      ['2026-08-03', '2026-08-01'],
      ['2026-08-04', '2026-08-02'],
    ])
  })

  it('tell what is law from what is a default', () => {
    const status = Object.fromEntries(statutoryDays(2027).map((d) => [d.date, d.status]))
    expect(status['2027-01-01']).toBe('official')
    expect(status['2027-09-02']).toBe('official')
    expect(status['2027-02-06']).toBe('provisional')
    expect(status['2027-09-03']).toBe('provisional')
  })
})

describe('counting working days', () => {
  it('steps over weekends and Tết', () => {
    expect(addWorkingDays('2025-01-24', 1, statutory)).toBe('2025-02-03')
    expect(addWorkingDays('2025-01-24', 5, statutory)).toBe('2025-02-07')
    expect(addWorkingDays('2025-02-03', -1, statutory)).toBe('2025-01-24')
    expect(addWorkingDays('2025-01-29', 0, statutory)).toBe('2025-01-29')
    expect(countWorkingDays('2025-01-24', '2025-02-07', statutory)).toBe(5)
    expect(countWorkingDays('2025-02-07', '2025-01-24', statutory)).toBe(-5)
    expect(countWorkingDays('2025-02-01', '2025-02-02', statutory)).toBe(0)
    expect(() => addWorkingDays('2025-01-24', 1.5, statutory)).toThrow('not a whole number')
  })

  it('works a Saturday that was exchanged for a Friday', () => {
    expect(isWorkingDay('2025-04-26', swapped)).toBe(true)
    expect(isWorkingDay('2025-05-02', swapped)).toBe(false)
    expect(isWorkingDay('2025-04-26', statutory)).toBe(false)
    expect(addWorkingDays('2025-04-25', 1, swapped)).toBe('2025-04-26')
    expect(addWorkingDays('2025-04-29', 1, swapped)).toBe('2025-05-05')
    expect(workingDayOnOrAfter('2025-05-01', swapped)).toBe('2025-05-05')
    expect(workingDayOnOrBefore('2025-05-04', swapped)).toBe('2025-04-29')
    expect(entriesBetween(swapped, '2025-04-26', '2025-05-02').map((d) => d.kind)).toEqual([
      'swapped-working',
      'holiday',
      'holiday',
      'swapped-off',
    ])
    expect(workingDates(swapped, '2025-04-25', '2025-05-05')).toEqual([
      '2025-04-25',
      '2025-04-26',
      '2025-04-28',
      '2025-04-29',
      '2025-05-05',
    ])
  })

  it('goes there and back from a working day, and counts what it went', () => {
    const day = fc
      .integer({ min: dayNumber('2020-01-01'), max: dayNumber('2030-12-31') })
      .map(dateOfDayNumber)
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 300 }), (date, n) => {
        const start = workingDayOnOrAfter(date, swapped)
        const end = addWorkingDays(start, n, swapped)
        expect(isWorkingDay(end, swapped)).toBe(true)
        expect(addWorkingDays(end, -n, swapped)).toBe(start)
        expect(countWorkingDays(start, end, swapped)).toBe(n)
        expect(diffDays(start, end)).toBeGreaterThanOrEqual(n)
      }),
    )
  })
})

describe('year files', () => {
  const problems = (content: unknown) => calendarOf([{ file: 'vn/2025.json', content }]).problems

  it('a right one is taken without a word', () => {
    expect(problems(year2025())).toEqual([])
    expect([...swapped.years]).toEqual([[2025, 'provisional']])
  })

  const day = { date: '2025-06-02', kind: 'holiday', name, status: 'official', decision: 'thử' }
  it.each<[string, unknown, string]>([
    ['something else', { a: 1 }, 'schema'],
    ['a list', [], 'schema'],
    ['null', null, 'schema'],
    ['no days', { ...year2025(), days: undefined }, 'schema'],
    ['a day that is none', year2025({ days: [{ ...day, date: '2025-02-30' } as never] }), 'date'],
    ['a day of another year', year2025({ days: [{ ...day, date: '2026-06-02' } as never] }), 'other-year'],
    ['an unknown kind', year2025({ days: [{ ...day, kind: 'party' } as never] }), 'schema'],
    ['no decision', year2025({ days: [{ ...day, decision: '' } as never] }), 'no-decision'],
    ['a day twice', year2025({ days: [day, day] as never }), 'day-twice'],
    [
      'work on a weekday',
      year2025({ days: [{ ...day, kind: 'swapped-working' } as never] }),
      'works-already',
    ],
    [
      'a day in lieu on a Sunday',
      year2025({ days: [{ ...day, date: '2025-06-01', kind: 'compensatory' } as never] }),
      'off-already',
    ],
    [
      'a swap with one end',
      year2025({ days: [{ ...day, kind: 'swapped-off', for: '2025-06-07' } as never] }),
      'no-partner',
    ],
    [
      'a provisional day in an official file',
      year2025({ status: 'official', days: [{ ...day, status: 'provisional' } as never] }),
      'provisional-day',
    ],
  ])('%s is refused, and the year is computed instead', (_, content, code) => {
    const found = problems(content)
    expect(found.map((p) => p.code)).toContain(`calendar.${code}`)
    expect(found.every((p) => p.file === 'vn/2025.json' && p.message.vi !== '')).toBe(true)
    const { calendar } = calendarOf([{ file: 'vn/2025.json', content }])
    expect(calendar.years.size).toBe(0)
    expect(isWorkingDay('2025-01-29', calendar)).toBe(false)
  })

  it('two files for one year', () => {
    const { problems: found } = calendarOf([
      { file: 'a.json', content: year2025() },
      { file: 'b.json', content: year2025() },
    ])
    expect(found).toMatchObject([{ code: 'calendar.year-twice', file: 'b.json', value: '2025' }])
  })

  it('past years without an official file are warned of', () => {
    const { problems: found } = calendarOf([{ file: 'vn/2025.json', content: year2025() }], {
      asOf: '2026-11-21',
    })
    expect(found).toMatchObject([{ severity: 'warning', code: 'calendar.not-official', value: '2025' }])
    expect(calendarOf([], { asOf: '2026-11-21' }).problems.map((p) => p.value)).toEqual(['2025'])
    const official = {
      ...year2025(),
      status: 'official',
      days: year2025().days.map((d) => ({ ...d, status: 'official' })),
    }
    expect(
      calendarOf([{ file: 'vn/2025.json', content: official }], { asOf: '2026-11-21' }).problems,
    ).toEqual([])
  })

  it('an announced day without a law is worked, with a warning', () => {
    const unconfirmed = [
      { date: '2025-11-24', name, note: { vi: 'chưa có luật', en: 'no law yet' }, source: 'thử' },
    ]
    const { calendar, problems: found } = calendarOf([
      { file: 'vn/2025.json', content: year2025({ unconfirmed }) },
    ])
    expect(found).toMatchObject([{ severity: 'warning', code: 'calendar.unconfirmed', value: '2025-11-24' }])
    expect(isWorkingDay('2025-11-24', calendar)).toBe(true)
    expect(calendar.unconfirmed(dayNumber('2025-11-24'))?.note.vi).toBe('chưa có luật')
  })
})
