import type { Framework } from '../framework/framework.ts'
import type { Panel } from '../panel.ts'
import { MeasureError, type MeasureProblem, say } from '../problem.ts'
import { Ranker } from '../rank/ranking.ts'
import { type NodeColumn, STATE } from './evaluate.ts'
import { type Pipeline, prepare } from './pipeline.ts'
import { ABSENT, rawColumn } from './raw-columns.ts'
import { roundHalfUp } from './round.ts'
import type { Treatment } from './treat.ts'

/** Names what computed a result; changes when results may. */
export const ENGINE = '@nhip/measure 0.1.0'

export interface NodeScore {
  value: number | null
  points: number | null
  max: number | null
  /** Of a leaf the input after formula and division, of a node that normalises itself its value before that. */
  raw: number | null
  /** Of a leaf the value after impute and treat, before transform. */
  treated: number | null
  state: 'ok' | 'missing' | 'not_applicable' | 'unscored'
  imputed: boolean
}

export interface UnitScore {
  unit: string
  group: string | null
  /** Full double. */
  score: number | null
  /** Rounded to the framework's decimals. */
  published: number | null
  points: number | null
  max: number | null
  rank: number | null
  /** Units ranked with it. */
  of: number
  state: 'ok' | 'incomplete' | 'screened'
  /** Reported ÷ applicable items. */
  coverage: number
  nodes: Record<string, NodeScore>
}

export interface ItemScore {
  item: string
  /** Units that reported it. */
  n: number
  missing: number
  imputed: number
  treatment: Treatment
  treated: number
}

/** The scores of one period. */
export interface Scores {
  period: string | null
  /** By rank, then code; units without a rank last. */
  units: UnitScore[]
  items: ItemScore[]
  warnings: MeasureProblem[]
}

/**
 * Scores and ranks every unit of a period.
 * @param others the data's other periods, for `impute: previous` and `pool: all`
 * @throws {MeasureError} when the framework refuses the data
 */
export function compute(framework: Framework, panel: Panel, others: readonly Panel[] = []): Scores {
  return computePipeline(prepare(framework, panel, others))
}

/** {@link compute} over a pipeline that is already prepared. */
export function computePipeline(pipeline: Pipeline): Scores {
  const { framework, units } = pipeline
  const refused = pipeline.warnings.find((w) => w.severity === 'error')
  if (refused) throw new MeasureError(refused)
  const warnings: MeasureProblem[] = [...illustrative(framework), ...pipeline.warnings]
  for (const stage of pipeline.stages()) warnings.push(...stage.warnings)
  const { columns, incomplete, score } = pipeline.evaluate({}, warnings)
  const { within, order, ties, compare } = framework.rank
  const labels = within === null ? null : (pipeline.columns.labels(within) ?? units.map(() => null))
  const groupCodes = labels ? groupNumbers(labels) : null
  const decimals = framework.output.decimals
  const ranker = new Ranker(
    units.length,
    { order, ties, decimals: compare === 'published' ? decimals : null },
    groupCodes,
  )
  const ranks = ranker.rank(score, new Float64Array(units.length))
  const ranked = new Map<number, number>()
  ranks.forEach((r, u) => {
    if (!Number.isNaN(r)) ranked.set(groupCodes?.[u] ?? 0, (ranked.get(groupCodes?.[u] ?? 0) ?? 0) + 1)
  })
  const root = columns[framework.root] ?? null
  const nodesOf = nodeReader(pipeline, columns)
  const scores = units.map((unit, u): UnitScore => {
    const isScreened = pipeline.screened[u] === 1
    const own = orNull(score[u]!)
    if (isScreened) warnings.push(screenedWarning(pipeline, u))
    if (labels && labels[u] === null) {
      warnings.push({
        severity: 'warning',
        code: 'no-group',
        unit,
        item: within!,
        message: say(
          `"${unit}" không có nhóm "${within}" nên không được xếp hạng`,
          `"${unit}" has no "${within}" and is not ranked`,
        ),
      })
    }
    return {
      unit,
      group: labels?.[u] ?? null,
      score: own,
      published: own === null || decimals === null ? own : roundHalfUp(own, decimals),
      points: isScreened || !root?.points ? null : orNull(root.points[u]!),
      max: isScreened || !root?.max ? null : root.max[u]!,
      rank: orNull(ranks[u]!),
      of: ranked.get(groupCodes?.[u] ?? 0) ?? 0,
      state: isScreened ? 'screened' : incomplete[u] || own === null ? 'incomplete' : 'ok',
      coverage: pipeline.coverage[u]!,
      nodes: nodesOf(u),
    }
  })
  const at = new Map(scores.map((s, u) => [s, u]))
  scores.sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity) || at.get(a)! - at.get(b)!)
  return { period: pipeline.panel.period, units: scores, items: itemScores(pipeline), warnings }
}

function orNull(x: number): number | null {
  // −0 would be written as 0 by JSON and read back as another double.
  return Number.isNaN(x) ? null : x + 0
}

function groupNumbers(labels: readonly (string | null)[]): Int32Array {
  const codes = new Map<string, number>()
  return Int32Array.from(labels, (label) => {
    if (label === null) return -1
    if (!codes.has(label)) codes.set(label, codes.size)
    return codes.get(label)!
  })
}

function illustrative(framework: Framework): MeasureProblem[] {
  const all: MeasureProblem[] = []
  if (framework.status !== 'official') {
    const isDraft = framework.status === 'draft'
    all.push({
      severity: 'warning',
      code: framework.status,
      message: isDraft
        ? say('Bộ chỉ số là bản nháp', 'The framework is a draft')
        : say(
            'Bộ chỉ số chỉ để minh họa, không phải kết quả chính thức',
            'The framework is illustrative: not an official result',
          ),
    })
  }
  for (const node of framework.nodes) {
    if (!node.illustrative) continue
    all.push({
      severity: 'warning',
      code: 'illustrative',
      item: node.code,
      message: say(`"${node.code}" chỉ để minh họa`, `"${node.code}" is illustrative`),
    })
  }
  return all
}

function screenedWarning(pipeline: Pipeline, u: number): MeasureProblem {
  const unit = pipeline.units[u]!
  const share = roundHalfUp(pipeline.coverage[u]! * 100, 1)
  const least = pipeline.framework.screen!.minShare * 100
  return {
    severity: 'warning',
    code: 'screened',
    unit,
    message: say(
      `"${unit}" chỉ có ${String(share).replace('.', ',')} % số liệu (cần ${String(least).replace('.', ',')} %) nên không được chấm điểm`,
      `"${unit}" has ${share} % of the data (${least} % wanted) and gets no score`,
    ),
  }
}

const STATES: Record<number, NodeScore['state']> = {
  [STATE.ok]: 'ok',
  [STATE.missing]: 'missing',
  [STATE.notApplicable]: 'not_applicable',
  [STATE.otherGroup]: 'not_applicable',
  [STATE.excluded]: 'missing',
}

/** A screened unit's items are shown as they were reported. */
const RAW_STATES: Record<number, NodeScore['state']> = {
  [ABSENT.no]: 'ok',
  [ABSENT.missing]: 'missing',
  [ABSENT.notApplicable]: 'not_applicable',
  [ABSENT.otherGroup]: 'not_applicable',
}

function nodeReader(
  pipeline: Pipeline,
  columns: readonly (NodeColumn | null)[],
): (u: number) => Record<string, NodeScore> {
  const { framework, screened } = pipeline
  const stages = new Map(pipeline.stages().map((s) => [s.node.index, s]))
  const shown = new Map(
    framework.leaves
      .map((i) => framework.nodes[i]!)
      .filter((node) => !node.scored)
      .map((node) => [node.index, rawColumn(framework, node, pipeline.columns, null).values]),
  )
  return (u) => {
    const out: Record<string, NodeScore> = {}
    for (const node of framework.nodes) {
      const column = columns[node.index]
      const stage = stages.get(node.index)
      if (!column) {
        const raw = shown.get(node.index)?.[u] ?? Number.NaN
        out[node.code] = {
          value: null,
          points: null,
          max: null,
          raw: orNull(raw),
          treated: null,
          state: 'unscored',
          imputed: false,
        }
        continue
      }
      const hidden = screened[u] === 1
      const state = STATES[column.state[u]!]!
      out[node.code] = {
        value: hidden ? null : orNull(column.value[u]!),
        points: hidden || !column.points ? null : orNull(column.points[u]!),
        max: hidden || !column.max ? null : column.max[u]!,
        raw: stage ? orNull(stage.raw.values[u]!) : column.raw && !hidden ? orNull(column.raw[u]!) : null,
        treated: stage ? orNull(stage.treated[u]!) : null,
        state: hidden && stage ? RAW_STATES[stage.raw.absent[u]!]! : state,
        imputed: stage !== undefined && !hidden && stage.filled[u] === 1,
      }
    }
    return out
  }
}

function itemScores(pipeline: Pipeline): ItemScore[] {
  return pipeline.stages().map((stage) => {
    let [n, missing, imputed] = [0, 0, 0]
    for (let u = 0; u < stage.filled.length; u += 1) {
      if (stage.raw.absent[u] === 0) n += 1
      if (stage.raw.absent[u] === 1) missing += 1
      imputed += stage.filled[u]!
    }
    return { item: stage.node.code, n, missing, imputed, treatment: stage.treatment, treated: stage.changed }
  })
}
