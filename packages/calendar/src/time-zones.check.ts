import { addDays, dateOfDayNumber, dayNumber, isoWeek } from './civil-date.ts'
import { dateFromText, instantFromText } from './date-text.ts'
import { dateOfExcelSerial } from './excel-serial.ts'
import { statutoryCalendar } from './holiday-calendar.ts'
import { civilDay, epochMilliseconds, formatInstant } from './instant.ts'
import { lunarFromSolar, lunarNewYear } from './lunar.ts'
import { instantsOf, periodLabel } from './period.ts'
import { dueOf, termOf } from './term.ts'
import { periodFromText } from './vietnamese-period.ts'

/** One answer of every part of the package that a careless use of the machine's zone would change. */
export function keyChecks() {
  let digest = 0
  for (let n = dayNumber('1968-01-01'); n < dayNumber('2060-12-31'); n += 31) {
    const date = dateOfDayNumber(n)
    const lunar = lunarFromSolar(date)
    const parts = [
      lunar.year,
      lunar.month,
      lunar.day,
      isoWeek(date).week,
      epochMilliseconds(`${date}T03:30:00+07:00`) % 997,
    ]
    for (const x of parts) digest = (digest * 31 + x) % 1_000_000_007
  }
  return {
    digest,
    day: civilDay('2026-06-30T17:00:00Z'),
    next: addDays('2026-12-31', 1),
    text: dateFromText('01/07/2025'),
    instant: instantFromText('01/07/2025 08:30'),
    excel: dateOfExcelSerial(45_839).date,
    bounds: instantsOf('2026-07'),
    label: periodLabel(periodFromText('Quý III/2025'), 'vi'),
    epoch: formatInstant(0),
    tet: lunarNewYear(2026),
    due: dueOf('2026-11-18T09:00:00+07:00', termOf('5 ngày làm việc'), { calendar: statutoryCalendar() }).due,
  }
}

// Run as a program, it prints a line a zone: minutes behind UTC on a winter day, as proof that the zone took hold, and the
// answers. Setting TZ works on a process's main thread only, which tests are not on.
if (process.env.NHIP_CHECK_ZONES !== undefined) {
  for (const zone of process.env.NHIP_CHECK_ZONES.split(' ')) {
    process.env.TZ = zone
    console.log(
      JSON.stringify({ zone, behind: new Date(2026, 0, 1).getTimezoneOffset(), answers: keyChecks() }),
    )
  }
}
