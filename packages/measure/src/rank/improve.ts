import { type Pipeline, prepare } from '../compute/pipeline.ts'
import type { Panel } from '../panel.ts'
import { type CellChange, LiveScores } from './live-scores.ts'
import { quantile } from './quantile.ts'
import { rankGroupsOf } from './rank-groups.ts'
import { rawForm, rawPanel } from './raw-form.ts'
import { targetsOf } from './targets.ts'

/** What reaching a raw value would do, all other answers of all units as they are. */
export interface Gain {
  /** Raw value to reach, after division. */
  to: number
  /** Change of the score in the good direction. */
  score: number
  /** Places won. */
  rank: number
}

export interface ItemGain {
  item: string
  /** Raw value now; null when missing. */
  value: number | null
  /** To the next band or level. */
  next: Gain | null
  /** To the top of the scale, or to the best unit where units are compared. */
  max: Gain | null
  effort: number | null
  /** Gain to the top ÷ effort. */
  gain_per_effort: number | null
}

export interface PlanStep {
  item: string
  to: number
  effort: number | null
  /** Score and rank after this step and all before it. */
  score: number
  rank: number
}

export interface Improvement {
  unit: string
  period: string | null
  score: number
  rank: number
  of: number
  /** By gain to the top, the greatest first. */
  items: ItemGain[]
  /** Chosen step by step, each time computed anew: gains of single items do not add up. */
  plan: { steps: PlanStep[]; score: number; rank: number; gain: number; effort: number | null }
  /** How far the other units' scores moved since the period before; null without one. */
  peers: {
    from: string | null
    units: number
    lo: number
    median: number
    hi: number
    /** Share of them that rose by as much as the plan would bring. */
    as_much_as_plan: number
  } | null
  /** Items left out because their verdict is pending. */
  pending: string[]
}

export interface ImproveOptions {
  /** Effort of an item, 1 to 5 or in đồng; items without one are judged by gain alone. */
  effort?: ReadonlyMap<string, number>
  /** Most that the plan may cost in all. */
  budget?: number
  /** Most steps of the plan. */
  steps?: number
  /** Items whose verdict is pending: never listed as gains. */
  pending?: ReadonlySet<string>
  /** The data's other periods. */
  others?: readonly Panel[]
}

/**
 * Where a unit would gain most. Other units stand still in this reckoning, which they do not in life: hence `peers`.
 * @returns null when the unit has no score or no rank
 */
export function improve(pipeline: Pipeline, unit: string, options: ImproveOptions = {}): Improvement | null {
  const { effort = new Map<string, number>(), pending = new Set<string>(), others = [] } = options
  const { framework } = pipeline
  const u = pipeline.units.indexOf(unit)
  const raw = rawPanel(pipeline)
  const live = new LiveScores(
    rawForm(framework),
    raw,
    others.map((panel) => rawPanel(prepare(framework, panel))),
  )
  const sign = framework.rank.order === 'desc' ? 1 : -1
  const now = () => ({
    score: live.standing.score[u] ?? Number.NaN,
    rank: live.standing.rank[u] ?? Number.NaN,
  })
  const start = now()
  if (Number.isNaN(start.score) || Number.isNaN(start.rank)) return null
  const groups = rankGroupsOf(pipeline)
  const of = live.standing.rank.reduce(
    (n, r, v) => n + (!Number.isNaN(r) && groups?.[v] === groups?.[u] ? 1 : 0),
    0,
  )

  const answerOf = (item: string): CellChange['value'] => {
    const cell = raw.items.indexOf(item) * raw.units.length + u
    return live.panel.state[cell] === 0 ? live.panel.value[cell]! : null
  }
  const attempt = (item: string, to: number | null): Gain | null => {
    if (to === null) return null
    const kept = answerOf(item)
    const before = now()
    live.recompute({ unit, item, value: to })
    const after = now()
    live.recompute({ unit, item, value: kept })
    const score = sign * (after.score - before.score)
    return score > 0 ? { to, score, rank: before.rank - after.rank } : null
  }
  const open = pipeline.leaves.filter(
    ({ node, raw: column }) => column.absent[u]! <= 1 && !pending.has(node.code),
  )
  const gains = (): ItemGain[] =>
    open.flatMap(({ node, raw: column }) => {
      const value = answerOf(node.code) as number | null
      const targets = targetsOf(node, value ?? Number.NaN, column.values)
      const next = attempt(node.code, targets.next)
      const max = targets.best === targets.next ? next : attempt(node.code, targets.best)
      const best = max ?? next
      if (!best) return []
      const cost = effort.get(node.code) ?? null
      const perEffort = cost !== null && cost > 0 ? best.score / cost : null
      return [{ item: node.code, value, next, max, effort: cost, gain_per_effort: perEffort }]
    })
  const worth = (gain: ItemGain) => (gain.max ?? gain.next)!.score
  const items = gains().sort((a, b) => worth(b) - worth(a) || (a.item < b.item ? -1 : 1))

  const steps: PlanStep[] = []
  let spent = 0
  for (let step = 0; step < (options.steps ?? 5); step++) {
    const affordable = gains().filter(
      (gain) =>
        options.budget === undefined || (gain.effort !== null && spent + gain.effort <= options.budget),
    )
    // Where efforts are known, what each unit of effort brings decides; otherwise the gain itself.
    const merit = (gain: ItemGain) => (effort.size > 0 ? (gain.gain_per_effort ?? 0) : worth(gain))
    const best = affordable.reduce<ItemGain | null>((a, b) => (a && merit(a) >= merit(b) ? a : b), null)
    if (!best) break
    const { to } = (best.max ?? best.next)!
    live.recompute({ unit, item: best.item, value: to })
    spent += best.effort ?? 0
    steps.push({ item: best.item, to, effort: best.effort, ...now() })
  }
  const end = now()
  const gain = sign * (end.score - start.score)
  return {
    unit,
    period: pipeline.panel.period,
    ...start,
    of,
    items,
    plan: { steps, ...end, gain, effort: effort.size > 0 ? spent : null },
    peers: peersOf(pipeline, u, others, sign, gain),
    pending: [...pending].sort(),
  }
}

function peersOf(
  pipeline: Pipeline,
  u: number,
  others: readonly Panel[],
  sign: number,
  gain: number,
): Improvement['peers'] {
  const period = pipeline.panel.period
  const before = others
    .filter((panel) => period !== null && panel.period !== null && panel.period < period)
    .at(-1)
  if (!before) return null
  const earlier = prepare(pipeline.framework, before, others)
  const then = earlier.run()
  const at = new Map(earlier.units.map((code, v) => [code, v]))
  const moves: number[] = []
  pipeline.run().forEach((score, v) => {
    const place = at.get(pipeline.units[v]!)
    const move = sign * (score - (place === undefined ? Number.NaN : then[place]!))
    if (v !== u && !Number.isNaN(move)) moves.push(move)
  })
  if (moves.length === 0) return null
  moves.sort((a, b) => a - b)
  return {
    from: before.period,
    units: moves.length,
    lo: quantile(moves, 0.25),
    median: quantile(moves, 0.5),
    hi: quantile(moves, 0.75),
    as_much_as_plan: moves.filter((move) => move >= gain).length / moves.length,
  }
}
