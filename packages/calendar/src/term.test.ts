import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareDates, diffDays } from './civil-date.ts'
import { calendarOf, statutoryCalendar } from './holiday-calendar.ts'
import { epochMilliseconds, formatInstant } from './instant.ts'
import { statutoryDays } from './statutory-days.ts'
import { dueOf, explainDue, type Office, type OpenDue, recomputeDue, type Term, termOf } from './term.ts'
import { countWorkingDays, isWorkingDay } from './working-days.ts'

const calendar = statutoryCalendar()
const office: Office = {
  hours: [
    { from: '07:30', to: '11:30' },
    { from: '13:30', to: '17:00' },
  ],
  cutoff: '15:00',
  basis: 'Nghị định 61/2018/NĐ-CP, Điều 18 khoản 2',
}
const due = (received: string, term: string, o: Office | undefined = office) =>
  dueOf(received, termOf(term), { calendar, office: o })

describe('terms in text', () => {
  it.each<[string, Term]>([
    ['05 ngày làm việc', { count: 5, unit: 'working day' }],
    ['15 ngày', { count: 15, unit: 'day' }],
    ['2 tuần', { count: 2, unit: 'week' }],
    ['01 tháng', { count: 1, unit: 'month' }],
    ['1 năm', { count: 1, unit: 'year' }],
    ['8 giờ làm việc', { count: 8, unit: 'working hour' }],
    ['24 giờ', { count: 24, unit: 'hour' }],
    ['30 phút', { count: 30, unit: 'minute' }],
    ['P15D', { count: 15, unit: 'day' }],
    ['P1M', { count: 1, unit: 'month' }],
    ['PT24H', { count: 24, unit: 'hour' }],
  ])('%s', (text, term) => {
    expect(termOf(text)).toEqual(term)
  })
  it('others are refused', () => {
    for (const text of ['', 'vài ngày', '-5 ngày', '1,5 ngày', 'P1M2D'])
      expect(() => termOf(text)).toThrow(`invalid term: "${text}"`)
  })
})

describe('when terms end', () => {
  // 2026-11-20 is a Friday.
  it.each([
    ['2026-11-18T09:00:00+07:00', '5 ngày làm việc', '2026-11-18', '2026-11-25'],
    ['2026-11-20T09:00:00+07:00', '1 ngày làm việc', '2026-11-20', '2026-11-23'],
    ['2026-11-20T15:00:00+07:00', '1 ngày làm việc', '2026-11-20', '2026-11-23'],
    ['2026-11-20T15:00:01+07:00', '1 ngày làm việc', '2026-11-23', '2026-11-24'],
    ['2026-11-21T09:00:00+07:00', '1 ngày làm việc', '2026-11-23', '2026-11-24'],
    ['2026-11-19T20:30:00Z', '1 ngày làm việc', '2026-11-20', '2026-11-23'],
    ['2026-11-18T09:00:00+07:00', '3 ngày', '2026-11-18', '2026-11-23'],
    ['2026-11-18T09:00:00+07:00', '2 ngày', '2026-11-18', '2026-11-20'],
    ['2026-11-18T09:00:00+07:00', '1 tuần', '2026-11-18', '2026-11-25'],
    ['2026-01-30T09:00:00+07:00', '1 tháng', '2026-01-30', '2026-03-02'],
    ['2024-12-31T09:00:00+07:00', '2 tháng', '2024-12-31', '2025-02-28'],
    ['2025-01-24T09:00:00+07:00', '3 ngày', '2025-01-24', '2025-02-03'],
    ['2025-01-24T09:00:00+07:00', '5 ngày làm việc', '2025-01-24', '2025-02-07'],
    ['2024-08-30T09:00:00+07:00', '1 ngày làm việc', '2024-08-30', '2024-09-04'],
  ])('received %s, %s: counted from %s, ends %s', (received, term, counted, lastDay) => {
    expect(due(received, term)).toMatchObject({ counted, lastDay })
  })

  it('at 24:00, written as the first instant that is too late', () => {
    expect(due('2026-11-18T09:00:00+07:00', '5 ngày làm việc').due).toBe('2026-11-26T00:00:00+07:00')
  })

  it('or when the office closes, where the office says so', () => {
    expect(due('2026-11-18T09:00:00+07:00', '5 ngày làm việc', { ...office, endsAt: 'closing' }).due).toBe(
      '2026-11-25T17:00:00+07:00',
    )
  })

  it('without an office the day of receipt is the day itself, working or not', () => {
    const weekend = dueOf('2026-11-21T23:00:00+07:00', termOf('2 ngày'), { calendar })
    expect(weekend).toMatchObject({ counted: '2026-11-21', lastDay: '2026-11-23' })
  })

  it('hours run by the clock, working hours while the office is open', () => {
    expect(due('2026-11-20T16:00:00+07:00', '24 giờ').due).toBe('2026-11-21T16:00:00+07:00')
    expect(due('2026-11-20T09:00:00+07:00', '4 giờ làm việc').due).toBe('2026-11-20T15:00:00+07:00')
    expect(due('2026-11-20T14:00:00+07:00', '4 giờ làm việc').due).toBe('2026-11-23T08:30:00+07:00')
    expect(due('2026-11-20T16:00:00+07:00', '8 giờ làm việc').due).toBe('2026-11-24T08:00:00+07:00')
    expect(due('2026-11-20T12:00:00+07:00', '1 giờ làm việc').due).toBe('2026-11-20T14:30:00+07:00')
    expect(() => dueOf('2026-11-20T12:00:00+07:00', termOf('1 giờ làm việc'), { calendar })).toThrow(
      'hours of the office are needed',
    )
  })

  it('say when a provisional day off stands on the way', () => {
    expect(due('2026-11-18T09:00:00+07:00', '5 ngày làm việc').certainty).toBe('official')
    expect(due('2027-02-01T09:00:00+07:00', '10 ngày làm việc').certainty).toBe('provisional')
  })

  it('refuse what is no term and no instant', () => {
    expect(() => dueOf('2026-11-18T09:00:00+07:00', { count: -1, unit: 'day' }, { calendar })).toThrow(
      'invalid term: "-1 day"',
    )
    expect(() => due('2026-11-18T09:00:00', '5 ngày')).toThrow('it has no offset')
  })

  it('keep their promises for any receipt and length', () => {
    const instants = fc.integer({
      min: epochMilliseconds('2020-01-01T00:00:00Z'),
      max: epochMilliseconds('2032-01-01T00:00:00Z'),
    })
    fc.assert(
      fc.property(instants, fc.integer({ min: 1, max: 120 }), (received, count) => {
        const working = dueOf(received, { count, unit: 'working day' }, { calendar, office })
        expect(isWorkingDay(working.counted, calendar)).toBe(true)
        expect(isWorkingDay(working.lastDay, calendar)).toBe(true)
        expect(countWorkingDays(working.counted, working.lastDay, calendar)).toBe(count)
        const days = dueOf(received, { count, unit: 'day' }, { calendar, office })
        expect(isWorkingDay(days.lastDay, calendar)).toBe(true)
        expect(diffDays(days.counted, days.lastDay)).toBeGreaterThanOrEqual(count)
        expect(compareDates(days.lastDay, working.lastDay)).toBeLessThanOrEqual(0)
        const later = dueOf(received + 3_600_000, { count, unit: 'working day' }, { calendar, office })
        expect(compareDates(later.lastDay, working.lastDay)).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

describe('explanations', () => {
  const vi = (received: string, term: string) =>
    explainDue(received, termOf(term), { calendar, office }).steps.map((s) => s.vi)

  it('of a file that came after 15:00 on a Friday before Tết', () => {
    expect(vi('2025-01-24T15:30:00+07:00', '3 ngày làm việc')).toEqual([
      'Nhận lúc 15:30 ngày 24/01/2025, sau 15:00, nên tính là nhận ngày làm việc kế tiếp, 03/02/2025 (Nghị định 61/2018/NĐ-CP, Điều 18 khoản 2).',
      'Thời hạn 3 ngày làm việc; ngày 03/02/2025 không tính (Bộ luật Dân sự 91/2015/QH13, Điều 147).',
      'Hết hạn lúc 24:00 ngày 06/02/2025.',
      'Có ngày nghỉ tạm tính trên đường đi: hạn có thể đổi khi có quyết định chính thức.',
    ])
  })

  it('of working days around a holiday', () => {
    expect(vi('2026-04-28T09:00:00+07:00', '3 ngày làm việc')).toEqual([
      'Nhận lúc 09:00 ngày 28/04/2026.',
      'Thời hạn 3 ngày làm việc; ngày 28/04/2026 không tính (Bộ luật Dân sự 91/2015/QH13, Điều 147).',
      'Không tính: 30/04/2026 (Ngày Chiến thắng), 01/05/2026 (Ngày Quốc tế Lao động), 2 ngày nghỉ hằng tuần.',
      'Hết hạn lúc 24:00 ngày 05/05/2026.',
    ])
  })

  it('of a term that ends on a day off', () => {
    expect(vi('2026-04-27T08:00:00+07:00', '3 ngày')).toContain(
      'Nhận lúc 08:00 ngày 27/04/2026, vào ngày nghỉ, nên tính là nhận ngày làm việc kế tiếp, 28/04/2026.',
    )
    expect(vi('2026-04-27T08:00:00+07:00', '3 ngày')).toContain(
      'Ngày cuối 01/05/2026 là ngày nghỉ (Ngày Quốc tế Lao động), nên hạn là ngày làm việc kế tiếp (Điều 148 khoản 5).',
    )
  })

  it('says the same in English', () => {
    expect(
      explainDue('2026-11-20T09:00:00+07:00', termOf('24 giờ'), { calendar, office }).steps.map((s) => s.en),
    ).toEqual([
      'Received at 09:00 on 20 November 2026.',
      'The term is 24 hours, from the moment of receipt.',
      'It ends at 09:00 on 21 November 2026.',
    ])
  })
})

describe('a changed calendar', () => {
  const name = { vi: 'Ngày Văn hóa Việt Nam', en: 'Vietnamese Culture Day' }
  const changed = calendarOf([
    {
      file: 'vn/2026.json',
      content: {
        nhip: 'calendar/1',
        country: 'VN',
        year: 2026,
        status: 'provisional',
        days: [
          ...statutoryDays(2026),
          { date: '2026-11-24', kind: 'holiday', name, status: 'official', decision: 'luật giả định để thử' },
        ],
      },
    },
  ]).calendar

  it('moves the open due dates that it touches, and says why', () => {
    const open = ['2026-11-18', '2026-11-20', '2026-11-25'].map((day): OpenDue => {
      const received = `${day}T09:00:00+07:00`
      const term = termOf('3 ngày làm việc')
      return { id: day, received, term, due: dueOf(received, term, { calendar, office }).due }
    })
    const changes = [...recomputeDue(open, { calendar: changed, office })]
    expect(changes.map((c) => [c.id, c.before, c.after])).toEqual([
      ['2026-11-20', '2026-11-26T00:00:00+07:00', '2026-11-27T00:00:00+07:00'],
    ])
    expect(changes[0]!.steps.map((s) => s.vi).join(' ')).toContain('24/11/2026 (Ngày Văn hóa Việt Nam)')
    expect([...recomputeDue(open, { calendar, office })]).toEqual([])
  })

  it('is right for many at once', () => {
    const start = epochMilliseconds('2026-10-01T00:00:00+07:00')
    const open = Array.from({ length: 2000 }, (_, i): OpenDue => {
      const received = formatInstant(start + i * 3_000_000)
      const term: Term = { count: 1 + (i % 40), unit: i % 2 ? 'day' : 'working day' }
      return { id: String(i), received, term, due: dueOf(received, term, { calendar, office }).due }
    })
    const moved = new Map([...recomputeDue(open, { calendar: changed, office })].map((c) => [c.id, c.after]))
    expect(moved.size).toBeGreaterThan(100)
    for (const o of open)
      expect(moved.get(o.id) ?? o.due).toBe(dueOf(o.received, o.term, { calendar: changed, office }).due)
  })
})
