import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addDays,
  addMonths,
  addYears,
  civilFromDays,
  compareDates,
  dateLabel,
  dateOf,
  dateOfDayNumber,
  dayNumber,
  dayOfYear,
  daysFromCivil,
  daysInMonth,
  daysInYear,
  diffDays,
  diffMonths,
  diffYears,
  endOfMonth,
  isDate,
  isLeapYear,
  isoWeek,
  isoWeeksInYear,
  MAX_YEAR,
  parseDate,
  weekday,
} from './civil-date.ts'

const anyDayNumber = fc.integer({ min: daysFromCivil(-9999, 1, 1), max: daysFromCivil(9999, 12, 31) })
const anyDate = anyDayNumber.map(dateOfDayNumber)

describe('day numbers', () => {
  it('count from 1970-01-01', () => {
    expect(dayNumber('1970-01-01')).toBe(0)
    expect(dayNumber('1969-12-31')).toBe(-1)
    expect(dayNumber('2000-03-01')).toBe(11_017)
    expect(dayNumber('2026-07-01')).toBe(20_635)
    expect(dayNumber('0000-03-01')).toBe(-719_468)
  })

  it('agree with the engine’s own proleptic Gregorian calendar on every day it knows that we try', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000_000, max: 100_000_000 }), (n) => {
        const js = new Date(n * 86_400_000)
        expect(civilFromDays(n)).toEqual({
          year: js.getUTCFullYear(),
          month: js.getUTCMonth() + 1,
          day: js.getUTCDate(),
        })
      }),
    )
  })

  it('go there and back to the ends of the range that FEEL needs', () => {
    for (const year of [-MAX_YEAR, -400, -1, 0, 1, 1900, 2000, MAX_YEAR]) {
      for (const [month, day] of [
        [1, 1],
        [2, 28],
        [3, 1],
        [12, 31],
      ] as const) {
        expect(civilFromDays(daysFromCivil(year, month, day))).toEqual({ year, month, day })
      }
    }
    expect(dayNumber('999999999-12-31') - dayNumber('-999999999-01-01')).toBe(
      daysFromCivil(MAX_YEAR, 12, 31) - daysFromCivil(-MAX_YEAR, 1, 1),
    )
  })

  it('walk through 800 years without a step missing', () => {
    let n = daysFromCivil(1600, 1, 1)
    for (let year = 1600; year < 2400; year++) {
      for (let month = 1; month <= 12; month++) {
        for (let day = 1; day <= daysInMonth(year, month); day++) {
          if (daysFromCivil(year, month, day) !== n) throw new Error(`${year}-${month}-${day}`)
          n++
        }
      }
    }
    expect(n).toBe(daysFromCivil(2400, 1, 1))
  })
})

describe('dates that do not exist are refused with the value and the rule', () => {
  it.each([
    ['2026-02-31', 'invalid date: "2026-02-31": month 2 of 2026 has days 1 to 28'],
    ['2023-02-29', 'has days 1 to 28'],
    ['1900-02-29', 'has days 1 to 28'],
    ['2026-04-31', 'has days 1 to 30'],
    ['2026-13-01', 'the month is 1 to 12'],
    ['2026-00-10', 'the month is 1 to 12'],
    ['2026-01-00', 'has days 1 to 31'],
    ['31/02/2026', 'written YYYY-MM-DD'],
    ['2026-7-1', 'written YYYY-MM-DD'],
    ['2026-07-01 ', 'written YYYY-MM-DD'],
    ['02026-07-01', 'written YYYY-MM-DD'],
    ['-0000-01-01', 'written YYYY-MM-DD'],
    ['1000000000-01-01', 'written YYYY-MM-DD'],
    ['', 'invalid date: ""'],
  ])('%s', (text, message) => {
    expect(() => parseDate(text)).toThrow(message)
    expect(isDate(text)).toBe(false)
  })

  it('in both languages', () => {
    try {
      parseDate('2026-02-31')
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError)
      expect((error as { problem: unknown }).problem).toEqual({
        severity: 'error',
        code: 'calendar.date',
        value: '2026-02-31',
        message: {
          vi: 'ngày không hợp lệ: "2026-02-31": tháng 2/2026 có các ngày từ 1 đến 28',
          en: 'invalid date: "2026-02-31": month 2 of 2026 has days 1 to 28',
        },
      })
    }
  })

  it('as numbers too', () => {
    expect(dateOf(2024, 2, 29)).toBe('2024-02-29')
    expect(() => dateOf(2026, 2, 29)).toThrow('invalid date: "2026-2-29"')
    expect(() => dateOf(2026, 1.5, 1)).toThrow('the month is 1 to 12')
    expect(() => dateOf(Number.NaN, 1, 1)).toThrow('the year is a whole number')
    expect(() => dateOf(MAX_YEAR + 1, 1, 1)).toThrow('the year is a whole number')
  })

  it('and 29 February, years with more digits and years before 0 are taken', () => {
    expect(parseDate('2000-02-29')).toEqual({ year: 2000, month: 2, day: 29 })
    expect(parseDate('-0044-03-15')).toEqual({ year: -44, month: 3, day: 15 })
    expect(parseDate('12345-01-01')).toEqual({ year: 12_345, month: 1, day: 1 })
    expect(dateOfDayNumber(dayNumber('-0044-03-15'))).toBe('-0044-03-15')
  })
})

describe('arithmetic', () => {
  it('adds days across month and year ends', () => {
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29')
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
    expect(addDays('2027-01-01', -1)).toBe('2026-12-31')
    expect(() => addDays('2026-01-01', 0.5)).toThrow('not a whole number')
    expect(() => addDays('999999999-12-31', 1)).toThrow('the year is a whole number from')
    expect(() => dateOfDayNumber(Number.NaN)).toThrow('invalid date')
  })

  it('adds months with the day held inside the month', () => {
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28')
    expect(addMonths('2024-01-31', 1)).toBe('2024-02-29')
    expect(addMonths('2026-03-31', -1)).toBe('2026-02-28')
    expect(addMonths('2026-11-30', 3)).toBe('2027-02-28')
    expect(addMonths('2026-01-15', -13)).toBe('2024-12-15')
    expect(addYears('2024-02-29', 1)).toBe('2025-02-28')
    expect(addYears('2024-02-29', 4)).toBe('2028-02-29')
  })

  it('counts whole months and years as ages are counted', () => {
    expect(diffMonths('2026-01-31', '2026-02-28')).toBe(1)
    expect(diffMonths('2026-01-31', '2026-02-27')).toBe(0)
    expect(diffMonths('2026-03-31', '2026-02-28')).toBe(-1)
    expect(diffMonths('2026-03-15', '2026-02-16')).toBe(0)
    expect(diffYears('1960-07-01', '2020-06-30')).toBe(59)
    expect(diffYears('1960-07-01', '2020-07-01')).toBe(60)
    expect(diffYears('2004-02-29', '2022-02-28')).toBe(18)
    expect(diffYears('2020-01-01', '2019-06-01')).toBe(0)
  })

  it('adding and taking away days is exact', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: -1_000_000, max: 1_000_000 }), (date, n) => {
        const later = addDays(date, n)
        expect(diffDays(date, later)).toBe(n)
        expect(addDays(later, -n)).toBe(date)
        expect(Math.sign(compareDates(later, date))).toBe(Math.sign(n) || 0)
      }),
    )
  })

  it('months added stay in the month that counting says', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: -5000, max: 5000 }), (date, n) => {
        const a = parseDate(date)
        const b = parseDate(addMonths(date, n))
        expect((b.year - a.year) * 12 + b.month - a.month).toBe(n)
        expect(b.day === a.day || b.day === daysInMonth(b.year, b.month)).toBe(true)
      }),
    )
  })

  it('whole months are the greatest number that does not overshoot', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: 0, max: 20_000 }), (from, days) => {
        const to = addDays(from, days)
        const n = diffMonths(from, to)
        expect(compareDates(addMonths(from, n), to)).toBeLessThanOrEqual(0)
        expect(compareDates(addMonths(from, n + 1), to)).toBeGreaterThan(0)
      }),
    )
  })
})

describe('weeks and days of the year', () => {
  it('names weekdays from Monday = 1', () => {
    expect(weekday('1970-01-01')).toBe(4)
    expect(weekday('2026-11-21')).toBe(6)
    expect(weekday('1945-09-02')).toBe(7)
    expect(weekday('1954-05-07')).toBe(5)
  })

  // The corner cases printed in ISO 8601 and its usual commentaries.
  it.each([
    ['2005-01-01', 2004, 53],
    ['2005-01-02', 2004, 53],
    ['2005-12-31', 2005, 52],
    ['2007-01-01', 2007, 1],
    ['2008-12-29', 2009, 1],
    ['2008-12-31', 2009, 1],
    ['2009-12-31', 2009, 53],
    ['2010-01-03', 2009, 53],
    ['2010-01-04', 2010, 1],
    ['2026-12-31', 2026, 53],
    ['2026-07-20', 2026, 30],
  ])('%s lies in week %i-W%i', (date, year, week) => {
    expect(isoWeek(date)).toEqual({ year, week })
  })

  it('weeks start on Mondays and years have 52 or 53', () => {
    fc.assert(
      fc.property(anyDate, (date) => {
        const { year, week } = isoWeek(date)
        expect(week).toBeGreaterThanOrEqual(1)
        expect(week).toBeLessThanOrEqual(isoWeeksInYear(year))
        const sameWeek = JSON.stringify(isoWeek(addDays(date, 1))) === JSON.stringify({ year, week })
        expect(sameWeek).toBe(weekday(date) !== 7)
      }),
    )
    expect([2004, 2009, 2015, 2020, 2026].map(isoWeeksInYear)).toEqual([53, 53, 53, 53, 53])
    expect([2021, 2022, 2023, 2024, 2025].map(isoWeeksInYear)).toEqual([52, 52, 52, 52, 52])
  })

  it('counts days of the year', () => {
    expect(dayOfYear('2026-01-01')).toBe(1)
    expect(dayOfYear('2026-12-31')).toBe(365)
    expect(dayOfYear('2024-12-31')).toBe(366)
    expect(daysInYear(1900)).toBe(365)
    expect(isLeapYear(2000)).toBe(true)
    expect(endOfMonth('2024-02-10')).toBe('2024-02-29')
  })

  it('writes a date for readers', () => {
    expect(dateLabel('2026-07-01', 'vi')).toBe('01/07/2026')
    expect(dateLabel('2026-07-01', 'en')).toBe('1 July 2026')
  })
})
