import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TimerWheel } from './timer-wheel.ts'

test('whatever is set and however time passes, a timer goes off once, after its time and at the next look', () => {
  const step = fc.oneof(
    fc.record({ set: fc.integer({ min: -2000, max: 40_000 }) }),
    fc.record({ pass: fc.integer({ min: -3000, max: 20_000 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let now = 1_000_000
      let newest = now
      const wheel = new TimerWheel<number>(now, { slotMs: 1000, slots: 8 })
      let waiting: { id: number; at: number }[] = []
      for (const [id, one] of steps.entries()) {
        if ('set' in one) {
          wheel.set(now + one.set, id)
          waiting.push({ id, at: now + one.set })
        } else {
          now += one.pass
          newest = Math.max(newest, now)
          const due = waiting.filter(({ at }) => at < now)
          // A clock that went back shows nothing that an earlier look would not have shown.
          if (now < newest) {
            const shown = new Set(wheel.advance(now))
            waiting = waiting.filter(({ id: each }) => !shown.has(each))
            continue
          }
          expect(wheel.advance(now).sort()).toEqual(due.map(({ id: each }) => each).sort())
          waiting = waiting.filter(({ at }) => at >= now)
        }
        expect(wheel.size).toBe(waiting.length)
      }
    }),
    { numRuns: 300 },
  )
})
