import { CalendarError } from './calendar-error.ts'
import { type CivilDate, dateOfDayNumber, dayNumber, daysFromCivil } from './civil-date.ts'

/** A workbook counts days from 1900 (the default) or from 1904 (older Excel for Mac; `date1904` in the file). */
export type DateSystem = 1900 | 1904

export interface ExcelDateTime {
  /** `null` for a serial below 1 in the 1900 system: Excel keeps a time of day without a date that way. */
  date: CivilDate | null
  /** Milliseconds after midnight, 0 to 86,399,999. */
  millisecondOfDay: number
}

const DAY = 86_400_000
const LAST_SERIAL = 2_958_465 // 9999-12-31 in the 1900 system
const SERIAL_1900_03_01 = 61
const DAYS_1904 = daysFromCivil(1904, 1, 1)
// Serial 1 is 1900-01-01; from serial 61 on Excel is one ahead, because it counts a 29 February 1900 that never was.
const DAYS_BEFORE_FALSE_LEAP_DAY = daysFromCivil(1899, 12, 31)
const DAYS_AFTER_FALSE_LEAP_DAY = daysFromCivil(1899, 12, 30)

/**
 * Date and time of a serial number of a spreadsheet, rounded to the millisecond (the fraction of a double cannot hold
 * more near today).
 * @throws {CalendarError} `invalid excel serial: "60": …` for the day 29/02/1900 that only Excel knows, for negative
 * numbers and for numbers after 31/12/9999.
 */
export function dateOfExcelSerial(serial: number, system: DateSystem = 1900): ExcelDateTime {
  const last = system === 1900 ? LAST_SERIAL : LAST_SERIAL - 1462
  if (!Number.isFinite(serial) || serial < 0 || serial >= last + 1) {
    throw new CalendarError('excel serial', String(serial), {
      vi: `số ngày phải từ 0 đến ${last} (31/12/9999)`,
      en: `a serial is 0 to ${last} (9999-12-31)`,
    })
  }
  // Rounding first: 45000.999999999 is the midnight that ends the day, not 23:59:60.
  const milliseconds = Math.round(serial * DAY)
  const day = Math.floor(milliseconds / DAY)
  const millisecondOfDay = milliseconds - day * DAY
  if (system === 1904) return { date: dateOfDayNumber(DAYS_1904 + day), millisecondOfDay }
  if (day === SERIAL_1900_03_01 - 1) {
    throw new CalendarError('excel serial', String(serial), {
      vi: 'Excel hiểu là 29/02/1900, ngày không có thật',
      en: 'Excel takes it for 29 February 1900, a day that never was',
    })
  }
  if (day === 0) return { date: null, millisecondOfDay }
  const origin = day < SERIAL_1900_03_01 ? DAYS_BEFORE_FALSE_LEAP_DAY : DAYS_AFTER_FALSE_LEAP_DAY
  return { date: dateOfDayNumber(origin + day), millisecondOfDay }
}

/**
 * The serial number under which a spreadsheet shows a date and time; the inverse of {@link dateOfExcelSerial}.
 * @throws {CalendarError} for dates before the system's first day or after 9999-12-31.
 */
export function excelSerialOf(date: CivilDate, millisecondOfDay = 0, system: DateSystem = 1900): number {
  const days = dayNumber(date)
  const serial = system === 1904 ? days - DAYS_1904 : serial1900(days)
  const first = system === 1904 ? 0 : 1
  const last = system === 1904 ? LAST_SERIAL - 1462 : LAST_SERIAL
  if (serial < first || serial > last) {
    throw new CalendarError('excel serial', date, {
      vi: `hệ ${system} chỉ ghi được từ 01/01/${system} đến 31/12/9999`,
      en: `the ${system} system holds ${system}-01-01 to 9999-12-31`,
    })
  }
  return serial + millisecondOfDay / DAY
}

function serial1900(days: number): number {
  const serial = days - DAYS_AFTER_FALSE_LEAP_DAY
  return serial < SERIAL_1900_03_01 ? days - DAYS_BEFORE_FALSE_LEAP_DAY : serial
}
