import type { Bundle } from '../bundle/bundle.ts'
import type { Definitions } from '../dmn/model.ts'
import type { TestOutcome } from './run-test.ts'

export interface Covered {
  readonly covered: number
  readonly total: number
  readonly missing: readonly string[]
}

/** What the tests have reached: rules of decision tables, parameters, and formulas (by date) as branches. */
export interface Coverage {
  readonly rules: Covered
  readonly parameters: Covered
  readonly branches: Covered
}

/** Which rules, parameters and formulas the given runs have used. */
export function coverageOf({ model, program }: Bundle, outcomes: readonly TestOutcome[]): Coverage {
  const runs = outcomes.flatMap((outcome) => outcome.run ?? [])
  const used = { rules: new Set<string>(), parameters: new Set<string>(), branches: new Set<string>() }
  for (const run of runs) {
    for (const path of run.policy.parameters.used()) used.parameters.add(path)
    for (const { name, result } of run.computed()) {
      if (result.formula === null) continue
      used.branches.add(branch(name, result.formula.formula.from))
      for (const { decision, rules } of result.hits)
        for (const rule of rules) used.rules.add(`${decision} ${rule}`)
    }
  }
  const branches = [...program.variables.values()].flatMap(({ variable, formulas }) =>
    formulas.map(({ formula }) => branch(variable.name, formula.from)),
  )
  const rules = [...model.decisions.values()].flatMap(({ definitions }) =>
    tableRules(definitions).map(({ decision, rule }) => `${decision} ${rule}`),
  )
  return {
    rules: covered(rules, used.rules),
    parameters: covered([...model.parameters.keys()], used.parameters),
    branches: covered(branches, used.branches),
  }
}

const branch = (name: string, from: string | null) => (from === null ? name : `${name} ${from}`)

function covered(all: readonly string[], used: ReadonlySet<string>): Covered {
  const missing = all.filter((name) => !used.has(name))
  return { covered: all.length - missing.length, total: all.length, missing }
}

/** Every rule of every table, under the decision that holds it. */
function tableRules({ elements }: Definitions): { decision: string; rule: number }[] {
  return elements.flatMap((element) => {
    const expression = element.kind === 'decision' ? element.expression : undefined
    if (expression?.kind !== 'table') return []
    return expression.rules.map((_, i) => ({ decision: element.name, rule: i + 1 }))
  })
}
