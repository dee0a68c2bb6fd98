import type { Message, Problem } from '@nhip/canonical/problem'

/**
 * What every reader of this package throws on unusable text or numbers.
 *
 * `message` is English and begins `invalid <thing>: "<value>"`; `problem` says the same in both languages in the
 * shape that doors and loaders collect. It is a RangeError, so code that only wants to know "bad value" needs no import.
 */
export class CalendarError extends RangeError {
  readonly problem: Problem

  constructor(thing: Thing, value: string, reason: Message, hint?: Message) {
    super(`invalid ${thing}: "${value}": ${reason.en}`)
    this.name = 'CalendarError'
    this.problem = {
      severity: 'error',
      code: `calendar.${thing.replaceAll(' ', '-')}`,
      value,
      message: { vi: `${NAMES[thing]} không hợp lệ: "${value}": ${reason.vi}`, en: this.message },
      ...(hint ? { hint } : {}),
    }
  }
}

type Thing = keyof typeof NAMES

const NAMES = {
  date: 'ngày',
  period: 'kỳ',
  instant: 'thời điểm',
  offset: 'độ lệch giờ',
  'excel serial': 'số ngày Excel',
  'lunar date': 'ngày âm lịch',
  term: 'thời hạn',
  'clock time': 'giờ',
} as const
