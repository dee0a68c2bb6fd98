import { extent, mean, present } from './moments.ts'

/**
 * Box and Cox (1964): `(x^λ − 1)/λ`, `ln x` at λ = 0. Data that are not all positive are first moved to
 * `x − min + 0.01·(max − min)`. Without a given λ the one of greatest likelihood within −5..5 is taken.
 */
export function boxCox(column: Float64Array, lambda: number | null): Float64Array {
  const ends = extent(present(column))
  if (!ends || ends[0] === ends[1]) return column
  const [low, high] = ends
  const moved = low > 0 ? column : column.map((x) => x - low + 0.01 * (high - low))
  const used = lambda ?? bestLambda(present(moved))
  return moved.map((x) => power(x, used))
}

function power(x: number, lambda: number): number {
  return Math.abs(lambda) < 1e-12 ? Math.log(x) : Math.expm1(lambda * Math.log(x)) / lambda
}

/** Golden-section search: the profile likelihood has one summit. */
function bestLambda(values: Float64Array): number {
  const logs = mean(values.map(Math.log))
  const likelihood = (lambda: number): number => {
    const y = values.map((x) => power(x, lambda))
    const m = mean(y)
    const variance = mean(y.map((v) => (v - m) ** 2))
    return -0.5 * Math.log(variance) + (lambda - 1) * logs
  }
  const ratio = (Math.sqrt(5) - 1) / 2
  let [low, high] = [-5, 5]
  let [a, b] = [high - ratio * (high - low), low + ratio * (high - low)]
  let [fa, fb] = [likelihood(a), likelihood(b)]
  while (high - low > 1e-9) {
    if (fa >= fb) {
      high = b
      ;[b, fb] = [a, fa]
      a = high - ratio * (high - low)
      fa = likelihood(a)
    } else {
      low = a
      ;[a, fa] = [b, fb]
      b = low + ratio * (high - low)
      fb = likelihood(b)
    }
  }
  return (low + high) / 2
}
