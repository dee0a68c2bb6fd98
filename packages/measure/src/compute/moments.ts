/** Present values of a column: those that are not NaN, in order. */
export function present(column: Float64Array): Float64Array {
  let n = 0
  for (let i = 0; i < column.length; i += 1) if (!Number.isNaN(column[i]!)) n += 1
  if (n === column.length) return column
  const out = new Float64Array(n)
  let at = 0
  for (let i = 0; i < column.length; i += 1) {
    const x = column[i]!
    if (!Number.isNaN(x)) out[at++] = x
  }
  return out
}

/** Arithmetic mean of values without NaN; NaN over nothing. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i += 1) sum += values[i]!
  return sum / values.length
}

/** Middle value, or the mean of the two middle ones; NaN over nothing. */
export function median(values: ArrayLike<number>): number {
  const n = values.length
  if (n === 0) return Number.NaN
  const sorted = Float64Array.from(values).sort()
  const half = n >> 1
  return n % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

/** Standard deviation with n − 1. */
export function deviation(values: ArrayLike<number>): number {
  const m = mean(values)
  let squares = 0
  for (let i = 0; i < values.length; i += 1) squares += (values[i]! - m) ** 2
  return Math.sqrt(squares / (values.length - 1))
}

/** Least and greatest; null over nothing. */
export function extent(values: ArrayLike<number>): [number, number] | null {
  if (values.length === 0) return null
  let low = values[0]!
  let high = low
  for (let i = 1; i < values.length; i += 1) {
    if (values[i]! < low) low = values[i]!
    if (values[i]! > high) high = values[i]!
  }
  return [low, high]
}

/**
 * Sample-adjusted skewness G1 and excess kurtosis G2 (Joanes and Gill 1998; the forms spreadsheets use).
 * @returns null below four values or when they do not vary
 */
export function shape(values: ArrayLike<number>): { skew: number; kurtosis: number } | null {
  const n = values.length
  if (n < 4) return null
  const m = mean(values)
  let [m2, m3, m4] = [0, 0, 0]
  for (let i = 0; i < n; i += 1) {
    const d = values[i]! - m
    m2 += d * d
    m3 += d * d * d
    m4 += d * d * d * d
  }
  m2 /= n
  m3 /= n
  m4 /= n
  const [low, high] = extent(values)!
  if (low === high || !(m2 > 0)) return null
  const g1 = m3 / m2 ** 1.5
  const g2 = m4 / (m2 * m2) - 3
  return {
    skew: (g1 * Math.sqrt(n * (n - 1))) / (n - 2),
    kurtosis: ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * g2 + 6),
  }
}

/** Pearson's correlation over the places where both are present; NaN below three of them or without variation. */
export function correlation(a: Float64Array, b: Float64Array): number {
  let n = 0
  let [sa, sb] = [0, 0]
  for (let i = 0; i < a.length; i += 1) {
    if (Number.isNaN(a[i]!) || Number.isNaN(b[i]!)) continue
    n += 1
    sa += a[i]!
    sb += b[i]!
  }
  if (n < 3) return Number.NaN
  const [ma, mb] = [sa / n, sb / n]
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i += 1) {
    if (Number.isNaN(a[i]!) || Number.isNaN(b[i]!)) continue
    const [da, db] = [a[i]! - ma, b[i]! - mb]
    ab += da * db
    aa += da * da
    bb += db * db
  }
  return aa > 0 && bb > 0 ? Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb))) : Number.NaN
}
