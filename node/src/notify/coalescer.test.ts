import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Coalescer, INTERVAL_MS } from './coalescer.ts'

function heard() {
  const said: string[] = []
  return { said, coalescer: new Coalescer<string>((item) => said.push(item)) }
}

describe('newest state of a key', () => {
  test('the first is told at once, the last of those that follow when its quarter second is over', () => {
    const { said, coalescer } = heard()
    coalescer.offer('trạm 1', () => '8 h 00: 41', 0)
    coalescer.offer('trạm 1', () => '8 h 01: 44', 10)
    coalescer.offer('trạm 1', () => '8 h 02: 47', 20)
    coalescer.offer('trạm 2', () => '8 h 00: 12', 30)
    expect(said).toEqual(['8 h 00: 41', '8 h 00: 12'])
    coalescer.tick(249)
    expect(said).toHaveLength(2)
    coalescer.tick(250)
    expect(said).toEqual(['8 h 00: 41', '8 h 00: 12', '8 h 02: 47'])
  })

  test('in any program: at most four a second for a key, and the last word of each key is told', () => {
    const step = fc.record({ key: fc.constantFrom('a', 'b', 'c'), wait: fc.integer({ min: 0, max: 120 }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const told: { key: string; value: number; at: number }[] = []
        let now = 0
        const coalescer = new Coalescer<{ key: string; value: number }>((item) =>
          told.push({ ...item, at: now }),
        )
        const last = new Map<string, number>()
        const pass = (ms: number) => {
          for (let end = now + ms; now < end; now += 10) coalescer.tick(now)
        }
        steps.forEach(({ key, wait }, value) => {
          pass(wait)
          last.set(key, value)
          coalescer.offer(key, () => ({ key, value }), now)
        })
        pass(2 * INTERVAL_MS)
        for (const [key, value] of last) {
          const own = told.filter((item) => item.key === key)
          expect(own.at(-1)?.value).toBe(value)
          own.forEach((item, i) => {
            if (i > 0) expect(item.at - own[i - 1]!.at).toBeGreaterThanOrEqual(INTERVAL_MS)
          })
        }
      }),
    )
  })
})
