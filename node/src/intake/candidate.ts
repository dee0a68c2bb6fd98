import { CalendarError } from '@nhip/calendar/calendar-error'
import { epochMilliseconds } from '@nhip/calendar/instant'
import { isPeriod, periodOf } from '@nhip/calendar/period'
import type { Problem } from '@nhip/canonical/problem'
import { problemItem } from '../http/problem.ts'
import type { Reading } from './contract.ts'
import { isDatable, type Span, spanOf } from './file/time-format.ts'

/** What every door makes of its input before it is judged: one fact that somebody claims, and where it stands. */
export interface Candidate {
  /** URN, code of a unit, or a name. */
  entity: string
  /** `unit`, `unit:commune`, or the type that is created; undefined when the door does not know. */
  entityType?: string
  entityName?: string
  /** Code or name of the unit in which a name is looked for. */
  parent?: string
  lon?: number
  lat?: number
  property: string
  /** Name of a property that may have to be created. */
  propertyName?: string
  breakdown: string
  /** Null when the sender did not say: the time of receipt is taken. */
  span: Span | null
  published: number | null
  value: number | null
  /** Decimal text, where the value came as text. */
  exact?: string
  num?: number
  den?: number
  text?: string
  uom?: string
  factor?: number
  status: string
  /** Quality bits the door itself has set. */
  quality: number
  place: Pick<Problem, 'line' | 'column' | 'path'>
}

/** A reading of the JSON door as a candidate, or what is wrong with its times. */
export function candidateOf(reading: Reading, index: number, receivedAt: number): Candidate | Problem {
  const path = `/observations/${index}`
  try {
    return {
      entity: reading.entity,
      property: reading.property,
      breakdown: reading.breakdown ?? '',
      span: spanOfReading(reading),
      published: reading.published === undefined ? null : publishedAt(reading.published, receivedAt),
      value: reading.value ?? null,
      num: reading.num,
      den: reading.den,
      text: reading.text,
      uom: reading.uom,
      status: reading.status ?? 'A',
      quality: 0,
      place: { path },
    }
  } catch (error) {
    if (error instanceof BadTime)
      return problemItem(error.code, { value: error.value }, { path, value: error.value })
    throw error
  }
}

/** A text that is not the time it should be. */
export class BadTime extends Error {
  readonly code: string
  readonly value: string

  constructor(code: string, value: string) {
    super(value)
    this.code = code
    this.value = value
  }
}

function spanOfReading({ at, from, to }: Reading): Span | null {
  if (at !== undefined) {
    if (from !== undefined || to !== undefined) throw new BadTime('time-twice', at)
    return { from: instant(at), to: null }
  }
  if (from === undefined) {
    if (to !== undefined) throw new BadTime('time-without-start', to)
    return null
  }
  const start = instantOrPeriod(from)
  if (to === undefined) return start
  const end = instantOrPeriod(to)
  const until = end.to ?? end.from
  if (until <= start.from) throw new BadTime('time-ends-before-start', to)
  return { from: start.from, to: until }
}

/**
 * When the source said it. A date or period means the end of its last day; one that is still running means now.
 *
 * @throws {BadTime} for a time after receipt
 */
export function publishedAt(text: string, receivedAt: number): number {
  const span = instantOrPeriod(text)
  if (span.to !== null) return span.from > receivedAt ? tooLate(text) : Math.min(span.to, receivedAt)
  return span.from > receivedAt ? tooLate(text) : span.from
}

function tooLate(text: string): never {
  throw new BadTime('published-in-future', text)
}

function instantOrPeriod(text: string): Span {
  // An instant is longer than a day, month or year, and intervals have their slash.
  if ((text.length <= 10 || text.includes('/')) && isPeriod(text)) {
    const span = spanOf(periodOf(text))
    if (!isDatable(span)) throw new BadTime('time-unreadable', text)
    return span
  }
  return { from: instant(text), to: null }
}

function instant(text: string): number {
  try {
    const from = epochMilliseconds(text)
    if (isDatable({ from, to: null })) return from
  } catch (error) {
    if (!(error instanceof CalendarError)) throw error
  }
  throw new BadTime('time-unreadable', text)
}
