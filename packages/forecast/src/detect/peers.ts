/** Deviation of each unit from the median of its peers at one tick, in robust standard deviations; a common cause moves the median, not the units. */
export function peerDeviations(values: Float64Array): { deviations: Float64Array; common: number } {
  const known = Float64Array.from(values.filter((v) => !Number.isNaN(v))).sort()
  const n = known.length
  if (n === 0) return { deviations: values.map(() => 0), common: Number.NaN }
  const median = (s: Float64Array): number =>
    s.length % 2 ? s[s.length >> 1]! : (s[(s.length >> 1) - 1]! + s[s.length >> 1]!) / 2
  const centre = median(known)
  const mad = median(known.map((v) => Math.abs(v - centre)).sort())
  const scale = Math.max(1.4826 * mad, 1e-12 * Math.max(1, Math.abs(centre)))
  return { deviations: values.map((v) => (Number.isNaN(v) ? 0 : (v - centre) / scale)), common: centre }
}
