import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { calendarOf, type HolidayCalendar } from '@nhip/calendar/holiday-calendar'

/** The national calendar of a folder of year files, read when it is first asked for: most nodes promise by interval. */
export function workingCalendar(folder: string): () => HolidayCalendar {
  let read: HolidayCalendar | undefined
  return () => {
    read ??= calendarOf(
      readdirSync(folder)
        .filter((file) => /^\d{4}\.json$/.test(file))
        .sort()
        .map((file) => ({ file, content: JSON.parse(readFileSync(join(folder, file), 'utf8')) as unknown })),
    ).calendar
    return read
  }
}
