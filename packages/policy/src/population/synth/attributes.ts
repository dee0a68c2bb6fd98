import { normal } from '@nhip/random/normal'
import { RandomStream } from '@nhip/random/stream'
import type { Cells } from '../population.ts'
import { wageRegion } from './columns.ts'
import type { SynthSpec } from './spec.ts'
import type { ProvinceTarget } from './targets.ts'

/** One household of which who and how old is known. */
export interface HouseholdFrame {
  readonly household: number
  readonly id: number
  readonly begin: number
  readonly end: number
  /** The reference date. */
  readonly day: number
  readonly urban: boolean
  readonly target: ProvinceTarget
}

/** Money is told in thousands, as in the surveys. */
const STEP = 1_000
const YEAR = 365.2425

/**
 * Works out what a household lives on from its place in the order of incomes, and who of it works, draws a pension, is disabled. All but
 * the income per head rests on the spec's assumptions.
 */
export class AttributeWriter {
  readonly #spec: SynthSpec
  readonly #cells: Record<string, Cells>
  readonly #work: RandomStream
  readonly #life: RandomStream

  constructor(spec: SynthSpec, seed: number, cells: Record<string, Cells>) {
    this.#spec = spec
    this.#cells = cells
    this.#work = new RandomStream(`${seed}/work`)
    this.#life = new RandomStream(`${seed}/life`)
  }

  /** Fills the columns of one household that takes up the ranks from `low` to `high` of its province. */
  household(frame: HouseholdFrame, low: number, high: number): void {
    const { begin, end, day, target } = frame
    const rank = (low + high) / 2
    const income = Math.round(((end - begin) * target.curve.mean(low, high)) / STEP) * STEP
    const poverty =
      rank < target.poverty ? 2 : rank < target.poverty * (1 + this.#spec.near_poor_ratio) ? 1 : 0
    this.#set('poverty_status', frame.household, poverty)
    const birth = this.#cells.birth as Cells
    const ages: number[] = []
    for (let p = begin; p < end; p++) ages.push((day - (birth[p] as number)) / YEAR)
    const net = this.#wages(frame, ages, income, Math.min(4, Math.floor(rank * 5)))
    const pensions = this.#lives(frame, ages, income - net, poverty)
    this.#set('other_income', frame.household, income - net)
    this.#dependants(frame, ages, pensions)
  }

  /** Who has an insured wage, and how much. Returns what is left of all wages after contributions. */
  #wages(
    { begin, id, urban, target }: HouseholdFrame,
    ages: readonly number[],
    income: number,
    fifth: number,
  ): number {
    const { wages } = this.#spec
    const chance = Math.min(0.95, (wages.by_fifth[fifth] as number) * (urban ? wages.urban : wages.rural))
    const [from = 18, to = 60] = wages.ages
    this.#work.restart(id)
    const earners: { person: number; pull: number }[] = []
    const region = wageRegion(this.#spec, target.code, urban)
    for (const [i, age] of ages.entries()) {
      // Two draws for everybody, whether they are used or not: a change of one chance does not shift the others.
      const works = this.#work.uniform() < chance
      const pull = Math.exp(0.5 * normal(this.#work, 0, 1))
      this.#set('region', begin + i, region)
      if (works && age >= from && age < to) earners.push({ person: begin + i, pull })
    }
    earners.sort((a, b) => b.pull - a.pull || a.person - b.person)
    const budget = (income * wages.income_share) / wages.net_of_gross
    // Nobody is insured below the lowest wage: who would earn least is not, until the rest earn enough.
    while (earners.length > 0) {
      const total = earners.reduce((sum, { pull }) => sum + pull, 0)
      const last = earners.at(-1) as { pull: number }
      if ((budget * last.pull) / total >= wages.lowest) break
      earners.pop()
    }
    const total = earners.reduce((sum, { pull }) => sum + pull, 0)
    let gross = 0
    for (const { person, pull } of earners) {
      const salary = Math.floor((budget * pull) / total / STEP) * STEP
      this.#set('gross_salary', person, salary)
      gross += salary
    }
    return Math.min(income, Math.round(gross * wages.net_of_gross))
  }

  /** Pensions, disability and missing support. Returns who draws a pension. */
  #lives(
    { begin, id, urban }: HouseholdFrame,
    ages: readonly number[],
    other: number,
    poverty: number,
  ): Set<number> {
    const { pensions, disability, without_support: alone } = this.#spec
    this.#life.restart(id)
    const drawn = new Set<number>()
    let left = other
    const old = ages.every((age) => age >= 60)
    for (const [i, age] of ages.entries()) {
      const [pension, amount, degree, support] = [
        this.#life.uniform(),
        this.#life.uniform(),
        this.#life.uniform(),
        this.#life.uniform(),
      ]
      const [least = 0, most = 0] = pensions.amount
      const sum = Math.round((least + amount * (most - least)) / STEP) * STEP
      if (age >= pensions.from_age && pension < (urban ? pensions.urban : pensions.rural) && sum <= left) {
        this.#set('pension_income', begin + i, sum)
        left -= sum
        drawn.add(begin + i)
      }
      if (degree < disability.exceptional) this.#set('disability_degree', begin + i, 2)
      else if (degree < disability.exceptional + disability.severe)
        this.#set('disability_degree', begin + i, 1)
      if (age < 16 && support < alone.child) this.#set('child_without_support', begin + i, 1)
      if (old && poverty === 2 && support < alone.elder) this.#set('elder_without_support', begin + i, 1)
    }
    const adults = ages.filter((age) => age >= 18).length
    const children = ages.filter((age) => age < 16).length
    if (adults === 1 && children > 0) {
      const parent = ages.findIndex((age) => age >= 18)
      this.#set('children_raised_alone', begin + parent, children)
    }
    return drawn
  }

  /** Children and old people without pension or wage are registered with the household's highest earner. */
  #dependants({ begin, end }: HouseholdFrame, ages: readonly number[], pensions: ReadonlySet<number>): void {
    const salary = this.#cells.gross_salary as Cells
    let best = -1
    let count = 0
    for (let p = begin; p < end; p++) {
      const earned = salary[p] as number
      if (earned > 0 && (best < 0 || earned > (salary[best] as number))) best = p
      const age = ages[p - begin] as number
      if (earned === 0 && (age < 18 || (age >= 60 && !pensions.has(p)))) count++
    }
    if (best >= 0) this.#set('dependants', best, Math.min(50, count))
  }

  #set(name: string, row: number, value: number): void {
    ;(this.#cells[name] as Cells)[row] = value
  }
}
