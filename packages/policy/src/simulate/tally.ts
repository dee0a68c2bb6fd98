import type { PopulationChunk } from '../population/population.ts'
import type { OutputColumn } from './evaluator.ts'
import { ExactSums } from './exact-sum.ts'
import type { Runner } from './runner.ts'
import type { PathGroup, PovertyTally, RunnerSetup, Tally } from './task.ts'

/** Households of a path that are kept for choosing representatives. */
export const SAMPLE = 100_000
const GAP_SPLIT = 2 ** 26

/** Adds up a range of households: money, people, who gains and loses, poverty, and by what path. */
export function tallyOf(runner: Runner, from: number, to: number): Tally {
  const { setup } = runner
  const tally = new Tallying(setup)
  const both = runner.evaluator('both', [...new Set([setup.income, ...setup.budget])])
  const traced = setup.traced.length > 0 && setup.reform ? runner.evaluator('both', setup.traced) : null
  for (const { chunk, from: at } of runner.chunks(from, to)) {
    const out = both.run(chunk)
    const column = (law: 0 | 1, name: string): OutputColumn =>
      out[law === 1 && setup.reform ? `reform:${name}` : name] as OutputColumn
    const changed: number[] = []
    for (let h = 0; h < chunk.households; h++) {
      const weight = runner.weights[at + h] as number
      tally.household(chunk, h, at + h, weight, column, changed)
    }
    if (traced && changed.length > 0) {
      const values = traced.run(chunk)
      for (const h of changed) tally.path(chunk, h, at + h, runner.weights[at + h] as number, values)
    }
  }
  return tally.plain()
}

class Tallying implements Tally {
  readonly persons: ExactSums
  readonly households: ExactSums
  readonly budget: [ExactSums, ExactSums][]
  readonly income: [ExactSums, ExactSums]
  readonly movers: { persons: ExactSums; households: ExactSums; money: ExactSums }[]
  readonly poverty: [Poverty, Poverty][]
  readonly nonzero: [number, number][]
  readonly rows: number[]
  readonly negative: [number, number] = [0, 0]
  unknown = 0
  readonly #paths = new Map<string, PathGroup>()
  readonly #setup: RunnerSetup
  readonly #breakdown: { data: ArrayLike<number>; size: number }[]

  constructor(setup: RunnerSetup) {
    this.#setup = setup
    const cells = setup.breakdown.reduce((n, { size }) => n * size, 10)
    const sums = (): ExactSums => new ExactSums(cells)
    this.persons = sums()
    this.households = sums()
    this.budget = setup.budget.map(() => [sums(), sums()])
    this.income = [sums(), sums()]
    this.movers = [0, 1].map(() => ({ persons: sums(), households: sums(), money: sums() }))
    this.poverty = setup.lines.map(() => [new Poverty(setup.maxMembers), new Poverty(setup.maxMembers)])
    this.nonzero = setup.budget.map(() => [0, 0])
    this.rows = setup.budget.map(() => 0)
    this.#breakdown = setup.breakdown.map(({ column, size }) => ({
      data: setup.population.columns[column]?.data ?? [],
      size,
    }))
  }

  get paths(): PathGroup[] {
    return [...this.#paths.values()]
  }

  /** Plain data, which may go to another thread. */
  plain(): Tally {
    const { persons, households, budget, income, movers, poverty, nonzero, rows, negative, unknown, paths } =
      this
    return { persons, households, budget, income, movers, poverty, nonzero, rows, negative, unknown, paths }
  }

  household(
    chunk: PopulationChunk,
    h: number,
    row: number,
    weight: number,
    column: (law: 0 | 1, name: string) => OutputColumn,
    changed: number[],
  ): void {
    const setup = this.#setup
    let cell = 0
    for (const { data, size } of this.#breakdown) cell = cell * size + (data[row] as number)
    cell = cell * 10 + (setup.tenths[row] as number)
    const begin = chunk.first[h] as number
    const end = chunk.first[h + 1] as number
    const persons = weight * (end - begin)
    this.persons.add(cell, persons)
    this.households.add(cell, weight)
    for (const [i, name] of setup.budget.entries()) {
      for (const law of [0, 1] as const) {
        const { level, data, valid } = column(law, name)
        const counts = this.nonzero[i] as [number, number]
        const sums = (this.budget[i] as [ExactSums, ExactSums])[law]
        const first = level === 'household' ? h : begin
        const last = level === 'household' ? h + 1 : end
        if (law === 0) this.rows[i] = (this.rows[i] as number) + last - first
        for (let r = first; r < last; r++) {
          const value = data[r] as number
          if (valid?.[r] === 0) this.unknown++
          else if (value !== 0) {
            counts[law]++
            sums.addProduct(cell, value, weight)
          }
        }
      }
    }
    const base = setup.incomeBase[row] as number
    const reform = setup.incomeReform[row] as number
    for (const law of [0, 1] as const) {
      const value = law === 0 ? base : reform
      if (value < 0) this.negative[law]++
      this.income[law].addProduct(cell, value, weight)
      for (const [l, line] of setup.lines.entries())
        (this.poverty[l] as [Poverty, Poverty])[law].add(
          (end - begin) * (law === 0 ? line.base : line.reform) - value,
          end - begin,
          weight,
        )
    }
    const change = reform - base
    if (change === 0) return
    changed.push(h)
    const size = Math.abs(change)
    if (size < setup.threshold.amount || size * 1000 < Math.abs(base) * setup.threshold.permille) return
    const mover = this.movers[change > 0 ? 0 : 1] as {
      persons: ExactSums
      households: ExactSums
      money: ExactSums
    }
    mover.persons.add(cell, persons)
    mover.households.add(cell, weight)
    mover.money.addProduct(cell, change, weight)
  }

  /** Which variables differ between the laws for one household that changes. */
  path(
    chunk: PopulationChunk,
    h: number,
    row: number,
    weight: number,
    values: Readonly<Record<string, OutputColumn>>,
  ): void {
    const names: string[] = []
    for (const name of this.#setup.traced) {
      const a = values[name] as OutputColumn
      const b = values[`reform:${name}`] as OutputColumn
      const first = a.level === 'household' ? h : (chunk.first[h] as number)
      const last = a.level === 'household' ? h + 1 : (chunk.first[h + 1] as number)
      for (let r = first; r < last; r++) {
        if (a.data[r] !== b.data[r] || (a.valid?.[r] ?? 1) !== (b.valid?.[r] ?? 1)) {
          names.push(name)
          break
        }
      }
    }
    const path = names.join(', ')
    let group = this.#paths.get(path)
    if (group === undefined) {
      group = {
        path,
        households: 0,
        persons: 0n,
        money: 0n,
        sample: [],
        largestGain: null,
        largestLoss: null,
      }
      this.#paths.set(path, group)
    }
    const change = (this.#setup.incomeReform[row] as number) - (this.#setup.incomeBase[row] as number)
    const item = { household: row, change }
    group.households++
    group.persons += BigInt(weight * ((chunk.first[h + 1] as number) - (chunk.first[h] as number)))
    group.money += BigInt(change) * BigInt(weight)
    if (group.sample.length < SAMPLE) group.sample.push(item)
    if (change > (group.largestGain?.change ?? 0)) group.largestGain = item
    if (change < (group.largestLoss?.change ?? 0)) group.largestLoss = item
  }
}

/**
 * What Foster, Greer & Thorbecke (1984) need, in whole numbers: the gap of a household is n·z − Y, that of its members together;
 * squared gaps are divided by the size of the household afterwards.
 */
class Poverty implements PovertyTally {
  readonly persons = new ExactSums(1)
  readonly gap = new ExactSums(1)
  readonly squares: ExactSums

  constructor(maxMembers: number) {
    this.squares = new ExactSums(maxMembers + 1)
  }

  add(gap: number, size: number, weight: number): void {
    if (gap <= 0) return
    this.persons.add(0, size * weight)
    this.gap.addProduct(0, gap, weight)
    if (gap < GAP_SPLIT) this.squares.addProduct(size, gap * gap, weight)
    else {
      const square = BigInt(gap) * BigInt(gap)
      this.squares.addBig(size, square * BigInt(weight))
    }
  }
}

/** Brings the paths of ranges together, in the order of the households. */
export function mergePaths(lists: readonly (readonly PathGroup[])[]): PathGroup[] {
  const groups = new Map<string, PathGroup>()
  for (const list of lists) {
    for (const one of list) {
      const group = groups.get(one.path)
      if (group === undefined) {
        groups.set(one.path, { ...one, sample: [...one.sample] })
        continue
      }
      group.households += one.households
      group.persons += one.persons
      group.money += one.money
      for (const item of one.sample) {
        if (group.sample.length === SAMPLE) break
        group.sample.push(item)
      }
      if ((one.largestGain?.change ?? 0) > (group.largestGain?.change ?? 0))
        group.largestGain = one.largestGain
      if ((one.largestLoss?.change ?? 0) < (group.largestLoss?.change ?? 0))
        group.largestLoss = one.largestLoss
    }
  }
  return [...groups.values()].sort(
    (a, b) => Number(b.households - a.households) || (a.path < b.path ? -1 : 1),
  )
}
