/**
 * Fills inner missing values by straight lines between their neighbours; missing ends are cut off at the start and carried forward
 * at the end. For training only: a filled value is never evaluated nor shown.
 */
export function interpolate(y: Float64Array): Float64Array {
  const n = y.length
  let first = 0
  while (first < n && Number.isNaN(y[first]!)) first++
  let clean = first === 0
  for (let t = first; clean && t < n; t++) if (Number.isNaN(y[t]!)) clean = false
  if (clean) return y
  const out = y.slice(first)
  let last = -1
  for (let t = 0; t < out.length; t++) {
    if (Number.isNaN(out[t]!)) continue
    for (let g = last + 1; g < t; g++)
      out[g] = out[last]! + ((out[t]! - out[last]!) * (g - last)) / (t - last)
    last = t
  }
  for (let g = last + 1; g < out.length; g++) out[g] = out[last]!
  return out
}
