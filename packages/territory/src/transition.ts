import type { CivilDate } from '@nhip/calendar/civil-date'
import type { Problem } from '@nhip/canonical/problem'
import {
  addFractions,
  type Fraction,
  fractionOf,
  fractionsOfWeights,
  multiplyFractions,
  one,
} from './fraction.ts'
import type { Territory } from './territory.ts'
import { type Edge, holds, type Unit, type UnitId } from './unit.ts'

/** How an unpublished division is estimated: in equal parts, or by the area or population of the units concerned. */
export type Shares = 'equal' | 'area' | 'population'

/** What an estimated part rests on: the asker's choice, or a published share (which was measured on something else than the value). */
export type ShareMethod = Shares | 'published'

export interface Part {
  to: UnitId
  weight: Fraction
  /** Empty when the part is certain: the whole of the unit goes to `to`. */
  methods: readonly ShareMethod[]
}

/** A unit's parts with whole weights in the proportion of their fractions; a last weight beyond the parts is what has no successor. */
export interface Split {
  parts: readonly Part[]
  weights: readonly bigint[]
  /** The same weights as numbers when they and their sum are safe. */
  small: { weights: readonly number[]; sum: number } | null
}

/** Where units of any time lie on the map of one day: edges composed, shares multiplied exactly. */
export class Transition {
  readonly to: CivilDate
  readonly shares: Shares
  /** Units without successor and shares that had to be estimated in another way than asked; grows as units are looked up. */
  readonly problems: Problem[] = []
  readonly #territory: Territory
  readonly #parts = new Map<UnitId, readonly Part[]>()
  readonly #splits = new Map<UnitId, Split>()

  constructor(territory: Territory, to: CivilDate, shares: Shares) {
    this.#territory = territory
    this.to = to
    this.shares = shares
  }

  /**
   * The units on the target day that a unit's territory belongs to, with weights that sum to 1; empty when the unit closed
   * without a successor. A closed unit follows its edges forward, one that opens later is taken back along them.
   */
  parts(id: UnitId): readonly Part[] {
    const known = this.#parts.get(id)
    if (known) return known
    const unit = this.#territory.unit(id)
    if (!unit) throw new RangeError(`unknown unit: "${id}"`)
    const parts = holds(unit.valid, this.to)
      ? [{ to: id, weight: one, methods: [] }]
      : unit.valid.from > this.to
        ? this.#back(unit)
        : this.#forward(unit)
    this.#parts.set(id, parts)
    return parts
  }

  split(id: UnitId): Split {
    const known = this.#splits.get(id)
    if (known) return known
    const parts = this.parts(id)
    // What goes to a unit without successor is lost, not given to the others: it keeps a weight of its own, after the parts.
    const lost = parts.reduce((rest, p) => addFractions(rest, { num: -p.weight.num, den: p.weight.den }), one)
    const fractions = [...parts.map((p) => p.weight), ...(lost.num > 0n ? [lost] : [])]
    const common = fractions.reduce((lcm, f) => (lcm / gcd(lcm, f.den)) * f.den, 1n)
    const weights = fractions.map((f) => (f.num * common) / f.den)
    const safe = common <= BigInt(Number.MAX_SAFE_INTEGER)
    const split = {
      parts,
      weights,
      small: safe ? { weights: weights.map(Number), sum: Number(weights.reduce((a, b) => a + b, 0n)) } : null,
    }
    this.#splits.set(id, split)
    return split
  }

  #forward(unit: Unit): Part[] {
    const edges = this.#territory.successors(unit.id)
    if (edges.length === 0) this.problems.push(noSuccessor(unit, this.to))
    return this.#compose(this.#forwardShares(edges))
  }

  #back(unit: Unit): Part[] {
    const edges = this.#territory.predecessors(unit.id)
    if (edges.length === 0) this.problems.push(noPredecessor(unit, this.to))
    if (edges.length <= 1) return this.#compose(edges.map((e) => ({ to: e.from, weight: one, methods: [] })))
    // What of this unit came from each predecessor: the predecessor's size times the share of it that came here.
    const sizes = this.#sizes(
      edges.map((e) => e.from),
      unit,
    )
    const came = edges.map(
      (e) => this.#forwardShares(this.#territory.successors(e.from)).find((p) => p.to === e.to) as Part,
    )
    const amounts = came.map((part, i) => multiplyFractions(part.weight, sizes.fractions[i] as Fraction))
    const sum = amounts.reduce(addFractions, { num: 0n, den: 1n })
    return this.#compose(
      edges.map((e, i) => ({
        to: e.from,
        weight: multiplyFractions(amounts[i] as Fraction, { num: sum.den, den: sum.num }),
        methods: union([sizes.method], came[i]?.methods ?? []),
      })),
    )
  }

  /** The first step: one part for each edge of a closed unit. */
  #forwardShares(edges: readonly Edge[]): Part[] {
    const published = edges.map((e) => (e.share === null ? null : fractionOf(e.share)))
    if (published.every((s) => s !== null)) {
      return edges.map((e, i) => ({
        to: e.to,
        weight: published[i] as Fraction,
        methods: e.share !== null && isOne(published[i] as Fraction) ? [] : ['published'],
      }))
    }
    const first = this.#territory.unit(edges[0]?.from ?? '') as Unit
    const sizes = this.#sizes(
      edges.map((e) => e.to),
      first,
    )
    return edges.map((e, i) => ({
      to: e.to,
      weight: sizes.fractions[i] as Fraction,
      methods: [sizes.method],
    }))
  }

  #sizes(ids: readonly UnitId[], of: Unit): { fractions: Fraction[]; method: Shares } {
    if (this.shares !== 'equal') {
      const sizes = ids.map((id) => this.#territory.unit(id)?.[this.shares as 'area' | 'population'] ?? 0)
      if (sizes.every((s) => s > 0)) return { fractions: fractionsOfWeights(sizes), method: this.shares }
      this.problems.push(weightMissing(of, this.shares))
    }
    return { fractions: ids.map(() => ({ num: 1n, den: BigInt(ids.length) })), method: 'equal' }
  }

  #compose(steps: readonly Part[]): Part[] {
    const total = new Map<UnitId, Part>()
    for (const step of steps) {
      for (const part of this.parts(step.to)) {
        const weight = multiplyFractions(step.weight, part.weight)
        const before = total.get(part.to)
        total.set(part.to, {
          to: part.to,
          weight: before ? addFractions(before.weight, weight) : weight,
          methods: union(before?.methods ?? [], union(step.methods, part.methods)),
        })
      }
    }
    // Parts that came together again are certain, whatever the shares on the way were.
    return [...total.values()].map((p) => (isOne(p.weight) ? { ...p, methods: [] } : p))
  }
}

const isOne = (f: Fraction) => f.num === f.den

function union(a: readonly ShareMethod[], b: readonly ShareMethod[]): readonly ShareMethod[] {
  return a.length === 0 ? b : b.length === 0 ? a : [...new Set([...a, ...b])]
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}

function noSuccessor(unit: Unit, to: CivilDate): Problem {
  return {
    severity: 'warning',
    code: 'no-successor',
    value: unit.id,
    message: {
      vi: `${unit.name.vi} (${unit.code}) hết hiệu lực ngày ${unit.valid.to} mà không có đơn vị kế thừa: không đưa lên bản đồ ngày ${to} được`,
      en: `${unit.name.en} (${unit.code}) closed on ${unit.valid.to} without a successor: it has no place on the map of ${to}`,
    },
  }
}

function noPredecessor(unit: Unit, to: CivilDate): Problem {
  return {
    severity: 'warning',
    code: 'no-predecessor',
    value: unit.id,
    message: {
      vi: `không biết ${unit.name.vi} (${unit.code}) hình thành từ đơn vị nào: không đưa về bản đồ ngày ${to} được`,
      en: `what ${unit.name.en} (${unit.code}) was made of is not known: it has no place on the map of ${to}`,
    },
  }
}

function weightMissing(unit: Unit, shares: 'area' | 'population'): Problem {
  const vi = shares === 'area' ? 'diện tích' : 'dân số'
  return {
    severity: 'warning',
    code: 'weight-missing',
    value: unit.id,
    message: {
      vi: `thiếu ${vi} của một đơn vị liên quan tới ${unit.name.vi} (${unit.code}): đã chia đều`,
      en: `the ${shares} of a unit that takes part in ${unit.name.en} (${unit.code}) is not known: divided equally instead`,
    },
  }
}
