/**
 * Adaptive conformal inference (Gibbs & Candès 2021): after each outcome the miss rate asked for moves a little against the misses seen, so
 * that coverage comes back after the world changes.
 */
export interface AdaptiveState {
  /** Miss rate now asked of the quantiles. */
  readonly alpha: number
  readonly outcomes: number
  readonly misses: number
}

/** Learning rate, and the bounds that keep a band from becoming a point or everything. */
const GAMMA = 0.02
const LOWEST = 0.002
const HIGHEST = 0.3

export function startAdaptive(target: number): AdaptiveState {
  return { alpha: target, outcomes: 0, misses: 0 }
}

/**
 * Takes in the outcomes of one target date, all together: `missed` of `n` lay outside. In order of target date; a later revision of an outcome
 * changes the coverage report, not this.
 */
export function adapt(state: AdaptiveState, target: number, missed: number, n: number): AdaptiveState {
  if (n === 0) return state
  const alpha = state.alpha + GAMMA * (target - missed / n)
  return {
    alpha: Math.min(HIGHEST, Math.max(LOWEST, alpha)),
    outcomes: state.outcomes + n,
    misses: state.misses + missed,
  }
}
