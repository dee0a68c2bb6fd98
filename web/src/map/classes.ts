/** Cutting values into classes for a map. */

export type Method = 'quantile' | 'equal' | 'natural'
export const methods: readonly Method[] = ['quantile', 'natural', 'equal']

export interface Classes {
  /** Upper bounds of all classes but the last, ascending and distinct. */
  breaks: number[]
  min: number
  max: number
  /** How many values fall into each class; one more than there are breaks. */
  counts: number[]
}

/** Classes of the finite values, at most `k`; fewer when there are not enough different values. Null without any value. */
export function classify(values: readonly (number | null)[], method: Method, k: number): Classes | null {
  const sorted = values.filter((v): v is number => v !== null && Number.isFinite(v)).sort((a, b) => a - b)
  const min = sorted[0]
  const max = sorted.at(-1)
  if (min === undefined || max === undefined) return null
  const wanted = Math.min(k, new Set(sorted).size)
  const raw =
    method === 'equal'
      ? Array.from({ length: wanted - 1 }, (_, i) => min + ((max - min) * (i + 1)) / wanted)
      : method === 'quantile'
        ? quantiles(sorted, wanted)
        : naturalBreaks(sorted, wanted)
  const breaks = [...new Set(raw)].filter((b) => b >= min && b < max)
  const counts = Array.from({ length: breaks.length + 1 }, () => 0)
  for (const value of sorted) counts[classOf(value, breaks)]! += 1
  return { breaks, min, max, counts }
}

/** Index of the class of a value: bounds belong to the class below them. */
export function classOf(value: number, breaks: readonly number[]): number {
  const at = breaks.findIndex((bound) => value <= bound)
  return at < 0 ? breaks.length : at
}

function quantiles(sorted: readonly number[], k: number): number[] {
  return Array.from({ length: k - 1 }, (_, i) => sorted[Math.ceil((sorted.length * (i + 1)) / k) - 1]!)
}

/**
 * Classes with the least squared deviation from their means (Fisher 1958, known as Jenks' natural breaks):
 * exact dynamic programming over the sorted values. Above 600 values every nth is taken, which is enough for colours.
 */
function naturalBreaks(all: readonly number[], k: number): number[] {
  const step = Math.ceil(all.length / 600)
  const sorted = step === 1 ? all : all.filter((_, i) => i % step === 0 || i === all.length - 1)
  const n = sorted.length
  const sum = new Float64Array(n + 1)
  const square = new Float64Array(n + 1)
  // Deviations from the mean are taken so that large values do not lose their differences to rounding.
  const mean = sorted.reduce((a, b) => a + b, 0) / n
  for (let i = 0; i < n; i++) {
    const d = sorted[i]! - mean
    sum[i + 1] = sum[i]! + d
    square[i + 1] = square[i]! + d * d
  }
  const cost = (from: number, to: number) => {
    const s = sum[to]! - sum[from]!
    return square[to]! - square[from]! - (s * s) / (to - from)
  }
  let best = Array.from({ length: n + 1 }, (_, to) => (to === 0 ? 0 : cost(0, to)))
  const starts: number[][] = []
  for (let classes = 2; classes <= k; classes++) {
    const next = Array.from({ length: n + 1 }, () => Number.POSITIVE_INFINITY)
    const start = Array.from({ length: n + 1 }, () => 0)
    for (let to = classes; to <= n; to++) {
      for (let from = classes - 1; from < to; from++) {
        const total = best[from]! + cost(from, to)
        if (total < next[to]!) {
          next[to] = total
          start[to] = from
        }
      }
    }
    best = next
    starts.push(start)
  }
  const breaks: number[] = []
  let to = n
  for (let i = starts.length - 1; i >= 0; i--) {
    to = starts[i]![to]!
    breaks.unshift(sorted[to - 1]!)
  }
  return breaks
}
