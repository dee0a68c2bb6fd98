/**
 * Rows in rising order of their values, equal ones in the order of the rows. Radix sort over the bits of the doubles, 16 at a time:
 * linear, and the same on every engine, which comparing texts or calling a comparator need not be.
 */
export function rankOrder(values: Float64Array): Uint32Array {
  const n = values.length
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * n)
  let order = Uint32Array.from({ length: n }, (_, i) => i)
  let next = new Uint32Array(n)
  const counts = new Uint32Array(65_537)
  // Little-endian: the low word of a double comes first.
  for (let pass = 0; pass < 4; pass++) {
    const word = pass >> 1
    const shift = (pass & 1) * 16
    const digit = (row: number): number => {
      const high = words[2 * row + 1] as number
      // A negative double has all its bits turned, a positive one its sign: then unsigned order is the order of values.
      const negative = high >>> 31 === 1
      const bits =
        word === 1
          ? negative
            ? ~high
            : high ^ 0x80000000
          : negative
            ? ~(words[2 * row] as number)
            : (words[2 * row] as number)
      return (bits >>> shift) & 0xffff
    }
    counts.fill(0)
    for (let i = 0; i < n; i++) counts[digit(i) + 1]!++
    for (let d = 0; d < 65_536; d++) counts[d + 1]! += counts[d]!
    for (let i = 0; i < n; i++) {
      const row = order[i] as number
      next[counts[digit(row)]!++] = row
    }
    ;[order, next] = [next, order]
  }
  return order
}

/** Income per head as it is ranked: −0 is 0. Two different fractions with sizes below 2^10 and incomes below 2^32·10^3 differ as doubles. */
export function perHead(income: number, size: number): number {
  return income / size + 0
}

/**
 * The tenth of all persons in which each household lies, 0 to 9, by income per head: that of its middle person when all stand in order
 * (cumulated weight; ties by the order of household ids).
 * @param order rows by rising income
 * @param persons weighted persons of each row, whole numbers
 */
export function tenths(order: Uint32Array, persons: (row: number) => number): Uint8Array {
  let total = 0
  for (let row = 0; row < order.length; row++) total += persons(row)
  const out = new Uint8Array(order.length)
  let passed = 0
  for (const row of order) {
    const own = persons(row)
    out[row] = Math.min(9, Math.floor((10 * (2 * passed + own)) / (2 * total)))
    passed += own
  }
  return out
}

/**
 * Gini coefficient of income per head over persons, from the Lorenz curve of households in order: 1 − Σ Wᵢ (Lᵢ₋₁ + Lᵢ) / (W L), where Wᵢ
 * are persons and L cumulated income. Negative incomes stay in, so that it may pass 1. Null when the total is not positive.
 *
 * One addition after the other in the order of incomes with Neumaier's compensation: the same for any number of workers; error
 * below 1e-12.
 * @param income weighted income of each row
 */
export function gini(
  order: Uint32Array,
  persons: (row: number) => number,
  income: (row: number) => number,
): number | null {
  let heads = 0
  let passed = 0
  let area = 0
  let lost = 0
  for (const row of order) {
    const w = persons(row)
    const x = income(row)
    heads += w
    const term = w * (2 * passed + x)
    const sum = area + term
    lost += Math.abs(area) >= Math.abs(term) ? area - sum + term : term - sum + area
    area = sum
    passed += x
  }
  return passed > 0 && heads > 0 ? 1 - (area + lost) / (heads * passed) : null
}
