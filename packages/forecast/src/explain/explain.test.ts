import { describe, expect, it } from 'vitest'
import { explainChange, explainParts } from './parts.ts'
import { hygieneSentence, uncalibratedWord, worthSentence } from './sentence.ts'

describe('sentences', () => {
  it('say what a forecast is worth, in both languages', () => {
    const s = worthSentence({
      fva: 0.18,
      origins: 3,
      seasonal: true,
      gate: 'none',
      show: 'line',
      coverage: { level: 95, hits: 199, n: 212 },
    })
    expect(s.vi).toBe(
      'Sai số thấp hơn 18 % so với cách đoán "như cùng kỳ năm trước" qua 3 lần thử. Khoảng 95 % đã chứa giá trị thật 94 % số lần (n = 212).',
    )
    expect(s.en).toMatch(/18 % smaller/)
  })
  it('say it also when it is worth nothing, and how sure a small count is', () => {
    const s = worthSentence({
      fva: -0.1,
      origins: 3,
      seasonal: false,
      gate: 'naive',
      show: 'naive',
      coverage: { level: 80, hits: 16, n: 20 },
    })
    expect(s.vi).toMatch(
      /^Chưa có mô hình nào đoán tốt hơn cách đoán "như kỳ trước"; đang hiển thị cách đoán đơn giản\./,
    )
    expect(s.vi).toMatch(/từ 58 % đến 92 %/)
  })
  it('words stand in for percent before calibration; every hygiene code has a text', () => {
    expect(uncalibratedWord(0.9).vi).toBe('cao (chưa hiệu chỉnh)')
    expect(hygieneSentence('gap-filled').vi).toMatch(/nội suy/)
  })
})

describe('parts', () => {
  it('add up to the forecast', () => {
    const y = Float64Array.from({ length: 60 }, (_, t) => 100 + t + 10 * Math.sin((2 * Math.PI * t) / 12))
    const point = Float64Array.from({ length: 12 }, (_, h) => 160 + h + 10 * Math.sin((2 * Math.PI * h) / 12))
    const p = explainParts(y, [12], point)
    for (let h = 0; h < 12; h++)
      expect(Math.abs(p.level + p.trend[h]! + p.season[h]! + p.rest[h]! - point[h]!)).toBeLessThan(1e-9)
    expect(Math.max(...p.rest.map(Math.abs))).toBeLessThan(6)
  })
  it('the causes of a change add up to the change', () => {
    const value = { old: 10, revised: 12, new: 15 }
    const c = explainChange((data, choice) => Float64Array.of(value[data] + (choice === 'new' ? 1 : 0)))
    expect([c.revisedData[0], c.newData[0], c.model[0]]).toEqual([2, 3, 1])
  })
})
