/** Members farther than this many naive scales × √h from the median of the members are dropped. */
const FAR = 6

/**
 * Combines member paths ([member][step] in `paths`, chosen by `use`): the mean, from five members up the median. A member without an
 * answer, or far off the others, is left out. Falls back to `reference` where nobody answers.
 */
export function combine(
  paths: Float64Array,
  horizon: number,
  use: readonly number[],
  scale: number,
  reference: Float64Array,
): Float64Array {
  const out = new Float64Array(horizon)
  const alive: number[] = []
  for (const i of use) if (!Number.isNaN(paths[i * horizon]!)) alive.push(i)
  if (alive.length === 0) return reference.slice()
  const values: number[] = []
  const middle = new Float64Array(horizon)
  for (let s = 0; s < horizon; s++) {
    values.length = 0
    for (const i of alive) values.push(paths[i * horizon + s]!)
    middle[s] = median(values)
  }
  const kept =
    alive.length < 3 || !(scale > 0)
      ? alive
      : alive.filter((i) => {
          for (let s = 0; s < horizon; s++)
            if (Math.abs(paths[i * horizon + s]! - middle[s]!) > FAR * scale * Math.sqrt(s + 1)) return false
          return true
        })
  if (kept.length === 0) return middle
  for (let s = 0; s < horizon; s++) {
    if (kept.length >= 5) {
      values.length = 0
      for (const i of kept) values.push(paths[i * horizon + s]!)
      out[s] = median(values)
    } else for (const i of kept) out[s]! += paths[i * horizon + s]! / kept.length
  }
  return out
}

/** Median of a few numbers; sorts `values`. */
export function median(values: number[]): number {
  values.sort((a, b) => a - b)
  const k = values.length >> 1
  return values.length % 2 ? values[k]! : (values[k - 1]! + values[k]!) / 2
}
