/**
 * The quantile function of income per head of one province: continuous, rising, with the five quintile means exactly as given.
 *
 * Neighbouring fifths meet at the geometric mean of their means. Inside a fifth the income is a power of the position in it, with the
 * exponent for which the mean comes out right; the highest fifth is a Pareto tail (Pareto 1896) from its lower bound. Everything has
 * a closed integral, so that a household stands for the mean of its stretch of the curve and no mean is lost in the tail.
 */
export class IncomeCurve {
  readonly #low: number[]
  readonly #high: number[]
  readonly #power: number[]
  readonly #means: readonly number[]
  readonly #alpha: number

  /**
   * @param means the five means, rising
   * @param lowest the lowest income as a share of the first mean
   * @throws {RangeError} when the means do not rise or are not positive
   */
  constructor(means: readonly number[], lowest: number) {
    if (means.length !== 5 || !means.every((m, k) => m > (means[k - 1] ?? 0)))
      throw new RangeError(`invalid quintile means: ${means.join(', ')} do not rise`)
    const [m1, , , , m5] = means as [number, number, number, number, number]
    this.#means = means
    this.#low = means.map((m, k) => (k === 0 ? lowest * m1 : Math.sqrt((means[k - 1] as number) * m)))
    this.#high = means.map((m, k) =>
      k === 4 ? Number.POSITIVE_INFINITY : Math.sqrt(m * (means[k + 1] as number)),
    )
    this.#power = means.map((m, k) => {
      const low = this.#low[k] as number
      return ((this.#high[k] as number) - low) / (m - low) - 1
    })
    this.#alpha = m5 / (m5 - (this.#low[4] as number))
  }

  /** The mean income of the persons from rank `u1` to rank `u2`, 0 ≤ u1 < u2 ≤ 1. */
  mean(u1: number, u2: number): number {
    return (this.#integral(u2) - this.#integral(u1)) / (u2 - u1)
  }

  /** The income at a rank. */
  at(u: number): number {
    const k = Math.min(4, Math.floor(u * 5))
    const s = u * 5 - k
    const low = this.#low[k] as number
    if (k === 4) return low * (1 - s) ** (-1 / this.#alpha)
    return low + ((this.#high[k] as number) - low) * s ** (this.#power[k] as number)
  }

  /** The income of all persons up to rank u, where all persons together are 1. */
  #integral(u: number): number {
    const k = Math.min(4, Math.floor(u * 5))
    const s = Math.min(1, u * 5 - k)
    let sum = 0
    for (let i = 0; i < k; i++) sum += this.#means[i] as number
    const low = this.#low[k] as number
    if (k === 4) {
      const a = this.#alpha
      return (sum + (low * a * (1 - (1 - s) ** (1 - 1 / a))) / (a - 1)) / 5
    }
    const power = this.#power[k] as number
    return (sum + low * s + (((this.#high[k] as number) - low) * s ** (power + 1)) / (power + 1)) / 5
  }
}
