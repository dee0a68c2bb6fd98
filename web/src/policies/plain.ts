import type { DecimalText } from '@nhip/policy/simulate/exact-json'
import type { SimulationResult } from '@nhip/policy/simulate/result'

/** A result as it is after JSON: exact amounts are numbers, for showing. */
export type Plain<T> = T extends bigint | DecimalText
  ? number
  : T extends readonly (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? { [Key in keyof T]: Plain<T[Key]> }
      : T

export type ShownResult = Plain<SimulationResult>
export type ShownCompared = ShownResult['budget'][number]['by'][string] extends infer By
  ? By extends readonly (infer Item)[]
    ? Item
    : never
  : never
