/** What the gate decided for a series: the models' line, half of it and half of the reference, or the reference alone. */
export type Gate = 'none' | 'mixed' | 'naive'

/** Outcomes of a series in its backtest. Mean absolute errors over the same targets. */
export interface OwnRecord {
  readonly origins: number
  readonly models: number
  readonly reference: number
}

/** How many origins the pool's experience weighs as much as. */
const PRIOR = 20

/** Reference this much better than the models on the series itself: it gets half the weight. */
const HALF = 0.8

/**
 * Forecast value added: 1 − error of what is shown / error of the reference. Positive: better than the reference. NaN if the reference made no error
 * and the models did.
 */
export function valueAdded(models: number, reference: number): number {
  if (reference > 0) return 1 - models / reference
  return models > 0 ? Number.NaN : 0
}

/** The own figure of a few origins is mostly noise, so it is drawn towards that of the pool. */
export function shrunkValueAdded(own: number, origins: number, pool: number): number {
  if (!Number.isFinite(own)) return pool
  // One spoilt origin must not outweigh the pool: the own figure is bounded before it is mixed.
  const bounded = Math.max(-1, Math.min(1, own))
  return (origins * bounded + PRIOR * pool) / (origins + PRIOR)
}

/**
 * Decides what is shown. `pool`: value added over all series of the pool. `pooled`: the models were chosen for the whole pool, with the
 * reference among the candidates, from two or three origins a series; then the pool decides for all, since single records of that length are noise.
 */
export function gate(own: OwnRecord, pool: number, pooled = false): { gate: Gate; valueAdded: number } {
  if (pooled)
    return {
      gate: pool > 0 ? 'none' : 'naive',
      valueAdded: shrunkValueAdded(valueAdded(own.models, own.reference), own.origins, pool),
    }
  const added = shrunkValueAdded(valueAdded(own.models, own.reference), own.origins, pool)
  if (own.origins === 0) return { gate: pool > 0 ? 'none' : 'naive', valueAdded: pool }
  if (added <= 0) return { gate: 'naive', valueAdded: added }
  if (own.models > 0 && own.reference <= HALF * own.models) return { gate: 'mixed', valueAdded: added }
  return { gate: 'none', valueAdded: added }
}
