import type { CompiledText } from '../interpret/compile-formula.ts'
import { periodFrom } from '../interpret/period-text.ts'
import type { Policy } from '../interpret/policy.ts'

/** Everything that variables rest on in a period: other variables, computed or given, and parameters. */
export interface Dependencies {
  /** Variables with a formula in force, in the order in which they were met; the wanted ones first. */
  readonly computed: readonly string[]
  readonly inputs: readonly string[]
  readonly parameters: ReadonlySet<string>
}

/** Follows the formulas in force on the period's first day. Branches that are never taken count as read. */
export function dependenciesOf(
  policy: Policy,
  wanted: readonly string[],
  period: string,
  given: ReadonlySet<string> = new Set(),
): Dependencies {
  const { start } = periodFrom(period)
  const { program } = policy
  const computed: string[] = []
  const inputs: string[] = []
  const parameters = new Set<string>()
  const seen = new Set<string>()
  const parameter = (path: string): void => {
    if (parameters.has(path)) return
    parameters.add(path)
    for (const other of policy.parameters.at(path, start).read) parameter(other)
  }
  const read = (code: CompiledText): void => {
    for (const access of code.accesses.values()) {
      if ('variable' in access) visit(access.variable.name)
      else if (access.from === 'parameter') parameter(access.path)
      else if (access.from === 'folder')
        for (const path of program.folder(access.path)?.values() ?? []) parameter(path)
    }
  }
  const visit = (name: string): void => {
    if (seen.has(name)) return
    seen.add(name)
    const variable = program.variables.get(name)
    if (variable === undefined) return
    const formula = given.has(name) ? null : policy.formulaOf(variable, start)
    if (formula === null || variable.variable.neutralised) {
      inputs.push(name)
      return
    }
    computed.push(name)
    if (formula.feel) read(formula.feel)
    for (const { code } of formula.decision?.inputs ?? []) read(code)
  }
  for (const name of wanted) visit(name)
  return { computed, inputs, parameters }
}
