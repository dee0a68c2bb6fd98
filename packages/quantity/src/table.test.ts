import { describe, expect, it } from 'vitest'
import { UOMS, uomByCode, uomById } from './table.ts'
import { COUNTS } from './units/counts.ts'
import { ENVIRONMENT } from './units/environment.ts'
import { MONEY } from './units/money.ts'
import { PHYSICAL } from './units/physical.ts'

const rows = [...PHYSICAL, ...COUNTS, ...MONEY, ...ENVIRONMENT]

describe('the table of units', () => {
  it('has at least 150 units, each with an id of its own that fits SMALLINT', () => {
    expect(UOMS.length).toBeGreaterThanOrEqual(150)
    const ids = UOMS.map((u) => u.id!)
    expect(new Set(ids).size).toBe(ids.length)
    expect(Math.min(...ids)).toBeGreaterThanOrEqual(1)
    expect(Math.max(...ids)).toBeLessThanOrEqual(32_767)
    for (const u of UOMS) expect(uomById(u.id!)).toBe(uomByCode(u.code))
  })

  it('keeps the numbers under which values are stored', () => {
    // A change here renames values that are on disk already. Add new units with the next free number instead.
    const stored = Object.fromEntries(
      [
        '1',
        '%',
        'm',
        'km2',
        'ha',
        'kg',
        't',
        's',
        'h',
        'd',
        'mo',
        'a',
        'Cel',
        'kWh',
        'dB(A)',
        'ug/m3',
        'mg/L',
        'mm/h',
        'VND',
        'million VND',
        'billion VND',
        'USD',
        'person',
        'household',
        'case',
        'visit',
        'vehicle/h',
        'person/km2',
        'request/s',
        'kWh/person',
      ].map((code) => [code, uomByCode(code)!.id]),
    )
    expect(stored).toMatchInlineSnapshot(`
      {
        "%": 2,
        "1": 1,
        "Cel": 59,
        "USD": 165,
        "VND": 160,
        "a": 52,
        "billion VND": 163,
        "case": 204,
        "d": 48,
        "dB(A)": 110,
        "h": 47,
        "ha": 23,
        "household": 199,
        "kWh": 87,
        "kWh/person": 280,
        "kg": 32,
        "km2": 21,
        "m": 10,
        "mg/L": 118,
        "million VND": 162,
        "mm/h": 122,
        "mo": 50,
        "person": 187,
        "person/km2": 256,
        "request/s": 274,
        "s": 43,
        "t": 37,
        "ug/m3": 113,
        "vehicle/h": 258,
        "visit": 222,
      }
    `)
  })

  it('has a base or a definition for every unit, names in both languages, and standard codes once', () => {
    for (const row of rows) {
      expect([row.code, (row.base === undefined) !== (row.is === undefined)]).toEqual([row.code, true])
      expect(row.vi[1] && row.en[1]).toBeTruthy()
    }
    for (const code of ['ucum', 'rec20'] as const) {
      const codes = rows.map((r) => r[code]).filter((c) => c !== undefined)
      expect(codes.filter((c, i) => codes.indexOf(c) !== i)).toEqual([])
    }
  })

  it('writes names in composed Vietnamese', () => {
    for (const row of rows)
      for (const text of [...row.vi, ...(row.also ?? [])]) expect(text).toBe(text.normalize('NFC'))
  })
})
