import type { PopulationChunk } from '../population/population.ts'

/** The values of one output over a chunk: numbers in units of its scale, booleans 0 and 1, enumerations as codes. */
export interface OutputColumn {
  readonly level: 'person' | 'household'
  readonly data: Float64Array | Int32Array | Uint8Array | Int8Array
  /** 0 where the value is null. */
  readonly valid?: Uint8Array | undefined
}

/** Works out outputs of one law, or of two in one pass, for whole households. */
export interface Evaluator {
  /** Columns of the population that have an influence. */
  readonly inputs: readonly string[]
  /** `tax` of the base, `reform:tax` of the reform. What is given is overwritten by the next call. */
  run(chunk: PopulationChunk): Readonly<Record<string, OutputColumn>>
}

/** What the back ends are called by on the command line. */
export type BackendName = 'kernel' | 'interpreter'

export interface EvaluatorOptions {
  readonly period: string
  readonly outputs: readonly string[]
  /** Columns of the population that are variables of the bundle. */
  readonly available: ReadonlySet<string>
  readonly maxMembers: number
}
