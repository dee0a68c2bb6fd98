/**
 * The scoring of the Numenta Anomaly Benchmark (Lavin & Ahmad 2015): early detection inside a labelled window earns up to the weight of a hit,
 * detections outside cost, more so the farther they lie from the window before.
 */

/** One file: a score a row, and the labelled windows as first and last row, both included. */
export interface NabFile {
  readonly name: string
  readonly scores: Float64Array
  readonly windows: readonly (readonly [number, number])[]
}

/** What a false alarm and a missed window cost. */
export interface NabProfile {
  readonly falsePositive: number
  readonly missed: number
}

export const PROFILES = {
  standard: { falsePositive: 0.11, missed: 1 },
  lowFp: { falsePositive: 0.22, missed: 1 },
  lowFn: { falsePositive: 0.11, missed: 2 },
} as const satisfies Record<string, NabProfile>

/** Rows at the start that are not scored: 15 %, at most 750. */
export function probation(rows: number): number {
  return Math.min(Math.floor(0.15 * rows), 750)
}

const sigmoid = (x: number): number => 2 / (1 + Math.exp(5 * x)) - 1
const FULL = sigmoid(-1)

/** The result of one threshold over all files. */
export interface NabResult {
  readonly threshold: number
  /** 100 for finding every window at its start and nothing else, 0 for flagging nothing. */
  readonly normalised: number
  readonly windowsHit: number
  readonly falsePoints: number
  readonly perFile: readonly { file: string; windows: number; hit: number; falsePoints: number }[]
}

interface Row {
  readonly file: number
  readonly score: number
  /** Window of the row; −1 outside. */
  readonly window: number
  readonly value: number
}

/** The worth of flagging each scored row: a share of a hit inside a window, a share of a false alarm (negative) outside. */
function rowsOf(files: readonly NabFile[]): { rows: Row[]; windows: number; scored: number } {
  const rows: Row[] = []
  let windows = 0
  let scored = 0
  files.forEach((f, file) => {
    const start = probation(f.scores.length)
    const live = f.windows.filter((w) => w[1] >= start)
    let next = 0
    for (let i = start; i < f.scores.length; i++) {
      while (next < live.length && i > live[next]![1]) next++
      const w = live[next]
      scored++
      if (w && i >= w[0]) {
        const width = w[1] - w[0] + 1
        const x = width > 1 ? -(w[1] - i + 1) / width : -1
        rows.push({ file, score: f.scores[i]!, window: windows + next, value: sigmoid(x) / FULL })
      } else {
        const before = live[next - 1]
        let value = -1
        if (before) {
          const width = before[1] - before[0] + 1
          const x = width > 1 ? (i - before[1]) / (width - 1) : Number.POSITIVE_INFINITY
          value = x > 3 ? -1 : sigmoid(x)
        }
        rows.push({ file, score: f.scores[i]!, window: -1, value })
      }
    }
    windows += live.length
  })
  return { rows, windows, scored }
}

/** Counts of scored rows and windows. */
export function nabSize(files: readonly NabFile[]): { rows: number; windows: number } {
  const { windows, scored } = rowsOf(files)
  return { rows: scored, windows }
}

/** Result at a given threshold: a row is flagged when its score is at or above it. */
export function nabScore(files: readonly NabFile[], profile: NabProfile, threshold: number): NabResult {
  const { rows, windows } = rowsOf(files)
  return sweep(files, rows, windows, profile, (s) => s >= threshold, threshold)
}

function sweep(
  files: readonly NabFile[],
  rows: readonly Row[],
  windows: number,
  profile: NabProfile,
  flagged: (score: number) => boolean,
  threshold: number,
): NabResult {
  const best = new Float64Array(windows).fill(Number.NEGATIVE_INFINITY)
  const owner = new Int32Array(windows)
  const perFile = files.map((f) => ({ file: f.name, windows: 0, hit: 0, falsePoints: 0 }))
  let penalty = 0
  for (const r of rows) {
    if (r.window >= 0) owner[r.window] = r.file
    if (!flagged(r.score)) continue
    if (r.window >= 0) best[r.window] = Math.max(best[r.window]!, r.value)
    else {
      penalty += profile.falsePositive * r.value
      perFile[r.file]!.falsePoints++
    }
  }
  let raw = penalty
  for (let w = 0; w < windows; w++) {
    const f = perFile[owner[w]!]!
    f.windows++
    if (best[w]! > Number.NEGATIVE_INFINITY) {
      raw += best[w]!
      f.hit++
    } else raw -= profile.missed
  }
  const none = -profile.missed * windows
  return {
    threshold,
    normalised: windows ? (100 * (raw - none)) / (windows - none) : 0,
    windowsHit: perFile.reduce((s, f) => s + f.hit, 0),
    falsePoints: perFile.reduce((s, f) => s + f.falsePoints, 0),
    perFile,
  }
}

/** The threshold that gives the best result over all files together, found exactly by lowering it from row to row. */
export function nabBest(files: readonly NabFile[], profile: NabProfile): NabResult {
  const { rows, windows } = rowsOf(files)
  const order = rows.map((_, i) => i).sort((a, b) => rows[b]!.score - rows[a]!.score)
  const best = new Float64Array(windows).fill(Number.NEGATIVE_INFINITY)
  let raw = -profile.missed * windows
  let top = raw
  let at = Number.POSITIVE_INFINITY
  for (let k = 0; k < order.length; k++) {
    const r = rows[order[k]!]!
    if (r.window < 0) raw += profile.falsePositive * r.value
    else if (r.value > best[r.window]!) {
      raw += r.value - (best[r.window] === Number.NEGATIVE_INFINITY ? -profile.missed : best[r.window]!)
      best[r.window] = r.value
    }
    const last = k + 1 === order.length || rows[order[k + 1]!]!.score !== r.score
    if (last && raw > top) {
      top = raw
      at = r.score
    }
  }
  return sweep(files, rows, windows, profile, (s) => s >= at, at)
}

/**
 * Rows of a labelled window: its first row is the first one with the time of the left edge, else the next row inside; its last row is
 * the last one not after the right edge. Null where no row lies inside. Times are seconds.
 */
export function windowRows(times: Float64Array, from: number, to: number): [number, number] | null {
  let first = -1
  let last = -1
  for (let i = 0; i < times.length; i++) {
    const t = times[i]!
    if (t < from || t > to) continue
    if (first < 0) first = i
    last = i
  }
  if (first < 0) return null
  // The right edge maps like the left one: to the first row that has its time, so that repeated stamps do not stretch the window.
  for (let i = first; i <= last; i++) if (times[i] === to) return [first, i]
  return [first, last]
}

/** Windows around single labels: 10 % of the rows divided by the labels, centred, overlaps merged. Positions are rows. */
export function windowsAround(labels: readonly number[], rows: number): [number, number][] {
  if (labels.length === 0) return []
  const half = Math.floor((0.1 * rows) / labels.length / 2)
  const out: [number, number][] = []
  for (const l of [...labels].sort((a, b) => a - b)) {
    const w: [number, number] = [Math.max(0, l - half), Math.min(rows - 1, l + half)]
    const before = out[out.length - 1]
    if (before && w[0] <= before[1]) before[1] = Math.max(before[1], w[1])
    else out.push(w)
  }
  return out
}
