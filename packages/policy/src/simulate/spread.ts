import { DecimalText, type Exact } from './exact-json.ts'
import type { Compared, SimulationResult, SpreadLine } from './result.ts'

/**
 * The smallest and largest value of each budget line, of who gains and loses, and of the Gini coefficient over synthetic populations of
 * the same spec and other seeds. It says how much the draw of households matters, nothing about whether the spec is true: it is a
 * spread over seeds, never a confidence interval.
 */
export function spreadOf(results: readonly SimulationResult[]): SpreadLine[] {
  const seeds = results.map(({ population }) => population.seed ?? 0)
  const line = (variable: string, of: (result: SimulationResult) => Compared): SpreadLine => {
    const all = results.map(of)
    const pick = (key: keyof Compared, sign: number): Exact =>
      all.map((c) => c[key]).reduce((a, b) => (sign * (Number(a) - Number(b)) <= 0 ? a : b))
    const end = (sign: number): Compared => ({
      base: pick('base', sign),
      reform: pick('reform', sign),
      difference: pick('difference', sign),
    })
    return { variable, seeds, min: end(1), max: end(-1) }
  }
  const [first] = results
  if (first === undefined) return []
  const gini = (value: number | null): Exact => new DecimalText(String(value ?? 0))
  return [
    ...first.budget.map(({ variable }, i) => line(variable, (result) => result.budget[i] as Compared)),
    line('winners.persons', ({ winners: { persons } }) => ({
      base: 0n,
      reform: persons.gain,
      difference: persons.gain,
    })),
    line('losers.persons', ({ winners: { persons } }) => ({
      base: 0n,
      reform: persons.lose,
      difference: persons.lose,
    })),
    line('gini', ({ inequality: { gini: g } }) => ({
      base: gini(g.base),
      reform: gini(g.reform),
      difference: gini(g.base === null || g.reform === null ? null : g.reform - g.base),
    })),
  ]
}
