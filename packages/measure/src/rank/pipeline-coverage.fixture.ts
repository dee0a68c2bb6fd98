import { normal } from '@nhip/random/normal'
import { RandomStream } from '@nhip/random/stream'
import { prepare } from '../compute/pipeline.ts'
import type { Framework } from '../framework/framework.ts'
import { CELL, type Panel } from '../panel.ts'
import { analyseRanks } from './analyse-ranks.ts'
import { evaluateWith } from './draw-task.ts'
import { rankSets } from './rank-set.ts'
import { drawnScoreError, drawScores, linearScoreError } from './score-error.ts'
import { frameworkOf } from './small-framework.fixture.ts'
import { covered, widthOf } from './synthetic-truth.fixture.ts'

const leaves = ['a1', 'a2', 'a3', 'b1', 'b2', 'b3']
const tree = `nodes:
  - {code: Index}
  - {code: A, parent: Index, weight: 2}
  - {code: B, parent: Index}
${leaves.map((code) => `  - {code: ${code}, parent: ${code.startsWith('a') ? 'A' : 'B'}, goalposts: [0, 100]}`).join('\n')}
`
const make = (settings: string) =>
  frameworkOf(`framework: truth\nversion: "1"\nstatus: draft\n${settings}${tree}`)

/** Scores that are linear in the cells, and scores that are not: data-driven scale, geometric mean. */
export const FRAMEWORKS = {
  linear: make('normalise: {method: goalposts}\n'),
  bent: make('normalise: {method: minmax, range: [10, 100]}\naggregate: {method: geometric}\n'),
}

/** True answers of units in knots of two that are equal everywhere, with neighbours near by. */
function truth(units: number): Panel {
  const value = new Float64Array(units * leaves.length)
  leaves.forEach((_, i) => {
    for (let u = 0; u < units; u++) {
      const knot = Math.floor(u / 2)
      value[i * units + u] = 15 + (70 * knot) / (units / 2) + 4 * Math.sin(knot * (i + 1))
    }
  })
  return {
    period: null,
    units: Array.from({ length: units }, (_, u) => `u${String(u).padStart(3, '0')}`),
    items: leaves,
    value,
    state: new Uint8Array(value.length).fill(CELL.ok),
    se: null,
    parts: null,
    attributes: new Map(),
  }
}

/**
 * Observes true answers with known errors `runs` times and asks the whole pipeline for rank sets at 95 %. The oracle
 * forms the same sets with the errors that the scores truly have: those of the pipeline at the true answers.
 */
export async function pipelineCoverage(
  framework: Framework,
  {
    units,
    error,
    runs,
    draws,
    seed,
  }: { units: number; error: number; runs: number; draws: number; seed: number },
): Promise<{ units: number; joint: number; ratio: number; from: string }> {
  const real = truth(units)
  const trueScores = prepare(framework, real).run()
  const result = { units: 0, joint: 0, ratio: 0, from: '' }
  let [ours, oracle] = [0, 0]
  for (let run = 0; run < runs; run++) {
    const stream = new RandomStream(seed, run)
    const se = real.value.map(() => error * 4 ** (stream.uniform() - 0.5))
    const seen: Panel = { ...real, value: real.value.map((x, i) => normal(stream, x, se[i])), se }
    const options = { draws, seed: run, level: 0.95, sobol: null }
    const found = await analyseRanks(prepare(framework, seen), [], options)
    const exact: Panel = { ...real, se }
    const evaluate = evaluateWith(framework, exact, [])
    const trueError =
      found.errors === 'linear'
        ? linearScoreError(exact, evaluate)
        : drawnScoreError(drawScores(exact, evaluate, run, [0, draws]), units)
    const ideal = rankSets(prepare(framework, seen).run(), trueError.difference, options.level)
    const sets = real.units.map((unit) => found.units.find((row) => row.unit === unit)!.rank_set)
    const held = covered(sets, trueScores)
    result.units += held.filter(Boolean).length / units / runs
    result.joint += (held.every(Boolean) ? 1 : 0) / runs
    result.from = found.errors!
    ours += widthOf(sets)
    oracle += widthOf(ideal)
  }
  return { ...result, ratio: ours / oracle }
}
