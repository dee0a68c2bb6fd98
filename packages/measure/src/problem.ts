import type { Message, Problem } from '@nhip/canonical/problem'

/** A {@link Problem} that may also name the unit, item, rule or period it is about. */
export type MeasureProblem = Problem & { unit?: string; item?: string; rule?: string; period?: string }

/** Thrown by a computation that refuses its data: a constant item, a value outside the scale, a missing answer. */
export class MeasureError extends Error {
  readonly problem: MeasureProblem

  constructor(problem: Omit<MeasureProblem, 'severity'>) {
    super(problem.message.en)
    this.problem = { severity: 'error', ...problem }
  }
}

/** Short spelling of the two texts of a message. */
export function say(vi: string, en: string): Message {
  return { vi, en }
}
