import type { MeasureProblem } from '@nhip/measure/problem'

const KEYS = [
  'severity',
  'code',
  'file',
  'line',
  'column',
  'path',
  'value',
  'message',
  'hint',
  'rule',
  'unit',
  'item',
  'period',
] as const

/** A problem with its keys in the one order; absent keys are left out. */
export function problemJson(problem: MeasureProblem): Record<string, unknown> {
  return Object.fromEntries(KEYS.flatMap((key) => (problem[key] === undefined ? [] : [[key, problem[key]]])))
}
