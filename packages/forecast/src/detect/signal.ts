import { benjaminiHochberg } from './fdr.ts'

/**
 * What detection hands on. Alerting is elsewhere: it owns states, people and hysteresis. Idempotent by (key, at, kind).
 */
export interface Signal {
  readonly key: string
  /** Period or time of the row. */
  readonly at: string
  readonly kind: 'anomaly' | 'drift' | 'frozen' | 'silence' | 'breach-probability' | 'target-miss'
  readonly direction: 'up' | 'down' | 'none'
  readonly value: number
  readonly expected: number
  readonly lower: number
  readonly upper: number
  readonly score: number
  readonly p: number
  /** Rate of false discoveries that this tick was held to. */
  readonly qTick: number
  /** How many of the tick's `n` series were reported. */
  readonly k: number
  readonly n: number
  /** The score below which the signal has passed. */
  readonly clearBelow: number
  /** Unit above, for rolling many communes of one province up into one alert. */
  readonly parent: string | null
  /** A third or more of the parent's units stand out in the same direction: one cause, one alert. */
  readonly commonCause: boolean
  readonly reason: string
  /** Issue of the forecast it was measured against; null for streams. */
  readonly issue: string | null
}

/** One series at one tick, before the false discovery rate is held. */
export interface Candidate {
  readonly key: string
  readonly at: string
  readonly kind: Signal['kind']
  readonly value: number
  readonly expected: number
  readonly lower: number
  readonly upper: number
  readonly score: number
  readonly p: number
  readonly parent: string | null
  readonly reason: string
  readonly issue: string | null
}

/** The signals of one tick and pool at false discovery rate `q`. */
export function signalsOf(candidates: readonly Candidate[], q: number): Signal[] {
  const found = benjaminiHochberg(
    Float64Array.from(candidates, (c) => c.p),
    q,
  )
  const units = new Map<string, number>()
  for (const c of candidates) if (c.parent !== null) units.set(c.parent, (units.get(c.parent) ?? 0) + 1)
  const side = (c: Candidate): 'up' | 'down' => (c.value >= c.expected ? 'up' : 'down')
  const hits = new Map<string, number>()
  for (const i of found) {
    const c = candidates[i]!
    if (c.parent !== null)
      hits.set(`${c.parent}\u0000${side(c)}`, (hits.get(`${c.parent}\u0000${side(c)}`) ?? 0) + 1)
  }
  return found.map((i) => {
    const c = candidates[i]!
    const together = c.parent === null ? 0 : (hits.get(`${c.parent}\u0000${side(c)}`) ?? 0)
    return {
      ...c,
      direction: side(c),
      qTick: q,
      k: found.length,
      n: candidates.length,
      clearBelow: 0.7 * c.score,
      commonCause: together >= 3 && together >= (units.get(c.parent ?? '') ?? 0) / 3,
    }
  })
}
