import type { Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { placed } from './rank.ts'

/**
 * `percentile(x)`: how many of the other peers with a value lie below, as a share: 0 for the least, 1 for a greatest one
 * without equals; (rank from below − 1) ÷ (n − 1). Alone there is none: missing (`zero_denominator`).
 */
export function percentile(call: Call): Expr {
  return placed(call, {
    js: (_, below, all) => (all === 1 ? Number.NaN : below / (all - 1)),
    sql: (ordered, partition) =>
      `(rank() OVER (${ordered} ASC) - 1)::DOUBLE / nullif(count(*) OVER (${partition}) - 1, 0)::DOUBLE`,
    uom: '1',
  })
}
