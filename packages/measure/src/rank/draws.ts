import { RandomStream, type Seed } from '@nhip/random/stream'
import type { Ranker } from './ranking.ts'
import type { SaltelliOutputs } from './sobol.ts'

/** One thing that varies between draws, with the run of uniforms that decide it. */
export interface Factor {
  name: string
  from: number
  to: number
}

/** Scores as a function of a point of the unit cube. */
export interface DrawModel {
  units: number
  factors: readonly Factor[]
  /** How many uniforms make one point. */
  uniforms: number
  /** Score of each unit, NaN for one without, written to `out`. */
  score(point: Float64Array, out: Float64Array): Float64Array
}

/**
 * Ranks of the draws `from` to `to` (excluded), draw after draw. Draw d takes its numbers from stream d of the seed,
 * so any split of the draws over workers gives the same ranks.
 */
export function drawRanks(
  model: DrawModel,
  ranker: Ranker,
  seed: Seed,
  [from, to]: readonly [number, number],
): Float32Array<ArrayBuffer> {
  const { units } = model
  const ranks = new Float32Array((to - from) * units)
  const point = new Float64Array(model.uniforms)
  const scores = new Float64Array(units)
  const stream = new RandomStream(seed)
  for (let draw = from; draw < to; draw++) {
    stream.restart(draw).fillUniform(point)
    ranker.rank(model.score(point, scores), ranks, (draw - from) * units)
  }
  return ranks
}

/**
 * Rows `from` to `to` of a Saltelli design, N(d + 2) points in all; the output is the mean absolute shift of the
 * ranks from `nominal`. A factor's uniforms are exchanged together.
 */
export function saltelliRows(
  model: DrawModel,
  ranker: Ranker,
  nominal: ArrayLike<number>,
  seed: Seed,
  [from, to]: readonly [number, number],
): SaltelliOutputs {
  const { units, uniforms, factors } = model
  const rows = to - from
  const outputs = {
    a: new Float64Array(rows),
    b: new Float64Array(rows),
    ab: factors.map(() => new Float64Array(rows)),
  }
  const both = new Float64Array(2 * uniforms)
  const a = both.subarray(0, uniforms)
  const b = both.subarray(uniforms)
  const mixed = new Float64Array(uniforms)
  const scores = new Float64Array(units)
  const ranks = new Float64Array(units)
  const shift = (point: Float64Array): number => {
    ranker.rank(model.score(point, scores), ranks)
    let sum = 0
    let count = 0
    for (let u = 0; u < units; u++) {
      const size = Math.abs(ranks[u]! - nominal[u]!)
      if (Number.isNaN(size)) continue
      sum += size
      count++
    }
    return count === 0 ? 0 : sum / count
  }
  const stream = new RandomStream(seed)
  for (let row = 0; row < rows; row++) {
    stream.restart(['saltelli', from + row]).fillUniform(both)
    outputs.a[row] = shift(a)
    outputs.b[row] = shift(b)
    factors.forEach((factor, f) => {
      mixed.set(a)
      mixed.set(b.subarray(factor.from, factor.to), factor.from)
      outputs.ab[f]![row] = shift(mixed)
    })
  }
  return outputs
}

/** `count` tasks cut into as many runs as there are workers, as even as whole numbers allow; empty ones left out. */
export function split(count: number, workers: number): [from: number, to: number][] {
  const runs: [number, number][] = []
  for (let w = 0; w < workers; w++) {
    const from = Math.floor((count * w) / workers)
    const to = Math.floor((count * (w + 1)) / workers)
    if (to > from) runs.push([from, to])
  }
  return runs
}
