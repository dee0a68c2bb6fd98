/**
 * State of a value inside the evaluator. When an operation meets several states the greatest one is the result's, so
 * that the order of operands does not matter: not applicable outranks suppressed, suppressed outranks missing.
 */
export const STATE = {
  ok: 0,
  notYetDue: 1,
  notReported: 2,
  zeroDenominator: 3,
  domain: 4,
  suppressed: 5,
  notApplicable: 6,
} as const

export type MissingReason = 'not_reported' | 'zero_denominator' | 'domain' | 'suppressed' | 'not_yet_due'

/** The value of an indicator: there, missing with its reason, or one that cannot exist. */
export type Value =
  | { readonly ok: number | string | boolean }
  | { readonly missing: MissingReason }
  | { readonly notApplicable: string }

export const REASONS: readonly (MissingReason | null)[] = [
  null,
  'not_yet_due',
  'not_reported',
  'zero_denominator',
  'domain',
  'suppressed',
  null,
]

/** Values of one expression for every unit of a cube in one period. */
export interface Column {
  /** {@link STATE} of each unit. */
  readonly state: Uint8Array
  /** Numbers; booleans as 1 and 0; 0 where the state is not ok. Never NaN or infinite. */
  readonly value: Float64Array
  /** Texts of a column of texts, else null. */
  readonly text: readonly (string | null)[] | null
  /** Reporting ÷ expected, of the sets that went into each value; NaN where nothing was expected; null without sets. */
  readonly coverage: Float64Array | null
}

export function emptyColumn(
  rows: number,
  state: number,
): { state: Uint8Array; value: Float64Array; text: null; coverage: null } {
  return {
    state: new Uint8Array(rows).fill(state),
    value: new Float64Array(rows),
    text: null,
    coverage: null,
  }
}

/** One value of a column; `kind` is the type of its expression. */
export function valueAt(
  column: Column,
  row: number,
  kind: 'number' | 'boolean' | 'text' | 'nothing',
  why = '',
): Value {
  const state = column.state[row] as number
  if (state === STATE.notApplicable) return { notApplicable: why }
  const missing = REASONS[state]
  if (missing) return { missing }
  if (column.text !== null) return { ok: column.text[row] ?? '' }
  const value = column.value[row] as number
  return { ok: kind === 'boolean' ? value === 1 : value }
}

/** The smallest coverage of several columns, row by row; null when none has one. */
export function leastCoverage(columns: readonly Column[]): Float64Array | null {
  let least: Float64Array | null = null
  for (const { coverage } of columns) {
    if (coverage === null) continue
    if (least === null) least = Float64Array.from(coverage)
    else
      for (let i = 0; i < coverage.length; i++) {
        const c = coverage[i] as number
        // NaN means that nothing was expected there, so the other operand decides.
        if (Number.isNaN(least[i]) || c < (least[i] as number)) least[i] = c
      }
  }
  return least
}
