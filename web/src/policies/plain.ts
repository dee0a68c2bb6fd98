import type { DecimalText } from '@nhip/policy/simulate/exact-json'
import type { CliffFinding, MarginalRates, SimulationResult, SpreadLine } from '@nhip/policy/simulate/result'

/** A result as it is after JSON: exact amounts are numbers, for showing. */
export type Plain<T> = T extends bigint | DecimalText
  ? number
  : T extends readonly (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? { [Key in keyof T]: Plain<T[Key]> }
      : T

export type ShownResult = Plain<SimulationResult>
/** What the node adds to a result: how far it lies apart over other draws of the population. */
export type WholeResult = ShownResult & { readonly spread: Plain<SpreadLine>[] | null }
export type ShownRates = Plain<MarginalRates>
export type ShownCliff = Plain<CliffFinding>
export type ShownCompared = ShownResult['budget'][number]['by'][string] extends infer By
  ? By extends readonly (infer Item)[]
    ? Item
    : never
  : never
