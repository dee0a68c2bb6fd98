/**
 * The `k`-th smallest (from 0) of the first `n` numbers, by Hoare's quickselect. Reorders them.
 * No NaN may be among them.
 */
export function select(v: Float64Array, n: number, k: number): number {
  let low = 0
  let high = n - 1
  while (low < high) {
    // Insertion sort wins on the short stretches that series of a few years end in.
    if (high - low < 12) {
      for (let i = low + 1; i <= high; i++) {
        const x = v[i]!
        let j = i - 1
        while (j >= low && v[j]! > x) {
          v[j + 1] = v[j]!
          j--
        }
        v[j + 1] = x
      }
      break
    }
    const a = v[low]!
    const b = v[(low + high) >> 1]!
    const c = v[high]!
    const pivot = a < b ? (b < c ? b : a < c ? c : a) : a < c ? a : b < c ? c : b
    let i = low
    let j = high
    while (i <= j) {
      while (v[i]! < pivot) i++
      while (v[j]! > pivot) j--
      if (i <= j) {
        const t = v[i]!
        v[i] = v[j]!
        v[j] = t
        i++
        j--
      }
    }
    if (k <= j) high = j
    else if (k >= i) low = i
    else break
  }
  return v[k]!
}

/** The median of the first `n` numbers (mean of the middle two when `n` is even); NaN when there is none. Reorders them. */
export function medianOf(v: Float64Array, n = v.length): number {
  if (n === 0) return Number.NaN
  const half = n >> 1
  const upper = select(v, n, half)
  if (n % 2 === 1) return upper
  let lower = v[0]!
  for (let i = 1; i < half; i++) if (v[i]! > lower) lower = v[i]!
  return (lower + upper) / 2
}

/** Makes the median absolute deviation of normal numbers their standard deviation: 1/Φ⁻¹(3/4). */
export const MAD_TO_SD = 1.482602218505602

/** 1.4826 × the median of |v − centre| over the first `n`; overwrites them. */
export function spreadOf(v: Float64Array, n: number, centre: number): number {
  for (let i = 0; i < n; i++) v[i] = Math.abs(v[i]! - centre)
  return MAD_TO_SD * medianOf(v, n)
}
