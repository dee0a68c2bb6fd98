/** How often a series has a value. A step with its own season lengths (in points, shortest first) covers everything else. */
export type Frequency =
  | 'A'
  | 'Q'
  | 'M'
  | 'W'
  | 'D'
  | 'H'
  | 'PT30M'
  | 'PT15M'
  | 'PT5M'
  | { readonly step: string; readonly season: readonly number[] }

/** What kind of number it is: decides the transform and the rounding of bands. */
export type Nature = 'level' | 'count' | 'share' | 'index'

/** One series to forecast. NaN is missing; a zero is a zero. */
export interface Series {
  /** Dataset, entity, property and breakdown; two datasets never share a series. */
  readonly key: string
  /** The indicator over all its units: series of one pool lend each other errors. */
  readonly pool: string
  readonly frequency: Frequency
  readonly y: Float64Array
  readonly nature?: Nature
  /** Values that the indicator cannot leave; forecasts and bands are clipped to them, nothing else is. */
  readonly bounds?: readonly [number, number]
  /** Positions of values that a person confirmed as outliers: replaced for training, never for evaluation. */
  readonly outliers?: readonly number[]
  /** Position of the first value after a declared change of definition. */
  readonly startsAt?: number
}

/** What was done to a series before a model saw it. `at`: position or period; `count`: how many values. */
export interface Hygiene {
  readonly code:
    | 'empty'
    | 'too-short'
    | 'short-range-only'
    | 'short-pooled-naive'
    | 'not-finite'
    | 'head-missing'
    | 'tail-missing'
    | 'gap-filled'
    | 'long-gap'
    | 'outlier-replaced'
    | 'break-declared'
    | 'break-suspected'
    | 'constant'
    | 'saturated'
    | 'intermittent'
    | 'outside-bounds'
    | 'uom-slip'
    | 'duplicate'
    | 'out-of-order'
    | 'partial-period-dropped'
    | 'ar-unstable'
    | 'failed'
  readonly at?: string
  readonly count?: number
}

/** Season lengths in points, shortest first; [1] for none. An integer is taken as the season itself. */
export function seasonsOf(frequency: Frequency | number): readonly number[] {
  if (typeof frequency === 'number')
    return frequency === 24 ? [24, 168] : [Math.max(1, Math.trunc(frequency))]
  if (typeof frequency === 'object') return frequency.season.length ? frequency.season : [1]
  switch (frequency) {
    case 'A':
      return [1]
    case 'Q':
      return [4]
    case 'M':
      return [12]
    case 'W':
      return [52]
    case 'D':
      return [7]
    case 'H':
      return [24, 168]
    case 'PT30M':
      return [48, 336]
    case 'PT15M':
      return [96, 672]
    case 'PT5M':
      return [288, 2016]
  }
}
