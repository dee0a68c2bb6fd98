import { describe, expect, it } from 'vitest'
import { coverageOf } from './synthetic-truth.fixture.ts'

describe('rank sets on synthetic truth', () => {
  const cases = (['even', 'knots', 'dense'] as const).flatMap((shape) =>
    [1, 4, 12].flatMap((error) => [34, 63].map((units) => ({ shape, error, units, freedom: 200 }))),
  )
  it.each(cases)('$units units, $shape, mean error $error, $freedom degrees of freedom', (one) => {
    const { ours, oracle } = coverageOf({ ...one, runs: 400, seed: 11 })
    const ratio = ours.width / oracle.width
    console.log(
      `${one.units} ${one.shape} error ${one.error}: units ${ours.units.toFixed(4)}, joint ${ours.joint.toFixed(4)}, width ${ours.width.toFixed(2)}, oracle ${oracle.width.toFixed(2)}, ratio ${ratio.toFixed(3)}`,
    )
    expect(ours.units).toBeGreaterThanOrEqual(0.93)
    expect(ours.joint).toBeGreaterThanOrEqual(0.93)
    expect(ratio).toBeLessThanOrEqual(1.25)
  })
})
