/** The score file: one series a line with its training part and its held-out part. First line exactly {@link HEADER}. */

export const HEADER = 'id|group|frequency|horizon|train|test'

export interface ScoreSeries {
  readonly id: string
  readonly group: string
  readonly frequency: number
  readonly horizon: number
  readonly train: Float64Array
  /** Held out: only the evaluator reads it. */
  readonly test: Float64Array
}

/** A fault of the file. `code` and `line` say which rule and where; the words are the caller's. */
export interface FileFault {
  readonly code:
    | 'score-header'
    | 'score-columns'
    | 'score-duplicate-id'
    | 'score-not-a-number'
    | 'score-frequency'
    | 'score-horizon'
    | 'score-test-length'
    | 'score-empty'
  readonly line: number
  readonly column?: number
  readonly value: string
}

/** Season of the yardstick: the frequency if it is 1, 4, 12 or 24; 1 for 7, 52, 365 and all others (M4 rule). */
export function scoringPeriod(frequency: number): number {
  return frequency === 4 || frequency === 12 || frequency === 24 ? frequency : 1
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

function numbers(text: string): Float64Array | string {
  const words = text.split(' ').filter((w) => w !== '')
  const out = new Float64Array(words.length)
  for (let i = 0; i < words.length; i++) {
    const w = words[i]!
    if (w === 'NA' || w === 'NaN') out[i] = Number.NaN
    else {
      const v = NUMBER.test(w) ? Number(w) : Number.NaN
      if (!Number.isFinite(v)) return w
      out[i] = v
    }
  }
  return out
}

/** Reads a score file. Every fault is reported, not only the first; with a fault no series should be used. */
export function readScoreFile(text: string): { series: ScoreSeries[]; faults: FileFault[] } {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const series: ScoreSeries[] = []
  const faults: FileFault[] = []
  if (lines[0] !== HEADER)
    return { series, faults: [{ code: 'score-header', line: 1, value: (lines[0] ?? '').slice(0, 80) }] }
  const seen = new Set<string>()
  for (let i = 1; i < lines.length; i++) {
    const text = lines[i]!
    if (text.trim() === '') continue
    const line = i + 1
    const cells = text.split('|')
    if (cells.length !== 6) {
      faults.push({ code: 'score-columns', line, value: String(cells.length) })
      continue
    }
    const [id, group, f, h, trainText, testText] = cells as [string, string, string, string, string, string]
    if (id === '' || seen.has(id)) faults.push({ code: 'score-duplicate-id', line, column: 1, value: id })
    seen.add(id)
    const frequency = Number(f)
    const horizon = Number(h)
    if (!Number.isInteger(frequency) || frequency < 1 || frequency > 100_000)
      faults.push({ code: 'score-frequency', line, column: 3, value: f })
    if (!Number.isInteger(horizon) || horizon < 1 || horizon > 100_000)
      faults.push({ code: 'score-horizon', line, column: 4, value: h })
    const train = numbers(trainText)
    const test = numbers(testText)
    if (typeof train === 'string') faults.push({ code: 'score-not-a-number', line, column: 5, value: train })
    if (typeof test === 'string') faults.push({ code: 'score-not-a-number', line, column: 6, value: test })
    if (typeof train === 'string' || typeof test === 'string') continue
    if (test.length !== horizon)
      faults.push({ code: 'score-test-length', line, column: 6, value: `${test.length} ≠ ${h}` })
    series.push({ id, group, frequency, horizon, train, test })
  }
  if (series.length === 0 && faults.length === 0) faults.push({ code: 'score-empty', line: 1, value: '' })
  return { series, faults }
}
