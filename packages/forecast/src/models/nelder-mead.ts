/**
 * Nelder and Mead's simplex search (1965) for a few parameters. Deterministic; `f` may return Infinity where it is not defined.
 * `x` is the start and receives the best point; `step` is the size of the first simplex; the search
 * ends when the values of the simplex differ by less than `tolerance`. Returns the best value.
 */
export function minimise(
  f: (x: Float64Array) => number,
  x: Float64Array,
  step: Float64Array,
  maxEvaluations: number,
  tolerance = 5e-4,
): number {
  const d = x.length
  const simplex: Float64Array[] = []
  const value = new Float64Array(d + 1)
  for (let i = 0; i <= d; i++) {
    const p = x.slice()
    if (i > 0) p[i - 1]! += step[i - 1]!
    simplex.push(p)
    value[i] = finite(f(p))
  }
  let used = d + 1
  const centre = new Float64Array(d)
  const trial = new Float64Array(d)
  const second = new Float64Array(d)
  while (used < maxEvaluations) {
    let best = 0
    let worst = 0
    for (let i = 1; i <= d; i++) {
      if (value[i]! < value[best]!) best = i
      if (value[i]! >= value[worst]!) worst = i
    }
    if (best === worst) break
    let next = best
    for (let i = 0; i <= d; i++) if (i !== worst && value[i]! > value[next]!) next = i
    if (value[worst]! - value[best]! <= tolerance) break
    centre.fill(0)
    for (let i = 0; i <= d; i++)
      if (i !== worst) for (let j = 0; j < d; j++) centre[j]! += simplex[i]![j]! / d
    const w = simplex[worst]!
    for (let j = 0; j < d; j++) trial[j] = 2 * centre[j]! - w[j]!
    const reflected = finite(f(trial))
    used++
    if (reflected < value[best]!) {
      for (let j = 0; j < d; j++) second[j] = 3 * centre[j]! - 2 * w[j]!
      const expanded = finite(f(second))
      used++
      const better = expanded < reflected
      w.set(better ? second : trial)
      value[worst] = better ? expanded : reflected
    } else if (reflected < value[next]!) {
      w.set(trial)
      value[worst] = reflected
    } else {
      const outside = reflected < value[worst]!
      for (let j = 0; j < d; j++)
        second[j] = outside ? 1.5 * centre[j]! - 0.5 * w[j]! : 0.5 * (centre[j]! + w[j]!)
      const contracted = finite(f(second))
      used++
      if (contracted < Math.min(reflected, value[worst]!)) {
        w.set(second)
        value[worst] = contracted
      } else {
        const b = simplex[best]!
        for (let i = 0; i <= d; i++) {
          if (i === best) continue
          const p = simplex[i]!
          for (let j = 0; j < d; j++) p[j] = b[j]! + 0.5 * (p[j]! - b[j]!)
          value[i] = finite(f(p))
        }
        used += d
      }
    }
  }
  let best = 0
  for (let i = 1; i <= d; i++) if (value[i]! < value[best]!) best = i
  x.set(simplex[best]!)
  return value[best]!
}

const finite = (v: number): number => (Number.isNaN(v) ? Number.POSITIVE_INFINITY : v)

/** Smallest value of a unimodal function on [a, b] by a coarse grid and golden-section search around its best point. */
export function minimise1d(f: (x: number) => number, a: number, b: number, grid = 10, rounds = 14): number {
  let bestX = a
  let bestV = Number.POSITIVE_INFINITY
  const width = (b - a) / grid
  for (let i = 0; i <= grid; i++) {
    const x = a + i * width
    const v = f(x)
    if (v < bestV) {
      bestV = v
      bestX = x
    }
  }
  let lo = Math.max(a, bestX - width)
  let hi = Math.min(b, bestX + width)
  const g = (Math.sqrt(5) - 1) / 2
  let x1 = hi - g * (hi - lo)
  let x2 = lo + g * (hi - lo)
  let f1 = f(x1)
  let f2 = f(x2)
  for (let i = 0; i < rounds; i++) {
    if (f1 <= f2) {
      hi = x2
      x2 = x1
      f2 = f1
      x1 = hi - g * (hi - lo)
      f1 = f(x1)
    } else {
      lo = x1
      x1 = x2
      f1 = f2
      x2 = lo + g * (hi - lo)
      f2 = f(x2)
    }
  }
  const inner = f1 <= f2 ? x1 : x2
  return Math.min(f1, f2) <= bestV ? inner : bestX
}
