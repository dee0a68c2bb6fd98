import { type FeelType, union } from '@nhip/feel/types'
import type { Bundle } from '../bundle/bundle.ts'
import { LinkedModel } from '../dmn/link.ts'
import { type Checked, type CheckOptions, checkModel } from './check-model.ts'
import type { Finding, TableSummary } from './finding.ts'
import { checkExpired, checkParameterGaps } from './in-force.ts'
import { checkUnused } from './unused.ts'

/**
 * Every static check of a bundle: its decision tables, with what its formulas can put into them, parameters without a value
 * while a formula needs them, texts of law that no longer hold, and what nobody reads. The bundle must have loaded without errors.
 */
export function checkBundle(bundle: Bundle, options: Omit<CheckOptions, 'inputTypes'> = {}): Checked {
  const { model } = bundle
  const findings: Finding[] = []
  const tables: TableSummary[] = []
  for (const file of model.decisions.values()) {
    const others = [...model.decisions.values()]
      .filter((other) => other !== file)
      .map((other) => other.definitions)
    const linked = new LinkedModel(file.definitions, others)
    const checked = checkModel(linked, { ...options, inputTypes: inputTypesOf(bundle, file.path) })
    findings.push(...checked.findings)
    tables.push(...checked.tables)
  }
  const own = {
    program: bundle.program,
    model,
    at: (...known: Parameters<Bundle['at']>) => bundle.at(...known),
  }
  findings.push(...checkParameterGaps(own), ...checkExpired(bundle), ...checkUnused(bundle))
  return { findings, tables }
}

/** What the formulas of a bundle put into the inputs of a decision file: all that any of them can. */
function inputTypesOf({ program }: Bundle, path: string): Map<string, FeelType> {
  const types = new Map<string, FeelType>()
  for (const { formulas } of program.variables.values()) {
    for (const { formula, decision } of formulas) {
      if (decision === null || formula.decision?.file !== path) continue
      for (const { name, code } of decision.inputs) {
        const known = types.get(name)
        types.set(name, known === undefined ? code.type : union(known, code.type))
      }
    }
  }
  return types
}
