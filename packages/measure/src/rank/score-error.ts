import { fillNormal } from '@nhip/random/normal'
import { RandomStream, type Seed } from '@nhip/random/stream'
import { CELL, type Panel } from '../panel.ts'
import { type DifferenceError, independentErrors } from './rank-set.ts'

/** Top score of each unit when the panel's values are replaced by these; NaN for a unit without one. */
export type Evaluate = (value: Float64Array) => Float64Array

/** How sure the scores are, as far as the standard errors of the cells tell. */
export interface ScoreError {
  se: Float64Array
  /** Of a difference; knows what two scores have in common when the error was drawn. */
  difference: DifferenceError
  /** `linear`: exact; `draws`: the spread of seeded normal draws through the pipeline. */
  from: 'linear' | 'draws'
}

/** Places of cells that have a value and a standard error above 0; a cell without one counts as exact. */
function unsureCells(panel: Panel): number[] {
  const cells: number[] = []
  const { se, state } = panel
  if (se) for (let i = 0; i < se.length; i++) if (state[i] === CELL.ok && se[i]! > 0) cells.push(i)
  return cells
}

/**
 * Exact standard errors of scores that are linear in the unit's own cells. Every column with errors is moved as a
 * whole by its mean error and back again; in a linear pipeline the response is the coefficient, for any step.
 */
export function linearScoreError(panel: Panel, evaluate: Evaluate): ScoreError {
  const units = panel.units.length
  const variance = new Float64Array(units)
  const byItem = new Map<number, number[]>()
  for (const cell of unsureCells(panel)) {
    const item = Math.floor(cell / units)
    byItem.set(item, [...(byItem.get(item) ?? []), cell])
  }
  const value = panel.value.slice()
  const nominal = Float64Array.from(evaluate(value))
  for (const cells of byItem.values()) {
    const step = cells.reduce((sum, cell) => sum + panel.se![cell]!, 0) / cells.length
    for (const cell of cells) value[cell] = panel.value[cell]! + step
    const moved = evaluate(value)
    for (const cell of cells) {
      const unit = cell % units
      variance[unit]! += (((moved[unit]! - nominal[unit]!) / step) * panel.se![cell]!) ** 2
      value[cell] = panel.value[cell]!
    }
  }
  const se = variance.map(Math.sqrt)
  return { se, difference: independentErrors(se), from: 'linear' }
}

/**
 * Scores with all unsure cells redrawn around their values, through the whole pipeline: draw after draw, a unit a
 * number. Draw d takes its numbers from stream ('se', d), so the answer does not depend on how draws are split.
 */
export function drawScores(
  panel: Panel,
  evaluate: Evaluate,
  seed: Seed,
  [from, to]: readonly [number, number],
): Float64Array<ArrayBuffer> {
  const units = panel.units.length
  const cells = unsureCells(panel)
  const errors = new Float64Array(cells.length)
  const value = panel.value.slice()
  const scores = new Float64Array(units * (to - from))
  const stream = new RandomStream(seed)
  for (let draw = from; draw < to; draw++) {
    fillNormal(stream.restart(['se', draw]), errors)
    cells.forEach((cell, i) => {
      value[cell] = panel.value[cell]! + panel.se![cell]! * errors[i]!
    })
    scores.set(evaluate(value), (draw - from) * units)
  }
  return scores
}

/** Standard errors of scores and of their differences as the spread of {@link drawScores}. */
export function drawnScoreError(scores: Float64Array, units: number): ScoreError {
  const draws = units === 0 ? 0 : scores.length / units
  const deviations = new Float64Array(scores.length)
  for (let u = 0; u < units; u++) {
    const own = deviations.subarray(u * draws, (u + 1) * draws)
    for (let draw = 0; draw < draws; draw++) own[draw] = scores[draw * units + u]!
    centre(own)
  }
  const spread = (a: number, b: number | null): number => {
    let squares = 0
    let n = 0
    for (let draw = 0; draw < draws; draw++) {
      const one = deviations[a * draws + draw]!
      const difference = b === null ? one : one - deviations[b * draws + draw]!
      if (Number.isNaN(difference)) continue
      squares += difference * difference
      n++
    }
    return n > 1 ? Math.sqrt(squares / (n - 1)) : 0
  }
  return {
    se: Float64Array.from({ length: units }, (_, u) => spread(u, null)),
    difference: spread,
    from: 'draws',
  }
}

function centre(values: Float64Array): void {
  let sum = 0
  let n = 0
  for (const value of values) {
    if (Number.isNaN(value)) continue
    sum += value
    n++
  }
  for (let i = 0; i < values.length; i++) values[i]! -= sum / n
}
