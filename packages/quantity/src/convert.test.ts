import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commensurable } from './algebra.ts'
import { convert, converter, factorBetween } from './convert.ts'
import { UOMS } from './table.ts'
import { uomOf } from './uom-text.ts'

const to = (value: number, from: string, unit: string) => convert(value, uomOf(from), uomOf(unit))

describe('converting', () => {
  it.each([
    [41.2, 'ug/m3', 'mg/m3', 0.0412],
    [4.35, 'm', 'cm', 435],
    [1.1, 't', 'kg', 1100],
    [0, '°C', 'K', 273.15],
    [0, '°C', '°F', 32],
    [100, '°C', '°F', 212],
    [-40, '°F', '°C', -40],
    [98.6, '°F', '°C', 37],
    [36, 'km/h', 'm/s', 10],
    [1, 'kWh', 'MJ', 3.6],
    [1, 'toe', 'GJ', 41.868],
    [95.8, '%', '1', 0.958],
    [2, 'permil', '%', 0.2],
    [1, 'hải lý', 'km', 1.852],
    [1013.25, 'hPa', 'atm', 1],
    [180, 'deg', 'rad', Math.PI],
    [1.5, 'tỷ đồng', 'triệu đồng', 1500],
    [12, 'triệu đồng/người/năm', 'triệu đồng/người/tháng', 1],
    [10, 'ca/100.000 dân', 'health case/person', 0.0001],
    [1, 'lượng', 'chỉ', 10],
    [1, 'GB', 'Mbit', 8000],
    [24, 'mm/ngày', 'mm/h', 1],
    [500, 'nghìn lượt', 'lượt', 500_000],
    [1, 'sào Bắc Bộ', 'm2', 360],
  ])('%d %s is, in %s, %d', (value, from, unit, result) => {
    expect(to(value, from, unit)).toBe(result)
  })

  it('keeps money exact beyond what a double can hold', () => {
    expect(convert('9007199254740993.25', uomOf('nghìn đồng'), uomOf('đồng'))).toBe('9007199254740993250')
    expect(convert('1', uomOf('đồng'), uomOf('tỷ đồng'))).toBe('0.000000001')
    expect(convert('1', uomOf('h'), uomOf('d'))).toBe('0.04166666666666666666666666666666667')
  })

  it.each([
    ['ug/m3', 'ppm', '"µg/m³" (mass per volume) cannot be converted into or added to "ppm" (pure number)'],
    ['VND', 'USD', 'money in đồng'],
    ['person', 'case', 'persons'],
    ['mo', 'd', 'calendar months'],
    ['dB', 'dB(A)', 'dB'],
    ['person', '1', 'pure number'],
    ['t', 't CO2e', 'CO2e'],
  ])('refuses %s to %s and names both', (from, unit, message) => {
    expect(() => to(1, from, unit)).toThrow(message)
  })

  it('refuses texts that are no number', () => {
    expect(() => convert('12,5', uomOf('m'), uomOf('cm'))).toThrow('invalid number: "12,5"')
  })

  it('gives one factor for a column, and none where zeros differ', () => {
    expect(factorBetween(uomOf('km/h'), uomOf('m/s'))).toEqual({ n: 5n, d: 18n })
    expect(() => factorBetween(uomOf('°C'), uomOf('K'))).toThrow('different zeros')
    expect(converter(uomOf('m'), uomOf('cm'))(Number.NaN)).toBeNaN()
    expect(converter(uomOf('m'), uomOf('cm'))(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('laws', () => {
  const pairs = UOMS.flatMap((a) => UOMS.filter((b) => commensurable(a, b)).map((b) => [a, b] as const))
  const anyPair = fc.constantFrom(...pairs)
  const decimal = fc
    .tuple(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.integer({ min: 0, max: 6 }))
    .map(([n, e]) => `${n}e-${e}`)

  it('there and back is where we were: exactly where decimals end, to 1e-14 always', () => {
    fc.assert(
      fc.property(anyPair, decimal, ([a, b], value) => {
        const v = Number(value)
        const back = convert(convert(v, a, b), b, a)
        // Scales with their own zero lose digits near it: 1e-6 °C is 273.150001 K.
        const size = Math.max(Math.abs(v), a.scale === 'interval' ? 500 : 0)
        expect(Math.abs(back - v)).toBeLessThanOrEqual(size * 1e-14)
      }),
    )
  })

  it('by way of a third unit is the same as at once', () => {
    const triples = pairs.flatMap(([a, b]) =>
      UOMS.filter((c) => a.id! < b.id! && b.id! < c.id! && commensurable(b, c)).map(
        (c) => [a, b, c] as const,
      ),
    )
    fc.assert(
      fc.property(fc.constantFrom(...triples), decimal, ([a, b, c], value) => {
        const v = Number(value)
        const direct = convert(v, a, c)
        const size = Math.max(
          Math.abs(direct),
          c.scale === 'interval' ? 1000 : 0,
          a.scale === 'interval' || b.scale === 'interval' ? 1000 : 0,
        )
        expect(Math.abs(convert(convert(v, a, b), b, c) - direct)).toBeLessThanOrEqual(size * 1e-13)
      }),
    )
  })

  it('keeps order', () => {
    fc.assert(
      fc.property(anyPair, decimal, decimal, ([a, b], x, y) => {
        if (Number(x) < Number(y))
          expect(convert(Number(x), a, b)).toBeLessThanOrEqual(convert(Number(y), a, b))
      }),
    )
  })
})
