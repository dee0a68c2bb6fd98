import { describe, expect, it } from 'vitest'
import { equal, rationalOf } from './rational.ts'
import { ALIASES, UOMS } from './table.ts'
import { isUom, uom, uomByRec20, uomByUcum, uomOf } from './uom-text.ts'

function problem(text: string) {
  const found = uom(text)
  if (isUom(found)) throw new Error(`"${text}" was read as ${found.code}`)
  return found
}

describe('reading units', () => {
  it('knows every code, symbol, name and alias of the table, each for one unit only', () => {
    const wrong: string[] = []
    for (const u of UOMS) {
      for (const text of [
        u.code,
        u.symbol.vi,
        u.symbol.en,
        u.name.vi,
        u.name.en,
        u.ucum ?? '',
        ...(ALIASES.get(u) ?? []),
      ]) {
        if (text === '') continue
        const found = uom(text)
        if (found !== u)
          wrong.push(`${u.code}: "${text}" is read as ${isUom(found) ? found.code : found.message.en}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it.each([
    ['µg/m³', 'ug/m3'],
    ['μg/m³', 'ug/m3'],
    ['ug/m3', 'ug/m3'],
    ['ug/m^3', 'ug/m3'],
    ['ug.m-3', 'ug/m3'],
    ['µg / m³', 'ug/m3'],
    ['tỷ đồng', 'billion VND'],
    ['Tỉ đồng', 'billion VND'],
    ['ty dong', 'billion VND'],
    ['TRIỆU ĐỒNG', 'million VND'],
    ['nghìn đồng', 'thousand VND'],
    ['nghìn tỷ đồng', 'trillion VND'],
    ['đ', 'VND'],
    ['VNĐ', 'VND'],
    ['nghìn người', 'thousand person'],
    ['1.000 người', 'thousand person'],
    ['triệu người', 'million person'],
    ['%', '%'],
    ['‰', 'permil'],
    ['hồ sơ', 'case'],
    ['Hồ sơ'.normalize('NFD'), 'case'],
    ['lượt', 'visit'],
    ['xe/h', 'vehicle/h'],
    ['mm/h', 'mm/h'],
    ['mm/giờ', 'mm/h'],
    ['ha', 'ha'],
    ['km2', 'km2'],
    ['km²', 'km2'],
    ['người/km²', 'person/km2'],
    ['người trên km²', 'person/km2'],
    ['dB(A)', 'dB(A)'],
    ['dBA', 'dB(A)'],
    ['kWh', 'kWh'],
    ['kwh', 'kWh'],
    ['°C', 'Cel'],
    ['℃', 'Cel'],
    ['m3/ngày đêm', 'm3/d'],
    ['ca/100.000 dân', 'health case/100000 person'],
    ['bác sĩ/10.000 dân', 'doctor/10000 person'],
    ['triệu đồng/người/tháng', 'million VND/person/mo'],
    ['tấn CO₂tđ', 't CO2e'],
    ['Mbps', 'Mbit/s'],
  ])('%s is %s, which has a number to be stored under', (text, code) => {
    expect(uomOf(text).code).toBe(code)
    expect(uomOf(text).id).not.toBeNull()
  })

  it.each([
    ['nghìn lượt', '1000', 'nghìn lượt'],
    ['triệu kWh', '3.6e12', 'triệu kWh'],
    ['10 vạn dân', '100000', '10 vạn người'],
    ['µmol/L', '1/1000', 'µmol/lít'],
    ['kg/người/tháng', '1', 'kg/người/tháng'],
    ['đồng/người/quý', '1/3', 'đồng/người/quý'],
    ['1/s', '1', '1/giây'],
    ['vụ/100.000 phương tiện', '1/100000', 'vụ/100.000 xe'],
    ['mW', '1/1000', 'mW'],
    ['kt', '1000000', 'kt'],
  ])('%s is built out of known units', (text, factor, symbol) => {
    const u = uomOf(text)
    expect(u.id).toBeNull()
    expect(u.symbol.vi).toBe(symbol)
    expect(equal(u.factor, rationalOf(factor))).toBe(true)
    expect(equal(uomOf(u.code).factor, u.factor)).toBe(true)
  })

  it('never takes one case for another where they differ: megawatts, milliwatts, bits and bytes', () => {
    expect(uomOf('MW').factor.n).toBe(1_000_000n)
    expect(uomOf('mW').factor.d).toBe(1000n)
    expect(uomOf('mg').factor.d).toBe(1_000_000n)
    expect(uomOf('Mg').factor.n).toBe(1000n)
    for (const text of ['mw', 'MG', 'mb', 'Gb', 'MM']) expect(problem(text).code).toMatch(/^quantity\.uom/)
  })

  it.each([
    ['tỷ đồg', '"billion VND"'],
    ['ug/m33', '"ug/m3"'],
    ['hồ sơo', '"case"'],
    ['kilomets', '"km"'],
  ])('%s is not known, but %s is near', (text, near) => {
    expect(problem(text).hint?.en).toContain(near)
    expect(problem(text).message.vi).toBe(`không biết đơn vị đo "${text}"`)
  })

  it.each(['banana', '', '   ', 'm//s', '/', 'dB/m', 'x'.repeat(500), '12', '0 người', 'pH2', 'km/banana'])(
    'refuses "%s"',
    (text) => {
      expect(problem(text).severity).toBe('error')
      expect(() => uomOf(text)).toThrow()
    },
  )
})

describe('codes of the standards', () => {
  // Published values: UCUM 2.1 tables; UN/CEFACT Recommendation 20 rev. 17. Factor to the unit in the third column.
  it.each([
    ['KMT', 'km', 'm', '1000'],
    ['HAR', 'har', 'm2', '10000'],
    ['ARE', 'ar', 'm2', '100'],
    ['LTR', 'L', 'm3', '0.001'],
    ['TNE', 't', 'kg', '1000'],
    ['MGM', 'mg', 'kg', '0.000001'],
    ['GQ', 'ug/m3', 'kg/m3', '1e-9'],
    ['GP', 'mg/m3', 'kg/m3', '1e-6'],
    ['M1', 'mg/L', 'kg/m3', '0.001'],
    ['23', 'g/cm3', 'kg/m3', '1000'],
    ['KMH', 'km/h', 'm/s', '5/18'],
    ['KNT', '[kn_i]', 'km/h', '1.852'],
    ['NMI', '[nmi_i]', 'm', '1852'],
    ['SMI', '[mi_i]', 'm', '1609.344'],
    ['FOT', '[ft_i]', 'm', '0.3048'],
    ['INH', '[in_i]', 'cm', '2.54'],
    ['LBR', '[lb_av]', 'g', '453.59237'],
    ['BLL', '[bbl_us]', 'L', '158.987294928'],
    ['A97', 'hPa', 'Pa', '100'],
    ['MBR', 'mbar', 'hPa', '1'],
    ['BAR', 'bar', 'kPa', '100'],
    ['ATM', 'atm', 'hPa', '1013.25'],
    ['HN', 'mm[Hg]', 'Pa', '133.322387415'],
    ['KWH', 'kW.h', 'MJ', '3.6'],
    ['GWH', 'GW.h', 'kWh', '1000000'],
    ['D32', 'TW.h', 'GWh', '1000'],
    ['BTU', '[Btu_IT]', 'J', '1055.05585262'],
    ['MAW', 'MW', 'W', '1000000'],
    ['A90', 'GW', 'MW', '1000'],
    ['MQH', 'm3/h', 'm3/s', '1/3600'],
    ['G51', 'L/s', 'm3/h', '3.6'],
    ['G52', 'm3/d', 'm3/s', '1/86400'],
    ['H67', 'mm/h', 'mm/d', '24'],
    ['G42', 'uS/cm', 'mS/cm', '0.001'],
    ['M33', 'mmol/L', 'mol/m3', '1'],
    ['WEE', 'wk', 'd', '7'],
    ['ANN', 'a', 'mo', '12'],
    ['P1', '%', '1', '0.01'],
    ['NX', '[ppth]', '1', '0.001'],
    ['59', '[ppm]', '1', '0.000001'],
    ['61', '[ppb]', '1', '1e-9'],
    ['AD', 'By', 'bit', '8'],
    ['2P', 'kBy', 'B', '1000'],
    ['E34', 'GBy', 'MB', '1000'],
    ['E20', 'Mbit/s', 'kbit/s', '1000'],
    ['DTN', undefined, 'kg', '100'],
    ['A59', undefined, '1', '0.125'],
  ])('Rec 20 %s, UCUM %s, is so many %s', (rec20, ucum, of, factor) => {
    const u = uomByRec20(rec20)!
    expect(u.ucum).toBe(ucum)
    if (ucum !== undefined) expect(uomByUcum(ucum)).toBe(u)
    const base = uomOf(of)
    expect(u.dimension).toEqual(base.dimension)
    expect(u.factor.n * base.factor.d * rationalOf(factor).d).toBe(
      rationalOf(factor).n * u.factor.d * base.factor.n,
    )
  })
})
