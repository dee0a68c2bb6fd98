import { computePipeline, type UnitScore } from '../compute/compute.ts'
import type { Pipeline } from '../compute/pipeline.ts'
import type { Panel } from '../panel.ts'
import type { MeasureProblem } from '../problem.ts'
import { DEFAULT_UNCERTAINTY, drawModel } from './draw-model.ts'
import { type DrawAnswer, type DrawPool, type DrawTask, evaluateWith, runDrawTask } from './draw-task.ts'
import { split } from './draws.ts'
import { type RankInterval, spreadOfRanks } from './intervals.ts'
import { isLinear } from './linear.ts'
import { rankGroupsOf, rankRuleOf } from './rank-groups.ts'
import { type RankSet, rankSets } from './rank-set.ts'
import { drawnScoreError, linearScoreError, type ScoreError } from './score-error.ts'
import { type Estimate, type SaltelliOutputs, sobolIndices } from './sobol.ts'

export interface RankOptions {
  /** How many draws of the methods, and of the errors where they must be drawn. */
  draws: number
  /** Any integer; the same one gives the same bytes. */
  seed: number
  /** Of the intervals and the rank sets, e.g. 0.9. */
  level: number
  /** Rows of the Saltelli design (N of N(d + 2) evaluations); null for no sensitivity analysis. */
  sobol: number | null
}

/** A unit's score with how sure its rank is. The keys are those of the command line's answer. */
export interface RankedUnit extends Omit<UnitScore, 'nodes'> {
  /** Of the rank over the draws of the methods; null without a rank. */
  interval: RankInterval | null
  /** Ranks that the errors of the data leave open; null without standard errors. */
  rank_set: RankSet | null
  /** Share of the draws in first place. */
  first: number | null
  tied_group: number | null
  /** Share of the draws strictly above the next unit; null for the last. */
  p_above_next: number | null
}

export interface FactorSensitivity {
  factor: string
  first: Estimate
  total: Estimate
}

export interface RankAnalysis {
  period: string | null
  /** By rank, then code; units without a rank last. */
  units: RankedUnit[]
  /** Names of the factors that the draws vary. */
  factors: string[]
  /** Whether the framework declares them; otherwise the weights vary by 25 %. */
  declared: boolean
  sensitivity: FactorSensitivity[] | null
  /** How the errors of the scores were found; null without standard errors in the data. */
  errors: ScoreError['from'] | null
  warnings: MeasureProblem[]
}

/**
 * Ranks of one period with method intervals, tied groups, data-error rank sets and sensitivities: two kinds of doubt
 * that are never mixed in one number.
 *
 * @param others the data's other periods
 * @param pool workers to share the draws among; without one all is done here, with the same answer
 * @throws {MeasureError} when the framework, or one of its alternatives, refuses the data
 */
export async function analyseRanks(
  pipeline: Pipeline,
  others: readonly Panel[],
  options: RankOptions,
  pool: DrawPool | null = null,
): Promise<RankAnalysis> {
  const { framework, panel } = pipeline
  const { seed, level } = options
  const scores = computePipeline(pipeline)
  const uncertainty = framework.uncertainty ?? DEFAULT_UNCERTAINTY
  const factors = drawModel(pipeline, uncertainty).factors.map((factor) => factor.name)
  const at = new Map(pipeline.units.map((unit, u) => [unit, u]))
  const nominal = new Float64Array(at.size).fill(Number.NaN)
  const nominalScore = new Float64Array(at.size).fill(Number.NaN)
  for (const unit of scores.units) {
    nominal[at.get(unit.unit)!] = unit.rank ?? Number.NaN
    nominalScore[at.get(unit.unit)!] = unit.score ?? Number.NaN
  }
  const groups = rankGroupsOf(pipeline)
  const hasErrors = panel.se?.some((se) => se > 0) ?? false
  const linear = hasErrors && isLinear(pipeline)
  const task: DrawTask = {
    framework,
    panel,
    others: others.filter((other) => other !== panel),
    uncertainty,
    rule: rankRuleOf(framework),
    groups,
    nominal,
    seed,
    draws: [0, options.draws],
    rows: [0, options.sobol ?? 0],
    errors: [0, hasErrors && !linear ? options.draws : 0],
  }
  const { ranks, outputs, scores: drawn } = await runShared(task, pool)
  const spreads = spreadOfRanks(nominal, ranks, groups, level)
  let error: ScoreError | null = null
  if (linear) error = linearScoreError(panel, evaluateWith(framework, panel, task.others))
  else if (hasErrors) error = drawnScoreError(drawn, at.size)
  const sets = error && rankSets(nominalScore, error.difference, level, framework.rank.order, groups)
  return {
    period: scores.period,
    units: scores.units.map((scored): RankedUnit => {
      const u = at.get(scored.unit)!
      const { interval, first, tiedGroup, aboveNext } = spreads[u]!
      const { unit, group, score, published, points, max, rank, of, state, coverage } = scored
      return {
        unit,
        group,
        score,
        published,
        points,
        max,
        rank,
        of,
        state,
        coverage,
        interval,
        rank_set: sets?.[u] ?? null,
        first,
        tied_group: tiedGroup,
        p_above_next: aboveNext,
      }
    }),
    factors,
    declared: framework.uncertainty !== null,
    sensitivity: options.sobol ? sensitivityOf(factors, outputs, options) : null,
    errors: error?.from ?? null,
    warnings: scores.warnings,
  }
}

function sensitivityOf(
  factors: readonly string[],
  outputs: SaltelliOutputs,
  { seed, level }: RankOptions,
): FactorSensitivity[] {
  return sobolIndices(outputs, seed, level).map((index, f) => ({ factor: factors[f]!, ...index }))
}

/** Shares a task among the workers and lays their answers one after another. */
async function runShared(task: DrawTask, pool: DrawPool | null): Promise<DrawAnswer> {
  if (!pool || pool.workers < 2) return runDrawTask(task)
  const runs = (all: readonly [number, number]) => split(all[1], pool.workers)
  const [draws, rows, errors] = [runs(task.draws), runs(task.rows), runs(task.errors)]
  const none: [number, number] = [0, 0]
  const answers = await Promise.all(
    Array.from({ length: pool.workers }, (_, w) => ({
      draws: draws[w] ?? none,
      rows: rows[w] ?? none,
      errors: errors[w] ?? none,
    }))
      .filter(({ draws, rows, errors }) => draws[1] + rows[1] + errors[1] > 0)
      .map((part) => pool.run({ ...task, ...part })),
  )
  const designs = answers.map((answer) => answer.outputs)
  return {
    ranks: Float32Array.from(joined(answers.map((answer) => answer.ranks))),
    outputs: {
      a: joined(designs.map((design) => design.a)),
      b: joined(designs.map((design) => design.b)),
      ab: (designs[0]?.ab ?? []).map((_, f) => joined(designs.map((design) => design.ab[f]!))),
    },
    scores: joined(answers.map((answer) => answer.scores)),
  }
}

function joined(parts: readonly (Float64Array | Float32Array)[]): Float64Array<ArrayBuffer> {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
