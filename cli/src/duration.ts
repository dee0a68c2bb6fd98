import { UsageError } from './verb.ts'

/** The instant that lies an ISO 8601 duration of days, weeks, months or years after another. @throws {UsageError} */
export function addDuration(from: Date, duration: string): string {
  const found = /^P(\d{1,5})([DWMY])$/.exec(duration)
  if (!found)
    throw new UsageError({
      vi: `"${duration}" không phải là khoảng thời gian ISO 8601 như P90D.`,
      en: `"${duration}" is not an ISO 8601 duration such as P90D.`,
    })
  const n = Number(found[1])
  const until = new Date(from)
  if (found[2] === 'D') until.setUTCDate(until.getUTCDate() + n)
  else if (found[2] === 'W') until.setUTCDate(until.getUTCDate() + 7 * n)
  else if (found[2] === 'M') until.setUTCMonth(until.getUTCMonth() + n)
  else until.setUTCFullYear(until.getUTCFullYear() + n)
  return until.toISOString()
}
