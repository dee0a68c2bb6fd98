import * as tables from '@dqcai/vn-lunar'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { civilFromDays, dateOfDayNumber, dayNumber } from './civil-date.ts'
import { canChiOfYear, leapMonthOf, lunarFromSolar, lunarNewYear, solarFromLunar } from './lunar.ts'
import { newMoon, sunLongitude } from './lunar-astronomy.ts'

// Tết 1968–2060. Each line: year, month-day, name. Years in which China began the year on another day are marked below.
const TET = `
1968 01-29 Mậu Thân|1969 02-16 Kỷ Dậu|1970 02-06 Canh Tuất|1971 01-27 Tân Hợi|1972 02-15 Nhâm Tý|1973 02-03 Quý Sửu
1974 01-23 Giáp Dần|1975 02-11 Ất Mão|1976 01-31 Bính Thìn|1977 02-18 Đinh Tỵ|1978 02-07 Mậu Ngọ|1979 01-28 Kỷ Mùi
1980 02-16 Canh Thân|1981 02-05 Tân Dậu|1982 01-25 Nhâm Tuất|1983 02-13 Quý Hợi|1984 02-02 Giáp Tý|1985 01-21 Ất Sửu
1986 02-09 Bính Dần|1987 01-29 Đinh Mão|1988 02-17 Mậu Thìn|1989 02-06 Kỷ Tỵ|1990 01-27 Canh Ngọ|1991 02-15 Tân Mùi
1992 02-04 Nhâm Thân|1993 01-23 Quý Dậu|1994 02-10 Giáp Tuất|1995 01-31 Ất Hợi|1996 02-19 Bính Tý|1997 02-07 Đinh Sửu
1998 01-28 Mậu Dần|1999 02-16 Kỷ Mão|2000 02-05 Canh Thìn|2001 01-24 Tân Tỵ|2002 02-12 Nhâm Ngọ|2003 02-01 Quý Mùi
2004 01-22 Giáp Thân|2005 02-09 Ất Dậu|2006 01-29 Bính Tuất|2007 02-17 Đinh Hợi|2008 02-07 Mậu Tý|2009 01-26 Kỷ Sửu
2010 02-14 Canh Dần|2011 02-03 Tân Mão|2012 01-23 Nhâm Thìn|2013 02-10 Quý Tỵ|2014 01-31 Giáp Ngọ|2015 02-19 Ất Mùi
2016 02-08 Bính Thân|2017 01-28 Đinh Dậu|2018 02-16 Mậu Tuất|2019 02-05 Kỷ Hợi|2020 01-25 Canh Tý|2021 02-12 Tân Sửu
2022 02-01 Nhâm Dần|2023 01-22 Quý Mão|2024 02-10 Giáp Thìn|2025 01-29 Ất Tỵ|2026 02-17 Bính Ngọ|2027 02-06 Đinh Mùi
2028 01-26 Mậu Thân|2029 02-13 Kỷ Dậu|2030 02-02 Canh Tuất|2031 01-23 Tân Hợi|2032 02-11 Nhâm Tý|2033 01-31 Quý Sửu
2034 02-19 Giáp Dần|2035 02-08 Ất Mão|2036 01-28 Bính Thìn|2037 02-15 Đinh Tỵ|2038 02-04 Mậu Ngọ|2039 01-24 Kỷ Mùi
2040 02-12 Canh Thân|2041 02-01 Tân Dậu|2042 01-22 Nhâm Tuất|2043 02-10 Quý Hợi|2044 01-30 Giáp Tý|2045 02-17 Ất Sửu
2046 02-06 Bính Dần|2047 01-26 Đinh Mão|2048 02-14 Mậu Thìn|2049 02-02 Kỷ Tỵ|2050 01-23 Canh Ngọ|2051 02-11 Tân Mùi
2052 02-01 Nhâm Thân|2053 02-18 Quý Dậu|2054 02-08 Giáp Tuất|2055 01-28 Ất Hợi|2056 02-15 Bính Tý|2057 02-04 Đinh Sửu
2058 01-24 Mậu Dần|2059 02-12 Kỷ Mão|2060 02-02 Canh Thìn`

const rows = TET.trim()
  .split(/[|\n]/)
  .map((row) => /^(\d{4}) (\S+) (.+)$/.exec(row)!.slice(1) as [string, string, string])

describe('Tết', () => {
  it('1968–2060 falls on the days of the printed tables', () => {
    expect(rows).toHaveLength(93)
    expect(rows.map(([year]) => `${lunarNewYear(Number(year))} ${canChiOfYear(Number(year))}`)).toEqual(
      rows.map(([year, day, name]) => `${year}-${day} ${name}`),
    )
  })

  it.each([
    [1968, '1968-01-29', '1968-01-30'],
    [1969, '1969-02-16', '1969-02-17'],
    [1985, '1985-01-21', '1985-02-20'],
    [2007, '2007-02-17', '2007-02-18'],
    [2030, '2030-02-02', '2030-02-03'],
    [2053, '2053-02-18', '2053-02-19'],
  ])('%i is not the Chinese day', (year, vietnam, china) => {
    expect(lunarNewYear(year)).toBe(vietnam)
    expect(lunarNewYear(year)).not.toBe(china)
  })
})

describe('days', () => {
  it('agree with the independent tables on every day 1968–2060', () => {
    const different: string[] = []
    const end = dayNumber('2060-12-31')
    for (let n = dayNumber('1968-01-01'); n <= end; n++) {
      const { year, month, day } = civilFromDays(n)
      const ours = lunarFromSolar(dateOfDayNumber(n))
      const theirs = tables.getLunarDate(day, month, year)
      if (
        ours.year !== theirs.year ||
        ours.month !== theirs.month ||
        ours.day !== theirs.day ||
        ours.leap !== Boolean(theirs.leap)
      ) {
        different.push(dateOfDayNumber(n))
      }
    }
    expect(different).toEqual([])
  })

  it('go there and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: dayNumber('1900-02-01'), max: dayNumber('2100-12-31') }), (n) => {
        expect(dayNumber(solarFromLunar(lunarFromSolar(dateOfDayNumber(n))))).toBe(n)
      }),
    )
  })

  it('know Giỗ Tổ, the tenth of the third month', () => {
    const day = (year: number) => solarFromLunar({ year, month: 3, day: 10, leap: false })
    expect([2023, 2024, 2025, 2026].map(day)).toEqual([
      '2023-04-29',
      '2024-04-18',
      '2025-04-07',
      '2026-04-26',
    ])
  })

  it('know the leap months', () => {
    expect([2014, 2017, 2020, 2023, 2025, 2028, 2031, 2033].map(leapMonthOf)).toEqual([
      9, 6, 4, 2, 6, 5, 3, 11,
    ])
    expect([2024, 2026, 2027].map(leapMonthOf)).toEqual([null, null, null])
    expect(lunarFromSolar('2025-07-25')).toEqual({ year: 2025, month: 6, day: 1, leap: true })
    expect(leapMonthOf(1984)).toBe(null)
    expect(leapMonthOf(1985)).toBe(2)
  })

  it('that do not exist are refused', () => {
    expect(() => solarFromLunar({ year: 2026, month: 6, day: 1, leap: true })).toThrow(
      'invalid lunar date: "1/6 nhuận/2026": 2026 has no leap month',
    )
    expect(() => solarFromLunar({ year: 2025, month: 5, day: 1, leap: true })).toThrow('2025 repeats month 6')
    expect(() => solarFromLunar({ year: 2025, month: 12, day: 31, leap: false })).toThrow('the month has')
    expect(() => lunarFromSolar('1850-01-01')).toThrow('only the years 1900–2100')
  })
})

describe('the sky', () => {
  // Moments published in Meeus, examples 49.a and 25.a (dynamical time less ΔT of that year).
  it('has the new moon of 18 February 1977 at 03:36:53 UT', () => {
    const seconds = (newMoon(-283) - dayNumber('1977-02-18')) * 86_400
    expect(seconds).toBeGreaterThan(3 * 3600 + 36 * 60 + 53 - 10)
    expect(seconds).toBeLessThan(3 * 3600 + 36 * 60 + 53 + 10)
  })

  it('has the sun at 199.906° on 13 October 1992, 0h', () => {
    expect(sunLongitude(dayNumber('1992-10-13'))).toBeCloseTo(199.906, 2)
  })
})
