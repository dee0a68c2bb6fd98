import type { Message } from '@nhip/canonical/problem'
import type { Span } from '@nhip/feel/ast'
import { commensurable, sum } from '@nhip/quantity/algebra'
import { equal, ONE, type Rational, ZERO } from '@nhip/quantity/rational'
import { UOMS } from '@nhip/quantity/table'
import type { Uom } from '@nhip/quantity/uom'
import { isUom } from '@nhip/quantity/uom-text'
import type { Expr } from './expression.ts'
import { pointwise } from './pointwise.ts'
import { Refused } from './refused.ts'
import { double } from './relation.ts'

/** The unit of a numeric expression; null when it takes the one it is used with. */
export const uomOfExpr = (expr: Expr): Uom | null => (expr.type.kind === 'number' ? expr.type.uom : null)

const sameScale = (a: Uom, b: Uom): boolean => equal(a.factor, b.factor) && equal(a.offset, b.offset)

/** What one does to two numbers, for the refusal. */
export const VERBS = {
  '+': { vi: 'cộng', en: 'added to' },
  '-': { vi: 'trừ', en: 'subtracted from' },
  compare: { vi: 'so sánh', en: 'compared with' },
  combine: { vi: 'gộp', en: 'combined with' },
} as const

/**
 * Brings numbers that meet in a sum, a comparison or a choice to one unit: as they are when all have the same, else in
 * the base unit of their dimension. Numbers without a unit take the others'.
 */
export function align(
  args: readonly Expr[],
  verb: Message,
  operation?: 'add' | 'subtract',
): { args: Expr[]; uom: Uom | null } {
  const first = args.find((arg) => uomOfExpr(arg) !== null)
  const uom = first === undefined ? null : uomOfExpr(first)
  if (uom === null) return { args: [...args], uom: null }
  const others = args.filter((arg) => arg !== first && uomOfExpr(arg) !== null)
  let result = uom
  for (const other of others) {
    const theirs = uomOfExpr(other)!
    if (!commensurable(uom, theirs)) throw cannotMeet(uom, theirs, verb, other)
    const total = operation === undefined ? uom : sum(uom, theirs, operation)
    if (!isUom(total)) throw cannotMeet(uom, theirs, verb, other)
    if (operation !== undefined && sameScale(uom, theirs)) result = total
  }
  if (others.every((other) => sameScale(uom, uomOfExpr(other)!))) return { args: [...args], uom: result }
  const base = baseOf(uom)
  return { args: args.map((arg) => (uomOfExpr(arg) === null ? arg : toBase(arg))), uom: base }
}

function cannotMeet(a: Uom, b: Uom, verb: Message, at: Span): Refused {
  return new Refused('uom-mismatch', at, {
    vi: `không ${verb.vi} được "${a.symbol.vi || a.name.vi}" với "${b.symbol.vi || b.name.vi}" tại cột ${at.column}`,
    en: `"${a.symbol.en || a.name.en}" cannot be ${verb.en} "${b.symbol.en || b.name.en}" at column ${at.column}`,
  })
}

const bases = new Map<Uom, Uom>()

/** The unit of factor 1 with the dimension of another: đồng for triệu đồng, 1 for %. */
export function baseOf(a: Uom): Uom {
  if (equal(a.factor, ONE) && equal(a.offset, ZERO)) return a
  let base = bases.get(a)
  if (base === undefined) {
    const plain = (u: Uom) => equal(u.factor, ONE) && equal(u.offset, ZERO) && u.scale === 'ratio'
    base = UOMS.find((u) => plain(u) && commensurable(u, a)) ?? { ...a, id: null, factor: ONE, offset: ZERO }
    bases.set(a, base)
  }
  return base
}

/** The same quantity in the base unit of its dimension. */
export function toBase(expr: Expr): Expr {
  const uom = uomOfExpr(expr)
  if (uom === null || sameScale(uom, baseOf(uom))) return expr
  return scaled(expr, uom.factor, uom.offset, baseOf(uom))
}

function scaled(expr: Expr, factor: Rational, offset: Rational, uom: Uom): Expr {
  const [n, d] = [Number(factor.n), Number(factor.d)]
  const shift = Number(offset.n) / Number(offset.d)
  return pointwise({
    operation: 'convert',
    span: expr,
    type: { kind: 'number', uom },
    args: [expr],
    // Through the quotient, because 1/100 has no exact double and 100 has.
    js: ([x]) => (((x as number) + shift) * n) / d,
    sql: ([x]) => `((${x} + ${double(shift)}) * ${double(n)}) / ${double(d)}`,
  })
}

/** A number by its dimension alone: a percentage or per mille becomes a share of 1, everything else stays. */
export function plainShare(expr: Expr): Expr {
  const uom = uomOfExpr(expr)
  return uom !== null && Object.keys(uom.dimension).length === 0 ? toBase(expr) : expr
}
