import { prepare } from '../compute/pipeline.ts'
import type { Framework, Uncertainty } from '../framework/framework.ts'
import type { Panel } from '../panel.ts'
import { drawModel, nominalWeights } from './draw-model.ts'
import { drawRanks, saltelliRows } from './draws.ts'
import { Ranker, type RankRule } from './ranking.ts'
import { drawScores, type Evaluate } from './score-error.ts'
import type { SaltelliOutputs } from './sobol.ts'

/** A part of the draws of one period: plain data, so that it can be sent to a worker. */
export interface DrawTask {
  framework: Framework
  panel: Panel
  /** The data's other periods, for methods that look at them. */
  others: readonly Panel[]
  uncertainty: Uncertainty
  rule: RankRule
  groups: Int32Array | null
  /** Ranks without any draw. */
  nominal: Float64Array
  seed: number
  /** Draws from … to (excluded). */
  draws: readonly [number, number]
  /** Rows of the Saltelli design from … to (excluded). */
  rows: readonly [number, number]
  /** Draws of the cells' errors from … to (excluded). */
  errors: readonly [number, number]
}

export interface DrawAnswer {
  /** Draw after draw, a unit a number. */
  ranks: Float32Array<ArrayBuffer>
  outputs: SaltelliOutputs
  /** Scores under redrawn cells, draw after draw. */
  scores: Float64Array<ArrayBuffer>
}

/** Workers to share draws among; any number of them gives the same answer. */
export interface DrawPool {
  workers: number
  run(task: DrawTask): Promise<DrawAnswer>
}

/** What a worker does with a {@link DrawTask}. */
export function runDrawTask(task: DrawTask): DrawAnswer {
  const model = drawModel(prepare(task.framework, task.panel, task.others), task.uncertainty)
  const ranker = new Ranker(model.units, task.rule, task.groups)
  return {
    ranks: drawRanks(model, ranker, task.seed, task.draws),
    outputs: saltelliRows(model, ranker, task.nominal, task.seed, task.rows),
    scores: drawScores(
      task.panel,
      evaluateWith(task.framework, task.panel, task.others),
      task.seed,
      task.errors,
    ),
  }
}

/** The framework's scores for other values of the same cells. */
export function evaluateWith(framework: Framework, panel: Panel, others: readonly Panel[]): Evaluate {
  // Stated weights also let a redrawn value pass 0 or 1, which in data would be refused.
  const weights = nominalWeights(framework)
  return (value) => prepare(framework, { ...panel, value }, others).run({ weights })
}
