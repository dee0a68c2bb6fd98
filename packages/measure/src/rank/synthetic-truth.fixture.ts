import { gamma } from '@nhip/random/gamma'
import { normal } from '@nhip/random/normal'
import { RandomStream } from '@nhip/random/stream'
import { independentErrors, type RankSet, rankSets } from './rank-set.ts'

/** True scores of a shape that surveys meet: spread evenly, in knots of exact equals, or dense in the middle. */
export function trueScores(units: number, shape: 'even' | 'knots' | 'dense'): Float64Array {
  return Float64Array.from({ length: units }, (_, u) => {
    const place = u / (units - 1)
    if (shape === 'even') return 100 * place
    if (shape === 'knots') return 20 * Math.floor(place * 5)
    return 50 + 50 * (2 * place - 1) ** 3
  })
}

export interface Coverage {
  /** Share of units whose set holds the true rank, over all runs. */
  units: number
  /** Share of runs in which all sets hold at once. */
  joint: number
  width: number
}

/** Do the sets hold every rank that the true scores leave open (equals may stand in any order)? */
export function covered(sets: readonly (RankSet | null)[], truth: Float64Array): boolean[] {
  const sorted = truth.slice().sort()
  return sets.map((set, u) => {
    let above = 0
    let below = 0
    for (const score of sorted) {
      if (score > truth[u]!) above++
      else if (score < truth[u]!) below++
    }
    return set !== null && set.lo <= 1 + above && set.hi >= truth.length - below
  })
}

export const widthOf = (sets: readonly (RankSet | null)[]): number =>
  sets.reduce((sum, set) => sum + set!.hi - set!.lo + 1, 0) / sets.length

/**
 * Estimates scores `runs` times with errors of different sizes (a factor of four between units), forms the sets once
 * from standard errors that are themselves estimated from `freedom + 1` answers and once from the true ones.
 */
export function coverageOf(options: {
  units: number
  shape: 'even' | 'knots' | 'dense'
  /** Mean standard error of a score. */
  error: number
  freedom: number
  runs: number
  seed: number
}): { ours: Coverage; oracle: Coverage; naive: Coverage } {
  const { units, runs, freedom } = options
  const truth = trueScores(units, options.shape)
  const tally = () => ({ units: 0, joint: 0, width: 0 })
  const result = { ours: tally(), oracle: tally(), naive: tally() }
  const add = (into: Coverage, sets: (RankSet | null)[]): void => {
    const held = covered(sets, truth)
    into.units += held.filter(Boolean).length / units / runs
    into.joint += (held.every(Boolean) ? 1 : 0) / runs
    into.width += widthOf(sets) / runs
  }
  for (let run = 0; run < runs; run++) {
    const stream = new RandomStream(options.seed, run)
    const trueError = Float64Array.from(
      { length: units },
      () => options.error * 4 ** (stream.uniform() - 0.5),
    )
    const estimate = truth.map((score, u) => normal(stream, score, trueError[u]))
    const stated = trueError.map((se) => se * Math.sqrt((2 * gamma(stream, freedom / 2)) / freedom))
    add(result.ours, rankSets(estimate, independentErrors(stated), 0.95))
    add(result.oracle, rankSets(estimate, independentErrors(trueError), 0.95))
    add(result.naive, bootstrapIntervals(estimate, stated, stream))
  }
  return result
}

/** What is often published: percentiles of ranks of scores redrawn around their estimates. */
function bootstrapIntervals(estimate: Float64Array, se: Float64Array, stream: RandomStream): RankSet[] {
  const draws = 100
  const ranks = Array.from(estimate, () => new Float64Array(draws))
  for (let d = 0; d < draws; d++) {
    const redrawn = estimate.map((score, u) => normal(stream, score, se[u]))
    const sorted = redrawn.slice().sort()
    redrawn.forEach((score, u) => {
      ranks[u]![d] = estimate.length - sorted.indexOf(score)
    })
  }
  return ranks.map((list) => {
    list.sort()
    return { lo: list[2]!, hi: list[97]! }
  })
}
