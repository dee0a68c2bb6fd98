import { describe, expect, it } from 'vitest'
import { billions, moneyText, signed } from './money.ts'

describe('amounts of money', () => {
  it('are whole đồng for a person', () => {
    expect(moneyText(15_500_000, 'vi')).toBe('15.500.000 ₫')
  })
  it('are millions or billions for a country', () => {
    expect(billions(-143_459_895_061, 'vi')).toBe('-143,5 tỷ ₫')
    expect(billions(21_817_000_000_000, 'vi')).toBe('21.817 tỷ ₫')
    expect(billions(1_250_000, 'en')).toBe('1.3 million ₫')
    expect(billions(0, 'vi')).toBe('0 triệu ₫')
  })
  it('show that they are more', () => {
    expect([signed(5, '5'), signed(-5, '-5'), signed(0, '0')]).toEqual(['+5', '-5', '0'])
  })
})
