import { parseNumber, toText } from '@nhip/feel/number'
import { describe, expect, it } from 'vitest'
import type { ScaleKind } from './model.ts'
import { applyScale, type Scale } from './scale.ts'

const n = (text: string) => parseNumber(text) as NonNullable<ReturnType<typeof parseNumber>>
const scale = (kind: ScaleKind, ...brackets: [threshold: string, amount: string][]): Scale => ({
  kind,
  thresholds: brackets.map(([threshold]) => n(threshold)),
  amounts: brackets.map(([, amount]) => n(amount)),
})
const at = (s: Scale, x: string) => {
  const value = applyScale(s, n(x))
  return value && toText(value)
}

describe('scales', () => {
  it('marginal rate: each part at its own rate', () => {
    const tax = scale('marginal-rate', ['0', '0.05'], ['10000000', '0.1'], ['30000000', '0.2'])
    expect(at(tax, '0')).toBe('0')
    expect(at(tax, '10000000')).toBe('500000')
    expect(at(tax, '10000001')).toBe('500000.1')
    expect(at(tax, '40000000')).toBe('4500000')
    expect(at(tax, '-5')).toBe('0')
  })
  it('marginal amount: the amounts of all thresholds that are exceeded', () => {
    const fee = scale('marginal-amount', ['0', '6'], ['100', '10'])
    expect([at(fee, '0'), at(fee, '1'), at(fee, '100'), at(fee, '100.5')]).toEqual(['0', '6', '6', '16'])
  })
  it('single amount: the amount of the highest threshold that is reached', () => {
    const fee = scale('single-amount', ['0', '6'], ['100', '10'])
    expect([at(fee, '-1'), at(fee, '0'), at(fee, '99'), at(fee, '100')]).toEqual(['0', '6', '6', '10'])
  })
  it('average rate: linear between thresholds, the last one above', () => {
    const tax = scale('average-rate', ['0', '0'], ['100', '0.2'])
    expect([at(tax, '50'), at(tax, '100'), at(tax, '200')]).toEqual(['5', '20', '40'])
  })
})
