import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, dateOfDayNumber } from './civil-date.ts'
import {
  comparePeriods,
  containing,
  contains,
  instantsOf,
  isPeriod,
  lastDay,
  lengthInDays,
  next,
  overlaps,
  partsOf,
  periodLabel,
  periodOf,
  periodsFrom,
  previous,
  sameInYear,
  shift,
  spanning,
  type TilingKind,
} from './period.ts'

const KINDS: TilingKind[] = ['year', 'half', 'quarter', 'month', 'week', 'day']
const anyDate = fc.integer({ min: -100_000, max: 200_000 }).map(dateOfDayNumber)
const anyKind = fc.constantFrom(...KINDS)

describe('reading ISO periods', () => {
  it.each([
    ['2026', 'year', '2026-01-01', '2027-01-01'],
    ['2026-H1', 'half', '2026-01-01', '2026-07-01'],
    ['2026-H2', 'half', '2026-07-01', '2027-01-01'],
    ['2026-Q3', 'quarter', '2026-07-01', '2026-10-01'],
    ['2026-07', 'month', '2026-07-01', '2026-08-01'],
    ['2024-02', 'month', '2024-02-01', '2024-03-01'],
    ['2026-W01', 'week', '2025-12-29', '2026-01-05'],
    ['2026-W53', 'week', '2026-12-28', '2027-01-04'],
    ['2026-07-01', 'day', '2026-07-01', '2026-07-02'],
    ['2026-01/2026-09', 'interval', '2026-01-01', '2026-10-01'],
    ['2026-07-01/2026-07-15', 'interval', '2026-07-01', '2026-07-16'],
    ['2021/2025', 'interval', '2021-01-01', '2026-01-01'],
    ['2026-07-01/P45D', 'interval', '2026-07-01', '2026-08-15'],
    ['2026-01/P1Y6M', 'interval', '2026-01-01', '2027-07-01'],
  ])('%s is a %s from %s to before %s', (text, kind, start, end) => {
    expect(periodOf(text)).toEqual({ text, kind, start, end })
    expect(isPeriod(text)).toBe(true)
  })

  it.each([
    '2026-13',
    '2026-00',
    '2026-Q5',
    '2026-Q0',
    '2026-H3',
    '2025-W53',
    '2026-W54',
    '2026-W00',
    '2026-02-29',
    '26',
    '2026-7',
    '2026-07/',
    '/2026',
    '2026-09/2026-01',
    '2026/P',
    '2026/PT1H',
    '2026/P0D',
    '2026-01/2026-02/2026-03',
    ' 2026',
    '',
  ])('refuses "%s" and names it', (text) => {
    expect(() => periodOf(text)).toThrow(`invalid period: "${text}"`)
    expect(isPeriod(text)).toBe(false)
  })

  it('passes a period through', () => {
    const p = periodOf('2026-Q3')
    expect(periodOf(p)).toBe(p)
  })
})

describe('moving', () => {
  it.each([
    ['2026', '2027'],
    ['2026-H2', '2027-H1'],
    ['2026-Q4', '2027-Q1'],
    ['2026-12', '2027-01'],
    ['2026-W53', '2027-W01'],
    ['2026-12-31', '2027-01-01'],
    ['2026-01/2026-09', '2026-10/2027-06'],
    ['2026-07-01/2026-07-15', '2026-07-16/2026-07-30'],
  ])('after %s comes %s', (a, b) => {
    expect(next(a).text).toBe(b)
    expect(previous(b).text).toBe(a)
  })

  it('every day lies in exactly one period of a kind, and neighbours touch', () => {
    fc.assert(
      fc.property(anyDate, anyKind, fc.integer({ min: -30, max: 30 }), (date, kind, n) => {
        const p = containing(date, kind)
        expect(contains(p, date)).toBe(true)
        expect(contains(p, p.start)).toBe(true)
        expect(contains(p, p.end)).toBe(false)
        expect(next(p).start).toBe(p.end)
        expect(previous(next(p))).toEqual(p)
        expect(shift(shift(p, n), -n)).toEqual(p)
        expect(periodOf(p.text)).toEqual(p)
        expect(comparePeriods(p, next(p))).toBeLessThan(0)
      }),
    )
  })

  it('compares with the same period of another year', () => {
    expect(sameInYear('2026-Q3', -1).text).toBe('2025-Q3')
    expect(sameInYear('2026-W53', -1).text).toBe('2025-W52')
    expect(sameInYear('2024-02-29', 1).text).toBe('2025-02-28')
    expect(sameInYear('2024-01/2024-02', 1).text).toBe('2025-01/2025-02')
    expect(sameInYear('2023-01/2023-02', 1).end).toBe('2024-02-29')
  })
})

describe('parts', () => {
  it('a quarter has three months, a year 12 months or 4 quarters, a week 7 days', () => {
    expect(partsOf('2026-Q3', 'month').map((p) => p.text)).toEqual(['2026-07', '2026-08', '2026-09'])
    expect(partsOf('2026', 'quarter')).toHaveLength(4)
    expect(partsOf('2024', 'day')).toHaveLength(366)
    expect(partsOf('2026-W30', 'day').map((p) => p.text)[0]).toBe('2026-07-20')
    expect(partsOf('2026-01/2026-09', 'quarter')).toHaveLength(3)
  })

  it('weeks do not tile a month', () => {
    expect(() => partsOf('2026-07', 'week')).toThrow(
      'invalid period: "2026-07": it is not made of whole weeks',
    )
  })

  it('runs from one to another of the same kind', () => {
    expect([...periodsFrom('2025-11', '2026-02')].map((p) => p.text)).toEqual([
      '2025-11',
      '2025-12',
      '2026-01',
      '2026-02',
    ])
    expect([...periodsFrom('2026-02', '2026-01')]).toEqual([])
    expect(() => [...periodsFrom('2026', '2026-Q1')]).toThrow('both ends are of one kind')
  })
})

describe('spanning gives one text to one stretch of days', () => {
  it.each([
    ['2026-01-01', '2027-01-01', '2026'],
    ['2026-01-01', '2026-07-01', '2026-H1'],
    ['2026-04-01', '2026-07-01', '2026-Q2'],
    ['2026-02-01', '2026-03-01', '2026-02'],
    ['2026-01-01', '2026-10-01', '2026-01/2026-09'],
    ['2021-01-01', '2026-01-01', '2021-01/2025-12'],
    ['2026-07-20', '2026-07-27', '2026-W30'],
    ['2026-07-20', '2026-07-28', '2026-07-20/2026-07-27'],
    ['2026-07-20', '2026-07-21', '2026-07-20'],
  ])('%s to before %s is %s', (start, end, text) => {
    expect(spanning(start, end).text).toBe(text)
  })

  it('and reads back to the same days', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: 1, max: 1000 }), (start, days) => {
        const end = addDays(start, days)
        expect(periodOf(spanning(start, end).text)).toMatchObject({ start, end })
        expect(lengthInDays(spanning(start, end))).toBe(days)
      }),
    )
    expect(() => spanning('2026-01-01', '2026-01-01')).toThrow('a period has at least one day')
  })
})

describe('relations', () => {
  it('contains, overlaps', () => {
    expect(contains('2026', '2026-12-31')).toBe(true)
    expect(contains('2026-Q3', '2026-08')).toBe(true)
    expect(contains('2026-08', '2026-Q3')).toBe(false)
    expect(overlaps('2026-W01', '2025-12')).toBe(true)
    expect(overlaps('2026-Q1', '2026-Q2')).toBe(false)
    expect(lastDay('2026-02')).toBe('2026-02-28')
  })

  it('becomes half-open instants at +07:00', () => {
    expect(instantsOf('2026-07')).toEqual({
      from: '2026-07-01T00:00:00+07:00',
      to: '2026-08-01T00:00:00+07:00',
    })
  })
})

describe('labels', () => {
  it.each([
    ['2026', 'Năm 2026', '2026'],
    ['2026-H1', '6 tháng đầu năm 2026', 'First half of 2026'],
    ['2026-H2', '6 tháng cuối năm 2026', 'Second half of 2026'],
    ['2026-Q3', 'Quý III/2026', 'Q3 2026'],
    ['2026-07', 'Tháng 7/2026', 'July 2026'],
    ['2026-W30', 'Tuần 30/2026', 'Week 30 of 2026'],
    ['2026-07-01', '01/07/2026', '1 July 2026'],
    ['2026-01/2026-09', '9 tháng đầu năm 2026', 'First 9 months of 2026'],
    ['2026-02/2026-04', 'Tháng 2/2026 – Tháng 4/2026', 'February 2026 – April 2026'],
    ['2021/2025', 'Giai đoạn 2021–2025', '2021–2025'],
    ['2026-07-01/2026-07-15', '01/07/2026 – 15/07/2026', '1 July 2026 – 15 July 2026'],
    ['2026-01/2026-06', '6 tháng đầu năm 2026', 'First half of 2026'],
  ])('%s', (text, vi, en) => {
    expect(periodLabel(text, 'vi')).toBe(vi)
    expect(periodLabel(text, 'en')).toBe(en)
  })
})
