import { describe, expect, it } from 'vitest'
import { dateFromText, dateOrderOf, instantFromText } from './date-text.ts'

describe('days', () => {
  it.each([
    ['01/07/2025', '2025-07-01'],
    ['1/7/2025', '2025-07-01'],
    ['31-12-2025', '2025-12-31'],
    ['1.7.2025', '2025-07-01'],
    ['2025/07/01', '2025-07-01'],
    ['2025-07-01', '2025-07-01'],
    ['Ngày 1 tháng 7 năm 2025', '2025-07-01'],
  ])('%s is %s', (text, date) => {
    expect(dateFromText(text)).toBe(date)
  })

  it('other texts are no days', () => {
    for (const text of ['07/2025', 'Quý III/2025', '45839', '', 'n/a', '1/7'])
      expect(dateFromText(text)).toBeUndefined()
  })

  it('says what is wrong with a day that does not exist, and that the order may be the other', () => {
    expect(() => dateFromText('31/02/2026')).toThrow(
      'invalid date: "31/02/2026": month 2 of 2026 has no day 31',
    )
    expect(() => dateFromText('2026-02-31')).toThrow('invalid date: "2026-02-31"')
    expect(() => dateFromText('29/02/1900')).toThrow('has no day 29')
    try {
      dateFromText('07/25/2025')
      expect.unreachable()
    } catch (error) {
      expect((error as { problem: unknown }).problem).toMatchObject({
        value: '07/25/2025',
        message: { vi: 'ngày không hợp lệ: "07/25/2025": không có tháng 25' },
        hint: { vi: 'cột này có thể viết theo thứ tự tháng/ngày/năm' },
      })
    }
    expect(dateFromText('07/25/2025', 'mdy')).toBe('2025-07-25')
  })
})

describe('the order of a column', () => {
  it('is proved by a number above 12', () => {
    expect(dateOrderOf(['01/07/2025', '25/07/2025'])).toEqual({
      order: 'dmy',
      evidence: 'proved',
      examples: ['25/07/2025'],
    })
    expect(dateOrderOf(['07/01/2025', '07/25/2025'])).toEqual({
      order: 'mdy',
      evidence: 'proved',
      examples: ['07/25/2025'],
    })
    expect(dateOrderOf(['07/01/2025 08:30', '7/25/2025 9:15'])).toMatchObject({
      order: 'mdy',
      evidence: 'proved',
    })
  })
  it('is Vietnamese when nothing decides', () => {
    expect(dateOrderOf(['01/07/2025', '2025-07-25', 'x'])).toEqual({
      order: 'dmy',
      evidence: 'open',
      examples: [],
    })
  })
  it('is a question when cells contradict one another', () => {
    expect(dateOrderOf(['25/07/2025', '07/25/2025'])).toEqual({
      order: 'dmy',
      evidence: 'mixed',
      examples: ['25/07/2025', '07/25/2025'],
    })
  })
})

describe('moments', () => {
  it.each([
    ['2025-07-01T08:30:00+07:00', '2025-07-01T08:30:00+07:00'],
    ['2025-07-01T01:30:00Z', '2025-07-01T08:30:00+07:00'],
    ['2025-07-01 08:30', '2025-07-01T08:30:00+07:00'],
    ['01/07/2025 08:30', '2025-07-01T08:30:00+07:00'],
    ['1/7/2025 8:05:09', '2025-07-01T08:05:09+07:00'],
    ['01/07/2025 8:30:15 CH', '2025-07-01T20:30:15+07:00'],
    ['01/07/2025 12:00 SA', '2025-07-01T00:00:00+07:00'],
    ['01/07/2025 12:15 PM', '2025-07-01T12:15:00+07:00'],
    ['8h30 ngày 01/07/2025', '2025-07-01T08:30:00+07:00'],
    ['8h ngày 01/07/2025', '2025-07-01T08:00:00+07:00'],
    ['8 giờ 30 phút ngày 1 tháng 7 năm 2025', '2025-07-01T08:30:00+07:00'],
    ['08:30 01/07/2025', '2025-07-01T08:30:00+07:00'],
  ])('%s is %s', (text, instant) => {
    expect(instantFromText(text)).toBe(instant)
  })

  it('in the zone of the import', () => {
    expect(instantFromText('01/07/2025 08:30', { zone: 'Z' })).toBe('2025-07-01T08:30:00+00:00')
    expect(instantFromText('07/01/2025 08:30', { order: 'mdy' })).toBe('2025-07-01T08:30:00+07:00')
  })

  it('refuses times that do not exist and leaves other texts alone', () => {
    expect(() => instantFromText('01/07/2025 25:30')).toThrow('invalid instant: "01/07/2025 25:30"')
    expect(() => instantFromText('01/07/2025 13:30 CH')).toThrow('invalid instant')
    expect(() => instantFromText('31/02/2025 08:30')).toThrow('invalid date')
    expect(() => instantFromText('2025-07-01T08:61')).toThrow('invalid instant')
    expect(instantFromText('01/07/2025')).toBeUndefined()
    expect(instantFromText('Quý III/2025')).toBeUndefined()
  })
})
