import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dateOfDayNumber, dayNumber } from './civil-date.ts'
import { dateOfExcelSerial, excelSerialOf } from './excel-serial.ts'

describe('serials of the 1900 system', () => {
  it.each([
    [1, '1900-01-01'],
    [59, '1900-02-28'],
    [61, '1900-03-01'],
    [25_569, '1970-01-01'],
    [45_839, '2025-07-01'],
    [2_958_465, '9999-12-31'],
  ])('%i is %s', (serial, date) => {
    expect(dateOfExcelSerial(serial)).toEqual({ date, millisecondOfDay: 0 })
    expect(excelSerialOf(date)).toBe(serial)
  })

  it('60 is the 29 February 1900 that never was', () => {
    expect(() => dateOfExcelSerial(60)).toThrow('invalid excel serial: "60"')
    expect(() => dateOfExcelSerial(60.5)).toThrow('a day that never was')
  })

  it('below 1 there is only a time', () => {
    expect(dateOfExcelSerial(0.5)).toEqual({ date: null, millisecondOfDay: 43_200_000 })
    expect(dateOfExcelSerial(0)).toEqual({ date: null, millisecondOfDay: 0 })
  })

  it('rounds to the millisecond and carries into the next day', () => {
    expect(dateOfExcelSerial(45_839.354166666664)).toEqual({
      date: '2025-07-01',
      millisecondOfDay: 30_600_000,
    })
    expect(dateOfExcelSerial(45_839.999999999)).toEqual({ date: '2025-07-02', millisecondOfDay: 0 })
  })

  it('outside 1900–9999 there is nothing', () => {
    for (const serial of [-1, -0.001, 2_958_466, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => dateOfExcelSerial(serial)).toThrow('invalid excel serial')
    }
    expect(() => excelSerialOf('1899-12-31')).toThrow('invalid excel serial: "1899-12-31"')
  })
})

describe('serials of the 1904 system', () => {
  it('start at 0 on 1904-01-01, 1,462 below the 1900 system', () => {
    expect(dateOfExcelSerial(0, 1904)).toEqual({ date: '1904-01-01', millisecondOfDay: 0 })
    expect(dateOfExcelSerial(45_839 - 1462, 1904).date).toBe('2025-07-01')
    expect(excelSerialOf('2025-07-01', 0, 1904)).toBe(44_377)
    expect(() => excelSerialOf('1903-12-31', 0, 1904)).toThrow('the 1904 system holds')
  })
})

it('goes there and back to the millisecond, in both systems', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: dayNumber('1904-01-01'), max: dayNumber('9999-12-31') }).map(dateOfDayNumber),
      fc.integer({ min: 0, max: 86_399_999 }),
      fc.constantFrom(1900 as const, 1904 as const),
      (date, millisecondOfDay, system) => {
        expect(dateOfExcelSerial(excelSerialOf(date, millisecondOfDay, system), system)).toEqual({
          date,
          millisecondOfDay,
        })
      },
    ),
  )
})
