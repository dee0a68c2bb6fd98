import { describe, expect, it } from 'vitest'
import { type DrawModel, drawRanks, saltelliRows, split } from './draws.ts'
import { Ranker } from './ranking.ts'
import { sobolIndices } from './sobol.ts'

/** Five units that differ in two criteria; factor `balance` decides how much the first one counts, `idle` nothing. */
const model: DrawModel = {
  units: 5,
  uniforms: 3,
  factors: [
    { name: 'balance', from: 0, to: 1 },
    { name: 'idle', from: 1, to: 3 },
  ],
  score(point, out) {
    for (let u = 0; u < 5; u++) out[u] = point[0]! * u + (1 - point[0]!) * ((u * 3) % 5)
    return out
  },
}
const ranker = new Ranker(5, { order: 'desc', ties: 'min', decimals: null })

describe('draws', () => {
  it('are the same however they are split', () => {
    const whole = drawRanks(model, ranker, 7, [0, 100])
    for (const workers of [2, 3, 4, 7]) {
      const parts = split(100, workers).flatMap((run) => [...drawRanks(model, ranker, 7, run)])
      expect(parts).toEqual([...whole])
    }
  })
  it('differ between seeds', () => {
    expect(drawRanks(model, ranker, 1, [0, 20])).not.toEqual(drawRanks(model, ranker, 2, [0, 20]))
  })
  it('blame the factor that moves the ranks', () => {
    const nominal = [5, 4, 3, 2, 1]
    const [balance, idle] = sobolIndices(saltelliRows(model, ranker, nominal, 3, [0, 2000]), 3, 0.9, 50)
    expect(balance!.first[0]).toBeCloseTo(1, 1)
    expect(idle!.total[0]).toBe(0)
  })
  it('split into runs that are even and cover everything', () => {
    expect(split(10, 4)).toEqual([
      [0, 2],
      [2, 5],
      [5, 7],
      [7, 10],
    ])
    expect(split(1, 4)).toEqual([[0, 1]])
  })
})
