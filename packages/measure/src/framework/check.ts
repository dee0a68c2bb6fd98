import type { MeasureProblem } from '../problem.ts'
import type { Framework } from './framework.ts'

/** Everything that is wrong with the meaning of a framework whose tree could be built. */
export function checkFramework(_framework: Framework): MeasureProblem[] {
  return []
}
