import { uomOfExpr } from '../align.ts'
import { arity, type Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { pointwise } from '../pointwise.ts'

/**
 * `round half up(x, d)`: d decimals, ties away from zero (DMN's meaning), on the shortest decimal that reads back as x:
 * 2.675 becomes 2.68 and 1.005 becomes 1.01. d is a whole number written in the formula, from -18 to 17.
 */
export function roundHalfUp(call: Call): Expr {
  arity(call, 1, 2)
  const x = call.lowering.number(call.args[0]!)
  const digits = call.args.length === 1 ? 0 : call.lowering.whole(call.args[1], call.span, -18, 17)
  return pointwise({
    operation: 'round half up',
    span: call.span,
    type: { kind: 'number', uom: uomOfExpr(x) },
    args: [x],
    js: ([v]) => roundDecimal(v!, digits),
    // The shortest decimal has at most 17 digits, so beyond 10^(17-d) there is nothing behind the d-th decimal; below,
    // it fits a decimal of 35 digits. The result goes through text, because decimal → double is not always the nearest.
    sql: ([v]) =>
      `CASE WHEN abs(${v}) >= '1e${17 - digits}'::DOUBLE THEN ${v} ELSE round(${v}::VARCHAR::DECIMAL(36, ${digits + 18}), ${digits})::VARCHAR::DOUBLE END`,
  })
}

/** Rounds the shortest decimal of a double to `digits` decimals, ties away from zero. */
export function roundDecimal(x: number, digits: number): number {
  if (x === 0 || !Number.isFinite(x)) return x
  const [mantissa, power] = x.toExponential().split('e') as [string, string]
  const figures = mantissa.replace('-', '').replace('.', '')
  const exponent = Number(power)
  // Figures that stay: those before the `digits`-th decimal.
  const kept = exponent + 1 + digits
  if (kept >= figures.length) return x
  if (kept < 0) return 0
  const up = (figures[kept] as string) >= '5' ? 1n : 0n
  const whole = BigInt(kept === 0 ? '0' : figures.slice(0, kept)) + up
  return Number(`${x < 0 ? '-' : ''}${whole}e${-digits}`)
}
