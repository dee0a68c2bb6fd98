const LIMB = 2 ** 40
const SAFE = 2 ** 52
const SPLIT = 2 ** 26

/** Sums as they travel between threads and are merged in any order: cell c is `high[c] · 2^40 + low[c]`. */
export interface SumCells {
  readonly high: Float64Array
  readonly low: Float64Array
}

/**
 * Exact sums of whole numbers, many cells side by side. Two limbs a cell: each holds whole numbers below 2^53 only, so that nothing is
 * ever rounded and the total does not depend on the order or grouping of what is added. Totals up to 2^92.
 */
export class ExactSums implements SumCells {
  readonly high: Float64Array
  readonly low: Float64Array

  constructor(cells: number) {
    this.high = new Float64Array(cells)
    this.low = new Float64Array(cells)
  }

  /** Adds a whole number of at most 2^52 in size. */
  add(cell: number, value: number): void {
    const sum = (this.low[cell] as number) + value
    if (sum < SAFE && sum > -SAFE) this.low[cell] = sum
    else {
      const carry = Math.floor(sum / LIMB)
      this.high[cell] = (this.high[cell] as number) + carry
      this.low[cell] = sum - carry * LIMB
    }
  }

  /** Adds `value · weight`, exactly, where both are whole, |value| ≤ 2^52 and 0 ≤ weight ≤ 2^26. */
  addProduct(cell: number, value: number, weight: number): void {
    const product = value * weight
    if (product < SAFE && product > -SAFE) {
      this.add(cell, product)
      return
    }
    const upper = Math.floor(value / SPLIT)
    this.add(cell, (value - upper * SPLIT) * weight)
    const scaled = upper * weight
    const carry = Math.floor(scaled / (LIMB / SPLIT))
    this.high[cell] = (this.high[cell] as number) + carry
    this.add(cell, (scaled - carry * (LIMB / SPLIT)) * SPLIT)
  }

  /** Adds a whole number of any size below 2^92. */
  addBig(cell: number, value: bigint): void {
    this.high[cell] = (this.high[cell] as number) + Number(value >> 40n)
    this.add(cell, Number(value & ((1n << 40n) - 1n)))
  }

  /** Adds the cells of another of the same length. */
  merge({ high, low }: SumCells): void {
    for (let c = 0; c < low.length; c++) {
      this.high[c] = (this.high[c] as number) + (high[c] as number)
      this.add(c, low[c] as number)
    }
  }

  total(cell: number): bigint {
    return (BigInt(this.high[cell] as number) << 40n) + BigInt(this.low[cell] as number)
  }

  /** The sum of several cells. */
  totalOf(cells: Iterable<number>): bigint {
    let sum = 0n
    for (const cell of cells) sum += this.total(cell)
    return sum
  }
}
