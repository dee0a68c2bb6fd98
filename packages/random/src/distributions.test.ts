import { describe, expect, test } from 'vitest'
import { beta } from './beta.ts'
import { binomial } from './binomial.ts'
import { AliasTable, categorical } from './categorical.ts'
import { dirichlet } from './dirichlet.ts'
import { exponential } from './exponential.ts'
import { gamma } from './gamma.ts'
import { CHI_CRITICAL, chiSquareDeviate, gammaCdf, KS_CRITICAL, ksStatistic } from './goodness-of-fit.ts'
import { logFactorial } from './log-factorial.ts'
import { fillNormal, normal, normalQuantile } from './normal.ts'
import { poisson } from './poisson.ts'
import { choose, sample, sampleIndices, shuffle } from './sampling.ts'
import { RandomStream } from './stream.ts'

function draws(n: number, draw: () => number): Float64Array {
  return Float64Array.from({ length: n }, draw)
}

function countDraws(n: number, cells: number, draw: () => number): number[] {
  const counts = Array.from({ length: cells }, () => 0)
  for (let i = 0; i < n; i++) counts[Math.min(draw(), cells - 1)]!++
  return counts
}

describe('normal', () => {
  // Quantiles from the NIST/SEMATECH handbook's normal table, extended to 15 digits in published AS 241 checks.
  test.each([
    [0.5, 0],
    [0.25, -0.674489750196082],
    [0.001, -3.09023230616781],
    [0.975, 1.95996398454005],
    [1e-20, -9.26234008979841],
  ])('quantile of %d is %d', (p, z) => {
    expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(1e-13)
  })

  test('the ends are infinite, outside is refused', () => {
    expect(normalQuantile(0)).toBe(-Infinity)
    expect(normalQuantile(1)).toBe(Infinity)
    expect(() => normalQuantile(1.01)).toThrow('invalid probability: 1.01')
    expect(() => normal(new RandomStream(1), 0, -1)).toThrow('invalid standard deviation: -1')
  })

  test('squares of normals are chi-square with one degree of freedom', () => {
    const numbers = fillNormal(new RandomStream(21), new Float64Array(50_000))
    const half = numbers.map((z) => (z * z) / 2)
    expect(ksStatistic(half, (x) => gammaCdf(0.5, x, Math.sqrt(Math.PI)))).toBeLessThan(KS_CRITICAL)
    expect(Math.abs(numbers.filter((z) => z > 0).length - 25_000)).toBeLessThan(470)
  })

  test('filling equals drawing one by one, and mean and spread are applied', () => {
    const a = new RandomStream(22)
    const b = new RandomStream(22)
    expect([...fillNormal(a, new Float64Array(5), 10, 2)]).toEqual(
      Array.from({ length: 5 }, () => normal(b, 10, 2)),
    )
  })
})

describe('continuous distributions fit (Kolmogorov-Smirnov)', () => {
  test('exponential', () => {
    const stream = new RandomStream(23)
    expect(
      ksStatistic(
        draws(50_000, () => exponential(stream, 2)),
        (x) => -Math.expm1(-2 * x),
      ),
    ).toBeLessThan(KS_CRITICAL)
    expect(() => exponential(stream, 0)).toThrow('invalid rate: 0')
  })

  test.each([
    [0.5, Math.sqrt(Math.PI)],
    [1, 1],
    [2.5, 0.75 * Math.sqrt(Math.PI)],
    [5, 24],
  ])('gamma of shape %d', (shape, gammaOfShape) => {
    const stream = new RandomStream(24, `shape ${shape}`)
    const numbers = draws(20_000, () => gamma(stream, shape, 3))
    expect(ksStatistic(numbers, (x) => gammaCdf(shape, x / 3, gammaOfShape))).toBeLessThan(KS_CRITICAL)
  })

  test('gamma refuses a shape or scale that is not positive', () => {
    expect(() => gamma(new RandomStream(1), 0)).toThrow('invalid shape: 0')
    expect(() => gamma(new RandomStream(1), 1, -2)).toThrow('invalid scale: -2')
  })

  test('beta(½, ½) is the arcsine law; beta(2, 3) and beta(3, 1) have polynomial distribution functions', () => {
    const stream = new RandomStream(25)
    const arcsine = draws(20_000, () => beta(stream, 0.5, 0.5))
    expect(ksStatistic(arcsine, (x) => (2 / Math.PI) * Math.asin(Math.sqrt(x)))).toBeLessThan(KS_CRITICAL)
    const b23 = draws(20_000, () => beta(stream, 2, 3))
    expect(ksStatistic(b23, (x) => x * x * (6 - 8 * x + 3 * x * x))).toBeLessThan(KS_CRITICAL)
    const b31 = draws(20_000, () => beta(stream, 3, 1))
    expect(ksStatistic(b31, (x) => x ** 3)).toBeLessThan(KS_CRITICAL)
  })

  test('beta with tiny parameters stays a number in [0, 1]', () => {
    const stream = new RandomStream(26)
    const numbers = draws(2000, () => beta(stream, 1e-4, 1e-4))
    expect(numbers.every((x) => x >= 0 && x <= 1)).toBe(true)
    expect(Math.abs(numbers.filter((x) => x > 0.5).length - 1000)).toBeLessThan(100)
  })
})

describe('counts fit (chi-square)', () => {
  test.each([0.3, 4, 9.9, 10, 37.5, 1000])('Poisson with mean %d', (mean) => {
    const stream = new RandomStream(27, `mean ${mean}`)
    const cells = Math.ceil(mean + 8 * Math.sqrt(mean) + 10)
    const probabilities = Array.from({ length: cells }, (_, k) =>
      Math.exp(k * Math.log(mean) - mean - logFactorial(k)),
    )
    const counts = countDraws(40_000, cells, () => poisson(stream, mean))
    expect(chiSquareDeviate(counts, probabilities)).toBeLessThan(CHI_CRITICAL)
  })

  test.each([
    [1, 0.3],
    [20, 0.05],
    [20, 0.9],
    [100, 0.5],
    [1000, 0.03],
    [5000, 0.97],
  ])('binomial of %i trials with probability %d', (n, p) => {
    const stream = new RandomStream(28, `${n} ${p}`)
    const probabilities = Array.from({ length: n + 1 }, (_, k) =>
      Math.exp(
        logFactorial(n) - logFactorial(k) - logFactorial(n - k) + k * Math.log(p) + (n - k) * Math.log(1 - p),
      ),
    )
    const counts = countDraws(40_000, n + 1, () => binomial(stream, n, p))
    expect(chiSquareDeviate(counts, probabilities)).toBeLessThan(CHI_CRITICAL)
  })

  test('edges', () => {
    const stream = new RandomStream(29)
    expect([
      poisson(stream, 0),
      binomial(stream, 0, 0.5),
      binomial(stream, 7, 0),
      binomial(stream, 7, 1),
    ]).toEqual([0, 0, 0, 7])
    expect(() => poisson(stream, -1)).toThrow('invalid mean: -1')
    expect(() => binomial(stream, 1.5, 0.5)).toThrow('invalid number of trials: 1.5')
    expect(() => binomial(stream, 1, 2)).toThrow('invalid probability: 2')
  })

  test('ln k! agrees with the sum of logarithms where the series takes over', () => {
    let sum = 0
    for (let k = 1; k <= 400; k++) {
      sum += Math.log(k)
      expect(Math.abs(logFactorial(k) / sum - 1) || 0).toBeLessThan(2e-15)
    }
  })
})

describe('choices', () => {
  const weights = [5, 0, 1, 3, 0.5, 0, 10]
  const total = 19.5

  test('categorical and alias table follow the weights and never pick a weightless entry', () => {
    const probabilities = weights.map((w) => w / total)
    const stream = new RandomStream(30)
    const table = new AliasTable(weights)
    const byScan = countDraws(40_000, 7, () => categorical(stream, weights))
    const byAlias = countDraws(40_000, 7, () => table.pick(stream))
    for (const counts of [byScan, byAlias]) {
      expect([counts[1], counts[5]]).toEqual([0, 0])
      const positive = (_: number, i: number) => weights[i]! > 0
      expect(chiSquareDeviate(counts.filter(positive), probabilities.filter(positive))).toBeLessThan(
        CHI_CRITICAL,
      )
    }
  })

  test('bad weights are refused with their place', () => {
    expect(() => new AliasTable([1, -1])).toThrow('invalid weight 1: -1')
    expect(() => categorical(new RandomStream(1), [0, 0])).toThrow('invalid weights: they add up to 0')
  })

  test('Dirichlet: shares add up to 1; the first share of (2, 1, 2) is beta(2, 3)', () => {
    const stream = new RandomStream(31)
    const first = draws(20_000, () => {
      const shares = dirichlet(stream, [2, 1, 2])
      expect(Math.abs(shares.reduce((a, b) => a + b) - 1)).toBeLessThan(1e-12)
      return shares[0]!
    })
    expect(ksStatistic(first, (x) => x * x * (6 - 8 * x + 3 * x * x))).toBeLessThan(KS_CRITICAL)
    expect(dirichlet(stream, [1e-6, 1e-6]).every((x) => Number.isFinite(x))).toBe(true)
  })

  test('shuffle: all 24 orders of four items are equally likely', () => {
    const stream = new RandomStream(32)
    const seen = new Map<string, number>()
    for (let i = 0; i < 24_000; i++) {
      const order = shuffle(stream, ['a', 'b', 'c', 'd']).join('')
      seen.set(order, (seen.get(order) ?? 0) + 1)
    }
    expect(seen.size).toBe(24)
    expect(
      chiSquareDeviate(
        [...seen.values()],
        Array.from({ length: 24 }, () => 1 / 24),
      ),
    ).toBeLessThan(CHI_CRITICAL)
  })

  test('sample without replacement: all 10 pairs of five are equally likely; edges', () => {
    const stream = new RandomStream(33)
    const seen = new Map<string, number>()
    for (let i = 0; i < 10_000; i++) {
      const pair = sample(stream, ['a', 'b', 'c', 'd', 'e'], 2).join('')
      seen.set(pair, (seen.get(pair) ?? 0) + 1)
    }
    expect(seen.size).toBe(10)
    expect(
      chiSquareDeviate(
        [...seen.values()],
        Array.from({ length: 10 }, () => 0.1),
      ),
    ).toBeLessThan(CHI_CRITICAL)
    expect(sampleIndices(stream, 4, 4)).toEqual([0, 1, 2, 3])
    expect(sampleIndices(stream, 1e12, 3)).toHaveLength(3)
    expect(() => sampleIndices(stream, 2, 3)).toThrow('invalid sample: 3 of 2')
    expect(() => choose(stream, [])).toThrow('the list is empty')
    expect(['x', 'y']).toContain(choose(stream, ['x', 'y']))
  })
})
