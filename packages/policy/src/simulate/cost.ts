import { dependenciesOf } from './dependencies.ts'
import { groupOf, type OpenLaw } from './request.ts'
import type { Analysis } from './simulate.ts'
import { adjustableTrials, dateTrials, flipTrials, ruleTrials, type Trials } from './trials.ts'

/** Passes over the population: each works out every household once. */
export interface SimulationCost {
  /** Budget, winners, deciles, Gini and poverty. */
  readonly plain: number
  readonly analyses: Readonly<Partial<Record<Analysis, number>>>
}

/** Incomes first, then what depends on everybody's place among them. */
const PLAIN = 2
/** A household is worked out again for each of its earners, and once more where somebody falls. */
const RAISED = 3

/** What a simulation will cost, from the laws alone: the looked-at law is the reform where there is one. */
export function costOf(
  laws: { readonly base: OpenLaw; readonly reform: OpenLaw | null },
  period: string,
  asKnown: string | null,
  analyses: readonly Analysis[],
): SimulationCost {
  const law = laws.reform ?? laws.base
  const { model } = law.bundle
  const income = model.outcomes.income ?? ''
  const wanted = [...new Set([income, ...model.outcomes.budget.map(({ variable }) => variable)])]
  const trials: Trials = { law, wanted, period, asKnown }
  const group = groupOf(model).key
  const passes: Record<Analysis, () => number> = {
    paths: () => 1,
    emtr: () => (laws.reform ? 2 : 1) * RAISED,
    invariants: () => model.invariants.reduce((n, { increasing }) => n + (increasing ? RAISED : 1), 0),
    dead: () => plusUnchanged(ruleTrials(trials).length),
    sensitivity: () => plusUnchanged(2 * adjustableTrials(trials).length),
    equal: () => {
      const { inputs } = dependenciesOf(law.policy, wanted, period)
      const households = wanted.filter((name) => model.variables.get(name)?.entity === group)
      return flipTrials(model, inputs).length + households.length
    },
    dates: () => 2 * dateTrials(trials).length + 2,
  }
  return {
    plain: PLAIN,
    analyses: Object.fromEntries([...new Set(analyses)].map((name) => [name, passes[name]()])),
  }
}

/** Trials are compared with the law as it is, which takes a pass of its own. */
const plusUnchanged = (trials: number): number => (trials === 0 ? 0 : trials + 1)
