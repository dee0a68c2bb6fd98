import type { Problem } from '@nhip/canonical/problem'
import type { Population } from '../population/population.ts'
import type { BackendName } from './evaluator.ts'
import type { SumCells } from './exact-sum.ts'
import type { LawSource, Nudge } from './request.ts'

/** Everything a thread needs to take part in a simulation: plain data, arrays in shared memory. */
export interface RunnerSetup {
  readonly base: LawSource
  readonly reform: LawSource | null
  readonly asKnown: string | null
  readonly period: string
  readonly backend: BackendName
  readonly population: Population
  /** Columns of the population that are variables of the bundle. */
  readonly available: readonly string[]
  readonly maxMembers: number
  /** The household variable that is income. */
  readonly income: string
  readonly budget: readonly string[]
  /** Household columns by whose codes money and people are broken down, with the number of codes. */
  readonly breakdown: readonly { readonly column: string; readonly size: number }[]
  /** A change counts from this amount (units of the income's scale) and this many thousandths of the base. */
  readonly threshold: { readonly amount: number; readonly permille: number }
  /** Poverty lines per head, in units of the income's scale, under either law. */
  readonly lines: readonly { readonly id: string; readonly base: number; readonly reform: number }[]
  /** Incomes and tenths of all households, filled by the run. */
  readonly incomeBase: Float64Array
  readonly incomeReform: Float64Array
  readonly tenths: Uint8Array
  /** Variables compared between the laws, to say by what path a household changes; none, no paths. */
  readonly traced: readonly string[]
  readonly chunk: number
}

export type LawName = 'base' | 'reform'

/** One piece of work. Ranges are of households. */
export type Task =
  | { readonly kind: 'incomes' | 'tally'; readonly from: number; readonly to: number }
  | {
      readonly kind: 'margin'
      readonly law: LawName
      /** The person's input that is raised, and what is watched. */
      readonly variable: string
      readonly target: string
      readonly delta: number
      readonly from: number
      readonly to: number
    }
  | {
      readonly kind: 'holds'
      readonly law: LawName
      /** A truth value that must be true everywhere. */
      readonly variable: string
      readonly from: number
      readonly to: number
    }
  | { readonly kind: 'perturb'; readonly law: LawName; readonly change: Perturbation }

/** What is tried on the whole population under one law. */
export interface Perturbation {
  readonly nudge?: Nudge
  readonly without?: { readonly table: string; readonly rule: number; readonly from: string }
  readonly period?: string
  /** Added to every value of a column. */
  readonly shift?: { readonly column: string; readonly by: number }
  /** Each code of a column becomes the next, the last the first. */
  readonly flip?: { readonly column: string; readonly size: number }
}

/** Under what changes between two points: names of variables, joined. */
export interface PathGroup {
  readonly path: string
  households: number
  /** Weighted. */
  persons: bigint
  money: bigint
  /** Households in order with their change: the first ones, enough for choosing representative ones. */
  readonly sample: { readonly household: number; readonly change: number }[]
  largestGain: { readonly household: number; readonly change: number } | null
  largestLoss: { readonly household: number; readonly change: number } | null
}

export interface Tally {
  readonly persons: SumCells
  readonly households: SumCells
  /** Per budget variable: base, reform. */
  readonly budget: readonly (readonly [SumCells, SumCells])[]
  readonly income: readonly [SumCells, SumCells]
  /** Gain, lose: weighted persons, households, money. */
  readonly movers: readonly {
    readonly persons: SumCells
    readonly households: SumCells
    readonly money: SumCells
  }[]
  /** Per line, per law: poor persons; gaps; squared gaps by size of household. */
  readonly poverty: readonly (readonly [PovertyTally, PovertyTally])[]
  /** Per budget variable and law: rows that are not 0, rows. */
  readonly nonzero: readonly (readonly [number, number])[]
  readonly rows: readonly number[]
  readonly negative: readonly [number, number]
  /** Rows whose outcome is null, counted as 0. */
  readonly unknown: number
  readonly paths: readonly PathGroup[]
}

export interface PovertyTally {
  readonly persons: SumCells
  readonly gap: SumCells
  readonly squares: SumCells
}

/** One person at a cliff. */
export interface Cliff {
  readonly household: number
  /** The person's place in the household, from 0. */
  readonly member: number
  /** The value at which the target falls when it is raised by one unit. */
  readonly threshold: number
  readonly value: number
  readonly before: number
  readonly after: number
}

export interface CliffGroup {
  readonly path: string
  people: number
  /** Weighted. */
  persons: bigint
  /** Weighted sum of what is lost at the thresholds. */
  money: bigint
  lowest: number
  highest: number
  witness: Cliff & { readonly size: number; readonly total: number }
}

export interface MarginTally {
  readonly people: number
  readonly persons: bigint
  /** Weighted earners by marginal rate: below 0, ten steps of ten per cent, above 100. */
  readonly bins: readonly bigint[]
  /** The largest fall of the target over one step, or the smallest gain. */
  readonly least: { readonly gain: number; readonly household: number; readonly member: number } | null
  readonly cliffs: readonly CliffGroup[]
}

/** Where a condition is false or null. */
export interface HoldsTally {
  readonly broken: number
  /** Weighted: the persons themselves, or the members of the households. */
  readonly persons: bigint
  readonly first: { readonly household: number; readonly member: number } | null
}

export interface PerturbTally {
  readonly budget: readonly bigint[]
  /** Per budget variable: rows whose value is null, counted as 0. */
  readonly unknown: readonly number[]
  readonly income: bigint
  readonly changed: number
  /** Weighted. */
  readonly changedPersons: bigint
  readonly first: number
  readonly problems: readonly Problem[]
}

export type TaskResult =
  | { readonly kind: 'incomes' }
  | { readonly kind: 'tally'; readonly tally: Tally }
  | { readonly kind: 'margin'; readonly margin: MarginTally }
  | { readonly kind: 'holds'; readonly holds: HoldsTally }
  | { readonly kind: 'perturb'; readonly perturb: PerturbTally }

/** Who carries out tasks: one thread or many. The order of answers is that of the calls. */
export interface SimulationPool {
  /** How many tasks can run at once. */
  readonly size: number
  run(task: Task): Promise<TaskResult>
}
