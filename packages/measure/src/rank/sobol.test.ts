import { RandomStream } from '@nhip/random/stream'
import { describe, expect, it } from 'vitest'
import { type SaltelliOutputs, sobolIndices } from './sobol.ts'

/** A Saltelli design over the unit cube, evaluated with a function whose indices are known in closed form. */
function design(n: number, factors: number, f: (x: Float64Array) => number): SaltelliOutputs {
  const outputs = {
    a: new Float64Array(n),
    b: new Float64Array(n),
    ab: Array.from({ length: factors }, () => new Float64Array(n)),
  }
  for (let row = 0; row < n; row++) {
    const both = new RandomStream(5, row).fillUniform(new Float64Array(2 * factors))
    const a = both.subarray(0, factors)
    const b = both.subarray(factors)
    outputs.a[row] = f(a)
    outputs.b[row] = f(b)
    for (let i = 0; i < factors; i++) {
      const x = a.slice()
      x[i] = b[i]!
      outputs.ab[i]![row] = f(x)
    }
  }
  return outputs
}

describe('Sobol indices', () => {
  it("meet the closed form of Ishigami's function", () => {
    const ishigami = (x: Float64Array) => {
      const [p, q, r] = Array.from(x, (u) => Math.PI * (2 * u - 1)) as [number, number, number]
      return Math.sin(p) + 7 * Math.sin(q) ** 2 + 0.1 * r ** 4 * Math.sin(p)
    }
    const found = sobolIndices(design(8192, 3, ishigami), 1, 0.9, 20)
    const expected = [
      [0.3139, 0.5576],
      [0.4424, 0.4424],
      [0, 0.2437],
    ]
    found.forEach(({ first, total }, i) => {
      expect(first[0]).toBeCloseTo(expected[i]![0]!, 1)
      expect(total[0]).toBeCloseTo(expected[i]![1]!, 1)
      expect(first[1]).toBeLessThanOrEqual(first[0])
      expect(first[2]).toBeGreaterThanOrEqual(first[0])
      expect(first[2] - first[1]).toBeLessThan(0.1)
    })
  })
  it('give two equal additive factors half each, and one factor everything', () => {
    const [one, two] = sobolIndices(
      design(4096, 2, (x) => x[0]! + x[1]!),
      1,
      0.9,
      20,
    )
    expect(one!.first[0]).toBeCloseTo(0.5, 1)
    expect(two!.total[0]).toBeCloseTo(0.5, 1)
    const [all] = sobolIndices(
      design(4096, 1, (x) => x[0]!),
      1,
      0.9,
      20,
    )
    expect(all!.total[0]).toBeCloseTo(1, 1)
  })
  it('are 0 when nothing varies, and the same for the same seed', () => {
    expect(
      sobolIndices(
        design(10, 1, () => 3),
        1,
      )[0],
    ).toEqual({ first: [0, 0, 0], total: [0, 0, 0] })
    const outputs = design(50, 2, (x) => x[0]! * x[1]!)
    expect(sobolIndices(outputs, 9)).toEqual(sobolIndices(outputs, 9))
  })
})
