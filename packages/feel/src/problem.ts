import type { Message, Problem } from '@nhip/canonical/problem'
import type { Span } from './ast.ts'

/** A problem in an expression, with the place as offsets too, so that an editor can underline it. */
export interface FeelProblem extends Problem {
  readonly start: number
  readonly end: number
}

export function problemAt(
  severity: Problem['severity'],
  code: string,
  span: Span,
  text: string,
  message: Message,
  hint?: Message,
): FeelProblem {
  const value = text.slice(span.start, span.end)
  return {
    severity,
    code,
    start: span.start,
    end: span.end,
    line: span.line,
    column: span.column,
    value: value.length > 80 ? `${value.slice(0, 79)}…` : value,
    message,
    ...(hint === undefined ? {} : { hint }),
  }
}
