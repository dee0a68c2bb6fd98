import type { Problem } from '@nhip/canonical/problem'
import { HttpProblem, problemItem } from '../../http/problem.ts'
import { ObservationsError } from '../../observations/errors.ts'

/**
 * What is wrong with a reading that was not stored; null when nothing is and it has to be sent again, because the store
 * is full, closed or broken.
 */
export function faultOfReading(error: unknown): Problem[] | null {
  if (error instanceof ObservationsError) return error.code === 'invalid-row' ? [error.problem] : null
  if (!(error instanceof HttpProblem) || error.status >= 500) return null
  const { errors, message, params } = error.details
  if (errors?.length) return errors
  return [message ? { severity: 'error', code: error.code, message } : problemItem(error.code, params)]
}

/** Whether the store itself said no, to everybody alike. */
export function isOfTheStore(error: unknown): boolean {
  return error instanceof ObservationsError && error.code !== 'invalid-row'
}
