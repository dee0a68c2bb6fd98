import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LiveEvent } from './live-event.ts'
import { Ring } from './ring.ts'

const event: LiveEvent = { topic: 'jobs', name: 'job', about: {}, data: () => null }

function all(ring: Ring, from: number): number[] {
  const found: number[] = []
  for (let told = ring.after(from); told; told = ring.after(told.n)) found.push(told.n)
  return found
}

test('what is kept can be read from any place on, once and in order; what is gone is known to be gone', () => {
  const action = fc.oneof(
    fc.record({ do: fc.constant('tell' as const), after: fc.integer({ min: 0, max: 40 }) }),
    fc.record({ do: fc.constant('forget' as const), after: fc.constant(0) }),
  )
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const ring = new Ring({ most: 10, ageMs: 100 })
      let kept: { n: number; at: number }[] = []
      let now = 0
      for (const { do: what, after } of actions) {
        now += after
        if (what === 'forget') {
          ring.forget()
          kept = []
        } else kept.push({ n: ring.add(event, now).n, at: now })
        kept = kept.slice(-10).filter(({ at }) => at >= now - 100)
        const first = kept[0]?.n ?? ring.last + 1
        for (let n = 0; n <= ring.last; n += 1) {
          expect(ring.reaches(n)).toBe(n >= first - 1)
          if (ring.reaches(n)) expect(all(ring, n)).toEqual(kept.map((one) => one.n).filter((one) => one > n))
        }
        expect(ring.reaches(ring.last + 1)).toBe(false)
      }
    }),
  )
})
