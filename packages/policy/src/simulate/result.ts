import type { Message } from '@nhip/canonical/problem'
import type { Exact } from './exact-json.ts'

/** Both laws and what lies between them; without a reform the two are alike. */
export interface Compared {
  readonly base: Exact
  readonly reform: Exact
  readonly difference: Exact
}

export interface BudgetLine extends Compared {
  readonly variable: string
  readonly sign: string
  readonly by: Readonly<Record<string, Readonly<Record<string, Compared>> | readonly Compared[]>>
}

export interface MoverCounts {
  readonly gain: Exact
  readonly lose: Exact
  readonly same: Exact
}

export interface TenthMovers {
  readonly decile: number
  readonly gain: Exact
  readonly lose: Exact
  readonly same: Exact
  /** Mean change of income of a household of the tenth, those that do not change included. */
  readonly mean_change: number
  readonly mean_gain: number
  readonly mean_loss: number
}

export interface PovertyResult {
  readonly line: string
  readonly base: {
    readonly amount: Exact
    readonly fgt0: number
    readonly fgt1: number
    readonly fgt2: number
    readonly persons: Exact
  }
  readonly reform: {
    readonly amount: Exact
    readonly fgt0: number
    readonly fgt1: number
    readonly fgt2: number
    readonly persons: Exact
  }
}

/** Somebody for whom a finding can be seen: a situation as `nhip policy explain` reads it. */
export interface Witness {
  readonly household: number
  readonly person: string
  readonly situation: unknown
}

export interface CliffFinding {
  /** Variables that jump at the threshold. */
  readonly path: string
  /** Persons, unweighted and weighted. */
  readonly people: number
  readonly persons: Exact
  /** What they lose together at their thresholds. */
  readonly money: Exact
  readonly lowest_threshold: Exact
  readonly highest_threshold: Exact
  readonly witness: Witness & {
    readonly variable: string
    readonly threshold: Exact
    readonly before: Exact
    readonly after: Exact
  }
}

export interface MarginalRates {
  readonly variable: string
  readonly target: string
  readonly delta: Exact
  readonly persons: Exact
  readonly above100: Exact
  /** The highest rate, in per cent. */
  readonly max: number | null
  readonly histogram: readonly {
    readonly from: number | null
    readonly to: number | null
    readonly persons: Exact
  }[]
  readonly witnesses: readonly CliffFinding[]
}

export interface InvariantResult {
  readonly id: string
  readonly severity: string
  readonly ok: boolean
  readonly people: number
  readonly persons: Exact
  /** Of an increasing invariant. */
  readonly witnesses: readonly CliffFinding[]
  /** Of a condition: the first for whom it is false or null. */
  readonly witness: Witness | null
}

export interface DeadFinding {
  readonly kind: 'parameter' | 'rule' | 'budget'
  readonly name: string
  /** `never-read`: no formula in force reads it; `never-decisive`: trying it out changes nobody; `nobody`, `everybody`: who is concerned. */
  readonly how: 'never-read' | 'never-decisive' | 'nobody' | 'everybody'
}

export interface SensitivityLine {
  readonly parameter: string
  readonly step: string
  /** Change of income of all households, of persons concerned, and of each budget line, when the parameter goes up and down. */
  readonly up: {
    readonly income: Exact
    readonly persons: Exact
    readonly budget: Readonly<Record<string, Exact>>
  } | null
  readonly down: {
    readonly income: Exact
    readonly persons: Exact
    readonly budget: Readonly<Record<string, Exact>>
  } | null
}

export interface EqualTreatment {
  /** Alike in these … */
  readonly relevant: readonly string[]
  /** … and yet different in this. */
  readonly output: string
  readonly groups: number
  readonly persons: number
  readonly example: readonly [Witness, Witness] | null
}

export interface FlipFinding {
  readonly column: string
  readonly households: number
  readonly persons: Exact
  readonly witness: Witness | null
}

export interface DateFinding {
  readonly date: string
  readonly before: string
  readonly after: string
  /** Null where the law of that period gives no value, because a parameter does not exist yet or no more. */
  readonly budget: Readonly<
    Record<
      string,
      { readonly before: Exact | null; readonly after: Exact | null; readonly difference: Exact | null }
    >
  >
}

export interface PathFinding {
  /** Variables that differ between the two laws. */
  readonly path: string
  readonly households: number
  readonly persons: Exact
  readonly money: Exact
  readonly largest_gain: PathHousehold | null
  readonly largest_loss: PathHousehold | null
  readonly median: PathHousehold | null
  readonly first: PathHousehold | null
}

export interface PathHousehold {
  readonly household: number
  readonly change: Exact
}

export interface SpreadLine {
  readonly variable: string
  readonly seeds: readonly number[]
  readonly min: Compared
  readonly max: Compared
}

/** What a simulation gives. Amounts are exact; shares and means are doubles made from exact sums. */
export interface SimulationResult {
  readonly nhip: 'simulation/1'
  readonly bundle: { readonly id: string; readonly title: Message; readonly version: string }
  readonly base: readonly string[]
  readonly reform: readonly string[] | null
  readonly period: string
  readonly synthetic: boolean
  readonly population: {
    readonly id: string
    readonly title: Message
    readonly reference_date: string
    readonly seed: number | null
  }
  /** Rows, and what they stand for. */
  readonly rows: { readonly persons: number; readonly households: number }
  readonly persons: Exact
  readonly households: Exact
  readonly income: string
  readonly budget: readonly BudgetLine[]
  readonly threshold: { readonly amount: Exact; readonly percent: number }
  readonly winners: {
    readonly persons: MoverCounts
    readonly households: MoverCounts
    readonly by_decile: readonly TenthMovers[]
    readonly by: Readonly<Record<string, Readonly<Record<string, MoverCounts>>>>
  }
  readonly paths: readonly PathFinding[]
  readonly inequality: {
    readonly gini: { readonly base: number | null; readonly reform: number | null }
    readonly negative: { readonly base: number; readonly reform: number }
    readonly poverty: readonly PovertyResult[]
  }
  readonly emtr: { readonly base: MarginalRates; readonly reform: MarginalRates | null } | null
  readonly invariants: readonly InvariantResult[]
  readonly dead: readonly DeadFinding[]
  readonly sensitivity: readonly SensitivityLine[]
  readonly equal_treatment: readonly EqualTreatment[]
  readonly flips: readonly FlipFinding[]
  readonly dates: readonly DateFinding[]
  readonly births: {
    readonly day_earlier: number
    readonly day_later: number
    readonly on_29_february: number
  } | null
  /** Inputs of the law that the population does not bring: everybody has the default. */
  readonly defaulted: readonly string[]
  /** Values that were null and counted as 0. */
  readonly unknown: number
  /** Parameters in use whose sources are secondary or missing. */
  readonly unverified: readonly string[]
  readonly assumptions: readonly unknown[]
}
