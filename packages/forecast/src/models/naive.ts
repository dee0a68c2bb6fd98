import type { Fitted, Model, Training } from './model.ts'
import { reseason } from './season.ts'

/** The last value stays. */
export const naive: Model = {
  name: 'naive',
  fit: ({ y }: Training): Fitted | null =>
    y.length === 0 ? null : { spec: 'naive', path: (h) => new Float64Array(h).fill(y[y.length - 1]!) },
}

/** The straight line from the first value to the last goes on. */
export const drift: Model = {
  name: 'drift',
  fit({ y }) {
    const n = y.length
    if (n < 2) return null
    const slope = (y[n - 1]! - y[0]!) / (n - 1)
    return {
      spec: 'drift',
      path: (h) => Float64Array.from({ length: h }, (_, i) => y[n - 1]! + (i + 1) * slope),
    }
  },
}

/** The value of the same phase of the last season; of the longest season that the series holds once. */
export const seasonalNaive: Model = {
  name: 'snaive',
  fit({ y, seasons }) {
    const n = y.length
    if (n === 0) return null
    let m = 1
    for (const s of seasons) if (s <= n) m = s
    return {
      spec: `snaive(${m})`,
      path: (h) => Float64Array.from({ length: h }, (_, i) => y[n - m + (i % m)]!),
    }
  },
}

/** Naive on the seasonally adjusted series: the reference of the M competitions. */
export const naive2: Model = {
  name: 'naive2',
  fit(training) {
    const n = training.y.length
    if (n === 0) return null
    const a = training.adjusted
    return {
      spec: a.season > 1 ? `naive2(${a.season})` : 'naive2',
      path: (h) => reseason(new Float64Array(h).fill(a.values[n - 1]!), n, a),
    }
  },
}
