import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, dateOfDayNumber } from './civil-date.ts'
import { containing, periodLabel, spanning } from './period.ts'
import { periodFromText } from './vietnamese-period.ts'

describe('periods as Vietnamese reports write them', () => {
  it.each([
    ['2025', '2025'],
    ['năm 2025', '2025'],
    ['Năm 2025', '2025'],
    ['Cả năm 2025', '2025'],
    ['Quý III/2025', '2025-Q3'],
    ['QUÝ III NĂM 2025', '2025-Q3'],
    ['Quí 3/2025', '2025-Q3'],
    ['quý 3 - 2025', '2025-Q3'],
    ['Quý III.2025', '2025-Q3'],
    ['Q3/2025', '2025-Q3'],
    ['Q3-2025', '2025-Q3'],
    ['Q.IV/2025', '2025-Q4'],
    ['quý tư năm 2025', '2025-Q4'],
    ['2025-Q3', '2025-Q3'],
    ['T7/2025', '2025-07'],
    ['T07-2025', '2025-07'],
    ['Th7/2025', '2025-07'],
    ['Thg 7 2025', '2025-07'],
    ['Tháng 7 năm 2025', '2025-07'],
    ['Tháng 7, năm 2025', '2025-07'],
    ['tháng 07/2025', '2025-07'],
    ['Tháng Bảy năm 2025', '2025-07'],
    ['tháng năm năm 2025', '2025-05'],
    ['tháng mười hai năm 2025', '2025-12'],
    ['tháng mười năm 2025', '2025-10'],
    ['07/2025', '2025-07'],
    ['7-2025', '2025-07'],
    ['2025/07', '2025-07'],
    ['6 tháng đầu năm 2025', '2025-H1'],
    ['6 tháng cuối năm 2025', '2025-H2'],
    ['Sáu tháng đầu năm 2025', '2025-H1'],
    ['6T/2025', '2025-H1'],
    ['6T đầu năm 2025', '2025-H1'],
    ['nửa cuối năm 2025', '2025-H2'],
    ['3 tháng đầu năm 2025', '2025-Q1'],
    ['3 tháng cuối năm 2025', '2025-Q4'],
    ['9 tháng năm 2025', '2025-01/2025-09'],
    ['9 tháng đầu năm 2025', '2025-01/2025-09'],
    ['9T2025', '2025-01/2025-09'],
    ['10 tháng/2025', '2025-01/2025-10'],
    ['12 tháng năm 2025', '2025'],
    ['tuần 30/2025', '2025-W30'],
    ['Tuần thứ 5 năm 2025', '2025-W05'],
    ['W30/2025', '2025-W30'],
    ['01/07/2025', '2025-07-01'],
    ['1.7.2025', '2025-07-01'],
    ['ngày 1 tháng 7 năm 2025', '2025-07-01'],
    ['Ngày 01/07/2025', '2025-07-01'],
    ['2025-07-01', '2025-07-01'],
    ['giai đoạn 2021-2025', '2021-01/2025-12'],
    ['2021 – 2025', '2021-01/2025-12'],
    ['2021/2025', '2021/2025'],
    ['từ tháng 1 đến tháng 6 năm 2025', '2025-H1'],
    ['T1-T5/2025', '2025-01/2025-05'],
    ['tháng 1-3/2025', '2025-Q1'],
    ['từ tháng 11/2024 đến tháng 2/2025', '2024-11/2025-02'],
    ['01/07/2025 - 15/07/2025', '2025-07-01/2025-07-15'],
    ['từ ngày 01/07/2025 đến hết ngày 15/07/2025', '2025-07-01/2025-07-15'],
    ['  quý\u00a0II / 2025 ', '2025-Q2'],
    ['Quý III/2025'.normalize('NFD'), '2025-Q3'],
    ['Quy III/2025', '2025-Q3'],
    ['thang 7/2025', '2025-07'],
  ])('%s is %s', (text, period) => {
    expect(periodFromText(text).text).toBe(period)
  })

  it.each([
    ['Quý V/2025', 'a quarter is I to IV, not "V"'],
    ['Quý 0/2025', 'a quarter is I to IV'],
    ['T13/2025', 'there is no month 13'],
    ['00/2025', 'there is no month 0'],
    ['13 tháng năm 2025', 'a year has 1 to 12 months'],
    ['tuần 53/2025', '2025 has weeks 01 to 52'],
    ['31/02/2025', 'month 2 of 2025 has no day 31'],
    ['01/07/25', 'the year is written with four digits'],
    ['2025-2021', 'it ends before it starts'],
    ['15/07/2025 - 01/07/2025', 'it ends before it starts'],
    ['tháng năm 2025', 'no known way to write a period'],
    ['Tổng cộng', 'no known way to write a period'],
    ['', 'no known way to write a period'],
    ['2026-13', 'no known way to write a period'],
  ])('refuses "%s"', (text, reason) => {
    expect(() => periodFromText(text)).toThrow(reason)
  })

  it('takes the order of day and month from the caller', () => {
    expect(periodFromText('07/01/2025').text).toBe('2025-01-07')
    expect(periodFromText('07/01/2025', { order: 'mdy' }).text).toBe('2025-07-01')
  })

  it('reads back every Vietnamese label that periods print', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30_000 }).map(dateOfDayNumber),
        fc.constantFrom('year', 'half', 'quarter', 'month', 'week', 'day'),
        fc.integer({ min: 2, max: 500 }),
        (date, kind, days) => {
          const p = containing(date, kind)
          expect(periodFromText(periodLabel(p, 'vi'))).toMatchObject({ start: p.start, end: p.end })
          const span = spanning(date, addDays(date, days))
          expect(periodFromText(periodLabel(span, 'vi'))).toMatchObject({ start: span.start, end: span.end })
        },
      ),
    )
    for (const text of ['2026-01/2026-09', '2026-02/2026-04', '2021/2025', '2026-01/2026-06']) {
      expect(periodLabel(periodFromText(periodLabel(text, 'vi')), 'en')).toBe(periodLabel(text, 'en'))
    }
  })
})
