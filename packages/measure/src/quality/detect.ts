import { breakdownTotals } from './breakdown-totals.ts'
import { type Family, familiesOf, type Hierarchy, hierarchyFrom } from './families.ts'
import { type Grid, seasonOf } from './grid.ts'
import { judge } from './judge.ts'
import { modifiedZ } from './modified-z.ts'
import { checkTotals, type Judged, powerOfTen, type TotalCheck } from './total-check.ts'

/** What is wrong with a cell, as far as its numbers tell. */
export type Kind =
  | 'scale-factor'
  | 'unit-slip'
  | 'swapped-ratio'
  | 'ratio-mismatch'
  | 'jump'
  | 'copied-period'
  | 'total-mismatch'
  | 'sibling-outlier'
  | 'outlier'

/** One doubtful cell. */
export interface Suspicion {
  unit: string
  item: string
  period: string
  kind: Kind
  /** How far from sound, in standard deviations of sound values; 3.5 is the usual limit of "surely odd". */
  score: number
  value: number
  /** What the value should be, NaN where nothing says so. */
  expected: number
  /** Value ÷ expected, as a power of ten, for the two slips of scale. */
  factor?: number
}

export interface DetectOptions {
  /** Default: the text item `parent`, else the codes of the units. */
  hierarchy?: Hierarchy
  /** Units of measure by item, for telling a slip of the unit from a slip of the decimal point. */
  uoms?: ReadonlyMap<string, string>
  /** The smallest change of a value worth finding, as a share of it; default 0.3. */
  smallestChange?: number
  /** From how many standard deviations a value is doubted however small the change is; default 3.5. */
  surely?: number
  /** Share of an item's sound values that may be doubted by their own history, were they normal; default 0.04. */
  falseAlarms?: number
  /** Kinds not to look for. */
  without?: ReadonlySet<Kind>
}

/** Every cell's score, for curves of caught against false alarms; `threshold` is the one of the cell. */
export interface Judgement {
  suspicions: Suspicion[]
  /** Score ÷ threshold by cell of the grid: a cell is a suspicion from 1. */
  ratio: Float64Array
}

/**
 * Looks at a panel as a whole and names the cells that do not fit: their own history and season, their siblings, the total they belong to,
 * the value before them, their numerator and denominator.
 */
export function detect(grid: Grid, options: DetectOptions = {}): Judgement {
  const families = familiesOf(grid, options.hierarchy ?? hierarchyFrom(grid))
  const size = grid.units.length * grid.periods.length
  const ratio = new Float64Array(grid.value.length)
  const suspicions: Suspicion[] = []
  for (let i = 0; i < grid.items.length; i++) {
    const found = new ItemDetector(grid, i, families, options)
    for (const suspicion of found.run()) suspicions.push(suspicion)
    ratio.set(found.ratio, i * size)
  }
  const surely = options.surely ?? 3.5
  for (const { cell, isTotal, score, expected } of breakdownTotals(grid)) {
    const kind = isTotal ? 'total-mismatch' : 'jump'
    const isKnown = ratio[cell]! >= 1
    ratio[cell] = Math.max(ratio[cell]!, score / surely)
    if (isKnown || options.without?.has(kind) || score < surely) continue
    const T = grid.periods.length
    suspicions.push({
      unit: grid.units[Math.floor(cell / T) % grid.units.length]!,
      item: grid.items[Math.floor(cell / size)]!,
      period: grid.periods[cell % T]!,
      kind,
      score,
      value: grid.value[cell]!,
      expected,
    })
  }
  return { suspicions, ratio }
}

/** Units of measure whose slips are powers of ten between neighbours: share and percent, ha and km², đồng and triệu đồng. */
const slips: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^(%|percent|per ?mille|‰|1|share|tỷ lệ|phần trăm)$/i, [100, 1000]],
  [/^(ha|km2|km²|m2|m²|hecta)$/i, [100, 10_000, 1_000_000]],
  [/(đồng|dong|vnd|vnđ)$/i, [1000, 1_000_000, 1_000_000_000]],
  [/^(kg|g|t|tấn|tạ|m|km|kwh|mwh|wh)$/i, [1000, 1_000_000]],
]

class ItemDetector {
  readonly ratio: Float64Array
  readonly #grid: Grid
  readonly #item: number
  readonly #families: readonly Family[]
  readonly #options: DetectOptions
  readonly #group: Int32Array

  constructor(grid: Grid, item: number, families: readonly Family[], options: DetectOptions) {
    this.#grid = grid
    this.#item = item
    this.#families = families
    this.#options = options
    this.ratio = new Float64Array(grid.units.length * grid.periods.length)
    this.#group = new Int32Array(grid.units.length).fill(-1)
    families.forEach(({ parts }, f) => {
      for (const u of parts) this.#group[u] = f
    })
  }

  run(): Suspicion[] {
    const grid = this.#grid
    const U = grid.units.length
    const T = grid.periods.length
    const from = this.#item * U * T
    const slice = (all: Float64Array | null): Float64Array | null => {
      const part = all?.subarray(from, from + U * T)
      return part?.some((x) => !Number.isNaN(x)) ? part : null
    }
    const value = grid.value.slice(from, from + U * T)
    const numerator = slice(grid.numerator)
    const denominator = slice(grid.denominator)
    const isRatio = numerator !== null && denominator !== null
    if (isRatio)
      for (let c = 0; c < value.length; c++)
        if (Number.isNaN(value[c]!)) value[c] = numerator[c]! / denominator[c]!
    for (let c = 0; c < value.length; c++) if (!Number.isFinite(value[c]!)) value[c] = Number.NaN

    const judged = this.#judge(value)
    const found = new Map<number, Suspicion>()
    const add = (c: number, kind: Kind, score: number, threshold: number, expected: number): void => {
      if (this.#options.without?.has(kind)) return
      const strength = score / threshold
      if (strength > this.ratio[c]!) this.ratio[c] = strength
      if (strength < 1) return
      const known = found.get(c)
      if (known && rank[known.kind] > rank[kind]) {
        known.score = Math.max(known.score, score)
        return
      }
      const suspicion: Suspicion = {
        unit: grid.units[Math.floor(c / T)]!,
        item: grid.items[this.#item]!,
        period: grid.periods[c % T]!,
        kind,
        score: Math.max(score, known?.score ?? 0),
        value: value[c]!,
        expected,
      }
      if (kind === 'scale-factor' || kind === 'unit-slip') suspicion.factor = factorOf(value[c]!, expected)
      found.set(c, suspicion)
    }

    if (T < 6) this.#acrossUnits(value, add)
    const totals = checkTotals(judged, this.#families)
    const thresholds = this.#thresholds(judged)
    const partTotals = isRatio ? this.#partTotals(numerator, denominator) : []
    for (let c = 0; c < value.length; c++) {
      if (Number.isNaN(value[c]!)) continue
      const expected = judged.scale.from(judged.centre[c]!)
      const threshold = thresholds[c]!
      const agreed = totals.cleared[c] === 1
      // Total and parts would have to be wrong together.
      const z = Math.abs(judged.z[c]!) * (agreed && Math.abs(judged.z[c]!) < 6 ? 0.5 : 1)
      if (isRatio) this.#ratioChecks(c, value, numerator, denominator, judged, add)
      add(c, this.#kindOf(value[c]!, expected, judged, c, isRatio), z, threshold, expected)
      if ((judged.copied[c] === 1 || this.#copiesMended(judged, totals, c)) && !agreed)
        add(c, 'copied-period', 5, threshold, expected)
      if (totals.against[c]! > 0) {
        const repaired = totals.repaired[c]!
        const kind =
          totals.isTotal[c] === 1 ? 'total-mismatch' : this.#kindOf(value[c]!, repaired, judged, c, isRatio)
        add(c, judged.copied[c] === 1 ? 'copied-period' : kind, totals.against[c]!, threshold, repaired)
      }
      for (const check of partTotals)
        if (check.against[c]! > 0)
          add(c, check.isTotal[c] === 1 ? 'total-mismatch' : 'jump', check.against[c]!, threshold, expected)
    }
    return [...found.values()].map((s) => ({ ...s }))
  }

  /** Too few periods for a history: siblings, or where there are few all units of that standing, are the measure. */
  #acrossUnits(
    value: Float64Array,
    add: (c: number, kind: Kind, score: number, threshold: number, expected: number) => void,
  ): void {
    const T = this.#grid.periods.length
    const groups = new Map<number, number[]>()
    for (let u = 0; u < this.#group.length; u++) {
      const family = this.#group[u]!
      const g = family >= 0 && this.#families[family]!.parts.length >= 8 ? family : -1
      groups.set(g, [...(groups.get(g) ?? []), u])
    }
    for (const [g, members] of groups)
      for (let t = 0; t < T; t++) {
        const there = members.filter((u) => !Number.isNaN(value[u * T + t]!))
        if (there.length < 8) continue
        const { z, middle } = modifiedZ(Float64Array.from(there, (u) => value[u * T + t]!))
        there.forEach((u, n) => {
          if (Number.isFinite(z[n]!))
            add(
              u * T + t,
              g < 0 ? 'outlier' : 'sibling-outlier',
              Math.abs(z[n]!),
              this.#options.surely ?? 3.5,
              middle,
            )
        })
      }
  }

  #judge(value: Float64Array): Judged {
    return judge(value, this.#grid.periods.length, seasonOf(this.#grid.periods), this.#group)
  }

  /** The value before was spoilt after it had been copied: the copy equals what it is when put right. */
  #copiesMended(judged: Judged, totals: TotalCheck, c: number): boolean {
    const T = judged.periods
    if (c % T === 0 || !judged.repeatsAreOdd[Math.floor(c / T)]) return false
    const before = judged.value[c - 1]!
    const now = judged.value[c]!
    const same = (mended: number): boolean => Math.abs(now - mended) <= 1e-9 * Math.abs(now)
    if (totals.against[c - 1]! > 0 && same(totals.repaired[c - 1]!)) return true
    if (Math.abs(judged.z[c - 1]!) < 4) return false
    const slip = powerOfTen(before, now, 0)
    return slip !== 1 && same(before / slip)
  }

  /** Sums of numerators and of denominators are looked at where they are given; a ratio itself does not add up. */
  #partTotals(...parts: Float64Array[]) {
    return parts.map((part) => checkTotals(this.#judge(part), this.#families))
  }

  /**
   * By cell the deviation from which it is doubted: as high as still finds nine in ten of the smallest changes worth finding, but on
   * restless series never so low that sound values would be doubted more often than the item's budget allows.
   */
  #thresholds(judged: Judged): Float64Array {
    const most = this.#options.surely ?? 3.5
    const change = this.#options.smallestChange ?? 0.3
    const wanted = new Float64Array(judged.value.length)
    let n = 0
    for (let c = 0; c < wanted.length; c++) {
      const { scale, centre, sd } = judged
      const moved = Math.abs(scale.to(scale.from(centre[c]!) * (1 + change)) - centre[c]!) / sd[c]!
      // 1.2816: nine in ten normal numbers lie above −1.2816.
      wanted[c] = Number.isNaN(moved) ? most : Math.min(most, moved - 1.2816)
      if (!Number.isNaN(judged.value[c]!)) n++
    }
    let low = 1.5
    let high = most
    for (let step = 0; step < 12; step++) {
      const middle = (low + high) / 2
      let alarms = 0
      for (let c = 0; c < wanted.length; c++)
        if (!Number.isNaN(judged.value[c]!)) alarms += tails(Math.max(middle, wanted[c]!))
      if (alarms > n * (this.#options.falseAlarms ?? 0.04)) low = middle
      else high = middle
    }
    return wanted.map((x) => Math.max(high, x))
  }

  #kindOf(value: number, expected: number, judged: Judged, c: number, isRatio: boolean): Kind {
    const spread = judged.scale.name === 'log' ? judged.sd[c]! : 0.1
    const slip = powerOfTen(value, expected, spread)
    if (slip !== 1) {
      const size = slip < 1 ? Math.round(1 / slip) : slip
      const uom = this.#options.uoms?.get(this.#grid.items[this.#item]!)
      const listed = uom === undefined ? undefined : slips.find(([pattern]) => pattern.test(uom.trim()))
      if (listed ? listed[1].includes(size) : size >= 10_000 || (isRatio && size === 100)) return 'unit-slip'
      return 'scale-factor'
    }
    // A share turned upside down stands as far on the other side of 1.
    const upsideDown = Math.abs(Math.log(value * expected))
    if (
      value > 0 &&
      judged.scale.name === 'log' &&
      expected < 1 &&
      value > 1 &&
      upsideDown < Math.max(0.05, 3 * spread)
    )
      return 'swapped-ratio'
    return this.#grid.periods.length < 6 ? 'outlier' : 'jump'
  }

  #ratioChecks(
    c: number,
    value: Float64Array,
    numerator: Float64Array,
    denominator: Float64Array,
    judged: Judged,
    add: (c: number, kind: Kind, score: number, threshold: number, expected: number) => void,
  ): void {
    const n = numerator[c]!
    const d = denominator[c]!
    const quotient = n / d
    if (!Number.isFinite(quotient) || quotient <= 0 || value[c]! <= 0) return
    const expected = judged.scale.from(judged.centre[c]!)
    const gap = Math.log(value[c]! / quotient)
    const times = Math.round(gap / Math.LN10 / 2)
    const percent = Math.abs(gap - 2 * times * Math.LN10) // a percentage beside its parts is 100 times the quotient
    if (percent > 0.02 && Math.min(Math.abs(gap), percent) > 0.02) {
      const turned = Math.abs(Math.log(value[c]! * quotient)) < 0.02
      add(c, turned ? 'swapped-ratio' : 'ratio-mismatch', 6, 3.5, expected)
    }
    // Parts that sit the wrong way round, whether or not the value follows.
    const usual = Math.log(expected)
    if (
      usual < 0 &&
      quotient > 1 &&
      Math.abs(Math.log(quotient) + usual) < Math.abs(Math.log(quotient) - usual)
    )
      add(c, 'swapped-ratio', 5, 3.5, expected)
  }
}

/** Where two findings meet, the one that says more about the cause is told. */
const rank: Record<Kind, number> = {
  outlier: 0,
  'sibling-outlier': 1,
  jump: 2,
  'ratio-mismatch': 3,
  'copied-period': 4,
  'total-mismatch': 5,
  'scale-factor': 6,
  'unit-slip': 7,
  'swapped-ratio': 8,
}

function factorOf(value: number, expected: number): number {
  return 10 ** Math.round(Math.log10(value / expected))
}

/** Share of normal numbers farther than `z` from the mean, either side: Abramowitz and Stegun 7.1.25, within 3e-5. */
function tails(z: number): number {
  const x = z / Math.SQRT2
  const t = 1 / (1 + 0.47047 * x)
  return (0.3480242 * t - 0.0958798 * t * t + 0.7478556 * t * t * t) * Math.exp(-x * x)
}
