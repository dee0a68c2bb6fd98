import type { CivilDate } from '@nhip/calendar/civil-date'
import type { Territory } from '@nhip/territory/territory'
import { type Shares, Transition } from '@nhip/territory/transition'
import type { UnitId } from '@nhip/territory/unit'
import type { Framework, FrameworkNode } from '../framework/framework.ts'
import { NO_IMPUTE, NO_NORMALISE, NO_TREAT } from '../framework/methods.ts'
import { CELL, type Panel } from '../panel.ts'
import { MeasureError, say } from '../problem.ts'
import { compute, type Scores } from './compute.ts'

/** A unit of the target map and the units whose territory it has, with the share of each that went to it. */
export interface Membership {
  unit: string
  from: readonly { unit: string; share: number }[]
}

/**
 * Which of the given units lie in which unit of the map of a day.
 * @param units entity ids on any map
 */
export function membershipOn(
  territory: Territory,
  units: readonly UnitId[],
  on: CivilDate,
  shares: Shares,
): Membership[] {
  const transition = new Transition(territory, on, shares)
  const members = new Map<UnitId, { unit: string; share: number }[]>()
  for (const unit of units) {
    for (const part of transition.parts(unit)) {
      const share = Number(part.weight.num) / Number(part.weight.den)
      members.set(part.to, [...(members.get(part.to) ?? []), { unit, share }])
    }
  }
  return [...members].sort(([a], [b]) => (a < b ? -1 : 1)).map(([unit, from]) => ({ unit, from }))
}

/** Scores are not additive; each rule is one answer to what the score of a merged unit is. */
export type MergeRule = 'plain_mean_of_main_indices' | 'weighted_mean' | 'recompute'

export interface MergedScores {
  /** By rule; null where what the rule needs was not given. */
  scores: Record<MergeRule, Scores | null>
  /** What each answer rests on, for the method card: no rule is silent. */
  basis: Record<MergeRule, string>
}

export interface MergeOptions {
  /** Codes of the main indices, which the averaging rules average. Default: the scored children of the root. */
  mainIndices?: readonly string[]
  /** Weight of each old unit for `weighted_mean`, with its name (population 2022, cases received …). */
  weight?: { name: string; of: ReadonlyMap<string, number> }
  /** The items aggregated onto the new map, for `recompute` (the default rule). */
  items?: Panel
}

/**
 * The scores of merged units by the three rules, side by side: the plain mean of the old units' main indices, their mean by
 * a named weight (× the share of a divided unit), and the framework applied once to the aggregated items.
 * The averaging rules carry the means of the main indices up by the framework's own aggregation.
 *
 * @param before scores of the old units
 * @throws {MeasureError} when main indices are unknown or do not cover the tree
 */
export function mergedScores(
  framework: Framework,
  before: Scores,
  membership: readonly Membership[],
  options: MergeOptions = {},
): MergedScores {
  const root = framework.nodes[framework.root]!
  const main =
    options.mainIndices ??
    root.children
      .map((c) => framework.nodes[c]!)
      .filter((n) => n.scored)
      .map((n) => n.code)
  const above = cutAt(framework, main)
  const plain = meansOf(before, membership, main, () => 1)
  const { weight } = options
  const weighted = weight
    ? meansOf(before, membership, main, (unit, share) => (weight.of.get(unit) ?? Number.NaN) * share)
    : null
  return {
    scores: {
      plain_mean_of_main_indices: compute(above, plain),
      weighted_mean: weighted ? compute(above, weighted) : null,
      recompute: options.items ? compute(framework, options.items) : null,
    },
    basis: {
      plain_mean_of_main_indices: main.join(', '),
      weighted_mean: weight?.name ?? '',
      recompute: options.items ? (options.items.period ?? '') : '',
    },
  }
}

/** Means over the old units that have a value; missing when none has, or when a weight is unknown. */
function meansOf(
  before: Scores,
  membership: readonly Membership[],
  main: readonly string[],
  weigh: (unit: string, share: number) => number,
): Panel {
  const scores = new Map(before.units.map((u) => [u.unit, u]))
  const sorted = [...membership].sort((a, b) => (a.unit < b.unit ? -1 : 1))
  const size = sorted.length * main.length
  const panel: Panel = {
    period: before.period,
    units: sorted.map((m) => m.unit),
    items: main,
    value: new Float64Array(size),
    state: new Uint8Array(size).fill(CELL.missing),
    se: null,
    parts: null,
    attributes: new Map(),
  }
  main.forEach((code, i) => {
    sorted.forEach(({ from }, u) => {
      let [sum, total] = [0, 0]
      for (const { unit, share } of from) {
        const value = scores.get(unit)?.nodes[code]?.value ?? null
        if (value === null || share === 0) continue
        const weight = weigh(unit, share)
        sum += weight * value
        total += weight
      }
      if (!(total > 0)) return
      panel.value[i * sorted.length + u] = sum / total
      panel.state[i * sorted.length + u] = CELL.ok
    })
  })
  return panel
}

/** The framework from its main indices upwards: they become leaves that carry values. */
function cutAt(framework: Framework, main: readonly string[]): Framework {
  const wanted = new Set(main)
  const unknown = main.find((code) => !framework.nodes.some((n) => n.code === code && n.scored))
  if (unknown !== undefined) {
    throw new MeasureError({
      code: 'unknown-item',
      item: unknown,
      message: say(`Không có chỉ số chính "${unknown}"`, `There is no main index "${unknown}"`),
    })
  }
  const kept: FrameworkNode[] = []
  const keep = (node: FrameworkNode, parent: number): number => {
    const isMain = wanted.has(node.code)
    const kids = node.children.map((c) => framework.nodes[c]!).filter((k) => k.scored)
    if (!isMain && kids.length === 0) {
      throw new MeasureError({
        code: 'unknown-item',
        item: node.code,
        message: say(
          `"${node.code}" không nằm dưới chỉ số chính nào`,
          `"${node.code}" is below none of the main indices`,
        ),
      })
    }
    const copy: FrameworkNode = isMain
      ? {
          ...node,
          index: kept.length,
          parent,
          children: [],
          impute: NO_IMPUTE,
          treat: NO_TREAT,
          transform: 'none',
          normalise: NO_NORMALISE,
          direction: 1,
          score: null,
          formula: null,
          denominator: null,
          groups: null,
          ownMissing: false,
        }
      : { ...node, index: kept.length, parent, groups: null, children: [] }
    kept.push(copy)
    if (!isMain) copy.children = kids.map((kid) => keep(kid, copy.index))
    return copy.index
  }
  keep(framework.nodes[framework.root]!, -1)
  const bottomUp: number[] = []
  const visit = (i: number): void => {
    for (const c of kept[i]!.children) visit(c)
    bottomUp.push(i)
  }
  visit(0)
  const rank = { ...framework.rank, within: null }
  const leaves = kept.filter((n) => n.children.length === 0).map((n) => n.index)
  return { ...framework, nodes: kept, root: 0, bottomUp, leaves, screen: null, groupBy: null, rank }
}
