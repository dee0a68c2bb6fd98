import type { Message, Problem } from '@nhip/canonical/problem'

/** Thrown by the functions that cannot return a {@link Problem}; it carries one, in both languages. */
export class QuantityError extends RangeError {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.message.en)
    this.name = 'QuantityError'
    this.problem = problem
  }
}

/** An error of this package in the shape that doors collect. */
export function quantityProblem(code: string, value: string, message: Message, hint?: Message): Problem {
  return { severity: 'error', code: `quantity.${code}`, value, message, ...(hint ? { hint } : {}) }
}
