import * as number from '@nhip/feel/number'
import { type Num, ZERO } from '@nhip/feel/number'
import { Context, type FeelValue } from '@nhip/feel/values'
import type { ScaleKind } from './model.ts'

/** A scale as it stands on one day, thresholds in rising order. */
export interface Scale {
  readonly kind: ScaleKind
  readonly thresholds: readonly Num[]
  /** Rates, amounts or average rates, one a threshold. */
  readonly amounts: readonly Num[]
}

const scales = new WeakMap<Context, Scale>()
const AMOUNT_NAME: Readonly<Record<ScaleKind, string>> = {
  'marginal-rate': 'rate',
  'marginal-amount': 'amount',
  'single-amount': 'amount',
  'average-rate': 'average_rate',
}

/** The scale as a value of FEEL: `{kind, brackets: [{threshold, rate}]}`, which `scale(s, x)` takes. */
export function scaleValue(scale: Scale): Context {
  const name = AMOUNT_NAME[scale.kind]
  const brackets = scale.thresholds.map((threshold, i) =>
    Context.of({ threshold, [name]: scale.amounts[i] ?? null }),
  )
  const value = Context.of({ kind: scale.kind, brackets })
  scales.set(value, scale)
  return value
}

/** The scale behind a value that {@link scaleValue} made. */
export function scaleOf(value: FeelValue): Scale | undefined {
  return value instanceof Context ? scales.get(value) : undefined
}

/** The number of the bracket in which a size lies, from 1; 0 below the first threshold. */
export function bracketOf({ thresholds, kind }: Scale, x: Num): number {
  // A size on the threshold still belongs to the bracket below where only what exceeds it counts.
  const reached = kind === 'single-amount' || kind === 'average-rate' ? 0 : 1
  let at = 0
  while (at < thresholds.length && number.compare(x, thresholds[at] as Num) >= reached) at++
  return at
}

/**
 * What a scale gives for a size.
 *
 * - marginal rate: Σ rateᵢ · the part of x between thresholds i and i+1
 * - marginal amount: Σ amounts of the thresholds that x exceeds
 * - single amount: the amount of the highest threshold that is not above x
 * - average rate: x times the rate, linear between thresholds, the last rate above the last one
 *
 * Below the first threshold 0. Null when a step leaves the range of decimals.
 */
export function applyScale(scale: Scale, x: Num): Num | null {
  const { thresholds, amounts, kind } = scale
  switch (kind) {
    case 'marginal-rate': {
      let total: Num | null = ZERO
      for (let i = 0; i < thresholds.length && total !== null; i++) {
        const from = thresholds[i] as Num
        if (number.compare(x, from) <= 0) break
        const next = thresholds[i + 1]
        const to = next !== undefined && number.compare(x, next) > 0 ? next : x
        const part = number.subtract(to, from)
        const tax = part && number.multiply(part, amounts[i] as Num)
        total = tax && number.add(total, tax)
      }
      return total
    }
    case 'marginal-amount': {
      let total: Num | null = ZERO
      for (let i = 0; i < thresholds.length && total !== null; i++) {
        if (number.compare(x, thresholds[i] as Num) <= 0) break
        total = number.add(total, amounts[i] as Num)
      }
      return total
    }
    case 'single-amount': {
      const at = bracketOf(scale, x)
      return at === 0 ? ZERO : (amounts[at - 1] as Num)
    }
    case 'average-rate': {
      const at = bracketOf(scale, x)
      if (at === 0) return ZERO
      const rate = averageRate(scale, at - 1, x)
      return rate && number.multiply(x, rate)
    }
  }
}

function averageRate({ thresholds, amounts }: Scale, at: number, x: Num): Num | null {
  const low = amounts[at] as Num
  const [from, to, high] = [thresholds[at] as Num, thresholds[at + 1], amounts[at + 1]]
  if (to === undefined || high === undefined) return low
  const run = number.subtract(to, from)
  const rise = number.subtract(high, low)
  const along = number.subtract(x, from)
  const product = rise && along && number.multiply(rise, along)
  const slope = product && run && number.divide(product, run)
  return slope && number.add(low, slope)
}

/** The first threshold that is not above the one before it, from 2; undefined when all rise. */
export function unordered(thresholds: readonly Num[]): number | undefined {
  for (let i = 1; i < thresholds.length; i++)
    if (number.compare(thresholds[i] as Num, thresholds[i - 1] as Num) <= 0) return i + 1
  return undefined
}
