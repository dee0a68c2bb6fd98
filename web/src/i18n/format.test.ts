import { describe, expect, it } from 'vitest'
import { civilDay, formatAgo, formatDate, formatInstant, formatNumber, formatPeriod } from './format.ts'

describe('numbers', () => {
  it('are written the Vietnamese way, with a point for thousands and a comma for decimals', () => {
    expect(formatNumber(1234.5, 'vi', 1)).toBe('1.234,5')
    expect(formatNumber(112_096_343, 'vi')).toBe('112.096.343')
    expect(formatNumber(0.8002, 'vi')).toBe('0,8002')
  })
  it('show the decimals that the property declares, no more and no fewer', () => {
    expect(formatNumber(7, 'vi', 2)).toBe('7,00')
    expect(formatNumber(7.006, 'en', 1)).toBe('7.0')
  })
  it('show a dash for what is not a number', () => {
    expect(formatNumber(null, 'vi')).toBe('–')
    expect(formatNumber(Number.NaN, 'vi')).toBe('–')
  })
})

describe('dates', () => {
  it('are the civil days of Hà Nội, not of the machine', () => {
    expect(formatDate('2025-06-30T17:30:00Z', 'vi')).toBe('01/07/2025')
    expect(formatInstant('2025-07-01T00:05:00+07:00', 'vi')).toBe('01/07/2025 00:05')
    expect(civilDay('2025-06-30T17:30:00Z')).toBe('2025-07-01')
  })
  it('show a dash when missing or unreadable', () => {
    expect(formatDate(null, 'vi')).toBe('–')
    expect(formatDate('không rõ', 'vi')).toBe('–')
  })
})

describe('periods', () => {
  it.each([
    ['2024', 'Năm 2024', '2024'],
    ['2026-Q3', 'Quý III/2026', 'Q3 2026'],
    ['2026-07', 'Tháng 7/2026', '07/2026'],
    ['2026-W05', 'Tuần 5/2026', 'Week 5, 2026'],
    ['2026-07-01', '01/07/2026', '01/07/2026'],
    ['2021/2025', '2021/2025', '2021/2025'],
  ])('%s reads "%s"', (label, vi, en) => {
    expect(formatPeriod(label, 'vi')).toBe(vi)
    expect(formatPeriod(label, 'en')).toBe(en)
  })
})

it('says how long ago in words', () => {
  expect(formatAgo(0, 5 * 60_000, 'vi')).toBe('5 phút trước')
  expect(formatAgo(0, 3 * 86_400_000, 'en')).toBe('3 days ago')
})
