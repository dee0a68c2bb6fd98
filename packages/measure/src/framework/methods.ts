export const IMPUTE_METHODS = [
  'none',
  'mean',
  'median',
  'group_mean',
  'group_median',
  'previous',
  'model',
] as const
export const TREAT_METHODS = ['none', 'winsorise_log', 'winsorise', 'log_ct', 'boxcox'] as const
export const TRANSFORM_METHODS = ['none', 'ln', 'log10', 'sqrt'] as const
export const NORMALISE_METHODS = [
  'none',
  'minmax',
  'zscore',
  'goalposts',
  'rank',
  'percentile',
  'borda',
  'distance_to_max',
  'distance_to_reference',
  'scale',
] as const
export const AGGREGATE_METHODS = [
  'points',
  'arithmetic',
  'geometric',
  'harmonic',
  'power',
  'copeland',
  'borda',
  'median',
  'mazziotta_pareto',
  'benefit_of_doubt',
] as const

export type ImputeMethod = (typeof IMPUTE_METHODS)[number]
export type TreatMethod = (typeof TREAT_METHODS)[number]
export type TransformMethod = (typeof TRANSFORM_METHODS)[number]
export type NormaliseMethod = (typeof NORMALISE_METHODS)[number]
export type AggregateMethod = (typeof AGGREGATE_METHODS)[number]

export interface ImputeSpec {
  method: ImputeMethod
  /** Attribute item with the group labels, for `group_mean` and `group_median`. */
  group: string | null
  /** Predictor of `model`: another leaf; null takes the one most correlated with the item. */
  on: string | null
}

export interface TreatSpec {
  method: TreatMethod
  /** Most cells that winsorising may change before it stops. */
  maxPoints: number
  /** An item passes when |G1| is below `skew` or G2 below `kurtosis`. */
  skew: number
  kurtosis: number
  /** Exponent of `boxcox`; null estimates it by maximum likelihood. */
  lambda: number | null
}

export interface NormaliseSpec {
  method: NormaliseMethod
  /** Ends of the resulting scale (`minmax`, `goalposts`, `scale`), or mean and deviation (`zscore`). */
  range: [number, number]
  /** Values outside the goalposts (or beyond the reference) are cut to the end of the scale. */
  clamp: boolean
  /** Ends of the raw scale, for `scale`. */
  from: [number, number]
  /** Unit or raw value that `distance_to_reference` compares with. */
  reference: string | number | null
  /** What to do with an item that does not vary. */
  constant: 'error' | 'exclude'
  /** Whether minimum, mean, ranks … are taken within the period or over all periods at once. */
  pool: 'period' | 'all'
}

export interface AggregateSpec {
  method: AggregateMethod
  /** Exponent of `power`. */
  p: number
  /** −1 takes the imbalance off (`mazziotta_pareto`), +1 adds it. */
  penalty: 1 | -1
  /** Least and greatest share of the score that one item may bring (`benefit_of_doubt`). */
  bounds: [number, number] | null
}

/** The plain methods: what a framework has that says nothing. */
export const NO_IMPUTE: ImputeSpec = { method: 'none', group: null, on: null }
export const NO_TREAT: TreatSpec = { method: 'none', maxPoints: 5, skew: 2, kurtosis: 3.5, lambda: null }
export const NO_NORMALISE: NormaliseSpec = {
  method: 'none',
  range: [0, 1],
  clamp: false,
  from: [0, 100],
  reference: null,
  constant: 'error',
  pool: 'period',
}
export const ARITHMETIC: AggregateSpec = { method: 'arithmetic', p: 1, penalty: -1, bounds: null }

/** The scale a method gives when the framework states none. */
export function defaultRange(method: NormaliseMethod): [number, number] {
  return method === 'minmax' || method === 'scale' ? [0, 100] : [0, 1]
}
