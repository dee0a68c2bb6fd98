import { power as powerOf } from '@nhip/quantity/algebra'
import type { Uom } from '@nhip/quantity/uom'
import { toBase, uomOfExpr } from '../align.ts'
import type { Call } from '../call.ts'
import type { Expr } from '../expression.ts'
import { pointwise } from '../pointwise.ts'
import { Refused } from '../refused.ts'

/** `a ** b`: a base with a unit wants a whole number written as exponent. What is no finite number is missing (`domain`). */
export function power({ args: nodes, span, lowering }: Call): Expr {
  const [base, exponent] = nodes.map((node) => lowering.number(node)) as [Expr, Expr]
  const { uom, args } = typed(base, toBase(exponent), span)
  return pointwise({
    operation: '**',
    span,
    type: { kind: 'number', uom },
    args,
    // 0 to a negative power has no value, as a division by zero has none.
    js: ([x, y]) => (x as number) ** (y as number),
    sql: ([x, y]) => `power(${x}, ${y})`,
  })
}

function typed(base: Expr, exponent: Expr, span: Call['span']): { uom: Uom | null; args: Expr[] } {
  const uom = uomOfExpr(base)
  const inExponent = uomOfExpr(exponent)
  if (inExponent !== null && Object.keys(inExponent.dimension).length > 0) throw noUnit(exponent, inExponent)
  if (uom === null) return { uom, args: [base, exponent] }
  if (Object.keys(uom.dimension).length === 0)
    return { uom: uomOfExpr(toBase(base)), args: [toBase(base), exponent] }
  const n = exponent.detail?.kind === 'constant' ? exponent.detail.value : null
  if (typeof n !== 'number' || !Number.isInteger(n)) {
    throw new Refused('uom-mismatch', span, {
      vi: `lũy thừa của "${uom.symbol.vi}" cần số mũ nguyên viết sẵn`,
      en: `a power of "${uom.symbol.en}" needs a whole exponent written in the formula`,
    })
  }
  return { uom: powerOf(uom, n), args: [base, exponent] }
}

/** The refusal of a quantity where a pure number is wanted. */
export function noUnit(expr: Expr, uom: Uom): Refused {
  return new Refused('uom-mismatch', expr, {
    vi: `chỗ này cần một số không có đơn vị, không phải "${uom.symbol.vi}", tại cột ${expr.column}`,
    en: `a number without a unit is expected here, not "${uom.symbol.en}", at column ${expr.column}`,
  })
}
