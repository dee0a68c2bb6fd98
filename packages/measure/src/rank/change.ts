import { type Evaluation, type Pipeline, prepare } from '../compute/pipeline.ts'
import type { Framework } from '../framework/framework.ts'
import type { Panel } from '../panel.ts'
import { addsUp } from './linear.ts'
import { type MixedItem, mixPanels } from './mix-panels.ts'
import { rankGroupsOf, rankRuleOf } from './rank-groups.ts'
import { Ranker } from './ranking.ts'
import { rawForm, rawPanel } from './raw-form.ts'
import { coalitionWeights, sampleShapley, shapley } from './shapley.ts'

/** One of the two editions. */
export interface Edition {
  framework: Framework
  panel: Panel
  /** The same data on the map of the other edition; without it the map counts as unchanged. */
  onOtherMap?: Panel
}

export interface ChangeParts {
  /** What the units' own figures did. */
  data: number
  /** Methods, weights and scales of the new framework on the items both have. */
  method: number
  /** Who is compared: units that came or left. */
  membership: number
  /** The map the figures are drawn on. */
  boundary: number
  /** Items without a counterpart in the other framework: outside the game. */
  not_comparable: number
}

export interface ScoreChange {
  from: number
  to: number
  parts: ChangeParts
}

/** One item's share of the part `data`. */
export interface DataShare {
  item: string
  score: number
  /** Null where the score was shared out without playing the game of ranks. */
  rank: number | null
  /** Of `score`; 0 when exact. */
  standard_error: number
}

export interface Change extends ScoreChange {
  rank: ScoreChange
  data: {
    /** `linear`: exact per item · `exact`: over all coalitions of main indices (or of few items) · `sampled`: random orders. */
    method: 'linear' | 'exact' | 'sampled'
    items: DataShare[]
  }
  /** Items of either framework that are outside the game. */
  notComparable: string[]
}

/** Unit without a score or a rank in one of the editions, or in a mixture of them: nothing to take apart. */
export class NoChange extends Error {}

const [DATA, METHOD, MEMBERSHIP, BOUNDARY] = [1, 2, 4, 8] as const

/**
 * Takes the change of a unit's score and rank between two editions apart, as Shapley values of four factors: 16
 * evaluations, the mean over all 24 orders in which the factors can change.
 *
 * @param same code of an item in the first framework → in the second, for pairs a crosswalk calls `same`
 * @param pairs orders drawn when the part `data` must be sampled
 * @throws {NoChange} when the unit lacks a score or rank in an edition
 * @throws {MeasureError} when a framework refuses the data
 */
export function change(
  from: Edition,
  to: Edition,
  unit: string,
  same: ReadonlyMap<string, string>,
  { pairs = 30, seed = 1 }: { pairs?: number; seed?: number } = {},
): Change {
  const game = new EditionGame([from, to], unit, same)
  const whole = [game.own(0), game.own(1)] as const
  const shares = shapley(4, (coalition) => game.play(coalition))
  const result = [0, 1].map((output): ScoreChange => {
    const [data, method, membership, boundary] = shares.map((share) => share[output]!) as [
      number,
      number,
      number,
      number,
    ]
    const total = whole[1][output]! - whole[0][output]!
    const played = game.play(15)[output]! - game.play(0)[output]!
    const rest = game.notComparable.length === 0 ? 0 : total - played
    return {
      from: whole[0][output]!,
      to: whole[1][output]!,
      parts: { data, method, membership, boundary, not_comparable: rest },
    }
  })
  return {
    ...result[0]!,
    rank: result[1]!,
    data: shareData(game, pairs, seed),
    notComparable: game.notComparable,
  }
}

/** Worth of every mixture of two editions: the score and rank of one unit. */
class EditionGame {
  readonly #editions: readonly [Edition, Edition]
  readonly #unit: string
  readonly #codes: readonly [string[], string[]]
  readonly #frameworks: readonly Framework[]
  readonly #raws = new Map<string, Panel>()
  readonly #known = new Map<number, readonly number[]>()
  readonly notComparable: string[]

  constructor(editions: readonly [Edition, Edition], unit: string, same: ReadonlyMap<string, string>) {
    this.#editions = editions
    this.#unit = unit
    const [first, second] = editions.map(({ framework }) => scoredLeaves(framework)) as [string[], string[]]
    const kept = first.filter((code) => second.includes(same.get(code) ?? ''))
    this.#codes = [kept, kept.map((code) => same.get(code)!)]
    this.notComparable = [
      ...first.filter((code) => !this.#codes[0].includes(code)),
      ...second.filter((code) => !this.#codes[1].includes(code)),
    ]
    this.#frameworks = editions.map(({ framework }, m) => rebased(rawForm(framework), this.#codes[m]!))
  }

  /** Comparable items by their code in the first framework. */
  get items(): readonly string[] {
    return this.#codes[0]
  }

  get frameworks(): readonly Framework[] {
    return this.#frameworks
  }

  get units(): number {
    return this.#editions[1].panel.units.length
  }

  codesOf(method: number): readonly string[] {
    return this.#codes[method]!
  }

  /** Score and rank of an edition as it was, all items included. */
  own(edition: number): readonly number[] {
    const { framework, panel } = this.#editions[edition]!
    return this.#read(prepare(framework, panel)).worth
  }

  /** Worth of a coalition of factors that have changed; `newer` overrides the data of single items. */
  play(coalition: number, newer?: (item: number) => boolean): readonly number[] {
    if (newer) return this.#read(this.#mixture(coalition, newer)).worth
    let worth = this.#known.get(coalition)
    if (!worth) {
      worth = this.#read(this.#mixture(coalition)).worth
      this.#known.set(coalition, worth)
    }
    return worth
  }

  /** The evaluation behind a coalition, with the unit's position. */
  evaluate(coalition: number): { pipeline: Pipeline; evaluation: Evaluation; unit: number } {
    return this.#read(this.#mixture(coalition))
  }

  #mixture(coalition: number, newer?: (item: number) => boolean): Pipeline {
    const bit = (factor: number) => (coalition & factor ? 1 : 0)
    const [data, method, membership, boundary] = [bit(DATA), bit(METHOD), bit(MEMBERSHIP), bit(BOUNDARY)]
    const framework = this.#frameworks[method]!
    const at = new Map(this.#codes[method]!.map((code, i) => [code, i]))
    const panels = [0, 1].map((d) => this.#raw(d, method, boundary))
    const items = scoredLeaves(framework).map((code): MixedItem => {
      const i = at.get(code)
      const edition = i !== undefined && newer ? (newer(i) ? 1 : 0) : data
      return { code, source: panels[edition]!, otherwise: panels[1 - edition]!, compared: i !== undefined }
    })
    const labels = { source: panels[data]!, otherwise: panels[1 - data]! }
    return prepare(framework, mixPanels(this.#panel(membership, boundary).units, items, labels))
  }

  /** Data of an edition on the map of edition `boundary`. */
  #panel(data: number, boundary: number): Panel {
    const { panel, onOtherMap } = this.#editions[data]!
    return boundary === data ? panel : (onOtherMap ?? panel)
  }

  /** The leaves of framework `method` as data of edition `data` give them, under that framework's codes. */
  #raw(data: number, method: number, boundary: number): Panel {
    const key = `${data}${method}${boundary}`
    let raw = this.#raws.get(key)
    if (!raw) {
      const panel = this.#panel(data, boundary)
      const names = new Map(this.#codes[data]!.map((code, i) => [code, this.#codes[method]![i]!]))
      const name = (code: string) => names.get(code) ?? code
      const items = panel.items.map(name)
      const attributes = new Map([...panel.attributes].map(([code, texts]) => [name(code), texts]))
      raw = rawPanel(prepare(this.#editions[method]!.framework, { ...panel, items, attributes }))
      this.#raws.set(key, raw)
    }
    return raw
  }

  #read(pipeline: Pipeline): {
    worth: readonly number[]
    pipeline: Pipeline
    evaluation: Evaluation
    unit: number
  } {
    const unit = pipeline.units.indexOf(this.#unit)
    const evaluation = pipeline.evaluate()
    const ranker = new Ranker(pipeline.units.length, rankRuleOf(pipeline.framework), rankGroupsOf(pipeline))
    const score = evaluation.score[unit] ?? Number.NaN
    const rank = ranker.rank(evaluation.score, new Float64Array(pipeline.units.length))[unit] ?? Number.NaN
    if (Number.isNaN(score) || Number.isNaN(rank))
      throw new NoChange(`"${this.#unit}" has no score or rank in every mixture of the two editions`)
    return { worth: [score, rank], pipeline, evaluation, unit }
  }
}

function scoredLeaves(framework: Framework): string[] {
  return framework.leaves.map((i) => framework.nodes[i]!).flatMap((node) => (node.scored ? [node.code] : []))
}

/** Items outside the game leave both sides, whatever the framework does with answers that do not apply. */
function rebased(framework: Framework, compared: readonly string[]): Framework {
  const inside = new Set<number>()
  for (const i of framework.bottomUp) {
    const node = framework.nodes[i]!
    const isInside =
      node.children.length === 0 ? compared.includes(node.code) : node.children.some((c) => inside.has(c))
    if (isInside) inside.add(i)
  }
  return {
    ...framework,
    nodes: framework.nodes.map((node) =>
      inside.has(node.index) ? node : { ...node, notApplicable: 'rebase' },
    ),
  }
}

/** Most main indices whose coalitions are all played. */
const MAIN_INDICES = 10

/** Most cells (units × items × evaluations) that an exact answer may cost: about half a minute. */
const EXACT_COST = 1e8

/** The part `data` shared among items or main indices, in the mean over all orders of the other three factors. */
function shareData(game: EditionGame, pairs: number, seed: number): Change['data'] {
  const linear = shareLinear(game)
  if (linear) return { method: 'linear', items: linear }
  const { players, playerOf } = playersOf(game)
  const contexts = [...othersFirst()]
  const cost = contexts.length * 2 ** players.length * game.items.length * game.units
  const isExact = players.length <= MAIN_INDICES && cost <= EXACT_COST
  const totals = players.map(() => ({ score: 0, rank: 0, variance: 0 }))
  for (const [c, [coalition, weight]] of contexts.entries()) {
    const { shares, standardErrors } = isExact
      ? {
          shares: shapley(players.length, (chosen) =>
            game.play(coalition, (i) => (chosen & (1 << playerOf[i]!)) !== 0),
          ),
          standardErrors: null,
        }
      : sampleShapley(
          players.length,
          () => {
            const newer = new Set<number>()
            const worth = () => game.play(coalition, (i) => newer.has(playerOf[i]!))
            return {
              worth: worth(),
              join(player: number) {
                newer.add(player)
                return worth()
              },
            }
          },
          Math.max(2, Math.ceil(pairs / contexts.length)),
          seed,
          `data ${c}`,
        )
    totals.forEach((total, i) => {
      total.score += weight * shares[i]![0]!
      total.rank += weight * shares[i]![1]!
      total.variance += (weight * (standardErrors?.[i]?.[0] ?? 0)) ** 2
    })
  }
  return {
    method: isExact ? 'exact' : 'sampled',
    items: players.map((item, i) => ({
      item,
      score: totals[i]!.score,
      rank: totals[i]!.rank,
      standard_error: Math.sqrt(totals[i]!.variance),
    })),
  }
}

/** Who shares the part `data`: the main indices where there are 2 to 10, else the items. */
function playersOf(game: EditionGame): { players: readonly string[]; playerOf: readonly number[] } {
  const framework = game.frameworks[0]!
  const mains = framework.nodes[framework.root]!.children.map((c) => framework.nodes[c]!).filter(
    (n) => n.scored,
  )
  if (mains.length < 2 || mains.length > MAIN_INDICES)
    return { players: game.items, playerOf: game.items.map((_, i) => i) }
  const playerOf = game.items.map((item) => {
    let node = framework.nodes.find((n) => n.code === item)!
    while (node.parent >= 0 && node.parent !== framework.root) node = framework.nodes[node.parent]!
    return mains.indexOf(node)
  })
  return { players: mains.map((node) => node.code), playerOf }
}

/** Coalitions of the other three factors that may have changed before the data, with their Shapley weights. */
function* othersFirst(): Generator<[coalition: number, weight: number]> {
  const weights = coalitionWeights(4)
  for (let others = 0; others < 8; others++) {
    const size = (others & 1) + ((others >> 1) & 1) + ((others >> 2) & 1)
    yield [others << 1, weights[size]!]
  }
}

/**
 * Where scores are sums over items, an item's share is the change of its own term: exact, and no game needed.
 * @returns null where they are not, or where an answer is missing in one edition only
 */
function shareLinear(game: EditionGame): DataShare[] | null {
  const isSum = game.frameworks.every(
    ({ nodes, output }) =>
      !output.roundNodes && nodes.every((n) => n.children.length === 0 || !n.scored || addsUp(n)),
  )
  if (!isSum) return null
  const shares = game.items.map(() => 0)
  for (const [coalition, weight] of othersFirst()) {
    const codes = game.codesOf(coalition & METHOD ? 1 : 0)
    const [before, after] = [coalition, coalition | DATA].map((c) => terms(game.evaluate(c)))
    let sum = 0
    let bent = false
    codes.forEach((code, i) => {
      const [old, now] = [before!.get(code)!, after!.get(code)!]
      // A weight that moved to the others because an answer is missing in one edition: no sum over items.
      if (Math.abs(old.share - now.share) > 1e-12) bent = true
      const term = now.term - old.term
      shares[i]! += weight * term
      sum += term
    })
    if (bent) return null
    const [low] = game.play(coalition)
    const [high] = game.play(coalition | DATA)
    if (Math.abs(high! - low! - sum) > 1e-9 * Math.max(1, Math.abs(high!), Math.abs(low!))) return null
  }
  return game.items.map((item, i) => ({ item, score: shares[i]!, rank: null, standard_error: 0 }))
}

/** The terms of a unit's score, by item: its effective weight and that times its value. */
function terms({
  pipeline,
  evaluation,
  unit,
}: {
  pipeline: Pipeline
  evaluation: Evaluation
  unit: number
}): Map<string, { share: number; term: number }> {
  const { framework } = pipeline
  const { columns } = evaluation
  const root = columns[framework.root]!
  const share = new Float64Array(framework.nodes.length)
  share[framework.root] = framework.output.score === 'points' ? root.max![unit]! : 1
  const found = new Map<string, { share: number; term: number }>()
  for (const i of [...framework.bottomUp].reverse()) {
    const node = framework.nodes[i]!
    const column = columns[i]
    if (!column) continue
    if (node.children.length === 0) {
      const value = column.value[unit]!
      found.set(node.code, { share: share[i]!, term: Number.isNaN(value) ? 0 : share[i]! * value })
      continue
    }
    const byPoints = node.aggregate.method === 'points'
    const kids = node.children.map((c) => framework.nodes[c]!).filter((kid) => kid.scored)
    const weights = kids.map((kid) => {
      const own = columns[kid.index]!
      if (byPoints) return own.max![unit]!
      return Number.isNaN(own.value[unit]!) ? 0 : kid.weight
    })
    const all = weights.reduce((a, b) => a + b, 0)
    kids.forEach((kid, k) => {
      share[kid.index] = all > 0 ? (share[i]! * weights[k]!) / all : 0
    })
  }
  return found
}
