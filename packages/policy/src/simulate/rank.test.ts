import { RandomStream } from '@nhip/random/stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gini, perHead, rankOrder, tenths } from './rank.ts'

describe('order', () => {
  test('rising, equal values in the order of the rows, negatives and zeros among them', () => {
    const any = fc.oneof(
      fc.double({ noNaN: true }),
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom(0, 1e300, -1e300, 5e-324),
    )
    fc.assert(
      fc.property(
        fc.array(
          any.map((x) => x + 0),
          { maxLength: 80 },
        ),
        (values) => {
          const rows = values
            .map((_, i) => i)
            .sort((a, b) => (values[a] as number) - (values[b] as number) || a - b)
          expect([...rankOrder(Float64Array.from(values))]).toEqual(rows)
        },
      ),
      { numRuns: 200 },
    )
  })

  test('−0 is 0', () => {
    expect(Object.is(perHead(-0, 3), 0)).toBe(true)
  })
})

/** Gini by its definition: mean absolute difference between any two persons over twice the mean. */
function plainGini(people: readonly number[]): number {
  const mean = people.reduce((a, b) => a + b, 0) / people.length
  let differences = 0
  for (const a of people) for (const b of people) differences += Math.abs(a - b)
  return differences / (2 * people.length ** 2 * mean)
}

describe('Gini', () => {
  const households = (seed: string, negative: boolean) => {
    const stream = new RandomStream(seed)
    return Array.from({ length: 60 }, () => ({
      size: stream.integer(1, 6),
      weight: stream.integer(1, 4),
      income: stream.integer(negative ? -1_000_000 : 0, 40_000_000),
    }))
  }

  test.each([
    ['positive incomes', false],
    ['negative incomes too', true],
  ])('is the mean difference between any two persons: %s', (name, negative) => {
    const list = households(name, negative)
    const order = rankOrder(Float64Array.from(list, ({ income, size }) => perHead(income, size)))
    const found = gini(
      order,
      (row) => (list[row]?.weight ?? 0) * (list[row]?.size ?? 0),
      (row) => (list[row]?.weight ?? 0) * (list[row]?.income ?? 0),
    )
    const people = list.flatMap(({ size, weight, income }) =>
      Array.from({ length: size * weight }, () => income / size),
    )
    expect(found).toBeCloseTo(plainGini(people), 12)
  })

  test('all alike 0, one has all 1 − 1/n, nothing to share null', () => {
    const of = (incomes: number[]) =>
      gini(
        rankOrder(Float64Array.from(incomes)),
        () => 1,
        (row) => incomes[row] as number,
      )
    expect(of([5, 5, 5, 5])).toBe(0)
    expect(of([0, 0, 0, 8])).toBe(0.75)
    expect(of([0, 0])).toBeNull()
  })
})

test('tenths: ten households of one person are one a tenth; a large one belongs where its middle person stands', () => {
  const values = Float64Array.from([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
  expect([...tenths(rankOrder(values), () => 1)]).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
  const weights = [6, 2, 2]
  expect([...tenths(rankOrder(Float64Array.from([1, 2, 3])), (row) => weights[row] as number)]).toEqual([
    3, 7, 9,
  ])
})
