import { roundHalfUp } from '../compute/round.ts'

/** How scores become ranks, as a framework declares it. */
export interface RankRule {
  /** `desc`: the greatest score is first. */
  order: 'desc' | 'asc'
  /** Scores 4 3 3 1 give `min` 1 2 2 4, `dense` 1 2 2 3, `mean` 1 2.5 2.5 4. */
  ties: 'min' | 'dense' | 'mean'
  /** Decimals at which scores are compared; null compares 12 significant digits. */
  decimals: number | null
}

/** Ranks score vectors again and again without new memory: one object a thread, for one number of units. */
export class Ranker {
  readonly #rule: RankRule
  readonly #members: readonly Int32Array[]
  readonly #sorted: Float64Array
  readonly #classStart: Int32Array
  readonly #classEnd: Int32Array
  readonly #classNumber: Int32Array
  readonly #scale: number

  /**
   * @param groups group of each unit; units of different groups are ranked apart, those of group −1 not at all
   */
  constructor(units: number, rule: RankRule, groups: ArrayLike<number> | null = null) {
    this.#rule = rule
    const members = new Map<number, number[]>()
    for (let u = 0; u < units; u++) {
      const group = groups ? (groups[u] as number) : 0
      if (group < 0) continue
      const list = members.get(group)
      if (list) list.push(u)
      else members.set(group, [u])
    }
    this.#members = [...members.values()].map((list) => Int32Array.from(list))
    this.#sorted = new Float64Array(units)
    this.#classStart = new Int32Array(units)
    this.#classEnd = new Int32Array(units)
    this.#classNumber = new Int32Array(units)
    this.#scale = 10 ** (rule.decimals ?? 0)
  }

  /**
   * Ranks into `out` from `offset` on: one number a unit, NaN where the score is NaN or the unit has no group.
   * Ranks of `ties: mean` are multiples of ½, so single precision holds all of them exactly.
   */
  rank<T extends Float32Array | Float64Array>(scores: Float64Array, out: T, offset = 0): T {
    out.fill(Number.NaN, offset, offset + scores.length)
    for (const members of this.#members) this.#rankGroup(scores, members, out, offset)
    return out
  }

  #rankGroup(
    scores: Float64Array,
    members: Int32Array,
    out: Float32Array | Float64Array,
    offset: number,
  ): void {
    const sorted = this.#sorted
    let n = 0
    for (let m = 0; m < members.length; m++) {
      const score = scores[members[m]!]!
      // −0 + 0 is 0: the search below must find every zero at one place.
      if (!Number.isNaN(score)) sorted[n++] = score + 0
    }
    if (n === 0) return
    ascending(sorted, n)
    const classes = this.#classes(n)
    const { order, ties } = this.#rule
    for (let m = 0; m < members.length; m++) {
      const unit = members[m]!
      const score = scores[unit]!
      if (Number.isNaN(score)) continue
      const place = lowerBound(sorted, n, score)
      const start = this.#classStart[place]!
      const end = this.#classEnd[start]!
      let rank: number
      if (ties === 'dense') {
        const number = this.#classNumber[start]!
        rank = order === 'desc' ? classes - number : number + 1
      } else {
        const before = order === 'desc' ? n - end : start
        rank = ties === 'min' ? before + 1 : before + (end - start + 1) / 2
      }
      out[offset + unit] = rank
    }
  }

  /** Marks runs of equal scores among the `n` sorted ones and counts the runs. */
  #classes(n: number): number {
    const sorted = this.#sorted
    let start = 0
    let classes = 0
    this.#classStart[0] = 0
    for (let i = 1; i <= n; i++) {
      if (i < n && this.#equal(sorted[i - 1]!, sorted[i]!)) {
        this.#classStart[i] = start
        continue
      }
      this.#classEnd[start] = i
      this.#classNumber[start] = classes++
      if (i < n) this.#classStart[i] = start = i
    }
    return classes
  }

  // Rounding never reverses an order, so equality after rounding only has to be asked of neighbours, and only of
  // those so near that it is possible.
  #equal(low: number, high: number): boolean {
    if (low === high) return true
    const { decimals } = this.#rule
    if (decimals === null) {
      if (high - low > 1e-11 * Math.max(Math.abs(low), Math.abs(high))) return false
      return low.toPrecision(12) === high.toPrecision(12)
    }
    if ((high - low) * this.#scale > 1.000001) return false
    return published(low, decimals, this.#scale) === published(high, decimals, this.#scale)
  }
}

/** The published figure in units of its last decimal; exact rounding costs more and is asked for near a half only. */
function published(x: number, decimals: number, scale: number): number {
  const scaled = x * scale
  const whole = Math.floor(scaled)
  const rest = scaled - whole
  if (Math.abs(rest - 0.5) < 1e-6) return Math.round(roundHalfUp(x, decimals) * scale)
  return rest > 0.5 ? whole + 1 : whole
}

function lowerBound(sorted: Float64Array, n: number, value: number): number {
  let low = 0
  let high = n
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Insertion for a few, where the call into the engine's sort costs more than the sorting. */
function ascending(values: Float64Array, n: number): void {
  if (n > 80) {
    values.subarray(0, n).sort()
    return
  }
  for (let i = 1; i < n; i++) {
    const value = values[i]!
    let j = i - 1
    while (j >= 0 && values[j]! > value) {
      values[j + 1] = values[j]!
      j--
    }
    values[j + 1] = value
  }
}

/** Units in the order of their ranks, equal ones in the order of their places in `ranks`; without a rank: left out. */
export function orderByRank(ranks: ArrayLike<number>): number[] {
  const order: number[] = []
  for (let u = 0; u < ranks.length; u++) if (!Number.isNaN(ranks[u]!)) order.push(u)
  return order.sort((a, b) => ranks[a]! - ranks[b]! || a - b)
}
