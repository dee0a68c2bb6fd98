import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { additive, commensurable, divide, multiply, power, sum, withoutKinds } from './algebra.ts'
import { combine, dimensionKey, dimensionName } from './dimension.ts'
import { equal, multiply as times } from './rational.ts'
import { UOMS } from './table.ts'
import { isUom, uomOf } from './uom-text.ts'

const plain = UOMS.filter((u) => u.scale === 'ratio')
const anyUom = fc.constantFrom(...plain)

describe('units of formulas', () => {
  it.each([
    ['million VND', '/', 'person', 'million VND/person'],
    ['VND/person', '*', 'person', 'VND'],
    ['case', '/', 'case', '1'],
    ['ug/m3', '*', 'm3', 'ug'],
    ['km', '/', 'h', 'km/h'],
    ['person', '/', 'km2', 'person/km2'],
    ['visit', '/', 'person', 'visit/person'],
    ['kWh', '/', 'household', 'kWh/household'],
    ['million VND/person', '/', 'mo', 'million VND/person/mo'],
    ['%', '*', 'person', '%.person'],
  ])('%s %s %s is %s', (a, op, b, result) => {
    expect((op === '/' ? divide : multiply)(uomOf(a), uomOf(b)).code).toBe(result)
  })

  it('write their symbols in both languages', () => {
    const u = divide(uomOf('million VND'), uomOf('household'))
    expect(u.symbol).toEqual({ vi: 'triệu đồng/hộ', en: 'million VND/household' })
    expect(u.id).toBeNull()
  })

  it('a power of whole parts', () => {
    expect(power(uomOf('m'), 2)).toBe(uomOf('m2'))
    expect(power(uomOf('m2'), 0.5)).toBe(uomOf('m'))
    expect(power(uomOf('m/s'), 2).code).toBe('m2/s2')
    expect(() => power(uomOf('m3'), 0.5)).toThrow('invalid power')
  })
})

describe('sums', () => {
  it('add what is alike and nothing else', () => {
    expect(sum(uomOf('million VND'), uomOf('billion VND'))).toBe(uomOf('million VND'))
    expect(sum(uomOf('học sinh'), uomOf('giáo viên'))).toBe(uomOf('học sinh'))
    const refused = sum(uomOf('person'), uomOf('case'))
    expect(refused).toMatchObject({
      code: 'quantity.incommensurable',
      message: {
        vi: 'không đổi hay cộng được "người" (số người) với "hồ sơ" (số hồ sơ)',
        en: '"person" (persons) cannot be converted into or added to "case" (cases)',
      },
    })
    expect(isUom(sum(uomOf('VND'), uomOf('USD')) as never)).toBe(false)
    expect(isUom(sum(uomOf('d'), uomOf('mo')) as never)).toBe(false)
    expect(isUom(sum(uomOf('person'), uomOf('1')) as never)).toBe(false)
  })

  it('a difference of temperatures is in kelvins, their sum means nothing, decibels do not add', () => {
    expect(sum(uomOf('°C'), uomOf('°C'), 'subtract')).toBe(uomOf('K'))
    expect(sum(uomOf('°C'), uomOf('K'))).toBe(uomOf('°C'))
    expect(sum(uomOf('°C'), uomOf('°C'))).toMatchObject({ code: 'quantity.not-additive' })
    expect(sum(uomOf('dB(A)'), uomOf('dB(A)'))).toMatchObject({
      message: { vi: '"dB(A)" là thang lôgarit, không cộng trừ được' },
    })
    expect(additive(uomOf('°C'))).toBe(false)
    expect(additive(uomOf('mm'))).toBe(true)
  })
})

describe('kinds of things counted', () => {
  it('are kept apart until a formula drops them in so many words', () => {
    expect(commensurable(uomOf('visit/person'), uomOf('1'))).toBe(false)
    expect(withoutKinds(uomOf('visit/person'))).toBe(uomOf('1'))
    expect(commensurable(withoutKinds(uomOf('ca/100.000 dân')), uomOf('%'))).toBe(true)
    expect(equal(withoutKinds(uomOf('ca/100.000 dân')).factor, uomOf('ca/100.000 dân').factor)).toBe(true)
    expect(withoutKinds(uomOf('đồng/người'))).toBe(uomOf('VND'))
    expect(withoutKinds(uomOf('ug/m3'))).toBe(uomOf('ug/m3'))
  })

  it('roles of persons are persons, so shares of them are pure numbers', () => {
    expect(commensurable(uomOf('lao động'), uomOf('người'))).toBe(true)
    expect(commensurable(divide(uomOf('lao động'), uomOf('người')), uomOf('%'))).toBe(true)
    expect(commensurable(uomOf('hộ'), uomOf('người'))).toBe(false)
  })
})

describe('dimension algebra', () => {
  it('holds for any two units of the table', () => {
    fc.assert(
      fc.property(anyUom, anyUom, (a, b) => {
        const p = multiply(a, b)
        expect(p.dimension).toEqual(multiply(b, a).dimension)
        expect(dimensionKey(p.dimension)).toBe(dimensionKey(combine(a.dimension, b.dimension, 1)))
        expect(equal(p.factor, times(a.factor, b.factor))).toBe(true)
        const back = divide(p, b)
        expect(commensurable(back, a)).toBe(true)
        expect(equal(back.factor, a.factor)).toBe(true)
        expect(divide(a, a)).toBe(uomOf('1'))
        expect(commensurable(power(a, 2), multiply(a, a))).toBe(true)
      }),
    )
  })

  it('has names for readers', () => {
    expect(dimensionName(uomOf('hPa').dimension, 'vi')).toBe('áp suất')
    expect(dimensionName(uomOf('đồng/người').dimension, 'vi')).toBe('tiền đồng · số người⁻¹')
    expect(dimensionName(uomOf('ug/m3').dimension, 'en')).toBe('mass per volume')
  })
})
