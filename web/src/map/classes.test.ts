import { describe, expect, it } from 'vitest'
import { classify, classOf } from './classes.ts'

describe('classes of a map', () => {
  it('quantiles hold the same number of values', () => {
    const values = Array.from({ length: 20 }, (_, i) => i ** 3)
    expect(classify(values, 'quantile', 5)?.counts).toEqual([4, 4, 4, 4, 4])
  })

  it('equal steps have the same width', () => {
    expect(classify([0, 1, 2, 9, 10], 'equal', 5)).toEqual({
      breaks: [2, 4, 6, 8],
      min: 0,
      max: 10,
      counts: [3, 0, 0, 0, 2],
    })
  })

  it('natural breaks fall into the gaps', () => {
    const values = [1, 2, 3, 50, 51, 53, 900, 905]
    expect(classify(values, 'natural', 3)?.breaks).toEqual([3, 53])
  })

  it('natural breaks are the best of all ways to cut', () => {
    const values = [4, 5, 9, 10, 11, 20, 21, 22, 40].map((v) => v + 1e9)
    const spread = (part: number[]) => {
      const mean = part.reduce((a, b) => a + b, 0) / part.length
      return part.reduce((a, b) => a + (b - mean) ** 2, 0)
    }
    let best = Number.POSITIVE_INFINITY
    let cut: number[] = []
    for (let i = 1; i < values.length - 1; i++) {
      for (let j = i + 1; j < values.length; j++) {
        const total = spread(values.slice(0, i)) + spread(values.slice(i, j)) + spread(values.slice(j))
        if (total < best) {
          best = total
          cut = [values[i - 1]!, values[j - 1]!]
        }
      }
    }
    expect(classify(values, 'natural', 3)?.breaks).toEqual(cut)
  })

  it('are fewer when values repeat, and none without values', () => {
    expect(classify([5, 5, 5], 'quantile', 5)).toEqual({ breaks: [], min: 5, max: 5, counts: [3] })
    expect(classify([0, 0, 0, 0, 0, 0, 7], 'quantile', 5)?.counts).toEqual([6, 1])
    expect(classify([null, Number.NaN], 'equal', 5)).toBeNull()
  })

  it('a value on a bound belongs to the class below', () => {
    expect([2, 2.1, 99].map((v) => classOf(v, [2, 4]))).toEqual([0, 1, 2])
  })
})
