import { compileFormula } from '../formula/formula.ts'
import { scopeOf } from '../formula/scope.ts'
import type { Complain } from './check.ts'
import { formulaScope } from './formula-scope.ts'
import type { Framework, FrameworkNode } from './framework.ts'
import { uomsAgree } from './uoms-agree.ts'

/** Codes `formula-syntax`, `formula-not-allowed`, `formula-type`, `unknown-item`, `uom-mismatch` of a node's formula. */
export function checkNodeFormula(framework: Framework, node: FrameworkNode, complain: Complain): void {
  if (node.formula === null) return
  const kids = node.children.map((c) => framework.nodes[c]!).filter((c) => c.scored)
  const scope = kids.length > 0 ? scopeOf(kids.map((c) => c.code)) : formulaScope(framework)
  const { formula, problems } = compileFormula(node.formula, scope)
  for (const problem of problems) {
    complain(
      problem.code,
      node,
      'formula',
      problem.value ?? node.formula,
      problem.message.vi,
      problem.message.en,
      problem.severity === 'error' ? 'error' : 'warning',
    )
  }
  if (!formula) return
  const { type } = formula
  if (type.kind === 'text') {
    complain(
      'formula-type',
      node,
      'formula',
      node.formula,
      'Công thức của một nút phải cho ra số',
      'The formula of a node must give a number',
    )
  } else if (
    type.kind === 'number' &&
    type.uom !== null &&
    node.uom !== null &&
    !uomsAgree(type.uom, node.uom)
  ) {
    complain(
      'uom-mismatch',
      node,
      'formula',
      node.formula,
      `Công thức cho đơn vị đo khác với "${node.uom}"`,
      `The formula's unit of measure is not "${node.uom}"`,
    )
  }
}
