import { dateOfDayNumber, dayNumber } from '@nhip/calendar/civil-date'
import type { HolidayCalendar } from '@nhip/calendar/holiday-calendar'
import { civilDay, startOfDay } from '@nhip/calendar/instant'
import { containing, next, type Period } from '@nhip/calendar/period'
import type { FreshnessPromise } from '../../catalogue/contract.ts'
import type { ScoreItem } from '../contract.ts'
import { calendarDeadlines } from '../freshness/deadlines.ts'
import type { FactCounts, SeriesTeller } from './read-facts.ts'

/** A series of the dataset: from when on values of it are expected, and whose they are, '' when that is not known. */
export interface ExpectedSeries {
  seriesId: number
  /** Epoch milliseconds. */
  first: number
  source: string
}

/** What is added up of one source and day. */
interface Sum {
  facts: number
  onTime: number
  valid: number
  unique: number
  expected: number
}

/** The words under which the score is shown beside its figures. */
export const scoreFormula = {
  vi: 'Đầy đủ = số giá trị nhận được ÷ số giá trị phải có. Kịp thời = số giá trị đến trong hạn cam kết ÷ số giá trị nhận được. Hợp lệ = số giá trị dùng được (không vượt ngưỡng cứng, không bị bác bỏ) ÷ số giá trị nhận được. Duy nhất = số giá trị mà nguồn không gửi hai số khác nhau ÷ số giá trị nhận được. Điểm = trung bình cộng của các tỷ lệ có thể tính, thang 0–100. Giá trị đã rút không được tính.',
  en: 'Completeness = values received ÷ values expected. Timeliness = values that came within the promised time ÷ values received. Validity = values that may be used (within the hard range, not rejected) ÷ values received. Uniqueness = values for which the source never sent two different figures ÷ values received. Score = mean of the shares that can be worked out, 0–100. Withdrawn values do not count.',
}

/** Every file is a source of its own in the store; to a reader they are one. */
export function sourceName(source: string): string {
  return source.startsWith('import:') ? 'import' : source
}

/** Whose a series is: of whoever told most of its facts in the time looked at. */
export function tellerOf(tellers: readonly SeriesTeller[]): Map<number, string> {
  const most = new Map<number, SeriesTeller>()
  const sums = new Map<string, number>()
  for (const { seriesId, source, facts } of tellers) {
    const name = sourceName(source)
    const key = `${seriesId} ${name}`
    const sum = (sums.get(key) ?? 0) + facts
    sums.set(key, sum)
    const before = most.get(seriesId)
    if (!before || sum > before.facts || (sum === before.facts && name < before.source))
      most.set(seriesId, { seriesId, source: name, facts: sum })
  }
  return new Map([...most].map(([id, { source }]) => [id, source]))
}

/** Scores of `[from, to)`, civil days, for a promise by interval or for none. */
export function intervalScores(
  counts: readonly FactCounts[],
  series: readonly ExpectedSeries[],
  everyS: number | null,
  range: { from: string; to: string },
  now: number,
): ScoreItem[] {
  const sums = new Sums()
  for (const { source, day, facts, onTime, valid, unique } of counts)
    sums.add(sourceName(source), day, { facts, onTime, valid, unique })
  if (everyS !== null)
    for (let day = dayNumber(range.from); day < dayNumber(range.to); day++) {
      const start = startOfDay(dateOfDayNumber(day))
      const end = Math.min(start + dayMs, now)
      for (const { source, first } of series) {
        const expected = Math.floor((end - Math.max(start, first)) / (everyS * 1000))
        if (source !== '' && expected > 0) sums.add(source, day, { expected })
      }
    }
  return sums.items(everyS !== null)
}

/** Scores by the day on which the figure of each period was due. */
export function calendarScores(
  counts: readonly FactCounts[],
  series: readonly ExpectedSeries[],
  promise: Extract<FreshnessPromise, { kind: 'calendar' }>,
  range: { from: string; to: string },
  calendar: HolidayCalendar,
  now: number,
): ScoreItem[] {
  const sums = new Sums()
  const due = duePeriods(promise, range, calendar, now)
  for (const { period, day } of due)
    for (const { source, first } of series)
      if (source !== '' && first < startOfDay(period.end)) sums.add(source, day, { expected: 1 })
  const dayOf = new Map(due.map(({ period, day }) => [period.start, day]))
  for (const { source, from, to, recordedDay, facts, valid, unique } of counts) {
    if (from === null || recordedDay === null) continue
    const period = containing(civilDay(to === null ? from : to - 1), promise.period)
    const day = dayOf.get(period.start)
    // Figures over a part of a period are not the figure that was promised.
    if (day === undefined || (to !== null && to < startOfDay(period.end))) continue
    sums.add(sourceName(source), day, { facts, valid, unique, onTime: recordedDay <= day ? facts : 0 })
  }
  return sums.items(true)
}

/** How far before its due day a period may begin. */
export const longestWaitDays = 1200

function duePeriods(
  promise: Extract<FreshnessPromise, { kind: 'calendar' }>,
  { from, to }: { from: string; to: string },
  calendar: HolidayCalendar,
  now: number,
): { period: Period; day: number }[] {
  const due: { period: Period; day: number }[] = []
  const [first, last] = [dayNumber(from), dayNumber(to)]
  for (
    let period = containing(dateOfDayNumber(first - longestWaitDays), promise.period);
    dayNumber(period.start) < last;
    period = next(period)
  ) {
    const { dueAt } = calendarDeadlines(promise, period, calendar)
    const day = dayNumber(civilDay(dueAt - 1))
    if (day >= first && day < last && dueAt <= now) due.push({ period, day })
  }
  return due
}

const dayMs = 86_400_000

class Sums {
  readonly #sums = new Map<string, { source: string; day: number; sum: Sum }>()

  add(source: string, day: number, more: Partial<Sum>): void {
    const key = `${day} ${source}`
    let found = this.#sums.get(key)
    if (!found) {
      found = { source, day, sum: { facts: 0, onTime: 0, valid: 0, unique: 0, expected: 0 } }
      this.#sums.set(key, found)
    }
    for (const name of Object.keys(more) as (keyof Sum)[]) found.sum[name] += more[name]!
  }

  /** Newest day first, sources by name. */
  items(promised: boolean): ScoreItem[] {
    return [...this.#sums.values()]
      .sort((a, b) => b.day - a.day || (a.source < b.source ? -1 : 1))
      .map(({ source, day, sum: { facts, onTime, valid, unique, expected } }) => {
        const completeness = shareOf(Math.min(facts, expected), promised ? expected : 0)
        const timeliness = promised ? shareOf(onTime, facts) : shareOf(0, 0)
        const validity = shareOf(valid, facts)
        const uniqueness = shareOf(unique, facts)
        const shares = [completeness, timeliness, validity, uniqueness].flatMap(({ share }) =>
          share === null ? [] : [share],
        )
        return {
          day: dateOfDayNumber(day),
          source,
          completeness,
          timeliness,
          validity,
          uniqueness,
          score: shares.length === 0 ? null : rounded(shares.reduce((a, b) => a + b, 0) / shares.length),
        }
      })
  }
}

function shareOf(good: number, of: number): { good: number; of: number; share: number | null } {
  return { good, of, share: of === 0 ? null : rounded((100 * good) / of) }
}

function rounded(share: number): number {
  return Math.round(share * 100) / 100
}
