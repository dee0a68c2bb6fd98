import type { RandomStream } from './stream.ts'

function totalOf(weights: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < weights.length; i++) {
    const w = weights[i] as number
    if (!(w >= 0 && Number.isFinite(w))) throw new RangeError(`invalid weight ${i}: ${w}`)
    total += w
  }
  if (!(total > 0 && Number.isFinite(total))) throw new RangeError(`invalid weights: they add up to ${total}`)
  return total
}

/**
 * An index chosen with probability proportional to its weight; O(n), one uniform. For many draws from the same
 * weights build an {@link AliasTable}.
 * @throws {RangeError} when a weight is negative or not finite, or all are zero
 */
export function categorical(stream: RandomStream, weights: ArrayLike<number>): number {
  let rest = stream.uniform() * totalOf(weights)
  let last = 0
  for (let i = 0; i < weights.length; i++) {
    const w = weights[i] as number
    if (w === 0) continue
    if (rest < w) return i
    rest -= w
    last = i
  }
  return last
}

/**
 * Draws from fixed weights in constant time.
 * Source: Walker's alias method in the numerically stable form of Vose, IEEE Trans. Softw. Eng. 17 (1991) 972.
 */
export class AliasTable {
  readonly #keep: Float64Array
  readonly #alias: Uint32Array

  /** @throws {RangeError} when a weight is negative or not finite, or all are zero */
  constructor(weights: ArrayLike<number>) {
    const n = weights.length
    const total = totalOf(weights)
    const scaled = Float64Array.from(weights, (w) => (w / total) * n)
    this.#keep = new Float64Array(n).fill(1)
    this.#alias = Uint32Array.from({ length: n }, (_, i) => i)
    const small: number[] = []
    const large: number[] = []
    for (let i = 0; i < n; i++) ((scaled[i] as number) < 1 ? small : large).push(i)
    while (small.length > 0 && large.length > 0) {
      const s = small.pop() as number
      const l = large[large.length - 1] as number
      this.#keep[s] = scaled[s] as number
      this.#alias[s] = l
      scaled[l] = (scaled[l] as number) + (scaled[s] as number) - 1
      if ((scaled[l] as number) < 1) small.push(large.pop() as number)
    }
    // Rounding may leave a weightless entry unpaired; it must still never be drawn.
    for (const s of small) {
      if ((weights[s] as number) === 0) {
        this.#keep[s] = 0
        this.#alias[s] = indexOfLargest(weights)
      }
    }
  }

  /** An index, with the probability of its weight. Takes at least three words of the stream. */
  pick(stream: RandomStream): number {
    const i = stream.integer(0, this.#keep.length - 1)
    return stream.uniform() < (this.#keep[i] as number) ? i : (this.#alias[i] as number)
  }
}

function indexOfLargest(weights: ArrayLike<number>): number {
  let best = 0
  for (let i = 1; i < weights.length; i++) if ((weights[i] as number) > (weights[best] as number)) best = i
  return best
}
