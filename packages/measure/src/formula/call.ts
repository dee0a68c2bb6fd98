import type { Message } from '@nhip/canonical/problem'
import type { Node, Span } from '@nhip/feel/ast'
import type { Expr, FormulaType } from './expression.ts'
import { Refused } from './refused.ts'
import type { FormulaScope } from './scope.ts'

/** A call of a mechanism that is being read: its arguments as written, and the reader to read them with. */
export interface Call {
  readonly name: string
  readonly args: readonly Node[]
  readonly span: Span
  readonly lowering: Reader
}

/** Reads arguments; what is not of the kind asked for is refused. */
export interface Reader {
  readonly scope: FormulaScope
  expr(node: Node): Expr
  number(node: Node): Expr
  boolean(node: Node): Expr
  typed(node: Node, ...kinds: FormulaType['kind'][]): Expr
  /** A number written in the formula. */
  literal(node: Node | undefined, span: Span): number
  /** A whole number written in the formula, between two bounds. */
  whole(node: Node | undefined, span: Span, low: number, high: number): number
  /** A text written in the formula. */
  text(node: Node | undefined, span: Span): string
}

/** The kinds of values, for refusals. */
export const KIND_NAMES: Record<string, Message> = {
  number: { vi: 'một số', en: 'a number' },
  boolean: { vi: 'đúng hoặc sai', en: 'true or false' },
  text: { vi: 'một chuỗi', en: 'a text' },
}

export function typeRefusal(span: Span, wanted: Message, found: Message): Refused {
  return new Refused('formula-type', span, {
    vi: `chỗ này cần ${wanted.vi}, không phải ${found.vi}`,
    en: `${wanted.en} is expected here, not ${found.en}`,
  })
}

/** Refuses a call with too few or too many arguments. */
export function arity({ name, args, span }: Call, least: number, most = least): void {
  if (args.length >= least && args.length <= most) return
  const count =
    least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `≥ ${least}` : `${least}–${most}`
  throw new Refused('formula-type', span, {
    vi: `"${name}" cần ${count} tham số, đây có ${args.length}`,
    en: `"${name}" takes ${count} arguments, there are ${args.length}`,
  })
}
