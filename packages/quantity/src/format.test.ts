import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { format, formatNumber } from './format.ts'
import { uomOf } from './uom-text.ts'

describe('numbers for readers', () => {
  it.each([
    [1234.5, '1.234,5', '1,234.5'],
    [0.1, '0,1', '0.1'],
    [-1_234_567, '-1.234.567', '-1,234,567'],
    [999, '999', '999'],
    [1e21, '1.000.000.000.000.000.000.000', '1,000,000,000,000,000,000,000'],
    [1e-7, '0,0000001', '0.0000001'],
    [-0, '0', '0'],
    [12_345_678_901_234_567_890n, '12.345.678.901.234.567.890', '12,345,678,901,234,567,890'],
    ['9007199254740993.25', '9.007.199.254.740.993,25', '9,007,199,254,740,993.25'],
  ])('%s', (value, vi, en) => {
    expect(formatNumber(value, 'vi')).toBe(vi)
    expect(formatNumber(value, 'en')).toBe(en)
  })

  it('rounds half away from zero, carries, and never writes minus zero', () => {
    expect(formatNumber(2.5, 'vi', { maximumDecimals: 0 })).toBe('3')
    expect(formatNumber(-2.5, 'vi', { maximumDecimals: 0 })).toBe('-3')
    expect(formatNumber(999.95, 'vi', { maximumDecimals: 1 })).toBe('1.000,0')
    expect(formatNumber(1.005, 'en', { maximumDecimals: 2 })).toBe('1.01')
    expect(formatNumber(-0.004, 'vi', { maximumDecimals: 2 })).toBe('0,00')
    expect(formatNumber(3, 'vi', { minimumDecimals: 2 })).toBe('3,00')
  })

  it('refuses what is no number', () => {
    expect(() => formatNumber(Number.NaN, 'vi')).toThrow('invalid number: "NaN"')
    expect(() => formatNumber('1,5', 'vi')).toThrow('invalid number: "1,5"')
  })

  it('loses no digit', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(Number(formatNumber(x, 'en').replaceAll(',', ''))).toBe(x + 0)
      }),
    )
  })
})

describe('values with units', () => {
  it.each([
    [1234.5, 'ug/m3', '1.234,5 µg/m³', '1,234.5 µg/m³'],
    [95.8, '%', '95,8 %', '95.8 %'],
    [2500, 'million VND', '2.500 triệu đồng', '2,500 million VND'],
    [12, 'case', '12 hồ sơ', '12 case'],
    [0.958, '1', '0,958', '0.958'],
    [21.5, 'deg', '21,5°', '21.5°'],
    [36.6, 'Cel', '36,6 °C', '36.6 °C'],
  ])('%d %s', (value, unit, vi, en) => {
    expect(format(value, uomOf(unit), 'vi')).toBe(vi)
    expect(format(value, uomOf(unit), 'en')).toBe(en)
  })
})
