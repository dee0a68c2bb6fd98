import { describe, expect, it } from 'vitest'
import { CELL, type Panel } from '../panel.ts'
import { drawnScoreError, drawScores, type Evaluate, linearScoreError } from './score-error.ts'

/** Three units, two items: known errors, one cell exact, one without a stated error. */
const panel: Panel = {
  period: null,
  units: ['a', 'b', 'c'],
  items: ['x', 'y'],
  value: Float64Array.from([10, 20, 30, 1, 2, 3]),
  state: new Uint8Array(6).fill(CELL.ok),
  se: Float64Array.from([3, 1, 0, 4, Number.NaN, 0]),
  parts: null,
  attributes: new Map(),
}
const weighted: Evaluate = (v) => Float64Array.from([0, 1, 2], (u) => 0.5 * v[u]! - 2 * v[3 + u]! + 7)

describe('the standard error of a score', () => {
  it('is exact when the score is linear', () => {
    const { se, difference } = linearScoreError(panel, weighted)
    expect(se[0]).toBeCloseTo(Math.hypot(0.5 * 3, 2 * 4), 12)
    expect(se[1]).toBeCloseTo(0.5, 12)
    expect(se[2]).toBe(0)
    expect(difference(0, 1)).toBeCloseTo(Math.hypot(1.5, 8, 0.5), 12)
  })
  it('by draws comes near the exact one, however the draws are split', () => {
    const exact = linearScoreError(panel, weighted)
    const drawn = drawnScoreError(drawScores(panel, weighted, 1, [0, 4000]), 3)
    for (const u of [0, 1]) expect(drawn.se[u]! / exact.se[u]!).toBeCloseTo(1, 1)
    const whole = drawScores(panel, weighted, 9, [0, 50])
    const halves = [...drawScores(panel, weighted, 9, [0, 20]), ...drawScores(panel, weighted, 9, [20, 50])]
    expect(halves).toEqual([...whole])
  })
  it('by draws knows that a common part cancels in a difference', () => {
    const minmax: Evaluate = (v) => Float64Array.from([0, 1, 2], (u) => v[u]! + 100 * v[0]!)
    const { se, difference } = drawnScoreError(drawScores(panel, minmax, 1, [0, 500]), 3)
    expect(se[1]).toBeGreaterThan(250)
    expect(difference(1, 2)).toBeLessThan(1.2)
  })
})
