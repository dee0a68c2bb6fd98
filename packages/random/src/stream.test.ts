import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CHI_CRITICAL, chiSquareDeviate, KS_CRITICAL, ksStatistic } from './goodness-of-fit.ts'
import { philox4x32 } from './philox.ts'
import { RandomStream } from './stream.ts'

function block(counter: string, key: string): string {
  const c = counter.split(' ').map((word) => Number.parseInt(word, 16))
  const k = key.split(' ').map((word) => Number.parseInt(word, 16))
  const out = new Uint32Array(4)
  philox4x32(c[0]!, c[1]!, c[2]!, c[3]!, k[0]!, k[1]!, out)
  return [...out].map((word) => word.toString(16).padStart(8, '0')).join(' ')
}

describe('known answers of Random123 for philox4x32, 10 rounds', () => {
  test.each([
    ['00000000 00000000 00000000 00000000', '00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ])('counter %s, key %s', (counter, key, answer) => {
    expect(block(counter, key)).toBe(answer)
  })

  test('a stream is the generator with key = seed and counter = (position, stream)', () => {
    const stream = new RandomStream(0x299f31d0a4093822n, 0x0370734413198a2en)
    stream.seek(4 * 0x243f6a88)
    const expected = block('243f6a88 00000000 13198a2e 03707344', 'a4093822 299f31d0')
    const words = [0, 1, 2, 3].map(() => stream.uint32().toString(16).padStart(8, '0'))
    expect(words.join(' ')).toBe(expected)
  })

  test('the high half of the block number is used', () => {
    const stream = new RandomStream(0).seek(2 ** 52)
    expect(stream.uint32().toString(16)).toBe(block('0 40000 0 0', '0 0').split(' ')[0]!.replace(/^0+/, ''))
  })
})

describe('streams', () => {
  test('numbers do not change between versions (frozen first draws)', () => {
    const stream = new RandomStream(2026, 'traffic')
    expect([stream.uint32(), stream.uint32(), stream.uint32()]).toEqual([2840066546, 1512757822, 835051227])
  })

  test('any split over workers gives the numbers of one worker', () => {
    const whole = new RandomStream(7).fillUniform(new Float64Array(1000))
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { maxLength: 6 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), 1000]
        const parts: number[] = []
        for (let i = edges.length - 2; i >= 0; i--) {
          const from = edges[i]!
          const part = new RandomStream(7).seek(2 * from).fillUniform(new Float64Array(edges[i + 1]! - from))
          parts.unshift(...part)
        }
        expect(parts).toEqual([...whole])
      }),
      { numRuns: 50 },
    )
  })

  test('filling equals drawing one by one, from any position', () => {
    for (let skip = 0; skip < 9; skip++) {
      for (const length of [0, 1, 2, 5, 16]) {
        const a = new RandomStream(1, 2).seek(skip)
        const b = new RandomStream(1, 2).seek(skip)
        expect([...a.fillUniform(new Float64Array(length))]).toEqual(
          Array.from({ length }, () => b.uniform()),
        )
        expect(a.position).toBe(b.position)
        expect(a.position).toBe(skip + 2 * length)
      }
    }
  })

  test('restart is the beginning of the named stream', () => {
    const stream = new RandomStream('run', 5)
    stream.uniform()
    for (const name of [0, 17, 2 ** 40 + 3, -1, 'rain', ['rain', 3], 12n] as const) {
      expect(stream.restart(name).uint32()).toBe(new RandomStream('run', name).uint32())
    }
  })

  test('different names are different streams', () => {
    const names = [
      0,
      1,
      -1,
      2 ** 32,
      '0',
      '1',
      '',
      ['a', 1],
      ['a', '1'],
      ['a1'],
      ['a', 1, 0],
      'a1',
      2n ** 63n,
    ]
    const first = new Set(names.map((name) => new RandomStream(9, name).seek(0).uniform()))
    expect(first.size).toBe(names.length)
  })

  test('refuses what cannot name a stream or a position', () => {
    expect(() => new RandomStream(1.5)).toThrow('invalid seed: 1.5')
    expect(() => new RandomStream(1, Number.NaN)).toThrow('invalid stream')
    expect(() => new RandomStream(1).seek(-1)).toThrow('invalid position')
    expect(() => new RandomStream(1).integer(2, 1)).toThrow('invalid range: 2 to 1')
    expect(() => new RandomStream(1).integer(0.5, 1)).toThrow('invalid range')
    expect(() => new RandomStream(1).chance(1.1)).toThrow('invalid probability')
  })
})

describe('uniform numbers', () => {
  test('fit the uniform distribution', () => {
    const numbers = new RandomStream(11).fillUniform(new Float64Array(200_000))
    expect(ksStatistic(numbers, (x) => x)).toBeLessThan(KS_CRITICAL)
  })

  test('use all 53 bits: each bit is set half of the time', () => {
    const stream = new RandomStream(12)
    const n = 20_000
    const set = Array.from({ length: 53 }, () => 0)
    for (let i = 0; i < n; i++) {
      let bits = BigInt(stream.uniform() * 2 ** 53)
      for (let b = 0; b < 53; b++) {
        if (bits & 1n) set[b]!++
        bits >>= 1n
      }
    }
    for (const count of set) expect(Math.abs(count - n / 2) / Math.sqrt(n / 4)).toBeLessThan(4.2)
  })

  test('neighbouring numbers and neighbouring streams are uncorrelated', () => {
    const n = 100_000
    const a = new RandomStream(13, 0).fillUniform(new Float64Array(n))
    const b = new RandomStream(13, 1).fillUniform(new Float64Array(n))
    let serial = 0
    let cross = 0
    for (let i = 0; i + 1 < n; i++) {
      serial += (a[i]! - 0.5) * (a[i + 1]! - 0.5)
      cross += (a[i]! - 0.5) * (b[i]! - 0.5)
    }
    expect(Math.abs((serial * 12) / Math.sqrt(n))).toBeLessThan(4)
    expect(Math.abs((cross * 12) / Math.sqrt(n))).toBeLessThan(4)
  })

  test('the first number of each of 100,000 streams is itself uniform', () => {
    const stream = new RandomStream(14)
    const firsts = Float64Array.from({ length: 100_000 }, (_, i) => stream.restart(i).uniform())
    expect(ksStatistic(firsts, (x) => x)).toBeLessThan(KS_CRITICAL)
  })

  test('the open uniform never reaches 0 or 1 and is symmetric', () => {
    expect(0.5 / 2 ** 52).toBeGreaterThan(0)
    expect((2 ** 52 - 0.5) / 2 ** 52).toBeLessThan(1)
    const stream = new RandomStream(15)
    const numbers = Float64Array.from({ length: 50_000 }, () => stream.uniformOpen())
    expect(ksStatistic(numbers, (x) => x)).toBeLessThan(KS_CRITICAL)
  })
})

describe('integers', () => {
  test.each([
    [0, 5],
    [-3, 96],
    [10, 10],
  ])('%i to %i: each equally likely', (low, high) => {
    const stream = new RandomStream(16)
    const counts = Array.from({ length: high - low + 1 }, () => 0)
    for (let i = 0; i < 60_000; i++) counts[stream.integer(low, high) - low]!++
    const deviate = chiSquareDeviate(
      counts,
      counts.map(() => 1 / counts.length),
    )
    if (counts.length > 1) expect(deviate).toBeLessThan(CHI_CRITICAL)
    expect(counts.every((count) => count > 0)).toBe(true)
  })

  test('a range of 3·2^30 shows no modulo bias (plain remainders would put half of all draws in its first third)', () => {
    const stream = new RandomStream(17)
    const span = 3 * 2 ** 30
    let low = 0
    for (let i = 0; i < 30_000; i++) if (stream.integer(0, span - 1) < 2 ** 30) low++
    expect(Math.abs(low - 10_000)).toBeLessThan(350)
  })

  test('ranges wider than 32 bits', () => {
    const stream = new RandomStream(18)
    const top = Number.MAX_SAFE_INTEGER
    const numbers = Float64Array.from({ length: 20_000 }, () => stream.integer(0, top) / top)
    expect(ksStatistic(numbers, (x) => x)).toBeLessThan(KS_CRITICAL)
    expect(() => stream.integer(-top, top)).toThrow('invalid range')
  })
})
