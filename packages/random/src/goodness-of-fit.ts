/** Tests of fit used by this package's own tests; critical values at a false-alarm rate of about 1 in 1,000. */

/** Kolmogorov-Smirnov distance times √n between a sample and a distribution function; above 1.95 means p < 0.001. */
export function ksStatistic(sample: Float64Array, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(sample).sort()
  const n = sorted.length
  let distance = 0
  for (let i = 0; i < n; i++) {
    const f = cdf(sorted[i] as number)
    distance = Math.max(distance, (i + 1) / n - f, f - i / n)
  }
  return distance * Math.sqrt(n)
}

export const KS_CRITICAL = 1.95

/**
 * Pearson's chi-square turned into a standard normal deviate by Wilson and Hilferty; above 3.1 means p < 0.001.
 * Cells expecting fewer than five are pooled with the next ones.
 */
export function chiSquareDeviate(counts: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  let n = 0
  for (let i = 0; i < counts.length; i++) n += counts[i] as number
  let chi = 0
  let cells = 0
  let observed = 0
  let expected = 0
  let given = 0
  for (let i = 0; i < counts.length; i++) {
    observed += counts[i] as number
    expected += (probabilities[i] as number) * n
    given += probabilities[i] as number
    const rest = (1 - given) * n
    if ((expected < 5 || rest < 5) && i < counts.length - 1) continue
    chi += (observed - expected) ** 2 / expected
    cells++
    observed = 0
    expected = 0
  }
  const df = cells - 1
  return (Math.cbrt(chi / df) - (1 - 2 / (9 * df))) / Math.sqrt(2 / (9 * df))
}

export const CHI_CRITICAL = 3.1

/** Regularised lower incomplete gamma function P(a, x) by its power series, given Γ(a). Good for x < 40. */
export function gammaCdf(a: number, x: number, gammaOfA: number): number {
  let term = 1 / a
  let sum = term
  for (let n = 1; n < 500; n++) {
    term *= x / (a + n)
    sum += term
  }
  return (sum * Math.exp(-x) * x ** a) / gammaOfA
}
