import { MAD_TO_SD, medianOf } from './robust.ts'

/** A cell that stands out in a scan. */
export interface Outlier {
  /** Place of the series, and of the period in it. */
  series: number
  period: number
  /** Robust standard deviations from the series' middle, or of its change over one season from the usual change. */
  z: number
  by: 'level' | 'season'
}

export interface ScanOptions {
  /** Periods in a season; 1 = none. Default 12. */
  season?: number
  /** Default 3.5. */
  threshold?: number
}

/**
 * The quick look at very many series: for each by itself, modified z of the values (median and MAD, on logs of positive ones that lean to
 * the right) and of their changes against the same season a year before. A cell is told once, by the larger of the two. `detect` looks
 * closer, at siblings and totals as well, and takes longer.
 *
 * @param values series after series, `periods` each; NaN = none
 */
export function scanOutliers(values: Float64Array, periods: number, options: ScanOptions = {}): Outlier[] {
  const season = options.season ?? 12
  const threshold = options.threshold ?? 3.5
  const found: Outlier[] = []
  const y = new Float64Array(periods)
  const kept = new Float64Array(periods)
  const changes = new Float64Array(periods)
  for (let from = 0, series = 0; from < values.length; from += periods, series++) {
    let n = 0
    let least = Infinity
    for (let t = 0; t < periods; t++) {
      const x = values[from + t]!
      y[t] = x
      if (Number.isNaN(x)) continue
      kept[n++] = x
      if (x < least) least = x
    }
    if (n < 4) continue
    let centre = medianOf(kept, n)
    let spread = deviation(y, kept, periods, centre)
    if (least > 0 && leansRight(y, periods, centre)) {
      n = 0
      for (let t = 0; t < periods; t++) {
        y[t] = Math.log(y[t]!)
        if (!Number.isNaN(y[t]!)) kept[n++] = y[t]!
      }
      centre = medianOf(kept, n)
      spread = deviation(y, kept, periods, centre)
    }
    // Changes over a season are taken from the same scale.
    let m = 0
    if (season > 1)
      for (let t = season; t < periods; t++) {
        const d = y[t]! - y[t - season]!
        if (!Number.isNaN(d)) changes[m++] = d
      }
    let usual = 0
    let usualSpread = 0
    if (m >= 8) {
      usual = medianOf(changes, m)
      for (let i = 0; i < m; i++) changes[i] = Math.abs(changes[i]! - usual)
      usualSpread = MAD_TO_SD * medianOf(changes, m)
    }
    const far = threshold * spread
    const farChange = usualSpread === 0 ? Infinity : threshold * usualSpread
    for (let t = 0; t < periods; t++) {
      const level = Math.abs(y[t]! - centre)
      const change =
        t < season || farChange === Infinity
          ? 0
          : // The year after an odd value is not odd for coming back: the middle must have it too.
            Math.min(
              Math.abs(y[t]! - y[t - season]! - usual),
              Math.abs(nearChange(y, t, season, periods, usual)),
            )
      if (level > far && spread > 0) found.push({ series, period: t, z: level / spread, by: 'level' })
      else if (change > farChange) found.push({ series, period: t, z: change / usualSpread, by: 'season' })
    }
  }
  return found
}

/** The change to the year after, or where there is none yet, to two years before: a value that is odd differs from both neighbours. */
function nearChange(y: Float64Array, t: number, season: number, periods: number, usual: number): number {
  if (t + season < periods) return y[t + season]! - y[t]! - usual
  return t - 2 * season >= 0 ? y[t]! - y[t - 2 * season]! - 2 * usual : Infinity
}

function deviation(y: Float64Array, buffer: Float64Array, periods: number, centre: number): number {
  let n = 0
  for (let t = 0; t < periods; t++) {
    const d = Math.abs(y[t]! - centre)
    if (!Number.isNaN(d)) buffer[n++] = d
  }
  return MAD_TO_SD * medianOf(buffer, n)
}

/** More of the spread above the median than below it, by the means of either half. */
function leansRight(y: Float64Array, periods: number, centre: number): boolean {
  let above = 0
  let below = 0
  for (let t = 0; t < periods; t++) {
    const d = y[t]! - centre
    if (d > 0) above += d
    else if (d < 0) below -= d
  }
  return above > 1.25 * below
}
