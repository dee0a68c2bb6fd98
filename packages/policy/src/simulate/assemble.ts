import type { Population } from '../population/population.ts'
import { type Exact, exact } from './exact-json.ts'
import { ExactSums } from './exact-sum.ts'
import type { BudgetLine, Compared, MoverCounts, PathFinding, PovertyResult, TenthMovers } from './result.ts'
import { mergePaths } from './tally.ts'
import type { PathGroup, RunnerSetup, Tally } from './task.ts'

/** Tallies of ranges brought together: whole numbers, so that the ranges do not matter. */
export interface MergedTally {
  readonly persons: ExactSums
  readonly households: ExactSums
  readonly budget: readonly (readonly [ExactSums, ExactSums])[]
  readonly income: readonly [ExactSums, ExactSums]
  readonly movers: readonly {
    readonly persons: ExactSums
    readonly households: ExactSums
    readonly money: ExactSums
  }[]
  readonly poverty: readonly (readonly [MergedPoverty, MergedPoverty])[]
  readonly nonzero: readonly (readonly [number, number])[]
  readonly rows: readonly number[]
  readonly negative: readonly [number, number]
  readonly unknown: number
  readonly paths: readonly PathGroup[]
}

interface MergedPoverty {
  readonly persons: ExactSums
  readonly gap: ExactSums
  readonly squares: ExactSums
}

type Cells = { readonly high: Float64Array; readonly low: Float64Array }

export function mergeTallies(tallies: readonly Tally[]): MergedTally {
  const sum = (of: (tally: Tally) => Cells): ExactSums => {
    const total = new ExactSums(of(tallies[0] as Tally).low.length)
    for (const tally of tallies) total.merge(of(tally))
    return total
  }
  const first = tallies[0] as Tally
  const pair = (of: (tally: Tally, law: 0 | 1) => Cells): [ExactSums, ExactSums] => [
    sum((t) => of(t, 0)),
    sum((t) => of(t, 1)),
  ]
  const poverty = (i: number, law: 0 | 1): MergedPoverty => ({
    persons: sum((t) => (t.poverty[i] as Tally['poverty'][number])[law].persons),
    gap: sum((t) => (t.poverty[i] as Tally['poverty'][number])[law].gap),
    squares: sum((t) => (t.poverty[i] as Tally['poverty'][number])[law].squares),
  })
  const add = (of: (tally: Tally) => number): number => tallies.reduce((n, tally) => n + of(tally), 0)
  return {
    persons: sum((t) => t.persons),
    households: sum((t) => t.households),
    budget: first.budget.map((_, i) => pair((t, law) => (t.budget[i] as Tally['budget'][number])[law])),
    income: pair((t, law) => t.income[law]),
    movers: [0, 1].map((m) => ({
      persons: sum((t) => (t.movers[m] as Tally['movers'][number]).persons),
      households: sum((t) => (t.movers[m] as Tally['movers'][number]).households),
      money: sum((t) => (t.movers[m] as Tally['movers'][number]).money),
    })),
    poverty: first.poverty.map((_, i) => [poverty(i, 0), poverty(i, 1)]),
    nonzero: first.nonzero.map((_, i) => [
      add((t) => t.nonzero[i]?.[0] ?? 0),
      add((t) => t.nonzero[i]?.[1] ?? 0),
    ]),
    rows: first.rows.map((_, i) => add((t) => t.rows[i] ?? 0)),
    negative: [add((t) => t.negative[0]), add((t) => t.negative[1])],
    unknown: add((t) => t.unknown),
    paths: mergePaths(tallies.map((t) => t.paths)),
  }
}

/** Turns cells into the numbers that people read. */
export class Assembler {
  readonly #setup: RunnerSetup
  readonly #tally: MergedTally
  readonly #weightScale: number
  readonly #cells: readonly number[]

  constructor(setup: RunnerSetup, tally: MergedTally, weightScale: number) {
    this.#setup = setup
    this.#tally = tally
    this.#weightScale = weightScale
    const size = setup.breakdown.reduce((n, b) => n * b.size, 10)
    this.#cells = Array.from({ length: size }, (_, c) => c)
  }

  people(units: bigint): Exact {
    return exact(units, this.#weightScale)
  }

  money(units: bigint, scale: number): Exact {
    return exact(units, scale + this.#weightScale)
  }

  /** The cells of each code of each breakdown, and of each tenth. */
  *#groups(): Generator<{ by: string; keys: string[] | null; cells: number[][] }> {
    let inner = 10
    const sizes = this.#setup.breakdown.map(({ size }) => size)
    for (let b = sizes.length - 1; b >= 0; b--) {
      const { column, size } = this.#setup.breakdown[b] as { column: string; size: number }
      const step = inner
      const cells = Array.from({ length: size }, (_, code) =>
        this.#cells.filter((c) => Math.floor(c / step) % size === code),
      )
      yield { by: column, keys: [...(enumOf(this.#setup.population, column) ?? [])], cells }
      inner *= size
    }
    yield {
      by: 'decile',
      keys: null,
      cells: Array.from({ length: 10 }, (_, tenth) => this.#cells.filter((c) => c % 10 === tenth)),
    }
  }

  #compared(
    [base, reform]: readonly [ExactSums, ExactSums],
    cells: readonly number[],
    scale: number,
  ): Compared {
    const [a, b] = [base.totalOf(cells), reform.totalOf(cells)]
    return {
      base: this.money(a, scale),
      reform: this.money(b, scale),
      difference: this.money(b - a, scale),
    }
  }

  budgetLine(i: number, variable: string, sign: string, scale: number): BudgetLine {
    const sums = this.#tally.budget[i] as readonly [ExactSums, ExactSums]
    const by: Record<string, Record<string, Compared> | Compared[]> = {}
    for (const group of this.#groups()) {
      const values = group.cells.map((cells) => this.#compared(sums, cells, scale))
      by[group.by] = group.keys
        ? Object.fromEntries(group.keys.map((key, k) => [key, values[k] as Compared]))
        : values
    }
    return { variable, sign, ...this.#compared(sums, this.#cells, scale), by }
  }

  counts(of: 'persons' | 'households', cells: readonly number[] = this.#cells): MoverCounts {
    const [gain, lose] = this.#tally.movers.map((mover) => mover[of].totalOf(cells)) as [bigint, bigint]
    const all = this.#tally[of].totalOf(cells)
    return { gain: this.people(gain), lose: this.people(lose), same: this.people(all - gain - lose) }
  }

  moversBy(): Record<string, Record<string, MoverCounts>> {
    const out: Record<string, Record<string, MoverCounts>> = {}
    for (const { by, keys, cells } of this.#groups()) {
      if (keys)
        out[by] = Object.fromEntries(
          keys.map((key, k) => [key, this.counts('persons', cells[k] as number[])]),
        )
    }
    return out
  }

  tenths(scale: number): TenthMovers[] {
    const unit = 10 ** scale
    return Array.from({ length: 10 }, (_, tenth) => {
      const cells = this.#cells.filter((c) => c % 10 === tenth)
      const households = Number(this.#tally.households.totalOf(cells))
      const change = this.#tally.income[1].totalOf(cells) - this.#tally.income[0].totalOf(cells)
      const mean = (money: bigint, of: number): number => (of === 0 ? 0 : Number(money) / of / unit)
      const [gain, lose] = this.#tally.movers as MergedTally['movers']
      return {
        decile: tenth + 1,
        ...this.counts('persons', cells),
        mean_change: mean(change, households),
        mean_gain: mean(gain?.money.totalOf(cells) ?? 0n, Number(gain?.households.totalOf(cells) ?? 0n)),
        mean_loss: mean(lose?.money.totalOf(cells) ?? 0n, Number(lose?.households.totalOf(cells) ?? 0n)),
      }
    })
  }

  total(of: 'persons' | 'households'): Exact {
    return this.people(this.#tally[of].totalOf(this.#cells))
  }

  poverty(scale: number): PovertyResult[] {
    const all = Number(this.#tally.persons.totalOf(this.#cells))
    return this.#setup.lines.map((line, i) => {
      const one = (law: 0 | 1): PovertyResult['base'] => {
        const amount = law === 0 ? line.base : line.reform
        const { persons, gap, squares } = (this.#tally.poverty[i] as MergedTally['poverty'][number])[law]
        let squared = 0
        for (let n = 1; n < squares.low.length; n++) squared += Number(squares.total(n)) / n
        return {
          amount: exact(BigInt(amount), scale),
          fgt0: Number(persons.total(0)) / all,
          fgt1: Number(gap.total(0)) / amount / all,
          fgt2: squared / amount / amount / all,
          persons: this.people(persons.total(0)),
        }
      }
      return { line: line.id, base: one(0), reform: one(1) }
    })
  }

  /** Paths with representative households: the largest changes, the median, the first. */
  paths(scale: number): PathFinding[] {
    const { ids } = this.#setup.population
    const one = (item: { household: number; change: number } | null | undefined): PathFinding['first'] =>
      item ? { household: ids[item.household] as number, change: exact(BigInt(item.change), scale) } : null
    return this.#tally.paths.slice(0, 20).map((group) => {
      const sorted = [...group.sample].sort((a, b) => a.change - b.change || a.household - b.household)
      return {
        path: group.path,
        households: group.households,
        persons: this.people(group.persons),
        money: this.money(group.money, scale),
        largest_gain: one(group.largestGain),
        largest_loss: one(group.largestLoss),
        median: one(sorted[(sorted.length - 1) >> 1]),
        first: one(group.sample[0]),
      }
    })
  }
}

function enumOf(population: Population, column: string): readonly string[] | undefined {
  return population.manifest.columns.find(({ name }) => name === column)?.enum
}
